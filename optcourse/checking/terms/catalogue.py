"""What the catalogue's mistakes make of each line of a right form. Knows no answers.

A mistake is declared as an edit of the primary form's text. In a form where that text stands too it is made
there; elsewhere, what it changes in the primary form's expressions is changed in the others' ones.
"""

from functools import cache
from itertools import combinations

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.bases import Base, Lines, listed, mistakes_in
from optcourse.checking.terms.expressions import THETA, Node
from optcourse.checking.terms.rewriting import difference, rewritten
from optcourse.rules import Form, Rule

Made = dict[int, tuple[Node, ...]]  # for each term that a mistake changes: what it may be then


@cache
def catalogue(rule: Rule, asked: Form, base: Base) -> dict[str, Made]:
    """For each mistake's key what it makes of the terms of a base."""
    forms = {one.keys[0]: one.lines for one in listed(rule, asked)}
    found: dict[str, Made] = {}
    for source in dict.fromkeys((base.keys[0], "primary")):
        for key, wrong in mistakes_in(rule, source, asked).items() if source in forms else ():
            made = carried_over(forms[source], wrong, base.lines)
            if made and key not in found:
                found[key] = made
            elif made and set(made) == set(found[key]):
                found[key] = {
                    term: tuple(dict.fromkeys((*found[key][term], *lines))) for term, lines in made.items()
                }
    return found


@cache
def catalogued_pairs(rule: Rule, asked: Form, base: Base, term: int) -> tuple[tuple[str, str, Node], ...]:
    """What two mistakes at once make of one term, with their keys."""
    own = base.lines[term]
    made = [
        (key, line, difference(own, line))
        for key, terms in catalogue(rule, asked, base).items()
        for line in terms.get(term, ())
    ]
    found = []
    for (key, line, changes), (other, another, more) in combinations(made, 2):
        if key == other:
            continue
        both = rewritten(own, (*changes, *more)) or rewritten(line, more) or rewritten(another, changes)
        if both is not None and both not in (own, line, another):
            found.append((key, other, both))
    return tuple(found)


def carried_over(right: Lines, wrong: Lines, lines: Lines) -> Made:
    """A mistake that leads from `right` to `wrong`, made in other lines; nothing where it has no place."""
    made: Made = {}
    for term in touched(right, wrong):
        if right[term] is lines[term]:
            options: list[Node | None] = [wrong[term]]
        else:
            options = [
                scaled(right[term], wrong[term], lines[term]) if term == len(lines) - 1 else None,
                rewritten_line(right, wrong, lines, term, False),
                rewritten_line(right, wrong, lines, term, True),
            ]
            if not any(options) and not any(stateful(place) for place in e.places(wrong[term])):
                options = [wrong[term]]
        found = tuple(dict.fromkeys(one for one in options if one is not None and one is not lines[term]))
        if not found:
            return {}
        made[term] = found
    return made


def stateful(place: Node) -> bool:
    """Whether it is a part of the state."""
    return e.old_part(place) is not None or e.new_part(place) is not None


def touched(right: Lines, wrong: Lines) -> list[int]:
    """The terms that a mistake changes; what only follows from another thing returned is not changed."""
    parts = len(right) - 1
    lines = {
        right[part]: e.new(part)
        for part in range(parts)
        if wrong[part] is not right[part] and right[part].kid_count > 0
    }
    return [
        term
        for term in range(parts + 1)
        if wrong[term] is not right[term]
        and (wrong[term] in lines or e.replaced(wrong[term], lines) is not right[term])
    ]


def rewritten_line(right: Lines, wrong: Lines, lines: Lines, term: int, everywhere: bool) -> Node | None:
    """A line with the changes that a mistake makes in its counterpart; other lines in it are the base's."""
    parts = len(right) - 1
    was, becomes = right[term], wrong[term]
    if term < parts and (becomes.kind == "name" or becomes in right[:parts]):
        return lines[right.index(becomes)] if becomes in right else becomes
    inside = set() if everywhere else set(e.places(was))
    again, line = {}, {}
    for part in range(parts):
        if right[part].kid_count == 0 or part == term:
            continue
        once_more = e.replaced(right[part], {e.old(part): e.new(part)})
        if once_more is not right[part] and once_more not in inside:
            again[once_more] = e.name(f"again{part}")
        if right[part] not in inside:
            line[right[part]] = e.name(f"line{part}")
    found = rewritten(lines[term], difference(was, e.replaced(e.replaced(becomes, again), line)))
    if found is None:
        return None
    own = {e.name(f"line{part}"): lines[part] for part in range(parts)}
    own |= {e.name(f"again{p}"): e.replaced(lines[p], {e.old(p): e.new(p)}) for p in range(parts)}
    return e.replaced(found, own)


def scaled(was: Node, becomes: Node, line: Node) -> Node | None:
    """A move scaled as theta's is from `was` to `becomes` (uphill, no lr); None for another change."""
    moves = [e.minus(one, THETA) for one in (was, becomes, line)]
    if any(e.has(move, THETA) for move in moves):
        return None
    ratio = e.quotient(moves[1], moves[0])
    if ratio.size > 6 or any(stateful(place) or place is e.GRAD for place in e.places(ratio)):
        return None
    result = e.total(THETA, e.distributed(ratio, moves[2]))
    taken = [base for base, exponent in e.factors(ratio) if base.kind != "number" and exponent < 0]
    below = {b for place in e.places(result) for b, exponent in e.factors(place) if exponent < 0}
    return None if any(base in below for base in taken) else result
