"""What an entry of the table is: a wrong function, the task it was written for, and what is wrong with it."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Wrong(NamedTuple):
    """A function, what it was written for ("adam", "sgd_grad"), and the keys of the mistakes made in it."""

    function: Callable[..., Any]
    task: str
    keys: tuple[str, ...]


def shows(task: str, *keys: str) -> Callable[[Callable[..., Any]], Wrong]:
    """A decorator that makes a function an entry of the table."""

    def entry(function: Callable[..., Any]) -> Wrong:
        return Wrong(function, task, keys)

    return entry
