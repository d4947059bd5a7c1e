"""What a student gets back: a page of HTML, and the same as JSON. Neither tells an expected value.

What is for the instructor stays out: flags (which may name another student), why an override was made, what
went wrong on our side, and the seed of the hidden probes.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from optcourse.formats import Format
from optcourse.grading.feedback_legend import Meaning, legend
from optcourse.grading.feedback_pages import rendered
from optcourse.grading.feedback_text import number, shown
from optcourse.grading.grades import Attempt, Grade, TaskGrade, grade_of
from optcourse.grading.naming import safe_name
from optcourse.grading.records import VERDICTS, FindingResult, Result, TaskResult
from optcourse.learner.files import write_atomically

# How a verdict looks: a class of the style sheet, and a sign beside its words.
LOOKS = {
    "AC": ("right", "✓"),
    "PC": ("part", "◐"),
    "NA": ("open", "…"),
    "SK": ("open", "…"),
    "IE": ("open", "?"),
}
WRONG = ("wrong", "✗")
OURS = "Grading it failed, through no fault of yours. A person will look at it."
FEEDBACK = Format("feedback/*.json", 1)
WIDTH, HEIGHT, MARGIN = 320, 180, 12  # of the picture, in pixels

Path2 = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Picture:
    """Both paths, in the pixels of the picture."""

    formula: str
    yours: str
    dots: tuple[tuple[int, int], ...]
    words: str


@dataclass(frozen=True)
class Tried:
    """One finding as it is shown."""

    name: str
    sign: str
    says: str
    message: str


@dataclass(frozen=True)
class TaskPage:
    """One task as it is shown."""

    name: str
    code: str
    kind: str
    sign: str
    says: str
    points: str
    message: str
    override: str
    diff: tuple[tuple[str, str], ...]
    picture: Picture | None
    lines: tuple[tuple[str, str], ...]
    findings: tuple[Tried, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackPage:
    """One student's page."""

    student: str
    assignment: str
    file: str
    submitted: str
    late: str
    total: str
    tasks: tuple[TaskPage, ...]
    legend: tuple[Meaning, ...]
    grader: str
    version: str


def write_feedback(graded: Result | Grade, out: Path) -> Path:
    """Write OUT/NAME.html and OUT/NAME.json; returns the page's path.

    Until the deadline, and as long as the gradebook knows none, they have none of the formula's lines.
    NAME is made of the assignment, letters of the student's name and a digest, so no name leads elsewhere.
    What was there is replaced whole. OSError where it can't be written.
    """
    grade = graded if isinstance(graded, Grade) else as_grade(graded)
    if grade.before_deadline(datetime.now(UTC)):
        grade = grade.without_formula()
    path = out / f"{file_name(grade)}.html"
    replace(path.with_suffix(".json"), json.dumps(feedback_json(grade), allow_nan=False) + "\n")
    replace(path, feedback_html(grade))
    return path


def file_name(grade: Grade) -> str:
    """What a student's files are called, without their ending."""
    return file_of(grade.assignment, grade.student)


def file_of(assignment: str, student: str) -> str:
    """The same, of a student of whom nothing is graded too."""
    letters = re.sub(r"[^A-Za-z0-9_]+", "-", assignment).strip("-")[:40]
    return f"{letters or 'assignment'}-{safe_name(student)}"


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all; one that says the same already is left alone."""
    content = text.encode()
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)


def as_grade(result: Result) -> Grade:
    """A single result as a grade: in time, and nobody's override."""
    return grade_of([Attempt(result, result.submitted or datetime.now(UTC), current=True)])


def feedback_html(grade: Grade) -> str:
    """The page."""
    return rendered("feedback.html", page=feedback_page(grade))


def feedback_page(grade: Grade) -> FeedbackPage:
    """What the page shows, as texts that are not escaped yet."""
    result = grade.result
    return FeedbackPage(
        grade.student,
        grade.assignment,
        result.file,
        result.submitted.strftime("%Y-%m-%d %H:%M") if result.submitted else "",
        lateness(grade),
        total(grade),
        tuple(task_page(task) for task in grade.tasks),
        legend(verdicts(grade)),
        result.circumstances.grader,
        result.circumstances.version,
    )


def verdicts(grade: Grade) -> Iterator[str]:
    """The codes of all that the page shows, of tasks and of their tests."""
    for task in grade.tasks:
        shown_task = told(task.result)
        yield shown_task.verdict
        yield from (one.verdict for one in shown_task.findings)


def total(grade: Grade) -> str:
    """The points in a sentence."""
    if grade.earned is None:
        return "Not graded yet: something went wrong on our side, and a person will look at it."
    return of(grade.earned, grade.points)


def of(earned: float | None, points: float) -> str:
    """Points in words: 2.5 of 4 points."""
    word = "point" if points == 1 else "points"
    return f"{'not graded yet' if earned is None else number(earned)} of {number(points)} {word}"


def lateness(grade: Grade) -> str:
    """What being late cost, in a sentence; "" where it cost nothing."""
    if grade.late >= 1:
        return ""
    return f"Handed in late: {number(100 * grade.late)} % of the points that were earned count."


def task_page(grade: TaskGrade) -> TaskPage:
    """What is shown of a task."""
    task = told(grade.result)
    kind, sign = LOOKS.get(task.verdict, WRONG)
    return TaskPage(
        task.task,
        task.verdict,
        kind,
        sign,
        VERDICTS.get(task.verdict, task.verdict),
        of(grade.earned, task.points),
        task.message,
        "A person gave these points." if grade.override else "",
        task.diff,
        picture(*task.paths) if len(task.paths) == 2 else None,
        task.lines,
        tuple(map(tried, task.findings)),
        task.notes,
    )


def told(task: TaskResult) -> TaskResult:
    """What a student is told of a task: of a fault of ours only that there was one."""
    return TaskResult(task.task, "IE", 0.0, task.points, OURS) if task.verdict == "IE" else task


def tried(one: FindingResult) -> Tried:
    """What is shown of a finding; its message need not name the probe again."""
    where = one.message.removeprefix(f"in the probe “{one.name}”, ")
    return Tried(one.name, LOOKS.get(one.verdict, WRONG)[1], VERDICTS.get(one.verdict, one.verdict), where)


def picture(formula: Path2, yours: Path2) -> Picture | None:
    """Two paths of the unit square as a picture; None where there is nothing to draw."""
    if not formula or not yours or not all(math.isfinite(x + y) for x, y in (*formula, *yours)):
        return None
    dots = pixels(yours)
    apart = max(
        (abs(a - c) + abs(b - d) for (a, b), (c, d) in zip(formula, yours, strict=False)), default=0.0
    )
    says = "they lie together" if apart < 0.02 and len(formula) == len(yours) else "they part"
    return Picture(
        points(pixels(formula)),
        points(dots),
        dots,
        f"Both paths over the first {len(yours)} steps: the formula's dashed, yours solid with dots; {says}.",
    )


def pixels(path: Path2) -> tuple[tuple[int, int], ...]:
    """Points of the unit square as pixels, upwards."""
    return tuple(
        (
            round(MARGIN + min(max(x, 0.0), 1.0) * (WIDTH - 2 * MARGIN)),
            round(HEIGHT - MARGIN - min(max(y, 0.0), 1.0) * (HEIGHT - 2 * MARGIN)),
        )
        for x, y in path
    )


def points(path: tuple[tuple[int, int], ...]) -> str:
    """Pixels as SVG writes them."""
    return " ".join(f"{x},{y}" for x, y in path)


def feedback_json(grade: Grade) -> dict[str, Any]:
    """The same for machines; times in ISO 8601, points as the gradebook has them."""
    result = grade.result
    page: dict[str, Any] = plain(
        {
            "student": grade.student,
            "assignment": grade.assignment,
            "file": result.file,
            "submitted": result.submitted.isoformat() if result.submitted else None,
            "late": grade.late,
            "earned": grade.earned,
            "points": grade.points,
            "tasks": [task_json(task) for task in grade.tasks],
            "grader": result.circumstances.grader,
            "version": result.circumstances.version,
        }
    )
    return FEEDBACK.numbered(page)


def task_json(grade: TaskGrade) -> dict[str, Any]:
    """One task of it."""
    task = told(grade.result)
    return {
        "task": task.task,
        "verdict": task.verdict,
        "score": task.score,
        "earned": grade.earned,
        "points": task.points,
        "message": task.message,
        "mistakes": task.mistakes,
        "dialect": task.dialect,
        "override": grade.override is not None,
        "findings": [vars(one) for one in task.findings],
        "lines": task.lines,
        "diff": task.diff,
        "paths": task.paths,
        "notes": task.notes,
    }


def plain(value: Any) -> Any:
    """The same with strangers' texts as they can be shown."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
