"""A training loop: shuffled batches, and a step for each. What the learner writes in project 1.

Knows problems and steps by their interfaces alone.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, State, Step
from optcourse.problems import Problem, linear_regression
from optcourse.rules import RULES

Batch = NDArray[np.int64]
EpochBatches = Callable[[int, int, np.random.Generator], Sequence[Batch]]
Train = Callable[[Step, State, Problem, Array, Sequence[Sequence[Batch]], dict[str, Any]], Array]


def epoch_batches(examples: int, size: int, random: np.random.Generator) -> list[Batch]:
    """One epoch: the numbers 0 to examples - 1 in a random order, in batches; the last may be smaller."""
    order = random.permutation(examples)
    return [order[begin : begin + size] for begin in range(0, examples, size)]


def train(
    step: Step,
    state: State,
    problem: Problem,
    theta: Array,
    epochs: Sequence[Sequence[Batch]],
    hypers: dict[str, Any],
) -> Array:
    """The parameters at the start and after each epoch, (epochs + 1, d): one step for each batch."""
    kept = [theta]
    for batches in epochs:
        for batch in batches:
            theta, state = step(theta, problem.grad(theta, batch=batch), state, **hypers)
        kept.append(theta)
    return np.array(kept)


def yours_or_ours(own_batches: EpochBatches, own_train: Train) -> tuple[EpochBatches, Train]:
    """The learner's two functions where they are right, else the course's; prints which."""
    return (
        _chosen(own_batches, epoch_batches, _same_batches),
        _chosen(own_train, train, _same_training),
    )


def _chosen(own: Any, ours: Any, same: Callable[[Any], bool]) -> Any:
    name = ours.__name__
    try:
        right = same(own)
    except Exception:  # a learner's function may raise anything; the cell before has said what is wrong
        right = False
    print(f"{name}: your own" if right else f"{name}: the course's (yours takes its place once it is right)")
    return own if right else ours


def _same_batches(own: EpochBatches) -> bool:
    """Whether each example comes once, in batches of the right sizes, in a new order each epoch."""
    random = np.random.default_rng(0)
    first, second = (list(own(10, 4, random)) for _ in range(2))
    orders = [np.concatenate(batches).tolist() for batches in (first, second)]
    return (
        [len(batch) for batch in first] == [4, 4, 2]
        and all(sorted(order) == list(range(10)) for order in orders)
        and orders[0] != orders[1]
    )


def _same_training(own: Train) -> bool:
    """Whether it ends where the course's loop does: with momentum, on linear regression."""
    problem, rule = linear_regression(), RULES["momentum"]
    random = np.random.default_rng(0)
    epochs = [epoch_batches(problem.examples, 8, random) for _ in range(3)]

    def through(loop: Train) -> Array:
        theta = problem.start
        return loop(rule.step, rule.init(theta), problem, theta, epochs, {"lr": 0.01})

    return bool(np.allclose(through(own), through(train), rtol=1e-9))
