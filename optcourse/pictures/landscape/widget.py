"""`landscape`: how a rule's end depends on two of its hypers. The kernel runs all pairs and sends the map."""

from base64 import b64encode
from typing import Any

import anywidget
import numpy as np
import traitlets

from optcourse.errors import WrongValueError
from optcourse.palette import heat_colours
from optcourse.pictures.engine.contour import contour_png
from optcourse.pictures.engine.fallback import RuleOrStep, handed
from optcourse.pictures.engine.plane import axis_names, problem_for
from optcourse.pictures.front_end import front_end, read
from optcourse.pictures.landscape.model import Axis, Grid, Measure, grid
from optcourse.pictures.landscape.still import landscape_png
from optcourse.pictures.wire.encode import float32
from optcourse.problems import Problem
from optcourse.running import Estimate, rule_form


def landscape(
    step_or_name: RuleOrStep,
    *,
    estimate: Estimate | None = None,
    problem: str | Problem | None = None,
    x: str = "lr",
    y: str | None = None,
    show: Measure = "loss",
    steps: int = 200,
    start: Any = None,
    batch_size: int | None = None,
    **fixed: Any,
) -> "Landscape":
    """See for which hypers a rule, or your own step function, gets to the minimum.

    A map of the final loss (or, with show="steps", of the steps to a thousandth of the first loss) over two
    values, x and y: hypers by name, "condition" (upwards, on the quadratic bowl) or "start" (theta[0]). y is
    the rule's first hyper beside x, unless you choose. Click on a cell to see its path.
    `estimate` is your own function for the gradient of a batch, as for `explore`.
    Further keywords hold other hypers at a value. Raises ValueError or TypeError for what can't be drawn.

    `step_or_name` and `problem` are as in `explore`; `x`, `y` and `show` are these; `steps`, `start` (two
    numbers) and `batch_size` as in `run`.

    >>> from optcourse import landscape
    >>> type(landscape("momentum", x="lr", y="beta", steps=20)).__name__
    'Landscape'
    """
    if show not in ("loss", "steps"):
        raise WrongValueError(f"show must be 'loss' or 'steps'; got {show!r}.")
    which, guess = handed(step_or_name, estimate)
    chosen = problem_for(rule_form(which)[0], problem)
    return Landscape(grid(which, chosen, x, y, steps, start, batch_size, fixed, guess), show)


class Landscape(anywidget.AnyWidget):
    """A map of all pairs, and the path of one of them.

    The browser writes `asked` (a serial number, a row and a column); `cell` is the answer, and `background`
    where the surface is another one.
    """

    _esm = front_end("landscape/widget.js")
    _css = read("engine/picture.css") + read("landscape/widget.css")
    asked = traitlets.Dict().tag(sync=True)
    background = traitlets.Unicode().tag(sync=True)
    cell = traitlets.Dict().tag(sync=True)
    grid = traitlets.Dict().tag(sync=True)

    def __init__(self, made: Grid, show: Measure) -> None:
        self._made, self._measure = made, show
        super().__init__()
        self.grid = sent_grid(made, show)
        self._behind: Any = None  # the problem that the background shows
        self._answer({})

    def __repr__(self) -> str:
        return self._made.summary

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where there is no kernel or no trust a still image and a text."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        still = b64encode(landscape_png(self._made, self._measure)).decode()
        return {**data, "image/png": still, "text/plain": repr(self)}, metadata

    @traitlets.observe("asked")
    def _asked(self, change: Any) -> None:
        self._answer(change.new)

    def _answer(self, asked: Any) -> None:
        """Send the path of one cell; the best, unless asked for another."""
        row, column = asked.get("row", self._made.best[0]), asked.get("column", self._made.best[1])
        problem = self._made.problems[row]
        with self.hold_sync():
            if problem is not self._behind:
                self._behind = problem
                self.background = "data:image/png;base64," + b64encode(contour_png(problem)).decode()
            self.cell = {"serial": asked.get("serial", 0), **sent_cell(self._made, row, column)}


def sent_grid(made: Grid, show: Measure) -> dict[str, Any]:
    """All cells as the browser gets them: row by row from the bottom up, as float32."""
    return {
        "title": made.title,
        "about": made.about,
        "note": made.note,
        "summary": made.summary,
        "steps": made.steps,
        "show": show,
        "x": sent_axis(made.x),
        "y": sent_axis(made.y),
        "final": float32(made.final),
        "arrived": float32(made.arrived.astype(float)),
        "lost": float32(made.lost.astype(float)),
        "ends": {show: made.ends(show) for show in ("loss", "steps")},
        "best": list(made.best),
        "heat": heat_colours(),
    }


def sent_axis(axis: Axis) -> dict[str, Any]:
    """An axis in plain values."""
    return {"label": axis.label, "scale": axis.scale, "values": axis.values.tolist()}


def sent_cell(made: Grid, row: int, column: int) -> dict[str, Any]:
    """One cell's path and words."""
    problem, diverged = made.problems[row], int(made.diverged[row, column])
    path: np.ndarray[Any, Any] = made.theta[:, row, column]
    return {
        "row": row,
        "column": column,
        "words": made.words(row, column),
        "view": made.view(row),
        "axes": axis_names(problem),
        "optimum": None if problem.optimum is None else problem.optimum.tolist(),
        "path": float32(path),
        "diverged": diverged if diverged >= 0 else None,
    }
