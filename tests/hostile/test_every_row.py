"""Every row of the public list of hostile and broken submissions is tested: none is forgotten or skipped."""

import ast
import re
from pathlib import Path

import pytest

from tests.hostile import rows_b, rows_h, rows_read

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "hostile.md"
LIST = re.findall(r"^\| (\d?[A-Z]\d*[a-z]?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
# Rows that tests which are about more than one submission cover.
ELSEWHERE = {
    "B31": ("grading/test_exports.py", "test_no_cell_of_the_class_runs_in_a_spreadsheet"),
    "B32": ("grading/test_feedback.py", "test_no_text_at_all_adds_an_element_and_all_that_can_be_shown_is"),
    "B33": ("grading/test_gradebook.py", "test_the_same_bytes_are_flagged_where_they_come_later"),
    "B34": ("grading/test_gradebook.py", "test_which_attempt_counts_and_what_is_late_is_decided_when_it_is_read"),
    "G01": ("grading/test_crash.py", "test_a_grader_killed_at_fifty_moments_ends_with_the_gradebook_of_an_undisturbed_one"),
}  # fmt: skip


def functions(file: Path) -> set[str]:
    """The names of a file's functions."""
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}


def covered() -> set[str]:
    """The ids that are in a table of rows, in a mark, or in ELSEWHERE."""
    tables = (rows_h.HOSTILE, rows_b.BROKEN, rows_read.JAILED, rows_read.FILES, rows_read.PILES)
    rows = {row.id.split()[0] for table in tables for row in table}
    marked = {
        found
        for file in TESTS.glob("**/test_*.py")
        if file != Path(__file__)
        for found in re.findall(r'^@pytest\.mark\.row\("([HBG]\d\d)"\)$', file.read_text(), re.MULTILINE)
    }
    return rows | marked | set(ELSEWHERE)


def test_every_id_of_the_list_is_tested_and_no_other() -> None:
    assert covered() == set(LIST)
    assert len(LIST) == len(set(LIST)) > 100


@pytest.mark.parametrize("row", ELSEWHERE)
def test_what_is_said_to_be_tested_elsewhere_is(row: str) -> None:
    file, function = ELSEWHERE[row]
    assert function in functions(TESTS / file)


def test_no_hostile_file_lies_in_the_tree() -> None:
    for file in TESTS.rglob("*"):
        if file.suffix in (".py", ".ipynb", ".zip") and file.parent.name in ("hostile", "grading"):
            assert file.suffix == ".py", file
            assert "while True: pass" not in "".join(
                ast.unparse(node) for node in ast.parse(file.read_text()).body if isinstance(node, ast.While)
            )


def test_no_test_of_these_can_be_skipped() -> None:
    for file in (TESTS / "hostile").glob("*.py"):
        names = {
            node.attr for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)
        }
        assert not names & {"skip", "skipif", "xfail", "importorskip"}, file
