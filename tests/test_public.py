"""What `from optcourse import ...` gives: the same names to Python and to mypy, with types and one root of errors."""

import ast
import subprocess
import sys
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
