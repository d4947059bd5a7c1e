"""The same notebooks through optcourse and through nbgrader's autograde, in one run, on this machine.

    python -m benchmarks.grading [--submissions 200] [--sample 20] [--nbgrader PYTHON] [--rounds 5]
        [--large 500]...

nbgrader is a Python that has it (the extra `nbgrader`); it takes a second a notebook and more, so it gets
a sample, in which every kind of submission stands. Both get what a class hands in: right, wrong in the
ways that are usual, raising, and untouched; nothing that hangs, over which nbgrader would wait for half a
minute each. "Once running" leaves out what the command takes for a single submission.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import NamedTuple

import nbformat

RIGHT = """\
def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, (m, v, t)
"""
# Of twenty students twelve are right, six have one of these mistakes, one raises and one has not begun.
MISTAKES = (
    ("v_hat = v / (1 - beta2**t)", "v_hat = v"),
    ("theta - lr", "theta + lr"),
    ("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"),
    ("(1 - beta2) * grad**2", "(1 - beta2) * grad"),
    ("    t = t + 1\n", ""),
    ("(1 - beta1) * grad\n", "grad\n"),
    ("m, v, t = state", "m, v, t = states"),
)
STUB = RIGHT.partition("    t = t + 1")[0] + "    raise NotImplementedError\n"
TESTS = """\
theta, state = np.array([1.0, -2.0, 0.5]), (np.zeros(3), np.zeros(3), 0)
wanted_m, wanted_v, wanted = np.zeros(3), np.zeros(3), theta.copy()
for step in range(1, 13):
    grad = np.random.default_rng(step).normal(size=3)
    theta, state = adam_step(theta, grad, state, lr=0.1, beta1=0.8, beta2=0.95, eps=1e-3)
    wanted_m = 0.8 * wanted_m + 0.2 * grad
    wanted_v = 0.95 * wanted_v + 0.05 * grad**2
    wanted = wanted - 0.1 * wanted_m / (1 - 0.8**step) / (np.sqrt(wanted_v / (1 - 0.95**step)) + 1e-3)
    assert np.allclose(theta, wanted)
"""


class Measured(NamedTuple):
    """How long a command took for `count` submissions, and for one; peak memory of its largest process."""

    count: int
    seconds: float
    one: float
    megabytes: float

    @property
    def running(self) -> float:
        """Submissions a second, without what comes before the first."""
        return (self.count - 1) / (self.seconds - self.one)


def answer(student: int) -> str:
    """What this student wrote; no two files are the same."""
    place = student % 20
    if place < 12:
        source = RIGHT
    elif place < 19:
        source = RIGHT.replace(*MISTAKES[place - 12])
    else:
        source = STUB
    return f"# student {student}\n{source}"


def notebook(cell: str) -> nbformat.NotebookNode:
    """The homework as a notebook with nbgrader's metadata."""

    def code(source: str, name: str, **how: bool | int) -> nbformat.NotebookNode:
        usual = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
        return nbformat.v4.new_code_cell(
            source, id=name, metadata={"nbgrader": {**usual, "grade_id": name, **how}}
        )

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(
        metadata=kernel,
        cells=[
            code("import numpy as np", "imports"),
            code(cell, "adam", solution=True, locked=False),
            code(TESTS, "test-adam", grade=True, points=1),
        ],
    )


def course(folder: Path, count: int) -> Path:
    """nbgrader's tree of a course: the source, and what `count` students handed in."""
    (folder / "source" / "hw").mkdir(parents=True)
    marked = RIGHT.replace("    m, v, t", "    ### BEGIN SOLUTION\n    m, v, t", 1) + "    ### END SOLUTION\n"
    nbformat.write(notebook(marked), folder / "source" / "hw" / "hw.ipynb")
    for student in range(count):
        place = folder / "submitted" / f"student{student:05}" / "hw"
        place.mkdir(parents=True)
        nbformat.write(notebook(answer(student)), place / "hw.ipynb")
    return folder


def measured(command: list[str], folders: tuple[Path, Path], counts: tuple[int, int], bins: Path) -> Measured:
    """The command, run in the first folder for its one submission, then in the second."""
    environment = {**os.environ, "PATH": f"{bins}{os.pathsep}{os.environ['PATH']}"}
    seconds, peak = [], 0.0
    for folder in folders:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - began)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        peak = usage.ru_maxrss / 1024  # of the largest of its processes
    return Measured(counts[1], seconds[1], seconds[0], peak)


def with_optcourse(scratch: Path, count: int) -> Measured:
    """`optcourse grade`, on all cores, in the sandbox, with gradebook and feedback pages."""
    folders = course(scratch / f"one-{count}", 1), course(scratch / f"all-{count}", count)
    grade = ["optcourse", "grade", "submitted", "--rule", "adam", "--out", "feedback"]
    one = measured(
        [*grade, "--gradebook", "sqlite:///grades.db"], folders, (1, count), Path(sys.prefix, "bin")
    )
    results = json.loads((folders[1] / "feedback" / "results.json").read_text())
    found = Counter(result["tasks"][0]["verdict"] for result in results)
    assert (len(results), found["AC"]) == (count, sum(student % 20 < 12 for student in range(count))), found
    return one


def with_nbgrader(scratch: Path, count: int, python: str) -> Measured:
    """`nbgrader autograde`, which works on one notebook after the other."""
    folders = course(scratch / "one", 1), course(scratch / "all", count)
    for folder in folders:
        (folder / "nbgrader_config.py").write_text("get_config().CourseDirectory.course_id = 'course'\n")
    bins = Path(python).parent
    measured(["nbgrader", "generate_assignment", "hw"], folders, (1, count), bins)
    one = measured(["nbgrader", "autograde", "hw"], folders, (1, count), bins)
    assert len(list((folders[1] / "autograded").glob("*/hw/hw.ipynb"))) == count
    return one


def told(name: str, one: Measured) -> str:
    """A line of the table."""
    return (
        f"{name:<20}{one.count:>8}{one.seconds:>10.2f}{one.count / one.seconds:>10.2f}"
        f"{one.running:>14.2f}{one.megabytes:>10.0f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--sample", type=int, default=20, help="how many of them nbgrader gets")
    parser.add_argument("--nbgrader", default=sys.executable, help="a Python that has nbgrader")
    parser.add_argument("--rounds", type=int, default=1, help="so often both in turn; the median counts")
    parser.add_argument("--large", type=int, action="append", default=[])
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}")
    heads = ("command", "count", "seconds", "a second", "once running", "peak MB")
    print(f"{heads[0]:<20}{heads[1]:>8}{heads[2]:>10}{heads[3]:>10}{heads[4]:>14}{heads[5]:>10}")
    running, whole = [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as scratch:
            ours = with_optcourse(Path(scratch), options.submissions)
            print(told("optcourse grade", ours), flush=True)
            theirs = with_nbgrader(Path(scratch), options.sample, options.nbgrader)
            print(told("nbgrader autograde", theirs), flush=True)
        running.append(ours.running / theirs.running)
        whole.append((ours.count / ours.seconds) / (theirs.count / theirs.seconds))
    for count in options.large:
        with tempfile.TemporaryDirectory() as scratch:
            print(told("optcourse grade", with_optcourse(Path(scratch), count)), flush=True)
    print(
        f"once running, {median(running):.0f} times nbgrader's submissions a second ({min(running):.0f} to "
        f"{max(running):.0f}); starting up counted in, {median(whole):.0f} times"
    )


if __name__ == "__main__":
    main()
