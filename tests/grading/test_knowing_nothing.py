"""A function that knows nothing of what is asked earns nothing, in any task of any homework."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optcourse.checking.answering import Answer, answer
from optcourse.grading.assignment import Asked, read_assignment
from optcourse.grading.sandbox.asking import Handed
from optcourse.grading.scoring import earned, marks, scored

SOLUTIONS = Path(__file__).parents[2] / "solutions"
TASKS = [
    asked
    for path in sorted(SOLUTIONS.glob("hw*_*.md"))
    for asked in read_assignment(path).tasks
    if not asked.trains
]
HIDDEN = 12345


def kept(state: Any) -> tuple[Any, ...]:
    return tuple(np.copy(part) if np.ndim(part) else part for part in state)


def counted(state: Any) -> tuple[Any, ...]:
    return tuple(np.copy(part) if np.ndim(part) else part + 1 for part in state)


STEPS: dict[str, Callable[..., Any]] = {
    "copies its inputs": lambda theta, grad, state, **_: (theta.copy(), state),
    "copies all": lambda theta, grad, state, **_: (theta.copy(), kept(state)),
    "counts": lambda theta, grad, state, **_: (theta.copy(), counted(state)),
    "returns the gradient": lambda theta, grad, state, **_: (grad.copy(), kept(state)),
    "returns zeros": lambda theta, grad, state, **_: (0 * theta, tuple(0 * part for part in state)),
    "is nowhere": lambda theta, grad, state, **_: (theta * np.nan, kept(state)),
    "leaves to infinity": lambda theta, grad, state, **_: (theta + np.inf, counted(state)),
    "adds the gradient": lambda theta, grad, state, **_: (theta + grad, counted(state)),
    "takes a small step": lambda theta, grad, state, **_: (theta - 1e-12 * grad, counted(state)),
    "goes downhill": lambda theta, grad, state, lr=0.01, **_: (theta - lr * grad, counted(state)),
}
CALLS: dict[str, Callable[..., Any]] = {
    "zero": lambda *args: 0.0,
    "one": lambda *args: 1.0,
    "a half": lambda *args: 0.5,
    "nan": lambda *args: np.nan,
    "zeros": lambda *args: np.zeros(np.shape(args[0])),
    "ones": lambda *args: np.ones(np.shape(args[0])),
    "its first": lambda *args: np.array(args[0]),
    "its second": lambda *args: np.array(args[1]),
    "its last": lambda *args: np.array(args[-1]),
    "the size": lambda *args: float(np.size(args[0])),
}


def answered(asked: Asked, function: Callable[..., Any]) -> tuple[Answer, ...]:
    return tuple(answer(function, probe) for probe in asked.question(HIDDEN).probes())


@pytest.mark.parametrize("asked", TASKS, ids=lambda asked: asked.task)
def test_who_knows_nothing_earns_nothing(asked: Asked) -> None:
    task = asked.question(HIDDEN)
    found = {}
    for says, function in (STEPS if task.part == "step" else CALLS).items():
        answers = answered(asked, function)
        found[says] = sum(one.score for one in earned(task, marks(asked.of(), task, answers), False))
    assert {says: score for says, score in found.items() if score} == {}


@pytest.mark.parametrize("asked", TASKS, ids=lambda asked: asked.task)
def test_who_copies_what_comes_in_is_wrong_in_every_task(asked: Asked) -> None:
    function = STEPS["copies its inputs"] if asked.question(0).part == "step" else CALLS["its first"]
    result = scored(asked, HIDDEN, Handed(asked.function, {}), answered(asked, function))
    assert (result.verdict in ("WA", "BF"), result.score) == (True, 0), result.message
