"""A rule on a flat vector, applied to each of its named parts in the part's own shape."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from optcourse.arrays import Array, State
from optcourse.rules import adam
from optcourse.rules.base import Form
from optcourse.rules.compose import Composed

Hypers = Mapping[str, Any]


def same(hypers: Hypers) -> Hypers:
    """The hypers of a part that the rule itself steps."""
    return hypers


def beside_muon(hypers: Hypers) -> Hypers:
    """Adam's hypers where it stands in for Muon: those of Muon's authors.

    lr is 0.015 of Muon's, which is their ratio (3e-4 to 0.02), so that it follows sweeps and schedules.
    These parts are not decayed. Source: K. Jordan et al. (2024), github.com/KellerJordan/Muon.
    """
    return {"lr": 0.015 * hypers["lr"], "beta1": 0.9, "beta2": 0.95, "eps": 1e-10}


def used_for(form: Form, shape: tuple[int, ...]) -> tuple[Form, Callable[[Hypers], Hypers]]:
    """The form that steps a part of this shape, and what makes its hypers from those of `form`."""
    if form.name == "muon" and len(shape) != 2:
        return adam.RULE, beside_muon
    return form, same


def by_part(form: Form, parts: Mapping[str, tuple[int, ...]]) -> Form:
    """`form` on vectors theta and grad of shape (d,), which hold `parts` (name -> shape) one after another.

    Muon leaves parts that are no matrix to Adam (see `beside_muon`). The state is a tuple: the state of
    each part; that of the only part itself, where there is just one. For forms that take the gradient and are
    judged at theta, as all that mix coordinates do. What is put around a rule (clipping, decay) stays around
    all parts together.
    """
    if isinstance(form, Composed):
        return form.around(by_part(form.inner, parts))
    if len(parts) == 1:
        return in_shape(form, *parts.values())
    ends = list(accumulate(prod(shape) for shape in parts.values()))
    used = [used_for(form, shape) for shape in parts.values()]

    def pieces(vector: Array) -> list[Array]:
        flat = np.split(vector, ends[:-1])
        return [piece.reshape(shape) for piece, shape in zip(flat, parts.values(), strict=True)]

    def init(theta: Array, **hypers: Any) -> State:
        given = {**form.defaults, **hypers}
        return tuple(
            part.init_function(piece, **its(given))
            for (part, its), piece in zip(used, pieces(theta), strict=True)
        )

    def step(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        given = {**form.defaults, **hypers}
        stepped = [
            part.function(piece, slope, memory, **its(given))
            for (part, its), piece, slope, memory in zip(
                used, pieces(theta), pieces(grad), state, strict=True
            )
        ]
        return np.concatenate([np.ravel(piece) for piece, _ in stepped]), tuple(m for _, m in stepped)

    return replace(form, function=step, init_function=init)


def in_shape(form: Form, shape: tuple[int, ...]) -> Form:
    """`form` on vectors theta and grad, which it steps in another shape; its state has that shape."""
    part, its = used_for(form, shape)

    def init(theta: Array, **hypers: Any) -> State:
        return part.init_function(theta.reshape(shape), **its({**form.defaults, **hypers}))

    def step(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        given = its({**form.defaults, **hypers})
        moved, memory = part.function(theta.reshape(shape), grad.reshape(shape), state, **given)
        return np.ravel(moved), memory

    return replace(form, function=step, init_function=init)
