"""Handing in: every task is named with how it stands, and the zip has the notebook and says what it is."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.errors import UserError
from optcourse.grading.submitting import Standing, exercise_in, own_work, standings

RIGHT = "def gd_step(theta, grad, state, *, lr=0.01):\n    return theta - lr * grad, state"
WRONG = RIGHT.replace("theta - lr", "theta + lr")
STUB = RIGHT.split("\n")[0] + "\n    # YOUR CODE HERE\n    raise NotImplementedError"


def stands(path: Path) -> tuple[list[Standing], list[str]]:
    """What submit says of a notebook that brings its own tasks."""
    return standings(own_work(path), exercise_in(path))


def exercise(source: str, test: str = "report = check(gd_step)\nround(2 * report.score, 2)") -> str:
    asked = {"optcourse": {"task": "gd", "function": "gd_step", "rule": "gd", "points": 2}}
    grade = {"nbgrader": {"grade": True, "locked": True, "grade_id": "t", "points": 2}}
    cells = [
        new_markdown_cell("# Homework"),
        new_code_cell("from optcourse import check"),
        new_code_cell(source, metadata=asked),
        new_code_cell(test, metadata=grade),
    ]
    return str(writes(new_notebook(cells=cells)))


@pytest.mark.parametrize(
    ("source", "missing", "score", "words"),
    [
        (RIGHT, False, 1.0, "gd_step is correct"),
        (WRONG, False, None, "the loss goes up"),
        (STUB, True, 0.0, "not attempted yet"),
        ("def sgd_step(): ...", True, None, "There is no function gd_step"),
        ("def gd_step(", False, None, "Cell 3, line 1: "),
    ],
)
def test_a_task_stands_as_its_own_check_says(
    tmp_path: Path, source: str, missing: bool, score: float | None, words: str
) -> None:
    (tmp_path / "hw9.ipynb").write_text(exercise(source))
    [one], _ = stands(tmp_path / "hw9.ipynb")
    assert one.missing is missing
    assert words in one.says
    if score is not None and one.report:
        assert one.report.score == score


@pytest.mark.parametrize("test", ["report = check(gd_step", "report = 1", "raise SystemExit", ""])
def test_a_spoiled_test_cell_leaves_it_to_the_grader(tmp_path: Path, test: str) -> None:
    (tmp_path / "hw9.ipynb").write_text(exercise(RIGHT, test))
    [one], _ = stands(tmp_path / "hw9.ipynb")
    assert (one.fault, one.report, one.says) == (None, None, "only the grader can tell")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_says_in_a_terminal_alone_that_homework_is_being_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    (tmp_path / "hw9.ipynb").write_text(exercise(RIGHT))
    monkeypatch.setenv("TERM", "xterm")
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    arguments = ["submit", str(tmp_path / "hw9.ipynb"), "--student", "s1", "--dir", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert ("checking" in done.stderr) is terminal


def test_progress_is_told_task_by_task(tmp_path: Path) -> None:
    (tmp_path / "hw9.ipynb").write_text(exercise(RIGHT))
    told: list[tuple[int, int]] = []
    path = tmp_path / "hw9.ipynb"
    standings(own_work(path), exercise_in(path), lambda done, total: told.append((done, total)))
    assert told == [(0, 1)]


def test_what_is_no_homework_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(str(writes(new_notebook())))
    with pytest.raises(UserError, match=r"a\.ipynb is no homework"):
        stands(tmp_path / "a.ipynb")
    (tmp_path / "a.ipynb").write_text("{")
    with pytest.raises(UserError, match=r"a\.ipynb can't be graded: not a notebook"):
        stands(tmp_path / "a.ipynb")


def test_the_zip_has_the_notebook_as_it_is_and_a_manifest_of_it(tmp_path: Path) -> None:
    notebook = tmp_path / "hw9_x.ipynb"
    notebook.write_text(exercise(RIGHT))
    arguments = ["submit", str(notebook), "--dir", str(tmp_path), "--student", "../ann é"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    [target] = (tmp_path / "submitted" / "hw9_x").iterdir()
    assert target.name == "-ann-é.zip"
    with zipfile.ZipFile(target) as archive:
        assert archive.read("hw9_x.ipynb") == notebook.read_bytes()
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["format"] == 1
    assert manifest["sha256"] == hashlib.sha256(notebook.read_bytes()).hexdigest()
    assert (manifest["student"], manifest["checks"]) == ("../ann é", {"gd_step": "AC"})


def test_without_an_id_one_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "hw9_x.ipynb").write_text(exercise(STUB))
    result = CliRunner().invoke(app, ["submit", str(tmp_path / "hw9_x.ipynb"), "--dir", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--student ID" in result.stderr
