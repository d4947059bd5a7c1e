"""What a learner has done, and on which day: one small JSON file in the workspace. Never stops a lesson."""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from optcourse.errors import UserError
from optcourse.learner import formats
from optcourse.learner.files import write_atomically
from optcourse.learner.formats import PROGRESS
from optcourse.learner.mine import own_workspace
from optcourse.learner.workspace import MARKER

FILE = PROGRESS.file
LOCK = "progress.lock"
KINDS = {  # kind -> its heading, and the fact that says it went well
    "check": ("Checks", "passed"),
    "prediction": ("Predictions", "right"),
    "quiz": ("Quizzes", "right"),
    "task": ("Small tasks", "right"),
    "clinic": ("Clinic", "found"),
    "challenge": ("Challenges", "beaten"),
}

Fact = bool | int | float | str
Progress = dict[str, dict[str, dict[str, Any]]]  # kind -> key -> what is known of it


def record(kind: str, key: str, **facts: Fact) -> str | None:
    """Note that something was tried, under `kind` (one of KINDS) and a `key` that a person can read.

    Of facts that are True or False it is counted how often they were True; of others the latest stays.
    Returns a sentence where something is to be said (the file was damaged, is of a later version, or can't
    be written), else None. Without a workspace, and so in a test run, nothing is recorded. ValueError for
    an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind {kind!r} of progress: there are {', '.join(KINDS)}.")
    workspace = own_workspace()
    if workspace is None:
        return None
    try:
        with alone(workspace):
            progress, said = read(workspace)
            entries = progress.setdefault(kind, {})
            if key not in entries:  # a second try knows the answer, so it makes no row longer
                facts["in_a_row"] = row_before(entries) + 1 if facts.get(KINDS[kind][1]) is True else 0
            before = entries.get(key, {})
            if facts.get(KINDS[kind][1]) is True and not before.get(KINDS[kind][1]):
                facts["at_try"] = before.get("times", 0) + 1
            entries[key] = updated(before, facts, datetime.now(UTC).date().isoformat())
            write_atomically(workspace / FILE, formats.written(PROGRESS, progress))
    except UserError as error:
        return f"Not recorded in your progress: {error}"
    except OSError as error:
        why = error.strerror or str(error)
        return f"Not recorded in your progress: {error.filename or workspace / FILE} can't be used ({why})."
    return said


def read(workspace: Path) -> tuple[Progress, str | None]:
    """What is recorded, and what is to be said about it: a damaged file is set aside and counts as empty.

    UserError for the file of a later version.
    """
    progress, damaged = formats.read(PROGRESS, workspace / FILE, _checked)
    return progress or {}, f"{damaged}; your progress begins anew." if damaged else None


def _checked(progress: Progress) -> Progress:
    """The same, where each entry has its count; else an error."""
    for entries in progress.values():
        for entry in entries.values():
            int(entry["times"])
    return progress


def row_before(entries: dict[str, dict[str, Any]]) -> int:
    """How many things of a kind were right at the first try, one after the other, up to the newest."""
    return int(next(reversed(entries.values()), {}).get("in_a_row", 0))


def updated(entry: dict[str, Any], facts: dict[str, Fact], day: str) -> dict[str, Any]:
    """An entry after one more try: counts of what was True, the latest of all else, the days."""
    counts = {
        name: entry.get(name, 0) + value if isinstance(value, bool) else plain(value)
        for name, value in facts.items()
    }
    return {
        **entry,
        "times": entry.get("times", 0) + 1,
        **counts,
        "first": entry.get("first", day),
        "last": day,
    }


def plain(value: Fact) -> Fact:
    """A fact as JSON can hold it: infinity as a word."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def alone(workspace: Path) -> Iterator[None]:
    """Keep others from writing at the same time; the system lifts the lock when a process ends."""
    path = workspace / MARKER / LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        lock(file)
        yield  # closing the file lifts the lock


def lock(file: IO[bytes]) -> None:
    """Wait for the file to be ours. Some network folders know no locks: there we go without."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        os.fstat(file.fileno())  # raises where the file itself is the trouble
