"""What the runs of one runner come to: the figures of its line in the table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optcourse.arrays import Array
from optcourse.problems import Problem
from optcourse.racing.runners import Runner
from optcourse.racing.search import PER_DECADE, Hypers
from optcourse.racing.training import Record
from optcourse.rules.parts import by_part

WORKS = 0.9  # of the best descent: a learning rate that comes as far works
FLOAT32 = 4  # bytes


@dataclass(frozen=True)
class Standing:
    """One runner's result: its trials and learning rates tried, and its runs with the best hypers."""

    runner: Runner
    examples: int  # to learn from; 0 where the problem has none
    epoch: int  # steps that see each of them once
    trials: Sequence[tuple[Hypers, Record]]
    scan: Sequence[tuple[float, Record]]  # by learning rate, ascending; the best trial is among them
    finals: Sequence[Record]
    best: Hypers
    state_bytes: float  # for each parameter, in float32
    adaptive: bool

    @property
    def examples_per_step(self) -> float:
        """On average; the last batch of an epoch may be smaller."""
        return self.examples / self.epoch

    @property
    def microseconds(self) -> float:
        """The time of one step (batch, gradient, update): the least of all runs; all else only adds to it."""
        return 1e6 * min(record.seconds / float(record.steps[-1]) for record in self.finals)

    def steps_to(self, target: float) -> Array:
        """For each seed the steps to the target, nan for never."""
        return np.array([record.steps_to(target) for record in self.finals])

    @property
    def final_train(self) -> Array:
        """For each seed the last training loss."""
        return np.array([record.train[-1] for record in self.finals])

    @property
    def final_validation(self) -> Array:
        """For each seed the last validation loss."""
        return np.array([record.validation[-1] for record in self.finals])

    @property
    def diverged(self) -> int:
        """How many of the runs with the best hypers diverged."""
        return sum(record.diverged for record in self.finals)

    @property
    def diverged_trials(self) -> float:
        """The share of trials that diverged."""
        return sum(record.diverged for _, record in self.trials) / len(self.trials)

    @property
    def decades(self) -> tuple[float, bool]:
        """How wide the range of learning rates is that works, in decades, and whether the scan ended first.

        A rate works where the loss comes down by at least 0.9 of what it does at the best rate tried; counted
        are those next to one another around the best. Each stands for a quarter of a decade.
        """
        descents = np.array([_descent(record) for _, record in self.scan])
        if not descents.max(initial=0) > 0:
            return 0.0, False
        works = descents >= WORKS * descents.max()
        low = high = int(descents.argmax())
        while low > 0 and works[low - 1]:
            low -= 1
        while high < len(works) - 1 and works[high + 1]:
            high += 1
        return (high - low + 1) / PER_DECADE, low == 0 or high == len(works) - 1


def _descent(record: Record) -> float:
    return 0.0 if record.diverged else float(record.train[0]) - record.score


def best_trial(trials: Sequence[tuple[Hypers, Record]]) -> tuple[Hypers, Record]:
    """The trial with the lowest score; the first drawn of equals (where all diverged, too)."""
    return min(trials, key=lambda trial: trial[1].score)


def state_bytes(runner: Runner, problem: Problem) -> float:
    """What the rule's first state holds for each parameter, in float32; counters are not counted."""
    form, theta = runner.form, problem.start
    if not form.elementwise and problem.parts:
        form = by_part(form, problem.parts)
    return FLOAT32 * _numbers(form.init_function(theta, **form.defaults)) / theta.size


def _numbers(state: object) -> int:
    """How many numbers the arrays of a state hold."""
    if isinstance(state, (tuple, list)):
        return sum(_numbers(part) for part in state)
    return int(state.size) if isinstance(state, np.ndarray) and state.ndim else 0


def is_adaptive(runner: Runner) -> bool:
    """Whether each coordinate gets a rate of its own.

    Measured with the default hypers: of two coordinates, the one with a hundred times smaller gradients
    comes, in ten steps, at least a tenth as far as the other.
    """
    form, grad = runner.form, np.array([[1.0, 0.01]])
    theta: Array = np.zeros_like(grad)
    given = form.defaults
    with np.errstate(all="ignore"):
        state = form.init_function(theta, **given)
        for _ in range(10):
            theta, state = form.function(theta, grad.copy(), state, **given)
    moved = np.abs(np.ravel(theta))
    return bool(moved[1] >= moved[0] / 10 and moved[0] > 0)
