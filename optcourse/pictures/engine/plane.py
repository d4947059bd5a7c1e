"""A plane within the parameters of a problem that has more than two, seen as a problem of two.

Rules that need a matrix, as Muon does, run on all parameters; what is drawn are coordinates in the plane.
A problem of one parameter is drawn as a curve, which curve.py does.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.errors import WrongValueError
from optcourse.pictures.engine.curve import CurveProblem, curve_of, run_on_curve
from optcourse.problems import Problem, problem_named
from optcourse.rules import Form
from optcourse.running import Run, rule_form, run

OFF_PLANE = 1e-3  # of how far the path reaches: what is less is not seen


@dataclass(frozen=True)
class PlaneProblem(Problem):
    """A plane of `whole`, as a problem of the coordinates s in it: theta = s @ whole.plane."""

    whole: Problem | None = None


@dataclass(frozen=True)
class Shadow(Run):
    """A run as it is seen in a plane; `off` is how far it is from the plane, at most, in theta's units."""

    off: float = 0.0


def seen(problem: Problem) -> Problem:
    """The problem itself if it has two parameters, else its curve or its plane as a problem of two."""
    if problem.start.size == 1 and not isinstance(problem, CurveProblem):
        return curve_of(problem)
    plane = problem.plane
    if plane is None or isinstance(problem, PlaneProblem):
        return problem
    return PlaneProblem(
        name=problem.name,
        title=problem.title,
        loss=lambda s: problem.loss(s @ plane),
        grad=lambda s: problem.grad(s @ plane) @ plane.T,
        initial=lambda seed: np.round(problem.initial(seed) @ plane.T, 12),
        optimum=None if problem.optimum is None else np.round(problem.optimum @ plane.T, 12),
        window=problem.window,
        constants=problem.constants,
        plane=plane,
        whole=problem,
    )


def problem_for(form: Form, problem: str | Problem | None) -> Problem:
    """The problem as it is drawn; without one, that at which the rule shows best.

    ValueError for a rule that needs a matrix, where the problem has none.
    """
    matrix = needs_matrix(form)
    usual = "matrix" if matrix else "regression" if form.estimate else usual_for(form)
    found = seen(problem_named(usual if problem is None else problem))
    if matrix and not isinstance(found, PlaneProblem):
        raise WrongValueError(
            f"{form.name}: theta must be a matrix, and a point of {found.name} is none. "
            "Leave problem out, or take problem='matrix'."
        )
    return found


def usual_for(form: Form) -> str:
    """The problem that a rule without a problem of its own opens with."""
    return "parabola" if form.name == "slope" else "quadratic"


def axis_names(problem: Problem) -> tuple[str, str]:
    """What the two numbers that are drawn are called."""
    if isinstance(problem, CurveProblem):
        return ("theta", "loss")
    return ("s[0]", "s[1]") if problem.plane is not None else ("theta[0]", "theta[1]")


def about_axes(problem: Problem) -> str:
    """A sentence on what is drawn, where that is not theta itself; else empty."""
    if isinstance(problem, CurveProblem):
        return "theta is one number; drawn is its loss over it."
    if problem.plane is None:
        return ""
    if problem.constants.get("angle"):
        return "theta is the matrix U diag(s) V'; drawn is s, its singular values with their signs."
    return "theta is the matrix diag(s); drawn is s, its singular values with their signs."


def run_seen(which: str | Form | Step, problem: Problem, *, start: Any = None, **asked: Any) -> Run:
    """`run`, with all that has theta's shape as coordinates in the plane where the problem is one.

    `start` is two coordinates, or a stack of such. States are left out where the rule works on the entries
    of theta: squares of entries, say, have no coordinates in a plane.
    """
    if isinstance(problem, CurveProblem):
        return run_on_curve(which, problem, start=start, **asked)
    if not isinstance(problem, PlaneProblem):
        return run(which, problem, start=start, **asked)
    assert problem.whole is not None
    form, plane = rule_form(which)[0], problem.plane
    assert plane is not None
    full = run(which, problem.whole, start=None if start is None else np.asarray(start) @ plane, **asked)

    def lowered(values: Array) -> Array:
        """(..., d), or (..., *matrix) as a state part has it, to (..., 2); other shapes stay."""
        flat = values.reshape(*full.theta.shape) if values.size == full.theta.size else values
        return flat @ plane.T if flat.shape == full.theta.shape else values

    with np.errstate(all="ignore"):
        theta = full.theta @ plane.T
        away = np.abs(full.theta - theta @ plane)
        states = {name: lowered(part) for name, part in full.states.items()} if needs_matrix(form) else {}
        grads = None if full.grads is None else lowered(full.grads)
    off = float(np.max(away, initial=0.0, where=np.isfinite(away)))
    kept = {**vars(full), "problem": problem, "theta": theta, "states": states, "grads": grads}
    return Shadow(**kept, off=off)


def off_plane(shown: Run) -> str:
    """A sentence where a run is more than its shadow; else empty."""
    if not isinstance(shown, Shadow):
        return ""
    reach = float(np.max(np.abs(shown.theta), initial=0.0, where=np.isfinite(shown.theta)))
    if shown.off <= OFF_PLANE * reach:
        return ""
    return (
        f"theta leaves the plane that is drawn, by up to {shown.off:.2g}: the path is its shadow, "
        "the loss is theta's own."
    )


def needs_matrix(form: Form) -> bool:
    """Whether the rule refuses a theta that is no matrix."""
    if form.elementwise:
        return False
    try:
        form.step(np.zeros(2), np.ones(2), form.init(np.zeros(2)))
    except ValueError:
        return True
    return False
