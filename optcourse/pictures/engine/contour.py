"""The contour picture of a problem of two parameters: lines and bands only, the axes are drawn over it."""

from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from optcourse.arrays import Array
from optcourse.pictures.engine.curve import CurveProblem
from optcourse.pictures.engine.view import HIGH, WIDE, view_of
from optcourse.problems import Problem

BLUE = (0.25, 0.48, 0.78)  # reads on white and on JupyterLab's dark grey


def draw_contour(axes: Axes, problem: Problem) -> None:
    """Bands and lines of equal loss, at levels even in its logarithm; of one parameter the curve."""
    (x0, x1), (y0, y1) = view_of(problem)
    axes.set_xlim(x0, x1)
    axes.set_ylim(y0, y1)
    if isinstance(problem, CurveProblem):
        theta = np.linspace(x0, x1, 241)
        axes.plot(theta, problem.loss(theta[:, None]), color=(*BLUE, 0.75), linewidth=1.4)
        return
    x, y = np.meshgrid(np.linspace(x0, x1, 241), np.linspace(y0, y1, 181))
    height = above_minimum(problem, problem.loss(np.stack([x, y], axis=-1)))
    levels = np.geomspace(max(height.min(), 3e-4 * height.max()), height.max(), 14)
    shades = [(*BLUE, alpha) for alpha in np.linspace(0.02, 0.38, len(levels))]
    axes.contourf(x, y, height, levels=[0.0, *levels], colors=shades)
    axes.contour(x, y, height, levels=levels, colors=[(*BLUE, 0.75)], linewidths=0.7)


def above_minimum(problem: Problem, loss: Array) -> Array:
    """How far a loss is above the least there is, so that its logarithm shows the bottom of the valley."""
    least = problem.loss(problem.optimum) if problem.optimum is not None else loss.min()
    height: Array = np.maximum(loss - least, 0.0)
    return height


def contour_png(problem: Problem, width: int = 720) -> bytes:
    """A transparent PNG that fills the view from edge to edge, `width` pixels wide.

    It is of one colour and differs in opacity only: a byte holds a pixel, and it reads on any background.
    """
    figure = Figure(figsize=(width / 100, width / 100 * HIGH / WIDE), dpi=100)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    draw_contour(axes, problem)
    figure.patch.set_alpha(0.0)
    opacity = drawn(figure)[..., 3] & 0xFC  # 64 levels are enough, and pack better
    image = Image.fromarray(opacity, "P")
    image.putpalette([round(255 * part) for part in BLUE] * 256)
    content = BytesIO()
    image.save(content, "PNG", transparency=bytes(range(256)))
    return content.getvalue()


def drawn(figure: Figure) -> NDArray[np.uint8]:
    """The pixels of a figure, shape (height, width, 4): red, green, blue, opacity."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())
