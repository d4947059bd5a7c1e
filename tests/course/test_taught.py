"""Every lesson and every project is written as docs/authors.md says; what only one kind has is in its own file."""

import json
import re
from pathlib import Path

import pytest

from .taught import DISPLAY, LESSONS, PROJECTS, ROOT, cells_of, code, notes, printed, prose, sections

TAUGHT = LESSONS + PROJECTS
VERSIONS = [Path(folder, f"{name}.ipynb") for name in TAUGHT for folder in ("lessons", "solutions")]
BANNED = re.compile(r"\b(obviously|simply|just|of course)\b", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")

taught = pytest.mark.parametrize("name", TAUGHT)


def test_there_are_lessons_and_projects() -> None:
    assert LESSONS
    assert PROJECTS


@taught
def test_the_sections_are_numbered_from_1(name: str) -> None:
    numbers = [number for number, _ in sections(name)]
    assert numbers == list(range(1, len(numbers) + 1))


@taught
def test_the_header_says_time_what_it_builds_on_and_what_one_can_do_afterwards(name: str) -> None:
    header = cells_of(name)[0].source
    assert re.search(r"\*\*Time\*\* \| \d+ minutes", header)
    assert "**Builds on**" in header
    assert "**Afterwards you can**" in header


@taught
def test_there_are_none_of_the_words_that_hurt(name: str) -> None:
    assert not BANNED.findall(prose(name))


@taught
def test_every_displayed_equality_has_a_cell_with_an_assert_in_its_section(name: str) -> None:
    cells = cells_of(name)
    for number, cell in enumerate(cells):
        if cell.kind == "markdown" and (found := DISPLAY.findall(cell.source)):
            later = [one for one in cells[number + 1 :] if one.part == cell.part and one.kind == "code"]
            assert any("assert" in one.source for one in later), found[-1]


@taught
def test_it_asks_three_questions(name: str) -> None:
    assert len(re.findall(r"\bquiz\(", code(name))) >= 3


@taught
def test_every_figure_is_told_in_words_and_has_a_caption(name: str) -> None:
    cells = cells_of(name)
    drawing = [number for number, cell in enumerate(cells) if "plt.show()" in cell.source]
    for count, number in enumerate(drawing, start=1):
        source = cells[number].source
        assert source.startswith(f"# Figure {count}")
        assert "hide-input" in cells[number].tags
        assert "print(" in source
        following = next(cell.source for cell in cells[number + 1 :] if cell.kind == "markdown")
        assert following.startswith(f"*Figure {count}. "), following[:60]


@taught
def test_the_instructor_is_told_timing_and_questions(name: str) -> None:
    for words in ("Timing", "Ask"):
        assert words in notes(name), words


@taught
def test_no_figure_stands_in_the_prose_that_no_cell_printed(name: str) -> None:
    """Decimal numbers and numbers of three digits or more, outside mathematics, years and code."""
    text = re.sub(r"\$[^$]+\$|`[^`]+`|https?://\S+", " ", prose(name))
    shown = (printed(name) + code(name)).replace(",", "").replace("_", "")
    known = set(re.findall(r"\d+(?:\.\d+)?", shown))
    stray = []
    for found in NUMBER.findall(text):
        plain = found.replace(",", "")
        year = re.fullmatch(r"(1[89]|20)\d\d", plain)
        if ("." in plain or len(plain) > 2) and not year and plain not in known:
            stray.append(found)
    assert not stray


@pytest.mark.parametrize("path", VERSIONS, ids=str)
def test_the_notebooks_are_small_and_show_no_error_or_warning(path: Path) -> None:
    content = (ROOT / path).read_text(encoding="utf-8")
    assert len(content.encode()) < 500_000
    outputs = [output for cell in json.loads(content)["cells"] for output in cell.get("outputs", [])]
    assert {output["output_type"] for output in outputs} <= {"stream", "display_data", "execute_result"}
    assert all(output.get("name") != "stderr" for output in outputs)
