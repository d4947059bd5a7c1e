"""Each front end is one module that a browser can load."""

import subprocess
from pathlib import Path

import pytest

from optcourse.pictures.explorer import front_end
from tests.programs import program

ENTRIES = ["explorer.js", "compare.js", "landscape.js", "predict.js", "clinic.js", "quiz.js", "saved.js"]


@pytest.mark.parametrize("entry", ENTRIES)
def test_it_has_no_imports_one_export_and_no_name_twice(entry: str, tmp_path: Path) -> None:
    module = front_end(entry)
    assert "\nimport " not in module
    assert module.count("export ") == 1
    file = tmp_path / "module.mjs"
    file.write_text(module, encoding="utf-8")
    subprocess.run([program("node"), "--check", str(file)], check=True)
