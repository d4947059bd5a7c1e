"""Each front end is one module that a browser can load."""

import subprocess
from pathlib import Path

import pytest

from optcourse.pictures.front_end import front_end
from tests.programs import program

ENTRIES = [
    "explore/widget.js",
    "compare/widget.js",
    "landscape/widget.js",
    "predict/widget.js",
    "clinic/widget.js",
    "quiz/widget.js",
    "offline.js",
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_it_has_no_imports_one_export_and_no_name_twice(entry: str, tmp_path: Path) -> None:
    module = front_end(entry)
    assert "\nimport " not in module
    assert "/**" not in module  # types are not sent
    assert module.count("export ") == 1
    file = tmp_path / "module.mjs"
    file.write_text(module, encoding="utf-8")
    subprocess.run([program("node"), "--check", str(file)], check=True)
