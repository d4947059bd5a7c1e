"""What a lesson has that a project need not have; the rest is in test_taught.py."""

import re

import pytest

from optcourse.rules import RULES

from .taught import LESSONS, cells_of, code, notes, sections, words

SECTIONS = (
    "Predict",
    "Derive",
    "Write the step",
    "Check it",
    "Explore your step",
    "Break it",
    "Conventions",
    "Quiz",
    "Recap card",
)
RECAP = ("Rule", "State", "Hypers", "Good for", "Not for", "Elsewhere")

lessons = pytest.mark.parametrize("lesson", LESSONS)


@lessons
def test_a_lesson_has_its_sections_in_order(lesson: str) -> None:
    assert tuple(title for _, title in sections(lesson)[1:]) == SECTIONS


@lessons
def test_a_lesson_takes_30_to_45_minutes(lesson: str) -> None:
    time = re.search(r"\*\*Time\*\* \| (\d+) minutes", cells_of(lesson)[0].source)
    assert time
    assert 30 <= int(time[1]) <= 45


@lessons
def test_a_lesson_is_1200_to_2500_words(lesson: str) -> None:
    assert 1200 <= words(lesson) <= 2500, words(lesson)


@lessons
def test_it_predicts_checks_and_explores(lesson: str) -> None:
    text = code(lesson)
    missing = [
        name for name in ("predict", "check", "explore", "mine") if not re.search(rf"\b{name}\(", text)
    ]
    assert not missing


@lessons
def test_there_are_two_small_tasks_beside_the_step(lesson: str) -> None:
    text = code(lesson)
    tasks = len(re.findall(r"\b(?:confirm|a_number|clinic)\(|check\(\w+, .*dialect=", text))
    tasks += len(re.findall(r"\bpredict\(", text)) - 1 + len(re.findall(r"check\(\w+_grad", text))
    assert tasks >= 2


@lessons
def test_the_instructor_is_told_which_mistakes_to_expect_by_their_keys(lesson: str) -> None:
    assert "Mistakes to expect" in notes(lesson)
    keys = {key for rule in RULES.values() for key in (*rule.mistakes, *rule.dialects)}
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", notes(lesson)))
    assert named, "name mistakes by their keys"
    assert named <= keys, named - keys


@lessons
def test_the_recap_card_is_complete(lesson: str) -> None:
    card = "\n".join(cell.source for cell in cells_of(lesson) if cell.section.endswith("Recap card"))
    for row in RECAP:
        assert f"**{row}**" in card, row
    assert "**Next:**" in card
