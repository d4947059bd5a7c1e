"""The files of a workspace: those of earlier versions open, those of later ones stay as they are."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optcourse.errors import UserError
from optcourse.formats import Format, format_of
from optcourse.learner import progress
from optcourse.learner.card import progress as card
from optcourse.learner.files import sha256
from optcourse.learner.formats import LEADERBOARD, NOTEBOOKS, PROGRESS, read, written
from optcourse.learner.workspace import MARKER, fill, reset
from optcourse.scoring import board, leaderboard
from optcourse.scoring.report import Score

EARLIER = Path(__file__).parent / "earlier"  # as version 0.1.0 wrote them: by the lab, and in a bundle
NAME = "lessons/09_adam.ipynb"
FORMATS = (NOTEBOOKS, PROGRESS, LEADERBOARD)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with one notebook, "version 1", and no file about it."""
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path / "w"))
    (tmp_path / "w" / MARKER).mkdir(parents=True)
    (tmp_path / "w" / NAME).parent.mkdir()
    (tmp_path / "w" / NAME).write_text("version 1")
    return tmp_path / "w"


def shipped(workspace: Path, content: str = "version 2") -> dict[str, Path]:
    source = workspace.parent / "shipped.ipynb"
    source.write_text(content)
    return {NAME: source}


def place(workspace: Path, form: Format) -> Path:
    return workspace / MARKER / form.file if form is NOTEBOOKS else workspace / form.file


@pytest.mark.parametrize("writer", ["lab", "bundle"])
def test_an_earlier_list_of_notebooks_tells_ours_from_theirs_and_gets_a_number(
    workspace: Path, writer: str
) -> None:
    path = place(workspace, NOTEBOOKS)
    shutil.copy(EARLIER / writer / NOTEBOOKS.file, path)
    assert fill(workspace, shipped(workspace)) == [f"Updated {NAME}."]
    whole = json.loads(path.read_text())
    assert whole["format"] == NOTEBOOKS.number
    assert whole["notebooks"] == {NAME: sha256(b"version 2")}


def test_earlier_progress_is_gone_on_with(workspace: Path) -> None:
    shutil.copy(EARLIER / "lab" / PROGRESS.file, workspace)
    assert progress.record("check", "adam_step", passed=True) is None
    done, said = progress.read(workspace)
    assert said is None
    assert (done["check"]["adam_step"]["times"], done["check"]["adam_step"]["at_try"]) == (3, 2)
    assert list(done["quiz"]) == ["Größe von θ?"]
    assert json.loads((workspace / PROGRESS.file).read_text(encoding="utf-8"))["format"] == PROGRESS.number


def test_an_earlier_leaderboard_is_shown(workspace: Path) -> None:
    shutil.copy(EARLIER / "lab" / LEADERBOARD.file, workspace)
    shown = leaderboard()
    assert ("my", 1.5) in [(one.name, one.score) for one in shown.entries]
    assert shown.notes == ()


def refused(workspace: Path) -> dict[str, Callable[[], object]]:
    """What reads or would write each file, by the file's name."""
    return {
        NOTEBOOKS.file: lambda: fill(workspace, shipped(workspace)),
        PROGRESS.file: lambda: progress.read(workspace),
        LEADERBOARD.file: lambda: board.read(workspace),
    }


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.file)
def test_a_later_format_is_refused_in_words_and_stays_as_it_is(workspace: Path, form: Format) -> None:
    later = json.dumps({"format": form.number + 1, form.key: {}, "new": "unheard of"})
    place(workspace, form).write_text(later)
    words = rf"{form.file} is a newer optcourse's \(its format is {form.number + 1}, .*install that optcourse"
    with pytest.raises(UserError, match=words):
        refused(workspace)[form.file]()
    assert place(workspace, form).read_text() == later
    assert (workspace / NAME).read_text() == "version 1"


def test_a_later_format_stops_no_lesson(workspace: Path, a_score: Score) -> None:
    for form in (PROGRESS, LEADERBOARD):
        place(workspace, form).write_text(json.dumps({"format": form.number + 1}))
    before = {form: place(workspace, form).read_bytes() for form in (PROGRESS, LEADERBOARD)}
    said = progress.record("check", "adam_step", passed=True)
    assert said is not None
    assert said.startswith("Not recorded in your progress: ")
    assert "newer optcourse" in card().note
    assert "newer optcourse" in leaderboard().notes[0]
    assert board.keep(a_score).notes[-1].startswith("Not on the leaderboard: ")
    assert {form: place(workspace, form).read_bytes() for form in before} == before


def test_a_reset_with_a_later_list_of_notebooks_moves_nothing(workspace: Path) -> None:
    place(workspace, NOTEBOOKS).write_text('{"format": 9, "notebooks": {}}')
    with pytest.raises(UserError, match="newer optcourse"):
        reset(workspace, shipped(workspace), "09")
    assert [path.name for path in (workspace / "lessons").iterdir()] == ["09_adam.ipynb"]


@pytest.fixture
def a_score() -> Score:
    return Score("my", setting="quick", seed=0, score=1.5, peers={}, source="abc")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.file)
def test_what_is_written_is_read_again_and_says_its_number(tmp_path: Path, form: Format) -> None:
    content = {"θ, Größe": [1, 2.5, None]}
    (tmp_path / form.file).write_bytes(written(form, content))
    assert read(form, tmp_path / form.file, dict) == (content, None)
    assert json.loads((tmp_path / form.file).read_text(encoding="utf-8"))["format"] == form.number


@pytest.mark.parametrize("number", ["1", True, -1, 1.5, None, [1]])
def test_a_number_that_is_none_is_damage(tmp_path: Path, number: Any) -> None:
    with pytest.raises(ValueError, match="no number of a format"):
        format_of({"format": number})
    path = tmp_path / PROGRESS.file
    path.write_text(json.dumps({"format": number, "done": {}}))
    assert read(PROGRESS, path, dict) == (None, "progress.json was damaged and is now progress.damaged.json")
