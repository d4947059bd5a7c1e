"""Running a command as somebody without rights, where the tests are run by root."""

import os
import subprocess
import sys
from pathlib import Path

from tests.programs import missing, program

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
# Started as the command will be, which must find what it imports and may enter the folders named.
TRIAL = """import os, sys
import optcourse.grading.pipeline
closed = [folder for folder in sys.argv[1:] if not os.access(folder, os.R_OK | os.X_OK)]
sys.exit(f"Permission denied: {closed[0]}" if closed else 0)
"""


def as_nobody(*folders: Path) -> list[str]:
    """What to put before a command that works in these folders; nothing where we have no rights to lose.

    Skips where that can't be done: without setpriv, without the right to become somebody else, or where
    this Python, a package or a folder lies where nobody but root may read. In CI that is a failure.
    """
    if os.geteuid() != 0:
        return []
    program(NOBODY[0], need="NOBODY")
    tried = subprocess.run(
        [*NOBODY, sys.executable, "-c", TRIAL, *map(str, folders)], capture_output=True, text=True, cwd="/"
    )
    if tried.returncode:
        said = [*tried.stderr.strip().splitlines(), f"it ended with {tried.returncode}"]
        why = said[-2] if len(said) > 1 else said[-1]
        missing(f"nobody but root can run this Python here ({why}); chmod o+x the folders above it", "NOBODY")
    return NOBODY
