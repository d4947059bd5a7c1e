"""The controls of a picture: what can be moved, between which ends, and what a position stands for."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from math import floor, log10, sqrt
from typing import Any, Literal

import numpy as np

from optcourse.errors import WrongTypeError
from optcourse.pictures.engine.curve import CurveProblem
from optcourse.pictures.engine.frame import Setting
from optcourse.pictures.engine.plane import axis_names, needs_matrix, seen
from optcourse.pictures.engine.view import view_of
from optcourse.problems import PROBLEMS, Problem, problem_named
from optcourse.rules import Form, Hyper

SURFACES = {  # the problems on the menu
    "quadratic": "Quadratic bowl",
    "rosenbrock": "Rosenbrock's valley",
    "regression": "Linear regression",
}
MATRICES = {"matrix": "A 2 x 2 matrix"}
CONDITIONED = ("quadratic", "matrix")  # problems with a condition number that can be chosen
BATCHES = {"sgd": 1, "minibatch": 8}  # rules that are about batches; others open with the whole data

Values = Mapping[str, Any]  # a control's name -> where it stands


@dataclass(frozen=True)
class Slider:
    """A number, moved over fixed positions.

    A `hidden` one means nothing for the problem that is shown; a `local` one opens anew with each problem;
    all positions of a `swept` one can be run in one sweep.
    """

    name: str
    label: str
    meaning: str
    positions: tuple[float, ...]
    opening: float
    hidden: bool = False
    local: bool = False
    swept: bool = True
    kind: Literal["slider"] = "slider"


@dataclass(frozen=True)
class Menu:
    """One of a few (value, words) pairs."""

    name: str
    label: str
    meaning: str
    options: tuple[tuple[str, str], ...]
    opening: str
    hidden: bool = False
    kind: Literal["menu"] = "menu"


Control = Slider | Menu


def controls_for(form: Form, problem: Problem, given: Problem, opening: Values) -> tuple[Control, ...]:
    """The controls for a rule while `problem` is shown, in the order in which they are shown.

    `given` is the problem that the picture opens with; `opening` is where some controls open, by name.
    ValueError for a problem that can't be drawn.
    """
    (x0, x1), (y0, y1) = view_of(problem)
    x, y = (float(part) for part in problem.start)
    if problem.name == given.name:
        x, y = opening.get("x", x), opening.get("y", y)
    condition = opening.get("condition", given.constants.get("condition", 10.0))
    across, up = axis_names(problem)
    steps, noise = opening.get("steps", 200), opening.get("noise", 0.0)
    batch = opening.get("batch", BATCHES.get(form.name, problem.examples))
    return (
        Menu(
            "problem",
            "problem",
            "what is minimised",
            tuple(({given.name: given.title} | surfaces_for(form)).items()),
            given.name,
        ),
        slider(
            "condition",
            "condition number",
            "largest curvature over smallest",
            (1, 100),
            "log",
            condition,
            hidden=problem.name not in CONDITIONED,
            swept=False,
        ),
        *(hyper_slider(hyper, opening.get(name)) for name, hyper in form.hypers.items()),
        slider(
            "batch",
            "batch size",
            f"examples in each gradient, of {problem.examples}",
            (1, max(problem.examples, 2)),
            "linear",
            batch,
            whole=True,
            hidden=not problem.examples,
            local=True,
            swept=False,
        ),
        slider(
            "noise", "gradient noise", "standard deviation, added to each gradient", (0, 10), "linear", noise
        ),
        slider("steps", "steps", "how many are drawn", (1, 500), "log", steps, whole=True),
        slider(
            "x", f"start, {across}", "or drag the start on the picture", (x0, x1), "linear", x, local=True
        ),
        slider(
            "y",
            f"start, {up}",
            "or drag the start on the picture",
            (y0, y1),
            "linear",
            y,
            local=True,
            hidden=isinstance(problem, CurveProblem),
        ),
    )


def surfaces_for(form: Form) -> dict[str, str]:
    """The problems on the menu, by name: those that suit the rule."""
    if needs_matrix(form):
        return MATRICES
    return SURFACES if form.elementwise else SURFACES | MATRICES


def hyper_slider(hyper: Hyper, opening: float | None) -> Slider:
    """A hyper's slider, which opens at its default.

    A learning rate opens in the middle of its range: its default is made for networks, and hardly moves here.
    """
    low, high = hyper.slider
    first = sqrt(low * high) if hyper.name == "lr" and hyper.scale == "log" else hyper.default
    meaning = f"{hyper.meaning} (default {hyper.default:g})"
    at = float(f"{first:.3g}") if opening is None else opening
    return slider(
        hyper.name,
        hyper.name,
        meaning,
        hyper.slider,
        hyper.scale,
        at,
        through=hyper.default,
        whole=hyper.whole,
    )


@lru_cache(maxsize=1024)  # a picture asks for the same ones with each move
def slider(
    name: str,
    label: str,
    meaning: str,
    ends: tuple[float, float],
    scale: str,
    opening: float,
    *,
    through: float | None = None,
    whole: bool = False,
    hidden: bool = False,
    local: bool = False,
    swept: bool = True,
) -> Slider:
    """A slider over about a hundred round numbers, evenly spaced, and `opening` and `through`."""
    low, high = ends
    if scale == "log":
        rounded = {float(f"{value:.3g}") for value in np.geomspace(low, high, 101)[1:-1]}
    else:
        decimals = 3 - floor(log10(high - low))
        rounded = {round(float(value), decimals) for value in np.linspace(low, high, 101)[1:-1]}
    rounded |= {float(low), float(high), float(opening), float(opening if through is None else through)}
    stops = {float(round(value)) for value in rounded} if whole else rounded
    return Slider(name, label, meaning, tuple(sorted(stops)), float(opening), hidden, local, swept)


def opening_values(controls: tuple[Control, ...]) -> dict[str, Any]:
    """Where all controls stand at first."""
    return {control.name: control.opening for control in controls}


def check_opening(form: Form, controls: tuple[Control, ...], opening: Values) -> None:
    """TypeError for a name that no slider has, ValueError for a value that a hyper may not have."""
    names = [control.name for control in controls if isinstance(control, Slider)]
    for name in opening:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names)}."
            raise WrongTypeError(f"explore has no slider {name!r} for {form.name}: {hint}")
    form.check_hypers({name: value for name, value in opening.items() if name in form.hypers})


def problem_at(values: Values, given: Problem) -> Problem:
    """The problem that the controls stand at: `given`, or one from the menu."""
    name = values["problem"]
    if name in CONDITIONED:
        own = given.constants if given.name == name else PROBLEMS[name]().constants
        return seen(PROBLEMS[name](**{**own, "condition": values["condition"]}))
    return given if name == given.name else seen(problem_named(name))


def setting_at(values: Values, form: Form, problem: Problem) -> Setting:
    """What the controls ask for."""
    batch = int(values["batch"])
    start = (float(values["x"]), float(values["y"]))
    if isinstance(problem, CurveProblem):  # a start is on the curve, wherever it is dragged
        start = (start[0], float(problem.loss(np.array(start))))
    return Setting(
        problem=problem,
        start=start,
        steps=int(values["steps"]),
        hypers={name: float(values[name]) for name in form.hypers},
        batch_size=batch if 1 <= batch < problem.examples else None,
        noise=float(values["noise"]),
    )
