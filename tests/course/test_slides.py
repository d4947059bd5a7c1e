"""Slides of a lesson: one page, nothing loaded, the instructor's cells as notes and nowhere else."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.course import shipped, slides
from optcourse.course.html import Exported
from optcourse.course.slides_parted import MOST_CODE, ROOM, Piece, paragraphs, parted, sources, together
from optcourse.errors import UserError

SOURCE = """\
---
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# 77 A lesson

```{code-cell} ipython3
import math
```

+++ {"tags": ["instructor"]}

**For the instructor.** Ask before you show.

+++

## 1. First

Some text with $x^2$.

```{code-cell} ipython3
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION
```

### Below it

More text.

## 2. Second

### Joined

Text.

```{code-cell} ipython3
:tags: [instructor]

secret = 42
```

```{code-cell} ipython3
print("</script><b>shown</b>")
```
"""


class Sections(HTMLParser):
    """The texts of each slide, and those of its notes."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.in_notes, self.in_text = 0, False, True
        self.stacks: list[list[dict[str, str]]] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [value or "" for name, value in attrs if name in ("src", "srcset", "href", "data")]
        self.in_notes |= tag == "aside"
        self.in_text = tag not in ("script", "style")
        if tag == "section":
            self.depth += 1
            if self.depth == 1:
                self.stacks.append([])
            else:
                self.stacks[-1].append({"slide": "", "notes": ""})

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "section"
        self.in_notes &= tag != "aside"
        self.in_text |= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if self.depth == 2 and self.in_text:
            self.stacks[-1][-1]["notes" if self.in_notes else "slide"] += data


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Sections]:
    """The slides of SOURCE, by whether they show the solution."""
    folder, pages = tmp_path_factory.mktemp("slides"), {}
    source = folder / "77_a_lesson.md"
    source.write_text(SOURCE)
    for solved in (False, True):
        page = slides.slides(source, folder / "out.html", solved).path.read_text()
        pages[solved] = Sections()
        pages[solved].feed(page)
        assert pages[solved].depth == 0
    return pages


def test_sections_are_slides_and_what_is_below_a_heading_is_below_it(pages: dict[bool, Sections]) -> None:
    found = pages[False]
    firsts = [[slide["slide"].split("\n")[0] for slide in stack] for stack in found.stacks]
    assert firsts == [["77 A lesson"], ["1. First", "Below it"], ["2. Second"]]
    assert "Joined" in found.stacks[2][0]["slide"]
    assert not found.loads
    assert "</script><b>shown</b>" in found.stacks[2][0]["slide"]


def test_the_instructors_cells_are_notes_and_on_no_slide(pages: dict[bool, Sections]) -> None:
    found = pages[False]
    on_slides = "".join(slide["slide"] for stack in found.stacks for slide in stack)
    assert "Ask before you show." in found.stacks[0][0]["notes"]
    assert "secret" in found.stacks[2][0]["notes"]
    assert "Ask before" not in on_slides
    assert "secret" not in on_slides


@pytest.mark.parametrize("solved", [False, True])
def test_the_solution_is_shown_only_where_it_is_asked_for(pages: dict[bool, Sections], solved: bool) -> None:
    words = pages[solved].stacks[1][0]["slide"]
    assert ("return x + x" in words) is solved
    assert ("YOUR CODE HERE" in words) is not solved


def test_without_reveal_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'optcourse\[slides\]'"):
        slides.reveal_files()


def test_slides_of_no_lesson_or_outside_a_checkout_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There is no lesson '99'" in CliRunner().invoke(app, ["slides", "99"]).stderr
    monkeypatch.setattr(shipped, "checkout", lambda: None)
    assert "in a checkout" in CliRunner().invoke(app, ["slides", "09"]).stderr


@pytest.mark.parametrize(("out", "target"), [("", "09_adam_slides.html"), ("new", "new/09_adam_slides.html")])
def test_the_file_is_called_the_same_here_and_in_a_folder(
    out: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(source: Path, path: Path, solved: bool) -> Exported:
        path.write_text("slides")
        return Exported(path, ())

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(slides, "slides", write)
    done = CliRunner().invoke(app, ["slides", "09", *(["--out", out] if out else [])])
    assert done.exit_code == 0, done.output
    assert (tmp_path / target).is_file()


@given(st.lists(st.builds(
    Piece, st.text("abc", max_size=3), st.floats(0, 25), st.booleans(), st.booleans(), st.booleans()
), max_size=30))  # fmt: skip
def test_pieces_are_parted_in_order_and_a_slide_is_only_overfull_with_what_stays_together(
    pieces: list[Piece],
) -> None:
    found = parted(pieces)
    assert [piece for slide in found for piece in slide] == pieces
    assert len(found) == 1 or all(found)
    for slide in found:
        groups = list(together(slide))
        assert (
            sum(piece.lines for piece in slide) <= ROOM
            or len([g for g in groups if sum(p.lines for p in g)]) == 1
        )
        assert len(found) == 1 or slide is found[-1] or not slide[-1].opens


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("One.\n\nTwo.", 2),
        ("- one\n\n- two\n\n  still two", 1),
        ("Text.\n\n```\na\n\nb\n```\n\nMore.", 3),
        ("$$\na\n\nb\n$$", 1),
    ],
)
def test_what_belongs_together_in_markdown_is_one_piece(source: str, count: int) -> None:
    found = paragraphs(source)
    assert len(found) == count
    assert "\n\n".join(found) == source


@given(st.lists(st.sampled_from(["x = 1", "", "    y", "def f():"]), max_size=80).map("\n".join))
def test_code_in_pieces_is_the_same_code(source: str) -> None:
    found = sources(source)
    assert "".join("".join(found).split("\n")) == "".join(source.split("\n"))
    assert all(len(one.splitlines()) <= MOST_CODE or "\n\n" not in one for one in found)
