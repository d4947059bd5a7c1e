"""The figure of merit: how many steps to how low a loss, beside three peers. Pure arithmetic.

On each problem there are three targets, losses between the start's and a good end's. A rule needs S steps
from a start to a target; where it never gets there, or diverges, twice the steps that it was given count (as
in contests of solvers: "PAR-2"). R is the geometric mean of the same over the peers. Then

    score of a problem  s_p = geometric mean of R / S over its targets and starts, kept within [1/4, 4]
    score               s   = geometric mean of s_p over the six problems

1 is the peers' average; 2 is "half as many steps to the same losses". Steps to targets, with the same budget
for tuning, is how AlgoPerf compares training algorithms (Dahl et al., 2023, arXiv:2306.07179); several
targets instead of one are COCO's (Hansen et al., 2021, arXiv:1603.08785). The bounds keep one problem from
deciding it all: a rule that is made for one of the six and fails on the others scores below 1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.racing.training import Record

FAILED = 2.0  # times the steps given, for a target that is never reached
BOUNDS = (0.25, 4.0)
PARTS = (0.3, 0.6, 0.9)  # of the way from the start's loss to a good end's, in the logarithm
LOWEST = 1e-3  # of the start's loss; what lies below is no matter of training


def targets(start: float, end: float) -> tuple[float, ...]:
    """Three losses on the way from `start` to `end`, four digits each."""
    end = max(end, LOWEST * start)
    return tuple(float(f"{start * (end / start) ** part:.4g}") for part in PARTS)


def steps_to(record: Record, target: float) -> float:
    """The steps to a target, at least 1, straight between records; FAILED times all steps for never."""
    reached = np.flatnonzero(record.train <= target)
    if record.diverged or not reached.size:
        return FAILED * float(record.steps[-1])
    here = int(reached[0])
    if here == 0:
        return 1.0
    before, after = record.train[here - 1], record.train[here]
    part = (before - target) / (before - after)
    return max(1.0, float(record.steps[here - 1] + part * (record.steps[here] - record.steps[here - 1])))


def all_steps(records: Sequence[Record], losses: Sequence[float]) -> Array:
    """The steps of each record to each target, shape (records, targets)."""
    return np.array([[steps_to(record, loss) for loss in losses] for record in records])


def of_problem(steps: Array, reference: Sequence[float]) -> float:
    """The score of a problem: steps of shape (starts, targets) beside the peers' for each target."""
    return bounded(geometric_mean(np.asarray(reference) / steps))


def of_all(scores: Sequence[float]) -> float:
    """The score in all."""
    return float(geometric_mean(scores))


def geometric_mean(values: Any, axis: int | None = None) -> Any:
    """Of positive numbers; a float unless along an axis."""
    mean: Any = np.exp(np.mean(np.log(values), axis=axis))
    return float(mean) if axis is None else mean


def bounded(value: float) -> float:
    """Kept within BOUNDS."""
    return float(np.clip(value, *BOUNDS))
