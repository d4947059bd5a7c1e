"""Who a student is, by the class's roster, for a page that only the instructor reads."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from optcourse.grading.exports.missing import Missing, missing
from optcourse.grading.exports.people import matched, read_roster
from optcourse.grading.submissions import LeftOut


def names_of(students: Iterable[str], roster: Path) -> Mapping[str, str]:
    """ "name (id)" of each student whom the roster (id,name,email) names; UserError where it can't be read.

    Whom it does not name, or names twice, is not in it. The texts are strangers': escape them.
    """
    people = matched(students, read_roster(roster)).people
    rows = {student: person.row for student, person in people.items()}
    return {student: f"{name} ({who or student})" for student, (who, name, _) in rows.items() if name}


def missing_of(graded: Iterable[str], left: Iterable[LeftOut], roster: Path | None) -> tuple[Missing, ...]:
    """Of whom nothing is graded: of the roster, where there is one, and of who handed in what can't be."""
    return missing(graded, left, read_roster(roster) if roster else ())
