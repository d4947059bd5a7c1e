"""What a homework's cells ask for is read from their metadata; what makes no sense is refused with its place."""

import json
from pathlib import Path
from typing import Any

import jupytext
import pytest

from optcourse.errors import UserError
from optcourse.grading.assignment import find_assignment, read_assignment

ADAM = {"task": "adam", "function": "adam_step", "rule": "adam", "points": 3}
GD = {"task": "gd", "function": "gd_step", "rule": "gd"}


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def homework(folder: Path, *asked: Any, name: str = "hw9_test.ipynb") -> Path:
    cells = [code("x", optcourse=one) for one in asked]
    cells.append(code("y", nbgrader={"grade_id": "t", "locked": True}))
    path = folder / name
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}))
    return path


def test_tasks_come_in_order_with_what_is_said_of_them(tmp_path: Path) -> None:
    found = read_assignment(homework(tmp_path, {**ADAM, "needs": ["gd"]}, {**GD, "hidden": False}))
    assert [(one.task, one.points, one.needs, one.hidden) for one in found.tasks] == [
        ("adam", 3, ("gd",), True),
        ("gd", 1.0, (), False),
    ]
    assert found.name == "hw9_test"
    assert set(found.locked) == {"t"}


def test_a_myst_source_asks_for_the_same_as_its_notebook(tmp_path: Path) -> None:
    notebook = homework(tmp_path, ADAM, GD)
    source = tmp_path / "hw9_test.md"
    jupytext.write(jupytext.read(notebook), source, fmt="md:myst")
    assert read_assignment(source) == read_assignment(notebook)


@pytest.mark.parametrize(("asked", "says"), [
    ([], "asks for nothing"),
    ([{"task": "a"}], "no task, function and rule"),
    (["adam"], "no task, function and rule"),
    ([{**ADAM, "pionts": 3}], "pionts, which is not known"),
    ([{**ADAM, "rule": "adamm"}], "adamm"),
    ([{**ADAM, "dialect": "nobodys"}], "nobodys"),
    ([{**ADAM, "accepts": ["nobodys"]}], "nobodys"),
    ([{**ADAM, "points": 0}], "points are a number above 0"),
    ([{**ADAM, "points": "3"}], "points are a number above 0"),
    ([ADAM, ADAM], "two tasks are called 'adam'"),
    ([{**ADAM, "needs": ["gd"]}], "needs gd, which is no task"),
    ([{**ADAM, "needs": ["gd"]}, {**GD, "needs": ["adam"]}], "these tasks need each other: (adam|gd)"),
    ([{**ADAM, "needs": ["adam"]}], "these tasks need each other: adam"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(asked: list[Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=says):
        read_assignment(homework(tmp_path, *asked))


def test_the_version_changes_with_what_is_asked_and_with_nothing_else(tmp_path: Path) -> None:
    def version(*asked: Any) -> str:
        return read_assignment(homework(tmp_path, *asked)).version

    assert version(ADAM, GD) == version(ADAM, GD)
    assert (
        len(
            {
                version(*asked)
                for asked in (
                    [ADAM],
                    [ADAM, GD],
                    [GD, ADAM],
                    [{**ADAM, "points": 4}],
                    [{**ADAM, "hidden": False}],
                )
            }
        )
        == 5
    )


def test_a_homework_is_found_by_its_short_name(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    path = homework(tmp_path / "exercises", ADAM)
    assert find_assignment("hw9", tmp_path) == path
    assert find_assignment(str(path), tmp_path) == path
    with pytest.raises(UserError, match=r"no assignment 'hw8'"):
        find_assignment("hw8", tmp_path)


def test_a_file_that_is_no_notebook_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "hw.ipynb"
    path.write_text("{")
    with pytest.raises(UserError, match=r"is no notebook: .*line 1"):
        read_assignment(path)
    with pytest.raises(UserError, match="can't be read"):
        read_assignment(tmp_path / "none.ipynb")
