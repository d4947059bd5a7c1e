"""Every public name says what it takes and what it raises, and has an example that runs."""

import dataclasses
import doctest
import inspect
import re
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

import optcourse
import optcourse.checking
from optcourse.checking.hints import Ladder

# The packages whose `__all__` is for users; what needs a framework is looked at where that is installed.
PACKAGES = (
    "optcourse",
    "optcourse.rules",
    "optcourse.problems",
    "optcourse.checking",
    "optcourse.graded",
    "optcourse.learner",
    "optcourse.pictures",
    "optcourse.racing",
    "optcourse.scoring",
)
BRIDGES = ("torch", "keras")


def public() -> list[tuple[str, str, Any]]:
    """(package, name, what it is) of each public name, each thing once."""
    names = [(package, name) for package in PACKAGES for name in import_module(package).__all__]
    names += [(f"optcourse.bridges.{one}", "wrap") for one in BRIDGES if find_spec(one)]
    found = {}
    for package, name in names:
        value = getattr(import_module(package), name)
        found.setdefault((name, id(value)), (package, name, value))
    return list(found.values())


CALLABLES = [
    pytest.param(value, id=f"{package}.{name}") for package, name, value in public() if callable(value)
]
CONSTANTS = [(package, name) for package, name, value in public() if not callable(value)]


def prose(thing: Any) -> str:
    """The docstring without its example, in one line."""
    return " ".join((inspect.getdoc(thing) or "").split(">>>")[0].split())


def lacking(thing: Callable[..., Any]) -> list[str]:
    """What the docstring of a public function or class does not say."""
    doc, said = inspect.getdoc(thing) or "", prose(thing)
    lacks = [] if ">>>" in doc else ["an example"]
    if isinstance(thing, type) and issubclass(thing, BaseException):
        return lacks
    parameters = inspect.signature(thing).parameters.values()
    lacks += [
        one.name
        for one in parameters
        if not re.search(rf"`{one.name}\b", said) and one.kind is not one.VAR_KEYWORD
    ]
    arrays = [
        one
        for one in parameters
        if "ndarray" in str(one.annotation) and "Callable" not in str(one.annotation)
    ]
    if arrays and not re.search(r"\bshapes?\b", said):
        lacks.append("shapes")
    made = dataclasses.is_dataclass(thing) and re.search(
        r"\b[Mm]ade by `", said
    )  # by a function, which raises
    if parameters and not made and not re.search(r"\b[A-Z]\w*Error\b|[Nn]ever raise|nothing is raised", said):
        lacks.append("errors")
    return lacks


@pytest.mark.parametrize("thing", CALLABLES)
def test_a_public_name_says_its_arguments_shapes_and_errors_and_has_an_example(thing: Any) -> None:
    assert lacking(thing) == []


@pytest.mark.parametrize(("package", "name"), CONSTANTS)
def test_a_public_constant_is_in_the_example_of_its_package(package: str, name: str) -> None:
    assert re.search(rf">>> .*\b{name}\b", inspect.getdoc(import_module(package)) or "")


@pytest.mark.parametrize(
    "thing", [*CALLABLES, *(pytest.param(import_module(one), id=one) for one in PACKAGES)]
)
def test_its_example_gives_what_stands_there(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optcourse.checking, "_LADDER", Ladder())  # of a session in which nobody took a hint
    finder = doctest.DocTestFinder(recurse=False)
    for example in finder.find(thing, globs={}):
        said: list[str] = []
        doctest.DocTestRunner(verbose=False).run(example, out=said.append)
        assert said == []


def test_a_docstring_that_lacks_something_is_found() -> None:
    def bare(theta: optcourse.Run, *, lr: float) -> None:
        """Step `theta`."""

    assert lacking(bare) == ["an example", "lr", "errors"]
