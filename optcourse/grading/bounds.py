"""How much of what strangers wrote is kept of one submission: a row of the gradebook stays small.

Must not know how a result came about. The texts of many findings are cut before what is said of the task.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from optcourse.grading.records import Cell, TaskResult

TASKS = 40_000  # bytes of all tasks' results as JSON; in ASCII a character may take twelve
CODE = 40_000  # bytes of the code that was handed in, packed as the gradebook does
SCALES = (2000, 800, 300, 100, 30, 10, 4)  # characters of a text; the first that is short enough is taken


def bounded(tasks: Sequence[TaskResult]) -> tuple[TaskResult, ...]:
    """The results with their texts cut so far that all together can be kept; most stay as they are."""
    for longest in SCALES:
        cut = tuple(with_texts_of(task, longest) for task in tasks)
        if len(json.dumps([asdict(task) for task in cut])) <= TASKS:
            break
    return cut


def with_texts_of(task: TaskResult, longest: int) -> TaskResult:
    """The result with no text that is longer; at most as many notes as fit beside the message."""
    return replace(
        task,
        message=shorter(task.message, longest),
        findings=tuple(
            replace(one, message=shorter(one.message, longest // 2)) if one.message else one
            for one in task.findings
        ),
        lines=tuple((heading, shorter(text, longest)) for heading, text in task.lines),
        notes=tuple(shorter(note, longest // 4) for note in task.notes[:20]),
    )


def shorter(text: str, longest: int) -> str:
    """The text, or its begin and a sign that it went on."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def packed_size(cells: Iterable[Cell]) -> int:
    """How many bytes the gradebook needs for the code, about."""
    packer, size = zlib.compressobj(1), 0
    for cell in cells:
        size += len(packer.compress(json.dumps([cell.label, cell.source, cell.grade_id]).encode()))
    return size + len(packer.flush())
