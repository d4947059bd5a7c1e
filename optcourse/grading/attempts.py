"""Which attempt counts, and what being late costs: pure functions of what was handed in and when (UTC)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from optcourse.grading.records import Result


@dataclass(frozen=True)
class LatePolicy:
    """Until `due` nothing is lost; after `grace`, `per_day` of the score for each day begun, until `closes`.

    `per_day` is a fraction of what was earned; nothing counts any more after `closes` days.
    """

    due: datetime
    grace: timedelta = timedelta(0)
    per_day: float = 0.1
    closes: int = 7

    def __post_init__(self) -> None:
        if self.due.tzinfo is None:
            raise ValueError("The due time needs its time zone, as in 2026-11-21T23:59:59+00:00.")

    def factor(self, submitted: datetime | None) -> float:
        """What is left of the score, in [0, 1]; all of it where the time is not known."""
        if submitted is None:
            return 1.0
        if submitted.tzinfo is None:
            raise ValueError("A time of submission needs its time zone.")
        late = submitted.astimezone(UTC) - self.due.astimezone(UTC)
        if late <= self.grace:
            return 1.0
        days = -(-late // timedelta(days=1))  # begun days count
        return 0.0 if days > self.closes else max(0.0, 1.0 - self.per_day * days)


def latest(attempts: Iterable[Result]) -> Result:
    """The attempt that was handed in last; of equal times the later one in the list."""
    return max(enumerate(attempts), key=lambda one: (_time(one[1]), one[0]))[1]


def best(attempts: Iterable[Result], policy: LatePolicy | None = None) -> Result:
    """The attempt with the highest score after the late policy; of equal ones the first."""
    factor: Callable[[datetime | None], float] = policy.factor if policy else lambda submitted: 1.0
    return max(attempts, key=lambda one: one.score * factor(one.submitted))


def _time(one: Result) -> datetime:
    return one.submitted or datetime.min.replace(tzinfo=UTC)
