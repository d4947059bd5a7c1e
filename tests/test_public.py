"""What `from optcourse import ...` gives: the same names to Python and to mypy, with types and one root of errors."""

import ast
import tomllib
from pathlib import Path

import pytest

import optcourse
from optcourse import OptcourseError, check, race, run


def test_the_typed_names_are_those_that_can_be_imported() -> None:
    tree = ast.parse(Path(optcourse.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert homes == optcourse._HOMES


def test_the_version_is_the_one_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == optcourse.__version__


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
