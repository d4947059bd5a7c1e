"""A frame as a still image: what a code-hosting site, a printer or an untrusted notebook shows."""

import textwrap
from collections.abc import Callable
from io import BytesIO
from math import ceil, floor
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from optcourse.arrays import Array
from optcourse.pictures.engine.contour import draw_contour, drawn
from optcourse.pictures.engine.frame import Frame, leaves
from optcourse.pictures.engine.plane import axis_names

PATH, GHOST, FIRST, SECOND = "#c2410c", "#444444", "#0072b2", "#c2410c"
STYLE: dict[str, Any] = {"font.family": "DejaVu Sans", "font.size": 8, "axes.linewidth": 0.6}


def still_png(frame: Frame) -> bytes:
    """The picture on white, some 850 x 450 pixels, well below 100 kB."""
    style: Any = dict(mpl.rcParamsDefault) | STYLE  # whatever style the learner has chosen
    with mpl.rc_context(style):
        figure = Figure(figsize=(8.5, 4.6), dpi=100)
        rows = 1 + len(frame.traces)
        grid = figure.add_gridspec(
            rows, 2, width_ratios=(4, 3), height_ratios=(2.2, *[1] * (rows - 1)), left=0.07, right=0.985,
            bottom=0.2, top=0.92, wspace=0.18, hspace=0.3,
        )  # fmt: skip
        draw_surface(figure.add_subplot(grid[:, 0]), frame)
        curves = [figure.add_subplot(grid[row, 1]) for row in range(rows)]
        draw_loss(curves[0], frame)
        for axes, (name, trace) in zip(curves[1:], frame.traces.items(), strict=True):
            draw_trace(axes, name, trace, axis_names(frame.setting.problem))
        curves[1].legend(
            loc="lower right", bbox_to_anchor=(1.01, 0.94), fontsize=7, ncols=2, frameon=False, borderpad=0.2
        )
        for axes in curves:
            axes.set_xlim(0, max(frame.setting.steps, 1))
            axes.tick_params(labelbottom=axes is curves[-1])
        curves[-1].set_xlabel("step")
        figure.text(0.012, 0.015, caption(frame), va="bottom", linespacing=1.4)
        return png(figure, 96)


def paired_png(
    summary: str,
    widths: tuple[float, float],
    between: float,
    colours: int,
    draw: Callable[[Figure, Axes, Axes], None],
) -> bytes:
    """Two plots side by side, drawn by `draw`, above all of `summary` but its first line, on white.

    Some 850 pixels wide, and as high as the text needs. `widths` are the plots', `between` their distance
    (a part of the mean width), `colours` how many are kept.
    """
    style: Any = dict(mpl.rcParamsDefault) | STYLE | {"lines.scale_dashes": False}
    said = [line for text in summary.splitlines()[1:] for line in textwrap.wrap(text, 140)]
    foot = 0.16 * len(said) + 0.15  # inches
    height = 3.7 + foot
    with mpl.rc_context(style):
        figure = Figure(figsize=(8.5, height), dpi=100)
        grid = figure.add_gridspec(
            1, 2, width_ratios=widths, left=0.08, right=0.985, bottom=(foot + 0.45) / height,
            top=1 - 0.3 / height, wspace=between,
        )  # fmt: skip
        draw(figure, figure.add_subplot(grid[0]), figure.add_subplot(grid[1]))
        figure.text(0.012, 0.08 / height, "\n".join(said), va="bottom", linespacing=1.4)
        return png(figure, colours)


def png(figure: Figure, colours: int) -> bytes:
    """A figure as a PNG of few colours, far smaller than one of all."""
    image = Image.fromarray(drawn(figure)).convert("RGB")
    content = BytesIO()
    image.quantize(colours, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


def caption(frame: Frame) -> str:
    """The summary without its first line (the title has it), in lines that fit."""
    return "\n".join(line for said in frame.summary.splitlines()[1:] for line in textwrap.wrap(said, 145)[:2])


def draw_surface(axes: Axes, frame: Frame) -> None:
    """The contour with the path, its start and its end."""
    draw_contour(axes, frame.setting.problem)
    axes.set_aspect("equal")
    across, up = axis_names(frame.setting.problem)
    axes.set(xlabel=across, ylabel=up)
    axes.set_title(f"{frame.title} on: {frame.setting.problem.title}", fontsize=9)
    optimum = frame.setting.problem.optimum
    if optimum is not None:
        axes.plot(*optimum, "+", color="black", markersize=9, label="minimum")
    if frame.ghost:
        axes.plot(*finite(frame.ghost.theta).T, "--", color=GHOST, linewidth=1.2, label="reference")
    path = finite(frame.shown.theta)
    axes.plot(
        *path.T, "-", color=PATH, linewidth=1.4, marker=".", markersize=3, label=frame.whose.split()[-1]
    )
    axes.plot(*path[0], "o", markeredgecolor=PATH, markerfacecolor="white", label="start")
    if leaves(path, frame.view) is None:
        axes.plot(*path[-1], "D", markeredgecolor="white", markerfacecolor=PATH, label="end")
    axes.legend(loc="best", fontsize=7, framealpha=0.85, borderpad=0.4, handlelength=1.6)


def draw_loss(axes: Axes, frame: Frame) -> None:
    """The loss after each step, as powers of ten: matplotlib's logarithmic axis overflows near 1e308."""
    if frame.ghost:
        axes.plot(exponents(frame.ghost.loss), "--", color=GHOST, linewidth=1.2)
    axes.plot(exponents(frame.shown.loss), color=PATH, linewidth=1.4)
    low, high = axes.get_ylim()
    axes.set_ylim(floor(low), max(ceil(high), floor(low) + 1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=2))
    axes.yaxis.set_major_formatter(lambda exponent, _: f"$10^{{{exponent:.0f}}}$")
    axes.set_ylabel("loss")
    axes.grid(alpha=0.3, linewidth=0.5)


def draw_trace(axes: Axes, name: str, trace: Array, coordinates: tuple[str, str]) -> None:
    """One part of the state: the first coordinate solid, the second dashed."""
    trace = np.where(np.isfinite(trace), np.clip(trace, -1e300, 1e300), np.nan)
    axes.plot(trace[:, 0], color=FIRST, linewidth=1.2, label=coordinates[0])
    if not np.isnan(trace[:, 1]).all():  # a single parameter has no second coordinate
        axes.plot(trace[:, 1], "--", color=SECOND, linewidth=1.2, label=coordinates[1])
    axes.set_ylabel(name)
    axes.grid(alpha=0.3, linewidth=0.5)
    axes.locator_params(axis="y", nbins=3)


def finite(theta: Array) -> Array:
    """A path up to where it overflows, shape (records, 2); what is beyond 1e12 is drawn as if at 1e12."""
    overflows = ~np.isfinite(theta).all(axis=-1)
    return np.clip(theta[: int(np.argmax(overflows))] if overflows.any() else theta, -1e12, 1e12)


def exponents(loss: Array) -> Array:
    """The decimal logarithm; what has none leaves a gap."""
    return np.log10(np.where(np.isfinite(loss) & (loss > 0), loss, np.nan))
