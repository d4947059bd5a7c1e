"""From one source to three notebooks: solutions/*.md gives lessons/ or exercises/, and solutions/*.ipynb.

Knows notebooks, and nothing of rules or checking: what a lesson calls, its own kernel imports.
"""

# mypy: allow-untyped-calls
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]
import matplotlib
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from optcourse.course.steady import SEEDS, differences
from optcourse.marks import MarkError, default_values, filled, without_hidden_tests

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
FOLDERS = {r"\d\d_\w+": "lessons", r"project\d_\w+": "lessons", r"hw\d+_\w+": "exercises"}
LARGEST = 500_000  # bytes: more makes a clone slow and a diff unreadable
SECONDS = 120  # for one cell
WIDGET = "application/vnd.jupyter.widget-view+json"
HEADING = re.compile(r"#{1,3} ")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BuildError(Exception):
    """A source that no notebook can be made from; the message says which, where and what to do."""


@dataclass(frozen=True)
class Target:
    """A notebook to be written: `path` is where, relative to the root, `notebook` has no outputs yet."""

    path: Path
    notebook: NotebookNode


def build(root: Path, only: Collection[str] | None = None) -> list[Path]:
    """Make, execute and write the notebooks of every source, or of those that `only` names ("09", "hw1").

    Returns the paths written, relative to `root`. Raises BuildError at the first source that is
    malformed, cell that fails or shows what rounding changes, or notebook that is too large; that notebook is
    then not written.
    """
    written = []
    for source in _sources(root, only):
        for target in targets(source):
            execute(target, root)
            if unsteady := _unsteady(target, root):
                raise BuildError(unsteady)
            text = _serialised(target)
            (root / target.path).parent.mkdir(exist_ok=True)
            (root / target.path).write_text(text, encoding="utf-8", newline="\n")
            written.append(target.path)
    return written


def check_rounding(
    root: Path, only: Collection[str] | None = None, say: Callable[[str], None] = lambda line: None
) -> list[str]:
    """What stored notebooks, all or those that `only` names, show that rounding changes, as messages.

    Each is executed with every seed; `say` is told of it before. Nothing is written. Raises BuildError where
    a notebook is missing or a cell fails.
    """
    problems = []
    for path in (target.path for source in _sources(root, only) for target in targets(source)):
        if not (root / path).is_file():
            raise BuildError(f"{path.as_posix()} is missing: run `optcourse build`.")
        say(path.as_posix())
        stored = Target(path, nbformat.read(root / path, as_version=4))
        if unsteady := _unsteady(stored, root):
            problems.append(unsteady)
    return problems


def _unsteady(target: Target, root: Path) -> str | None:
    """What the executed notebook shows and doesn't with results moved, by the first seed that tells."""
    for seed in SEEDS:
        again = Target(target.path, deepcopy(target.notebook))
        execute(again, root, seed)
        if found := differences(target.notebook, again.notebook):
            return "\n".join(
                [
                    f"{target.path.as_posix()} shows what another processor would not: with every gradient, "
                    f"draw and step moved by rounding (seed {seed}) it is different. Say what is robust, "
                    "print fewer digits, or make it tame (docs/authors.md).",
                    *found,
                ]
            )
    return None


def check(root: Path) -> list[str]:
    """What is stale, missing or left over among the notebooks, as messages with diffs; nothing is executed.

    Cell types, sources and tags are compared; outputs are nbval's to judge. Raises BuildError for a
    malformed source.
    """
    wanted = [target for source in _sources(root) for target in targets(source)]
    problems = [problem for target in wanted if (problem := _difference(target, root))]
    known = {target.path for target in wanted}
    for folder in ("lessons", "exercises", "solutions"):
        for found in sorted((root / folder).glob("*.ipynb")):
            path = found.relative_to(root)
            if path not in known:
                problems.append(f"{path.as_posix()} has no source solutions/{path.stem}.md: delete it.")
    return problems


def targets(source: Path, values: Mapping[str, str] | None = None) -> Iterator[Target]:
    """The learner's notebook and the solved one, from the MyST Markdown file `source`.

    `values` fill the places where a student's variant stands; without them the assignment's own do.
    """
    folder = next((folder for name, folder in FOLDERS.items() if re.fullmatch(name, source.stem)), None)
    if folder is None:
        raise BuildError(
            f"{source.name} is neither a lesson (09_name.md), a project (project1_name.md) "
            "nor homework (hw1_name.md)."
        )
    cells = cells_of(source, values)
    for learner, place in ((True, folder), (False, "solutions")):
        kept = [cell for cell in cells if not (learner and "instructor" in _tags(cell))]
        seen: Counter[str] = Counter()
        made = [
            _cell(cell, learner, f"{source.name}, cell {n}", seen) for n, cell in enumerate(kept, start=1)
        ]
        notebook = nbformat.v4.new_notebook(cells=made, metadata=METADATA)
        yield Target(Path(place, f"{source.stem}.ipynb"), notebook)


def cells_of(source: Path, values: Mapping[str, str] | None = None) -> list[NotebookNode]:
    """The cells of a source with the places of a variant filled in, the marks of solutions still there."""
    read = jupytext.read(source, fmt="md:myst").cells
    values = default_values(cell.metadata for cell in read) if values is None else values
    for cell in read:
        try:
            cell.source = filled(cell.source, values)
        except MarkError as error:
            raise BuildError(f"{source.name}: {error}") from error
    return [part for cell in read for part in _at_headings(cell)]


def stubbed(code: str, where: str = "cell") -> str:
    """`code` with each solution replaced by the stub, as far indented as its opening mark."""
    return _without_marks(code, where, learner=True)


def solved(code: str, where: str = "cell") -> str:
    """`code` with the marks around each solution left out."""
    return _without_marks(code, where, learner=False)


def _without_marks(code: str, where: str, *, learner: bool) -> str:
    lines: list[str] = []
    inside = False
    for number, line in enumerate(code.splitlines(), start=1):
        mark = line.strip()
        if mark == BEGIN and not inside:
            inside = True
            if learner:
                indent = line[: len(line) - len(line.lstrip())]
                lines += [indent + stub for stub in STUB]
        elif mark == END and inside:
            inside = False
        elif "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            raise BuildError(
                f"{where}, line {number}: {mark!r} does not fit. Each {BEGIN!r} has one {END!r} after it, "
                "written like this, each alone on its line."
            )
        elif not (learner and inside):
            lines.append(line)
    if inside:
        raise BuildError(f"{where}: {BEGIN!r} without {END!r}.")
    return "\n".join(lines)


def _cell(cell: NotebookNode, learner: bool, where: str, seen: Counter[str]) -> NotebookNode:
    """The cell as it is stored, without outputs; its id depends on its content alone."""
    source, metadata = cell.source, dict(cell.metadata)
    if cell.cell_type == "code":
        source = without_hidden_tests(stubbed(source, where) if learner else solved(source, where))
    if learner and "variants" in metadata.get("optcourse", {}):  # the others' are nobody's business
        metadata["optcourse"] = {
            key: value for key, value in metadata["optcourse"].items() if key != "variants"
        }
    if cell.cell_type == "code" and source.startswith(("quiz(", "predict(")):
        metadata["tags"] = list(dict.fromkeys([*_tags(cell), "hide-input"]))  # it has the answers in it
    if "hide-input" in metadata.get("tags", []):
        metadata["jupyter"] = {"source_hidden": True}
    metadata["slideshow"] = {"slide_type": _slide_type(cell)}
    digest = hashlib.sha256(f"{cell.cell_type}\n{source}".encode()).hexdigest()[:12]
    seen[digest] += 1
    make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    made: NotebookNode = make(source, metadata=metadata, id=f"{digest}-{seen[digest]}")
    return made


def _slide_type(cell: NotebookNode) -> str:
    """Where the cell stands in a slide show: a section opens a slide, a further text one below it."""
    if cell.cell_type == "code" or cell.source.startswith("*Figure"):
        return "-"  # on the slide of the text before it
    if "instructor" in _tags(cell):
        return "notes"
    return "slide" if cell.source.startswith(("# ", "## ")) else "subslide"


def _at_headings(cell: NotebookNode) -> list[NotebookNode]:
    """A text cell in parts that each begin with a heading, so that each can be a slide of its own."""
    if cell.cell_type == "code":
        return [cell]
    parts: list[list[str]] = [[]]
    fenced = False
    for line in cell.source.splitlines():
        fenced ^= line.startswith("```")
        if HEADING.match(line) and not fenced and "".join(parts[-1]).strip():
            parts.append([])
        parts[-1].append(line)
    texts = ["\n".join(lines).strip("\n") for lines in parts]
    return [nbformat.v4.new_markdown_cell(text, metadata=dict(cell.metadata)) for text in texts]


def execute(target: Target, root: Path, seed: int | None = None) -> None:
    """Run the notebook's cells in a fresh kernel and keep their outputs; BuildError where one fails.

    With a seed, what the package hands out is moved (see optcourse/rounding.py).
    """
    folder = root / target.path.parent
    folder.mkdir(exist_ok=True)
    client = NotebookClient(
        target.notebook,
        kernel_name="python3",
        timeout=SECONDS,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
    )
    with client.setup_kernel(env=_environment()):
        if seed is not None:
            _switch_on(client, seed)
        for number, cell in enumerate(target.notebook.cells, start=1):
            where = f"{target.path.as_posix()}, cell {number}"
            if seed is not None:
                where += f" (with results moved by rounding, seed {seed})"
            try:
                client.execute_cell(cell, number - 1)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                raise BuildError(f"{where} fails:\n\n{cell.source}\n\n{_said(cell, error)}") from error
            for output in cell.get("outputs", []):
                if output.get("name") == "stderr":
                    raise BuildError(
                        f"{where} writes a warning, and a learner should see none:\n{output.text}"
                    )
                _without_widget(output)


def _switch_on(client: NotebookClient, seed: int) -> None:
    """Execute the switch in the kernel before any cell; the notebook keeps its own first cell."""
    notebook = client.nb
    client.nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"from optcourse import rounding\nrounding.switch_on({seed})")]
    )
    client.execute_cell(client.nb.cells[0], 0)
    client.execute_cell(nbformat.v4.new_code_cell("del rounding"), 0)
    client.nb = notebook


def _environment() -> dict[str, str]:
    """This process' environment without what would make outputs depend on who builds."""
    personal = {"OPTCOURSE_WORKSPACE", "MPLBACKEND", "PYTHONSTARTUP"}
    kept = {name: value for name, value in os.environ.items() if name not in personal}
    return {**kept, "MATPLOTLIBRC": str(Path(matplotlib.get_data_path(), "matplotlibrc"))}


def _without_widget(output: NotebookNode) -> None:
    """Leave the still image or the text of a widget alone in its output.

    No state is stored, and a trusted notebook would show "model not found" where the widget is named.
    """
    data = output.get("data", {})
    if WIDGET in data and len(data) > 1:
        del data[WIDGET]


def _said(cell: NotebookNode, error: Exception) -> str:
    """The traceback of the cell, without colours; where it left none (a timeout), the error itself."""
    tracebacks = ["\n".join(output.traceback) for output in cell.outputs if output.output_type == "error"]
    return re.sub(r"\x1b\[[0-9;]*m", "", tracebacks[-1] if tracebacks else str(error))


def _serialised(target: Target) -> str:
    """The notebook as it is written; BuildError where it is too large."""
    text: str = nbformat.writes(target.notebook) + "\n"
    size = len(text.encode())
    if size > LARGEST:
        raise BuildError(
            f"{target.path.as_posix()} would have {size / 1000:.0f} kB; at most {LARGEST // 1000} are "
            "allowed. Draw fewer or smaller figures."
        )
    return text


def _difference(target: Target, root: Path) -> str | None:
    """A message where the stored notebook is missing or not what its source gives."""
    name = target.path.as_posix()
    again = "run `optcourse build`"
    if not (root / target.path).is_file():
        return f"{name} is missing: {again}."
    try:
        stored = nbformat.read(root / target.path, as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        return f"{name} is no notebook ({error}): {again}."
    lines = list(
        unified_diff(
            _as_text(stored),
            _as_text(target.notebook),
            f"{name} (stored)",
            f"{name} (from its source)",
            lineterm="",
        )
    )
    return "\n".join([f"{name} is stale: {again}.", *lines]) if lines else None


def _as_text(notebook: NotebookNode) -> list[str]:
    """Cell types, tags and sources, line by line."""
    lines: list[str] = []
    for cell in notebook.cells:
        tags = " ".join(_tags(cell))
        lines += [f"[{cell.cell_type}{' ' + tags if tags else ''}]", *cell.source.splitlines(), ""]
    return lines


def _tags(cell: NotebookNode) -> list[str]:
    tags: Any = cell.metadata.get("tags", [])
    return list(tags)


def _sources(root: Path, only: Collection[str] | None = None) -> list[Path]:
    """All sources, or those that `only` names; BuildError for a name that none has."""
    sources = sorted((root / "solutions").glob("*.md"))
    if only is None:
        return sources
    for name in only:
        if not any(_named(source, name) for source in sources):
            raise BuildError(f"There is no source {name!r}; there are {', '.join(s.stem for s in sources)}.")
    return [source for source in sources if any(_named(source, name) for name in only)]


def _named(source: Path, name: str) -> bool:
    return source.stem == name or source.stem.startswith(f"{name}_")
