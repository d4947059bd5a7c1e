"""What others hand in moves nobody: in a class, the work around each row gets what it gets without them.

Here two processes grade the class, as the command does on two cores. That one process does, and each row's
next comes from the very server that ran it, is looked at after each row: `judged.unharmed`. So here a victim
stands before every fifth row, and around each pile of files with one process.
"""

from pathlib import Path

import pytest

from tests.hostile.classes import Files, Outcome, graded_class, write_rows, write_victims
from tests.hostile.rows_b import BROKEN
from tests.hostile.rows_h import HOSTILE
from tests.hostile.rows_read import FILES, JAILED, PILES

EVERY = 5  # odd, so that right and half right work stand between the rows by turns


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


def between(rows: list[Files], every: int) -> range:
    """The victims' numbers: one before the first row, one after the last."""
    return range(0, len(rows) + every, every)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What all victims get where nothing but their work is graded."""
    folder = tmp_path_factory.mktemp("undisturbed")
    few, many = piles(folder), [*sources(), *piles(folder)]
    write_victims(folder / "alone", {*between(few, 1), *between(many, EVERY)})
    return graded_class(folder / "alone", folder / "out", workers=2)


@pytest.mark.parametrize(("workers", "whole"), [(1, False), (2, True)])
def test_whoever_is_graded_beside_a_row_gets_what_they_get_without_it(
    workers: int, whole: bool, tmp_path: Path, undisturbed: dict[str, Outcome]
) -> None:
    mark = tmp_path / "mark"
    rows = [*(sources() if whole else []), *piles(mark)]
    write_rows(tmp_path / "class", rows)
    victims = write_victims(tmp_path / "class", between(rows, EVERY if whole else 1))
    disturbed = graded_class(tmp_path / "class", tmp_path / "out", workers)
    assert len(victims) > 10
    assert not [name for name in victims if disturbed[name] != undisturbed[name]]
    assert not mark.exists(), mark.read_text()
