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
    """As `optcourse.check`, whose arguments it takes; `show` shows nothing before the deadline.

    `step`, `rule`, `dialect`, `accepts` and `constants` are those of `optcourse.check`, as are its errors:
    an OptcourseError for a check that can't be made.

    >>> from optcourse.graded import check
    >>> def gd_step(theta, grad, state, *, lr=0.1):
    ...     return theta - lr * grad, state
    >>> check(gd_step).passed
    True
    """
    return checked(step, rule, dialect, accepts, constants or {}, show, in_homework=True)


def hint(rule: str | Rule | Callable[..., Any]) -> Shown:
    """As `optcourse.hint`, for a rule by its name ("adam") or for the function itself.

    `rule` is that name or function; OptcourseError for what is no rule.

    >>> from optcourse.graded import hint
    >>> hint("adam")  # doctest: +ELLIPSIS
    Hint 1 of ...
    """
    return next_hint(rule, in_homework=True)
