"""What attempts, overrides and the late policy come to; and what the options of a command make of the settings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.grades import Attempt, Override, Settings, grade_of
from optcourse.grading.settings import Changes, changed
from tests.grading.graded import START, handed_in, result

DAYS = st.floats(-3, 12, allow_nan=False)
SCORES = st.floats(0, 1)
POLICIES = st.sampled_from(["latest", "best"])
LATE = st.none() | st.builds(LatePolicy, st.just(START), per_day=st.floats(0, 1), closes=st.integers(0, 9))


def attempt(score: float, day: float = 0, verdict: str = "PC", current: bool = True) -> Attempt:
    one = handed_in("ann", f"{score} {day}", day)
    return Attempt(result(one, score, verdict), START, current)


def override(points: float, task: str = "gd") -> Override:
    return Override("hw1_gradients", "ann", task, points, "why", "who", START)


ATTEMPTS = st.lists(st.builds(attempt, SCORES, DAYS), min_size=1, max_size=4)


@given(ATTEMPTS, POLICIES, LATE)
def test_a_grade_is_between_zero_and_its_points_and_is_the_sum_of_its_tasks(
    attempts: list[Attempt], policy: str, late: LatePolicy | None
) -> None:
    grade = grade_of(attempts, (), policy, late)  # type: ignore[arg-type]
    assert grade.earned is not None
    assert 0 <= grade.earned <= grade.points == 4
    assert grade.earned == round(sum(task.earned or 0 for task in grade.tasks), 4)


@given(ATTEMPTS, LATE)
def test_the_best_attempt_is_never_worse_than_the_latest(
    attempts: list[Attempt], late: LatePolicy | None
) -> None:
    best, latest = grade_of(attempts, (), "best", late), grade_of(attempts, (), "latest", late)
    assert (best.earned or 0) >= (latest.earned or 0)


@given(ATTEMPTS, POLICIES, LATE, st.floats(0, 9))
def test_an_override_counts_whatever_was_handed_in_and_when(
    attempts: list[Attempt], policy: str, late: LatePolicy | None, points: float
) -> None:
    grade = grade_of(attempts, (override(1), override(points)), policy, late)  # type: ignore[arg-type]
    assert grade.earned == round(points, 4)


@pytest.mark.parametrize("policy", ["latest", "best"])
def test_what_is_still_to_be_graded_earns_none(policy: str) -> None:
    grade = grade_of([attempt(0, verdict="IE")], (), policy)  # type: ignore[arg-type]
    assert (grade.earned, grade.needs_a_person) == (None, True)


def test_with_best_another_attempt_counts_until_the_last_is_graded() -> None:
    attempts = [attempt(0.5), attempt(0, day=1, verdict="IE")]
    assert grade_of(attempts, (), "best").earned == 2
    assert grade_of(attempts, (), "best").needs_a_person
    assert grade_of(attempts, (), "latest").earned is None


def test_an_override_of_an_ungraded_task_settles_it() -> None:
    grade = grade_of([attempt(0, verdict="IE")], (override(3),))
    assert (grade.earned, grade.needs_a_person) == (3, False)


def test_an_override_of_a_task_that_is_gone_is_told() -> None:
    assert grade_of([attempt(1)], (override(3, "old"),)).flags == (
        "an override for 'old', which is no task any more",
    )


def test_only_the_current_grading_of_a_submission_counts() -> None:
    grade = grade_of([attempt(1, current=False), attempt(0.25)], (), "best")
    assert (grade.earned, len(grade.attempts)) == (1, 2)


# Settings

LATE_NOW = LatePolicy(START)


@pytest.mark.parametrize(
    ("now", "changes", "then"),
    [
        (Settings(), Changes(), Settings()),
        (Settings("best", LATE_NOW, 3), Changes(), Settings("best", LATE_NOW, 3)),
        (Settings("best"), Changes(policy="latest", seed=4), Settings(seed=4)),
        (Settings(), Changes(due=START.isoformat()), Settings(late=LATE_NOW)),
        (Settings(), Changes(due="2026-11-02T13:00+01:00"), Settings(late=LATE_NOW)),
        (Settings(late=LATE_NOW), Changes(due="never"), Settings()),
        (Settings(late=LATE_NOW), Changes(grace=30), Settings(late=replace(LATE_NOW, grace=timedelta(minutes=30)))),
        (Settings(late=LATE_NOW), Changes(per_day=0, closes=0), Settings(late=LatePolicy(START, per_day=0, closes=0))),
        (Settings(), Changes(withdraw=("gd:a: b",)), Settings(withdrawn=frozenset({("gd", "a: b")}))),
        (Settings(withdrawn=frozenset({("gd", "a")})), Changes(restore=("gd: a",)), Settings()),
    ],
)  # fmt: skip
def test_settings_change_by_what_is_said_and_nothing_else(
    now: Settings, changes: Changes, then: Settings
) -> None:
    assert changed(now, changes) == then


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (Changes(policy="mean"), "--policy is latest or best"),
        (Changes(due="tomorrow"), "--due is a time with its zone"),
        (Changes(due="2026-11-02T13:00"), "--due is a time with its zone"),
        (Changes(grace=5), "need a --due"),
        (Changes(due=START.isoformat(), grace=-1), "--grace is in minutes"),
        (Changes(due=START.isoformat(), grace=float("nan")), "--grace is in minutes"),
        (Changes(due=START.isoformat(), per_day=10), "from 0 to 1"),
        (Changes(due=START.isoformat(), closes=-1), "--closes is in days"),
        (Changes(withdraw=("gd",)), "TASK:PROBE"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: Changes, says: str) -> None:
    with pytest.raises(UserError, match=says):
        changed(Settings(), changes)
