"""What `from optcourse import ...` gives: the same names to Python and to mypy, with types and one root of errors."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import optcourse
from optcourse import PROBLEMS, OptcourseError, check, leaderboard, mine, own_rule, race, run
from optcourse.racing import Budget


def test_the_typed_names_are_those_that_can_be_imported() -> None:
    tree = ast.parse(Path(optcourse.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert homes == optcourse._HOMES


def test_the_version_of_what_is_built_is_the_one_that_the_package_says() -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "version"],
        cwd=Path(__file__).parents[1],
        check=True,
        capture_output=True,
        text=True,
    )
    assert built.stdout.strip() == optcourse.__version__


@pytest.mark.parametrize(
    ("call", "usual"),
    [
        (lambda: run("adm", "quadratic"), ValueError),
        (lambda: run("adam", "quadratic", steps=-1), ValueError),
        (lambda: check("adam"), TypeError),
        (lambda: check(lambda: 0), ValueError),
        (lambda: race(["adm"]), OptcourseError),
    ],
)
def test_what_people_cause_has_one_root_and_stays_what_it_was(call, usual: type[Exception]) -> None:
    with pytest.raises(OptcourseError) as raised:
        call()
    assert isinstance(raised.value, usual)


def said(call: Callable[[], object]) -> str:
    """What was wrong with a call, or that nothing was; any other error is raised."""
    try:
        call()
    except OptcourseError as error:
        return str(error)
    return "Nothing."


ODD = ("x", 1.5, -1, [], {}, True)


@pytest.mark.parametrize(
    "name", ["steps", "every", "batch_size", "seed", "noise", "start", "seconds", "estimate"]
)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_run_takes_an_odd_value_or_says_what_it_wants(name: str, value: object) -> None:
    assert said(lambda: run("adam", "regression", **{"steps": 2, name: value})).endswith(".")


@pytest.mark.parametrize("name", ["runners", "problem", "budget", "target", "seed", "out", "workers"])
@pytest.mark.parametrize("value", ["x", 1.5, -1, {}], ids=repr)
def test_race_takes_an_odd_value_or_says_what_it_wants(name: str, value: object, tmp_path: Path) -> None:
    given = {
        "runners": ["gd"],
        "problem": "parabola",
        "budget": Budget(1, 1, 1, 0),
        "workers": 0,
        name: value,
    }
    if name == "out":
        given["out"] = tmp_path / "taken"
        given["out"].write_text("a file")
    assert said(lambda: race(**given, progress=False)).endswith(".")


def gd_step(theta, grad, state, *, lr=0.1):
    return theta - lr * grad, state


@pytest.mark.parametrize(
    "call",
    [
        lambda: check(gd_step, 3),
        lambda: mine(3),
        lambda: own_rule("x"),
        lambda: own_rule(gd_step, lr=3),
        lambda: own_rule(gd_step, lr=(1, 0.1)),
        lambda: PROBLEMS["quadratik"],
        lambda: leaderboard("x"),
        lambda: run(["adam"], "quadratic"),
        lambda: race(["gd"], "parabola", out=3, workers=0, progress=False),
    ],
)
def test_a_value_of_another_kind_is_refused_in_a_sentence(call: Callable[[], object]) -> None:
    assert said(call) not in ("", "Nothing.")
