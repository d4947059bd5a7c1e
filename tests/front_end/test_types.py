"""The types of all the front end's modules, by JSDoc and TypeScript's compiler in strict mode."""

import subprocess
from pathlib import Path

from tests.programs import missing, program

HERE = Path(__file__).parent
COMPILER = HERE.parent / "browser" / "node_modules" / "typescript" / "bin" / "tsc"


def test_the_modules_of_the_front_end_are_strictly_right() -> None:
    if not COMPILER.is_file():
        missing("TypeScript is not installed: run npm ci --prefix tests/browser")
    command = [program("node"), str(COMPILER), "--project", str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
