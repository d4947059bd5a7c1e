"""What being late costs is a function of two times and nothing else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.settings import Changes, late_policy

DUE = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
POLICY = LatePolicy(DUE, grace=timedelta(minutes=10), per_day=0.2, closes=3)
TIMES = st.datetimes(min_value=datetime(2026, 10, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))


@pytest.mark.row("B34")
@pytest.mark.parametrize(("after", "factor"), [
    (timedelta(seconds=-1), 1.0),
    (timedelta(0), 1.0),
    (timedelta(minutes=10), 1.0),
    (timedelta(minutes=10, seconds=1), 0.8),
    (timedelta(days=1), 0.8),
    (timedelta(days=1, seconds=1), 0.6),
    (timedelta(days=3), 0.4),
    (timedelta(days=3, seconds=1), 0.0),
])  # fmt: skip
def test_a_second_decides_and_days_begun_count(after: timedelta, factor: float) -> None:
    assert POLICY.factor(DUE + after) == pytest.approx(factor)


@pytest.mark.row("B34")
@given(TIMES, st.integers(-12, 12))
def test_the_clock_of_the_students_country_makes_no_difference(time: datetime, hours: int) -> None:
    elsewhere = time.astimezone(timezone(timedelta(hours=hours)))
    assert POLICY.factor(elsewhere) == POLICY.factor(time)
    moved = LatePolicy(DUE.astimezone(elsewhere.tzinfo), POLICY.grace, POLICY.per_day, POLICY.closes)
    assert moved.factor(time) == POLICY.factor(time)


@pytest.mark.row("B34")
@given(TIMES, TIMES, st.floats(0, 1), st.integers(0, 30))
def test_who_is_later_never_has_more(one: datetime, other: datetime, per_day: float, closes: int) -> None:
    policy = LatePolicy(DUE, per_day=per_day, closes=closes)
    early, late = sorted((one, other))
    assert 0 <= policy.factor(late) <= policy.factor(early) <= 1


def test_where_the_time_is_not_known_nothing_is_taken_off() -> None:
    assert POLICY.factor(None) == 1.0


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LatePolicy(datetime(2026, 11, 21))
    with pytest.raises(ValueError, match="time zone"):
        POLICY.factor(datetime(2026, 11, 21))


@pytest.mark.parametrize(("due", "utc"), [
    ("2026-11-30 23:59 Europe/Berlin", datetime(2026, 11, 30, 22, 59, tzinfo=UTC)),
    ("2026-07-01T23:59:59 Europe/Berlin", datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)),
    ("2026-10-24 23:59 Europe/Berlin", datetime(2026, 10, 24, 21, 59, tzinfo=UTC)),
    ("2026-10-25 23:59 Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC)),
    ("2026-11-01 12:00 America/New_York", datetime(2026, 11, 1, 17, tzinfo=UTC)),
    ("2026-11-30 23:59 UTC", datetime(2026, 11, 30, 23, 59, tzinfo=UTC)),
    ("2026-11-30 23:59+01:00", datetime(2026, 11, 30, 22, 59, tzinfo=UTC)),
])  # fmt: skip
def test_a_zones_name_tells_its_clocks_summer_and_winter(due: str, utc: datetime) -> None:
    policy = late_policy(None, Changes(due=due))
    assert policy
    assert policy.due == utc


@pytest.mark.parametrize("due", [
    "2026-11-30 23:59", "2026-11-30 23:59 Europe/Nowhere", "2026-11-30 23:59 ../../etc/passwd", "Europe/Berlin",
    "2026-11-30 23:59+01:00 Europe/Berlin", "tomorrow UTC", "",
])  # fmt: skip
def test_a_due_time_that_could_mean_several_is_refused(due: str) -> None:
    with pytest.raises(UserError, match="Europe/Berlin"):
        late_policy(None, Changes(due=due))
