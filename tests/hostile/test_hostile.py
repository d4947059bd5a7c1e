"""Every hostile row gets its verdict, and nothing is left of it. Only the jail runs them."""

import re
from pathlib import Path

import pytest

from optcourse.grading.pipeline import Grader
from optcourse.grading.records import Result
from optcourse.grading.sandbox.supervisor import Sandbox
from tests.hostile import rows_h, rows_read
from tests.hostile.judged import expected_numbers, graded, traces, unharmed


@pytest.mark.parametrize("row", [*rows_h.HOSTILE, *rows_read.JAILED], ids=lambda row: row.id)
def test_a_hostile_submission_gets_its_verdict_and_leaves_nothing(
    row: rows_h.Row, tmp_path: Path, grader: Grader, sandbox: Sandbox, undisturbed: tuple[Result, ...]
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
    assert adam.score <= row.most, adam
    assert (adam.verdict == "AC") == (adam.score == 1.0)
    unharmed(result, before, grader, sandbox, undisturbed)


def test_the_search_for_expected_values_has_many_to_look_for(grader: Grader) -> None:
    numbers = expected_numbers(grader)
    assert len(numbers) > 100
    assert all(re.fullmatch(r"-?\d*\.?\d+", number) for number in numbers)
