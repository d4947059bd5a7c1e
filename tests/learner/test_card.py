"""The card says what is done, and badges are earned by what was done and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from optcourse.learner.badges import badges
from optcourse.learner.card import progress
from optcourse.learner.progress import record
from optcourse.rules import RULES


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    return tmp_path


def earned() -> set[str]:
    return {badge.name for badge in badges(progress().progress) if badge.earned}


EARNING: list[tuple[str, list[tuple[str, str, dict[str, Any]]]]] = [
    ("First rule", [("check", "adam_step", {"passed": True})]),
    ("Diagnosis", [("clinic", "adam 3", {"found": True})]),
    ("Breaker", [("challenge", "break descent", {"beaten": True})]),
    ("Foresight", [("prediction", f"path {n}", {"right": True}) for n in range(5)]),
]


@pytest.mark.parametrize(("name", "doings"), EARNING)
def test_a_badge_is_earned_by_its_own_deed_and_not_before(workspace: Path, name: str, doings: Any) -> None:
    for kind, key, facts in doings[:-1]:
        record(kind, key, **facts)
    assert name not in earned()
    kind, key, facts = doings[-1]
    record(kind, key, **dict.fromkeys(facts, False))
    assert name not in earned()
    record(kind, key if name != "Foresight" else "nothing", **facts)
    assert (name in earned()) == (name != "Foresight")  # a wrong prediction breaks the row


def test_five_right_predictions_in_a_row_earn_foresight(workspace: Path) -> None:
    for n in range(5):
        assert "Foresight" not in earned()
        record("prediction", f"path {n}", right=True)
    assert "Foresight" in earned()


def test_all_rules_takes_every_one(workspace: Path) -> None:
    for name in RULES:
        assert "All rules" not in earned()
        record("check", f"{name}_step", passed=True)
    assert "All rules" in earned()


def test_the_card_shows_rules_kinds_and_badges_as_text_and_as_a_table(workspace: Path) -> None:
    record("check", "adam_step", passed=True)
    record("quiz", "why <so>?", right=False)
    text, html = repr(progress()), progress()._repr_html_()
    for words in (
        "[x] Rule: Adam ",
        "[ ] Rule: Lion",
        "[ ] Quizzes",
        "0 of 1 right",
        "[x] Badge: First rule",
    ):
        assert words in text
    assert "<caption>Your progress</caption>" in html
    assert html.count("text-align:left") == html.count("<th ") + html.count("<td ") == 3 * html.count("<tr>")
    assert html.count("<tr>") == len(text.splitlines()) + 1


def test_a_damaged_file_is_said_on_the_card(workspace: Path) -> None:
    (workspace / "progress.json").write_text("{", encoding="utf-8")
    assert "was damaged" in repr(progress())


def test_without_a_workspace_the_card_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPTCOURSE_WORKSPACE", raising=False)
    assert "optcourse lab" in repr(progress())
