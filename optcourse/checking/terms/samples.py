"""What went into each step of an answer and what came out, laid flat; the values of expressions at them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Probe
from optcourse.checking.judging import Task, scales
from optcourse.checking.terms.expressions import Node, factors
from optcourse.checking.terms.reading import CALLS

Values = NDArray[np.float64]

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs, "sign": np.sign, "max": np.maximum, "min": np.minimum, "where": np.where, "clip": np.clip,
    "exp": np.exp, "log": np.log, "float32": lambda x: np.float64(np.float32(x)),
    # Calculated with like all else, so 1.0 and 0.0: numpy has no sign of a bool.
    "eq": lambda a, b: np.equal(a, b) * 1.0, "lt": lambda a, b: np.less(a, b) * 1.0,
    "gt": lambda a, b: np.greater(a, b) * 1.0, "le": lambda a, b: np.less_equal(a, b) * 1.0,
    "ge": lambda a, b: np.greater_equal(a, b) * 1.0,
}  # fmt: skip


class Samples:
    """The steps of some probes; every name of an expression is one row, of all coordinates of all steps."""

    def __init__(self, task: Task, answers: tuple[Answer, ...], probes: list[int]) -> None:
        self.parts = len(task.form.state_fields)
        self.shapes: list[tuple[int, ...]] = []
        self.probes: list[str] = []
        self.counters = frozenset(
            part for part, blank in enumerate(task.form._blank) if not isinstance(blank, np.ndarray)
        )
        rows: list[dict[str, Values]] = []
        for place in probes:
            rows += self.steps(task, task.probes()[place], answers[place])
        self.rows = {key: np.concatenate([row[key] for row in rows]) for key in rows[0]} if rows else {}
        self.sizes = np.array([int(np.prod(shape)) for shape in self.shapes], dtype=int)
        self.starts = np.cumsum([0, *self.sizes])[:-1].astype(int)
        self.step_of = np.repeat(np.arange(len(rows)), self.sizes)
        self.one_number = {
            *task.form.hypers,
            *(f"{when}{part}" for part in self.counters for when in ("old", "new")),
        }
        self.values: dict[Node, Any] = {}
        self.whole_values: dict[Node, list[Any]] = {}
        self.compared = 0

    def steps(self, task: Task, probe: Probe, got: Answer) -> list[dict[str, Values]]:
        """One row for each step of an answer that started from finite numbers."""
        rows: list[dict[str, Values]] = []
        theta, state = probe.theta, probe.state
        for grad, values in zip(probe.grads, got.values, strict=False):
            before = [np.asarray(part, float) for part in (*state, theta)]
            after = [np.asarray(part, float) for part in values]
            if len(rows) == 0:
                allowed = scales(task, probe)
            tolerances = [scale.allows(part) for scale, part in zip(allowed, after, strict=True)]
            if all(np.isfinite(part).all() for part in before):
                full = {"theta": before[-1], "grad": np.asarray(grad, float)}
                full |= {hyper: np.asarray(value, float) for hyper, value in probe.hypers.items()}
                for part, (was, now, off) in enumerate(zip(before, after, tolerances, strict=True)):
                    full |= {f"old{part}": was, f"new{part}": now, f"off{part}": np.asarray(off)}
                rows.append({key: laid_flat(value, theta.shape) for key, value in full.items()})
                self.shapes.append(theta.shape)
                self.probes.append(probe.name)
            state, theta = values[:-1], values[-1]
        return rows

    @property
    def empty(self) -> bool:
        """Whether there is no step at all."""
        return not self.rows

    def returned(self, term: int) -> Values:
        """What came back for a term."""
        return self.rows[f"new{term}"]

    def matches(self, one: Node, term: int, looser: float = 1.0) -> bool:
        """Whether an expression has the values that came back for a term, at every step."""
        self.compared += 1
        wanted, value = self.returned(term), self.value(one)
        off = ~(np.abs(value - wanted) <= looser * self.rows[f"off{term}"])
        if looser > 1:
            off &= np.abs(wanted) < 1e30
        if off.any():
            off &= (value != wanted) & ~(np.isnan(value) & np.isnan(wanted))
        return not off.any()

    def value(self, one: Node) -> Any:
        """The values of an expression: a row, or one number."""
        if one not in self.values:
            self.values[one] = self.computed(one)
        return self.values[one]

    def row(self, one: Node) -> Values:
        """The values of an expression as a row."""
        return np.broadcast_to(np.asarray(self.value(one), float), self.step_of.shape)

    def computed(self, one: Node) -> Any:
        """The values of an expression from those of its parts."""
        if one.kind == "number":
            return np.float64(one.value)
        if one.kind == "name":
            return self.rows.get(one.name, np.float64(np.nan))
        if one.kind in ("call", "item"):
            return self.laid_out(self.whole(one))
        if one.kind == "reduction":
            return self.reduced(one.name, self.row(one.kids[0]))
        if one.kind == "product":
            above: Any = 1.0
            below: Any = None
            for base, exponent in factors(one):
                value = raised(self.value(base), abs(exponent))
                if exponent > 0:
                    above = above * value
                else:
                    below = value if below is None else below * value
            return above if below is None else above / below
        values = [self.value(kid) for kid in one.kids]
        if one.kind == "sum":
            return sum(values[1:], values[0])
        return np.power(*values) if one.kind == "power" else FUNCTIONS[one.name](*values)

    def reduced(self, how: str, values: Values) -> Values:
        """One number for all coordinates of a step."""
        last = np.append(self.starts[1:], len(values)) - 1
        if how == "norm":
            return np.sqrt(np.add.reduceat(values * values, self.starts))[self.step_of]
        of_steps: Mapping[str, Callable[[], Values]] = {
            "sum": lambda: np.add.reduceat(values, self.starts),
            "mean": lambda: np.add.reduceat(values, self.starts) / self.sizes,
            "largest": lambda: np.maximum.reduceat(values, self.starts),
            "last": lambda: values[last],
            "first": lambda: values[self.starts],
        }
        return of_steps[how]()[self.step_of]

    def whole(self, one: Node) -> list[Any]:
        """The value at each step, in its own shape, as a call takes it."""
        if one in self.whole_values:
            return self.whole_values[one]
        if one.kind == "call":
            columns = [self.whole(kid) for kid in one.kids]
            out = [called(one.name, [column[step] for column in columns]) for step in range(len(self.shapes))]
        elif one.kind == "item":
            place = int(float(one.label or 0))  # type: ignore[arg-type]
            out = [value[place] if isinstance(value, tuple) else np.nan for value in self.whole(one.kids[0])]
        else:
            row = self.row(one)
            if self.is_number(one):
                out = [float(row[start]) for start in self.starts]
            else:
                out = [
                    row[start : start + size].reshape(shape)
                    for start, size, shape in zip(self.starts, self.sizes, self.shapes, strict=True)
                ]
        self.whole_values[one] = out
        return out

    def laid_out(self, values: list[Any]) -> Values:
        """The values of a call as a row; nan where they have another shape."""
        return np.concatenate(
            [laid_flat(value, shape) for value, shape in zip(values, self.shapes, strict=True)]
        )

    def is_number(self, one: Node) -> bool:
        """Whether it is one number at each step, and no array."""
        if one.kind == "name":
            return one.name in self.one_number
        if one.kind in ("call", "item"):
            return any(self.shapes) and all(np.ndim(value) == 0 for value in self.whole(one))
        return one.kind in ("number", "reduction") or all(self.is_number(kid) for kid in one.kids)


def laid_flat(value: Any, shape: tuple[int, ...]) -> Values:
    """A value for each coordinate of this shape; nan for what does not fit."""
    try:
        return np.broadcast_to(np.asarray(value, float), shape).ravel().astype(float)
    except (TypeError, ValueError):
        return np.full(int(np.prod(shape)), np.nan)


def called(label: str, arguments: list[Any]) -> Any:
    """What a piece of our own code gives; nan where a changed expression is too much for it.

    (A mistake in a form that lacks one of the rule's hypers may name it: NameError.)
    """
    try:
        return CALLS[label](*arguments)
    except (
        ArithmeticError,
        AttributeError,
        IndexError,
        NameError,
        TypeError,
        ValueError,
        np.linalg.LinAlgError,
    ):
        return np.nan


def raised(value: Any, exponent: float) -> Any:
    """A power, in the way that is exact for the frequent ones."""
    if exponent == 1:
        return value
    if exponent == 2:
        return value * value
    return np.sqrt(value) if exponent == 0.5 else np.power(value, exponent)


def whole_numbers(value: Array) -> bool:
    """Whether all of it could be float32."""
    return bool((np.float32(value) == value)[np.abs(value) < 1e38].all())
