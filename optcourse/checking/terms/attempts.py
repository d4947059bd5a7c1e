"""One right form held against one answer: which lines hold, and which edits would make the others hold.

Every option is confirmed by its values at all samples; nothing is accepted for having looked likely.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from optcourse.checking.answering import Answer
from optcourse.checking.judging import Task, begins_at_the_start
from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.bases import Base, bases, listed
from optcourse.checking.terms.catalogue import catalogue, catalogued_pairs
from optcourse.checking.terms.expressions import GRAD, Node
from optcourse.checking.terms.holes import (
    Chosen,
    Filled,
    Table,
    clipped,
    fillings,
    holes,
    products,
    scalars,
    with_shapes,
)
from optcourse.checking.terms.samples import Samples
from optcourse.checking.terms.slips import Edit, Slips
from optcourse.checking.terms.wording import Words
from optcourse.rules import Rule

LARGE = 100  # coordinates: such a probe confirms what the others show
FILLINGS = 150  # tried for one line
ENOUGH = 12  # explanations of a term by two mistakes are looked for no further


class Option(NamedTuple):
    """One way to explain a term: the line that it follows, and the edits that lead there."""

    line: Node
    edits: frozenset[Edit]

    @property
    def cost(self) -> float:
        """What its edits cost."""
        return sum(edit.cost for edit in self.edits)


@dataclass(eq=False)
class Attempt:
    """What was found for each term of a base; `exact` ones hold as they are."""

    base: Base
    exact: tuple[bool, ...]
    found: dict[int, list[Option]]
    touched: dict[str, frozenset[int]] = field(
        default_factory=dict
    )  # the terms that a catalogued mistake changes
    listed: dict[int, list[tuple[Edit, Node]]] = field(default_factory=dict)  # what it makes of a term

    @property
    def open(self) -> list[int]:
        """The terms that nothing explains yet."""
        return [term for term, options in self.found.items() if not options]

    def needs(self, term: int, cost: float) -> bool:
        """Whether a term has no explanation that is as cheap, by edits that hold wherever they belong."""
        whole = (one for one in self.found[term] if all(map(self.may_hold, one.edits)))
        return min((option.cost for option in whole), default=np.inf) > cost

    def may_hold(self, edit: Edit) -> bool:
        """Whether an edit is an option in all terms that it changes."""
        seen = (any(edit in one.edits for one in self.found[term]) for term in self.touched.get(edit.key, ()))
        return not edit.key or all(seen)


class Evidence:
    """An answer in the form in which expressions are held against it, and how many have been."""

    def __init__(self, rule: Rule, task: Task, answers: tuple[Answer, ...]) -> None:
        self.rule, self.form, self.limit = rule, task.form, 0
        self.task, self.answers = task, answers
        self.parts = len(task.form.state_fields)
        usable = [
            place
            for place, probe in enumerate(task.probes())
            if probe.theta.dtype == np.float64 and answers[place].values
        ]
        self.from_the_start = [place for place in usable if begins_at_the_start(task, task.probes()[place])]
        small = [place for place in usable if task.probes()[place].theta.size < LARGE]
        self.samples = Samples(task, answers, small)
        self.more = Samples(task, answers, [place for place in usable if place not in small])
        first = [place for place in small if task.probes()[place].name in ("under way", "all hypers changed")]
        self.quick = self.samples if task.form.elementwise else Samples(task, answers, first)
        self.counters = self.samples.counters
        self.words = Words(task.form.state_fields, tuple(task.form.hypers))
        self.slips = Slips(task.form, self.counters, self.words)
        self.tried: dict[tuple[Node, int], bool] = {}

    @property
    def spent(self) -> bool:
        """Whether as many expressions were held against the answer as this stage may."""
        return self.samples.compared > self.limit

    def begin(self, expressions: int) -> None:
        """From here on, at most so many expressions are held against the answer."""
        self.limit = self.samples.compared + expressions

    @cached_property
    def uses(self) -> dict[int, frozenset[int]]:
        """Which parts a right form's line uses as they are returned: no others may explain it."""
        used: dict[int, set[int]] = {part: set() for part in range(self.parts)}
        for base in listed(self.rule, self.form):
            for part in range(self.parts):
                used[part] |= {p for one in e.places(base.lines[part]) if (p := e.new_part(one)) is not None}
        return {part: frozenset(some) for part, some in used.items()}

    def holds(self, line: Node, term: int) -> bool:
        """Whether a line has the values of a term at every sample; never by the term's own new value."""
        if (line, term) not in self.tried:
            self.tried[line, term] = self.allowed(line, term) and self.agrees(line, term, 1.0)
        return self.tried[line, term]

    def allowed(self, line: Node, term: int) -> bool:
        """Whether a line explains a part by what goes into it, and not by what comes out."""
        if term == self.parts:
            return True
        later = {p for one in e.places(line) if (p := e.new_part(one)) is not None and p >= term}
        return later <= (self.counters | self.uses[term]) - {term}

    def agrees(self, line: Node, term: int, looser: float) -> bool:
        """Whether the values are those that came back."""
        if (
            self.quick is not self.samples
            and not self.quick.empty
            and not self.quick.matches(line, term, looser)
        ):
            return False
        if not self.samples.matches(line, term, looser):
            return False
        return self.more.empty or self.more.matches(line, term, looser)

    @cached_property
    def chosen(self) -> Chosen:
        """A few samples at which to look values up: finite, with a gradient, from many probes."""
        samples = self.samples
        good = samples.rows["grad"] != 0
        for term in range(self.parts + 1):
            good &= np.isfinite(samples.returned(term))
        names = np.array(samples.probes)[samples.step_of]
        places = list(np.flatnonzero(good & (names == "all hypers changed"))[4::5][:3])
        for name in (*(f"{hyper} changed" for hyper in self.form.hypers), "under way"):
            places += list(np.flatnonzero(good & (names == name))[1:2])
        rest = [place for place in np.flatnonzero(good) if place not in places]
        while len(places) < 6 and rest:
            places.append(rest.pop(len(rest) // 2))
        return np.array(places[:9], dtype=int)

    @cached_property
    def tables(self) -> tuple[Table, Table]:
        """Factors, and arrays, by their values at the chosen samples."""
        samples, forms = self.samples, listed(self.rule, self.form)
        factors = scalars(tuple(self.form.hypers), self.slips.betas, sorted(self.counters))
        arrays = [e.THETA, GRAD]
        for part in sorted(set(range(self.parts)) - self.counters):
            arrays += [e.old(part), e.new(part)]
        arrays += [
            e.total(GRAD, e.product((e.name(hyper), 1), (e.THETA, 1)))
            for hyper in self.form.hypers
            if "decay" in hyper
        ]
        for base in forms:
            for line in base.lines:
                arrays += [place for place in e.places(line) if not samples.is_number(place)]
            for part in range(self.parts):
                arrays += [
                    e.replaced(base.lines[part], {e.old(part): again})
                    for again in (e.new(part), base.lines[part])
                ]
        arrays = with_shapes([one for one in dict.fromkeys(arrays) if one.kind not in ("call", "item")][:110])
        a, b = (np.array([samples.row(one)[self.chosen] for one in some]) for some in (factors, arrays))
        return products(factors, a, factors, a), products(arrays, b, factors, a)

    def attempt(self, base: Base) -> Attempt:
        """A base held against the answer as it is."""
        exact = tuple(self.holds(line, term) for term, line in enumerate(base.lines))
        found: dict[int, list[Option]] = {term: [] for term in range(self.parts + 1)}
        attempt = Attempt(base, exact, found)
        for term, line in enumerate(base.lines):
            held = (
                line
                if exact[term]
                else next((x for x in self.fresh(attempt, line) if self.holds(x, term)), None)
            )
            if held is not None:
                found[term].append(Option(held, frozenset()))
        return attempt

    def fresh(self, attempt: Attempt, line: Node) -> list[Node]:
        """The line with parts that came back wrong worked out anew: another thing may have been returned."""
        wrong = [part for part in range(self.parts) if not attempt.exact[part] and e.has(line, e.new(part))]
        found = []
        for many in range(1, len(wrong) + 1):
            for some in combinations(wrong, many):
                table, one = {e.new(part): attempt.base.lines[part] for part in some}, line
                for _ in range(3):
                    one = e.replaced(one, table)
                if one is not line:
                    found.append(one)
        return found

    def readings(self, attempt: Attempt, line: Node, term: int) -> Iterator[Node]:
        """The line, and the line with other parts worked out anew in it, that can be a term's."""
        yield line
        yield from (one for one in self.fresh(attempt, line) if one is not e.new(term))

    def of_catalogue(self, key: str) -> Edit:
        """A mistake of the catalogue as an edit."""
        return Edit(("catalogue", key), 1.0, self.rule.mistakes.declared(key).says, key)

    def catalogued(self, attempt: Attempt) -> None:
        """Options from the catalogue; the choice knows whether a mistake holds in every term it changes."""
        for key, made in catalogue(self.rule, self.form, attempt.base).items():
            attempt.touched[key] = frozenset(made)
            edit = self.of_catalogue(key)
            for term, lines in made.items():
                attempt.listed.setdefault(term, []).extend((edit, line) for line in lines)
                tried = (one for line in lines for one in self.readings(attempt, line, term))
                fitting = next((one for one in tried if self.holds(one, term)), None)
                if fitting is not None:
                    attempt.found[term].append(Option(fitting, frozenset((edit,))))
        for part in range(self.parts):
            listed_already = any(option.edits for option in attempt.found[part])
            if not listed_already and not attempt.exact[part] and self.holds(e.old(part), part):
                edit = Edit(
                    ("stored", part, e.old(part)), 1.2, f"the old {self.words.term(part)} is returned"
                )
                attempt.found[part].append(Option(e.old(part), frozenset((edit,))))

    def slipped(self, attempt: Attempt) -> None:
        """Options from a single slip, forwards and backwards."""
        for term in range(self.parts + 1):
            if self.spent or not attempt.needs(term, 1.2):
                continue
            for line in self.readings(attempt, attempt.base.lines[term], term):
                attempt.found[term] += self.filled(line, term, ())
            numbers = frozenset(
                place for place in e.places(attempt.base.lines[term]) if self.samples.is_number(place)
            )
            for edit, line in self.slips.names(attempt.base.lines, term, numbers):
                if self.holds(line, term):
                    attempt.found[term].append(Option(line, frozenset((edit,))))
        self.shared(attempt)

    def shared(self, attempt: Attempt) -> None:
        """What was found for a name in one line is tried in the others: a clipped gradient, a number."""
        edits = {edit for options in attempt.found.values() for option in options for edit in option.edits}
        for edit in sorted(
            (one for one in edits if one.label[0] == "name"), key=lambda one: (one.cost, one.says)
        ):
            _, was, becomes = edit.label
            assert isinstance(was, Node)
            assert isinstance(becomes, Node)
            for term, line in enumerate(attempt.base.lines):
                if not attempt.needs(term, 0):
                    continue
                for one in self.readings(attempt, e.replaced(line, {was: becomes}), term):
                    if one is not line and self.holds(one, term):
                        attempt.found[term].append(Option(one, frozenset((edit,))))

    def paired(self, attempt: Attempt) -> None:
        """Options from two mistakes of the catalogue in one term."""
        for term in attempt.found:
            if self.spent or not attempt.needs(term, 1.99):
                continue
            found = 0
            for edit, other, both in catalogued_pairs(self.rule, self.form, attempt.base, term):
                if self.spent or found >= ENOUGH:
                    break
                for one in self.readings(attempt, both, term):
                    if self.holds(one, term):
                        edits = (self.of_catalogue(edit), self.of_catalogue(other))
                        attempt.found[term].append(Option(one, frozenset(edits)))
                        found += 1

    def doubled(self, attempt: Attempt) -> None:
        """Options from two slips in one term, for a term that nothing else explains."""
        for term, own in enumerate(attempt.base.lines):
            if attempt.found[term]:
                continue
            numbers = frozenset(place for place in e.places(own) if self.samples.is_number(place))
            firsts = [
                *attempt.listed.get(term, ()),
                *self.slips.operators(own, term),
                *self.slips.names(attempt.base.lines, term, numbers),
            ]
            for edit, line in firsts:
                for one in self.readings(attempt, line, term):
                    if self.holds(one, term):
                        attempt.found[term].append(Option(one, frozenset((edit,))))
                    elif not self.spent:
                        self.samples.compared += 10  # holes cost about as much
                        attempt.found[term] += self.filled(one, term, (edit,))
                if self.spent or len(attempt.found[term]) > 3:
                    break

    def filled(self, line: Node, term: int, before: tuple[Edit, ...]) -> list[Option]:
        """Options from one edit of a line that is found backwards."""
        if len(self.chosen) < 3:
            return []
        numbers, arrays = self.tables
        tried: list[Filled] = []
        for hole in holes(self.samples, line, term, self.chosen):
            tried += fillings(hole, self.samples, self.chosen, numbers, arrays)
            if not before and hole.place.kind in ("sum", "product"):
                tried += [
                    (hole, becomes, f"bracket: {words}", 1.4)
                    for words, becomes in self.slips.brackets(hole.place, term)
                ]
        if not before:
            tried += clipped(self.samples, line, term)
        options: dict[Node, Option] = {}
        for hole, becomes, kind, cost in sorted(tried, key=lambda one: one[3])[:FILLINGS]:
            now = hole.build(becomes)
            if now in options or now is line or e.has(becomes, e.new(term)) or not self.holds(now, term):
                continue
            options[now] = Option(
                now, frozenset((*before, self.edit(hole.place, becomes, kind, cost, line, now, term)))
            )
            if len(options) >= 6:
                break
        return list(options.values())

    def edit(
        self, place: Node, becomes: Node, kind: str, cost: float, line: Node, now: Node, term: int
    ) -> Edit:
        """What was found in a hole, in words; a number in the place of a hyper may be in the catalogue."""
        if kind.startswith("bracket"):
            return Edit(("bracket", term, place, becomes), cost, kind.removeprefix("bracket: "))
        everywhere = now is e.replaced(line, {place: becomes})
        if kind == "constant" and place.name in self.form.hypers and everywhere:
            key = f"{place.name}-fixed"
            says = self.words.replaced(place, becomes, term)
            return Edit(("name", place, becomes), 1.0, says, key if key in self.rule.mistakes else "")
        if everywhere and (place is GRAD or (place.kind == "name" and kind in ("instead", "constant"))):
            return Edit(("name", place, becomes), cost, self.words.replaced(place, becomes, term))
        return Edit(("place", term, place, becomes), cost, self.words.place(place, becomes, line, now, term))

    def nearest(self) -> tuple[Base, ...]:
        """The right forms that this answer can be held against; a unit only where its own part holds."""
        return tuple(
            base
            for base in bases(self.rule, self.form)
            if base.other_unit is None or self.holds(base.lines[base.other_unit], base.other_unit)
        )
