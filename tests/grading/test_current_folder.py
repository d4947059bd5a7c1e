"""Nothing that lies in the folder in which the command is run is imported by a process of ours."""

import subprocess
import sys
from pathlib import Path

import pytest

MODULES = (
    "pickle.py",
    "pickle/__init__.py",
    "json.py",
    "numpy/__init__.py",
    "sitecustomize.py",
    "selectors.py",
)
# As the command's own script: no current folder on its path, whatever the processes that it starts have.
CODE = """
import os
from optcourse.grading.workers import pool
with pool(2) as executor:
    assert {executor.submit(os.getpid).result() for _ in range(4)}
"""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_in_the_current_folder_is_not_run(module: str, tmp_path: Path) -> None:
    path, mark = tmp_path / "class" / module, tmp_path / "mark"
    path.parent.mkdir(parents=True)
    path.write_text(f"open({str(mark)!r}, 'w').close()\n")
    done = subprocess.run(
        [sys.executable, "-P", "-c", CODE], cwd=tmp_path / "class", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not mark.exists()
