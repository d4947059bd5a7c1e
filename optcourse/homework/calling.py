"""What the tasks that are no steps have in common: how they are asked, and what is wrong in them."""

from collections.abc import Callable
from typing import Any

from optcourse.arrays import Array, State
from optcourse.rules.base import Edit, Paper, Rule

Calls = tuple[tuple[Any, ...], ...]


def asked_only(theta: Array, grad: Array, state: State) -> tuple[Array, State]:
    """Stands where a rule has its step: this task has none, it is asked through its `estimate`."""
    return theta, state


def wrong(key: str, was: str, becomes: str, says: str) -> Edit:
    """A mistake in what such a task asks for."""
    return Edit(key, was, becomes, says, of="estimate")


def asked(
    name: str,
    title: str,
    function: Callable[..., Any],
    calls: Callable[[int], Calls],
    *,
    seed: int,
    formula: str,
    source: Paper,
    hints: tuple[str, ...],
    mistakes: tuple[Edit, ...],
) -> Rule:
    """The task of writing `function`, which is asked with the arguments of `calls(seed)`.

    A hidden draw has other numbers than the public ones, whatever its seed.
    """
    return Rule(
        name=name,
        title=title,
        function=asked_only,
        hypers={},
        estimate=function,
        calls=calls(seed),
        more_calls=lambda draw: calls(1_000_000 + draw),
        formula=formula,
        source=source,
        hints=hints,
        mistake_list=mistakes,
    )
