"""Writes docs/golden.md: what each rule reproduces, and how closely.

python -m tests.golden.table
"""

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .coverage import Covered
from .records import ALL_RULES, coverage_of, deviation, records

PAGE = Path(__file__).parents[2] / "docs" / "golden.md"

TEXT = """# Held to the frameworks

Each rule is replayed on {total} recorded trajectories of PyTorch, optax and Keras (and of a few packages
beside PyTorch), in float64, on four small problems of up to 1000 steps. A deviation is the largest difference
between our parameters and theirs, over the largest parameter. It stays below 1e-12, save where a framework
itself works in lower precision. The records, and the script that makes them from the live frameworks, are in
`tests/golden`; `python -m tests.golden.table` writes this page, and the tests check every line of it.

## Reproduced: {covered} records, {rules} rules

| rule | dialect | framework | optimizer | records | largest deviation |
| --- | --- | --- | --- | --- | --- |
{rows}

## Not covered: {left} records

| framework | optimizer | records | why |
| --- | --- | --- | --- |
{reasons}
"""


class Row(NamedTuple):
    """A line of the table of what is reproduced; `bound` is above every deviation in it."""

    rule: str
    dialect: str
    framework: str
    optimizer: str
    records: int
    bound: str


def indices() -> dict[tuple[str, str, str, str], list[int]]:
    """The records that each (rule, dialect, framework, optimizer) covers, in the order of the rules."""
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for index, record in enumerate(records()):
        covered = coverage_of(record)
        if isinstance(covered, Covered):
            for dialect in covered.dialects:
                key = (covered.rule, dialect, record.framework, record.optimizer)
                found.setdefault(key, []).append(index)
    order = list(ALL_RULES)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))


def bound(deviations: Iterable[float]) -> str:
    """A power of ten that is at least twice the largest deviation, and 1e-14 or more."""
    return f"1e{max(-14, math.ceil(math.log10(2 * max(deviations) or 1e-14)))}"


def rows() -> list[Row]:
    """The table, measured now."""
    return [
        Row(*key, len(found), bound(deviation(index, key[1]) for index in found))
        for key, found in indices().items()
    ]


def reasons() -> dict[tuple[str, str, str], int]:
    """How many records of each (framework, optimizer) are not covered, and why."""
    counted: dict[tuple[str, str, str], int] = {}
    for record in records():
        why = coverage_of(record)
        if isinstance(why, str):
            key = (record.framework, record.optimizer, why)
            counted[key] = counted.get(key, 0) + 1
    return counted


def page(table: list[Row]) -> str:
    """The page that shows `table`."""
    left = reasons()
    not_covered = sum(left.values())
    return TEXT.format(
        total=len(records()),
        covered=len(records()) - not_covered,
        rules=len({row.rule for row in table}),
        rows="\n".join(f"| {' | '.join(map(str, row[:-1]))} | < {row.bound} |" for row in table),
        left=not_covered,
        reasons="\n".join(
            f"| {framework} | {name} | {count} | {why} |" for (framework, name, why), count in left.items()
        ),
    )


def read_rows(text: str) -> list[Row]:
    """The table that a page shows."""
    lines = re.findall(r"^\| (.+) \| < (1e-\d+) \|$", text, re.MULTILINE)
    return [Row(*(cells := line.split(" | "))[:4], int(cells[4]), limit) for line, limit in lines]


if __name__ == "__main__":
    PAGE.write_text(page(rows()), encoding="utf-8")
    print(f"{PAGE.name} written.")
