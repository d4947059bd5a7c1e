"""A release says how far it is, and whose each bundle is; a student opens it as any workspace."""

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")
from optcourse.course.release import WHOSE, Bundles, bundle_of, release, whose
from optcourse.grading.released import Student

ROOT = Path(__file__).parents[2]


# In place of JupyterLab, which tests/learner starts for real.
JUPYTERLAB = "jupyterlab/__main__.py"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundles, list[tuple[int, int]]]:
    """A release for two students with a variant each, and how far it said that it was."""
    home, told = tmp_path_factory.mktemp("release"), list[tuple[int, int]]()
    roster = home / "roster.csv"
    roster.write_text("id,name,email\ns001,Ada,\ns002,Grace,\n", encoding="utf-8")
    made = release(
        ROOT, home / "out", roster, variants=True, progress=lambda done, total: told.append((done, total))
    )
    return made, told


def test_progress_is_told_bundle_by_bundle(released: tuple[Bundles, list[tuple[int, int]]]) -> None:
    made, told = released
    assert told == [(1, 2), (2, 2)]
    assert made.whose is not None
    folder = made.whose.parent
    assert made.whose.name == WHOSE
    rows = made.whose.read_text(encoding="utf-8-sig").splitlines()[1:]
    bundles = [folder / row["bundle"] for row in csv.DictReader(["id,name,email,bundle", *rows])]
    assert tuple(bundles) == made.paths
    assert all(path.exists() for path in made.paths)


def test_a_student_opens_a_bundle_works_in_it_and_opens_it_again(
    released: tuple[Bundles, list[tuple[int, int]]], tmp_path: Path
) -> None:
    with zipfile.ZipFile(released[0].paths[1]) as archive:
        archive.extractall(tmp_path)
    workspace, site = tmp_path / "optcourse", tmp_path / "site"
    (wheel,) = workspace.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / JUPYTERLAB).parent.mkdir()
    (site / "jupyterlab" / "__init__.py").touch()
    (site / JUPYTERLAB).touch()
    given = {path: path.read_bytes() for path in workspace.rglob("*.ipynb")}

    def optcourse(*arguments: str) -> list[str]:
        code = "from optcourse.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--dir", "."],
            cwd=workspace,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    opened = [f"Your workspace is {workspace}."]
    assert optcourse("lab", "--no-browser") == opened
    edited = workspace / "exercises" / "hw1_gradients.ipynb"
    edited.write_text("mine", encoding="utf-8")
    assert optcourse("lab", "--no-browser") == opened
    assert edited.read_text(encoding="utf-8") == "mine"
    assert "is set back; yours is now hw1_gradients.old.ipynb" in optcourse("reset", "hw1")[0]
    assert {path: path.read_bytes() for path in given} == given  # the variant, not everybody's


def test_a_list_says_whose_each_bundle_is_and_runs_in_no_spreadsheet() -> None:
    students = (Student("s001", "Ada", "ada@example.edu"), Student("=1+1", "Eve, Jr."))
    rows = list(csv.DictReader(whose(students).removeprefix("\ufeff").splitlines()))
    assert [(row["id"], row["name"], row["email"]) for row in rows] == [
        ("s001", "Ada", "ada@example.edu"),
        ("'=1+1", "Eve, Jr.", ""),
    ]
    assert [row["bundle"] for row in rows] == [bundle_of(one) for one in students]
