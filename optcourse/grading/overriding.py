"""A person's word on one task of one student."""

import getpass
import math
from datetime import UTC, datetime
from difflib import get_close_matches

from optcourse.errors import UserError
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Override


def override(
    book: Gradebook,
    assignment: str,
    student: str,
    task: str,
    points: float,
    why: str,
    by: str | None,
    bonus: bool = False,
) -> str:
    """Keep it, and say what it changed; UserError where there is no such student or task.

    More points than the task has are a slip, unless they are said to be a `bonus`.
    """
    if not (math.isfinite(points) and points >= 0):
        raise UserError(f"POINTS are 0 or more; got {points:g}.")
    if not why.strip():
        raise UserError("--why is for whoever asks later: give a reason.")
    before = next(book.grades(assignment, student), None)
    if before is None:
        names = get_close_matches(student, [grade.student for grade in book.grades(assignment)])
        near = f"; there is {', '.join(names)}" if names else ""
        raise UserError(f"{student!r} handed in nothing for {assignment}{near}.")
    found = next((one for one in before.tasks if one.task == task), None)
    if found is None:
        raise UserError(
            f"{assignment} has no task {task!r}: it has {', '.join(one.task for one in before.tasks)}."
        )
    if points > found.points and not bonus:
        raise UserError(
            f"{task} has {found.points:.6g} points, not {points:.6g}: say --bonus if you mean it."
        )
    book.add_override(Override(assignment, student, task, points, why, by or user(), datetime.now(UTC)))
    was = "not graded yet" if found.earned is None else f"{found.earned:.6g}"
    said = f"{student}, {assignment}, {task}: {points:.6g} of {found.points:.6g} points (was {was}). "
    said += "It stands whatever is late or graded again; pages follow with the next grade or regrade."
    return said


def user() -> str:
    """Who is at the keyboard."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
