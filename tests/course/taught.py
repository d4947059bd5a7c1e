"""The sources of lessons and projects as tests read them: cell by cell, with what the solved ones printed."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jupytext

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "solutions").glob("[0-9][0-9]_*.md"))
PROJECTS = sorted(path.stem for path in (ROOT / "solutions").glob("project[0-9]_*.md"))
DISPLAY = re.compile(r"\$\$.+?\$\$", re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A cell of a source, with the section ("## ...") and the part ("### ...") that it stands in."""

    kind: str
    source: str
    tags: tuple[str, ...]
    section: str
    part: int  # counts headings, so cells of one part have one number


@cache
def cells_of(name: str) -> tuple[Cell, ...]:
    cells, section, part = [], "", 0
    for cell in jupytext.read(ROOT / "solutions" / f"{name}.md", fmt="md:myst").cells:
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


def sections(name: str) -> list[tuple[int, str]]:
    """The number and the title of each section that has a number."""
    found = (re.fullmatch(r"(\d+)\. (.*)", cell.section) for cell in cells_of(name))
    return list(dict.fromkeys((int(title[1]), title[2]) for title in found if title))


def prose(name: str) -> str:
    """What the learner reads, without code and displayed mathematics."""
    texts = [
        cell.source for cell in cells_of(name) if cell.kind == "markdown" and "instructor" not in cell.tags
    ]
    return DISPLAY.sub(" ", "\n\n".join(texts))


def words(name: str) -> int:
    """How many words the learner reads."""
    return len(re.findall(r"[A-Za-z][\w'-]*", re.sub(r"\$[^$]+\$|`[^`]+`", " x ", prose(name))))


def notes(name: str) -> str:
    """What the instructor reads."""
    return "\n".join(
        cell.source for cell in cells_of(name) if "instructor" in cell.tags and cell.kind == "markdown"
    )


def code(name: str) -> str:
    return "\n".join(cell.source for cell in cells_of(name) if cell.kind == "code")


@cache
def printed(name: str) -> str:
    """All text outputs of the solved notebook."""
    notebook = json.loads((ROOT / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return "\n".join("".join(text) for output in outputs for text in _texts(output))


def _texts(output: dict[str, Any]) -> list[Any]:
    data = output.get("data", {})
    return [output.get("text", ""), *(data.get(kind, "") for kind in ("text/plain", "text/markdown"))]
