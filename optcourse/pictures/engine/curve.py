"""A problem of one parameter, seen as one of two numbers, theta and its loss: paths move along a curve."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.problems import Problem
from optcourse.rules import Form
from optcourse.running import Run, run


@dataclass(frozen=True)
class CurveProblem(Problem):
    """A problem `whole` of one parameter, as a problem of the points (theta, loss)."""

    whole: Problem | None = None


def curve_of(problem: Problem) -> CurveProblem:
    """A problem of one parameter, to be drawn as the curve of its loss."""

    def point(theta: Array) -> Array:
        return np.concatenate([theta, problem.loss(theta)[..., None]], axis=-1)

    return CurveProblem(
        name=problem.name,
        title=problem.title,
        loss=lambda s: problem.loss(s[..., :1]),
        grad=lambda s: problem.grad(s[..., :1]) * [1.0, 0.0],
        initial=lambda seed: point(problem.initial(seed)),
        optimum=None if problem.optimum is None else point(problem.optimum),
        window=problem.window,
        constants=problem.constants,
        whole=problem,
    )


def as_it_is(problem: Problem, start: Array, path: Run) -> tuple[Problem, Array, Run]:
    """The problem, start and path of the one parameter, where they are those of a curve."""
    if not isinstance(problem, CurveProblem) or problem.whole is None:
        return problem, start, path
    return problem.whole, start[:1], replace(path, theta=path.theta[..., :1])


def run_on_curve(which: str | Form | Step, problem: CurveProblem, *, start: Any = None, **asked: Any) -> Run:
    """`run` on the one parameter; theta is (theta, loss), and all else of theta's shape has nan beside it."""
    assert problem.whole is not None
    full = run(which, problem.whole, start=None if start is None else np.asarray(start)[..., :1], **asked)

    def beside(values: Array, other: Any = np.nan) -> Array:
        if values.shape != full.theta.shape:
            return values
        return np.concatenate([values, np.broadcast_to(other, values.shape)], axis=-1)

    return replace(
        full,
        problem=problem,
        theta=beside(full.theta, full.loss[..., None]),
        states={name: beside(part) for name, part in full.states.items()},
        grads=None if full.grads is None else beside(full.grads),
    )
