"""`optcourse score FILE`."""

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.scoring import scored
from optcourse.scoring.six import six

GOOD = """
def my_step(theta, grad, state, *, lr=0.1):
    return theta - lr * grad, state

my_hypers = {"lr": (1e-3, 1)}
"""
RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def two_problems(monkeypatch):
    monkeypatch.setattr(scored, "six", lambda seed: six(seed)[:2])


def run(tmp_path, source, *options):
    file = tmp_path / "mine.py"
    file.write_text(source)
    return RUNNER.invoke(app, ["score", str(file), "--quick", *options])


def test_it_prints_the_score_and_the_leaderboard(tmp_path):
    result = run(tmp_path, GOOD)
    assert result.exit_code == 0
    assert "my: score" in result.output
    assert "(adam)" in result.output


def test_a_rule_without_a_score_exits_with_1_and_says_why(tmp_path):
    result = run(tmp_path, GOOD.replace("return theta - lr * grad, state", "raise NotImplementedError"))
    assert result.exit_code == 1
    assert "Not attempted yet" in result.output


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("x = 1\n", "No rule of your own"),
        (GOOD.replace('{"lr": (1e-3, 1)}', '["lr"]'), "dict of ranges"),
        (GOOD.replace('"lr": ', '"beta": '), "no hyper 'beta'"),
        (GOOD.replace("return", "if abs(theta).max() > 3:\n        1 / 0\n    return"), "ZeroDivisionError"),
    ],
)
def test_what_can_not_be_scored_is_said_in_a_sentence(tmp_path, source, says):
    result = run(tmp_path, source)
    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output
