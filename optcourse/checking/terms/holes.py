"""Backwards: which value each place of a line must have had for its answer, and what has that value.

So unknown constants are solved without a search for roots: what comes out the same at every sample is one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.expressions import GRAD, MINUS, ONE, THETA, Factor, Node
from optcourse.checking.terms.samples import Samples, Values

Chosen = NDArray[np.intp]
Build = Callable[[Node], Node]


@dataclass(frozen=True)
class Hole:
    """A place of a line, the values that it must have had (and those a little off), and the line anew."""

    place: Node
    wanted: Values
    build: Build

    @property
    def uncertainty(self) -> Values:
        """By how much the wanted values may be off."""
        return np.asarray(np.abs(self.wanted[1] - self.wanted[0]))


def holes(samples: Samples, line: Node, term: int, chosen: Chosen) -> list[Hole]:
    """Every place of a line, and every pair of terms or factors, with the values wanted there."""
    got = samples.returned(term)[chosen]
    off = samples.rows[f"off{term}"][chosen] * 1e-3 + np.abs(got) * 2e-16
    found: list[Hole] = []

    def value(one: Node) -> Values:
        return samples.row(one)[chosen]

    def enter(hole: Hole) -> None:
        found.append(hole)
        inner, pairs = within(hole, value)
        found.extend(pairs)
        for one in inner:
            enter(one)

    enter(Hole(line, np.stack([got, got + off]), lambda one: one))
    return found


def within(hole: Hole, value: Callable[[Node], Values]) -> tuple[list[Hole], list[Hole]]:
    """The holes right below one: single places to go on with, and pairs of them."""
    place, wanted, build = hole.place, hole.wanted, hole.build
    if place.kind == "sum":
        return in_sum(hole, value, 1), in_sum(hole, value, 2) if len(place.kids) > 2 else []
    if place.kind == "product":
        return in_product(hole, value), pairs_in_product(hole, value) if len(place.kids) > 2 else []
    if place.kind == "power":
        base, exponent = place.kids
        inner = [Hole(exponent, np.log(wanted) / np.log(value(base)), lambda m: build(e.power(base, m)))]
        if base.kind != "number":
            root = np.power(wanted, 1 / value(exponent))
            inner.append(Hole(base, root, lambda m: build(e.power(m, exponent))))
        return inner, []
    if place.kind == "function" and place.name in ("max", "min") and len(place.kids) == 2:
        return [in_extreme(hole, value, side) for side in (0, 1)], []
    if place.kind == "function" and place.name == "abs":
        inside = place.kids[0]
        signed = wanted * np.where(value(inside) < 0, -1, 1)
        return [Hole(inside, signed, lambda m: build(e.function("abs", m)))], []
    return [], []


def beside(build: Build, rest: tuple[Node, ...]) -> Build:
    """The line with something in a sum beside these terms."""
    return lambda one: build(e.total(one, *rest))


def times_rest(build: Build, rest: tuple[Factor, ...], exponent: float = 1) -> Build:
    """The line with something in a product with these factors."""
    return lambda one: build(e.product((one, exponent), *rest))


def in_sum(hole: Hole, value: Callable[[Node], Values], many: int) -> list[Hole]:
    """One term of a sum, or two at once."""
    found = []
    for some in combinations(hole.place.kids, many):
        rest = tuple(kid for kid in hole.place.kids if kid not in some)
        wanted = hole.wanted - sum((value(kid) for kid in rest), np.zeros(1))
        found.append(Hole(e.total(*some), wanted, beside(hole.build, rest)))
    return found


def in_product(hole: Hole, value: Callable[[Node], Values]) -> list[Hole]:
    """One factor of a product."""
    found, factors = [], e.factors(hole.place)
    for place, exponent in factors:
        if place.kind == "number" and len(factors) > 1:
            continue
        rest = tuple(x for x in factors if x[0] is not place)
        wanted = undone(hole.wanted / multiplied(rest, value), exponent, value(place))
        found.append(Hole(place, wanted, times_rest(hole.build, rest, exponent)))
    return found


def pairs_in_product(hole: Hole, value: Callable[[Node], Values]) -> list[Hole]:
    """Two factors of a product at once."""
    found, factors = [], e.factors(hole.place)
    for some in combinations(factors, 2):
        rest = tuple(x for x in factors if x not in some)
        found.append(
            Hole(e.product(*some), hole.wanted / multiplied(rest, value), times_rest(hole.build, rest))
        )
    return found


def in_extreme(hole: Hole, value: Callable[[Node], Values], side: int) -> Hole:
    """One argument of a maximum or minimum: known where the other one did not win."""
    name, other = hole.place.name, hole.place.kids[1 - side]
    wins = hole.wanted > value(other) if name == "max" else hole.wanted < value(other)
    return Hole(
        hole.place.kids[side],
        np.where(wins, hole.wanted, np.nan),
        lambda m: hole.build(e.function(name, *((m, other) if side == 0 else (other, m)))),
    )


def multiplied(factors: tuple[Factor, ...], value: Callable[[Node], Values]) -> Values:
    """The values of a product."""
    result = np.ones(1)
    for base, exponent in factors:
        half = abs(exponent) == 0.5
        result = result * (np.sqrt(value(base)) ** (2 * exponent) if half else value(base) ** exponent)
    return result


def undone(left: Values, exponent: float, place: Values) -> Values:
    """What has these values when it is raised; a square has the sign that the place has."""
    if exponent == 1:
        return left
    if exponent == 2:
        return np.asarray(np.sqrt(left) * np.where(place < 0, -1, 1))
    if abs(exponent) == 0.5:
        return np.where(left > 0, left ** (1 / exponent), np.nan)
    return np.asarray(np.power(left, 1 / exponent))


def steady(wanted: Values, uncertainty: Values) -> float | None:
    """The one number that all values are, in as few digits as they allow; None where there is none."""
    finite = np.isfinite(wanted) & np.isfinite(uncertainty)
    if finite.sum() < 3:
        return None
    values, limit = wanted[finite], 2 * uncertainty[finite] + 1e-9 * np.abs(wanted[finite])
    best = int(np.argmin(limit))
    number = float(values[best])
    apart = np.abs(values - number) <= limit + limit[best]
    if abs(number) <= 20 * limit[best] or not apart.all():
        return None
    for digits in range(1, 12):
        short = float(f"{number:.{digits}g}")
        if abs(short - number) <= 2 * limit[best]:
            return short
    return number


class Table:
    """Expressions by their values at the chosen samples, sorted by the first."""

    def __init__(self, rows: Values, label: Callable[[int], Node]) -> None:
        usable = np.isfinite(rows[:, 0]) & (rows[:, 0] != 0)
        numbers = np.flatnonzero(usable)
        order = np.argsort(rows[usable][:, 0], kind="stable")
        self.rows, self.numbers, self.label = rows[usable][order], numbers[order], label
        self.first = np.ascontiguousarray(self.rows[:, 0])

    def find(self, wanted: Values, uncertainty: Values) -> list[Node]:
        """The three shortest expressions with these values."""
        if not np.isfinite(wanted[0]):
            return []
        limit = 2 * uncertainty + 3e-9 * np.abs(wanted)
        low, high = np.searchsorted(self.first, [wanted[0] - limit[0], wanted[0] + limit[0]])
        if high <= low or high - low > 3000:
            return []
        near = (np.abs(self.rows[low:high] - wanted) <= limit) | np.isnan(wanted)
        hits = dict.fromkeys(
            self.label(int(self.numbers[low + hit])) for hit in np.flatnonzero(near.all(axis=1))[:40]
        )
        return sorted(hits, key=lambda one: (one.size, one.digest))[:3]


def products(left: list[Node], a: Values, right: list[Node], b: Values) -> Table:
    """All of one list, and each times each of the other."""
    rows = np.concatenate([a, (a[:, None, :] * b[None, :, :]).reshape(-1, a.shape[1])])

    def label(row: int) -> Node:
        if row < len(left):
            return left[row]
        one, other = divmod(row - len(left), len(right))
        return e.product((left[one], 1), (right[other], 1))

    return Table(rows, label)


def scalars(hypers: tuple[str, ...], betas: list[str], counters: list[int]) -> list[Node]:
    """The factors to look up: hypers, weights, corrections, and powers of them."""
    found = [ONE, MINUS, e.number(2), e.number(0.5)]
    for hyper in map(e.name, hypers):
        found += [hyper, e.product((hyper, -1)), e.product((hyper, 0.5))]
    for beta in map(e.name, betas):
        weight = e.minus(ONE, beta)
        found += [weight, e.quotient(ONE, weight), e.product((weight, 0.5))]
    for counter in counters:
        times = (e.new(counter), e.old(counter), e.total(e.old(counter), ONE), e.total(e.new(counter), ONE))
        for t in times:
            found += [t, *(e.product((t, exponent)) for exponent in (-1, 0.5, -0.5))]
            for beta in map(e.name, betas):
                correction = e.minus(ONE, e.power(beta, t))
                found += [e.power(beta, t), correction]
                found += [e.product((correction, exponent)) for exponent in (-1, 0.5, -0.5)]
    return list(dict.fromkeys(found))


def with_shapes(places: list[Node]) -> list[Node]:
    """The arrays to look up: these, and what is made of one."""
    found: list[Node] = []
    for one in places:
        found += [one, e.product((one, 2)), e.function("abs", one), e.function("sign", one)]
        if one.size < 8:
            found += [e.reduction(how, one) for how in ("sum", "mean", "norm", "last", "first")]
            found += [
                e.reduction("largest", e.function("abs", one)),
                e.quotient(one, e.reduction("norm", one)),
            ]
        if one.size < 12:
            found.append(e.product((e.function("abs", one), 0.5)))
    return list(dict.fromkeys(found))


Filled = tuple[Hole, Node, str, float]  # a hole, what fills it, the kind of edit, its cost


def fillings(hole: Hole, samples: Samples, chosen: Chosen, numbers: Table, arrays: Table) -> Iterator[Filled]:
    """What could stand in a hole: a constant, a factor, an addend, another expression."""
    wanted, off = hole.wanted[0], hole.uncertainty
    if np.isfinite(wanted).sum() < 3:
        return
    place, now = hole.place, samples.row(hole.place)[chosen]
    one_number = samples.is_number(place)
    if (constant := steady(wanted, off)) is not None:
        yield hole, e.number(constant), "constant", 1.2 if place.kind == "name" else 1.9
    if place.kind == "number":
        return
    ratio, off_ratio = wanted / now, off / np.abs(now)
    if (constant := steady(ratio, off_ratio)) is not None:
        yield hole, e.times(constant, place), "factor", 1.3 if constant == -1 else 1.7
    for one in numbers.find(ratio, off_ratio):
        yield hole, e.product((one, 1), (place, 1)), "factor", 1.3 + 0.1 * one.size
    if place.kind in ("sum", "name"):
        yield from addends(hole, now, samples.row(THETA)[chosen], numbers, None if one_number else arrays)
    for one in (numbers if one_number else arrays).find(wanted, off):
        each = 0.1 if one_number else 0.08
        yield hole, one, "instead", 1.3 + each * (place.size + one.size)


def addends(hole: Hole, now: Values, theta: Values, numbers: Table, arrays: Table | None) -> Iterator[Filled]:
    """What could have been added in a hole."""
    apart, off = hole.wanted[0] - now, hole.uncertainty + 1e-16 * np.abs(now)
    if not np.any(np.abs(apart) > 4 * off + 1e-12 * np.abs(now)):
        return
    if (constant := steady(apart, off)) is not None:
        yield hole, e.total(e.number(constant), hole.place), "addend", 1.6
    if (constant := steady(apart / theta, off / np.abs(theta))) is not None:
        yield hole, e.total(e.times(constant, THETA), hole.place), "decay", 1.5
    if arrays is not None:
        for table, each in ((arrays, 0.08), (numbers, 0.1)):
            for one in table.find(apart, off):
                yield hole, e.total(one, hole.place), "addend", 1.5 + each * one.size


def clipped(samples: Samples, line: Node, term: int) -> Iterator[Filled]:
    """The gradient cut off at a bound, or shortened to a length, that the answer shows."""
    everywhere = np.flatnonzero(np.isfinite(samples.returned(term)))
    hole = next((one for one in holes(samples, line, term, everywhere) if one.place is GRAD), None)
    if hole is None:
        return
    values = np.full(samples.step_of.shape, np.nan)
    values[everywhere] = hole.wanted[0]
    largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0))
    for bound in dict.fromkeys((float(f"{largest:.10g}"), 1.0, 0.5, 5.0, 10.0)):
        yield hole, e.function("clip", GRAD, e.number(-bound), e.number(bound)), "clip", 1.3
    grad = samples.row(GRAD)
    short, full = (np.sqrt(np.add.reduceat(np.nan_to_num(x) ** 2, samples.starts)) for x in (values, grad))
    cut = short[(short < full * (1 - 1e-6)) & (short > 0)]
    norm = e.function("max", e.reduction("norm", GRAD), e.number(1e-300))
    for bound in dict.fromkeys((*([float(f"{np.median(cut):.6g}")] if len(cut) else []), 1.0)):
        short_to = e.function("min", ONE, e.quotient(e.number(bound), norm))
        yield hole, e.product((GRAD, 1), (short_to, 1)), "clip", 1.5
