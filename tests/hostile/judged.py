"""Grading one submission of these tests, and looking for what it left behind."""

import json
import os
from pathlib import Path

import numpy as np

from optcourse.checking.judging import expected
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Result, Submission
from optcourse.grading.sandbox.supervisor import Sandbox
from optcourse.grading.submissions import submissions
from tests.hostile.parts import ADAM, GD

# Right work, and work with a mistake that is named, shown and worth a part: what is graded around each row.
SOURCES = (GD + ADAM, (GD + ADAM).replace("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"))
VICTIMS = tuple(
    Submission(f"victim {number}", "hw.py", (Cell("hw.py", source),), "script", f"digest {number}")
    for number, source in enumerate(SOURCES)
)


def graded(source: str | bytes, name: str, folder: Path, grader: Grader, sandbox: Sandbox) -> Result:
    path = folder / Path(name).stem / "mia" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source)
    (only,) = submissions(path.parent.parent)
    return grade(only, grader, sandbox)


def said(result: Result) -> str:
    told = result.to_dict() | {
        "submitted": None
    }  # the microseconds of a time are like any number, now and then
    return json.dumps(told, ensure_ascii=False)


def expected_numbers(grader: Grader) -> set[str]:
    """Every value that the references answer with, as it would be printed, to six digits; the long ones."""
    numbers = set()
    for asked in grader.assignment.tasks:
        for answer in expected(*asked.question(grader.draws[asked.task])):
            for step in answer.values:
                for part in step:
                    with np.errstate(all="ignore"):
                        numbers |= {f"{value:.6g}" for value in np.ravel(part)[:50].tolist()}
    return {number for number in numbers if len(number.lstrip("-")) > 6 and "e" not in number}


def processes(sandbox: Sandbox) -> list[int]:
    """The processes below the sandbox's first."""
    found, parents = [], {sandbox.process.pid}
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            table[int(entry.name)] = int(fields[1])
    while parents:
        parents = {pid for pid, parent in table.items() if parent in parents}
        found += sorted(parents)
    return found


def nothing_is_left(sandbox: Sandbox, before: tuple[int, int]) -> None:
    assert sandbox.process.poll() is None, "the sandbox is gone"
    assert traces(sandbox) == before
    for place in ("/tmp", "/dev/shm", "/", "/var/tmp"):
        assert not [name for name in os.listdir(place) if name.startswith("optcourse-hostile")]


def traces(sandbox: Sandbox) -> tuple[int, int]:
    """How many processes are in the sandbox, and descriptors in this process."""
    return len(processes(sandbox)), len(os.listdir("/proc/self/fd"))


def unharmed(
    result: Result,
    before: tuple[int, int],
    grader: Grader,
    sandbox: Sandbox,
    undisturbed: tuple[Result, ...],
) -> None:
    """The invariant after each row: nothing is left or told, and what is graded next is what it ever was."""
    told = said(result)
    assert not [number for number in expected_numbers(grader) if number in told]
    nothing_is_left(sandbox, before)
    assert tuple(grade(one, grader, sandbox) for one in VICTIMS) == undisturbed
