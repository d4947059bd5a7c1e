"""From an answer that disagrees to the list of terms that differ, each with its line and its sentence.

First right forms, then one mistake in a term, then two; the cheapest explanation of all terms together.
The work is bounded by how many expressions are tried, so the same answer gets the same report anywhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from optcourse.checking.answering import Answer, quietly
from optcourse.checking.judging import Task
from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.attempts import Attempt, Evidence, Option
from optcourse.checking.terms.bases import Base, listed, mistakes_in
from optcourse.checking.terms.samples import whole_numbers
from optcourse.checking.terms.slips import Edit
from optcourse.checking.terms.units import in_solved_units, starts_alike
from optcourse.rules import Rule

CAST = 1e5  # float32 has this many times the rounding of float64
PARTLY = 1.3  # what it costs more where a catalogued mistake explains some of its terms only: it isn't named


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What an answer does, term by term.

    `right` means right mathematics in the form `says` tells. `keys` are the catalogue's mistakes,
    `listed` and `unlisted` the sentences with and without a key; `lines` has (asked, acts like) for each
    term that differs, and `unexplained` names the terms that no line was found for.
    """

    right: bool
    form: tuple[str, ...]
    says: str = ""
    keys: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    unexplained: tuple[str, ...] = ()


def explain(rule: Rule, task: Task, answers: tuple[Answer, ...]) -> Explanation | None:
    """Explain an answer to a step's probes; None where there is nothing to hold a formula against."""
    evidence = Evidence(rule, task, answers)
    if evidence.samples.empty:
        return None
    with quietly():
        attempts, right = held(evidence)
        return right or cast(evidence, attempts) or cheapest(evidence, attempts)


def held(evidence: Evidence) -> tuple[list[Attempt], Explanation | None]:
    """Each right form held against the answer, or the one that holds in every term."""
    attempts: list[Attempt] = []
    for base in evidence.nearest():
        attempt = evidence.attempt(base)
        if all(attempt.exact):
            if base.other_unit is None or is_another_unit(evidence, base):
                return attempts, Explanation(right=True, form=base.keys, says=base.says)
            continue
        if base.other_unit is None or not excuses(evidence, base, base.other_unit):
            attempts.append(attempt)
    for base in in_solved_units(evidence):
        if all(evidence.attempt(base).exact) and is_another_unit(evidence, base):
            return attempts, Explanation(right=True, form=base.keys, says=base.says)
    still = next((words for one in attempts if (words := uncounted(evidence, one))), None)
    return attempts, still


def is_another_unit(evidence: Evidence, base: Base) -> bool:
    """Whether an answer that follows a base in another unit is right: it starts so, no mistake does."""
    return starts_alike(evidence, base) and not is_listed_mistake(evidence)


def is_listed_mistake(evidence: Evidence) -> bool:
    """Whether the whole answer is one mistake of the catalogue: another unit is no excuse for that."""
    mistakes = mistakes_in(evidence.rule, evidence.form.key, evidence.form)
    return any(
        all(evidence.holds(line, term) for term, line in enumerate(lines)) for lines in mistakes.values()
    )


def excuses(evidence: Evidence, base: Base, part: int) -> bool:
    """Whether what looks like another unit of a part is what a mistake of the catalogue makes of it."""
    mistakes = mistakes_in(evidence.rule, base.keys[0], evidence.form)
    own = next(one.lines for one in listed(evidence.rule, evidence.form) if one.keys[0] == base.keys[0])
    return any(
        lines[part] is not own[part] and evidence.holds(lines[part], part) for lines in mistakes.values()
    )


def uncounted(evidence: Evidence, attempt: Attempt) -> Explanation | None:
    """Right but for a counter that stays as it was, where nothing in this form uses it."""
    lines = attempt.base.lines
    wrong = [term for term, exact in enumerate(attempt.exact) if not exact]
    for term in wrong:
        others = [line for other, line in enumerate(lines) if other != term]
        used = any(e.has(line, when) for line in others for when in (e.old(term), e.new(term)))
        if term not in evidence.counters or used or not evidence.holds(e.old(term), term):
            return None
    still = " and ".join(evidence.words.term(term) for term in wrong)
    verb = "stay as they were" if len(wrong) > 1 else "stays as it was"
    says = f"{still} {verb}, which nothing in this form needs"
    words = f"{attempt.base.says}; {says}" if attempt.base.says else says
    return Explanation(right=True, form=attempt.base.keys, says=words)


def cast(evidence: Evidence, attempts: list[Attempt]) -> Explanation | None:
    """The right formula with parts that were cast to float32, which all of them could be."""
    parts = [
        part
        for part in range(evidence.parts)
        if part not in evidence.counters and not any(one.exact[part] for one in attempts)
    ]
    if not parts or not all(whole_numbers(evidence.samples.returned(part)) for part in parts):
        return None
    for attempt in attempts[:12]:
        if all(evidence.agrees(line, term, CAST) for term, line in enumerate(attempt.base.lines)):
            names = " and ".join(evidence.words.term(part) for part in parts)
            verb = "are" if len(parts) > 1 else "is"
            says = f"{names} {verb} cast to float32, which costs half of the digits"
            return Explanation(right=False, form=attempt.base.keys, says=attempt.base.says, unlisted=(says,))
    return None


Stage = tuple[Callable[[Evidence, Attempt], None], int, float, int]

# What is tried, for how many of the nearest forms, what an explanation from it costs at least, and how many
# expressions it may hold against the answer.
STAGES: tuple[Stage, ...] = (
    (Evidence.catalogued, 60, 1.0, 10_000),
    (Evidence.slipped, 12, 1.2, 2_000),
    (Evidence.paired, 8, 2.0, 8_000),
    (Evidence.doubled, 5, 2.3, 2_000),
)


def cheapest(evidence: Evidence, attempts: list[Attempt]) -> Explanation | None:
    """The cheapest explanation of all terms; where there is none, of as many terms as can be."""
    if not attempts:
        return None
    attempts = sorted(attempts, key=lambda one: len(one.open) + one.base.cost)
    best: Choice | None = None
    for place, (stage, many, least, most) in enumerate(STAGES):
        evidence.begin(most)
        for attempt in attempts[:many]:
            if evidence.spent or (
                best and (attempt.base.cost + least >= best.cost or place == len(STAGES) - 1)
            ):
                continue
            stage(evidence, attempt)
            chosen = None if attempt.open else choose(attempt)
            if chosen and (best is None or chosen.cost < best.cost - 1e-9):
                best = chosen
        following = STAGES[place + 1][2] if place + 1 < len(STAGES) else np.inf
        if best and best.cost <= attempts[0].base.cost + following:
            break
    if best is None:
        best = choose(min(attempts, key=lambda one: (len(one.open), one.base.cost)))
    return told(evidence, best)


@dataclass(frozen=True)
class Choice:
    """One option for each term of a base, None where there is none, and what they cost together."""

    attempt: Attempt
    options: tuple[Option | None, ...]
    cost: float

    @property
    def edits(self) -> list[Edit]:
        """The different edits, in the order of the terms."""
        return list(dict.fromkeys(edit for one in self.options if one for edit in in_order(one.edits)))

    @property
    def keys(self) -> list[str]:
        """The catalogue's mistakes that explain all terms that they change."""
        terms_of = shown_in(self.options)
        return [edit.key for edit in self.edits if edit.key and is_whole(self.attempt, edit, terms_of[edit])]


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Edits in an order that does not depend on how they were found."""
    return sorted(edits, key=lambda edit: (edit.key, edit.says))


def shown_in(options: Iterable[Option | None]) -> dict[Edit, frozenset[int]]:
    """The terms that each edit is seen in."""
    terms_of: dict[Edit, frozenset[int]] = {}
    for term, option in enumerate(options):
        for edit in option.edits if option else ():
            terms_of[edit] = terms_of.get(edit, frozenset()) | {term}
    return terms_of


def is_whole(attempt: Attempt, edit: Edit, terms: frozenset[int]) -> bool:
    """Whether an edit explains all terms that it changes."""
    return not edit.key or attempt.touched.get(edit.key, frozenset()) <= terms | set(attempt.open)


def choose(attempt: Attempt) -> Choice:
    """The options with the cheapest different edits in all; the same edit in two terms counts once."""
    options: list[list[Option | None]] = [
        [*sorted(found, key=lambda one: (one.cost, one.line.size, one.line.digest))[:10]] or [None]
        for found in attempt.found.values()
    ]
    best: Choice | None = None
    for some in islice(product(*options), 4000):
        cost = attempt.base.cost
        for edit, terms in shown_in(some).items():
            cost += edit.cost + (0 if is_whole(attempt, edit, terms) else PARTLY)
        if best is None or cost < best.cost - 1e-9:
            best = Choice(attempt, some, cost)
    assert best is not None
    return best


def unlisted(evidence: Evidence, choice: Choice, keys: set[str]) -> Iterator[str]:
    """The sentences for edits that have no key; also for what is a part of a catalogued mistake only."""
    for term, option in enumerate(choice.options):
        for edit in in_order(option.edits) if option else ():
            if edit.key and edit.key not in keys:
                assert option is not None
                line = choice.attempt.base.lines[term]
                yield evidence.words.place(line, option.line, line, option.line, term)
            elif edit.key not in keys:
                yield edit.says


def told(evidence: Evidence, choice: Choice) -> Explanation:
    """A choice in words."""
    keys, attempt = set(choice.keys), choice.attempt
    terms = (*evidence.form.state_fields, "theta")
    lines = tuple(
        (
            f"{terms[term]} = {evidence.words.show(attempt.base.lines[term], term)}",
            f"{terms[term]} = {evidence.words.show(option.line, term)}",
        )
        for term, option in enumerate(choice.options)
        if option and option.edits
    )
    return Explanation(
        right=False,
        form=attempt.base.keys,
        says=attempt.base.says,
        keys=tuple(dict.fromkeys(edit.key for edit in choice.edits if edit.key in keys)),
        listed=tuple(dict.fromkeys(edit.says for edit in choice.edits if edit.key in keys)),
        unlisted=tuple(dict.fromkeys(unlisted(evidence, choice, keys))),
        lines=lines,
        unexplained=tuple(terms[term] for term in attempt.open),
    )
