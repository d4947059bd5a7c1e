"""Moodle's two ways in: the offline grading worksheet of an assignment, and the gradebook's CSV import.

Their rules, as Moodle reads: the worksheet (mod/assign/feedback/offline/importgradeslib.php and locallib.php)
has the columns Identifier ("Participant 123"), Grade and "Last modified (grade)", which say whose it is and
whether somebody graded since (what is no date, as "-", means nobody did); an empty grade, or one above the
maximum, is passed over; Feedback comments are HTML. The import (grade/import/csv/classes/load_data.php) asks
which column is what; a user whom it does not know ends the whole of it, so nobody may be there who is not on
the roster. Commas, UTF-8.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from optcourse.errors import UserError
from optcourse.grading.exports.cells import cell, column, read_table, row_text
from optcourse.grading.exports.missing import Missing
from optcourse.grading.exports.people import Person, orders, present
from optcourse.grading.feedback import lateness, told
from optcourse.grading.feedback_text import number, one_line
from optcourse.grading.grades import Grade
from optcourse.grading.records import VERDICTS

IMPORT = ("ID number", "Full name", "Email address")
COMMENTS = "Feedback comments"


class Worksheet(NamedTuple):
    """A worksheet that Moodle wrote: its columns, where the grade and the comments go, its students."""

    header: tuple[str, ...]
    grade: int
    maximum: int | None
    comments: int | None
    people: tuple[Person, ...]


def from_template(path: Path, wanted: str | None) -> Worksheet:
    """The worksheet; `wanted` is --column, for one in another language than English."""
    header, *rows = read_table(path)
    grade = column(header, wanted or "Grade")
    if grade is None or not all(re.search(r"\d$", row[0].strip()) for row in rows):
        raise UserError(
            f"{path} is no grading worksheet of Moodle's (the assignment, View all submissions, Download "
            "grading worksheet), or not in English: its first column is Identifier, and one is Grade "
            f"(else name it with --column). It has {'; '.join(header)}."
        )
    places = [column(header, name) for name in ("ID number", "Email address", "Username")]
    name = column(header, "Full name")
    people = [
        Person(
            present(row[0], *(row[at] for at in places if at is not None)),
            orders(row[name if name is not None else 1]),
            tuple(row),
        )
        for row in rows
    ]
    return Worksheet(
        tuple(header), grade, column(header, "Maximum Grade"), column(header, COMMENTS), tuple(people)
    )


def worksheet_lines(
    sheet: Worksheet, grades: Iterator[tuple[Grade, Person]], others: Sequence[Missing]
) -> Iterator[str]:
    """The worksheet with the grades in it; the students who have none are left as Moodle has them."""
    yield row_text(map(cell, sheet.header))
    for grade, person in grades:
        assert grade.earned is not None
        row = [cell(one) for one in person.row]
        row[sheet.grade] = number(grade.earned)
        if sheet.comments is not None:
            row[sheet.comments] = comments(grade)
        yield row_text(row)
    for one in others:
        if one.person and not id_refusal(one.person):
            yield row_text(map(cell, one.row))


def import_lines(
    assignment: str, grades: Iterator[tuple[Grade, Person]], others: Sequence[Missing]
) -> Iterator[str]:
    """The gradebook's import, whose rows are a roster's; an empty grade means "no grade" to it."""
    yield row_text([*IMPORT, cell(assignment), "Feedback"])
    for grade, person in grades:
        assert grade.earned is not None
        yield row_text([*map(cell, person.row), number(grade.earned), comments(grade)])
    for one in others:
        if one.person and one.row[0] and not id_refusal(one.person):
            yield row_text([*map(cell, one.row), "", ""])


def comments(grade: Grade) -> str:
    """What a student reads beside the grade: a line a task. Moodle takes it for HTML, so it is escaped."""
    lines = [lateness(grade)] if lateness(grade) else []
    for task in grade.tasks:
        earned = "" if task.earned is None else f"{number(task.earned)} of {number(task.points)}, "
        says = told(task.result).message + (" A person gave these points." if task.override else "")
        verdict = VERDICTS.get(task.verdict, task.verdict)
        lines.append(f"{task.task}: {earned}{verdict}. {one_line(says, 600)}")
    return cell("<br>".join(escape(one_line(line)) for line in lines))


def refusal(sheet: Worksheet | None, person: Person, grade: Grade) -> str | None:
    """Why a row can't be written, or None."""
    if not sheet and not person.row[0]:
        return "no id on the roster"
    if why := id_refusal(person):
        return why
    if sheet and sheet.maximum is not None and grade.earned is not None:
        maximum = person.row[sheet.maximum].strip().replace(",", ".")
        if re.fullmatch(r"\d+(\.\d+)?", maximum) and grade.earned > float(maximum):
            return f"Moodle passes over {number(grade.earned)} points where the maximum is {maximum}"
    return None


def id_refusal(person: Person) -> str | None:
    """Why an id can't stand in a table, or None."""
    harmless = all(cell(one) == " ".join(one.split()) for one in person.ids)
    return None if harmless else "an id that begins like a formula"
