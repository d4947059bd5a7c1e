"""A homework as nbgrader's own source: solutions and hidden tests are in their marks, for it to take out."""

# mypy: allow-untyped-calls
from collections.abc import Mapping
from pathlib import Path

import jupytext  # type: ignore[import-untyped]
import nbformat
from nbformat import NotebookNode

from optcourse.course.build import METADATA
from optcourse.marks import default_values, filled


def nbgrader_source(source: Path, values: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook for nbgrader's source folder, from solutions/hwN_name.md.

    `values` fill the places of a variant; without them the assignment's own do. nbgrader must be told this
    course's stub: c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError"}.
    """
    cells = jupytext.read(source, fmt="md:myst").cells
    values = default_values(cell.metadata for cell in cells) if values is None else values
    made = []
    for number, cell in enumerate(cells, start=1):
        if "instructor" in cell.metadata.get("tags", []):
            continue
        metadata = {key: value for key, value in cell.metadata.items() if key != "optcourse"}
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        made.append(make(filled(cell.source, values), metadata=metadata, id=f"cell-{number}"))
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=made, metadata=METADATA)
    return notebook
