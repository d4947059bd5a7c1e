"""Every broken row gets its verdict, is told what is wrong, and harms nobody else."""

import re
from pathlib import Path

import pytest

from optcourse.grading.pipeline import Grader
from optcourse.grading.records import Result
from optcourse.grading.sandbox.supervisor import Sandbox
from tests.hostile import rows_b, rows_read
from tests.hostile.judged import graded, traces, unharmed


@pytest.mark.parametrize("row", [*rows_b.BROKEN, *rows_read.FILES], ids=lambda row: row.id)
def test_a_broken_submission_gets_its_verdict_and_says_what_is_wrong(
    row: rows_b.Row, tmp_path: Path, grader: Grader, sandbox: Sandbox, undisturbed: tuple[Result, ...]
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
    unharmed(result, before, grader, sandbox, undisturbed)
