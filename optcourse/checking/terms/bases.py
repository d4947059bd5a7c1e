"""The right forms that an answer can be close to, as expressions: listed ones, two in one, other units.

Derived from a rule's forms alone; knows no answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from optcourse.checking.candidates import made
from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.expressions import ONE, Node
from optcourse.checking.terms.reading import lines_of
from optcourse.checking.terms.rewriting import difference, rewritten
from optcourse.rules import Form, Rule
from optcourse.rules.base import Variant

Lines = tuple[Node, ...]

# What it costs to suppose that an answer follows such a form, where one mistake costs 1.
LISTED, GUARD, BOTH, UNIT, ROOT = 0.5, 0.4, 1.0, 0.7, 0.9


@dataclass(frozen=True, eq=False)
class Base:
    """A right form: `keys` of what it is made of, a line for each term, and the part in another unit."""

    cost: float
    keys: tuple[str, ...]
    says: str
    lines: Lines
    other_unit: int | None = None


@cache
def listed(rule: Rule, asked: Form) -> tuple[Base, ...]:
    """The forms of the catalogue with the asked one's hypers and number of parts, the asked one first."""
    parts, found = len(asked.state_fields), []
    for form in (rule, *rule.dialects.values()):
        if set(form.hypers) != set(asked.hypers) or len(form.state_fields) != parts:
            continue
        lines = lines_of(form.function, parts, rule.code(form.key))
        if lines:
            here = form.key == asked.key
            found.append(Base(0.0 if here else LISTED, (form.key,), "" if here else form.says, lines))
    return tuple(sorted(found, key=lambda base: base.cost))


@cache
def bases(rule: Rule, asked: Form) -> tuple[Base, ...]:
    """All right forms, the nearest ones first; each set of lines once."""
    plain = listed(rule, asked)
    found: dict[Lines, Base] = {}
    for base in (
        *plain,
        *guarded(plain),
        *joined(plain),
        *(b for one in plain for b in in_units(one, asked)),
    ):
        found.setdefault(base.lines, base)
    return tuple(found.values())


def guarded(plain: tuple[Base, ...]) -> Iterator[Base]:
    """The same with another tiny guard against a division by zero: the larger of two, or their sum."""
    for base in plain:
        table = {}
        for place in (place for line in base.lines for place in e.places(line)):
            tiny = [kid for kid in place.kids if kid.kind == "number" and 0 < kid.value <= 1e-6]
            if tiny and place.kind == "function" and place.name == "max":
                table[place] = e.total(*place.kids)
            elif tiny and place.kind == "sum" and len(place.kids) == 2:
                table[place] = e.function("max", *(kid for kid in place.kids if kid not in tiny), *tiny)
        if table:
            says = "with another tiny number against a division by zero"
            lines = tuple(e.replaced(line, table) for line in base.lines)
            yield Base(base.cost + GUARD, base.keys, f"{base.says}; {says}" if base.says else says, lines)


def joined(plain: tuple[Base, ...]) -> Iterator[Base]:
    """Two dialects in one, where what both change can be changed."""
    primary = next((base for base in plain if base.keys == ("primary",)), None)
    if primary is None:
        return
    others = [base for base in plain if base is not primary]
    seen = {base.lines for base in plain}
    for one, other in permutations(others, 2):
        lines = tuple(
            rewritten(line, difference(was, becomes)) if was is not becomes else line
            for was, line, becomes in zip(primary.lines, one.lines, other.lines, strict=True)
        )
        both = tuple(line for line in lines if line is not None)
        if len(both) == len(lines) and both not in seen:
            seen.add(both)
            yield Base(
                BOTH, (*one.keys, *other.keys), "; and ".join(x for x in (one.says, other.says) if x), both
            )


def in_units(base: Base, asked: Form) -> Iterator[Base]:
    """The same with one part of the state in another unit: downhill, over lr, as a root."""
    betas = [hyper for hyper, declared in asked.hypers.items() if declared.bounds[1] == 1]
    factors = [(f"{hyper} * ", e.name(hyper)) for hyper in asked.hypers]
    factors += [(f"1 / {hyper} * ", e.product((e.name(hyper), -1))) for hyper in asked.hypers]
    factors += [(f"(1 - {beta}) * ", e.minus(ONE, e.name(beta))) for beta in betas]
    factors += [(f"1 / (1 - {beta}) * ", e.quotient(ONE, e.minus(ONE, e.name(beta)))) for beta in betas]
    scales = [("-", e.MINUS), *factors, *((f"-{words}", e.negative(by)) for words, by in factors)]
    for part, blank in enumerate(asked._blank):
        if not hasattr(blank, "shape"):
            continue
        field = asked.state_fields[part]
        for words, by in scales:
            table = {one: e.quotient(one, by) for one in (e.old(part), e.new(part))}
            says = "your " + field + (" points the other way" if words == "-" else f" is {words}{field}")
            yield in_unit(base, part, table, UNIT, says, by)
        for words, inside, outside in (("root", 2, 0.5), ("square", 0.5, 2)):
            table = {one: e.product((one, inside)) for one in (e.old(part), e.new(part))}
            yield in_unit(base, part, table, ROOT, f"your {field} is the {words} of {field}", None, outside)


def in_unit(
    base: Base,
    part: int,
    table: dict[Node, Node],
    cost: float,
    says: str,
    by: Node | None,
    outside: float = 1,
) -> Base:
    """A base with one part replaced by what it is in the other unit."""
    lines = [e.replaced(line, table) for line in base.lines]
    lines[part] = e.distributed(by, lines[part]) if by is not None else e.product((lines[part], outside))
    words = f"{base.says}; {says}" if base.says else says
    return Base(base.cost + cost, base.keys, f"{words}: right mathematics, another state", tuple(lines), part)


@cache
def mistakes_in(rule: Rule, key: str, asked: Form) -> dict[str, Lines]:
    """The lines of each mistake of the catalogue made in a listed form."""
    parts, form = len(asked.state_fields), rule.form(key)
    if form is not rule and isinstance(rule.dialects.declared(key), Variant):
        return {}
    found = {}
    for mistake in rule.mistakes:
        if rule.mistakes.declared(mistake).of != "step":
            continue
        if form is rule:
            lines = lines_of(rule.mistakes[mistake].function, parts, rule.code(mistake))
        else:
            candidate = made(rule, form, (mistake,), "step")
            lines = lines_of(form.function, parts, candidate.code) if candidate else None
        if lines:
            found[mistake] = lines
    return found
