"""What was handed in: a path of any layout -> submissions, one after the other. Runs and compiles nothing."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from optcourse.errors import UserError
from optcourse.grading.archives import LARGEST, ArchiveError, members
from optcourse.grading.decoding import DecodingError, decoded
from optcourse.grading.naming import clean, from_platform
from optcourse.grading.notebooks import NotebookError, read_notebook
from optcourse.grading.records import Cell, Submission

KINDS = (".py", ".ipynb", ".zip")
HOMEWORK = re.compile(r"hw\d+_")
# A word on what no submission needs; the sandbox is what keeps it out.
SUSPICIOUS = (
    (re.compile(r"\b(?:from|import)\s+optcourse\.(?:rules|homework|checking|grading)\b|RULES\b.*\.(?:step|function)\b"),
     "SV: asks for the course's own rules"),
    (re.compile(r"\b(?:np|numpy)\.random\.seed\s*\("), "calls np.random.seed"),
)  # fmt: skip


class Found(NamedTuple):
    """A file that was handed in: whose, what it is called, its bytes and when it came."""

    student: str
    file: str
    data: bytes
    when: datetime | None


def submissions(path: Path, assignment: str = "") -> Iterator[Submission]:
    """All under a path: a file, a zip, a folder of either, a folder per student, nbgrader's submitted/.

    One student's several files of a name are several attempts. Files named after another homework than the
    `assignment` are left out: nbgrader's tree and a student's repository have the whole term's. UserError
    where there is no such path.
    """
    if not path.exists():
        raise UserError(f"There is nothing to grade at {path}.")
    for found in (
        in_folder(path) if path.is_dir() else in_file(path, clean(path.stem), bulk=path.suffix == ".zip")
    ):
        if not of_another_homework(found.file, assignment):
            yield found if isinstance(found, Submission) else submission(found)


def of_another_homework(file: str, assignment: str) -> bool:
    """Whether both are named after a homework (hw4_adam_family), and not the same."""
    theirs, ours = HOMEWORK.match(Path(file).name), HOMEWORK.match(assignment)
    return bool(theirs and ours and theirs[0] != ours[0])


def in_folder(folder: Path) -> Iterator[Found | Submission]:
    """The files of a folder, in order of their names; a folder in it is a student's (or nbgrader's tree)."""
    if (folder / "submitted").is_dir():
        folder = folder / "submitted"
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from in_students_folder(path)
        elif entry.is_file(follow_symlinks=False) and path.suffix in KINDS:
            named = from_platform(entry.name)
            yield from in_file(path, named.student if named else clean(path.stem))


def in_students_folder(folder: Path) -> Iterator[Found | Submission]:
    """What one student handed in, at any depth."""
    named = from_platform(f"{folder.name}/")
    student = named.student if named else clean(folder.name)
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if path.suffix in KINDS and stat.S_ISREG(path.lstat().st_mode) and not name.startswith("."):
                yield from in_file(path, student)


def in_file(path: Path, student: str, bulk: bool = False) -> Iterator[Found | Submission]:
    """One file; or what is in a zip: of a class (`bulk`), or of one student."""
    named = from_platform(path.name)
    name = named.file if named else clean(path.name)
    when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if bulk:
        yield from in_bulk(path)
        return
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if path.suffix == ".zip":
        yield from in_students_zip(student, name, data, when)
    else:
        yield Found(student, name, data, when)


def in_bulk(path: Path) -> Iterator[Found | Submission]:
    """A platform's download of a whole class, or a zip of folders; else one student's zip."""
    try:
        with path.open("rb") as file:
            for name, data in members(file):
                named = from_platform(name)
                top, _, rest = name.partition("/")
                student = named.student if named else clean(top if rest else Path(name).stem)
                plain = named.file if named else clean(name.rpartition("/")[2])
                if name.endswith(".zip"):
                    yield from in_students_zip(student, plain, data, None)
                elif name.endswith(KINDS):
                    yield Found(student, plain, data, None)
    except ArchiveError as error:
        yield failed(Found(clean(path.stem), clean(path.name), path.name.encode(), None), str(error))


def in_students_zip(
    student: str, name: str, data: bytes, when: datetime | None
) -> Iterator[Found | Submission]:
    """The one file in a student's zip that can be graded."""
    whole = Found(student, name, data, when)
    if len(data) > LARGEST:
        yield whole  # `submission` says so
        return
    try:
        found = [
            (inner, content)
            for inner, content in members(data, total=2 * LARGEST)
            if inner.endswith((".py", ".ipynb"))
        ]
    except ArchiveError as error:
        yield failed(whole, str(error))
        return
    if len(found) != 1:
        names = ", ".join(clean(inner) for inner, _ in found[:5])
        yield failed(
            whole,
            f"the zip has {len(found)} files that could be meant ({names}); hand in one"
            if found
            else "the zip has no .py or .ipynb file in it",
        )
        return
    inner, content = found[0]
    yield Found(student, clean(inner.rpartition("/")[2]), content, when)


def submission(found: Found) -> Submission:
    """A file's bytes as source text, or with what is wrong with them."""
    if len(found.data) > LARGEST:
        return failed(found, f"the file has more than {LARGEST:,} bytes")
    kind: Literal["script", "notebook"] = "notebook" if found.file.endswith(".ipynb") else "script"
    try:
        if kind == "notebook":
            cells, flags = notebook_cells(found.data)
        else:
            cells, flags = (Cell(label(found.file), decoded(found.data)),), ()
    except (NotebookError, DecodingError) as error:
        return failed(found, str(error))
    source = "\n".join(cell.source for cell in cells)
    flags += tuple(says for pattern, says in SUSPICIOUS if pattern.search(source))
    return Submission(
        found.student, found.file, cells, kind, digest(found), submitted=found.when, flags=flags
    )


def notebook_cells(data: bytes) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The code cells of a notebook, and flags on names that nbgrader would trip over."""
    cells = [
        Cell(f"cell {number}", cell.source, cell.grade_id)
        for number, cell in enumerate(read_notebook(data), start=1)
        if cell.kind == "code" and cell.source.strip()
    ]
    names = [cell.grade_id for cell in cells if cell.grade_id]
    twice = sorted({name for name in names if names.count(name) > 1})
    return tuple(cells), tuple(
        f"the cell {clean(name)!r} is there more than once: the last one counts" for name in twice
    )


def failed(found: Found, problem: str) -> Submission:
    """A submission that can't be graded, and why."""
    return Submission(found.student, found.file, (), "script", digest(found), found.when, problem)


def digest(found: Found) -> str:
    """What tells whether two files are the same."""
    return hashlib.sha256(found.data).hexdigest()


def label(file: str) -> str:
    """What a message calls a script."""
    return file if re.fullmatch(r"[\w. -]{1,80}", file) else "the file"
