"""Grades in the forms that other tools take. Points are the gradebook's own and nothing else.

- `people.py`    whose row is whose; who is on no list is left out and named
- `missing.py`   of whom nothing is graded, and why
- `cells.py`     CSV that runs in no spreadsheet
- `canvas.py`, `moodle.py`, `one_each.py` (Gradescope, GitHub), `junit.py`, `table.py` (csv, json)
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from optcourse.errors import UserError, writing
from optcourse.grading import submissions
from optcourse.grading.exports import canvas, junit, moodle, one_each, table
from optcourse.grading.exports.missing import Homework, Missing, missing
from optcourse.grading.exports.people import LeftOut, Person, matched, read_roster
from optcourse.grading.feedback import file_of, replace
from optcourse.grading.grades import Grade

Grades = Callable[[], Iterable[Grade]]  # they are read twice: who there is, then what they have
ONE_EACH = {
    "gradescope": (one_each.gradescope, one_each.gradescope_nothing),
    "github": (one_each.github, one_each.github_nothing),
}
ENDINGS = {"canvas": ".csv", "moodle": ".csv", "csv": ".csv", "json": ".json", "junit": ".xml"}
FORMATS = ("canvas", "moodle", *ONE_EACH, "junit", "csv", "json")
OURS = "not graded yet, through a fault of ours"


@dataclass(frozen=True)
class Options:
    """What an export may be told: a platform's own file to fill, who is in the class, which column.

    `not_graded` is what the gradebook has of those of whom nothing is graded.
    """

    template: Path | None = None
    roster: Path | None = None
    column: str | None = None
    short: str = ""  # what the assignment may be called too, as in hw2
    not_graded: Sequence[submissions.LeftOut] = ()


@dataclass
class Exported:
    """What an export did: for how many graded students, and for whom of whom nothing is."""

    path: Path
    count: int = 0
    missing: list[Missing] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def export(form: str, assignment: str, grades: Grades, out: Path, options: Options) -> Exported:
    """Write the grades of an assignment to the file OUT (a folder for those formats that have a file each).

    UserError where the options do not fit together, a file is none that the platform wrote, or OUT can't be
    written. A student without a row, or whose points are not known yet, is left out. Who has nothing that is
    graded has a row without points, or with 0 where a format has no other way.
    """
    if form not in FORMATS:
        raise UserError(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")
    if options.template and form not in ("canvas", "moodle"):
        raise UserError(f"--template is for canvas and moodle; {form} takes none.")
    if options.column and not options.template:
        raise UserError("--column is a column of the --template, which was not given.")
    roster = read_roster(options.roster) if options.roster else []
    if form in ("canvas", "moodle") and not (roster or options.template):
        raise UserError(
            f"{form} has to know whose row is whose: give --template, a file that {form} exported, or "
            "--roster roster.csv (id,name,email)."
        )
    done = Exported(out)
    with writing(out):
        if form in ONE_EACH:
            write_each(form, assignment, grades, roster, options, done)
        else:
            written(out, lines_of(form, assignment, grades, roster, options, done))
    return done


def lines_of(
    form: str, assignment: str, grades: Grades, roster: list[Person], options: Options, done: Exported
) -> Iterator[str]:
    """The lines of a format that is one file."""
    if form == "canvas":
        return canvas_lines(assignment, grades, roster, options, done)
    if form == "moodle":
        return moodle_lines(assignment, grades, roster, options, done)
    everyone = on_roster(grades, roster, done)
    others = others_in(grades, roster, [], options, done)
    homework = Homework(assignment, tasks_of(grades))
    if form == "junit":
        return junit.lines((grade for grade, _ in everyone), others, homework)
    if form == "json":
        return table.json_lines(everyone, others, homework)
    return table.csv_lines(everyone, others, homework)


def canvas_lines(
    assignment: str, grades: Grades, roster: list[Person], options: Options, done: Exported
) -> Iterator[str]:
    """Canvas' import, in the columns of its export where that is given."""
    names = list(dict.fromkeys((assignment, options.short or assignment)))
    points = next((grade.points for grade in grades()), 0.0)
    if options.template:
        layout = canvas.from_template(options.template, names, options.column)
        done.remarks += [*layout.remarks, *canvas.other_points(layout, points)]
    else:
        layout = canvas.from_roster(roster, names)
    others = roster if options.template else []
    rows = listed(grades, layout.people, others, done, lambda person, grade: canvas.refusal(person))
    return canvas.lines(layout, rows, others_in(grades, layout.people, others, options, done), points)


def moodle_lines(
    assignment: str, grades: Grades, roster: list[Person], options: Options, done: Exported
) -> Iterator[str]:
    """Moodle's worksheet where that is given, else its gradebook's import."""
    if options.template is None:
        rows = listed(grades, roster, [], done, lambda person, grade: moodle.refusal(None, person, grade))
        return moodle.import_lines(assignment, rows, others_in(grades, roster, [], options, done))
    sheet = moodle.from_template(options.template, options.column)
    rows = listed(
        grades, sheet.people, roster, done, lambda person, grade: moodle.refusal(sheet, person, grade)
    )
    return moodle.worksheet_lines(sheet, rows, others_in(grades, sheet.people, roster, options, done))


def listed(
    grades: Grades,
    people: Sequence[Person],
    roster: Sequence[Person],
    done: Exported,
    refusal: Callable[[Person, Grade], str | None],
) -> Iterator[tuple[Grade, Person]]:
    """Each student with points and a row of their own; the others are named in `done`."""
    found = matched((grade.student for grade in grades()), people, roster)
    whys = {one.student: one.why for one in found.left_out}
    for grade in grades():
        person = found.people.get(grade.student)
        if grade.earned is None:
            done.left_out.append(LeftOut(grade.student, OURS))
        elif person is None:
            done.left_out.append(LeftOut(grade.student, whys.get(grade.student, "not on the list")))
        elif why := refusal(person, grade):
            done.left_out.append(LeftOut(grade.student, why))
        else:
            done.count += 1
            yield grade, person


def on_roster(
    grades: Grades, roster: list[Person], done: Exported, whole: bool = False
) -> Iterator[tuple[Grade, Person | None]]:
    """Everybody (`whole`: whose points are known); with a roster those who are on it.

    The others are named in `done`.
    """
    found = matched((grade.student for grade in grades()), roster) if roster else None
    whys = {one.student: one.why for one in found.left_out} if found else {}
    for grade in grades():
        if grade.student in whys:
            done.left_out.append(LeftOut(grade.student, whys[grade.student]))
        elif whole and grade.earned is None:
            done.left_out.append(LeftOut(grade.student, OURS))
        else:
            done.count += 1
            yield grade, found.people.get(grade.student) if found else None


def others_in(
    grades: Grades, people: Sequence[Person], roster: Sequence[Person], options: Options, done: Exported
) -> list[Missing]:
    """Who has nothing that is graded, and a row all the same; who is not on the list, if any, is named."""
    for one in missing((grade.student for grade in grades()), options.not_graded, people, roster):
        if people and one.person is None:
            done.left_out.append(LeftOut(one.student, f"not on the list, and not graded: {one.why}"))
        else:
            done.missing.append(one)
    return done.missing


def write_each(
    form: str, assignment: str, grades: Grades, roster: list[Person], options: Options, done: Exported
) -> None:
    """A file for each student in the folder `done.path`; those whose points are not known have none."""
    done.path.mkdir(parents=True, exist_ok=True)
    graded, nothing = ONE_EACH[form]
    homework = Homework(assignment, tasks_of(grades))
    for grade, _ in on_roster(grades, roster, done, whole=True):
        text = json.dumps(graded(grade), allow_nan=False, indent=1)
        replace(done.path / f"{file_of(assignment, grade.student)}.json", text + "\n")
    for one in others_in(grades, roster, [], options, done):
        text = json.dumps(nothing(one, homework), allow_nan=False, indent=1)
        replace(done.path / f"{file_of(assignment, one.student)}.json", text + "\n")


def tasks_of(grades: Grades) -> dict[str, float]:
    """The assignment's tasks with their points: the first student's, and what others have besides."""
    found: dict[str, float] = {}
    for grade in grades():
        for task in grade.tasks:
            found.setdefault(task.task, task.points)
    return found


def written(path: Path, lines: Iterable[str]) -> None:
    """Write a file whole or not at all, its line ends as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    os.replace(partial, path)


__all__ = ["FORMATS", "Exported", "LeftOut", "Options", "export"]
