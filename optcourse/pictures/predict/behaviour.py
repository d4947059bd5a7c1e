"""Whether a path converges, oscillates or diverges: from theory where there is one, else from the run.

Pure, and knows nothing of widgets or drawing.

On a bowl (a loss whose gradient is affine) a rule that is linear in theta, grad and state moves along each
principal direction by itself: one step multiplies (distance to the minimum, state) by a matrix. The sizes
of its eigenvalues, the multipliers, decide:

- diverges: in a direction in which the path starts away from the minimum, a multiplier is larger than 1
- oscillates: none is, but one is negative, or complex and of more than a thousandth after a full turn (else
  the distance is gone before it has swung): the distance changes its sign over and over
- converges: all else: the distance shrinks without a swing

For gradient descent the one multiplier of curvature L is 1 - lr L. Elsewhere the run itself decides:

- diverges: it ends with more loss than it began with, or with no finite number
- oscillates: it does not, but a coordinate's distance to the minimum changes its sign at least twice.
  Distances below a thousandth of the largest are not counted: no eye sees them. Coordinates are those along
  the principal directions of a bowl, else theta's own; without a known minimum the path's end stands for it.
- converges: all else
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, Step
from optcourse.pictures.engine.plane import axis_names
from optcourse.problems import Problem
from optcourse.rules import Form
from optcourse.running import Run

Kind = Literal["converge", "oscillate", "diverge"]
VISIBLE = 1e-3  # of the largest distance: smaller swings are not counted
SWINGS = 2  # one change of sign is an overshoot, two are a swing


@dataclass(frozen=True)
class Behaviour:
    """What a path does, and the sentence that says why."""

    kind: Kind
    why: str


def behaviour(
    form: Form, step: Step, problem: Problem, start: Array, hypers: Mapping[str, Any], path: Run
) -> Behaviour:
    """What `step` does from `start`; `path` is its run, which decides where there is no theory."""
    found = multipliers(form, step, problem, start, hypers)
    return from_run(path, problem) if found is None else from_theory(found)


def hessian(problem: Problem) -> Array | None:
    """The curvatures of a bowl, (d, d); None where the gradient is not affine or the minimum unknown."""
    if problem.optimum is None or problem.optimum.ndim != 1:
        return None
    least = problem.optimum
    at_least = problem.grad(least)
    found: Array = np.stack([problem.grad(least + unit) - at_least for unit in np.eye(least.size)])
    for probe in np.random.default_rng(0).normal(size=(3, least.size)):
        if not np.allclose(problem.grad(least + probe) - at_least, probe @ found, rtol=1e-9, atol=1e-9):
            return None
    return found


def principal(problem: Problem) -> tuple[Array, Array] | None:
    """The curvatures (d,) and principal directions (d, d; a column each) of a bowl, or None."""
    found = hessian(problem)
    if found is None:
        return None
    curvatures, directions = np.linalg.eigh(found)
    flat = np.abs(curvatures) <= 1e-12 * np.abs(curvatures).max()
    return np.where(flat, 0.0, curvatures), directions


def multipliers(
    form: Form, step: Step, problem: Problem, start: Array, hypers: Mapping[str, Any]
) -> dict[float, NDArray[np.complex128]] | None:
    """Curvature -> the multipliers of one step along it, largest first; None where the theory doesn't hold.

    Directions in which the path stays where it starts are left out: at the minimum, or without a slope.
    """
    bowl = principal(problem)
    if bowl is None or problem.optimum is None or not form.elementwise:
        return None
    curvatures, directions = bowl
    away = (np.asarray(start) - problem.optimum) @ directions
    found = {}
    for curvature, distance in zip(curvatures, away, strict=True):
        if abs(distance) <= 1e-12 * np.abs(away).max():
            continue
        matrix = step_matrix(form, step, float(curvature), {**form.defaults, **hypers})
        if matrix is None:
            return None
        if np.array_equal(matrix[:, 0], np.eye(len(matrix))[0]):
            continue
        values = np.linalg.eigvals(matrix).astype(complex)
        found[float(curvature)] = values[np.argsort(-np.abs(values), kind="stable")]
    return found or None


def step_matrix(form: Form, step: Step, curvature: float, hypers: Mapping[str, Any]) -> Array | None:
    """What one step does to (distance, state...) along a direction of this curvature; None if not linear.

    A rule whose state holds more than numbers like theta (a step count, say) changes with time: None.
    """
    blank = form.init_function(np.zeros(1), **hypers)
    if any(np.shape(part) != (1,) for part in blank):
        return None

    def stepped(vector: Array) -> Array:
        theta, state = vector[:1], tuple(vector[i : i + 1] for i in range(1, vector.size))
        state = type(blank)(*state) if hasattr(blank, "_fields") else state
        grad = curvature * form.grad_at(theta, state, **hypers)
        theta, state = step(theta, grad, state, **hypers)
        return np.concatenate([theta, *state])

    with np.errstate(all="ignore"):
        matrix: Array = np.stack([stepped(unit) for unit in np.eye(1 + len(blank))], axis=1)
        for probe in np.random.default_rng(0).normal(size=(3, 1 + len(blank))):
            if not np.allclose(stepped(probe), matrix @ probe, rtol=1e-9, atol=1e-12):
                return None
    return matrix if np.isfinite(matrix).all() else None


def from_theory(found: Mapping[float, NDArray[np.complex128]]) -> Behaviour:
    """The behaviour that the multipliers (not empty) give."""
    told = "; ".join(
        f"along curvature {curvature:.4g} {told_one(values)}" for curvature, values in found.items()
    )
    intro = f"Each step multiplies the distance to the minimum {told}."
    every = np.concatenate(list(found.values()))
    if np.abs(every).max() > 1 + 1e-12:
        return Behaviour("diverge", f"{intro} A factor above 1 in size grows without end.")
    turning = np.abs(every.imag) > 1e-9
    turns = np.abs(np.angle(every[turning])) / (2 * np.pi)  # of a whole one, in a step
    swinging = (np.abs(every) > 1e-12) & (every.real < 0) & ~turning
    swinging[turning] = np.abs(every[turning]) ** (1 / turns) > VISIBLE
    if swinging.any():
        lasting = np.abs(every[swinging]).max() > 1 - 1e-12
        end = "never gets smaller" if lasting else "shrinks"
        reason = "complex" if (np.abs(every[swinging].imag) > 1e-9).all() else "negative"
        return Behaviour(
            "oscillate", f"{intro} A {reason} factor changes sides over and over; the swing {end}."
        )
    if turning.any():
        return Behaviour(
            "converge", f"{intro} It turns so slowly that the distance is gone before it has swung."
        )
    return Behaviour("converge", f"{intro} Between 0 and 1, the distance shrinks without changing sides.")


def told_one(values: NDArray[np.complex128]) -> str:
    """The multiplier that lasts longest, in words."""
    largest = values[0]
    if abs(largest.imag) > 1e-9:
        return f"by a complex factor of size {abs(largest):.3g}"
    return f"by {largest.real + 0.0:.3g}".replace("-", "−")


def from_run(path: Run, problem: Problem) -> Behaviour:
    """The behaviour that a run, of one path, shows."""
    begun, ended, steps = float(path.loss[0]), float(path.loss[-1]), int(path.steps[-1])
    if path.diverged is not None:
        return Behaviour("diverge", f"After {path.diverged} steps there is no finite number any more.")
    if ended > begun:
        return Behaviour(
            "diverge", f"After {steps} steps the loss is {ended:.4g}, above {begun:.4g} at the start."
        )
    count, which = swings(path.theta, problem)
    if count >= SWINGS:
        return Behaviour(
            "oscillate", f"{which} changes sides of the minimum {count} times within {steps} steps."
        )
    return Behaviour(
        "converge", f"The loss falls from {begun:.4g} to {ended:.4g}, and the path does not swing."
    )


def swings(theta: Array, problem: Problem) -> tuple[int, str]:
    """How often the coordinate that swings most changes sides of the minimum, and its name."""
    center = problem.optimum if problem.optimum is not None else theta[-1]
    away, bowl = theta - center, principal(problem)
    names = list(axis_names(problem))
    if bowl is not None:
        away = away @ bowl[1]
        if not np.allclose(np.abs(bowl[1]), np.eye(len(names))):
            names = [f"The coordinate along curvature {curvature:.4g}" for curvature in bowl[0]]
    seen = np.abs(away) > VISIBLE * np.abs(away).max()
    counts = [
        int(np.count_nonzero(np.diff(np.sign(column[shown]))))
        for column, shown in zip(away.T, seen.T, strict=True)
    ]
    most = int(np.argmax(counts))
    return counts[most], names[most]
