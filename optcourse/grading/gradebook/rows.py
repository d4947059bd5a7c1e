"""Records as JSON text, and back. What is not a finite number is an error here, not in a gradebook."""

import hashlib
import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from optcourse.grading.records import Cell, Circumstances, FindingResult, Result, TaskResult


def text(value: Any) -> str:
    """A value or record as JSON, in ASCII: no database can trip over a character of a stranger's."""
    return json.dumps(value, allow_nan=False, default=vars)


def tasks_text(tasks: Iterable[TaskResult]) -> str:
    """Tasks as JSON."""
    return text(list(tasks))


def tasks_of(written: str) -> tuple[TaskResult, ...]:
    """The tasks again."""
    return tuple(map(task_of, json.loads(written)))


def task_of(values: dict[str, Any]) -> TaskResult:
    """A task again, with its tuples."""
    tuples = {name: frozen(value) for name, value in values.items()}
    findings = tuple(FindingResult(**finding) for finding in values["findings"])
    return TaskResult(**{**tuples, "findings": findings})


def frozen(value: Any) -> Any:
    """Lists in lists as tuples in tuples."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def cells_bytes(cells: Iterable[Cell]) -> bytes:
    """Cells as JSON, compressed."""
    return zlib.compress(text(list(cells)).encode())


def cells_of(written: bytes) -> tuple[Cell, ...]:
    """The cells again."""
    return tuple(Cell(**cell) for cell in json.loads(zlib.decompress(written)))


def fault_text(result: Result, graded: datetime) -> str:
    """A result of a fault of ours, and when it came about."""
    return text({"graded": graded.isoformat(), **result.to_dict()})


def fault_of(written: str) -> tuple[Result, datetime]:
    """The result again, and when it came about."""
    values = json.loads(written)
    graded = datetime.fromisoformat(values.pop("graded"))
    submitted = values.pop("submitted")
    result = Result(
        **{
            **values,
            "tasks": tuple(map(task_of, values["tasks"])),
            "flags": tuple(values["flags"]),
            "circumstances": Circumstances(**values["circumstances"]),
            "submitted": datetime.fromisoformat(submitted) if submitted else None,
        }
    )
    return result, graded


def conditions(circumstances: Circumstances) -> str:
    """A digest of what a grading was done under, apart from what was asked."""
    under = [circumstances.level, sorted(circumstances.limits.items()), circumstances.tolerance]
    return hashlib.sha256(text(under).encode()).hexdigest()[:12]
