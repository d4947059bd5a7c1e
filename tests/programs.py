"""Programs that some tests need and that pip doesn't install: Chromium, Node, axe-core.

Without them these tests are skipped, except where OPTCOURSE_REQUIRE_BROWSER=1 says that they must be there.
"""

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str) -> str:
    """The path of the first of these programs that is on PATH; skips or fails where none is."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing(f"there is no {' or '.join(names)} on PATH")


def missing(why: str) -> NoReturn:
    """Skip the test, or fail it where all must be there."""
    if os.environ.get("OPTCOURSE_REQUIRE_BROWSER") == "1":
        pytest.fail(f"OPTCOURSE_REQUIRE_BROWSER=1, but {why}")
    pytest.skip(why)
