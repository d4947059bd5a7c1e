"""What reaches the browser: frames and strips as plain values and bytes."""

from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.pictures.engine.frame import Frame
from optcourse.pictures.engine.plane import axis_names
from optcourse.pictures.engine.strips import Strip

GAP = 255  # the byte for a value that is not finite


def sent(now: Frame) -> dict[str, Any]:
    """A frame as the browser gets it: arrays as bytes of float32, losses as their logarithms."""
    optimum = now.setting.problem.optimum
    return {
        "title": now.title,
        "problem": now.setting.problem.title,
        "note": now.note,
        "right": now.right,
        "about": now.about,
        "axes": axis_names(now.setting.problem),
        "outcome": now.outcome,
        "summary": now.summary,
        "view": now.view,
        "optimum": None if optimum is None else optimum.tolist(),
        "diverged": now.shown.diverged,
        "path": float32(now.shown.theta),
        "loss": float32(log10(now.shown.loss)),
        "ghost": None if now.ghost is None else float32(now.ghost.theta),
        "ghost_loss": None if now.ghost is None else float32(log10(now.ghost.loss)),
        "traces": [{"name": name, **scaled(trace)} for name, trace in {**now.traces, **now.derived}.items()],
    }


def sent_strip(strip: Strip) -> tuple[dict[str, Any], list[bytes]]:
    """A strip as a message and its buffers.

    The buffers are, position by position: the paths and the logarithms of the losses (float32), the steps at
    which they diverge (int32, -1 for never), whether each has a ghost (a byte), the ghosts and their losses
    (empty without), and for each trace its bytes and its range.
    """
    shown, ghost = strip.shown, strip.ghost
    never = -1 if shown.diverged is None else shown.diverged
    traces = [part for trace in strip.traces.values() for part in in_bytes(by_position(trace, 2))]
    header = {"records": len(shown.theta), "count": strip.parted.size, "traces": list(strip.traces)}
    return header, [
        float32(by_position(shown.theta, 2)),
        float32(by_position(log10(shown.loss), 1)),
        np.atleast_1d(never).astype("<i4").tobytes(),
        np.atleast_1d(strip.parted).astype("u1").tobytes(),
        b"" if ghost is None else float32(by_position(ghost.theta, 2)),
        b"" if ghost is None else float32(by_position(log10(ghost.loss), 1)),
        *traces,
    ]


def by_position(values: Array, axes: int) -> Array:
    """(records, positions, ...) as (positions, records, ...); a single path, with `axes`, is one position."""
    return values[None] if values.ndim == axes else np.swapaxes(values, 0, 1)


def in_bytes(trace: Array) -> tuple[bytes, bytes]:
    """A trace, (positions, records, 2), as a byte for each value, and float64 pairs (least, greatest).

    A curve some 60 pixels high shows no more; the kernel sends exact values where the slider comes to rest.
    """
    finite = np.isfinite(trace)
    trace = np.clip(trace, -1e300, 1e300, order="C")
    some = finite.any(axis=(1, 2), keepdims=True)
    low = np.where(finite, trace, np.inf).min(axis=(1, 2), keepdims=True)
    high = np.where(finite, trace, -np.inf).max(axis=(1, 2), keepdims=True)
    low, high = np.where(some, low, 0.0), np.where(some, high, 0.0)
    with np.errstate(all="ignore"):
        steps = np.where(high > low, (GAP - 1) / (high - low), 0.0)
        codes = np.where(finite, (trace - low) * steps + 0.5, GAP).astype("u1")
    return codes.tobytes(), np.stack([low.ravel(), high.ravel()], axis=-1).astype("<f8").tobytes()


def scaled(trace: Array) -> dict[str, Any]:
    """A trace as float32, in units of ten to a power where it grows beyond what float32 can hold."""
    trace = np.clip(trace, -1e300, 1e300)
    largest = np.max(np.abs(trace), initial=0.0, where=np.isfinite(trace))
    power = int(np.log10(largest)) if largest > 1e30 else 0
    return {"power": power, "data": float32(trace / 10.0**power)}


def log10(loss: Array) -> Array:
    """The decimal logarithm, -inf for a loss of zero and nan below it."""
    with np.errstate(all="ignore"):
        return np.log10(loss)


def float32(values: Array) -> bytes:
    """Little-endian float32, row by row. A finite number stays finite, so divergence is drawn to its end."""
    limit = np.finfo(np.float32).max
    finite = np.where(np.isfinite(values), np.clip(values, -limit, limit), values)
    return finite.astype("<f4").tobytes()
