"""The picture of a race: losses over the epochs with bands, and losses at other learning rates."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from optcourse.arrays import Array
from optcourse.palette import LOOKS
from optcourse.racing.result import RaceResult
from optcourse.racing.standing import Standing
from optcourse.racing.table import ranked

MARKERS = "os^DvXP*<>hp"
BAND = (0.1, 0.9)
BEYOND = 1e6  # above every picture: what has no end can't be filled


class Line(NamedTuple):
    """How a runner is drawn: colour, dashes and marker, never colour alone."""

    color: str
    linestyle: Any
    marker: str


def lines(count: int) -> list[Line]:
    """A look for each of so many runners; no two are alike up to 36."""
    looks = []
    for number in range(count):
        colour, dashes = LOOKS[number % len(LOOKS)], LOOKS[(number + number // len(LOOKS)) % len(LOOKS)]
        pattern: Any = (0, tuple(part / 2 for part in dashes.dash)) if dashes.dash else "-"
        looks.append(Line(colour.light, pattern, MARKERS[number % len(MARKERS)]))
    return looks


def figure(race: RaceResult) -> Figure:
    """Training loss, validation loss (median and middle 80 % of the starts), and the learning rates tried."""
    standings = ranked(race)
    looks = lines(len(standings))
    made = Figure(figsize=(14, 5), layout="constrained")
    axes = made.subplots(1, 3)
    start = max(record.train[0] for standing in standings for record in standing.finals)
    for axis, losses in zip(axes, ("train", "validation"), strict=False):
        for number, (standing, look) in enumerate(zip(standings, looks, strict=True)):
            _draw_losses(axis, standing, look, losses, number)
        axis.set(xlabel=_unit(race), ylabel=f"{losses} loss", title=f"{losses} loss".capitalize())
        _scale(axis, [getattr(record, losses) for each in standings for record in each.finals], start)
    axes[0].axhline(race.target, color="0.4", lw=0.8, ls=":")
    axes[0].annotate(f"target {race.target:g}", (0, race.target), fontsize=8, color="0.3", va="bottom")
    for standing, look in zip(standings, looks, strict=True):
        _draw_rates(axes[2], standing, look)
    axes[2].set(
        xlabel="learning rate (other hypers at their best)",
        ylabel="train loss of the last epoch",
        title="How wide the range is that works",
        xscale="log",
    )
    _scale(axes[2], [np.array([record.score for _, record in each.scan]) for each in standings], start)
    handles, labels = axes[0].get_legend_handles_labels()
    made.legend(handles, labels, loc="outside right upper", fontsize=9)
    made.suptitle(f"{race.problem.title}: median and middle 80 % of {race.budget.seeds} starts; × diverged")
    return made


def _unit(race: RaceResult) -> str:
    return "epochs" if race.problem.examples else "steps"


def _scale(axis: Any, curves: Sequence[Array], start: float) -> None:
    """A logarithmic axis for what is finite: a run that diverges leaves it, the others stay readable."""
    values = np.concatenate([np.ravel(curve) for curve in curves])
    values = values[np.isfinite(values) & (values > 0)]
    axis.set_yscale("log")
    if len(values):
        axis.set_ylim(0.8 * values.min(), 1.5 * max(start, values.min()))
    axis.grid(alpha=0.3)


def _draw_losses(axis: Any, standing: Standing, look: Line, losses: str, number: int) -> None:
    epochs = standing.finals[0].steps / standing.epoch
    curves = np.stack([getattr(record, losses) for record in standing.finals])
    curves = np.sort(np.where(np.isnan(curves), np.inf, curves), axis=0)  # what overflowed is above all else
    last = len(curves) - 1
    low, high = (np.minimum(curves[round(share * last)], BEYOND) for share in BAND)
    diverged = f", {standing.diverged}/{len(standing.finals)} diverged" if standing.diverged else ""
    axis.plot(
        epochs,
        curves[last // 2],
        color=look.color,
        linestyle=look.linestyle,
        marker=look.marker,
        markersize=5,
        # Not all at the same epochs, so that curves that lie together show their markers.
        markevery=(number * len(epochs) // 60, max(1, len(epochs) // 8)),
        label=standing.runner.label + diverged,
    )
    axis.fill_between(epochs, low, high, color=look.color, alpha=0.12, lw=0)
    ends = [_end(record.train) for record in standing.finals if record.diverged]
    _cross(axis, epochs[ends], look)


def _end(losses: Array) -> int:
    """Where a diverged run stopped being finite, or its last record."""
    finite = np.isfinite(losses)
    return len(losses) - 1 if finite.all() else int(finite.argmin())


def _draw_rates(axis: Any, standing: Standing, look: Line) -> None:
    rates = np.array([lr for lr, _ in standing.scan])
    scores = np.array([record.score for _, record in standing.scan])
    axis.plot(
        rates, scores, color=look.color, linestyle=look.linestyle, marker=look.marker, markersize=4, lw=1
    )
    _cross(axis, rates[~np.isfinite(scores)], look)


def _cross(axis: Any, places: Array, look: Line) -> None:
    """A cross at the upper edge for each run that diverged."""
    axis.plot(
        places,
        np.full(len(places), 0.97),
        "x",
        color=look.color,
        transform=axis.get_xaxis_transform(),
    )
