"""Whether two executions of a notebook show the same.

Knows outputs as they are stored, and nothing of how they come about.
"""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from nbformat import NotebookNode

SEEDS = (1, 2)  # of the switch: a build executes a notebook once more with each
UNCOMPARED = "nbval-ignore-output"  # the tag of a cell that shows times


def differences(notebook: NotebookNode, again: NotebookNode) -> list[str]:
    """What a cell of `notebook` shows and the same cell of `again` doesn't: the lines of both, by cell."""
    pairs = zip(notebook.cells, again.cells, strict=True)
    return [
        "\n".join([f"cell {number}:", *lines])
        for number, (cell, other) in enumerate(pairs, start=1)
        if (lines := list(_different(shown(cell), shown(other))))
    ]


def _different(lines: list[str], others: list[str]) -> Iterator[str]:
    for number, (line, other) in enumerate(zip_longest(lines, others), start=1):
        if line != other:
            yield f"    line {number} of its output: {_quoted(line)}"
            yield f"    {'moved':>{len(f'line {number} of its output')}}: {_quoted(other)}"


def _quoted(line: str | None) -> str:
    return "(nothing)" if line is None else line


def shown(cell: NotebookNode) -> list[str]:
    """What a cell shows, as lines: all but pictures; nothing where the cell is marked as showing times."""
    if cell.cell_type != "code" or UNCOMPARED in cell.metadata.get("tags", []):
        return []
    return "\n".join(text for output in cell.outputs for text in _texts(output)).splitlines()


def _texts(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "stream":
        yield _text(output.text)
    elif output.output_type == "error":
        yield f"{output.ename}: {output.evalue}"
    for kind, content in sorted(output.get("data", {}).items()):
        if not kind.startswith(("image/", "application/vnd.jupyter.widget")):
            yield _text(content)


def _text(content: Any) -> str:
    return "".join(content) if isinstance(content, list | str) else json.dumps(content, sort_keys=True)
