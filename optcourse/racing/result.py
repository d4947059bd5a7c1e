"""What a race comes to, as data: the tables, pages, pictures and files of a race are made from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from optcourse.problems import Problem
from optcourse.racing.budget import Budget
from optcourse.racing.standing import Standing


@dataclass(frozen=True)
class RaceResult:
    """`standings`: a line for each runner in the order given, made with `budget` on `problem` from `seed`.

    `target` is the training loss that was to be reached.
    """

    problem: Problem
    budget: Budget
    target: float
    seed: int
    standings: Sequence[Standing]
