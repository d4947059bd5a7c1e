"""A notebook as one HTML file that needs no network and no Python: it is run anew, and its pictures are kept.

What the page looks like is html_page.py's affair.
"""

# mypy: allow-untyped-calls
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from optcourse.course.html_page import WIDGET, page
from optcourse.course.shipped import checkout
from optcourse.errors import UserError, writing
from optcourse.learner.files import write_atomically
from optcourse.learner.workspace import chosen_workspace, named

SECONDS = 300  # for one cell
KEPT = "application/vnd.optcourse.kept+json"
KEEP = """\
from IPython.display import display
from optcourse.pictures.offline import kept
display({{{mime!r}: kept({ids!r})}}, raw=True)
"""


@dataclass(frozen=True)
class Exported:
    """The file that was written, and what to know of it: cells that stopped, pictures that don't move."""

    path: Path
    remarks: tuple[str, ...]


def chosen_notebook(wanted: str, folder: str | None, shipped: Mapping[str, Path]) -> Path:
    """The file that `wanted` means: a path to a notebook, or a number (09, hw1).

    A number is looked up in the workspace, so that your own work is exported; in a checkout, unless a
    workspace is named, and where there is no workspace, it is the notebook as shipped. UserError for none.
    """
    if wanted.endswith(".ipynb") and Path(wanted).is_file():
        return Path(wanted)
    name = named(wanted, shipped)
    here = checkout()
    if folder is None and here is not None and Path.cwd().is_relative_to(here):
        return shipped[name]
    own = chosen_workspace(folder) / name
    if own.is_file():
        return own
    if folder is not None:
        raise UserError(f"There is no {name} in {chosen_workspace(folder)}.")
    return shipped[name]


def chosen_target(notebook: Path, out: str | None) -> Path:
    """Where the page goes: `out` where it ends in .html, else a file in the folder `out`, or in this one."""
    if out is not None and out.endswith((".html", ".htm")):
        return Path(out)
    return Path(out or ".") / f"{notebook.stem}.html"


def export(notebook: Path, target: Path) -> Exported:
    """Run the notebook in its folder, and write the page; UserError where that can't be done."""
    try:
        found = nbformat.read(notebook, as_version=4)
    except OSError as error:
        raise UserError(f"Cannot read {notebook} ({error.strerror}).") from error
    except (ValueError, nbformat.ValidationError) as error:
        raise UserError(f"{notebook} is no notebook ({error}).") from error
    kept = run(found, notebook.parent)
    text = page(found, kept, notebook.stem, notebook.parent)
    return write(target, text, found, kept)


def write(target: Path, text: str, notebook: NotebookNode, kept: Mapping[str, Any]) -> Exported:
    """Write what was made of a notebook that was run; UserError where that can't be done."""
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, text.encode())
    return Exported(target, (*stopped(notebook), *kept["refused"].values()))


def run(notebook: NotebookNode, folder: Path) -> dict[str, Any]:
    """Run all cells; a cell that fails has its error as output. Returns what offline.py keeps."""
    # Whose work it is, its folder says: the workspace that it lies in.
    environment = {name: value for name, value in os.environ.items() if name != "OPTCOURSE_WORKSPACE"}
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # its remarks on how it is reached are not for our readers
    )
    try:
        with client.setup_kernel(env=environment):
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
            ids = [one for output in outputs(notebook) if (one := model_id(output))]
            keep = nbformat.v4.new_code_cell(KEEP.format(mime=KEPT, ids=ids))
            notebook.cells.append(keep)
            client.execute_cell(keep, len(notebook.cells) - 1)
            notebook.cells.pop()
    except CellTimeoutError as error:
        raise UserError(f"A cell of the notebook takes more than {SECONDS} s: {error}") from error
    except DeadKernelError as error:
        raise UserError("Python ended while the notebook ran: try it in JupyterLab first.") from error
    for output in keep.outputs:
        if found := output.get("data", {}).get(KEPT):
            return dict(found)
    said = "\n".join(str(output.get("evalue", output.get("text", ""))) for output in keep.outputs)
    raise UserError(f"The pictures could not be kept: {said}")


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """All outputs, from the top down."""
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def model_id(output: NotebookNode) -> str | None:
    """The widget that an output shows, if any."""
    found = output.get("data", {}).get(WIDGET)
    return None if found is None else str(found["model_id"])


def stopped(notebook: NotebookNode) -> Iterator[str]:
    """A sentence for each cell that failed."""
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"Cell {number} stops with {output.ename}; the page shows it."
