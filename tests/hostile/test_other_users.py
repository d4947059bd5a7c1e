"""The rows again: as an ordinary user, and at the levels for where bubblewrap is not to be had."""

import os
import re
from pathlib import Path

import pytest

from tests.hostile import worlds
from tests.hostile.rows_b import BROKEN
from tests.hostile.rows_h import HOSTILE
from tests.programs import missing, program


def passed(output: str) -> int:
    """How many rows passed, where nothing else happened to any."""
    last = output.strip().splitlines()[-1]
    found = re.fullmatch(r"=*\s*(\d+) passed(, \d+ deselected)? in .*", last)
    assert found, output[-4000:]
    return int(found[1])


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    program("bwrap", need="SANDBOX")
    folder = tmp_path / "scratch"
    folder.mkdir(mode=0o755)
    return folder


def someone(scratch: Path) -> list[str]:
    """Become an ordinary user; who is not root is one already."""
    if os.geteuid() != 0:
        return []
    program("setpriv", need="NOBODY")
    return worlds.as_nobody(scratch)


def test_an_ordinary_user_gets_the_same_verdicts(scratch: Path) -> None:
    output = worlds.run_rows(someone(scratch), worlds.PROJECT, scratch, "bubblewrap")
    assert passed(output) >= len(HOSTILE) + len(BROKEN)


def test_landlock_keeps_off_what_bubblewrap_keeps_off(scratch: Path) -> None:
    output = worlds.run_rows(someone(scratch), worlds.PROJECT, scratch, "landlock", worlds.ACTS)
    assert passed(output) >= len(worlds.ACTS)


def test_another_user_of_a_container_can_do_no_more_than_read(scratch: Path) -> None:
    if os.geteuid() != 0:
        missing("the container level is root's", "NOBODY")
    project = worlds.hidden_copy(scratch / "project")
    chosen = tuple(row for row in worlds.ACTS if row != "H19")  # files of others are there to be read
    output = worlds.run_rows(worlds.in_a_container(scratch), project, scratch, "container", chosen)
    assert passed(output) >= len(chosen)
