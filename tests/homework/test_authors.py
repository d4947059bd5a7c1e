"""docs/authors.md: its table is what the reader of metadata takes, its example is a homework that works."""

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from optcourse.course.build import cells_of, targets
from optcourse.grading.assignment import Asked, read_assignment
from optcourse.grading.variants import drawn, values_for
from tests.homework.assignments import ROOT

GUIDE = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
DEFAULTS: dict[str, Any] = {
    "": MISSING,
    "the primary form": None,
    "none": (),
    "true": True,
    "1": 1.0,
}


def rows() -> dict[str, tuple[str, str]]:
    """Of each entry of the table: whether it is required, and its default."""
    found = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) ?\| .* \|$", GUIDE, re.MULTILINE)
    return {name: (required, default) for name, required, default in found}


def test_the_table_has_every_entry_with_its_default() -> None:
    given = {one.name: one.default for one in fields(Asked)}
    assert rows().keys() == given.keys()
    for name, (required, default) in rows().items():
        assert required.startswith("required") is (given[name] is MISSING), name
        stated = DEFAULTS[default]
        assert given[name] == stated or (stated == () and not given[name]), name


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example as a file."""
    (text,) = re.findall(r"^````\n(.*?)^````$", GUIDE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "hw9_example.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_read_and_built(example: Path) -> None:
    (asked,) = read_assignment(example).tasks
    assert (asked.function, asked.points, dict(asked.constants)) == ("heavy_step", 3, {"beta": 0.9})
    learner, solved = (target.notebook for target in targets(example))
    assert "raise NotImplementedError" in "".join(cell.source for cell in learner.cells)
    assert "v = BETA * v" in "".join(cell.source for cell in solved.cells)
    assert "{{" not in "".join(cell.source for cell in learner.cells)


@pytest.mark.parametrize(("form", "passes"), [("primary", True), ("pytorch", False)])
def test_the_examples_solution_passes_its_own_check_in_the_form_that_it_is_for(
    example: Path, form: str, passes: bool
) -> None:
    assignment, key = read_assignment(example), bytes(range(32))
    student = next(
        f"s{place}" for place in range(99) if drawn(assignment.tasks[0], f"s{place}", key).dialect == form
    )
    values = values_for(assignment, student, key)
    names: dict[str, Any] = {"display": lambda report: None}
    for cell in cells_of(example, values):
        if cell.cell_type == "code":
            exec(cell.source, names)
    assert names["report"].passed is passes
