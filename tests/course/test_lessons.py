"""Every lesson is what docs/authors.md says a lesson is."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jupytext
import pytest

from optcourse.rules import RULES

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9][0-9]_*.md"))
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
BANNED = re.compile(r"\b(obviously|simply|just|of course)\b", re.IGNORECASE)
DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")


@dataclass(frozen=True)
class Cell:
    """A cell of a source, with the section ("## ...") and the part ("### ...") that it stands in."""

    kind: str
    source: str
    tags: tuple[str, ...]
    section: str
    part: int  # counts headings, so cells of one part have one number


@cache
def cells_of(lesson: str) -> tuple[Cell, ...]:
    cells, section, part = [], "", 0
    for cell in jupytext.read(ROOT / "solutions" / f"{lesson}.md", fmt="md:myst").cells:
        pieces = (
            re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE)
            if cell.cell_type == "markdown"
            else [cell.source]
        )
        for piece in filter(None, pieces):
            if cell.cell_type == "markdown" and (heading := re.match(r"(#{1,3}) (.*)", piece)):
                part += 1
                section = heading[2] if len(heading[1]) < 3 else section
            cells.append(Cell(cell.cell_type, piece, tuple(cell.metadata.get("tags", ())), section, part))
    return tuple(cells)


def prose(lesson: str) -> str:
    """What the learner reads, without code and displayed mathematics."""
    texts = [
        cell.source for cell in cells_of(lesson) if cell.kind == "markdown" and "instructor" not in cell.tags
    ]
    return DISPLAY.sub(" ", "\n\n".join(texts))


def code(lesson: str) -> str:
    return "\n".join(cell.source for cell in cells_of(lesson) if cell.kind == "code")


@cache
def printed(lesson: str) -> str:
    """All text outputs of the solved notebook."""
    notebook = json.loads((ROOT / "solutions" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return "\n".join("".join(text) for output in outputs for text in _texts(output))


def _texts(output: dict[str, Any]) -> list[Any]:
    data = output.get("data", {})
    return [output.get("text", ""), *(data.get(kind, "") for kind in ("text/plain", "text/markdown"))]


lessons = pytest.mark.parametrize("lesson", LESSONS)


@lessons
def test_a_lesson_has_its_sections_in_order(lesson: str) -> None:
    titles = [cell.section for cell in cells_of(lesson)]
    numbered = list(dict.fromkeys(title for title in titles if re.match(r"\d+\. ", title)))
    assert [int(title.split(".")[0]) for title in numbered] == list(range(1, len(numbered) + 1))
    assert tuple(title.split(". ", 1)[1] for title in numbered[1:]) == SECTIONS


@lessons
def test_the_header_says_time_what_it_builds_on_and_what_one_can_do_afterwards(lesson: str) -> None:
    header = cells_of(lesson)[0].source
    time = re.search(r"\*\*Time\*\* \| (\d+) minutes", header)
    assert time
    assert 30 <= int(time[1]) <= 45
    assert "**Builds on**" in header
    assert "**Afterwards you can**" in header


@lessons
def test_a_lesson_is_1200_to_2500_words_without_the_words_that_hurt(lesson: str) -> None:
    text = prose(lesson)
    words = len(re.findall(r"[A-Za-z][\w'-]*", re.sub(r"\$[^$]+\$|`[^`]+`", " x ", text)))
    assert 1200 <= words <= 2500, words
    assert not BANNED.findall(text)


@lessons
def test_every_displayed_equality_has_a_cell_with_an_assert_in_its_section(lesson: str) -> None:
    cells = cells_of(lesson)
    for number, cell in enumerate(cells):
        if cell.kind == "markdown" and (found := DISPLAY.findall(cell.source)):
            later = [one for one in cells[number + 1 :] if one.part == cell.part and one.kind == "code"]
            assert any("assert" in one.source for one in later), found[-1]


@lessons
def test_it_predicts_checks_explores_and_asks(lesson: str) -> None:
    text = code(lesson)
    calls = {
        name: len(re.findall(rf"\b{name}\(", text))
        for name in ("predict", "check", "explore", "quiz", "mine")
    }
    assert all(calls[name] >= 1 for name in ("predict", "check", "explore", "mine")), calls
    assert calls["quiz"] >= 3


@lessons
def test_there_are_two_small_tasks_beside_the_step(lesson: str) -> None:
    text = code(lesson)
    tasks = len(re.findall(r"\b(?:confirm|a_number|clinic)\(|check\(\w+, .*dialect=", text))
    tasks += len(re.findall(r"\bpredict\(", text)) - 1 + len(re.findall(r"check\(\w+_grad", text))
    assert tasks >= 2


@lessons
def test_every_figure_is_told_in_words_and_has_a_caption(lesson: str) -> None:
    cells = cells_of(lesson)
    drawing = [number for number, cell in enumerate(cells) if "plt.show()" in cell.source]
    for count, number in enumerate(drawing, start=1):
        source = cells[number].source
        assert source.startswith(f"# Figure {count}")
        assert "hide-input" in cells[number].tags
        assert "print(" in source
        following = next(cell.source for cell in cells[number + 1 :] if cell.kind == "markdown")
        assert following.startswith(f"*Figure {count}. "), following[:60]


@lessons
def test_the_instructor_is_told_timing_mistakes_and_questions(lesson: str) -> None:
    notes = "\n".join(
        cell.source for cell in cells_of(lesson) if "instructor" in cell.tags and cell.kind == "markdown"
    )
    for words in ("Timing", "Mistakes to expect", "Ask"):
        assert words in notes, words
    keys = {key for rule in RULES.values() for key in (*rule.mistakes, *rule.dialects)}
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", notes))
    assert named, "name mistakes by their keys"
    assert named <= keys, named - keys


@lessons
def test_the_recap_card_is_complete(lesson: str) -> None:
    card = "\n".join(cell.source for cell in cells_of(lesson) if cell.section.endswith("Recap card"))
    for row in RECAP:
        assert f"**{row}**" in card, row
    assert "**Next:**" in card


@lessons
def test_no_figure_stands_in_the_prose_that_no_cell_printed(lesson: str) -> None:
    """Decimal numbers and numbers of three digits or more, outside mathematics, years and code."""
    text = re.sub(r"\$[^$]+\$|`[^`]+`|https?://\S+", " ", prose(lesson))
    known = set(
        re.findall(r"\d+(?:\.\d+)?", (printed(lesson) + code(lesson)).replace(",", "").replace("_", ""))
    )
    stray = []
    for found in NUMBER.findall(text):
        plain = found.replace(",", "")
        year = re.fullmatch(r"(1[89]|20)\d\d", plain)
        if ("." in plain or len(plain) > 2) and not year and plain not in known:
            stray.append(found)
    assert not stray
