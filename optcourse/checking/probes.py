"""The questions that tell right from wrong, derived from what a rule declares.

A new rule gets its probes with no new code. Knows no learner's function.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from optcourse.arrays import Array, State
from optcourse.checking.answering import Probe, answer
from optcourse.rules import Form

# A long vector has coordinates in which terms nearly cancel; matrices may be tall, wide or one column.
SHAPES = ((3,), (4, 3), (), (2, 3), (3, 1), (1000,))


READ = 200  # numbers at most in a probe that somebody reads

# What numpy's generators are seeded with: a number, or for hidden probes a draw's number and ours.
Seed = int | tuple[int, int]


def seeded(draw: int, number: int) -> Seed:
    """Draw 0 is the public one, that notebooks are checked with; any other is hidden until it is used."""
    return (draw, number) if draw else number


def rounded(numbers: Array, seed: Seed) -> Array:
    """Two decimals where somebody reads them: in public probes, of few numbers.

    Decimals cancel to nothing but rounding now and then (0.9 * 0.02 - 0.1 * 0.18), where a rule that takes a
    sign would refuse a right function. Long vectors and hidden probes have all their digits.
    """
    return numbers.round(2) if isinstance(seed, int) and numbers.size <= READ else numbers


def gradients(count: int, shape: tuple[int, ...], seed: Seed, scale: float = 1.0) -> tuple[Array, ...]:
    """Fixed gradients of about `scale`, one coordinate in five zero."""
    random = np.random.default_rng(seed)
    drawn = rounded(random.normal(size=(count, *shape)), seed) * (random.uniform(size=(count, *shape)) > 0.2)
    return tuple(np.asarray(scale * one) for one in drawn)


def point(shape: tuple[int, ...], seed: Seed = 7) -> Array:
    """A fixed theta of about 1."""
    return np.asarray(rounded(np.asarray(np.random.default_rng(seed).normal(size=shape)), seed))


def accepts(form: Form, shape: tuple[int, ...]) -> bool:
    """Whether the rule works on parameters of this shape (Muon wants a matrix)."""
    theta = point(shape)
    try:
        form.step(theta, theta, form.init(theta))
    except (TypeError, ValueError):
        return False
    return True


def underway(form: Form, shape: tuple[int, ...], draw: int = 0) -> tuple[Array, State]:
    """theta and state after four steps: no part of the state is zero any more."""
    theta = point(shape, seeded(draw, 7))
    state = form.init_function(theta, **form.defaults)
    for grad in gradients(4, shape, seeded(draw, 3), scale=0.5):
        theta, state = form.function(theta, grad, state, **form.defaults)
    return theta, tuple(state)


@cache
def step_probes(form: Form, draw: int = 0) -> tuple[Probe, ...]:
    """The probes for a step in this form; each draw has other numbers in them."""
    return tuple(_step_probes(form, draw))


def _step_probes(form: Form, draw: int) -> Iterator[Probe]:
    defaults = form.defaults
    changed = {name: hyper.probe for name, hyper in form.hypers.items()}
    shapes = [shape for shape in SHAPES if accepts(form, shape)]
    if not shapes:  # a plug-in's rule: its own error tells more than any of ours
        form.step(point(SHAPES[0]), point(SHAPES[0]), form.init(point(SHAPES[0])))
    shape = shapes[0]

    def start(shape: tuple[int, ...]) -> Array:
        return point(shape, seeded(draw, 7))

    def drawn(count: int, shape: tuple[int, ...], number: int, scale: float = 1.0) -> tuple[Array, ...]:
        return gradients(count, shape, seeded(draw, number), scale)

    def fresh(name: str, hypers: Mapping[str, Any], theta: Array, grads: tuple[Array, ...]) -> Probe:
        return Probe(name, hypers, theta, tuple(form.init_function(theta, **hypers)), grads)

    yield fresh("first steps", defaults, start(shape), drawn(12, shape, 1))
    theta, state = underway(form, shape, draw)
    later = drawn(3, shape, 2, scale=0.3)
    yield Probe("under way", defaults, theta, state, later)
    for name, value in changed.items():
        yield Probe(f"{name} changed", {**defaults, name: value}, theta, state, later)
    yield fresh("all hypers changed", changed, start(shape), drawn(9, shape, 4, scale=0.2))
    yield fresh("gradients of zero", changed, start(shape), (np.zeros(shape),) * 2)
    yield Probe("gradients of zero, defaults", defaults, theta, state, (np.zeros(shape),) * 2)
    # theta starts at zero here, or updates of these sizes would vanish in its rounding.
    yield fresh("huge gradients", defaults, np.zeros(shape), drawn(3, shape, 5, scale=1e30))
    yield fresh("tiny gradients", defaults, np.zeros(shape), drawn(3, shape, 6, scale=1e-12))
    for other in shapes[1:]:
        yield fresh(shape_words(other), changed, start(other), drawn(3, other, 8, scale=0.5))
    # Hypers too, or np.sqrt(1 - beta) of a Python number would turn all into float64: that is no mistake.
    single = {name: np.float32(value) for name, value in changed.items()}
    begin = start(shape).astype(np.float32)
    grads = tuple(grad.astype(np.float32) for grad in drawn(3, shape, 9))
    yield fresh("float32", single, begin, grads)
    yield fresh("float32, gradients of zero", single, begin, (np.zeros(shape, np.float32),))


def shape_words(shape: tuple[int, ...]) -> str:
    """What a learner calls such parameters."""
    if not shape:
        return "a single number"
    return f"{shape[0]} numbers" if len(shape) == 1 else f"a matrix of shape {shape}"


def call_words(number: int, args: tuple[Any, ...]) -> str:
    """What a learner calls a call: its numbers, or the shapes of its arrays."""
    if not any(np.ndim(arg) for arg in args):
        return f"arguments {', '.join(map(str, args))}"
    words = [f"shape {np.shape(arg)}" if np.ndim(arg) else str(arg) for arg in args]
    return f"call {number}: {', '.join(words)}"


@cache
def estimate_probes(form: Form, draw: int = 0) -> tuple[Probe, ...]:
    """The probes for a call: the declared ones, or for `estimate(theta, x, y)` batches of one and more."""
    estimate = form.estimate
    assert estimate is not None
    if form.calls:
        calls = form.more_calls(draw) if draw and form.more_calls else form.calls
        # A hidden call is called as the public one in its place: its own numbers stand in no name.
        names = [call_words(number, args) for number, args in enumerate(form.calls, start=1)]
        return tuple(
            Probe(name, {}, args=args, returns=np.shape(estimate(*args)))
            for name, args in zip(names, calls, strict=True)
        )

    def probe(name: str, d: int, batch: tuple[int, ...], scale: float = 1.0, dtype: type = float) -> Probe:
        seed = seeded(draw, d + sum(batch))
        random = np.random.default_rng(seed)
        theta, x, y = (
            rounded(np.asarray(random.normal(size=size)), seed) for size in (d, (*batch, d), batch)
        )
        arguments: tuple[Any, ...] = (
            theta.astype(dtype),
            (scale * x).astype(dtype),
            np.asarray(scale * y).astype(dtype),
        )
        return Probe(name, {}, args=arguments, returns=(d,))

    asked = [
        probe("one example", 3, ()),
        probe("one example, one parameter", 1, ()),
        probe("one example of zeros", 3, (), scale=0.0),
        probe("one large example", 4, (), scale=1e6),
        probe("a batch of five", 3, (5,)),
        probe("a batch of one", 3, (1,)),
        probe("one parameter", 1, (4,)),
        probe("more parameters than examples", 6, (2,)),
        probe("a batch of large examples", 4, (7,), scale=1e6),
    ]
    single = [probe("float32", 3, (), dtype=np.float32), probe("float32", 3, (5,), dtype=np.float32)]
    # The reference's own refusal tells which shapes of batch the rule is meant for.
    return tuple(one for one in asked + single if answer(estimate, one).fault is None)
