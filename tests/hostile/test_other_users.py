"""Rows again: as an ordinary user, and at the levels for where bubblewrap is not to be had.

Who runs the grader, and at which level, decides what a process may reach: all rows that reach for something
are run (`worlds.ACTS`). What a right grader says of a file is the same for everybody: of the other rows, one
of each verdict is run, as an ordinary user.
"""

import os
import re
from pathlib import Path

import pytest

from tests.hostile import worlds
from tests.programs import missing, program


def passed(output: str) -> int:
    """How many rows passed, where nothing else happened to any."""
    last = output.strip().splitlines()[-1]
    found = re.fullmatch(r"=*\s*(\d+) passed in .*", last)
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
    chosen = {*worlds.acts(), *worlds.kinds()}
    output = worlds.run_rows(someone(scratch), worlds.PROJECT, scratch, "bubblewrap", sorted(chosen))
    assert passed(output) == len(chosen) > len(worlds.acts()) + 15


def test_landlock_keeps_off_what_bubblewrap_keeps_off(scratch: Path) -> None:
    chosen = worlds.acts()
    output = worlds.run_rows(someone(scratch), worlds.PROJECT, scratch, "landlock", chosen)
    assert passed(output) == len(chosen) >= len(worlds.ACTS)


def test_another_user_of_a_container_can_do_no_more_than_read(scratch: Path) -> None:
    if os.geteuid() != 0:
        missing("the container level is root's", "NOBODY")
    project = worlds.hidden_copy(scratch / "project")
    chosen = [test for test in worlds.acts() if "[H19" not in test]  # files of others are there to be read
    output = worlds.run_rows(worlds.in_a_container(scratch), project, scratch, "container", chosen)
    assert passed(output) == len(chosen) >= len(worlds.ACTS) - 1
