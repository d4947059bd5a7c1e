"""Expressions as trees in one canonical form: equal trees are one object. Knows no rule and no values.

A sum has its like terms collected, a product is a list of bases with exponents: a difference is a sum with
-1 * x in it, a quotient has the exponent -1, a root 0.5. What is multiplied out in one function and in
brackets in another is still told apart; only values tell that they are the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal
from weakref import WeakValueDictionary
from zlib import crc32

import numpy as np

Kind = Literal["number", "name", "sum", "product", "power", "function", "reduction", "let", "call", "item"]
Label = float | str | tuple[float, ...] | None


class Node:
    """One place of a tree; `label` is a number, a name, or the exponents of a product.

    `digest` orders the parts of sums and products alike in every run; `split` is its number and the rest,
    once somebody has asked for them.
    """

    __slots__ = ("__weakref__", "digest", "kids", "kind", "label", "size", "split")

    def __init__(self, kind: Kind, label: Label, kids: tuple["Node", ...]) -> None:
        self.kind, self.label, self.kids = kind, label, kids
        self.split: tuple[float, Node | None] | None = None
        self.size: int = sum(kid.size for kid in kids) + (kind != "let")
        self.digest: int = crc32(repr((kind, label, [kid.digest for kid in kids])).encode())

    def __repr__(self) -> str:
        return f"<{self.kind} {self.label} {list(self.kids)}>" if self.kids else f"<{self.label}>"

    @property
    def kid_count(self) -> int:
        """How many places are right below it."""
        return len(self.kids)

    @property
    def value(self) -> float:
        """The number that it is; nan for anything else."""
        return self.label if isinstance(self.label, float) else np.nan

    @property
    def name(self) -> str:
        """The name of a name, a function, a reduction or a call."""
        return self.label if isinstance(self.label, str) else ""

    @property
    def exponents(self) -> tuple[float, ...]:
        """The exponents of a product's factors."""
        return self.label if isinstance(self.label, tuple) else ()


Factor = tuple[Node, float]  # a base and its exponent

_KNOWN: WeakValueDictionary[tuple[Kind, Label, tuple[Node, ...]], Node] = WeakValueDictionary()


def node(kind: Kind, label: Label = None, *kids: Node) -> Node:
    """The one tree of this content."""
    key = (kind, label, kids)
    found = _KNOWN.get(key)
    if found is None:
        found = _KNOWN[key] = Node(kind, label, kids)
    return found


def number(value: float) -> Node:
    """A constant."""
    return node("number", float(value))


def name(text: str) -> Node:
    """A variable: theta, grad, a hyper, old0 or new0 for the first part of the state."""
    return node("name", text)


ZERO, ONE, MINUS = number(0), number(1), number(-1)
THETA, GRAD = name("theta"), name("grad")


def old(part: int) -> Node:
    """A part of the state as it went in."""
    return name(f"old{part}")


def new(part: int) -> Node:
    """A part of the state as it was returned."""
    return name(f"new{part}")


def new_part(one: Node) -> int | None:
    """Which returned part a name stands for, if it does."""
    return int(one.name[3:]) if one.kind == "name" and one.name.startswith("new") else None


def old_part(one: Node) -> int | None:
    """Which part that went in a name stands for, if it does."""
    return int(one.name[3:]) if one.kind == "name" and one.name.startswith("old") else None


def factors(one: Node) -> list[Factor]:
    """What is multiplied in it, each with its exponent."""
    if one.kind == "product":
        return list(zip(one.kids, one.exponents, strict=True))
    return [(one, 1.0)]


def terms(one: Node) -> list[Node]:
    """What is added in it."""
    return list(one.kids) if one.kind == "sum" else [one]


def coefficient(one: Node) -> tuple[float, Node | None]:
    """Its number, and the rest; no rest for a number alone."""
    if one.kind == "number":
        return one.value, None
    if one.kind != "product":
        return 1.0, one
    if one.split is None:
        whole = (1.0, one)
        numbers = (base for base, exponent in factors(one) if base.kind == "number" and exponent == 1)
        base = next(numbers, None)
        rest = ((b, e) for b, e in factors(one) if b is not base)
        one.split = whole if base is None else (base.value, product(*rest))
    return one.split


def total(*added: Node) -> Node:
    """The sum, with like terms collected."""
    alone: dict[Node, Node] = {}  # what stands alone is itself, and need not be made again
    collected: dict[Node, float] = {}
    constant = 0.0
    for one in flat(added):
        count, rest = coefficient(one)
        if rest is None:
            constant += count
        elif rest in collected:
            collected[rest] += count
            alone.pop(rest, None)
        else:
            collected[rest], alone[rest] = count, one
    parts = [alone.get(rest) or times(count, rest) for rest, count in collected.items() if count != 0]
    if constant:
        parts.append(number(constant))
    if len(parts) < 2:
        return parts[0] if parts else ZERO
    return node("sum", None, *sorted(parts, key=lambda part: part.digest))


def flat(added: Iterable[Node]) -> Iterator[Node]:
    """The terms of all; 1 - (1 - b) is b, so a minus is taken into a bracket that begins with 1."""
    added = tuple(added)
    for one in added:
        count, rest = coefficient(one)
        if one.kind == "sum":
            yield from flat(one.kids)
        elif rest is not None and rest.kind == "sum" and count == -1 and ONE in rest.kids and ONE in added:
            yield from (negative(part) for part in rest.kids)
        else:
            yield one


def product(*pairs: Factor) -> Node:
    """The product of powers, with like bases collected."""
    collected: dict[Node, float] = {}
    constant = 1.0
    for base, exponent in flat_factors(pairs):
        if base.kind == "number" and exponent == 1:
            constant *= base.value
        elif base.kind == "number":
            with np.errstate(all="ignore"):
                constant *= float(np.power(np.float64(base.value), exponent))
        else:
            collected[base] = collected.get(base, 0.0) + exponent
    parts = [(base, exponent) for base, exponent in collected.items() if exponent != 0]
    if constant == 0 or not parts:
        return number(constant)
    if constant != 1:
        parts.append((number(constant), 1.0))
    if len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    parts.sort(key=lambda part: (part[0].digest, part[1]))
    return node("product", tuple(exponent for _, exponent in parts), *(base for base, _ in parts))


def flat_factors(pairs: Iterable[Factor]) -> Iterator[Factor]:
    """The factors of all; the root of a product stays whole, as its factors may be negative."""
    for base, exponent in pairs:
        if base.kind == "product" and float(exponent).is_integer():
            yield from flat_factors((inner, power * exponent) for inner, power in factors(base))
        else:
            yield base, float(exponent)


def times(count: float, one: Node) -> Node:
    """A number times it."""
    return one if count == 1 else product((number(count), 1), (one, 1))


def negative(one: Node) -> Node:
    """Minus it."""
    return times(-1.0, one)


def minus(one: Node, other: Node) -> Node:
    """Their difference."""
    return total(one, negative(other))


def quotient(one: Node, other: Node) -> Node:
    """One over the other."""
    return product((one, 1), (other, -1))


def power(base: Node, exponent: Node) -> Node:
    """A power; with a constant exponent it is a product of one factor."""
    return (
        product((base, exponent.value)) if exponent.kind == "number" else node("power", None, base, exponent)
    )


def function(text: str, *arguments: Node) -> Node:
    """A function of each coordinate: "abs", "max", "sign"."""
    return node("function", text, *arguments)


def reduction(text: str, one: Node) -> Node:
    """One number for all coordinates: "sum", "mean", "norm", "largest", "last", "first"."""
    return node("reduction", text, one)


def rebuilt(one: Node, kids: Iterable[Node]) -> Node:
    """The same with other parts, in canonical form again."""
    kids = tuple(kids)
    if one.kind == "sum":
        return total(*kids)
    if one.kind == "product":
        return product(*zip(kids, one.exponents, strict=True))
    if one.kind == "power":
        return power(*kids)
    return node(one.kind, one.label, *kids)


def replaced(one: Node, table: Mapping[Node, Node]) -> Node:
    """The tree with all these places replaced at once."""
    memo: dict[Node, Node] = dict(table)

    def within(place: Node) -> Node:
        if place not in memo:
            kids = tuple(map(within, place.kids))
            memo[place] = place if kids == place.kids else rebuilt(place, kids)
        return memo[place]

    return within(one)


def places(one: Node) -> list[Node]:
    """Each different place of a tree once, from the root."""
    seen: dict[Node, None] = {}
    waiting = [one]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen[place] = None
            waiting.extend(reversed(place.kids))
    return list(seen)


def has(one: Node, place: Node) -> bool:
    """Whether a place is in the tree."""
    return one is place or any(has(kid, place) for kid in one.kids)


def distributed(factor: Node, one: Node) -> Node:
    """The factor times each term of a sum."""
    return total(*(product((factor, 1), (part, 1)) for part in terms(one)))
