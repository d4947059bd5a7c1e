"""Gradient clipping and weight decay, put around any form of a rule.

Each function takes a form and gives a new one, which `run` takes like any other: its hypers are the form's
and one more. Where several are put around each other the outermost acts first, so
`clipped(with_l2(form), norm=1.0)` clips the gradient and then adds the decay, as PyTorch's training loops do.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np

from optcourse.arrays import Array, State, Step
from optcourse.errors import WrongValueError
from optcourse.rules.base import Form, Hyper, at_theta

WEIGHT_DECAY = Hyper(
    "weight_decay", "how strongly theta is pulled to zero", "[0, inf)", (1e-4, 1.0), 0.3, "log"
)
CLIP_NORM = Hyper(
    "clip_norm", "the length above which a gradient is cut", "(0, inf)", (1e-2, 10.0), 0.5, "log"
)
CLIP_VALUE = Hyper(
    "clip_value", "the largest size of a gradient's coordinate", "(0, inf)", (1e-2, 10.0), 0.5, "log"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Composed(Form):
    """A form with something put around `inner`; `around(other)` puts the same around another form."""

    inner: Form
    around: Callable[[Form], Form]


def clipped(
    form: Form,
    *,
    norm: float | None = None,
    value: float | None = None,
    axis: int | tuple[int, ...] | None = None,
) -> Composed:
    """`form` with its gradient clipped first: to a length (`norm`) or coordinate by coordinate (`value`).

    The new hyper is `clip_norm` or `clip_value`, with the given default. The length is taken along `axis`:
    unless told otherwise along the last, as `run` keeps theta as (..., d) with the sweep in front; for a
    rule that mixes coordinates along all axes. A network's parts are clipped together, by one length.
    Source of clipping by norm: Pascanu, Mikolov and Bengio (2013), algorithm 1. (PyTorch adds 1e-6 to it.)
    Raises ValueError unless just one of norm and value is given.
    """
    if (norm is None) == (value is None):
        raise WrongValueError(f"Give either norm= or value= to clip to; got norm={norm!r}, value={value!r}.")
    around = partial(clipped, norm=norm, value=value, axis=axis)
    if axis is None and form.elementwise:
        axis = -1

    def by_norm(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        limit = hypers.pop("clip_norm", norm)
        # hypot does not overflow where the sum of squares would.
        length = np.hypot.reduce(grad, axis=axis, keepdims=True)
        grad = grad * (limit / np.maximum(length, limit))
        return form.function(theta, grad, state, **hypers)

    def by_value(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        limit = hypers.pop("clip_value", value)
        return form.function(theta, np.clip(grad, -limit, limit), state, **hypers)

    if norm is not None:
        return _composed(form, "clipped by norm", CLIP_NORM, norm, by_norm, around)
    assert value is not None
    return _composed(form, "clipped by value", CLIP_VALUE, value, by_value, around)


def with_l2(form: Form, weight_decay: float = 0.01) -> Composed:
    """`form` with weight_decay * theta added to its gradient: the gradient of weight_decay |theta|^2 / 2.

    theta is taken where the gradient is (`grad_at`). This is weight_decay in PyTorch's SGD and Adam.
    """

    def penalised(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        decay = hypers.pop("weight_decay", weight_decay)
        point = form.grad_at(theta, state, **{**form.defaults, **hypers})
        return form.function(theta, grad + decay * point, state, **hypers)

    return _composed(
        form, "with L2", WEIGHT_DECAY, weight_decay, penalised, partial(with_l2, weight_decay=weight_decay)
    )


def with_weight_decay(form: Form, weight_decay: float = 0.01) -> Composed:
    """`form` with theta shrunk by lr * weight_decay of itself in each step, apart from the gradient.

    Source: Loshchilov and Hutter (2019), with the decay scaled by lr as in PyTorch's AdamW; every Keras
    optimizer's weight_decay does this.
    """
    if "lr" not in form.hypers:
        raise WrongValueError(f"{form.name} has no lr to scale the decay with: use with_l2.")
    if form.evaluate is not at_theta:
        # Schedule-free makes theta anew from its own z and x, so what is taken off theta would be forgotten.
        # Its authors let the decay act on z along with the gradient, which for an SGD step is L2.
        return with_l2(form, weight_decay)

    def decayed(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        decay = hypers.pop("weight_decay", weight_decay)
        lr = hypers.get("lr", form.defaults["lr"])
        return form.function(theta - lr * decay * theta, grad, state, **hypers)

    return _composed(
        form,
        "with weight decay",
        WEIGHT_DECAY,
        weight_decay,
        decayed,
        partial(with_weight_decay, weight_decay=weight_decay),
    )


def _composed(
    form: Form, words: str, hyper: Hyper, default: float, function: Step, around: Callable[[Form], Form]
) -> Composed:
    """`form` with another function and one more hyper. Its dialects and mistakes stay behind."""
    if hyper.name in form.hypers:
        raise WrongValueError(f"{form.name} has a hyper {hyper.name!r} already: set that one.")
    hyper.check(default)
    kept = {field.name: getattr(form, field.name) for field in fields(Form)}
    changed = {
        "name": f"{form.name} {words}",
        "hypers": {**form.hypers, hyper.name: replace(hyper, default=default)},
        "function": function,
        "diff": (),
    }
    return Composed(**{**kept, **changed}, inner=form, around=around)
