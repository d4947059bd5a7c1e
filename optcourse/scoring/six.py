"""The six problems of the score. Shapes, noise and curvature differ; a seed draws constants and starts."""

from dataclasses import dataclass, replace

import numpy as np

from optcourse.arrays import Array
from optcourse.problems import (
    Problem,
    adding_network,
    austen_logistic,
    diabetes_network,
    digits_network,
    rosenbrock,
)

SEEDS = 100  # starts that belong to one seed of the score
CURVATURES = np.logspace(0, 3, 20)  # of the bowl


@dataclass(frozen=True)
class Course:
    """A problem to be run for `steps`: batches where it has examples, its loss recorded `every` so many."""

    problem: Problem
    steps: int
    every: int
    batch_size: int | None = None

    @property
    def name(self) -> str:
        """The problem's."""
        return self.problem.name


def six(seed: int = 0) -> tuple[Course, ...]:
    """The problems of a seed, easy shapes first. What a rule could know by heart differs between seeds."""
    return (
        Course(bowl(seed), 300, 5),
        Course(moved(rosenbrock(), seed), 300, 5),
        Course(diabetes_network(), 240, 5, batch_size=16),
        Course(digits_network(), 200, 10, batch_size=32),
        Course(adding_network(length=10), 200, 5, batch_size=32),
        Course(austen_logistic(), 200, 10, batch_size=8),
    )


def bowl(seed: int) -> Problem:
    """A turned quadratic bowl of 20 parameters, curvatures 1 to 1,000; minimum and axes are the seed's."""
    random = np.random.default_rng([seed, 20])
    axes, _ = np.linalg.qr(random.standard_normal((CURVATURES.size, CURVATURES.size)))
    hessian: Array = axes * CURVATURES @ axes.T
    optimum = random.uniform(-3, 3, CURVATURES.size)

    def loss(theta: Array) -> Array:
        value: Array = np.einsum("...i,...i->...", theta - optimum, (theta - optimum) @ hessian) / 2
        return value

    def initial(start: int) -> Array:
        signs = np.random.default_rng([start, 21]).choice([-1.0, 1.0], CURVATURES.size)
        start_there: Array = optimum + axes @ signs
        return start_there

    return Problem(
        name="bowl",
        title="A turned bowl of 20 parameters, condition number 1,000",
        loss=loss,
        grad=lambda theta: (theta - optimum) @ hessian,
        initial=initial,
        optimum=optimum,
    )


def moved(problem: Problem, seed: int) -> Problem:
    """The problem with its minimum elsewhere, and starts scattered about its own."""
    shift = np.random.default_rng([seed, 22]).uniform(-2, 2, problem.start.size)

    def initial(start: int) -> Array:
        return problem.start + shift + np.random.default_rng([start, 23]).normal(0, 0.1, shift.size)

    return replace(
        problem,
        loss=lambda theta: problem.loss(theta - shift),
        grad=lambda theta: problem.grad(theta - shift),
        initial=initial,
        optimum=None if problem.optimum is None else problem.optimum + shift,
    )
