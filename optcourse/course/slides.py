"""A lesson as one reveal.js page that needs no network: a section is a slide, instructor cells are the notes.

What a slide does not hold goes on below it (slides_parted.py).

The notebook is run as for `optcourse html`, so that its pictures move on the slides too.
"""

# mypy: allow-untyped-calls
import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from optcourse.course.build import targets
from optcourse.course.html import Exported, run, write
from optcourse.course.html_page import Writer, read, script_of, unmarked, whole_page
from optcourse.course.slides_parted import Piece, parted, pieces_of
from optcourse.errors import UserError

OPENS = {"slide": 1, "subslide": 2}
LINES = 12  # of code that fit on a slide with its output; more is folded, unless it begins with a function


def slides(source: Path, target: Path, solved: bool = False) -> Exported:
    """Write the slides of a lesson's source (solutions/NN_name.md); UserError where that can't be done.

    Without `solved` what learners write is left out of the slides, as it is in their notebooks.
    """
    reveal = reveal_files()
    notebook = lecture(source, solved)
    kept = run(notebook, source.parent)
    writer = Writer(kept, source.parent)
    body = "\n".join(stacks(notebook, writer))
    title = next((unmarked(text) for level, _, text in writer.headings if level == 1), source.stem)
    scripts = [
        script.replace("</script", "<\\/script")
        for script in (reveal["reveal.js"], reveal["notes.js"], read("slides_page.js"))
    ]
    main = Template(read("slides_page.html")).substitute(
        body=body,
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
        pictures=script_of(kept),
    )
    styles = [reveal["reveal.css"], read("html_page.css"), read("slides_page.css")]
    policy = "script-src 'unsafe-inline'; frame-src 'self' file:"
    text = whole_page(main, title, "slides", styles, kept, policy=policy)
    return write(target, text, notebook, kept)


def reveal_files() -> dict[str, str]:
    """The files of reveal.js, from the package that carries it; UserError where it is not installed."""
    found = importlib.util.find_spec("sphinx_revealjs")  # its files are wanted, not Sphinx
    if found is None or found.origin is None:
        raise UserError("reveal.js is missing: pip install 'optcourse[slides]'")
    home = Path(found.origin).parent / "_static" / "revealjs"
    paths = {
        "reveal.js": "dist/reveal.js",
        "reveal.css": "dist/reveal.css",
        "notes.js": "plugin/notes/notes.js",
    }
    return {name: (home / path).read_text(encoding="utf-8") for name, path in paths.items()}


def lecture(source: Path, solved: bool) -> NotebookNode:
    """The learner's notebook (or the solved one) with the instructor's cells, which learners don't get."""
    learner, full = (target.notebook for target in targets(source))
    theirs = iter(learner.cells)
    cells = [
        cell if instructors(cell) else (next(theirs), cell)[solved]  # both have the same cells otherwise
        for cell in full.cells
    ]
    for cell in cells:
        long = len(cell.source.splitlines()) > LINES and "def " not in cell.source.splitlines()[0]
        if cell.cell_type == "code" and (long or cell.source.startswith(("import ", "from "))):
            cell.metadata["tags"] = list(dict.fromkeys([*cell.metadata.get("tags", []), "hide-input"]))
    made: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=full.metadata)
    return made


def instructors(cell: NotebookNode) -> bool:
    """Whether a cell is for the instructor alone."""
    return "instructor" in cell.metadata.get("tags", [])


def stacks(notebook: NotebookNode, writer: Writer) -> Iterator[str]:
    """The slides of each section, below each other, as reveal.js wants them."""
    numbered: list[tuple[int, int, NotebookNode]] = []
    stack = slide = 0
    lone = False  # whether the slide so far is a heading alone, which opens the text below it
    for cell in notebook.cells:
        level = 0 if instructors(cell) else OPENS.get(cell.metadata["slideshow"]["slide_type"], 0)
        stack += level == 1
        slide += level == 1 or (level == 2 and not lone)
        numbered.append((stack, slide, cell))
        if not instructors(cell):
            lone = level == 1 and "\n" not in cell.source.strip()
    for _, section in groupby(numbered, key=lambda one: one[0]):
        shown = []
        for _, cells in groupby(section, key=lambda one: one[1]):
            shown += [
                slide_of(pieces) for pieces in parted(pieces_on([cell for _, _, cell in cells], writer))
            ]
        yield f"<section>{''.join(shown)}</section>"


def pieces_on(cells: Iterable[NotebookNode], writer: Writer) -> Iterator[Piece]:
    """The pieces of a slide's cells; an instructor's cell stays with what stands before it."""
    for cell in cells:
        if instructors(cell):
            yield Piece(note(cell, writer), 0.0, joins=True, note=True)
        else:
            yield from pieces_of(cell, writer)


def slide_of(pieces: Sequence[Piece]) -> str:
    """One slide, with its notes."""
    body = "\n".join(piece.html for piece in pieces if not piece.note)
    notes = "\n".join(piece.html for piece in pieces if piece.note)
    return f"<section>{body}{f'<aside class=notes>{notes}</aside>' if notes else ''}</section>"


def note(cell: NotebookNode, writer: Writer) -> str:
    """An instructor's cell for the notes; its headings are no part of the lesson's."""
    html = writer.cell(cell)
    return re.sub(r'<(/?)h\d(?: id="[^"]*")?>', r"<\1h4>", html)
