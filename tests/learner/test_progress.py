"""What a learner has done is kept, whatever becomes of the file."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.learner.progress import FILE, KINDS, read, record
from optcourse.learner.progress_table import result, totals


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    (tmp_path / ".optcourse").mkdir()
    return tmp_path


def stored(workspace: Path) -> Any:
    return json.loads((workspace / FILE).read_text(encoding="utf-8"))["done"]


def test_an_entry_counts_tries_and_successes_and_keeps_the_latest_of_all_else(workspace: Path) -> None:
    assert record("prediction", "a path", right=False, guess="converge") is None
    assert record("prediction", "a path", right=True, guess="diverge") is None
    today = datetime.now(UTC).date().isoformat()
    entry = {"times": 2, "right": 1, "in_a_row": 0, "at_try": 2, "guess": "diverge"}
    entry |= {"first": today, "last": today}
    assert stored(workspace) == {"prediction": {"a path": entry}}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_kept_beside_the_others(workspace: Path, kind: str) -> None:
    record("check", "adam_step", passed=True)
    record(kind, "one more", **{KINDS[kind][1]: True})
    done = stored(workspace)
    assert done["check"]["adam_step"]["passed"] == 1
    assert done[kind]["one more"]["times"] == 1


def test_a_row_counts_first_tries_that_were_right_and_a_second_try_changes_no_row(workspace: Path) -> None:
    for key, right in (
        ("a", True),
        ("b", True),
        ("c", False),
        ("c", True),
        ("d", True),
        ("e", True),
        ("a", False),
    ):
        record("prediction", key, right=right)
    rows = {key: entry["in_a_row"] for key, entry in stored(workspace)["prediction"].items()}
    assert rows == {"a": 1, "b": 2, "c": 0, "d": 1, "e": 2}


def test_the_try_that_first_went_well_stays_whatever_comes_after_it(workspace: Path) -> None:
    for passed in (False, False, True, False, True):
        record("check", "adam_step", passed=passed)
    assert stored(workspace)["check"]["adam_step"]["at_try"] == 3
    (workspace / FILE).write_text(json.dumps({"done": {"check": {"gd_step": {"times": 4, "passed": 1}}}}))
    record("check", "gd_step", passed=True)
    assert "at_try" not in stored(workspace)["check"]["gd_step"]  # an earlier version did not note it


def test_infinity_and_letters_of_other_scripts_are_readable_json(workspace: Path) -> None:
    record("prediction", "θ, Größe", right=True, truth=float("inf"))
    text = (workspace / FILE).read_text(encoding="utf-8")
    assert "θ, Größe" in text
    assert stored(workspace)["prediction"]["θ, Größe"]["truth"] == "inf"


DAMAGED = {
    "cut off": '{"done": {"check": {',
    "empty": "",
    "another kind of JSON": "[1, 2]",
    "an entry that is none": '{"done": {"check": {"adam_step": 3}}}',
    "a count that is none": '{"done": {"check": {"adam_step": {"times": "often"}}}}',
    "not UTF-8": b"\xff\xfe\x00".decode("latin-1"),
    "nested without end": "[" * 100_000,
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_set_aside_with_a_sentence_and_a_new_one_begun(workspace: Path, text: str) -> None:
    (workspace / FILE).write_bytes(text.encode("latin-1"))
    said = record("check", "gd_step", passed=True)
    assert said is not None
    assert "progress.damaged.json" in said
    assert (workspace / "progress.damaged.json").read_bytes() == text.encode("latin-1")
    assert list(stored(workspace)["check"]) == ["gd_step"]
    assert record("check", "gd_step", passed=True) is None


def test_what_a_later_version_records_is_left_as_it_is(workspace: Path) -> None:
    later = {"duel": {"hill": {"times": 1, "won": 1}}}
    (workspace / FILE).write_text(json.dumps({"done": later}), encoding="utf-8")
    record("check", "gd_step", passed=True)
    assert stored(workspace)["duel"] == later["duel"]


def test_without_a_workspace_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPTCOURSE_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert record("check", "gd_step", passed=True) is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said_and_never_raised(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(workspace / "file"))
    said = record("check", "gd_step", passed=True)
    assert said is not None
    assert said.startswith("Not recorded in your progress")


def test_an_unknown_kind_is_our_mistake_and_raised(workspace: Path) -> None:
    with pytest.raises(ValueError, match="there are check, prediction, quiz, task, clinic, challenge"):
        record("checks", "gd_step", passed=True)


def test_threads_that_record_at_once_lose_nothing(workspace: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda i: record("quiz", f"question {i % 4}", right=i % 2 == 0), range(80)))
    assert set(said) == {None}
    assert [entry["times"] for entry in stored(workspace)["quiz"].values()] == [20] * 4


def test_kernels_that_record_at_once_lose_nothing(workspace: Path) -> None:
    code = "from optcourse.learner.progress import record\n"
    code += "for _ in range(25): assert record('check', 'adam_step', passed=True) is None"
    kernels = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [kernel.wait(timeout=600) for kernel in kernels] == [0, 0, 0]
    assert stored(workspace)["check"]["adam_step"]["passed"] == 75
    assert sorted(path.name for path in workspace.iterdir()) == [".optcourse", FILE]


RESULTS = [
    ({"times": 1, "passed": 1, "at_try": 1}, "✓ passed on try 1"),
    ({"times": 8, "passed": 2, "at_try": 6}, "✓ passed on try 6"),
    ({"times": 1, "passed": 0}, "not passed in 1 try"),
    ({"times": 2}, "not passed in 2 tries"),
    ({"times": 2, "passed": 2}, "✓ passed"),  # from a version that did not note the try
    ({"times": 3, "passed": 1}, "✓ passed, in 3 tries"),
]


@pytest.mark.parametrize(("entry", "words"), RESULTS)
def test_a_result_in_words(entry: dict[str, object], words: str) -> None:
    assert result(entry, "passed") == words


def test_the_totals_count_what_went_well() -> None:
    done = {"check": {"a": {"times": 2, "passed": 1}, "b": {"times": 1, "passed": 0}}}
    assert totals(done) == "Checks: 1 of 2 passed."
    assert totals({}).startswith("Nothing is recorded yet")


def test_mathematics_in_a_question_is_shown_as_a_terminal_can(workspace: Path) -> None:
    record("quiz", r"With $\beta_1 = 0.9$, is it?", right=True)
    run = CliRunner().invoke(app, ["progress", "--dir", str(workspace)])
    assert "With beta_1 = 0.9, is it?" in run.output


def test_the_command_prints_a_row_for_each_and_the_totals(workspace: Path) -> None:
    record("check", "adam_step", passed=True)
    record("clinic", "adam: v is not bias-corrected", found=False)
    run = CliRunner().invoke(app, ["progress", "--dir", str(workspace)])
    assert run.exit_code == 0
    for words in (
        "adam_step",
        "✓ passed on try 1",
        "not found in 1 try",
        "Checks: 1 of 1 passed; clinic: 0 of 1 found.",
    ):
        assert words in run.output


def test_the_command_says_where_there_is_no_workspace_and_where_the_file_was_damaged(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nowhere = CliRunner().invoke(app, ["progress", "--dir", str(tmp_path_factory.mktemp("nowhere"))])
    assert nowhere.exit_code == 2
    assert "There is no workspace" in nowhere.output
    (workspace / FILE).write_text("{", encoding="utf-8")
    run = CliRunner().invoke(app, ["progress", "--dir", str(workspace)])
    assert run.exit_code == 0
    assert "was damaged" in run.output
    assert read(workspace) == ({}, None)
