"""Notebooks as JSON, of formats 3 to 5: capped in size and depth, never executed, outputs never looked at."""

import json
import re
from dataclasses import dataclass
from typing import Any

LARGEST = 20_000_000  # bytes
DEEPEST = 60  # brackets within brackets; a notebook has about ten
CELLS = 2_000
SOURCE = 2_000_000  # characters of code in all
# Possessive, so that no text, however it is made, is looked at twice.
BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)


class NotebookError(Exception):
    """Bytes that are no notebook; the message says why and where."""


@dataclass(frozen=True)
class NotebookCell:
    """One cell: its type, source and metadata."""

    kind: str
    source: str
    metadata: dict[str, Any]

    @property
    def grade_id(self) -> str:
        """nbgrader's name for it; empty where it has none."""
        nbgrader = self.metadata.get("nbgrader")
        found = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
        return found if isinstance(found, str) else ""


def read_notebook(data: bytes) -> tuple[NotebookCell, ...]:
    """The cells in order; NotebookError for anything that is no notebook."""
    if len(data) > LARGEST:
        raise NotebookError(f"it has {len(data):,} bytes, {LARGEST:,} are the most; clear its outputs")
    if (deep := depth(data)) > DEEPEST:
        raise NotebookError(f"it is nested {deep:,} deep, {DEEPEST} is the most")
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except UnicodeDecodeError as error:
        raise NotebookError(f"it is no text in UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        merge = (
            "; it has the marks of a merge in it"
            if re.search(rb"^(<<<<<<<|>>>>>>>)", data, re.MULTILINE)
            else ""
        )
        raise NotebookError(
            f"not a notebook: line {error.lineno}, column {error.colno}: {error.msg}{merge}"
        ) from error
    except (RecursionError, ValueError) as error:
        raise NotebookError(f"not a notebook: {error}") from error
    return cells_of(content)


def depth(data: bytes) -> int:
    """How deep the brackets outside of strings are nested."""
    deep = most = 0
    for match in BRACKETS.finditer(data):
        sign = data[match.start()]
        if sign in b"[{":
            deep += 1
            most = max(most, deep)
        elif sign in b"]}":
            deep -= 1
    return most


def cells_of(content: Any) -> tuple[NotebookCell, ...]:
    """The cells of a notebook's JSON."""
    if not isinstance(content, dict):
        raise NotebookError("not a notebook: no object at its top")
    version = content.get("nbformat")
    if version == 3:
        sheets = content.get("worksheets")
        found = (
            sheets[0].get("cells")
            if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict)
            else None
        )
    else:
        found = content.get("cells")
    if not isinstance(found, list):
        raise NotebookError("not a notebook: it has no list of cells")
    if version not in (3, 4, 5):
        raise NotebookError(f"its format is {version!r}; 3, 4 and 5 are read")
    if len(found) > CELLS:
        raise NotebookError(f"it has {len(found):,} cells, {CELLS:,} are the most")
    cells = tuple(cell_of(cell, number) for number, cell in enumerate(found, start=1))
    if sum(len(cell.source) for cell in cells) > SOURCE:
        raise NotebookError(f"its cells have more than {SOURCE:,} characters")
    return cells


def cell_of(cell: Any, number: int) -> NotebookCell:
    """One cell; its source is a string or a list of strings."""
    if not isinstance(cell, dict):
        raise NotebookError(f"not a notebook: cell {number} is no object")
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotebookError(f"not a notebook: the source of cell {number} is no text")
    metadata = cell.get("metadata")
    kind = cell.get("cell_type")
    return NotebookCell(
        kind if isinstance(kind, str) else "", source, metadata if isinstance(metadata, dict) else {}
    )
