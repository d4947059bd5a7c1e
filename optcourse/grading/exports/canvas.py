"""Canvas' gradebook import.

Its rules, as its importer reads (instructure/canvas-lms, lib/gradebook_importer.rb; the guide "How do I
import grades in the Gradebook?"): the first line has Student, ID, perhaps SIS User ID and SIS Login ID,
Integration ID and Root Account, and Section as the last of them; then assignments, as "Title (id)". A line
whose first cell has "Points Possible" gives their points. A student is found by ID, then by SIS User ID,
SIS Login ID and name. A line that is not there changes nothing. No byte order mark before a quote.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from optcourse.errors import UserError
from optcourse.grading.exports.cells import cell, column, read_table, row_text
from optcourse.grading.exports.missing import Missing
from optcourse.grading.exports.people import Person, orders, plain, present
from optcourse.grading.feedback_text import number
from optcourse.grading.grades import Grade

HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
TITLE = re.compile(r"(?P<title>.*)\s\((?P<id>\d+)\)", re.DOTALL)
IDS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
POINTS = "Points Possible"
NO_STUDENT = re.compile(r"\s*+(muted|manual posting.*+)?\s*+", re.IGNORECASE)


class Layout(NamedTuple):
    """The columns of an import: those of the student, and the assignment's with its points possible."""

    header: tuple[str, ...]
    assignment: str
    possible: str
    people: tuple[Person, ...]
    now: tuple[str, ...] = ()  # the points that Canvas has, of each of them
    remarks: tuple[str, ...] = ()


def from_template(path: Path, names: Sequence[str], wanted: str | None) -> Layout:
    """The layout of a gradebook that Canvas exported. `names` are the assignment's, `wanted` is --column."""
    header, *rows = read_table(path)
    section = column(header, "Section")
    if section is None or not ("Student" in header[0] or header[:2] == ["LastName", "FirstName"]):
        raise UserError(
            f"{path} is not what Canvas exports (Grades, Export): its columns begin with Student, ID and end "
            "with Section before the assignments."
        )
    at = assignment_column(header[section + 1 :], names, wanted)
    remarks: tuple[str, ...] = ()
    if at is None:
        if wanted:
            titles = "; ".join(header[section + 1 :])
            raise UserError(f"{path} has no column {wanted!r}; it has {titles}.")
        remarks = (
            f"{path.name} has no assignment {names[0]!r}, so Canvas will offer to make it; to fill one that "
            "is there, name its column with --column.",
        )
    else:
        at += section + 1
    possible = next((row for row in rows if POINTS in row[0]), None)
    students = [
        row for row in rows if POINTS not in row[0] and not all(NO_STUDENT.fullmatch(one) for one in row)
    ]
    people = [
        Person(ids_of(header, row), names_of(header, row), tuple(row[: section + 1])) for row in students
    ]
    return Layout(
        tuple(header[: section + 1]),
        names[0] if at is None else header[at],
        possible[at] if possible and at is not None else "",
        tuple(people),
        tuple("" if at is None else row[at] for row in students),
        remarks,
    )


def assignment_column(titles: Sequence[str], names: Sequence[str], wanted: str | None) -> int | None:
    """Where the assignment is among the columns, if it is; UserError where several could be meant."""
    calls = {plain(name) for name in ([wanted] if wanted else names)}
    found = [
        at
        for at, title in enumerate(titles)
        if plain(title) in calls or ((parts := TITLE.fullmatch(title)) and plain(parts["title"]) in calls)
    ]
    if len(found) > 1:
        several = "; ".join(titles[at] for at in found)
        raise UserError(f"Several columns could be meant ({several}): name one with --column.")
    return found[0] if found else None


def ids_of(header: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    """A student's ids in Canvas."""
    places = [column(header, name) for name in IDS]
    return present(*(row[at] for at in places if at is not None))


def names_of(header: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    """A student's names in Canvas, which writes those that begin with = as a formula of a text."""
    if header[0] == "LastName":
        return present(f"{row[0]}, {row[1]}", f"{row[1]} {row[0]}", f"{row[0]} {row[1]}")
    quoted = re.fullmatch(r'="(.*)"', row[0], re.DOTALL)
    return orders(quoted[1] if quoted else row[0])


def from_roster(roster: Sequence[Person], names: Sequence[str]) -> Layout:
    """The layout without a template: a roster's id may be either of the school's two ids."""
    people = tuple(
        Person(one.ids, one.names, (one.row[1] or one.row[0], "", one.row[0], one.row[0], ""))
        for one in roster
    )
    return Layout(HEADER, names[0], "", people)


def lines(
    layout: Layout, grades: Iterator[tuple[Grade, Person]], others: Sequence[Missing], points: float
) -> Iterator[str]:
    """The file, line by line. Of whom nothing is graded, the points are left as Canvas has them, or empty."""
    possible = layout.possible.strip() or number(points)
    width = len(layout.header)
    yield row_text([*map(cell, layout.header), cell(layout.assignment)])
    yield row_text([f"    {POINTS}", *[""] * (width - 1), possible])
    for grade, person in grades:
        assert grade.earned is not None
        yield row_text([*map(cell, person.row), number(grade.earned)])
    now = dict(zip(map(id, layout.people), layout.now, strict=False))
    for one in others:
        if one.person and not refusal(one.person):
            yield row_text([*map(cell, one.row), cell(now.get(id(one.person), ""))])


def other_points(layout: Layout, points: float) -> list[str]:
    """A remark where Canvas has other points possible than the gradebook."""
    possible = layout.possible.strip()
    try:
        same = not possible or abs(float(possible.replace(",", ".")) - points) < 0.005  # of two digits
    except ValueError:
        same = False
    says = f"{possible} points possible in Canvas and {number(points)} in the gradebook"
    return [] if same else [f"{layout.assignment} has {says}: the points are exported as they are."]


def refusal(person: Person) -> str | None:
    """Why a row can't be written for Canvas, or None: its importer would take it for another line."""
    if POINTS in person.row[0] or all(NO_STUDENT.fullmatch(one) for one in person.row):
        return "Canvas would not read this name as a student's"
    if any(cell(one) != " ".join(one.split()) for one in person.ids):
        return "an id that begins like a formula"
    return None
