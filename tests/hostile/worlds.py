"""Where the rows are run once more: as an ordinary user, and at the sandbox's weaker levels.

An ordinary user often can't read what root has installed (Python under /root, a checkout in a folder of
root's). So bubblewrap shows the same files in folders that everybody may pass.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import optcourse
from tests.hostile import rows_b, rows_h, rows_read

PROJECT = Path(optcourse.__file__).resolve().parent.parent
NOBODY = 65534
# What the jail alone has to keep off: the rows that a weaker level could get wrong.
ACTS = (
    "H15",
    "H16",
    "H17",
    "H19",
    "H20",
    "H27",
    "H28",
    "H29",
    "H30",
    "H31",
    "H32",
    "H46",
    "H47",
    "H48",
    "H49",
    "H51",
    "2C1",
    "2H5",
    "2M2",
    "2L",
)
PYTEST = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")
Row = rows_b.Row | rows_h.Row
ROWS: dict[str, tuple[Row, ...]] = {
    "test_hostile.py::test_a_hostile_submission_gets_its_verdict_and_leaves_nothing": (
        *rows_h.HOSTILE,
        *rows_read.JAILED,
    ),
    "test_broken.py::test_a_broken_submission_gets_its_verdict_and_says_what_is_wrong": (
        *rows_b.BROKEN,
        *rows_read.FILES,
    ),
}


def acts() -> list[str]:
    """The tests of the rows that the jail alone has to keep off."""
    return [named(test, row) for test, rows in ROWS.items() for row in rows if row.id.split()[0] in ACTS]


def kinds() -> list[str]:
    """The test of the first row of each verdict: each way in which a process, or reading a file, can end."""
    first = {(test, row.verdicts): named(test, row) for test, rows in ROWS.items() for row in reversed(rows)}
    return list(first.values())


def named(test: str, row: Row) -> str:
    """What pytest calls a test of a row."""
    return f"tests/hostile/{test}[{row.id}]"


def as_nobody(scratch: Path) -> list[str]:
    """What stands before a command that an ordinary user is to run; `scratch` becomes theirs."""
    os.chown(scratch, NOBODY, NOBODY)
    drop = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all"]
    return [*open_folders([PROJECT], scratch), "--", "setpriv", *drop, "--"]


def in_a_container(scratch: Path) -> list[str]:
    """What stands before a command of root's, in a world in which others can't read the project."""
    return [*open_folders([], scratch, emptied=[PROJECT]), "--"]


def open_folders(shown: list[Path], scratch: Path, emptied: Iterable[Path] = ()) -> list[str]:
    """bubblewrap's arguments for a world in which anybody can read Python, what is `shown`, and `scratch`."""
    bwrap = ["bwrap", "--die-with-parent", "--bind", "/", "/", "--dev-bind", "/dev", "/dev"]
    shown = [Path(sys.base_prefix).resolve(), Path(sys.prefix), *shown]
    needed = [*shown, scratch]
    closed = sorted({*emptied, *(top for path in needed for top in closed_folders(path))})
    for folder in closed:
        bwrap += ["--perms", "0755", "--tmpfs", str(folder)]
    for path in needed:
        for folder in (*reversed(path.parents), path):
            if any(folder != top and folder.is_relative_to(top) for top in closed):
                bwrap += ["--perms", "0755", "--dir", str(folder)]
    for path in shown:
        if any(path.is_relative_to(top) for top in closed):
            for child in sorted(path.iterdir()):
                bwrap += ["--ro-bind", str(child), str(child)]
    return [*bwrap, "--bind", str(scratch), str(scratch), "--chdir", str(scratch)]


def closed_folders(path: Path) -> Iterator[Path]:
    """The outermost folder on the way to `path` (or itself) that others may not pass."""
    for folder in (*reversed(path.parents), path):
        if not folder.stat().st_mode & 0o001:
            yield folder
            return


def hidden_copy(folder: Path) -> Path:
    """The project in a folder that only its owner can read, as the container level wants it."""
    folder.mkdir(mode=0o700)
    for part in ("optcourse", "tests/hostile"):
        shutil.copytree(PROJECT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (
        "tests/__init__.py",
        "tests/conftest.py",
        "tests/lanes.py",
        "tests/programs.py",
        "tests/seconds.txt",
        "pyproject.toml",
    ):
        shutil.copy(PROJECT / file, folder / file)
    (folder / "optcourse").chmod(0o700)
    return folder


def run_rows(before: list[str], folder: Path, scratch: Path, level: str, chosen: Iterable[str]) -> str:
    """These tests of rows, in a Python of their own: what pytest said."""
    command = [*before, sys.executable, *PYTEST, f"--rootdir={folder}", f"--basetemp={scratch}/rows"]
    command += [str(folder / name) for name in chosen]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"OPTCOURSE_TEST_LEVEL": level, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"HOME": str(scratch), "TMPDIR": str(scratch)}
    done = subprocess.run(
        command, cwd=scratch, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.stdout
