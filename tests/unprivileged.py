"""Running a command as somebody without rights, where the tests are run by root."""

import os
import subprocess
import sys

import pytest

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def as_nobody() -> list[str]:
    """What to put before a command; nothing where we have no rights to lose.

    Skips where root's Python lies in a folder that nobody else may enter; in CI that is a failure.
    """
    if os.geteuid() != 0:
        return []
    tried = subprocess.run(
        [*NOBODY, sys.executable, "-c", "import optcourse"], capture_output=True, text=True
    )
    if tried.returncode:
        why = f"nobody but root can run this Python ({tried.stderr.strip().splitlines()[-1]})"
        if os.environ.get("OPTCOURSE_REQUIRE_NOBODY"):
            pytest.fail(f"{why}: chmod o+x the folders above it")
        pytest.skip(why)
    return NOBODY
