"""The autograder's zip, laid out and run as Gradescope does, by somebody without rights."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from optcourse.course.gradescope import autograder
from tests.unprivileged import as_nobody

ROOT = Path(__file__).parents[2]
GD = "def gd_step(theta, grad, state, *, lr=0.001):\n    return theta - lr * grad, state\n"
ADAM = "def adam_step(theta, grad, state, **hypers):\n    while True:\n        pass\n"
CELL = """
```{{code-cell}} python3
---
optcourse: {{task: {name}, function: {name}_step, rule: {name}, points: {points}}}
---
def {name}_step(): ...
```
"""


@pytest.fixture(scope="module")
def laid_out() -> Iterator[Path]:
    """Gradescope's folders with the autograder unpacked in source/; not among pytest's, which only we may enter."""
    pytest.importorskip("pyseccomp")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        source = home / "hw9_small.md"
        head = "---\nkernelspec: {display_name: Python 3, language: python, name: python3}\n---\n\n# Small\n"
        source.write_text(head + CELL.format(name="gd", points=1) + CELL.format(name="adam", points=3))
        autograder(ROOT, source, home / "autograder.zip")
        for name in ("source", "submission", "results"):
            (home / name).mkdir()
            (home / name).chmod(0o777)
        with zipfile.ZipFile(home / "autograder.zip") as archive:
            archive.extractall(home / "source")
        yield home


def run(home: Path, **files: str) -> subprocess.CompletedProcess[str]:
    """Run the autograder on these files, as somebody without rights."""
    for folder in (home / "submission", home / "results"):
        for old in folder.glob("*.*"):
            old.unlink()
    for name, text in files.items():
        (home / "submission" / name.replace("_py", ".py")).write_text(text)
    program = home / "optcourse"
    program.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from optcourse.cli import main; main()' \"$@\"\n"
    )
    program.chmod(0o755)
    return subprocess.run(
        [*as_nobody(home, ROOT), "bash", str(home / "source" / "run_autograder")],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home / "results"),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AUTOGRADER_ROOT": str(home),
            "OPTCOURSE": str(program),
        },
        capture_output=True,
        text=True,
    )


def test_the_zip_has_all_that_gradescope_runs(laid_out: Path) -> None:
    with zipfile.ZipFile(laid_out / "autograder.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert any(name.startswith("optcourse-") and name.endswith(".whl") for name in modes)
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", str(laid_out / "source" / script)], check=True)
    setup = (laid_out / "source" / "setup.sh").read_text()
    assert {"constraints.txt", "hw9_small.md"} <= set(modes)
    assert "-c constraints.txt" in setup


def test_a_task_that_hangs_leaves_the_others_their_points(laid_out: Path) -> None:
    done = run(laid_out, a_py=GD + ADAM)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((laid_out / "results" / "results.json").read_text())
    assert [(test["name"], test["score"], test["max_score"]) for test in results["tests"]] == [
        ("gd", 1.0, 1.0),
        ("adam", 0.0, 3.0),
    ]
    assert results["score"] == 1.0
    assert "too much processor time" in results["tests"][1]["output"]


def test_nothing_handed_in_is_said_so(laid_out: Path) -> None:
    done = run(laid_out)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((laid_out / "results" / "results.json").read_text())
    assert results["score"] == 0
    assert "no .ipynb or .py file" in results["output"]


def test_where_the_grader_fails_there_is_no_score(laid_out: Path) -> None:
    source = laid_out / "source" / "hw9_small.md"
    kept = source.read_text()
    source.write_text(kept.replace("rule: adam", "rule: nothing"))
    try:
        done = run(laid_out, a_py=GD)
    finally:
        source.write_text(kept)
    assert done.returncode != 0
    assert "There is no rule 'nothing'" in done.stderr
    assert not (laid_out / "results" / "results.json").exists()
