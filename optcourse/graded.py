"""What homework asks with: a check that keeps the formula's lines to itself, and hints that name no solution.

The lines stand on the page that comes back after the deadline.
"""

from collections.abc import Callable, Mapping
from typing import Any

from optcourse.checking import Report, checked, next_hint
from optcourse.checking.hints import Shown
from optcourse.rules import Rule

__all__ = ["check", "hint"]


def check(
    step: Callable[..., Any],
    rule: str | Rule | None = None,
    *,
    dialect: str | None = None,
    accepts: tuple[str, ...] = (),
    constants: Mapping[str, float] | None = None,
    show: bool = False,
) -> Report:
    """As `optcourse.check`, whose arguments it takes; `show` shows nothing before the deadline."""
    return checked(step, rule, dialect, accepts, constants or {}, show, in_homework=True)


def hint(rule: str | Rule | Callable[..., Any]) -> Shown:
    """As `optcourse.hint`, for a rule by its name ("adam") or for the function itself."""
    return next_hint(rule, in_homework=True)
