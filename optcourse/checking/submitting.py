"""Handing in: what of an exercise is done, as far as can be seen here, and one zip to hand in."""

import ast
import io
import json
import platform
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np

import optcourse
from optcourse.checking.files import definitions, run_statement
from optcourse.checking.report import Report
from optcourse.errors import UserError, writing
from optcourse.learner.files import sha256, write_atomically

UNSEEN = "only the grader can tell"
ENTRY = "manifest.json"


class Task(NamedTuple):
    """A task of an exercise: its function, its points, and the cell that checks it."""

    function: str
    points: float
    test: str


@dataclass(frozen=True)
class Standing:
    """What the check here says of a task; `report` is None where there is no function, or no check here."""

    task: Task
    defined: bool
    report: Report | None

    @property
    def says(self) -> str:
        """It in a sentence."""
        if not self.defined:
            return f"There is no {self.task.function} in the notebook."
        return self.report.message if self.report else UNSEEN

    @property
    def missing(self) -> bool:
        """Whether nothing is handed in for it."""
        return not self.defined or bool(self.report and self.report.verdict == "NA")


def standings(
    notebook: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Standing], list[str]]:
    """How each task stands, and what of the notebook could not be run; UserError where it has no task.

    The notebook is the learner's own and is run as it stands, here. `progress` is told how many tasks of how
    many are checked.
    """
    tasks = list(tasks_of(notebook))
    if not tasks:
        raise UserError(f"{notebook.name} is no homework: none of its cells has a task.")
    namespace, notes = definitions(notebook)
    found = []
    for place, task in enumerate(tasks):
        progress(place, len(tasks))
        defined = callable(namespace.get(task.function))
        found.append(Standing(task, defined, checked(task, namespace) if defined else None))
    return found, notes


def tasks_of(notebook: Path) -> Iterator[Task]:
    """The tasks that the exercise's cells declare, each with the locked cell after it."""
    try:
        cells = nbformat.read(notebook, as_version=4).cells  # type: ignore[no-untyped-call]
    except OSError as error:
        raise UserError(f"Cannot read {notebook} ({error.strerror}).") from error
    except Exception as error:  # nbformat raises many kinds
        raise UserError(f"{notebook.name} is not a notebook: {error}") from error
    asked: dict[str, Any] | None = None
    for cell in cells:
        if "optcourse" in cell.metadata:
            asked = cell.metadata["optcourse"]
        elif asked and cell.metadata.get("nbgrader", {}).get("grade"):
            yield Task(asked["function"], asked["points"], cell.source)
            asked = None


def checked(task: Task, namespace: dict[str, Any]) -> Report | None:
    """What the task's own cell finds: it leaves it in `report`."""
    namespace.pop("report", None)
    try:
        statements = ast.parse(task.test).body
    except SyntaxError:
        return None  # the learner changed it; the grader has its own
    for statement in statements:
        if not isinstance(statement, ast.Expr):
            run_statement(statement, namespace, task.function)
    report = namespace.get("report")
    return report if isinstance(report, Report) else None


def pack(notebook: Path, target: Path, student: str, found: Sequence[Standing]) -> None:
    """Write the zip: the notebook and a manifest of what it is. UserError where it can't be written."""
    content = notebook.read_bytes()
    manifest = {
        "assignment": notebook.stem,
        "student": student,
        "file": notebook.name,
        "sha256": sha256(content),
        "packed": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "optcourse": optcourse.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "checks": {one.task.function: one.report.verdict if one.report else None for one in found},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(notebook.name, content)
        archive.writestr(ENTRY, json.dumps(manifest, indent=1))
    with writing(target):
        write_atomically(target, packed.getvalue())
