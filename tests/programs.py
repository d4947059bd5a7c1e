"""What some tests need and pip doesn't install: Chromium, Node, bubblewrap, PostgreSQL, git, another user.

Without it these tests are skipped, except where OPTCOURSE_REQUIRE_BROWSER=1 (or ..._SANDBOX, ..._NOBODY,
..._POSTGRES, ..._NBGRADER, ..._GIT) says that it must be there.
"""

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str, need: str = "BROWSER") -> str:
    """The path of the first of these programs that is on PATH; skips or fails where none is."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing(f"there is no {' or '.join(names)} on PATH", need)


def missing(why: str, need: str = "BROWSER") -> NoReturn:
    """Skip the test, or fail it where all that it needs must be there."""
    variable = f"OPTCOURSE_REQUIRE_{need}"
    if os.environ.get(variable) == "1":
        pytest.fail(f"{variable}=1, but {why}")
    pytest.skip(why)
