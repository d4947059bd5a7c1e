"""A comparison as a still image: what a code-hosting site, a printer or an untrusted notebook shows."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from optcourse.palette import LOOKS, MARKERS, Look
from optcourse.pictures.compare.model import Entrant, summary
from optcourse.pictures.engine.contour import draw_contour
from optcourse.pictures.engine.plane import axis_names
from optcourse.pictures.engine.still import exponents, finite, paired_png

LOW, ABOVE = -10.0, 3.0  # the loss is drawn from 1e-10, and up to a thousand times where it begins


def compare_png(now: Sequence[Entrant]) -> bytes:
    """The picture on white, well below 150 kB."""

    def draw(_: Figure, left: Axes, right: Axes) -> None:
        draw_paths(left, now)
        draw_losses(right, now)

    return paired_png(summary(now), (4, 3), 0.18, 128, draw)


def line_style(look: Look) -> dict[str, Any]:
    """A look in matplotlib's words."""
    pattern: Any = (0, look.dash) if look.dash else "-"
    return {
        "color": look.light, "linestyle": pattern, "linewidth": 1.6, "marker": MARKERS[look.marker],
        "markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.6,
    }  # fmt: skip


def draw_paths(axes: Axes, now: Sequence[Entrant]) -> None:
    """The contour with all paths, their common start and the minimum."""
    problem = now[0].setting.problem
    draw_contour(axes, problem)
    axes.set_aspect("equal")
    across, up = axis_names(problem)
    axes.set(xlabel=across, ylabel=up)
    axes.set_title(f"Compared on: {problem.title}", fontsize=9)
    for one, look in zip(now, LOOKS, strict=False):
        path = finite(one.run.theta)
        axes.plot(*path.T, label=one.label, markevery=apart(path, axes), **line_style(look))
    axes.plot(*now[0].setting.start, "o", markeredgecolor="black", markerfacecolor="white", label="start")
    if problem.optimum is not None:
        axes.plot(*problem.optimum, "+", color="black", markersize=10, markeredgewidth=1.5, label="minimum")
    axes.legend(loc="best", fontsize=7, framealpha=0.85, borderpad=0.4, handlelength=3)


def apart(path: Any, axes: Axes) -> list[int]:
    """The records of a path that get a marker: a tenth of the picture's width apart, and the last."""
    least = 0.1 * float(np.ptp(axes.get_xlim()))
    marked, before = [], path[0]
    for i, at in enumerate(path):
        if np.hypot(*(at - before)) > least:
            marked.append(i)
            before = at
    return [*marked, len(path) - 1]


def draw_losses(axes: Axes, now: Sequence[Entrant]) -> None:
    """The loss after each step, as powers of ten; what diverges leaves at the top."""
    curves = [exponents(one.run.loss) for one in now]
    steps = now[0].setting.steps
    for shift, (curve, look) in enumerate(zip(curves, LOOKS, strict=False)):
        spread = max(1, steps // 8)
        axes.plot(curve, markevery=(shift * spread // len(curves), spread), **line_style(look))
    found = np.concatenate(curves)
    found = found[np.isfinite(found)] if np.isfinite(found).any() else np.zeros(1)
    begun = curves[0][0] if np.isfinite(curves[0][0]) else 0.0
    low, high = floor(max(found.min(), LOW)), ceil(min(found.max(), begun + ABOVE))
    axes.set_ylim(low, max(high, low + 1))
    axes.set_xlim(0, steps)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=2))
    axes.yaxis.set_major_formatter(lambda exponent, _: f"$10^{{{exponent:.0f}}}$")
    axes.set(xlabel="step", ylabel="loss")
    axes.grid(alpha=0.3, linewidth=0.5)
