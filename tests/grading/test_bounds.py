"""What comes in moves the cost by no more than we said: the command's memory, and a row of the gradebook."""

import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from optcourse.grading.bounds import CODE, TASKS, bounded, packed_size
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.gradebook.rows import cells_bytes, tasks_text
from optcourse.grading.gradebook.tables import ATTEMPTS, SUBMISSIONS
from optcourse.grading.records import Cell, FindingResult, TaskResult
from optcourse.grading.sandbox.claims import SAID, heard, named, printed
from tests.hostile.parts import ADAM, GD, in_step
from tests.hostile.rows_b import code, notebook

MEMORY = 300_000  # kB
ROW = 64_000  # bytes
# The command, which then says how much memory it had at most. (ru_maxrss would count what started it, too.)
COMMAND = """
from optcourse.cli import app
try:
    app()
finally:
    with open("/proc/self/status") as status:
        [peak] = [line.split()[1] for line in status if line.startswith("VmHWM")]
    print("peak", peak)
"""
ASTRAL = "\N{GRINNING FACE}"


def text(letters: int, seed: int = 0) -> str:
    """Letters that can't be packed well."""
    return random.Random(seed).randbytes(letters // 2).hex()


def zip_of(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def large_notebook(begin: bytes = b"") -> bytes:
    """Nearly as many bytes as are read, none of which is an output."""
    return begin + b'{"nbformat": 4, "metadata": {"x": "' + b"\xc3\xa9" * 24_900_000 + b'"}, "cells": []}'


LARGE: dict[str, Callable[[], bytes]] = {
    "code.py": lambda: f"# {text(990_000)}\n{ADAM}".encode(),
    "astral.py": lambda: f"# {ASTRAL * 240_000}\n{ADAM}".encode(),
    "metadata.ipynb": large_notebook,
    "utf-16.ipynb": lambda: b"\xff\xfe" + ('{"cells": [], "x": "' + "\u4e00" * 24_000_000).encode("utf-16-le"),
    "brackets.ipynb": lambda: b'{"nbformat": 4, "cells": [], "x": [' + b"[]," * 499_000 + b"[]]}",
    "objects.ipynb": lambda: b'{"nbformat": 4, "cells": [], "x": [' + b'{"":{}},' * 240_000 + b"{}]}",
    "numbers.ipynb": lambda: b'{"nbformat": 4, "cells": [], "x": [' + b"1e5," * 1_200_000 + b"1]}",
    "outputs.ipynb": lambda: notebook(code(ADAM), {**code("1"), "outputs": [{"text": "x" * 45_000_000}]}),
    "cells.ipynb": lambda: notebook(*[code("x = 1\n" * 80)] * 1990),
    "stored.zip": lambda: zip_of({"hw.ipynb": large_notebook()}, zipfile.ZIP_STORED)[:50_000_000],
    "packed.zip": lambda: zip_of({"hw.ipynb": (b"x" + bytes(150)) * 300_000}),
    "names.zip": lambda: zip_of({f"{number}{'n' * 200}.txt": b"" for number in range(15_000)}),
}  # fmt: skip


def graded(folder: Path, *options: str) -> tuple[int, str]:
    """Grade a folder with the command; its peak memory in kB, and the gradebook's URL."""
    book = f"sqlite:///{folder.parent}/grades.db"
    words = ["grade", str(folder), "--rule", "adam", "--gradebook", book, "--workers", "1", "--seed", "8"]
    words += ["--out", str(folder.parent / "out"), *options]
    command = [sys.executable, "-P", "-c", COMMAND, *words]
    done = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout.rsplit("peak ", 1)[1]), book


def rows(book: str) -> list[int]:
    """How many bytes each row has."""
    with Gradebook(book) as kept:
        found = [
            row for table in (SUBMISSIONS, ATTEMPTS) for row in kept.read(select(*(one for one in table.c)))
        ]
    return [sum(len(one if isinstance(one, bytes) else str(one).encode()) for one in row) for row in found]


def test_the_largest_of_all_that_is_read_fits_into_memory_and_the_gradebook(tmp_path: Path) -> None:
    for name, content in LARGE.items():
        (tmp_path / "in" / name.replace(".", "-")).mkdir(parents=True)
        (tmp_path / "in" / name.replace(".", "-") / name).write_bytes(content())
    peak, book = graded(tmp_path / "in")
    assert peak < MEMORY
    assert max(rows(book)) < ROW
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert len(results) == len(LARGE)


def test_the_loudest_submission_is_a_small_row(tmp_path: Path) -> None:
    loud = in_step(f"print({ASTRAL!r} * 500 + str(theta))\nraise ValueError({ASTRAL!r} * 10**6)")
    cells = [code(f"raise ValueError('{ASTRAL}' * 10**6)") for _ in range(30)]
    for name, content in {"a.py": loud.encode(), "b.ipynb": notebook(*cells, code(loud))}.items():
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / f"hw{name}").write_bytes(content)
    _, book = graded(tmp_path / "in")
    assert len(rows(book)) == 4
    assert max(rows(book)) < ROW


@given(st.integers(1, 12), st.text(max_size=20), st.integers(1, 300), st.integers(0, 30))
@example(11, "", 5, 24)
@example(12, "\0\0", 300, 30)
def test_results_are_cut_until_they_fit_and_keep_what_counts(
    tasks: int, word: str, times: int, findings: int
) -> None:
    long = f"{ASTRAL}{word}" * times
    found = tuple(FindingResult(f"probe {number}", "RE", 0.25, long) for number in range(findings))
    task = TaskResult("adam", "RE", 0.5, 3.0, long, findings=found, notes=(long,) * 20)
    kept = bounded((task,) * tasks)
    assert len(tasks_text(kept)) <= TASKS
    assert [(one.task, one.verdict, one.score, len(one.findings)) for one in kept] == [
        ("adam", "RE", 0.5, findings)
    ] * tasks


def test_what_is_short_stays_whole() -> None:
    task = TaskResult(
        "adam", "WA", 0.5, 3.0, "wrong" * 50, findings=(FindingResult("a", "WA", 0.5, "x" * 200),)
    )
    assert bounded((task,)) == (task,)


def test_code_that_is_kept_takes_no_more_than_is_measured() -> None:
    for source in (text(30_000), ADAM + GD, ASTRAL * 20_000, "x = 1\n" * 50_000):
        cells = (Cell("hw.py", source),) * 3
        assert len(cells_bytes(cells)) <= packed_size(cells) + 1000
    assert packed_size([Cell("hw.py", GD + ADAM)]) < CODE / 20


def test_what_a_process_says_beside_its_answers_does_not_grow_with_them() -> None:
    said: set[str] = set()
    for number in range(5000):
        forged = [
            f"changed state[{number}]",
            f"printed {number} {'x' * 60_000}",
            f"{'y' * 60_000}{number}",
            "changed " + "z" * 999,
        ]
        heard(said, forged)
    assert len(said) <= SAID
    assert sum(map(len, said)) < 60_000
    assert "state[0]" in named("changed", said)
    assert printed(said).startswith("0 xxx")
