"""Marks in the cells of a homework's source: hidden tests, and places where a student's variant stands.

Knows texts and metadata alone; building and grading read them alike.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS[ \t]*\n(.*?)^[ \t]*### END HIDDEN TESTS[ \t]*(?:\n|\Z)", re.M | re.S
)
PLACE = re.compile(r"\{\{([a-z]\w*(?:\.[a-z]\w*)?)\}\}")
NOBODY = "none"  # the variant of a notebook that is nobody's in particular


class MarkError(Exception):
    """A mark that does not fit; the message says which."""


def without_hidden_tests(code: str) -> str:
    """`code` as a student gets it."""
    return HIDDEN.sub("", code).rstrip("\n") if HIDDEN.search(code) else code


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with each place {{task.what}} filled in; MarkError for one that has no value.

    Nothing is looked for where `values` is empty: only homework with variants has such places.
    """
    if not values:
        return text

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise MarkError(f"{found[0]} has no value; there are {', '.join(sorted(values))}.")
        return values[found[1]]

    return PLACE.sub(value, text)


def default_values(metadata: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What stands in the places of a notebook that is nobody's: from the metadata of its cells."""
    values: dict[str, str] = {}
    for cell in metadata:
        task = cell.get("optcourse", {})
        if variants := task.get("variants"):
            values |= places(
                task["task"], task.get("dialect") or "primary", variants, dict(task.get("constants", {}))
            )
    return {**values, "variant": NOBODY} if values else {}


def places(
    task: str, dialect: str, variants: Mapping[str, Any], constants: Mapping[str, float]
) -> dict[str, str]:
    """The values of one task's places: {{task.dialect}}, {{task.text}} and one for each constant."""
    texts = variants.get("dialect", {})
    values = {f"{task}.dialect": dialect} | {
        f"{task}.{name}": f"{value!r}" for name, value in constants.items()
    }
    return values | ({f"{task}.text": texts[dialect]} if dialect in texts else {})
