"""release.json: what a release for a class was made with. The instructor keeps it; it is in no bundle."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from optcourse.errors import UserError
from optcourse.formats import Format
from optcourse.grading.exports.people import Person, only, orders, present, read_roster, student_calls, tables
from optcourse.grading.records import Submission
from optcourse.grading.submissions import LeftOut
from optcourse.learner.files import write_atomically

FILE = "release.json"
RELEASE = Format(FILE, 1)


@dataclass(frozen=True)
class Student:
    """Somebody on the roster."""

    id: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Release:
    """`key` draws the variants (None: there are none); `assignments` are the versions handed out, by name."""

    made: datetime
    optcourse: str
    key: bytes | None
    roster: tuple[Student, ...]
    assignments: dict[str, str]

    @property
    def ids(self) -> tuple[str, ...]:
        """The students' ids."""
        return tuple(student.id for student in self.roster)


def students_of(roster: Path) -> tuple[Student, ...]:
    """The students of roster.csv (id,name,email); UserError where it has none, or one id twice."""
    found = tuple(Student(*person.row) for person in read_roster(roster))
    ids = [student.id for student in found]
    if not found or not all(ids):
        raise UserError(f"{roster}: each student needs an id; {ids.count('')} of {len(ids)} rows have none.")
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise UserError(f"{roster}: the id {twice[0]!r} is there more than once.")
    return found


def write_release(release: Release, folder: Path) -> Path:
    """Write FOLDER/release.json, which nobody else may read: its key draws everybody's variant."""
    content = asdict(release) | {
        "made": release.made.isoformat(),
        "key": release.key.hex() if release.key else None,
    }
    path = folder / FILE
    write_atomically(path, json.dumps(RELEASE.numbered(content), indent=1).encode())
    os.chmod(path, 0o600)
    return path


def under_their_ids(
    found: Iterable[Submission | LeftOut], release: Release
) -> Iterator[Submission | LeftOut]:
    """What was handed in, each under the id of the one student on the roster whom its name can mean.

    Platforms name what was handed in after the id, the mail address or the full name. What could be several
    students' or nobody's keeps its name.
    """
    people = [Person(present(one.id, one.email), orders(one.name), (one.id,)) for one in release.roster]
    called = tables(people)
    for one in found:
        person = only(student_calls(one.student), called)
        yield replace(one, student=person.row[0]) if isinstance(person, Person) else one


def read_release(folder: Path) -> Release:
    """What FOLDER/release.json says; UserError where it is not there, not whole, or a later version's."""
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        RELEASE.refuse_later(found, path)
        return Release(
            datetime.fromisoformat(found["made"]),
            found["optcourse"],
            bytes.fromhex(found["key"]) if found["key"] else None,
            tuple(Student(**one) for one in found["roster"]),
            dict(found["assignments"]),
        )
    except OSError as error:
        raise UserError(
            f"{path} can't be read ({error.strerror}): --release is the folder that optcourse release wrote."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is not what optcourse release wrote ({error}).") from error
