"""What the tasks that are no steps have in common: how they are asked."""

from collections.abc import Callable
from typing import Any

from optcourse.arrays import Array, State

Calls = tuple[tuple[Any, ...], ...]


def asked_only(theta: Array, grad: Array, state: State) -> tuple[Array, State]:
    """Stands where a rule has its step: this task has none, it is asked through its `estimate`."""
    return theta, state


def drawn(calls: Callable[[int], Calls]) -> Callable[[int], Calls]:
    """The arguments of a hidden draw: other numbers than the public ones, whatever their seed."""
    return lambda draw: calls(1_000_000 + draw)
