"""Every hostile and broken row gets its verdict, and nothing is left of it. Only the jail runs them."""

import re
from pathlib import Path

import pytest

from optcourse.grading.pipeline import Grader
from optcourse.grading.sandbox.supervisor import Sandbox
from tests.hostile import rows_b, rows_h
from tests.hostile.judged import expected_numbers, graded, traces, unharmed


@pytest.mark.parametrize("row", rows_h.HOSTILE, ids=lambda row: row.id)
def test_a_hostile_submission_gets_its_verdict_and_leaves_nothing(
    row: rows_h.Row, tmp_path: Path, grader: Grader, sandbox: Sandbox
) -> None:
    before = traces(sandbox)
    result = graded(row.source, "hw.py", tmp_path, grader, sandbox)
    adam, gd = result.tasks
    assert adam.verdict in row.verdicts.split(), adam
    assert gd.verdict in row.gd.split(), gd
    assert re.search(
        row.says, "\n".join([adam.message, *adam.notes, *(one.message for one in adam.findings)])
    ), adam
    assert any(row.flag in flag for flag in result.flags) or not row.flag, result.flags
    verdicts = {one.name: one.verdict for one in adam.findings}
    assert all(verdicts[name] == "AC" for name in row.passed.split(",") if name), verdicts
    assert (adam.verdict == "AC") == (adam.score == 1.0)
    unharmed(result, tmp_path, before, grader, sandbox)


@pytest.mark.parametrize("row", rows_b.BROKEN, ids=lambda row: row.id)
def test_a_broken_submission_gets_its_verdict_and_says_what_is_wrong(
    row: rows_b.Row, tmp_path: Path, grader: Grader, sandbox: Sandbox
) -> None:
    before = traces(sandbox)
    result = graded(row.content, row.file, tmp_path, grader, sandbox)
    adam, gd = result.tasks
    assert adam.verdict in row.verdicts.split(), adam
    assert gd.verdict in row.gd.split(), gd
    told = [
        adam.message,
        *adam.notes,
        *(text for _, text in adam.lines),
        *(one.message for one in adam.findings),
    ]
    assert re.search(row.says, "\n".join(told)), adam
    assert row.mistakes in "+".join(adam.mistakes), adam
    assert any(row.flag in flag for flag in result.flags) or not row.flag, result.flags
    assert (adam.points, gd.points) == (3, 1)  # what was handed in changes nothing about that
    unharmed(result, tmp_path, before, grader, sandbox)


def test_the_search_for_expected_values_has_many_to_look_for(grader: Grader) -> None:
    numbers = expected_numbers(grader)
    assert len(numbers) > 100
    assert all(re.fullmatch(r"-?\d*\.?\d+", number) for number in numbers)


def test_every_row_from_h01_to_h60_is_there() -> None:
    assert {row.id[:3] for row in rows_h.HOSTILE} == {f"H{number:02}" for number in range(1, 61)}


def test_every_row_from_b01_to_b40_is_there_or_in_a_file_of_its_own() -> None:
    elsewhere = {"B30", "B31", "B33", "B34"}  # tests/grading: names, escaping, attempts
    assert {row.id[:3] for row in rows_b.BROKEN} | elsewhere == {f"B{number:02}" for number in range(1, 41)}
