"""On which points a mutant is compared with its rule, to say whether it is another function at all."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import quietly
from optcourse.rules import Form, Hyper


class Call(NamedTuple):
    """One call of the reference: its arguments, what came back, and how large each value was before."""

    arguments: tuple[Any, ...]
    hypers: dict[str, Any]
    values: tuple[Any, ...]
    before: tuple[Any, ...]


class Sample:
    """Many calls of a rule's reference, on which a mutant either differs somewhere or nowhere.

    theta, gradients and states of many sizes, zeros among them; states are the reference's own after 0 to 7
    steps; hypers are drawn from the sliders, the ends of the intervals, the defaults and the probes' values.
    A dozen calls more, in float32, tell whether the dtype is kept.
    """

    def __init__(self, form: Form, part: str, reference: Callable[..., Any]) -> None:
        random = np.random.default_rng(0)
        self.elementwise = form.elementwise and part == "step"
        made = estimate_calls if part == "estimate" else step_calls
        with quietly():
            self.calls = tuple(made(reference, form, random))
            self.singles = [in_single(reference, form, call) for call in self.calls[:: len(self.calls) // 12]]
        self.points = sum(np.size(call.values[-1]) for call in self.calls)

    def differs(self, function: Callable[..., Any]) -> bool:
        """Whether `function` raises, or differs by more than 1e-9 of an update or state part, anywhere."""
        with quietly():
            return any(self.differs_at(function, call) for call in self.calls) or any(
                dtypes(function(*call.arguments, **call.hypers)) != dtypes(call.values)
                for call in self.singles
            )

    def differs_at(self, function: Callable[..., Any], call: Call) -> bool:
        """The same for one call."""
        try:
            values = flat(function(*call.arguments, **call.hypers))
        except Exception:  # whatever a mutant raises, the reference did not
            return True
        if len(values) != len(call.values):
            return True
        return any(map(self.apart, values, call.values, call.before, range(len(values))[::-1]))

    def apart(self, got: Any, wanted: Any, before: Any, from_last: int) -> bool:
        """Whether two values differ; theta is the last, and what counts for it is how far it moved."""
        got, wanted, before = np.asarray(got), np.asarray(wanted), np.asarray(before)
        if got.shape != wanted.shape or got.dtype.kind not in "fiu":
            return True
        size = np.maximum(np.abs(wanted), np.abs(before))
        moved = np.abs(wanted - before) if from_last == 0 else size
        if not self.elementwise:  # rounding in one coordinate reaches the others
            size, moved = np.max(size, initial=0), np.max(moved, initial=0)
        allowed = 1e-9 * moved + 16 * np.finfo(float).eps * size
        allowed = np.where(np.isfinite(allowed), allowed, 0)
        same = (np.abs(got - wanted) <= allowed) | (got == wanted) | (np.isnan(got) & np.isnan(wanted))
        return not bool(np.all(same))


def in_single(reference: Callable[..., Any], form: Form, call: Call) -> Call:
    """A call like this one with arrays of float32 and the hypers' defaults, in float32 too."""

    def single(value: Any) -> Any:
        return np.asarray(value, dtype=np.float32) if isinstance(value, np.ndarray) else value

    arguments = tuple(
        tuple(map(single, one)) if isinstance(one, tuple) else single(one) for one in call.arguments
    )
    hypers = {name: np.float32(value) for name, value in form.defaults.items()} if call.hypers else {}
    return Call(arguments, hypers, reference(*arguments, **hypers), ())


def dtypes(returned: Any) -> tuple[np.dtype[Any], ...]:
    """The dtypes of the arrays that came back; a count may be of any kind."""
    return tuple(np.asarray(value).dtype for value in flat(returned) if np.ndim(value))


def flat(returned: Any) -> tuple[Any, ...]:
    """(theta, (m, v)) becomes (m, v, theta); a gradient stands alone."""
    if not isinstance(returned, tuple):
        return (returned,)
    theta, state = returned
    return (*state, theta)


def step_calls(reference: Callable[..., Any], form: Form, random: np.random.Generator) -> Iterator[Call]:
    """Runs of the reference; where it is elementwise each coordinate has its own hypers and sizes."""
    if form.elementwise:
        shapes = [(), (4, 3), (300,), *[(1000,)] * 14]
    else:
        shapes = [(1, 1), (3, 1), (1, 4), (5, 2), *[tuple(random.integers(1, 11, size=2)) for _ in range(80)]]
    for number, shape in enumerate(shapes):
        each = shape if form.elementwise else ()
        hypers = drawn_hypers(form, random, each)
        theta = random.normal(size=shape) * 10.0 ** random.uniform(-3, 3, size=each)
        theta = theta * (random.uniform(size=shape) > 0.1)
        size = 10.0 ** random.uniform(-12, 12, size=each)
        state = tuple(form.init_function(theta, **hypers))
        for _ in range(8):
            grad = random.normal(size=shape) * size * 10.0 ** random.normal(size=each)
            grad = grad * (random.uniform(size=shape) > 0.15)
            arguments = (theta, grad, state)
            before = (*state, theta)
            theta, state = reference(*arguments, **hypers)
            yield Call(arguments, hypers, (*state, theta), before)
            if number % 2:  # a schedule changes hypers on the way
                hypers = drawn_hypers(form, random, each)


def drawn_hypers(form: Form, random: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
    """A value of each hyper for each coordinate; plain numbers where there is one for all."""
    hypers = {name: drawn(hyper, random, shape) for name, hyper in form.hypers.items()}
    if form.name == "warmup":  # short enough for eight steps to pass its end, which is after its warm-up
        hypers["warmup_steps"] = random.integers(1, 5, size=shape)
        hypers["total_steps"] = hypers["warmup_steps"] + random.integers(1, 5, size=shape)
    return hypers if shape else {name: float(value) for name, value in hypers.items()}


def drawn(hyper: Hyper, random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Mostly from the slider's range; else an end of it or of the interval, the default, the probe."""
    low, high = hyper.slider
    inside = random.uniform(size=shape)
    values = low * (high / low) ** inside if hyper.scale == "log" else low + (high - low) * inside
    first, last, with_first, with_last = hyper.bounds
    special = [low, high, hyper.default, hyper.probe]
    special += [first] * with_first + [last] * with_last
    if np.isfinite(last) and not with_last:
        special.append(last - 1e-5 * (last - first))
    return np.where(random.uniform(size=shape) < 0.75, values, random.choice(special, size=shape))[()]


def estimate_calls(reference: Callable[..., Any], form: Form, random: np.random.Generator) -> Iterator[Call]:
    """Batches, or single examples, of many sizes."""
    for _ in range(2000):
        d, count = random.integers(1, 8, size=2)
        batch = (int(count),) if form.name == "minibatch" else ()
        sizes = 10.0 ** random.uniform(-6, 6, size=3)
        shapes = ((d,), (*batch, d), batch)
        arguments = tuple(
            np.asarray(s * random.normal(size=shape)) for s, shape in zip(sizes, shapes, strict=True)
        )
        value = reference(*arguments)
        # A residual is a difference of terms of these sizes: rounding is relative to them.
        theta, x, y = (np.max(np.abs(argument)) for argument in arguments)
        yield Call(arguments, {}, (value,), (np.full(d, x * (x * theta * d + y)),))
