"""Every project is written as docs/authors.md says, as far as that is about projects too."""

import json
import re
from pathlib import Path

import pytest
from test_lessons import BANNED, DISPLAY, NUMBER, ROOT, cells_of, code, printed, prose

PROJECTS = sorted(path.stem for path in (ROOT / "solutions").glob("project[0-9]_*.md"))
VERSIONS = [Path(folder, f"{name}.ipynb") for name in PROJECTS for folder in ("lessons", "solutions")]

projects = pytest.mark.parametrize("project", PROJECTS)


@projects
def test_a_project_numbers_its_sections_and_has_a_quiz_and_at_the_end_a_recap_card(project: str) -> None:
    titles = [cell.section for cell in cells_of(project)]
    numbered = list(dict.fromkeys(title for title in titles if re.match(r"\d+\. ", title)))
    assert [int(title.split(".")[0]) for title in numbered] == list(range(1, len(numbered) + 1))
    names = [title.split(". ", 1)[1] for title in numbered]
    assert "Quiz" in names
    assert names[-1] == "Recap card"
    assert re.match(rf"Project {project.removeprefix('project')[0]}\b", titles[0])


@projects
def test_the_header_says_time_what_it_builds_on_and_what_one_can_do_afterwards(project: str) -> None:
    header = cells_of(project)[0].source
    assert re.search(r"\*\*Time\*\* \| \d+ minutes", header)
    assert "**Builds on**" in header
    assert "**Afterwards you can**" in header


@projects
def test_a_project_is_at_most_3000_words_without_the_words_that_hurt(project: str) -> None:
    text = prose(project)
    words = len(re.findall(r"[A-Za-z][\w'-]*", re.sub(r"\$[^$]+\$|`[^`]+`", " x ", text)))
    assert 1000 <= words <= 3000, words
    assert not BANNED.findall(text)


@projects
def test_every_displayed_equality_has_a_cell_with_an_assert_in_its_section(project: str) -> None:
    cells = cells_of(project)
    for number, cell in enumerate(cells):
        if cell.kind == "markdown" and (found := DISPLAY.findall(cell.source)):
            later = [one for one in cells[number + 1 :] if one.part == cell.part and one.kind == "code"]
            assert any("assert" in one.source for one in later), found[-1]


@projects
def test_it_asks_and_gives_something_to_do(project: str) -> None:
    text = code(project)
    assert len(re.findall(r"\bquiz\(", text)) >= 3
    assert re.search(r"\b(?:confirm|a_number|check|challenge)\(", text)
    assert "### BEGIN SOLUTION" in text


@projects
def test_every_figure_is_told_in_words_and_has_a_caption(project: str) -> None:
    cells = cells_of(project)
    drawing = [number for number, cell in enumerate(cells) if "plt.show()" in cell.source]
    for count, number in enumerate(drawing, start=1):
        source = cells[number].source
        assert source.startswith(f"# Figure {count}")
        assert "hide-input" in cells[number].tags
        assert "print(" in source
        following = next(cell.source for cell in cells[number + 1 :] if cell.kind == "markdown")
        assert following.startswith(f"*Figure {count}. "), following[:60]


@projects
def test_the_instructor_is_told_timing_and_questions(project: str) -> None:
    notes = "\n".join(
        cell.source for cell in cells_of(project) if "instructor" in cell.tags and cell.kind == "markdown"
    )
    for words in ("Timing", "Ask"):
        assert words in notes, words


@projects
def test_no_figure_stands_in_the_prose_that_no_cell_printed(project: str) -> None:
    """Decimal numbers and numbers of three digits or more, outside mathematics, years and code."""
    text = re.sub(r"\$[^$]+\$|`[^`]+`|https?://\S+", " ", prose(project))
    shown = (printed(project) + code(project)).replace(",", "").replace("_", "")
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
