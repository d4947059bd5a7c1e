"""Everything, for one's own use: CSV for a spreadsheet, JSON for a program."""

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from optcourse.formats import Format
from optcourse.grading.exports.cells import cell, row_text
from optcourse.grading.exports.missing import Homework, Missing
from optcourse.grading.exports.people import Person
from optcourse.grading.feedback import feedback_json, file_name, plain
from optcourse.grading.feedback_text import number
from optcourse.grading.grades import Grade, Override

EXPORT = Format("export --format json", 1)  # each of its objects says it
LISTED = Iterator[tuple[Grade, Person | None]]


def csv_lines(grades: LISTED, others: Sequence[Missing], homework: Homework) -> Iterator[str]:
    """A line a student, with a mark at the file's start by which spreadsheets know UTF-8."""
    tasks = list(homework.tasks)
    columns = ["student", "id", "name", "email", "assignment", "file", "submitted (UTC)", "attempts"]
    columns += [f"{what} {task}" for task in tasks for what in ("verdict", "points")]
    columns += ["late factor", "points", "of", "set by a person", "needs a person", "flags", "feedback page"]
    columns.append("not graded")
    yield "\ufeff" + row_text(map(cell, columns))
    for grade, person in grades:
        yield row_text(csv_row(grade, person, tasks))
    for one in others:
        row = [cell(one.student), *map(cell, one.row), cell(homework.name), "", "", "0"]
        row += ["", ""] * len(tasks)
        yield row_text([*row, "", "", number(homework.points), "", "", "", "", cell(one.why)])


def csv_row(grade: Grade, person: Person | None, tasks: Sequence[str]) -> list[str]:
    """One student's cells."""
    result = grade.result
    known = {task.task: task for task in grade.tasks}
    row = [cell(grade.student), *map(cell, person.row if person else ("", "", ""))]
    row += [cell(grade.assignment), cell(result.file)]
    row += [result.submitted.strftime("%Y-%m-%d %H:%M:%S") if result.submitted else ""]
    row.append(str(len({one.result.digest for one in grade.attempts})))
    for name in tasks:
        task = known.get(name)
        row += [task.verdict, points(task.earned)] if task else ["", ""]
    row += [number(grade.late), points(grade.earned), number(grade.points)]
    row.append(cell("; ".join(f"{task.task}: {task.override.why}" for task in grade.tasks if task.override)))
    row += ["yes" if grade.needs_a_person else "", cell("; ".join(grade.flags))]
    return [*row, f"{file_name(grade)}.html", ""]


def points(earned: float | None) -> str:
    """Points; an empty cell, not a zero, where there are none yet."""
    return "" if earned is None else number(earned)


def json_lines(grades: LISTED, others: Sequence[Missing], homework: Homework) -> Iterator[str]:
    """An array of objects, one a student."""
    between = "[\n"
    objects = itertools.chain(
        (json_object(grade, person) for grade, person in grades),
        (without_work(one, homework) for one in others),
    )
    for one in objects:
        yield between + json.dumps(one, allow_nan=False)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def json_object(grade: Grade, person: Person | None) -> dict[str, Any]:
    """One student's: what feedback has, and what is for the instructor only."""
    more = {
        "roster": roster_json(person),
        "not_graded": "",
        "attempts": len({one.result.digest for one in grade.attempts}),
        "needs_a_person": grade.needs_a_person,
        "overrides": [override_json(task.override) for task in grade.tasks if task.override],
        "flags": grade.flags,
        "sandbox": grade.result.circumstances.level,
    }
    return {**feedback_json(grade), **EXPORT.numbered(plain(more))}


def without_work(one: Missing, homework: Homework) -> dict[str, Any]:
    """Of somebody of whom nothing is graded, in the form of the others; points that nobody gave are none."""
    return {
        "student": one.student,
        "assignment": homework.name,
        "file": "",
        "submitted": None,
        "earned": None,
        "points": homework.points,
        "tasks": [],
        "roster": roster_json(one.person),
        "not_graded": one.why,
        "attempts": 0,
        "needs_a_person": False,
        "overrides": [],
        "flags": [],
    }


def roster_json(person: Person | None) -> dict[str, str] | None:
    """Who somebody is on the roster."""
    return {"id": person.row[0], "name": person.row[1], "email": person.row[2]} if person else None


def override_json(one: Override) -> dict[str, Any]:
    """A person's word, whole."""
    return {
        "task": one.task,
        "points": one.points,
        "why": one.why,
        "by": one.by,
        "when": one.when.isoformat(),
    }
