"""What a class is given: a bundle with lessons, exercises and the package, and nothing that answers homework.

A bundle is a zip with a workspace in it. Needs a checkout: the exercises of a student with variants are
made from their sources.
"""

# mypy: allow-untyped-calls
import secrets
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from optcourse import __version__
from optcourse.checking.stored import stored_probes
from optcourse.course.build import targets
from optcourse.course.wheel import student_wheel
from optcourse.errors import UserError
from optcourse.grading.assignment import Assignment, read_assignment
from optcourse.grading.exports.cells import cell, row_text
from optcourse.grading.naming import safe_name
from optcourse.grading.released import FILE, Release, Student, read_release, students_of, write_release
from optcourse.grading.variants import questions, values_for
from optcourse.learner.files import write_atomically
from optcourse.learner.workspace import workspace_files

EVERYBODY = "optcourse-course.zip"
WHOSE = "bundles.csv"  # which bundle is whose, for handing them out
START = """\
# optcourse

Needs Python 3.11 or newer. In this folder:

    python -m venv venv
    venv/bin/pip install -c constraints.txt ./{wheel}
    venv/bin/optcourse lab --dir .

(On Windows, `venv\\Scripts\\pip` and `venv\\Scripts\\optcourse`.) JupyterLab opens on the first lesson. The
homework is in `exercises`. When you are done with one, `venv/bin/optcourse submit hw1 --dir .` checks it and
writes the file to hand in.
"""


@dataclass(frozen=True)
class Bundles:
    """What was written: the bundles in order, what the instructor keeps, and the list of whose they are."""

    paths: tuple[Path, ...]
    kept: Path
    whose: Path | None


def release(
    root: Path,
    folder: Path,
    roster: Path | None = None,
    variants: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Bundles:
    """Write the bundles of the checkout `root` into `folder`: one for everybody, or one a student.

    A folder that has a release already keeps its key, so that everybody's variants stay the same.
    `progress` is told how many bundles of how many are written.
    UserError for a roster that can't be read, or variants without one.
    """
    if variants and roster is None:
        raise UserError("Variants are drawn from the students' ids: name the roster with --students.")
    students = students_of(roster) if roster else ()
    sources = {path.stem: path for path in sorted((root / "solutions").glob("hw*_*.md"))}
    assignments = {name: read_assignment(path) for name, path in sources.items()}
    key = key_for(folder) if variants else None
    made = Release(
        datetime.now(UTC),
        __version__,
        key,
        students,
        {name: one.version for name, one in assignments.items()},
    )
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = write_release(made, folder)  # first: no bundle must be out whose key is lost
        with TemporaryDirectory() as place:
            probes = stored_probes(questions(assignments.values()))
            wheel = student_wheel(root, Path(place), probes)
            common = dict(common_files(root, wheel))
            for student in students or (None,):
                own = variant_files(sources, assignments, student, key) if student and key else {}
                name = bundle_of(student) if student else EVERYBODY
                write_bundle(folder / name, {**common, **own}, student)
                written.append(folder / name)
                progress(len(written), max(len(students), 1))
        if students:
            write_atomically(folder / WHOSE, whose(students).encode())
    except OSError as error:
        raise UserError(f"Cannot write {error.filename or folder} ({error.strerror}).") from error
    return Bundles(tuple(written), kept, folder / WHOSE if students else None)


def bundle_of(student: Student) -> str:
    """Where a student's bundle is, in the folder of the release."""
    return f"students/{safe_name(student.id)}.zip"


def whose(students: Iterable[Student]) -> str:
    """The roster as CSV with everybody's bundle beside, as a mail merge takes it."""
    rows = [[cell(one.id), cell(one.name), cell(one.email), bundle_of(one)] for one in students]
    return "\ufeff" + "".join(map(row_text, [["id", "name", "email", "bundle"], *rows]))


def key_for(folder: Path) -> bytes:
    """The key of the release that is in the folder, else a new one."""
    if (folder / FILE).exists() and (key := read_release(folder).key):
        return key
    return secrets.token_bytes(32)


def common_files(root: Path, wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of what all get."""
    yield "START.md", START.format(wheel=wheel.name).encode()
    yield "constraints.txt", (root / "constraints.txt").read_bytes()
    yield wheel.name, wheel.read_bytes()
    for kind in ("lessons", "exercises"):
        for path in sorted((root / kind).glob("*.ipynb")):
            yield f"{kind}/{path.name}", path.read_bytes()


def variant_files(
    sources: Mapping[str, Path], assignments: Mapping[str, Assignment], student: Student, key: bytes
) -> dict[str, bytes]:
    """The exercises that are this student's own."""
    found = {}
    for name, assignment in assignments.items():
        if values := values_for(assignment, student.id, key):
            learners = next(iter(targets(sources[name], values)))
            found[f"exercises/{name}.ipynb"] = (nbformat.writes(learners.notebook) + "\n").encode()
    return found


def write_bundle(path: Path, files: Mapping[str, bytes], student: Student | None) -> None:
    """Write one zip; its folder is a workspace, which knows whose it is and what was made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = workspace_files(files, student.id if student else None)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**files, **kept}.items():
            archive.writestr(f"optcourse/{name}", content)
