"""A wheel carries all that a learner needs: `optcourse lab` works where there is no checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# In place of JupyterLab, which tests/learner starts for real: it only shows what it was told.
STAND_IN = "import os, sys; print(*sys.argv[1:], os.environ['JUPYTER_CONFIG_PATH'], sep='\\n')"


def test_lab_from_a_wheel_outside_the_repository_fills_a_workspace_with_the_lessons(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="the extra [dev] is not installed: hatchling builds the wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target=wheel", f"--directory={tmp_path}"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("optcourse-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "site" / "jupyterlab").mkdir()
    (tmp_path / "site" / "jupyterlab" / "__init__.py").touch()
    (tmp_path / "site" / "jupyterlab" / "__main__.py").write_text(STAND_IN)

    code = "import optcourse; from optcourse.cli import main; print(optcourse.__file__); main()"
    command = [sys.executable, "-c", code, "lab", "--dir=work", "--no-browser"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    imported, *_ = done.stdout.splitlines()
    assert Path(imported).is_relative_to(tmp_path)
    for kind in ("lessons", "exercises"):
        shipped = {path.name: path.read_bytes() for path in (ROOT / kind).glob("*.ipynb")}
        written = {path.name: path.read_bytes() for path in (tmp_path / "work" / kind).glob("*.ipynb")}
        assert written == shipped
    assert "--LabApp.default_url=/lab/tree/lessons/00_start_here.ipynb" in done.stdout
    config = Path(done.stdout.splitlines()[-1].split(os.pathsep)[0])
    assert (config / "labconfig" / "default_setting_overrides.json").is_file()
    assert (tmp_path / "site" / "optcourse" / "problems" / "data" / "diabetes.csv").is_file()
    for name in (
        "page.html",
        "html_page.html",
        "html_page.css",
        "html_page.js",
        "fonts/optcourse-math.woff2",
    ):
        assert (tmp_path / "site" / "optcourse" / "course" / name).is_file()
    for name in ("page.html", "style.css", "feedback.html", "report.html"):
        assert (tmp_path / "site" / "optcourse" / "grading" / "templates" / name).is_file()
