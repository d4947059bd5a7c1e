"""The homeworks in a real nbgrader: it releases them, grades them as `optcourse grade` does, gives feedback.

OPTCOURSE_NBGRADER_PYTHON names a Python that has nbgrader and optcourse, where it is not this one.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from typer.testing import CliRunner

from optcourse.cli import app
from tests.programs import missing

ROOT = Path(__file__).parents[2]
NAMES = [path.stem for path in sorted((ROOT / "solutions").glob("hw*.md"))]
HW1, HW4 = "hw1_gradients", "hw4_adam_family"  # hw4 has a hidden test
# What each student changes in the right answers, by the name of the cell; None leaves the stub there.
HANDED_IN: dict[str, dict[str, dict[str, tuple[str, str] | None]]] = {
    "right": {HW1: {}},
    "half": {
        HW1: {"clipped": ("scale = ", "scale = undefined + "), "decaying": None},
        HW4: {"yogi": None, "adamw-paper": ("theta - lr", "theta + lr"), "faults": ("3: 8", "3: 9")},
    },
    "wrong": {
        HW1: {
            "logistic": ("p - y", "y - p"),
            "largest-lr": ("2 /", "1 /"),
            "best-lr": ("2 /", "1 /"),
            "clipped": ("lr * scale", "scale"),
            "decaying": ("theta - lr", "theta + lr"),
        },
    },
}
Points = dict[str, dict[str, dict[str, float]]]  # by homework, student and test cell


def nbgrader(course: Path, *commands: str, notebooks: tuple[Path, ...] = ()) -> dict[str, Any]:
    """What nbgrader has against the notebooks, and its points, after these commands."""
    python = os.environ.get("OPTCOURSE_NBGRADER_PYTHON", sys.executable)
    done = subprocess.run(
        [python, str(Path(__file__).with_name("theirs.py")), "result.json", *commands],
        input="\n".join(map(str, notebooks)),
        cwd=course,
        # nbgrader looks for alembic on PATH; nobody's own settings are to be found.
        env={
            **os.environ,
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(course / "home"),
            "JUPYTER_CONFIG_DIR": str(course / "home"),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads((course / "result.json").read_text())
    return result


def optcourse(*words: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, (done.output, done.exception)


def short(name: str) -> str:
    """hw1, as commands know it."""
    return name.partition("_")[0]


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def of(kind: str, name: str) -> Path:
    """A notebook in nbgrader's tree: `kind` is source, release, submitted/STUDENT."""
    return Path(kind, name, f"{name}.ipynb")


def answers(name: str) -> dict[str, str]:
    """The solved cells, by their names."""
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in read(ROOT / "solutions" / f"{name}.ipynb").cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which nbgrader has released all six."""
    if not (find_spec("nbgrader") or os.environ.get("OPTCOURSE_NBGRADER_PYTHON")):
        why = "nbgrader is not installed, and OPTCOURSE_NBGRADER_PYTHON names no Python that has it"
        missing(why, "NBGRADER")
    course = tmp_path_factory.mktemp("nbgrader")
    for name in NAMES:
        optcourse("export", "--format", "nbgrader", short(name), "--out", str(course))
    found = nbgrader(
        course,
        *(f"generate_assignment {name}" for name in NAMES),
        notebooks=tuple(
            path
            for name in NAMES
            for path in (
                of("source", name),
                of("release", name),
                ROOT / "solutions" / f"{name}.ipynb",
                ROOT / "exercises" / f"{name}.ipynb",
            )
        ),
    )
    (course / "faults.json").write_text(json.dumps(found["faults"]))
    return course


def test_nbgrader_finds_all_metadata_valid(course: Path) -> None:
    faults = json.loads((course / "faults.json").read_text())
    assert len(faults) == 4 * len(NAMES)
    assert {path: fault for path, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("name", NAMES)
def test_what_nbgrader_releases_is_our_exercise_cell_by_cell(name: str, course: Path) -> None:
    theirs, ours = read(course / of("release", name)), read(ROOT / "exercises" / f"{name}.ipynb")
    assert [(cell.cell_type, cell.source) for cell in theirs.cells] == [
        (cell.cell_type, cell.source) for cell in ours.cells
    ]


@pytest.fixture(scope="module")
def points(course: Path) -> Points:
    """What nbgrader gives, when three students have filled in what it released."""
    for student, homeworks in HANDED_IN.items():
        for name, changes in homeworks.items():
            notebook, solved = read(course / of("release", name)), answers(name)
            for cell in notebook.cells:
                cell_name = cell.metadata.get("nbgrader", {}).get("grade_id")
                if cell_name in solved and (change := changes.get(cell_name, ("", ""))):
                    assert change[0] in solved[cell_name]
                    cell.source = solved[cell_name].replace(*change)
            path = course / of(f"submitted/{student}", name)
            path.parent.mkdir(parents=True)
            nbformat.write(notebook, path)
    commands = [f"{step} {name}" for name in (HW1, HW4) for step in ("autograde", "generate_feedback")]
    found: Points = nbgrader(course, *commands)["points"]
    return found


@pytest.mark.parametrize("name", [HW1, HW4])
def test_nbgrader_gives_the_points_that_optcourse_gives(name: str, course: Path, points: Points) -> None:
    pytest.importorskip("pyseccomp")
    out = course / f"ours-{name}"
    book = ("--gradebook", f"sqlite:///{out}.db", "--workers", "1")
    optcourse("grade", str(course), "--assignment", short(name), "--out", str(out), *book)
    ours = {
        one["student"]: {
            f"{task['task'].replace('_', '-')}-test": pytest.approx(task["score"] * task["points"], abs=0.01)
            for task in one["tasks"]
        }
        for one in json.loads((out / "results.json").read_text())
        if "not_graded" not in one
    }
    assert points[name] == ours
    assert set(ours) == {student for student, homeworks in HANDED_IN.items() if name in homeworks}


def test_right_has_all_points_half_has_half_and_wrong_has_less_in_every_task(points: Points) -> None:
    full = {
        "logistic-test": 2,
        "largest-lr-test": 2,
        "best-lr-test": 2,
        "clipped-test": 3,
        "decaying-test": 3,
    }
    assert points[HW1]["right"] == full
    assert points[HW1]["half"] == full | {"clipped-test": 0, "decaying-test": 0}
    assert all(score <= full[task] / 2 for task, score in points[HW1]["wrong"].items())


def test_the_hidden_test_of_a_release_without_it_counts(course: Path, points: Points) -> None:
    assert "HIDDEN TESTS" in (course / of("source", HW4)).read_text()
    assert "HIDDEN TESTS" not in (course / of("release", HW4)).read_text()
    assert 0 < points[HW4]["half"]["faults-test"] < 3


def test_feedback_has_everybodys_points(course: Path, points: Points) -> None:
    for name in (HW1, HW4):
        for student, tasks in points[name].items():
            page = (course / "feedback" / student / name / f"{name}.html").read_text(encoding="utf-8")
            (score,) = re.findall(rf"<h4>{name} \(Score: ([\d.]+) /", page)
            assert float(score) == pytest.approx(sum(tasks.values()), abs=0.01)
