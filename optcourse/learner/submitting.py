"""Handing in: what of an exercise is done, as far as can be seen here, and one zip to hand in."""

import io
import json
import platform
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

from optcourse.checking import check
from optcourse.checking.files import definitions
from optcourse.errors import UserError
from optcourse.learner.files import sha256, write_atomically
from optcourse.learner.workspace import MARKER, STUDENT


@dataclass(frozen=True)
class Standing:
    """A task of an exercise, and what the check here says of it. `verdict` is a report's, or NF."""

    task: str
    points: float
    verdict: str
    says: str


def tasks_in(notebook: Path) -> Iterator[dict[str, Any]]:
    """The tasks that the exercise's cells declare."""
    try:
        cells = nbformat.read(notebook, as_version=4).cells  # type: ignore[no-untyped-call]
    except OSError as error:
        raise UserError(f"Cannot read {notebook} ({error.strerror}).") from error
    except (ValueError, nbformat.ValidationError) as error:
        raise UserError(f"{notebook} is no notebook ({error}).") from error
    for cell in cells:
        if "optcourse" in cell.metadata:
            yield dict(cell.metadata["optcourse"])


def standings(notebook: Path) -> tuple[list[Standing], list[str]]:
    """How each task stands, and what of the notebook could not be run. UserError where it asks for nothing."""
    tasks = list(tasks_in(notebook))
    if not tasks:
        raise UserError(f"{notebook.name} is no homework: none of its cells has a task.")
    defined, notes = definitions(notebook)
    return [standing(task, defined) for task in tasks], notes
