"""Submissions and results made up for the gradebook's tests: nothing is run."""

from datetime import UTC, datetime, timedelta

from optcourse.grading.records import Cell, Circumstances, Result, Submission, TaskResult

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
UNDER = Circumstances("hw1_gradients", "v1", "0.1.0", 0, "bubblewrap", {"cpu": 2.0, "wall": 10.0}, 1e-9)


def handed_in(student: str, what: str = "", day: float | None = 0) -> Submission:
    """A submission of a day; `what` makes its bytes others."""
    when = None if day is None else START + timedelta(days=day)
    return Submission(
        student, "hw1.py", (Cell("hw1.py", what),), "script", f"digest of {what or student}", when
    )


def result(
    one: Submission, score: float = 1, verdict: str = "AC", points: float = 4, under: Circumstances = UNDER
) -> Result:
    """A result of one task."""
    task = TaskResult("gd", verdict, score, points, "a message")
    return Result(one.student, one.file, one.digest, (task,), (), under, one.submitted)
