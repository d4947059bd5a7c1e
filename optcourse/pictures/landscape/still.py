"""A landscape as a still image: what a code-hosting site, a printer or an untrusted notebook shows."""

from math import ceil, floor, log10
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from optcourse.arrays import Array
from optcourse.palette import HEAT, LOOKS
from optcourse.pictures.engine.contour import draw_contour
from optcourse.pictures.engine.plane import axis_names
from optcourse.pictures.engine.still import finite, paired_png
from optcourse.pictures.landscape.model import Axis, Grid, Measure


def landscape_png(made: Grid, show: Measure) -> bytes:
    """The picture on white, well below 100 kB."""

    def draw(figure: Figure, left: Axes, right: Axes) -> None:
        draw_heat(figure, left, made, show)
        draw_best(right, made)

    return paired_png(made.summary, (1, 1), 0.42, 160, draw)


def draw_heat(figure: Figure, axes: Axes, made: Grid, show: Measure) -> None:
    """The map and its colour bar: crosses for what diverges, dashes for what is late, a ring for the best."""
    values = made.final if show == "loss" else made.arrived.astype(float)
    hidden = made.lost if show == "loss" else made.arrived < 0
    axes.set_facecolor("#e4e4e4")
    low, high = made.ends(show)
    cells: Any = np.ma.masked_array(values, hidden)
    image = axes.imshow(cells, origin="lower", aspect="auto", cmap=HEAT, vmin=low, vmax=high)
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.06)
    if show == "loss":
        bar.locator = MaxNLocator(nbins=6, integer=high - low > 2)
        bar.formatter = FuncFormatter(lambda exponent, _: f"$10^{{{exponent:.3g}}}$")
        bar.update_ticks()
    bar.set_label(
        "final loss above the minimum" if show == "loss" else "steps to a thousandth of the first loss"
    )
    crosses = np.argwhere(made.lost)
    axes.plot(crosses[:, 1], crosses[:, 0], "x", color="#444444", markersize=4, linewidth=0)
    if show == "steps":
        late = np.argwhere(hidden & ~made.lost)
        axes.plot(late[:, 1], late[:, 0], "_", color="#444444", markersize=4, linewidth=0)
    row, column = made.best
    axes.plot(column, row, "o", markerfacecolor="none", markeredgecolor="white", markeredgewidth=3)
    axes.plot(column, row, "o", markerfacecolor="none", markeredgecolor="black", markeredgewidth=1.2)
    for axis, place in ((made.x, axes.xaxis), (made.y, axes.yaxis)):
        numbers = round_numbers(axis)
        place.set_ticks(positions(axis, numbers), [f"{value:.4g}" for value in numbers])
        place.set_label_text(axis.label)
    axes.set_title(made.title, fontsize=9)


def draw_best(axes: Axes, made: Grid) -> None:
    """The path of the best cell."""
    row, column = made.best
    problem = made.problems[row]
    draw_contour(axes, problem)
    axes.set_aspect("equal")
    across, up = axis_names(problem)
    axes.set(xlabel=across, ylabel=up)
    axes.set_title(f"{made.x.text(column)}, {made.y.text(row)}", fontsize=9)
    path, colour = finite(made.theta[:, row, column]), LOOKS[0].light
    axes.plot(*path.T, "-", color=colour, linewidth=1.4, marker=".", markersize=3, label="path of the ring")
    axes.plot(*path[0], "o", markeredgecolor="black", markerfacecolor="white", label="start")
    if problem.optimum is not None:
        axes.plot(*problem.optimum, "+", color="black", markersize=10, markeredgewidth=1.5, label="minimum")
    axes.legend(loc="best", fontsize=7, framealpha=0.85, borderpad=0.4)


def positions(axis: Axis, numbers: list[float]) -> Array:
    """Where numbers stand along an axis whose cells are counted 0, 1, 2, ..."""
    low, high = axis.values[0], axis.values[-1]
    last = len(axis.values) - 1
    at: Array = np.array(numbers)
    found: Array = np.log(at / low) / np.log(high / low) if axis.scale == "log" else (at - low) / (high - low)
    return last * found


def round_numbers(axis: Axis) -> list[float]:
    """The numbers to write along an axis: powers of ten, or some five round ones."""
    low, high = float(axis.values[0]), float(axis.values[-1])
    if axis.scale == "log":
        powers = range(ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9) + 1)
        return [10.0**power for power in powers][:: max(1, len(powers) // 5)]
    found: Any = MaxNLocator(5).tick_values(low, high)
    return [float(value) for value in found if low <= value <= high]
