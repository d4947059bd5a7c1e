"""A rule of one's own in a file or notebook, for `optcourse score`. The learner's own file: it is run."""

from pathlib import Path
from typing import Any, NamedTuple

from optcourse.checking.files import executed
from optcourse.errors import UserError
from optcourse.scoring.form import Init, Range


class Found(NamedTuple):
    """A rule of a file: its step, its init (if there is one) and the ranges of its hypers."""

    name: str
    step: Any
    init: Init | None
    ranges: dict[str, Range]


def rules_in(path: Path) -> tuple[list[Found], list[str]]:
    """Each NAME_step with its NAME_init and the dict NAME_hypers, and what could not be run.

    UserError where there is none, or where its hypers are no dict of ranges.
    """
    namespace, notes = executed(path)
    names = [key.removesuffix("_hypers") for key in namespace if key.endswith("_hypers")]
    found = [rule_named(name, namespace, path) for name in names if callable(namespace.get(f"{name}_step"))]
    if not found:
        raise UserError(
            f"No rule of your own in {path.name}: a function my_step, and my_hypers with the range of each "
            'of its hypers, as in my_hypers = {"lr": (1e-4, 1)}; my_init where it has a state.'
        )
    return found, notes


def rule_named(name: str, namespace: dict[str, Any], path: Path) -> Found:
    """The rule of that name."""
    ranges = namespace[f"{name}_hypers"]
    if not isinstance(ranges, dict) or not all(isinstance(one, tuple | list) for one in ranges.values()):
        raise UserError(f"{path.name}: {name}_hypers is a dict of ranges, as in {{'lr': (1e-4, 1)}}.")
    return Found(name, namespace[f"{name}_step"], namespace.get(f"{name}_init"), dict(ranges))
