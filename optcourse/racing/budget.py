"""What every runner is given alike: how many trials, epochs and seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import ceil
from numbers import Integral
from types import MappingProxyType

from optcourse.errors import UserError, WrongTypeError
from optcourse.problems import Problem

RECORDS = 4  # of the losses, in each epoch
TUNING_SEED = 1000  # the starts and batches that trials see, and no race does: seeds from here on

# The training loss to reach, for problems where a good one is known.
TARGETS: Mapping[str, float] = MappingProxyType(
    {"diabetes": 0.45, "digits": 0.1, "convolution": 0.2, "adding": 0.05, "austen": 0.1}
)


@dataclass(frozen=True)
class Budget:
    """The same for every runner of a race.

    `trials` draws of the hypers are trained for `epochs` each; the best is then trained from `seeds` starts.
    `scan` learning rates around it, four in each decade, tell how wide the range is that works. Batches have
    `batch_size` examples. Where a problem has no examples, `steps` steps are made instead of the epochs.

    All are whole numbers, `scan` at least 0 and the others at least 1; UserError otherwise.

    >>> from optcourse.racing import Budget
    >>> Budget(trials=5, seeds=3, scan=0).runs()
    8
    """

    trials: int = 20
    epochs: int = 10
    seeds: int = 10
    scan: int = 16
    batch_size: int = 32
    steps: int = 200

    def __post_init__(self) -> None:
        for field in fields(self):
            least = 0 if field.name == "scan" else 1
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise WrongTypeError(f"{field.name} must be a whole number, at least {least}; got {value!r}.")
            if value < least:
                raise UserError(f"{field.name} must be at least {least}; got {getattr(self, field.name)}.")

    def runs(self) -> int:
        """How many runs one runner makes."""
        return self.trials + self.scan + self.seeds

    def length(self, problem: Problem, batch_size: int | None) -> tuple[int, int]:
        """The steps of a run, and after how many of them the losses are recorded again."""
        if not problem.examples:
            return self.steps, max(1, self.steps // (RECORDS * 10))
        epoch = epoch_steps(problem, batch_size)
        return self.epochs * epoch, -(-epoch // RECORDS)


def epoch_steps(problem: Problem, batch_size: int | None) -> int:
    """The steps that see each example once; 1 where there are none."""
    return ceil(problem.examples / (batch_size or problem.examples)) if problem.examples else 1


def target_for(problem: Problem) -> float:
    """A training loss worth reaching: the known one, or a fifth of the start's."""
    return TARGETS.get(problem.name, 0.2 * float(problem.loss(problem.start)))
