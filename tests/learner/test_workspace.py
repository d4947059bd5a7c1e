"""The workspace: shipped notebooks come in, and nobody's work goes."""

import json
from pathlib import Path

import pytest

from optcourse.errors import UserError
from optcourse.learner.files import write_atomically
from optcourse.learner.formats import NOTEBOOKS
from optcourse.learner.workspace import MARKER, chosen_workspace, fill, named, reset

NAME = "lessons/09_adam.ipynb"
OURS, NEWER, THEIRS = "version 1", "version 2", "version 1, edited"


class Shelf:
    """Shipped notebooks and a workspace, both on disk."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        self.source = folder / "shipped.ipynb"

    def fill(self, content: str) -> list[str]:
        """Ship `content` and bring it into the workspace."""
        self.source.write_text(content)
        return fill(self.workspace, {NAME: self.source})

    def reset(self, wanted: str) -> str:
        return reset(self.workspace, {NAME: self.source}, wanted)

    def edit(self, content: str) -> None:
        (self.workspace / NAME).write_text(content)

    def lessons(self) -> dict[str, str]:
        """What lies in the workspace's lessons/, by name."""
        return {path.name: path.read_text() for path in (self.workspace / "lessons").iterdir()}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.mark.parametrize(
    ("edit", "ship", "left", "said"),
    [
        (None, OURS, {"09_adam.ipynb": OURS}, ""),
        (THEIRS, OURS, {"09_adam.ipynb": THEIRS}, ""),
        (None, NEWER, {"09_adam.ipynb": NEWER}, "Updated"),
        (THEIRS, NEWER, {"09_adam.ipynb": THEIRS, "09_adam.new.ipynb": NEWER}, "yours is as you left it"),
        (NEWER, NEWER, {"09_adam.ipynb": NEWER}, ""),
        ("", NEWER, {"09_adam.ipynb": "", "09_adam.new.ipynb": NEWER}, "yours is as you left it"),
    ],
    ids=["nothing new", "edited", "upgraded", "edited and upgraded", "already the new one", "emptied"],
)
def test_lab_again_keeps_edits_and_updates_the_rest(
    shelf: Shelf, edit: str | None, ship: str, left: dict[str, str], said: str
) -> None:
    assert shelf.fill(OURS) == [f"Wrote 1 notebook into {shelf.workspace}."]
    if edit is not None:
        shelf.edit(edit)
    sentences = shelf.fill(ship)
    assert shelf.lessons() == left
    assert said in " ".join(sentences)
    assert bool(sentences) == bool(said)
    assert shelf.fill(ship) == []
    assert shelf.lessons() == left


def test_each_new_version_is_written_beside_an_edited_one_just_once(shelf: Shelf) -> None:
    shelf.fill(OURS)
    shelf.edit(THEIRS)
    for version in (NEWER, "version 3", "version 3"):
        shelf.fill(version)
    assert shelf.lessons() == {
        "09_adam.ipynb": THEIRS,
        "09_adam.new.ipynb": NEWER,
        "09_adam.new-2.ipynb": "version 3",
    }
    (shelf.workspace / "lessons" / "09_adam.new-2.ipynb").unlink()
    assert shelf.fill("version 3") == []
    assert "09_adam.new-2.ipynb" not in shelf.lessons()


def test_a_notebook_that_the_learner_removed_comes_back(shelf: Shelf) -> None:
    shelf.fill(OURS)
    (shelf.workspace / NAME).unlink()
    shelf.fill(OURS)
    assert shelf.lessons() == {"09_adam.ipynb": OURS}


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"notebooks": 3}', b"{}", b"\xff\xfe\x00", b"null"])
def test_a_damaged_manifest_is_set_aside_and_costs_no_work(shelf: Shelf, damaged: bytes) -> None:
    shelf.fill(OURS)
    shelf.edit(THEIRS)
    manifest = shelf.workspace / MARKER / NOTEBOOKS.file
    manifest.write_bytes(damaged)
    said = shelf.fill(NEWER)
    assert "was damaged" in said[0]
    assert shelf.lessons() == {"09_adam.ipynb": THEIRS, "09_adam.new.ipynb": NEWER}
    assert manifest.with_name("notebooks.damaged.json").read_bytes() == damaged
    assert set(json.loads(manifest.read_text())["notebooks"]) == {NAME}
    assert shelf.fill(NEWER) == []


@pytest.mark.parametrize("wanted", ["09", "9", "09_adam", "09_adam.ipynb"])
def test_reset_writes_the_shipped_notebook_and_keeps_theirs(shelf: Shelf, wanted: str) -> None:
    shelf.fill(OURS)
    shelf.edit(THEIRS)
    assert "yours is now 09_adam.old.ipynb" in shelf.reset(wanted)
    assert shelf.lessons() == {"09_adam.ipynb": OURS, "09_adam.old.ipynb": THEIRS}
    assert "nothing to reset" in shelf.reset(wanted)
    shelf.edit("again")
    shelf.reset(wanted)
    assert shelf.lessons() == {
        "09_adam.ipynb": OURS,
        "09_adam.old.ipynb": THEIRS,
        "09_adam.old-2.ipynb": "again",
    }


def test_what_was_reset_counts_as_untouched_at_the_next_upgrade(shelf: Shelf) -> None:
    shelf.fill(OURS)
    shelf.edit(THEIRS)
    shelf.reset("09")
    shelf.fill(NEWER)
    assert shelf.lessons() == {"09_adam.ipynb": NEWER, "09_adam.old.ipynb": THEIRS}


def test_resetting_an_unknown_number_lists_what_exists(shelf: Shelf) -> None:
    shelf.fill(OURS)
    with pytest.raises(UserError, match=r"no notebook '12': there are 09\."):
        shelf.reset("12")


SHIPPED = ("00_start_here", "07_rmsprop", "09_adam", "11_nadam", "project1_train_a_network", "hw1_a", "hw2_b")
EVERY = "there are 00 to 11, project1, hw1 to hw2."
MEANT = {
    "rmsprp": "did you mean 07_rmsprop?",
    "9_adam": "did you mean 09_adam?",
    "Adam": "did you mean 09_adam or 11_nadam?",
    "network": "did you mean project1_train_a_network?",
    "hw9": EVERY,
    "12": EVERY,
    "nope": EVERY,
}


@pytest.mark.parametrize(("wanted", "words"), MEANT.items())
def test_an_unknown_notebook_gets_the_nearest_names_or_all_in_short(wanted: str, words: str) -> None:
    with pytest.raises(UserError) as refused:
        named(wanted, {f"lessons/{stem}.ipynb": Path() for stem in SHIPPED})
    assert str(refused.value) == f"There is no notebook {wanted!r}: {words}"


def test_resetting_without_a_workspace_makes_none(shelf: Shelf) -> None:
    with pytest.raises(UserError, match="no workspace in"):
        shelf.reset("09")
    assert not shelf.workspace.exists()


def test_a_folder_that_is_a_file_or_lies_below_one_is_one_sentence(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.workspace.write_text("a file")
    with pytest.raises(UserError, match="is a file: name a folder with --dir"):
        shelf.fill(OURS)
    shelf.workspace /= "below"
    with pytest.raises(UserError, match=r"Cannot write .*below.*: choose a folder of your own with --dir"):
        shelf.fill(OURS)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    path.write_text("old")

    def full_disk(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"kept": "old"}


def test_the_workspace_is_the_one_asked_for_then_the_variable_then_where_we_are_then_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPTCOURSE_WORKSPACE", raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    assert chosen_workspace(None) == tmp_path / "home" / "optcourse-workspace"
    inside = tmp_path / "mine" / "lessons"
    inside.mkdir(parents=True)
    (tmp_path / "mine" / MARKER).mkdir()
    monkeypatch.chdir(inside)
    assert chosen_workspace(None) == tmp_path / "mine"
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path / "set"))
    assert chosen_workspace(None) == tmp_path / "set"
    assert chosen_workspace("asked") == inside / "asked"


def test_what_was_made_for_one_learner_stands_for_what_all_get(tmp_path: Path) -> None:
    shipped = {"exercises/hw1_a.ipynb": tmp_path / "all" / "hw1_a.ipynb"}
    shipped["exercises/hw1_a.ipynb"].parent.mkdir()
    shipped["exercises/hw1_a.ipynb"].write_text("everybody's")
    home = tmp_path / "w"
    own = home / ".optcourse" / "shipped" / "exercises" / "hw1_a.ipynb"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    fill(home, shipped)
    written = home / "exercises" / "hw1_a.ipynb"
    assert written.read_text() == "mine"
    written.write_text("mine, begun")
    assert fill(home, shipped) == []
    assert "yours is now hw1_a.old.ipynb" in reset(home, shipped, "hw1")
    assert written.read_text() == "mine"
