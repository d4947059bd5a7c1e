"""What others hand in moves nobody: in a class, the work around each row gets what it gets without them.

Here two processes grade the class, as the command does on two cores. That one process does, and each row's
next comes from the very server that ran it, is looked at after each row: `judged.unharmed`.
"""

from pathlib import Path

import pytest

from tests.hostile.classes import Files, graded_class, write_class
from tests.hostile.rows_b import BROKEN
from tests.hostile.rows_h import HOSTILE
from tests.hostile.rows_read import FILES, JAILED, PILES


def sources() -> list[Files]:
    """The rows that are one file."""
    return [
        *({"{row}/hw.py": row.source} for row in (*HOSTILE, *JAILED)),
        *({f"{{row}}/{row.file}": row.content} for row in (*BROKEN, *FILES)),
    ]


def piles(mark: Path) -> list[Files]:
    """The rows that are several files; where one is run outside of the sandbox, it leaves `mark`."""
    return [
        {path: str(content).replace("{mark}", str(mark)) for path, content in pile.files.items()}
        for pile in PILES
    ]


@pytest.mark.parametrize(("workers", "whole"), [(1, False), (2, True)])
def test_whoever_is_graded_beside_a_row_gets_what_they_get_without_it(
    workers: int, whole: bool, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    rows = [*(sources() if whole else []), *piles(mark)]
    write_class(tmp_path / "alone", rows, with_rows=False)
    victims = write_class(tmp_path / "class", rows)
    undisturbed = graded_class(tmp_path / "alone", tmp_path / "out-alone", workers)
    disturbed = graded_class(tmp_path / "class", tmp_path / "out-class", workers)
    assert sorted(undisturbed) == victims
    assert not [name for name in victims if disturbed[name] != undisturbed[name]]
    assert not mark.exists(), mark.read_text()
