"""How one expression differs from another, as rules that can be applied to a third. Knows no values."""

from collections.abc import Iterable
from typing import NamedTuple

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.expressions import Factor, Node


class Change(NamedTuple):
    """One difference: terms or factors `gone` and `come` beside `context`, or a whole place replaced."""

    kind: str  # "sum", "product" or "place"
    gone: tuple[Factor, ...]
    come: tuple[Factor, ...]
    context: tuple[Factor, ...]


def place_change(was: Node, becomes: Node) -> Change:
    """One place replaced by another expression, wherever it stands."""
    return Change("place", ((was, 1.0),), ((becomes, 1.0),), ())


def difference(was: Node, becomes: Node) -> tuple[Change, ...]:
    """The changes that lead from one expression to the other, as small as they can be told."""
    if was is becomes:
        return ()
    if was.kind == becomes.kind == "sum":
        return of_parts("sum", [(x, 1.0) for x in was.kids], [(x, 1.0) for x in becomes.kids], was, becomes)
    if "product" in (was.kind, becomes.kind):
        return of_parts("product", e.factors(was), e.factors(becomes), was, becomes)
    same = was.kind == becomes.kind and was.label == becomes.label and len(was.kids) == len(becomes.kids)
    if same and was.kids:
        pairs = zip(was.kids, becomes.kids, strict=True)
        return tuple(change for one, other in pairs for change in difference(one, other))
    return (place_change(was, becomes),)


def of_parts(
    kind: str, before: list[Factor], after: list[Factor], was: Node, becomes: Node
) -> tuple[Change, ...]:
    """The changes among terms or factors; similar ones are looked into."""
    context = tuple(x for x in before if x in after and not (kind == "product" and x[0].kind == "number"))
    gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
    changes: list[Change] = []
    single = sum(x[0].kind != "number" for x in before) == sum(x[0].kind != "number" for x in after) == 1
    if kind == "sum" or context or single:
        for one in list(gone):
            other = next((y for y in come if alike(kind, one, y, bool(context))), None)
            if other is not None:
                changes += difference(one[0], other[0])
                gone.remove(one)
                come.remove(other)
    if not gone and not come:
        return tuple(changes)
    if gone and not context and not changes:
        return (place_change(was, becomes),)
    return (*changes, Change(kind, tuple(gone), tuple(come), context))


def alike(kind: str, one: Factor, other: Factor, beside: bool) -> bool:
    """Whether a term or factor has become the other one, rather than gone while the other came."""
    kinds = (one[0].kind, other[0].kind)
    apart = one[1] != other[1] or "number" in kinds or (beside and "name" in kinds)
    return not (kind == "product" and apart) and similar(one[0], other[0])


def similar(one: Node, other: Node) -> bool:
    """Whether two places have something in common."""
    leaves = ("name", "number")
    if one is other or (one.kind in leaves and other.kind in leaves):
        return True
    if "product" in (one.kind, other.kind):
        these, those = ([x for x in e.factors(n) if x[0].kind != "number"] for n in (one, other))
        if set(these) & set(those):
            return True
        return (
            len(these) == len(those) == 1 and these[0][1] == those[0][1] and similar(these[0][0], those[0][0])
        )
    if one.kind == other.kind == "sum":
        return bool(set(one.kids) & set(other.kids)) or any(
            similar(x, y)
            for x in one.kids
            for y in other.kids
            if x.kind not in leaves and y.kind not in leaves
        )
    return one.kind == other.kind


def rewritten(one: Node, changes: Iterable[Change]) -> Node | None:
    """The expression with all changes made at once; None unless each finds its place."""
    changes = tuple(dict.fromkeys(changes))
    made: set[Change] = set()

    def within(place: Node) -> Node:
        for change in changes:
            if change.kind == "place" and change.gone[0][0] is place:
                made.add(change)
                return change.come[0][0]
        if place.kind not in ("sum", "product"):
            return e.rebuilt(place, [within(kid) for kid in place.kids]) if place.kids else place
        parts = e.factors(place) if place.kind == "product" else [(kid, 1.0) for kid in place.kids]
        kept, come = list(parts), list[Factor]()
        for change in changes:
            if change.kind == place.kind and fits(change, kept, parts):
                made.add(change)
                kept = [part for part in kept if part not in change.gone]
                come += change.come
        inner = [(within(base), exponent) for base, exponent in kept]
        return (
            e.product(*inner, *come) if place.kind == "product" else e.total(*(x for x, _ in (*inner, *come)))
        )

    result = within(one)
    return result if len(made) == len(changes) else None


def fits(change: Change, kept: list[Factor], parts: list[Factor]) -> bool:
    """Whether a change belongs here: what goes is there, and beside it what it stood beside."""
    if not all(part in kept for part in change.gone):
        return False
    if not change.context:
        return bool(change.gone)
    return any(part in parts for part in change.context) or any(part[0].size >= 3 for part in change.gone)
