"""Where a gradient comes from that is not the whole one: batches, a learner's own estimate, noise."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.problems import Problem
from optcourse.rounding import moved

Estimate = Callable[..., Any]  # (theta, x, y) -> the gradient of one example or of a batch, as Rule.estimate


def batches(examples: int, size: int, seeds: Array) -> Iterator[NDArray[np.int64]]:
    """Indices of one batch after another, without end, shape (*seeds.shape, B).

    Each epoch is shuffled anew, and every example comes once in it; its last batch may be smaller.
    """
    randoms = [np.random.default_rng([int(seed), 1]) for seed in seeds.ravel()]
    while True:
        orders = np.stack([random.permutation(examples) for random in randoms]).reshape(
            *seeds.shape, examples
        )
        for begin in range(0, examples, size):
            yield orders[..., begin : begin + size]


def gradient_noise(size: int, seeds: Array) -> Iterator[Array]:
    """Standard normal vectors without end, shape (*seeds.shape, size): the same for the same seed."""
    randoms = [np.random.default_rng([int(seed), 2]) for seed in seeds.ravel()]
    ahead = 1
    while True:
        # A call costs as much as hundreds of numbers; and many at once are those that many calls give.
        drawn = np.stack([random.standard_normal((ahead, size)) for random in randoms], axis=1)
        for vectors in drawn:
            yield moved(vectors.reshape(*seeds.shape, size))
        ahead = min(2 * ahead, max(1, 1_000 // size))


def estimated(
    estimate: Estimate, of_one: bool, problem: Problem, theta: Array, batch: NDArray[np.int64] | None
) -> Array:
    """The gradients that `estimate` gives for batches (None: all examples), one position after another.

    theta is (*sweep, d), batch (*seeds.shape, B). A function `of_one` example is averaged over the batch.
    TypeError or ValueError where it returns no gradient.
    """
    assert problem.data is not None
    x, y = problem.data
    sweep = theta.shape[:-1]
    chosen = np.arange(len(y)) if batch is None else batch
    chosen = np.broadcast_to(chosen, (*sweep, chosen.shape[-1]))
    found = np.empty_like(theta)
    for position in np.ndindex(sweep):
        here, rows = theta[position], chosen[position]
        if of_one:
            grads = [np.asarray(estimate(here.copy(), x[row], y[row]), dtype=float) for row in rows]
        else:
            grads = [np.asarray(estimate(here.copy(), x[rows], y[rows]), dtype=float)]
        for grad in grads:
            if grad.shape != here.shape:
                raise WrongValueError(
                    f"{named(estimate)} must return a gradient of theta's shape, {here.shape}; "
                    f"got {grad.shape}."
                )
        found[position] = np.mean(grads, axis=0)
    return moved(found)


def named(function: Callable[..., Any]) -> str:
    """A function's name."""
    return getattr(function, "__name__", "the function")
