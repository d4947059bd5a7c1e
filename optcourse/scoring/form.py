"""What a rule of one's own has to keep to before it is run: its form, not what it computes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from optcourse.checking.answering import Answer, Probe, answer
from optcourse.errors import UserError
from optcourse.racing.runners import own_rule
from optcourse.rules import Form

SHAPE = (5,)
Range = tuple[float, float]
Init = Callable[..., Any]


def rule_of(step: Callable[..., Any], init: Init | None, ranges: Mapping[str, Range]) -> Form:
    """The rule to run; UserError where its hypers and their ranges don't fit."""
    defaults = getattr(step, "__kwdefaults__", None) or {}
    name = getattr(step, "__name__", "step")
    for hyper, given in ranges.items():
        if hyper not in defaults:
            known = ", ".join(defaults) or "none"
            raise UserError(f"{name} has no hyper {hyper!r} after the *: it has {known}.")
        if not (len(given) == 2 and 0 <= given[0] < given[1] < float("inf")):
            raise UserError(f"{hyper} needs a range, two numbers with 0 <= low < high; got {given!r}.")
    if missing := [hyper for hyper in defaults if hyper not in ranges]:
        raise UserError(
            f"{name} has {', '.join(missing)}, of which no range is given: {{{missing[0]!r}: (low, high)}}."
        )
    begin = init or no_state
    return own_rule(step, lambda theta, **hypers: begin(theta), name="", **dict(ranges))


def no_state(theta: Any) -> tuple[()]:
    """The state of a rule that remembers nothing."""
    return ()


@dataclass(frozen=True)
class Contract:
    """Whether a rule keeps to the form, and what is wrong where it does not.

    `passed` is whether; `says` is the sentence. Made by `contract`.

    >>> from optcourse.scoring import contract
    >>> contract(lambda theta, grad, state: (theta - 0.1 * grad, state)).passed
    True
    """

    passed: bool
    says: str

    def __repr__(self) -> str:
        return self.says

    def _repr_html_(self) -> str:
        return f'<p role="status"><strong>{"✓" if self.passed else "○"} {escape(self.says)}</strong></p>'


def contract(step: Callable[..., Any], init: Init | None = None) -> Contract:
    """Look at the form of a rule of your own: what goes in and comes out, and not whether it is any good.

    `step` and `init` are as in `score`. What they raise is said, never raised.

    >>> from optcourse import contract
    >>> def own_step(theta, grad, state, *, lr=0.1):
    ...     theta -= lr * grad
    ...     return theta, state
    >>> contract(own_step)
    It changes theta in place: make new arrays, as in m = beta * m.
    """
    fault = fault_of(step, init)
    return Contract(not fault, fault or "Your rule keeps to the form: it can be run and scored.")


def fault_of(step: Callable[..., Any], init: Init | None) -> str:
    """What is wrong with the form of a rule, in a sentence; empty where nothing is.

    It is stepped from a theta of shape (5,) through three gradients, twice: theta and each part of the state
    keep their shape, what goes in stays as it was, and the same comes out both times.
    """
    first, second = (stepped(step, init) for _ in range(2))
    if isinstance(first, str):
        return first
    if first.changed:
        return f"It changes {', '.join(sorted(first.changed))} in place: make new arrays, as in m = beta * m."
    assert isinstance(second, Answer)
    if not all(
        np.array_equal(a, b, equal_nan=True)
        for one, other in zip(first.values, second.values, strict=True)
        for a, b in zip(one, other, strict=True)
    ):
        return "It does not return the same for the same arguments (does it draw random numbers?)."
    if not np.isfinite(first.values[-1][-1]).all():
        return "With its default hypers theta is no number any more after three small gradients."
    return ""


def stepped(step: Callable[..., Any], init: Init | None) -> Answer | str:
    """Its answer to three gradients; or what kept it from answering."""
    theta = np.linspace(-1, 1, SHAPE[0])
    try:
        state = (init or no_state)(theta.copy())
    except NotImplementedError:
        return "Not attempted yet: the init is still the stub."
    if not isinstance(state, (tuple, list)):
        return f"The init returns {type(state).__name__}: return a tuple, as in (np.zeros_like(theta), 0)."
    grads = tuple(np.cos(theta + number) for number in range(3))
    given = answer(step, Probe("form", {}, theta=theta, state=tuple(state), grads=grads))
    if given.fault is None:
        return given
    fault = given.fault
    if fault.code == "NA":
        return "Not attempted yet: the step is still the stub."
    where = f" (line {fault.line}: {fault.text})" if fault.line else ""
    return f"It can't be stepped: {fault.says}{where}."
