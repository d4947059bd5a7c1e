"""What was handed in: a path of any layout -> submissions, one after the other. Runs and compiles nothing."""

import hashlib
import itertools
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from optcourse.errors import UserError
from optcourse.grading.archives import LARGEST, Archive, ArchiveError
from optcourse.grading.bounds import CODE, packed_size
from optcourse.grading.decoding import DecodingError, decoded
from optcourse.grading.naming import Named, clean, from_platform
from optcourse.grading.notebooks import NotebookError, read_notebook
from optcourse.grading.records import Cell, Submission

KINDS = (".py", ".ipynb", ".zip")
DEEPEST = 20  # folders within a student's folder
FILES = 2_000  # of one student that are looked at
PROBLEM, FLAG, FLAGS = 500, 300, 20  # characters of a problem and of a flag; flags of a submission
# How what is a stranger's is opened; Windows, where nobody grades, knows no such flags.
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
OPEN = os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
LINE = 1_000  # characters of a line of source that are searched for what is suspicious
# What stands in nbgrader's tree beside submitted/.
NBGRADERS_FILES = ("nbgrader_config.py", "gradebook.db")
NBGRADERS = ("source", "release", "autograded", "feedback", "submitted", "exchange")
STUB = re.compile(r"^ *raise NotImplementedError *$", re.MULTILINE)
HOMEWORK = re.compile(r"hw\d+_")
# A word on what no submission needs; the sandbox is what keeps it out. Looked for line by line, in a part of
# each, and without a pattern that could look at a text twice.
RULES = "SV: asks for the course's own rules"
SUSPICIOUS = (
    (re.compile(r"\b(?:from|import)\s{1,20}optcourse\.(?:rules|homework|checking|grading)\b"), RULES),
    (re.compile(r"\bRULES\b[^\n.]{0,60}\.(?:step|function)\b"), RULES),
    (re.compile(r"\b(?:np|numpy)\.random\.seed\s{0,20}\("), "calls np.random.seed"),
)  # fmt: skip


class Found(NamedTuple):
    """A file that was handed in: whose, what it is called, its bytes and when it came."""

    student: str
    file: str
    data: bytes
    when: datetime | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """What was handed in and is not graded: by whom, which file, and why."""

    student: str
    file: str
    why: str


def submissions(path: Path, assignment: str = "") -> Iterator[Submission]:
    """All under a path that are graded, as `handed_in` finds them."""
    return (one for one in handed_in(path, assignment) if isinstance(one, Submission))


def handed_in(path: Path, assignment: str = "") -> Iterator[Submission | LeftOut]:
    """All under a path: a file, a zip, a folder of either, a folder per student, nbgrader's submitted/.

    Of what a student handed in together one file counts. Files named after another homework than the
    `assignment` are left out: nbgrader's tree and a student's repository have the whole term's. So is what
    is no notebook, script or zip. UserError where there is no such path.
    """
    if not path.exists():
        raise UserError(f"There is nothing to grade at {path}.")
    is_zip = kind_of(path.name) == ".zip"
    found = in_folder(path) if path.is_dir() else in_file(path, clean(path.stem), bulk=is_zip)
    known = map(partial(read, assignment=assignment), found)  # which keeps no file's bytes while it reads on
    for _, ones in itertools.groupby(known, key=lambda one: one.student):
        yield from of_one_student(ones)


def read(one: Found | Submission | LeftOut, assignment: str) -> Submission | LeftOut:
    """A file as what is graded; or why it isn't."""
    if not isinstance(one, Found):
        return one
    if of_another_homework(one.file, assignment):
        return LeftOut(one.student, one.file, "it is another homework")
    return submission(one)


def of_one_student(found: Iterable[Submission | LeftOut]) -> Iterator[Submission | LeftOut]:
    """The one file that counts of those that a student handed in together, and what is left out.

    A student may add as many files as they like, so only one of them is an attempt: a notebook before a
    script beside it, one that was worked in before one as it was given out, the latest before earlier ones.
    """
    counts: Submission | None = None
    rivals = 0
    for one in found:
        if isinstance(one, LeftOut):
            yield one
        elif counts is None:
            counts = one
        else:
            rivals = rivals + (worth(one)[:3] == worth(counts)[:3])
            counts, other = (one, counts) if worth(one) >= worth(counts) else (counts, one)
            yield LeftOut(other.student, other.file, f"{counts.file} of the same student is graded")
    if counts and rivals:
        flag = f"{rivals + 1} files were handed in together: the latest counts; a person should look"
        counts = with_flags(counts, [flag])
    if counts:
        yield counts


def worth(one: Submission) -> tuple[bool, bool, bool, datetime]:
    """By what one file of a student's counts before another."""
    when = one.submitted or datetime.min.replace(tzinfo=UTC)
    return not one.problem, one.kind == "notebook", not untouched(one), when


def untouched(one: Submission) -> bool:
    """Whether all that it was to be written in is as it was given out."""
    tasks = [cell.source for cell in one.cells if cell.grade_id and "def " in cell.source]
    return bool(tasks) and all(STUB.search(source) for source in tasks)


def kind_of(name: str) -> str:
    """The ending of a name, whatever its capitals."""
    return Path(name).suffix.lower()


def with_flags(one: Submission, flags: Iterable[str]) -> Submission:
    """The submission with more flags."""
    return replace(one, flags=cut((*one.flags, *flags)))


def cut(flags: Iterable[str]) -> tuple[str, ...]:
    """Flags as they are kept: not many, and none of them long."""
    return tuple(dict.fromkeys(flag[:FLAG] for flag in flags))[:FLAGS]


def of_another_homework(file: str, assignment: str) -> bool:
    """Whether both are named after a homework (hw4_adam_family), and not the same."""
    theirs, ours = HOMEWORK.match(Path(file).name), HOMEWORK.match(assignment)
    return bool(theirs and ours and theirs[0] != ours[0])


def in_folder(folder: Path) -> Iterator[Found | Submission | LeftOut]:
    """The files of a folder, in order of their names; a folder in it is a student's (or nbgrader's tree)."""
    for name in beside_nbgraders(folder):
        yield LeftOut(clean(name), clean(name), "it stands beside nbgrader's submitted/, which is graded")
    folder = nbgraders(folder)
    shown = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    if (
        folder.name != "submitted"
        and len(shown) == 1
        and shown[0].is_dir(follow_symlinks=False)
        and has_only_folders(Path(shown[0].path))
    ):
        inner = Path(shown[0].path)
        says = "all lies in this folder, so the folders in it are taken for the students'"
        yield LeftOut(clean(inner.name), clean(inner.name), says)
        folder = inner
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path, name = Path(entry.path), clean(entry.name)
        if entry.name in (".git", ".ipynb_checkpoints", "__MACOSX", ".DS_Store"):
            continue
        if entry.is_symlink():
            yield LeftOut(name, name, "it is a link, which is not followed")
        elif entry.name.startswith("."):
            yield LeftOut(name, name, "its name begins with a dot")
        elif entry.is_dir(follow_symlinks=False):
            yield from in_students_folder(folder, entry.name)
        else:
            named = from_platform(entry.name)
            yield from in_file(path, named.student if named else clean(path.stem))


def has_only_folders(folder: Path) -> bool:
    """Whether there are several folders in it and nothing else, as in one that a class's folders lie in."""
    shown = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    return len(shown) > 1 and all(
        entry.is_dir(follow_symlinks=False) and not HOMEWORK.match(entry.name) for entry in shown
    )


def nbgraders(folder: Path) -> Path:
    """The folder itself; or submitted/ in it, where nbgrader's settings or only its folders are beside.

    A student's folder can be called so as well.
    """
    inner = folder / "submitted"
    if inner.is_symlink() or not inner.is_dir():
        return folder
    settings = [folder / name for name in NBGRADERS_FILES]
    is_course = any(file.is_file() and not file.is_symlink() for file in settings)
    return inner if is_course or not others_beside(folder) else folder


def others_beside(folder: Path) -> list[str]:
    """What stands in a folder that may be somebody's, and is none of nbgrader's."""
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if not entry.name.startswith(".")
        and (
            entry.name not in NBGRADERS
            if entry.is_dir(follow_symlinks=False)
            else kind_of(entry.name) in (".ipynb", ".zip")
        )
    )


def beside_nbgraders(folder: Path) -> list[str]:
    """What is not read as it stands beside nbgrader's submitted/."""
    return [] if nbgraders(folder) == folder else others_beside(folder)


def in_students_folder(whole: Path, name: str) -> Iterator[Found | Submission | LeftOut]:
    """What one student handed in, at any depth of their folder in the whole class's."""
    named = from_platform(f"{name}/")
    student = named.student if named else clean(name)
    count = 0
    for way in walked(whole, (name,)):
        count += 1
        if count > FILES:
            yield LeftOut(student, clean(name), f"its folder has more than {FILES:,} files")
            return
        yield from in_file(whole.joinpath(*way), student, below=whole)
    if not count:
        yield LeftOut(student, clean(name), "its folder has no file")


def walked(whole: Path, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways to the files below a folder that are not hidden, in order of their names, to some depth."""
    try:
        with folder_at(whole, way) as number:
            entries = itertools.islice(os.scandir(number), FILES + 1)
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError:  # it is gone, or not to be read: nothing was handed in with it
        return
    for name, is_folder in found:
        if name.startswith("."):
            continue
        if not is_folder:
            yield (*way, name)
        elif len(way) <= DEEPEST:
            yield from walked(whole, (*way, name))


@contextmanager
def folder_at(whole: Path, way: Sequence[str]) -> Iterator[int]:
    """A folder below the whole, open, without a link on the way to it; OSError where there is one.

    One step after the other: between a look at a name and opening it, a folder too can become a link.
    """
    with ExitStack() as stack:
        at = os.open(whole, os.O_DIRECTORY | OPEN & ~NOFOLLOW)
        stack.callback(os.close, at)
        for name in way:
            at = os.open(name, os.O_DIRECTORY | OPEN, dir_fd=at)
            stack.callback(os.close, at)
        yield at


def opened(path: Path, below: Path) -> BinaryIO | None:
    """A file of a stranger's below a folder, open for reading; None for no plain file, or one behind a link.

    Looked at once it is open: between a look at a name and opening it, it can become a link or a pipe.
    """
    if os.open not in os.supports_dir_fd:  # Windows: what is read there is one's own, for `submit`
        return path.open("rb") if path.is_file() else None
    *way, name = path.relative_to(below).parts
    try:
        with folder_at(below, way) as folder:
            number = os.open(name, OPEN, dir_fd=folder)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        return None
    return os.fdopen(number, "rb")


def in_file(
    path: Path, student: str, bulk: bool = False, below: Path | None = None
) -> Iterator[Found | Submission | LeftOut]:
    """One file; or what is in a zip: of a class (`bulk`), or of one student. No link `below` is followed."""
    named = from_platform(path.name)
    name = named.file if named else clean(path.name)
    if kind_of(path.name) not in KINDS:
        yield LeftOut(student, name, CAN_NOT)
        return
    file = opened(path, below or path.parent)
    if file is None:
        yield LeftOut(student, name, "it is no plain file, or can't be read")
        return
    with file:
        if bulk:
            yield from in_bulk(path.name, file)
            return
        when = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
        data = file.read(min(os.fstat(file.fileno()).st_size, LARGEST) + 1)  # that much is set aside
    found = Found(student, name, data, when, late(named))
    if kind_of(name) == ".zip":
        yield from in_students_zip(found)
    else:
        yield found


CAN_NOT = "it can't be graded: a notebook (.ipynb), a script (.py) or a zip of one can"


def late(named: Named | None) -> tuple[str, ...]:
    """A flag where the platform says that it came late, which the time of a file need not say."""
    return ("the platform marked it as late",) if named and named.late else ()


def in_bulk(name: str, file: BinaryIO) -> Iterator[Found | Submission | LeftOut]:
    """A platform's download of a whole class, or a zip of folders, perhaps all in one more folder.

    The platform wrote the first part of a name in it; the rest is the student's own, and says of nobody whose
    it is.
    """
    try:
        with Archive(file) as archive:
            skipped = len(one_more_folder([info.filename for info in archive.infos]))
            for info in sorted(archive.infos, key=lambda info: info.filename):
                top, slash, rest = info.filename[skipped:].partition("/")
                named = from_platform(f"{top}/" if slash else top)
                student = named.student if named else clean(top if slash else Path(top).stem)
                plain = clean(rest.rpartition("/")[2]) if slash else named.file if named else clean(top)
                if kind_of(plain) not in KINDS:
                    yield LeftOut(student, plain, CAN_NOT)
                    continue
                found = Found(student, plain, archive.content(info), None, late(named))
                if kind_of(plain) == ".zip":
                    yield from in_students_zip(found)
                else:
                    yield found
    except ArchiveError as error:
        yield failed(
            Found(clean(Path(name).stem), clean(name), name.encode("utf-8", "replace"), None), str(error)
        )


def one_more_folder(names: Sequence[str]) -> str:
    """The folder ("hw1/") that all of a class's folders lie in; "" where they lie at the top."""
    top = names[0].partition("/")[0] + "/" if names else ""
    inner = {name[len(top) :].partition("/")[0] for name in names if "/" in name[len(top) :]}
    nested = all(name.startswith(top) and "/" in name[len(top) :] for name in names)
    return top if nested and (len(inner) > 1 or from_platform(f"{min(inner, default='')}/")) else ""


def in_students_zip(whole: Found) -> Iterator[Found | Submission]:
    """The one file in a student's zip that can be graded."""
    if len(whole.data) > LARGEST:
        yield whole  # `submission` says so
        return
    try:
        with Archive(whole.data, total=2 * LARGEST) as archive:
            infos = [info for info in archive.infos if kind_of(info.filename) in (".py", ".ipynb")]
            content = archive.content(infos[0]) if len(infos) == 1 else b""
    except ArchiveError as error:
        yield failed(whole, str(error))
        return
    if len(infos) != 1:
        names = ", ".join(clean(info.filename) for info in infos[:5])
        yield failed(
            whole,
            f"the zip has {len(infos)} files that could be meant ({names}); hand in one"
            if infos
            else "the zip has no .py or .ipynb file in it",
        )
        return
    yield whole._replace(file=clean(infos[0].filename.rpartition("/")[2]), data=content)


def submission(found: Found) -> Submission:
    """A file's bytes as source text, or with what is wrong with them."""
    if len(found.data) > LARGEST:
        return failed(found, f"the file has more than {LARGEST:,} bytes")
    kind: Literal["script", "notebook"] = "notebook" if kind_of(found.file) == ".ipynb" else "script"
    try:
        if kind == "notebook":
            cells, flags = notebook_cells(found.data)
        else:
            cells, flags = (Cell(label(found.file), decoded(found.data)),), ()
    except (NotebookError, DecodingError) as error:
        return failed(found, str(error))
    if (size := packed_size(cells)) > CODE:
        says = (
            f"its code takes {size:,} bytes when it is packed, {CODE:,} are the most: take out what is data"
        )
        return failed(found, says)
    lines = [line[:LINE] for cell in cells for line in cell.source.splitlines()]
    flags += tuple(says for pattern, says in SUSPICIOUS if any(map(pattern.search, lines)))
    return Submission(
        found.student,
        found.file,
        cells,
        kind,
        digest(found),
        submitted=found.when,
        flags=cut((*flags, *found.flags)),
    )


def notebook_cells(data: bytes) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The code cells of a notebook, and flags on names that nbgrader would trip over."""
    cells = [
        Cell(f"cell {number}", cell.source, cell.grade_id)
        for number, cell in enumerate(read_notebook(data), start=1)
        if cell.kind == "code" and cell.source.strip()
    ]
    names = Counter(cell.grade_id for cell in cells if cell.grade_id)
    twice = sorted(name for name, count in names.items() if count > 1)[:FLAGS]
    return tuple(cells), tuple(
        f"the cell {clean(name)[:80]!r} is there more than once: the last one counts" for name in twice
    )


def failed(found: Found, problem: str) -> Submission:
    """A submission that can't be graded, and why."""
    return Submission(
        found.student,
        found.file,
        (),
        "script",
        digest(found),
        found.when,
        problem[:PROBLEM],
        cut(found.flags),
    )


def digest(found: Found) -> str:
    """What tells whether two files are the same."""
    return hashlib.sha256(found.data).hexdigest()


def label(file: str) -> str:
    """What a message calls a script."""
    return file if re.fullmatch(r"[\w. -]{1,80}", file) else "the file"
