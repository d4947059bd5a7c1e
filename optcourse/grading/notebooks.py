"""Notebooks as JSON, of formats 3 to 5: capped in size and depth, never executed, outputs never looked at."""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

LARGEST = 50_000_000  # bytes, with outputs
WITHOUT_OUTPUTS = 5_000_000  # bytes of all that is parsed
SIGNS = 1_000_000  # strings and brackets; parsed, a notebook's memory goes by these
GRADE_ID = 200  # characters of a cell's name
SAID = 200  # characters of a stranger's text in a message
DEEPEST = 60  # brackets within brackets; a notebook has about ten
CELLS = 2_000
SOURCE = 1_000_000  # characters of code in all
# Possessive, so that no text, however it is made, is looked at twice.
SKIPPED = (b'"outputs"', b'"attachments"')
COLON = re.compile(rb"\s*:\s*")
# What is handed in by that name now and then.
PAGE = "it is a web page (of a login, or of a site that shows notebooks); download the file itself"
OTHERS = (
    (b"PK\x03\x04", "it is a zip; unpack it, or call it .zip"),
    (b"%PDF", "it is a PDF; hand in the notebook itself"),
    (b"<!doctype html", PAGE),
    (b"<html", PAGE),
    (b"version https://git-lfs", "it is only a pointer of Git LFS to the notebook; hand in the file itself"),
)  # fmt: skip
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
        return found[:GRADE_ID] if isinstance(found, str) else ""


def read_notebook(data: bytes) -> tuple[NotebookCell, ...]:
    """The cells in order; NotebookError for anything that is no notebook."""
    if len(data) > LARGEST:
        raise NotebookError(f"it has {len(data):,} bytes, {LARGEST:,} are the most; clear its outputs")
    if other := what_it_is(data):
        raise NotebookError(f"not a notebook: {other}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if len(data) > 4 * WITHOUT_OUTPUTS:  # decoding takes several times as much
            raise NotebookError(f"it is text in UTF-16 and has {len(data):,} bytes; save it as UTF-8")
        data = data.decode("utf-16", "replace").encode()
    if (deep := depth(data)) > DEEPEST:
        raise NotebookError(f"it is nested {deep:,} deep, {DEEPEST} is the most")
    lean = without_outputs(data)
    try:
        content = json.loads(lean.decode("utf-8-sig"), parse_constant=lambda word: None)
    except UnicodeDecodeError as error:
        raise NotebookError(f"it is no text in UTF-8 (byte {error.start}); save it as UTF-8") from error
    except json.JSONDecodeError as error:
        raise NotebookError(f"not a notebook: {place(data, error)}") from error
    except (RecursionError, ValueError) as error:
        raise NotebookError(f"not a notebook: {str(error)[:SAID]}") from error
    return cells_of(content)


def what_it_is(data: bytes) -> str:
    """What a file is that is called a notebook and is something else; "" where that is not seen."""
    begin = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not begin:
        return "the file is empty"
    for sign, says in OTHERS:
        if begin[: len(sign)].lower() == sign.lower():
            return says
    return ""


def place(data: bytes, error: json.JSONDecodeError) -> str:
    """Where the JSON ends to be JSON, and what may be the reason."""
    if re.search(rb"^(<<<<<<<|>>>>>>>)", data, re.MULTILINE):
        why = "; it has the marks of a merge in it"
    elif data.rstrip()[-1:] not in b"}]" and data.lstrip()[:1] == b"{":
        why = "; it ends in the middle, as what was not wholly uploaded does"
    else:
        why = ""
    return f"line {error.lineno}, column {error.colno}: {error.msg[:SAID]}{why}"


def without_outputs(data: bytes) -> bytes:
    """The JSON with null for what no grader looks at and what may be large: outputs and attachments.

    The line ends are kept, so that a place in it is a place in the file. NotebookError for too much.
    """
    kept, begin, skipped_from, deep, key_end = [], 0, -1, 0, -1
    for match in BRACKETS.finditer(data):
        at, sign = match.start(), data[match.start()]
        if sign == 34:
            if skipped_from < 0:
                key_end = match.end() if match[0] in SKIPPED else -1
        elif sign in b"[{":
            if skipped_from < 0 and key_end >= 0 and COLON.fullmatch(data, key_end, at):
                kept.append(data[begin:at] + b"null")
                skipped_from, begin = deep, at
            deep, key_end = deep + 1, -1
        else:
            deep, key_end = deep - 1, -1
            if skipped_from == deep:
                kept.append(b"\n" * data.count(b"\n", begin, match.end()))
                skipped_from, begin = -1, match.end()
    size = sum(map(len, kept)) + len(data) - begin
    if size > WITHOUT_OUTPUTS:
        raise NotebookError(f"it has {size:,} bytes without its outputs, {WITHOUT_OUTPUTS:,} are the most")
    return b"".join([*kept, data[begin:]])


def depth(data: bytes) -> int:
    """How deep the brackets outside of strings are nested."""
    deep = most = 0
    for number, match in enumerate(BRACKETS.finditer(data)):
        if number > SIGNS:
            raise NotebookError(f"it has more than {SIGNS:,} strings and brackets; clear its outputs")
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
        raise NotebookError(f"its format is {repr(version)[:40]}; 3, 4 and 5 are read")
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
    source = source.replace("\r\n", "\n").replace("\r", "\n")  # as other systems' editors save it
    return NotebookCell(
        kind if isinstance(kind, str) else "", source, metadata if isinstance(metadata, dict) else {}
    )
