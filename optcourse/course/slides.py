"""A lesson as one reveal.js page that needs no network: a section is a slide, instructor cells are the notes.

The notebook is run as for `optcourse html`, so that its pictures move on the slides too.
"""

# mypy: allow-untyped-calls
import importlib.util
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from optcourse.course.build import targets
from optcourse.course.html import Exported, run, stopped
from optcourse.course.html_page import Writer, font, read, script_of, unique, unmarked
from optcourse.errors import UserError
from optcourse.learner.files import write_atomically

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
    pictures = script_of(kept) if kept["pictures"] else read("html_page.js")
    styles = [reveal["reveal.css"], font(), read("html_page.css"), read("slides_page.css")]
    text = Template(read("slides_page.html")).substitute(
        title=escape(title),
        style="\n".join([*styles, *(front["style"] for front in unique(kept["fronts"].values()))]),
        body=body,
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
        pictures=pictures,
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, text.encode())
    except OSError as error:
        raise UserError(f"Cannot write {target} ({error.strerror}): choose another --out.") from error
    return Exported(target, (*stopped(notebook), *kept["refused"].values()))


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
            on_slide = [cell for _, _, cell in cells]
            body = "\n".join(writer.cell(cell) for cell in on_slide if not instructors(cell))
            notes = "\n".join(note(cell, writer) for cell in on_slide if instructors(cell))
            shown.append(f"<section>{body}{f'<aside class=notes>{notes}</aside>' if notes else ''}</section>")
        yield f"<section>{''.join(shown)}</section>"


def note(cell: NotebookNode, writer: Writer) -> str:
    """An instructor's cell for the notes; its headings are no part of the lesson's."""
    html = writer.cell(cell)
    return re.sub(r'<(/?)h\d(?: id="[^"]*")?>', r"<\1h4>", html)
