"""A lesson's cells in pieces that fit on slides. Heights are estimates, in lines of text at 1280 x 720.

Estimates, as the same lesson must have the same slides in every window: the speaker's is a second one.
"""

# mypy: allow-untyped-calls
import base64
import math
import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from optcourse.course.html_page import WIDGET, Writer, code, unmarked

ROOM = 20.0  # lines on a slide
PIXELS = 32  # of a line
PROSE = 76  # characters of a line of prose, about
CODE_LINE = 0.8  # code is smaller
MOST_CODE = 20  # lines of code in one piece, where it has an empty line to part it at
FOLDED = 1.7
QUESTION, PICTURE = 10.0, 17.4  # of ours; a picture fills its slide
FIGURE_WIDTH, FIGURE_HEIGHT = 1152, 432  # pixels; as slides_page.css has it


class Piece(NamedTuple):
    """What is never parted. `opens`: the next one stays with it; `joins`: it stays with the one before."""

    html: str
    lines: float
    opens: bool = False
    joins: bool = False
    note: bool = False


def parted(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces on as many slides as they need, in order."""
    slides: list[list[Piece]] = [[]]
    taken = 0.0
    for group in together(pieces):
        lines = sum(piece.lines for piece in group)
        if taken and taken + lines > ROOM:
            slides.append([])
            taken = 0.0
        slides[-1] += group
        taken += lines
    return slides


def together(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces in groups that stay on one slide."""
    group: list[Piece] = []
    opened = False
    for piece in pieces:
        if group and not (piece.joins or opened):
            yield group
            group = []
        group.append(piece)
        opened = piece.opens or (opened and piece.note)
    if group:
        yield group


def pieces_of(cell: NotebookNode, writer: Writer) -> Iterator[Piece]:
    """The pieces of a cell with its outputs."""
    if cell.cell_type == "markdown":
        for text in paragraphs(cell.source):
            html = f'<div class="prose">{writer.markdown(text, cell.get("attachments", {}))}</div>'
            opens = text.endswith((":", ",")) or (text.startswith("#") and "\n" not in text)
            yield Piece(html, prose_lines(text), opens, joins=text.startswith("*Figure "))
    elif cell.cell_type == "code" and (cell.source.strip() or cell.outputs):
        *others, last = code_pieces(cell)
        yield from others
        yield last._replace(opens=last.lines < 4 and bool(cell.outputs))
        for output in cell.outputs:
            yield Piece(f'<div class="cell">{writer.output(output)}</div>', output_lines(output, writer))


def paragraphs(source: str) -> list[str]:
    """The blocks of Markdown; lists, and what stands between fences or dollars, in one piece."""
    found: list[str] = []
    for block in re.split(r"\n[ \t]*\n", source.strip("\n")):
        before = found[-1] if found else ""
        unclosed = before.count("```") % 2 or before.count("$$") % 2
        if found and (unclosed or block[:1].isspace() or (listed(before) and listed(block))):
            found[-1] = f"{before}\n\n{block}"
        else:
            found.append(block)
    return found


def listed(block: str) -> bool:
    """Whether a block is a list."""
    return re.match(r"([-*+]|\d+[.)]) ", block) is not None


def prose_lines(text: str) -> float:
    """How many lines a block of Markdown takes, with the space around it."""
    if text.startswith("#"):
        return 2 + prose_lines(text.partition("\n")[2] or "x") * ("\n" in text)
    if text.startswith("$$"):
        return 1.9 + 1.1 * (text.count(r"\\") + bool(re.search(r"\\frac|\\sum", text)))
    text = re.sub(r"\\[a-z]+|[${}_^*]", "", text)  # what does not show
    rows = text.split("\n")
    if text.startswith("|"):
        return 1 + sum(1.3 * max(1, math.ceil(len(row) / 110)) for row in rows[2:] + rows[:1])
    if listed(text):
        return 0.7 + sum(math.ceil(max(len(row), 1) / PROSE) for row in rows)
    return 0.7 + math.ceil(len(text) / PROSE)


def code_pieces(cell: NotebookNode) -> list[Piece]:
    """A cell's source: folded where the notebook hides it, else in pieces that a slide holds."""
    whole = code(cell)
    if not whole or whole.startswith("<details"):
        return [Piece(f'<div class="cell">{whole}</div>', FOLDED if whole else 0.0)]
    made = []
    for source in sources(cell.source):
        html = code(NotebookNode(source=source, metadata={}))
        lines = min(1.7 + CODE_LINE * len(source.splitlines()), ROOM)
        made.append(Piece(f'<div class="cell">{html}</div>', lines))
    return made


def sources(source: str) -> list[str]:
    """Code in pieces of at most MOST_CODE lines, where empty lines allow; between functions first."""
    if len(source.splitlines()) <= MOST_CODE:
        return [source]
    for between in ("\n\n\n", "\n\n"):
        first, *others = source.split(between)
        if others:
            break
    else:
        return [source]
    found = [first]
    for part in others:
        joined = f"{found[-1]}{between}{part}"
        if len(joined.splitlines()) <= MOST_CODE:
            found[-1] = joined
        else:
            found.append(part)
    return [piece for part in found for piece in (sources(part) if part != source else [part])]


def output_lines(output: NotebookNode, writer: Writer) -> float:
    """How many lines an output takes."""
    if output.output_type in ("stream", "error"):
        text = output.text if output.output_type == "stream" else "\n".join(output.traceback)
        return 0.7 + CODE_LINE * len(text.rstrip("\n").split("\n"))
    if WIDGET in output.data:
        picture = writer.kept["pictures"].get(output.data[WIDGET]["model_id"])
        return QUESTION if picture and picture["front"] == "quiz" else PICTURE
    if "image/png" in output.data:
        head = base64.b64decode(re.sub(r"\s", "", str(output.data["image/png"]))[:32])
        width, height = struct.unpack(">II", head[16:24])
        drawn: float = min(height * min(1, FIGURE_WIDTH / width), FIGURE_HEIGHT)
        return 0.7 + drawn / PIXELS
    if "text/html" in output.data:
        html = str(output.data["text/html"])
        return 1 + math.ceil(len(unmarked(html)) / PROSE) + 6.0 * html.count("<svg")
    return 0.7 + CODE_LINE * len(str(output.data.get("text/plain", "")).split("\n"))
