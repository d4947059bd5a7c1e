"""What each probe of a task earns: the same in a learner's notebook and in grading."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from optcourse.checking.answering import answer
from optcourse.checking.judging import Task, expected, judge


def counted(task: Task, names: Sequence[str], scores: Sequence[float]) -> list[float]:
    """What each finding earns, by its name and its own score in 0..1.

    What a function earns that does nothing (it leaves the inputs alone, and what has to stay stays) counts as
    far as the other probes are right.
    """
    idle = idle_probes(task) | (set(names) - {probe.name for probe in task.probes()})
    telling = [score for name, score in zip(names, scores, strict=True) if name not in idle]
    share = sum(telling) / len(telling) if telling else 1.0
    return [score * (share if name in idle else 1.0) for name, score in zip(names, scores, strict=True)]


@cache
def idle_probes(task: Task) -> frozenset[str]:
    """The probes that are answered right by a function that knows nothing of the rule.

    One of those may be the rule itself (or a part of it): what is right everywhere is no such function.
    """
    found: set[str] = set()
    for function in KNOWING_NOTHING[task.part]:
        right = {
            probe.name
            for probe, reference in zip(task.probes(), expected(*task), strict=True)
            if judge(task, probe, reference, answer(function, probe)).verdict == "AC"
        }
        if len(right) < len(task.probes()):
            found |= right
    return frozenset(found)


def descend(theta: Any, grad: Any, state: Any, *, lr: float = 0.01, **hypers: float) -> Any:
    """Gradient descent, whatever was asked for."""
    return theta - lr * grad, state


def counting(state: Any) -> tuple[Any, ...]:
    """The state, in which every number is one more: it may count the steps."""
    return tuple(part if np.ndim(part) else part + 1 for part in state)


def handed_back(place: int) -> Callable[..., Any]:
    """What returns its argument in this place."""
    return lambda *args: np.array(args[place])


KNOWING_NOTHING: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "step": (
        lambda theta, grad, state, **hypers: (theta.copy(), state),
        lambda theta, grad, state, **hypers: (theta.copy(), counting(state)),
        lambda theta, grad, state, **hypers: (0 * theta, state),
        descend,
        lambda theta, grad, state, **hypers: descend(theta, grad, counting(state), **hypers),
    ),
    "estimate": (
        lambda *args: np.zeros(np.shape(args[0])),
        lambda *args: np.zeros(()),
        lambda *args: np.ones(()),
        *map(handed_back, range(3)),
    ),
}
