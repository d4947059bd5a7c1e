"""Sentences for edits that the catalogue has no words for. Knows no values."""

from dataclasses import dataclass

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.expressions import GRAD, MINUS, ONE, THETA, Factor, Node
from optcourse.checking.terms.printing import names_in, shown
from optcourse.checking.terms.rewriting import difference

TOLD = 8  # parts of an expression: one with more is no slip's name but half of the answer


@dataclass(frozen=True)
class Words:
    """Says what differs, in the names of a form."""

    fields: tuple[str, ...]
    hypers: tuple[str, ...]

    def term(self, term: int) -> str:
        """The name of a term."""
        return (*self.fields, "theta")[term]

    def show(self, one: Node, term: int) -> str:
        """An expression, as it stands in the line of a term."""
        return shown(one, names_in(self.fields, term))

    def replaced(self, was: Node, becomes: Node, term: int) -> str:
        """One thing in the place of another."""
        a, b = self.show(was, term), self.show(becomes, term)
        if was.name in self.hypers and becomes.kind == "number":
            return f"{b} stands where {a} belongs, so {a} changes nothing there"
        if was is GRAD and (words := self.other_gradient(becomes, term)):
            return words
        part = e.new_part(was)
        if part is not None and becomes is e.old(part):
            return f"the old {a} is used in {self.term(term)}, not the new one"
        if part is not None and becomes.size > 5 and e.has(becomes, was):
            return f"{a} is made new once more for {self.term(term)}"
        return self.stands(b, a, was, term)

    def stands(self, own: str, asked: str, was: Node, term: int) -> str:
        """That something stands in a place; what belongs there, where that is short."""
        place = asked if was.size <= TOLD else "something else"
        return f"{own} stands where {place} belongs, in the line of {self.term(term)}"

    def other_gradient(self, becomes: Node, term: int) -> str:
        """What was done to the gradient before it was used, where that has words of its own."""
        if any(base.kind == "function" and base.name == "min" for base, _ in e.factors(becomes)):
            return f"the gradient is clipped to a length before it is used: {self.show(becomes, term)}"
        if becomes.kind == "function" and becomes.name == "clip":
            low, high = (self.show(kid, term) for kid in becomes.kids[1:])
            return f"the gradient is cut off at {low} and {high} before it is used"
        count, rest = e.coefficient(e.minus(becomes, GRAD))
        if rest is THETA:
            return f"{count:.6g} of theta is added to the gradient, an L2 decay that the rule does not have"
        return ""

    def factor(self, base: Node, exponent: float, what: str, term: int) -> str:
        """A factor that is missing, or otherwise not as it should be."""
        text = self.show(base, term)
        named = {
            -1: f"the division by {text}",
            -0.5: f"the division by the root of {text}",
            0.5: f"the root of {text}",
            2: f"the square of {text}",
        }
        return f"{named.get(exponent, f'the factor {text}')} is {what} in the line of {self.term(term)}"

    def place(self, was: Node, becomes: Node, whole: Node, now: Node, term: int) -> str:
        """What became of one place in a line."""
        apart = e.total(now, e.distributed(MINUS, whole))
        if term == len(self.fields) and e.coefficient(apart)[1] is THETA:
            return self.added(was, apart, term)
        changes = difference(whole, now)
        if len(changes) == 1 and changes[0].kind == "product":
            gone, come = changes[0].gone, changes[0].come
            if gone and come:
                a, b = (self.show(e.product(*some), term) for some in (gone, come))
                return self.stands(b, a, e.product(*gone), term)
            if gone:
                return "; ".join(self.factor(*one, "missing", term) for one in gone)
        ratio = e.quotient(becomes, was)
        if ratio is MINUS:
            return f"the sign of {self.show(was, term)} is wrong in the line of {self.term(term)}"
        if ratio.kind == "number" and was.kind != "number":
            a, b = self.show(was, term), self.show(ratio, term)
            return f"{a} is multiplied by {b} in the line of {self.term(term)}"
        if ratio.size < becomes.size:
            return self.scaled(was, ratio, term)
        added = e.minus(becomes, was)
        if added.size < becomes.size:
            return self.added(was, added, term)
        if becomes is ONE:
            return f"{self.show(was, term)} is missing in the line of {self.term(term)}"
        a, b = self.show(was, term), self.show(becomes, term)
        return self.stands(b, a, was, term)

    def scaled(self, was: Node, ratio: Node, term: int) -> str:
        """A place that is multiplied by something that does not belong there, or lacks a factor."""
        own = dict(e.factors(was))
        lacking: list[Factor] = [x for x in e.factors(ratio) if own.get(x[0], 0) * x[1] < 0]
        extra = [x for x in e.factors(ratio) if x not in lacking]
        if lacking and not extra and all(own[base] == -exponent for base, exponent in lacking):
            return "; ".join(self.factor(base, -exponent, "missing", term) for base, exponent in lacking)
        a, b = self.show(was, term), self.show(ratio, term)
        return f"{a} is multiplied by {b} as well, in the line of {self.term(term)}"

    def added(self, was: Node, added: Node, term: int) -> str:
        """A place to which something is added that does not belong there, or that lacks a term."""
        count, rest = e.coefficient(added)
        if rest is THETA and term == len(self.fields):
            what = "added to" if count > 0 else "taken off"
            end = ", with the wrong sign: theta grows" if count > 0 else ""
            size = f"{abs(count):.6g} of theta is {what} theta in each step as well"
            return f"{size}, a decay that the rule does not have{end}"
        if any(e.negative(one) is added for one in e.terms(was)):
            return f"{self.show(e.negative(added), term)} is missing in the line of {self.term(term)}"
        return f"{self.show(added, term)} is added in the line of {self.term(term)} as well"

    def reduced(self, how: str, place: Node, term: int) -> str:
        """One number for all coordinates in the place of an array."""
        text, line = self.show(place, term), f"in the line of {self.term(term)}"
        return {
            "sum": f"{text} is summed over the coordinates {line}",
            "mean": f"{text} is averaged over the coordinates {line}",
            "norm": f"the length of {text} stands in its place {line}",
            "last": f"all coordinates take the last one's {text} {line}",
            "first": f"all coordinates take the first one's {text} {line}",
            "largest": f"the largest {text} stands for all {line}",
        }[how]
