"""What the front end computes, under Node's own runner: `node --test tests/front_end/*.test.mjs`."""

import subprocess
from pathlib import Path

import pytest

from tests.programs import program

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_units_of_the_front_end(file: Path) -> None:
    done = subprocess.run([program("node"), "--test", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
