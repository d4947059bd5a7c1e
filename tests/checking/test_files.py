"""`optcourse check FILE` checks every step function of a file or notebook, whatever else is in it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optcourse.checking import files
from optcourse.cli import app

RUNNER = CliRunner()
RIGHT = "def gd_step(theta, grad, state, *, lr):\n    return theta - lr * grad, state\n"
WRONG = "def gd_step(theta, grad, state, *, lr):\n    return theta + lr * grad, state\n"


def notebook(path: Path, *cells: str) -> Path:
    """A notebook of these code cells."""
    made = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "metadata": {},
            "source": cell,
            "outputs": [],
            "execution_count": None,
        }
        for n, cell in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def check_command(path: Path) -> tuple[int, str]:
    result = RUNNER.invoke(app, ["check", str(path)])
    return result.exit_code, result.output


def test_a_right_file_exits_with_zero_and_a_wrong_one_with_one(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT)
    assert check_command(file)[0] == 0
    file.write_text(WRONG)
    code, output = check_command(file)
    assert code == 1
    assert "you step along the gradient" in output.lower()


def test_cells_that_raise_plot_or_are_magic_do_not_spoil_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "SECONDS", 0.2)  # for the loop without end
    path = notebook(
        tmp_path / "n.ipynb",
        "%matplotlib inline\nimport numpy as np",
        "!pip list",
        "%%bash\nexit 1",
        "broken = undefined_name",
        "this is no python",
        "while True: pass",
        RIGHT,
    )
    code, output = check_command(path)
    assert code == 0, output
    assert "NameError" in output
    assert "cell 5" in output


HELPERS = "def inside_step(x): pass\ndef momentum_ema_step(x): pass\ndef per_example_grad(x): pass\n"


def test_functions_of_a_lesson_that_are_no_rule_s_are_passed_over_without_a_word(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(HELPERS + RIGHT)
    assert check_command(file) == (0, "✓ gd_step is correct: all 18 checks passed.\n")


def test_a_slip_in_a_name_is_told_and_so_is_every_name_where_none_is_a_rule_s(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(RIGHT + "def adamm_step(x): pass\n")
    assert "adamm_step: there is no rule 'adamm'; did you mean adam_step?" in check_command(file)[1]
    file.write_text("def sdg_step(x): pass\ndef inside_step(x): pass\n")
    code, output = check_command(file)
    assert code == 2
    assert "did you mean sgd_step?" in output
    assert "inside_step: there is no rule 'inside'" in output


def test_an_exception_is_shown_with_the_learners_own_line(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def gd_step(theta, grad, state, *, lr):\n    return theta - lr * slope, state\n")
    assert "line 2: return theta - lr * slope, state" in check_command(file)[1]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.py", "x = 1", "No step function to check"),
        ("a.txt", "", "neither a .py nor an .ipynb"),
        ("a.ipynb", "{", "not a notebook"),
    ],
)
def test_what_cannot_be_checked_is_one_clear_sentence(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    code, output = check_command(tmp_path / name)
    assert code == 2
    assert words in output


def test_a_missing_file_is_said(tmp_path):
    code, output = check_command(tmp_path / "none.py")
    assert code == 2
    assert "can't be read" in output
