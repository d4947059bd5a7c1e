"""A folder of submissions for the rule gd, each with other bytes; and a gradebook's content without its times."""

import os
from pathlib import Path

from sqlalchemy import select

from optcourse.grading.assignment import rule_assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.gradebook.tables import ATTEMPTS, SUBMISSIONS
from optcourse.grading.pipeline import Grader
from optcourse.grading.sandbox.supervisor import Limits

BODIES = (
    "def gd_step(theta, grad, state, *, lr=0.1):\n    return theta - lr * grad, ()\n",
    "def gd_step(theta, grad, state, *, lr=0.1):\n    return theta + lr * grad, ()\n",
    "x = 1\n",
    "this is no Python\n",
    "import os\nos._exit(3)\n",
)


def write_class(folder: Path, count: int) -> Path:
    """One file a student; each tenth hands in what the one before did."""
    for number in range(count):
        student = folder / f"student-{number:05}"
        student.mkdir(parents=True)
        same = number - (number % 10 == 9)
        (student / "hw.py").write_text(f"# {same}\n{BODIES[same % len(BODIES)]}")
        os.utime(student / "hw.py", (1e9 + number, 1e9 + number))  # handed in at the same time in each test
    return folder


def gd_grader(level: str) -> Grader:
    """What they are graded with."""
    assignment = rule_assignment("gd")
    return Grader(assignment, {task.task: draw_for(task, 0) for task in assignment.tasks}, 0, Limits(), level)


def content(address: str) -> list[tuple[object, ...]]:
    """Every attempt and what it is of, and what counts: equal for two gradebooks of the same gradings."""
    with Gradebook(address) as book:
        holds = (SUBMISSIONS.c.attempt_id == ATTEMPTS.c.id).label("holds")
        submission = [one for one in SUBMISSIONS.c if one.name not in ("id", "received", "attempt_id")]
        attempt = [one for one in ATTEMPTS.c if one.name not in ("id", "submission_id", "graded")]
        query = select(*submission, *attempt, holds).outerjoin(
            ATTEMPTS, ATTEMPTS.c.submission_id == SUBMISSIONS.c.id
        )
        rows = book.tried(lambda connection: connection.execute(query).all())
        return sorted((tuple(row) for row in rows), key=repr)
