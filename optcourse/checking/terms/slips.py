"""Slips that the catalogue need not list: single edits of a line, made forward. Knows no answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.bases import Lines
from optcourse.checking.terms.expressions import GRAD, ONE, THETA, Node
from optcourse.checking.terms.wording import Words
from optcourse.rules import Form


class Edit(NamedTuple):
    """One mistake in words; `label` tells whether two terms show the same one, `key` is the catalogue's."""

    label: tuple[object, ...]
    cost: float
    says: str
    key: str = ""


USUAL = (0.9, 0.99, 0.999, 0.95, 0.1, 0.01, 0.001, 1e-8, 1e-7, 1e-6, 0.0, 1.0)
REDUCTIONS = ("sum", "mean", "last", "first", "norm", "largest")


@dataclass(frozen=True)
class Slips:
    """The slips in lines of a form; `counters` are the parts that are one number."""

    form: Form
    counters: frozenset[int]
    words: Words

    @property
    def betas(self) -> list[str]:
        """The hypers that weigh an average."""
        return [hyper for hyper, declared in self.form.hypers.items() if declared.bounds[1] == 1]

    @property
    def parts(self) -> int:
        """How many parts the state has."""
        return len(self.form.state_fields)

    def names(self, lines: Lines, term: int, numbers: frozenset[Node]) -> Iterator[tuple[Edit, Node]]:
        """A name replaced everywhere, another thing stored, a part reduced over the coordinates."""
        line = lines[term]
        for place in e.places(line):
            if place.kind == "name":
                for other in self.others(place, lines, term):
                    found = e.replaced(line, {place: other})
                    if other is not place and found is not line:
                        unusual = other.kind == "number" and place.name not in self.form.hypers
                        cost = 2.2 if unusual else 1.3 + 0.1 * other.size
                        yield (
                            Edit(("name", place, other), cost, self.words.replaced(place, other, term)),
                            found,
                        )
        if term < self.parts:
            yield from self.stored(lines, term)
        for place in e.places(line):
            if (
                place.kind in ("product", "sum", "name")
                and place not in (line, THETA)
                and place not in numbers
            ):
                for how in REDUCTIONS:
                    says = self.words.reduced(how, place, term)
                    yield (
                        Edit(("reduced", place, how), 1.5, says),
                        e.replaced(line, {place: e.reduction(how, place)}),
                    )

    def others(self, place: Node, lines: Lines, term: int) -> Iterator[Node]:
        """What could stand in the place of a name."""
        part = e.old_part(place)
        part = e.new_part(place) if part is None else part
        if place.name in self.form.hypers:
            yield from self.other_hypers(place)
        elif place is GRAD:
            yield from (e.reduction(how, place) for how in ("sum", "mean", "norm"))
            yield from (e.function("sign", place), e.function("abs", place), e.negative(place))
            yield from (e.product((place, 2)), e.quotient(place, e.reduction("norm", place)))
            yield from (
                e.total(place, e.product((e.name(h), 1), (THETA, 1)))
                for h in self.form.hypers
                if "decay" in h
            )
        elif part in self.counters:
            yield from (e.old(part), e.new(part), e.total(place, ONE), e.minus(place, ONE), ONE)
            yield from (e.total(place, e.number(2)), e.ZERO)
        elif part is not None:
            yield e.old(part) if e.new_part(place) is not None else e.new(part)
            yield from (GRAD, THETA)
            for other in range(self.parts):
                if other != part and other not in self.counters:
                    yield from (e.old(other), e.new(other))
            if part != term and e.new_part(place) is not None:
                yield e.replaced(lines[part], {e.old(part): place})
            yield from (e.function("abs", place), e.negative(place))

    def other_hypers(self, place: Node) -> Iterator[Node]:
        """What could stand in the place of a hyper."""
        yield from (e.name(hyper) for hyper in self.form.hypers if hyper != place.name)
        if place.name in self.betas:
            yield e.minus(ONE, place)
            yield from (
                e.power(place, when(part)) for part in sorted(self.counters) for when in (e.new, e.old)
            )
        yield from (e.product((place, 2)), e.product((place, 0.5)))
        yield from (e.number(value) for value in (self.form.hypers[place.name].default, *USUAL))

    def stored(self, lines: Lines, term: int) -> Iterator[tuple[Edit, Node]]:
        """Another thing returned in the place of a part."""
        name, old = self.words.term(term), e.old(term)
        yield Edit(("stored", term, old), 1.2, f"the old {name} is returned"), old
        for how, words in (("max", "larger"), ("min", "smaller")):
            says = f"the {words} of the old {name} and the new one is kept"
            yield Edit((how, term), 1.6, says), e.function(how, old, lines[term])
        says = f"{name} is made new twice in a step"
        yield Edit(("twice", term), 1.5, says), e.replaced(lines[term], {old: lines[term]})
        for other in range(self.parts):
            if other != term:
                says = f"{name} gets what {self.words.term(other)} should get"
                yield Edit(("stored", term, other), 1.4, says), lines[other]

    def operators(self, line: Node, term: int) -> Iterator[tuple[Edit, Node]]:
        """Factors and terms left out or turned round, and brackets, place by place."""
        for place in e.places(line):
            for words, becomes in self.brackets(place, term):
                yield Edit(("bracket", term, place, becomes), 1.4, words), e.replaced(line, {place: becomes})
            for becomes, cost in self.turned(place):
                found = e.replaced(line, {place: becomes})
                says = self.words.place(place, becomes, line, found, term)
                yield Edit(("turned", term, place, becomes), cost, says), found

    def turned(self, place: Node) -> Iterator[tuple[Node, float]]:
        """A sum or a product with one part missing, turned round, or without its root or square."""
        if place.kind == "product":
            for base, exponent in e.factors(place):
                yield e.product(*(x for x in e.factors(place) if x[0] is not base)), 1.5
                yield e.product((place, 1), (base, -2 * exponent)), 1.6
                if abs(exponent) == 0.5:
                    yield e.product((place, 1), (base, exponent)), 1.4
                if exponent == 2:
                    yield e.product((place, 1), (base, -1)), 1.4
            yield e.negative(place), 1.5
        if place.kind == "sum":
            for one in place.kids:
                rest = [other for other in place.kids if other is not one]
                yield e.total(*rest), 1.5
                yield e.total(*rest, e.negative(one)), 1.4

    def brackets(self, place: Node, term: int) -> Iterator[tuple[str, Node]]:
        """What a bracket that is missing or misplaced makes of a place."""
        if place.kind == "product":
            yield from self.brackets_of_product(place, term)
        if place.kind == "sum":
            yield from self.brackets_of_sum(place, term)

    def brackets_of_product(self, place: Node, term: int) -> Iterator[tuple[str, Node]]:
        """x / (1 - b) as x / 1 - b, (1 - b) * x as 1 - b * x, x / (a + b) as x / a + b."""
        for base, exponent in e.factors(place):
            rest = e.product(*(x for x in e.factors(place) if x[0] is not base))
            if base.kind != "sum":
                continue
            text = self.words.show(base, term)
            if ONE in base.kids and len(base.kids) == 2 and abs(exponent) == 1:
                other = next(kid for kid in base.kids if kid is not ONE)
                says = f"the bracket around {text} is missing in the line of {self.words.term(term)}"
                yield (
                    says,
                    e.total(rest, other)
                    if exponent == -1
                    else e.total(ONE, e.product((other, 1), (rest, 1))),
                )
            if exponent == -1:
                for one in base.kids:
                    says = (
                        f"a bracket is missing: {self.words.show(one, term)} stands outside the denominator"
                    )
                    below = e.total(*(kid for kid in base.kids if kid is not one))
                    yield says, e.total(e.quotient(rest, below), one)

    def brackets_of_sum(self, place: Node, term: int) -> Iterator[tuple[str, Node]]:
        """a + b * c as (a + b) * c, and 1 - b**(t + 1) as 1 - b**t + 1."""
        for one in place.kids:
            others = [kid for kid in place.kids if kid is not one]
            if one.kind == "product":
                for base, exponent in e.factors(one):
                    rest = e.product(*(x for x in e.factors(one) if x[0] is not base))
                    if exponent == 1 and base.kind in ("sum", "name"):
                        text, more = self.words.show(rest, term), self.words.show(e.total(*others), term)
                        says = f"a bracket is in the wrong place: {text} multiplies {more} as well"
                        yield says, e.product((e.total(*others, base), 1), (rest, 1))
            count, rest_of_one = e.coefficient(one)
            if rest_of_one is not None and rest_of_one.kind == "power" and len(place.kids) == 2:
                base, exponent_of = rest_of_one.kids
                early = [e.minus(exponent_of, ONE)]
                if (part := e.new_part(exponent_of)) is not None:
                    early.append(e.old(part))
                for t in early:
                    text = f"1 - {self.words.show(base, term)} ** t + 1"
                    says = (
                        f"the bracket of the exponent is missing: {text}, with a t that is yet to be counted"
                    )
                    yield says, e.total(*others, e.times(count, e.power(base, t)), ONE)
