"""Each promise of docs/security.md names what tries it, and that exists."""

import ast
import re
from pathlib import Path

import pytest

from tests.hostile.test_every_row import LIST, TESTS

PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in PAGE.partition("## Promises")[2].partition("**In part.**")[0].splitlines()
    if line.startswith("| ")
][2:]


def names_below(folder: Path) -> set[str]:
    """The names of all tests below a folder."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_is_tried_by_something() -> None:
    assert len(PROMISES) > 10
    for promise, *levels, tried in PROMISES:
        assert len(levels) == 3, promise
        assert re.search(r"`test_\w+`|\b2?[HGB]\d+\b", tried), promise


def test_what_is_named_exists() -> None:
    assert set(re.findall(r"`(test_\w+)`", PAGE)) <= names_below(TESTS)
    assert {row for *_, tried in PROMISES for row in re.findall(r"\b(2[A-Z]\d+|[HGB]\d\d)\b", tried)} <= set(
        LIST
    )


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/instructors.md"])
def test_it_is_linked(name: str) -> None:
    assert "security.md" in (TESTS.parent / name).read_text(encoding="utf-8")
