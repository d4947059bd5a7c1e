"""Every rule gets the same search for its learning rate, on the same problems, before it is compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.problems import (
    Problem,
    adding_network,
    austen_logistic,
    austen_softmax,
    diabetes_network,
    diabetes_regression,
    digits_network,
)
from optcourse.problems.data import Split, diabetes
from optcourse.problems.networks import perceptron
from optcourse.running import run

RATES = 10.0 ** np.arange(-4, 1.01, 0.5)  # eleven, half a decade apart
SEEDS, TUNING = np.arange(10), np.arange(100, 103)  # those that are judged, and those that choose the rate
EVERY = 25  # steps between two records
SOLVED = 1e-4  # of the start's loss: what is lower counts as this, for who has come so far is done
MEANINGS = ("within 10 % of the best loss", "at least 0.9 of the best one's way down")  # of a good rate


def few_patients(count: int) -> Problem:
    """The network on the first so many of the training patients; all others judge it."""
    data = diabetes()
    rest = Split(
        data.x[:count],
        data.y[:count],
        np.concatenate([data.x[count:], data.x_validation]),
        np.concatenate([data.y[count:], data.y_validation]),
    )
    return perceptron(rest, (64,), name=f"diabetes-{count}", title=f"Network on {count} patients")


SETTINGS: Mapping[str, Callable[[], Problem]] = {
    "linear model, diabetes": diabetes_regression,
    "network, diabetes": diabetes_network,
    "network, digits": digits_network,
    "deep sigmoid network, digits": lambda: digits_network((32,) * 4, "sigmoid"),
    "words, two novels": austen_logistic,
    "words, six novels": austen_softmax,
    "Elman network, adding": lambda: adding_network("elman", length=10),
    "GRU network, adding": lambda: adding_network("gru", length=10),
    "network, 40 patients": lambda: few_patients(40),
}
NETWORKS = ("network, diabetes", "network, digits", "Elman network, adding")
SPARSE = ("words, two novels", "words, six novels")


@cache
def problem_of(setting: str) -> Problem:
    """The problem that a setting is about."""
    return SETTINGS[setting]()


@dataclass(frozen=True)
class Searched:
    """A rule with each learning rate: training losses (records, rates, seeds), steps, validation losses."""

    loss: Array
    steps: Array
    validation: Array

    @property
    def best(self) -> int:
        """The rate with the lowest mean last loss over the tuning seeds."""
        return lowest(self.loss[-1, :, len(SEEDS) :].mean(axis=-1))

    @property
    def judged(self) -> Array:
        """Losses (records, rates, judged seeds), inf where they overflowed."""
        return floored(self.loss[..., : len(SEEDS)])

    @property
    def curves(self) -> Array:
        """Losses at the best rate, (records, judged seeds)."""
        curves: Array = self.judged[:, self.best]
        return curves

    @property
    def last(self) -> Array:
        """Last loss at the best rate for each judged seed."""
        last: Array = self.curves[-1]
        return last

    def width(self, meaning: str = MEANINGS[0]) -> Array:
        """For each judged seed: how many decades of rates are good, in one of MEANINGS."""
        start, last = self.judged[0], self.judged[-1]
        best = last.min(axis=0)
        good = last <= 1.1 * best if meaning == MEANINGS[0] else start - last >= 0.9 * (start - best)
        count: Array = np.sum(good, axis=0)
        return count * float(np.log10(RATES[1] / RATES[0]))


def floored(loss: Array) -> Array:
    """Losses (records, ...) no lower than SOLVED of their first, and inf where they overflowed."""
    known: Array = np.maximum(np.nan_to_num(loss, nan=np.inf, posinf=np.inf), SOLVED * loss[0])
    return known


def averaged(values: Any, axis: int | tuple[int, ...]) -> Array:
    """The mean along an axis or several."""
    mean: Array = np.mean(values, axis=axis)
    return mean


def lowest(losses: Array) -> int:
    """Where the lowest loss stands, what is not a number counting as infinite."""
    return int(np.argmin(np.nan_to_num(losses, nan=np.inf, posinf=np.inf)))


def crossing(steps: Array, curve: Array, target: float) -> float:
    """Where a curve first falls to `target`, straight between records; inf for never."""
    below = np.flatnonzero(curve <= target)
    if not below.size:
        return np.inf
    here = int(below[0])
    if here == 0:
        return float(steps[0])
    part = (curve[here - 1] - target) / (curve[here - 1] - curve[here])
    return float(steps[here - 1] + part * (steps[here] - steps[here - 1]))


@cache
def searched(
    rule: str, setting: str, batch_size: int | None = 32, steps: int = 300, **hypers: float
) -> Searched:
    """The rule with each of RATES on a setting, from the starts and batches of all seeds."""
    problem = problem_of(setting)
    arguments: dict[str, Any] = {"batch_size": batch_size, "steps": steps, "every": EVERY, **hypers}
    done = run(rule, problem, lr=RATES[:, None], seed=np.concatenate([SEEDS, TUNING]), **arguments)
    with np.errstate(all="ignore"):
        judged = problem.validation_loss(done.theta[-1]) if problem.validation_loss else np.empty(0)
    return Searched(done.loss, done.steps, judged)


def times_faster(slow: Searched, fast: Searched) -> Array:
    """For each seed: steps of `slow` over steps of `fast` to the lowest loss that both reach.

    Each seed has its own such loss, the higher of the two curves' lowest. Where one never comes below its
    start the ratio is inf or 0, and where neither does it is nan: that seed decides nothing.
    """
    return np.array(
        [steps_ratio(slow.steps, *curves) for curves in zip(slow.curves.T, fast.curves.T, strict=True)]
    )


def steps_ratio(steps: Array, slow: Array, fast: Array) -> float:
    """The same for one seed's two curves of losses at `steps`, which begin alike."""
    moved = slow.min() < slow[0], fast.min() < fast[0]
    if moved != (True, True):
        return {(False, True): np.inf, (True, False): 0.0}.get(moved, np.nan)
    target = max(slow.min(), fast.min())
    return crossing(steps, slow, target) / crossing(steps, fast, target)
