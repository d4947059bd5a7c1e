"""A homework as nbgrader's own source: solutions and hidden tests are in their marks, for it to take out."""

# mypy: allow-untyped-calls
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from optcourse.course.build import METADATA, STUB, cells_of
from optcourse.errors import writing

CONFIG_FILE = "nbgrader_config.py"
CONFIG = f"""\
c = get_config()
c.CourseDirectory.course_id = "optcourse"
# What students find in the place of a solution, as in optcourse's own exercises.
c.ClearSolutions.code_stub = {{"python": {chr(10).join(STUB)!r}}}
"""


def nbgrader_source(source: Path, values: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook for nbgrader's source folder, from solutions/hwN_name.md.

    `values` fill the places of a variant; without them the assignment's own do. BuildError for a malformed
    source.
    """
    made = []
    for number, cell in enumerate(cells_of(source, values), start=1):
        if "instructor" in cell.metadata.get("tags", []):
            continue
        metadata = {key: value for key, value in cell.metadata.items() if key != "optcourse"}
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        made.append(make(cell.source, metadata=metadata, id=f"cell-{number}"))
    notebook: NotebookNode = nbformat.v4.new_notebook(cells=made, metadata=METADATA)
    return notebook


def write_nbgrader_source(source: Path, course: Path) -> Path:
    """Write the notebook into the folder of nbgrader's course, and nbgrader's settings where it has none.

    UserError where it cannot be written.
    """
    config, target = course / CONFIG_FILE, course / "source" / source.stem / f"{source.stem}.ipynb"
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbgrader_source(source), target)
        if not config.exists():
            config.write_text(CONFIG, encoding="utf-8")
    return target
