"""The commands, through their own front door."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import optcourse
from optcourse.cli import app
from optcourse.course import shipped
from optcourse.errors import UserError
from optcourse.learner import lab

RUNNER = CliRunner()


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two lessons to ship, and a JupyterLab that can be told to start but does not."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for stem in ("01_gradient_descent", "09_adam"):
        (folder / f"{stem}.ipynb").write_text(stem)
    found = {f"lessons/{path.name}": path for path in sorted(folder.iterdir())}
    monkeypatch.setattr(shipped, "shipped_notebooks", lambda: found)
    monkeypatch.setattr(lab, "check_lab", lambda *_: None)
    monkeypatch.setattr(lab, "run_lab", lambda command: 0)
    return folder


def test_optcourse_alone_prints_help_and_lists_every_command() -> None:
    result = RUNNER.invoke(app, [])
    assert result.exit_code == 0
    for command in ("lab", "reset", "html", "progress", "check", "race", "build", "grade"):
        assert command in result.output


def test_version_is_the_packages() -> None:
    assert RUNNER.invoke(app, ["--version"]).output == f"optcourse {optcourse.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from optcourse.cli import app; "
        "CliRunner().invoke(app, ['--help']); "
        "print({'numpy', 'matplotlib', 'jupytext', 'IPython'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_lab_makes_a_workspace_and_starts_on_the_first_lesson(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(lab, "run_lab", lambda command: commands.append(command) or 0)
    result = RUNNER.invoke(app, ["lab", "--dir", str(tmp_path / "w"), "--no-browser", "--", "--debug"])
    assert result.exit_code == 0, result.output
    assert "Wrote 2 notebooks" in result.output
    assert (tmp_path / "w" / "lessons" / "09_adam.ipynb").read_text() == "09_adam"
    assert "--LabApp.default_url=/lab/tree/lessons/01_gradient_descent.ipynb" in commands[0]
    assert "--no-browser" in commands[0]
    assert commands[0][-1] == "--debug"


def test_lab_passes_on_jupyters_exit_code(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "run_lab", lambda command: 7)
    assert RUNNER.invoke(app, ["lab", "--dir", str(tmp_path / "w")]).exit_code == 7


def test_reset_sets_one_lesson_back(lessons: Path, tmp_path: Path) -> None:
    folder = ["--dir", str(tmp_path / "w")]
    RUNNER.invoke(app, ["lab", *folder])
    lesson = tmp_path / "w" / "lessons" / "09_adam.ipynb"
    lesson.write_text("mine")
    assert "09_adam.old.ipynb" in RUNNER.invoke(app, ["reset", "09", *folder]).output
    assert lesson.read_text() == "09_adam"
    assert lesson.with_name("09_adam.old.ipynb").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lab", "--dir", "FILE"], "is a file: name a folder with --dir"),
        (["lab", "--dir", "FILE/below"], "Cannot write"),
        (["reset", "09", "--dir", "nowhere"], "There is no workspace in"),
        (["reset", "12", "--dir", "MADE"], "there are 01 to 09"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_on_stderr(
    lessons: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "FILE").write_text("")
    RUNNER.invoke(app, ["lab", "--dir", str(tmp_path / "MADE")])
    placed = [*arguments[:-1], str(tmp_path / arguments[-1])]
    result = RUNNER.invoke(app, placed)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_building_outside_a_checkout_or_without_jupytext_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jupytext", None)
    monkeypatch.delitem(sys.modules, "optcourse.course.build", raising=False)
    result = RUNNER.invoke(app, ["build", "--check"])
    assert result.exit_code == 2
    assert result.stderr == "optcourse: jupytext is missing: pip install -e '.[author]'\n"
    monkeypatch.setattr(shipped, "checkout", lambda: None)
    assert "in a checkout of optcourse" in RUNNER.invoke(app, ["build"]).stderr


@pytest.mark.parametrize(("stale", "code"), [([], 0), (["lessons/01.ipynb is stale"], 1)])
def test_build_check_fails_where_something_is_stale(
    monkeypatch: pytest.MonkeyPatch, stale: list[str], code: int
) -> None:
    monkeypatch.setattr("optcourse.course.build.check", lambda root: stale)
    result = RUNNER.invoke(app, ["build", "--check"])
    assert result.exit_code == code
    assert result.stdout.splitlines() == stale


def test_an_installation_without_lessons_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shipped, "checkout", lambda: tmp_path)
    with pytest.raises(UserError, match=r"There are no lessons in .*: install optcourse again"):
        shipped.shipped_notebooks()


def test_grade_writes_results_and_names_what_is_wrong(tmp_path: Path) -> None:
    pytest.importorskip("pyseccomp")
    (tmp_path / "in" / "ann").mkdir(parents=True)
    step = "def gd_step(theta, grad, state, *, lr=0.01):\n    return theta + lr * grad, state\n"
    (tmp_path / "in" / "ann" / "a.py").write_text(step)
    arguments = [
        "grade",
        str(tmp_path / "in"),
        "--rule",
        "gd",
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    ]
    result = RUNNER.invoke(app, arguments)
    assert result.exit_code == 0, result.output
    [one] = json.loads((tmp_path / "out" / "results.json").read_text())
    assert (one["student"], one["file"]) == ("ann", "a.py")
    assert one["tasks"][0]["mistakes"] == ["ascends"]


def test_inside_a_hub_lab_fills_the_workspace_and_starts_no_second_server(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "run_lab", lambda command: pytest.fail("a second server was started"))
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(tmp_path))
    result = RUNNER.invoke(app, ["lab", "--dir", str(tmp_path / "w")])
    assert result.exit_code == 0
    assert "Open /user/ann/lab/tree/w/lessons/01_gradient_descent.ipynb" in result.output
    assert (tmp_path / "w" / "lessons" / "09_adam.ipynb").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say what is graded: --rule adam, or --assignment hw1"),
        (["--rule", "adam", "--assignment", "hw1"], "(one of the two)"),
        (["--rule", "addam"], "addam"),
        (["--assignment", "hw77"], "There is no assignment 'hw77'"),
        (["--rule", "adam", "--workers", "0"], "1 or more; got 0"),
        (["--rule", "adam", "--cpu", "-1"], "more than 0; got -1"),
    ],
)
def test_grading_what_cannot_be_graded_is_one_sentence(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    pytest.importorskip("pyseccomp")
    result = RUNNER.invoke(app, ["grade", str(tmp_path), "--out", str(tmp_path / "out"), *arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
