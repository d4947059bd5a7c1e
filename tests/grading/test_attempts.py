"""What being late costs is a function of two times and nothing else."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.grading.attempts import LatePolicy

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
