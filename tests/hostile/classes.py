"""A class's folder in which right and half right work stands between hostile files, and what became of whom.

Graded by the real command, run in that very folder: the place where what lies in it could do most.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from optcourse.grading.feedback import file_name
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.records import Result
from tests.hostile.judged import SOURCES
from tests.hostile.rows_b import code, notebook

ASSIGNMENT = "hw0_class"
CAME = 1_700_000_000  # when all of it was handed in
# Nobody looks at a row's verdict here, and what uses up its time may have little of it.
LIMITS = ("--cpu", "0.3", "--wall", "0.5")
Files = Mapping[str, str | bytes]


class Outcome(NamedTuple):
    """What a person sees of one student in the end: the gradebook's results, the page and results.json."""

    results: tuple[Result, ...]
    page: bytes
    line: dict[str, object]


def victim(number: int) -> str:
    """The name of a victim's folder: it comes before the row of this number."""
    return f"{number:03}-a-victim"


def write_victims(folder: Path, numbers: Iterable[int]) -> list[str]:
    """These victims, right and half right ones by turns if `numbers` are odd and even by turns; their names."""
    names = {number: victim(number) for number in sorted(numbers)}
    for number, name in names.items():
        write(folder / name / "hw.py", f"# {name}\n{SOURCES[number % len(SOURCES)]}")
    return list(names.values())


def write_rows(folder: Path, rows: Sequence[Files]) -> None:
    """The rows' files: those of one after those of the other, by the order of names.

    In a row's paths `{row}` is a folder that comes at its number, and `{victim}` the first victim.
    """
    for number, files in enumerate(rows):
        for path, content in files.items():
            write(folder / path.format(row=f"{number:03}-row", victim=victim(0)), content)


def write(path: Path, content: str | bytes) -> None:
    """One file, that came when all did."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    os.utime(path, (CAME, CAME))


def write_assignment(folder: Path) -> Path:
    """An exercise notebook with the two tasks that the rows answer."""
    adam = {"task": "adam", "function": "adam_step", "rule": "adam", "points": 3}
    gd = {"task": "gd", "function": "gd_step", "rule": "gd", "points": 1}
    path = folder / f"{ASSIGNMENT}.ipynb"
    path.write_bytes(notebook(code("", optcourse=adam), code("", optcourse=gd)))
    return path


def graded_class(folder: Path, out: Path, workers: int) -> dict[str, Outcome]:
    """Grade a class's folder with the command, started in it; everybody's outcome."""
    out.mkdir(parents=True)
    book = f"sqlite:///{out}/grades.db"
    words = ["grade", ".", "--assignment", str(write_assignment(out)), "--gradebook", book, "--seed", "8"]
    words += ["--out", str(out / "feedback"), "--workers", str(workers), *LIMITS]
    command = [str(Path(sys.executable).with_name("optcourse")), *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return outcomes(book, out / "feedback")


def outcomes(book: str, feedback: Path) -> dict[str, Outcome]:
    """Everybody's outcome."""
    lines = {line["student"]: line for line in json.loads((feedback / "results.json").read_text())}
    found = {}
    with Gradebook(book) as kept:
        for grade in kept.grades(ASSIGNMENT):
            results = tuple(attempt.result for attempt in grade.attempts)
            page = (feedback / f"{file_name(grade)}.html").read_bytes()
            found[results[0].student] = Outcome(results, page, lines[results[0].student])
    return found
