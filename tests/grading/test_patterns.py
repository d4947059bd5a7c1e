"""No text makes a regular expression look at the same place again and again, where strangers' text is met.

All expressions of the packages that read, judge and tell of submissions are found here, those that stand in a call as
well: one that is added tomorrow is looked at too.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import optcourse.checking
import optcourse.grading
import optcourse.marks
from optcourse.checking.advice import ADVICE
from tests.grading.ambiguity import Pattern, ambiguity

# What is run in the jail, under the limits of a submission; and what only Alembic can import.
OUTSIDE = ("optcourse.grading.sandbox.inside", "optcourse.grading.gradebook.migrations")
# Ambiguous ones, and why no stranger's text comes to them.
OWN_TEXTS = {
    f"optcourse.marks HIDDEN {optcourse.marks.HIDDEN.pattern!r}": "the homework's source is its author's",
    "optcourse.grading.gradebook.opening //.*@": "the address of a gradebook is the instructor's",
}
# Expressions in a table from which a call takes them.
TABLES = {"optcourse.checking.advice": [one for patterns in ADVICE for one in patterns[:2]]}
UNKNOWN = {"search", "fullmatch"}  # how one may be called whose call is not seen


class Called(NamedTuple):
    """A pattern as some code calls it."""

    key: str  # the module and the pattern, or its name there
    pattern: Pattern
    method: str


def modules() -> Iterator[ModuleType]:
    """What meets strangers' text outside of the jail."""
    yield optcourse.marks
    for package in (optcourse.checking, optcourse.grading):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(OUTSIDE):
                yield importlib.import_module(found.name)


@cache
def tree(module: ModuleType) -> ast.Module:
    """A module's source."""
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def in_calls(module: ModuleType) -> Iterator[tuple[str | None, int, str]]:
    """Of each call of one of re's functions the pattern (None where it is no literal), flags and method."""
    for node in ast.walk(tree(module)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in ("compile", "escape")
        ):
            given = [*node.args, *(word.value for word in node.keywords)]
            flags = [one.attr for one in given if isinstance(one, ast.Attribute) and one.attr.isupper()]
            yield literal(node.args[0]), sum(getattr(re, name) for name in flags), node.func.attr


def literal(node: ast.expr) -> str | None:
    """The text of a literal, with a letter for each part that is only known when it runs."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else None


def compiled(value: object) -> Iterator[Pattern]:
    """The patterns in a constant, which may be a table of some."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from compiled((*value, *value.values()))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from compiled(one)


@cache
def called() -> tuple[Called, ...]:
    """All of them, each once."""
    return tuple({f"{one.key} {one.method}": one for one in all_called(list(modules()))}.values())


def all_called(known: list[ModuleType]) -> Iterator[Called]:
    """Every pattern with every method that something calls it by; those in tables are searched for."""
    methods: dict[str, set[str]] = {}
    for module in known:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Attribute) and hasattr(re.Pattern, node.attr):
                methods.setdefault(ast.unparse(node.value).split("[")[0].rpartition(".")[2], set()).add(
                    node.attr
                )
    for module in known:
        for name, value in vars(module).items():
            if not is_imported(module, name):
                for pattern in compiled(value):
                    for method in sorted(methods.get(name, UNKNOWN)):
                        yield Called(f"{module.__name__} {name} {pattern.pattern!r}", pattern, method)
        for text, flags, method in in_calls(module):
            for one in TABLES[module.__name__] if text is None else [text]:
                yield Called(f"{module.__name__} {one}", re.compile(one, flags), method)


def is_imported(module: ModuleType, name: str) -> bool:
    """Whether a module's name is another's."""
    return any(
        name in (one.asname or one.name for one in node.names)
        for node in tree(module).body
        if isinstance(node, ast.ImportFrom)
    )


def test_no_text_of_a_stranger_is_looked_at_again_and_again() -> None:
    found = {f"{one.key} {one.method}": ambiguity(one.pattern, one.method) for one in called()}
    own = tuple(OWN_TEXTS)
    assert not {key: text for key, text in found.items() if text is not None and not key.startswith(own)}


AGAIN = [
    (r"RULES\b.*\.(?:step|function)\b", "search"),  # as it once was: a minute for 400 kB
    (r"\s*(muted)?\s*", "fullmatch"),
    (r"//.*@", "sub"),
    (r"\w*grads?\w*", "fullmatch"),
    (r"(?P<student>.+)_\d+_(?P<file>.+)x", "search"),
    (r"(a+)+$", "match"),
    (r"(?:a*)*b", "match"),
    (r"(a|b|ab)*c", "match"),
    (r"(ab)*a(ba)*c", "match"),
    (r" +x", "search"),
    (r"\s+$", "sub"),
    (r"(?m)^[ \t]*x(?s:.*)^y", "search"),
    (r'"(?:[^"\\]+|\\.?)*"', "finditer"),
    (r"a{0,3000}x", "search"),
]  # fmt: skip
ONCE = [
    (r"x*", "search"),
    (r"a.*", "findall"),
    (r" *x", "match"),
    (r"(?m)^ *x$", "search"),
    (r'"(?:[^"\\]++|\\.?)*+"?', "finditer"),
    (r"\s*+(muted)?\s*+", "fullmatch"),
    (r"(\w+) (\w+)!", "match"),
    (r"(.*)\s\((\d+)\)", "fullmatch"),
    (r"(ab)*(ba)*c", "match"),
    (r"[^a]*a[^a]*b", "match"),
    (r"a{0,30}x", "search"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "method"), AGAIN)
def test_one_that_looks_again_and_again_is_found_with_what_it_looks_at(pattern: str, method: str) -> None:
    assert ambiguity(re.compile(pattern), method)


@pytest.mark.parametrize(("pattern", "method"), ONCE)
def test_one_that_looks_once_is_not_called_ambiguous(pattern: str, method: str) -> None:
    assert ambiguity(re.compile(pattern), method) is None


def test_none_is_overlooked_and_no_excuse_outlives_its_pattern() -> None:
    keys = {one.key for one in called()}
    assert len(keys) > 30
    ambiguous = {one.key for one in called() if one.key in OWN_TEXTS and ambiguity(one.pattern, one.method)}
    assert ambiguous == set(OWN_TEXTS)
    for name in ("CANVAS", "BRACKETS", "CODING", "SUSPICIOUS", "PRINTED", "NUMBER", "FORMULA"):
        assert any(f" {name} " in key for key in keys), name
