"""Whether a text exists on which a regular expression looks at the same place again and again.

A matcher that goes back on its steps is quadratic or worse if one text takes it along more and more paths. That can
be read off the expression (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991): two loops on the
same word, and the word also leads from one to the other, or one loop that the word goes round in two ways. Nothing is
timed here. `search` is a loop over any text before the expression.

Where the expression says more than an automaton can (\\b, the back of a look-ahead), it is taken to hold always: then
more is called ambiguous than is. Repeats of at most FEW times cost a factor, and count as two.
"""

import importlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeVar

FEW = 100
WHOLE = ("match", "fullmatch")  # begin at the begin of the text only
parser = importlib.import_module("re._parser")
SAMPLES = " \t\n\r\fazAZ09_-\u00e9\u2003\u0664\u2118"
CATEGORIES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
}  # fmt: skip
Pattern = re.Pattern[str] | re.Pattern[bytes]
Node = tuple[Any, Any]
Triple = tuple[int, int, int]
T = TypeVar("T")


class Step(NamedTuple):
    """A way from a state to another: by one of these characters; or by none, if the next is one of these."""

    reads: bool
    characters: frozenset[str]
    to: int


class Automaton:
    """The states of an expression and the steps between them."""

    def __init__(self, pattern: Pattern, method: str) -> None:
        source = pattern.pattern
        text = source.decode("latin-1") if isinstance(source, bytes) else source
        self.flags = pattern.flags & ~re.UNICODE
        self.all = frozenset((*SAMPLES, *text))
        self.steps: list[list[Step]] = []
        self.doubtful: set[int] = set()  # where something has to hold that is not known here
        self.last = self.state()
        self.whole = method == "fullmatch"
        nodes = list(parser.parse(text, self.flags))
        self.first = self.sequence(nodes, self.last)
        if method not in WHOLE:
            self.first = self.before(str(nodes[:1]).startswith("[(AT, AT_BEGINNING"), self.first)

    def state(self, *steps: Step) -> int:
        """A new state."""
        self.steps.append(list(steps))
        return len(self.steps) - 1

    def free(self, to: int) -> Step:
        """A step that reads nothing."""
        return Step(False, self.all, to)

    def before(self, lines: bool, to: int) -> int:
        """Any text, or where the expression is of whole lines any text up to the end of one; then `to`."""
        if lines and not self.flags & re.MULTILINE:
            return to
        ready = self.state(self.free(to))
        inside = self.state() if lines else ready
        for state in {ready, inside}:
            self.steps[state] += [Step(True, self.all - {"\n"}, inside), Step(True, frozenset("\n"), ready)]
        return ready

    def sequence(self, nodes: Iterable[Node], to: int) -> int:
        """These nodes, one after the other, before `to`."""
        for node in reversed(list(nodes)):
            to = self.node(node, to)
        return to

    def node(self, node: Node, to: int) -> int:
        """One node before `to`."""
        name, given = str(node[0]), node[1]
        match name:
            case "BRANCH":
                return self.state(*(self.free(self.sequence(one, to)) for one in given[1]))
            case "SUBPATTERN":
                _, added, taken, body = given
                outer, self.flags = self.flags, (self.flags | added) & ~taken
                begin, self.flags = self.sequence(body, to), outer
                return begin
            case "ATOMIC_GROUP":
                return self.sequence(given, to)
            case "ASSERT" | "ASSERT_NOT":
                return self.sequence(given[1], to)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self.repeat(given, to, keeps=name == "POSSESSIVE_REPEAT")
            case "AT":
                held = self.state(self.free(to))
                self.doubtful.add(held)
                return held
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self.state(Step(True, frozenset(c for c in self.all if self.takes(node, c)), to))
        raise NotImplementedError(f"{name} in a regular expression: say here what it reads")

    def repeat(self, given: tuple[int, int, list[Node]], to: int, *, keeps: bool) -> int:
        """A repeat before `to`. One that `keeps` what it read goes on only where it can read no more."""
        least, most, body = given
        if most <= FEW:
            for number in range(min(most, 2)):
                once = self.sequence(body, to)
                to = once if number < least else self.state(self.free(once), self.free(to))
            return to
        loop = self.state()
        once = self.sequence(body, loop)
        begins = (
            frozenset().union(*(step.characters for step in self.reading(once))) if keeps else frozenset()
        )
        self.steps[loop] += [self.free(once), Step(False, self.all - begins, to)]
        return once if least else loop

    def takes(self, node: Node, character: str) -> bool:
        """Whether a node of one character is this one."""
        name, given = str(node[0]), node[1]
        forms = {character}
        if self.flags & re.IGNORECASE:
            forms |= {character.lower(), character.upper()}
        match name:
            case "LITERAL":
                return chr(given) in forms
            case "NOT_LITERAL":
                return chr(given) not in forms
            case "ANY":
                return character != "\n" or bool(self.flags & re.DOTALL)
            case "RANGE":
                return any(given[0] <= ord(form[0]) <= given[1] for form in forms)
            case "CATEGORY":
                return bool(re.fullmatch(CATEGORIES[str(given)], character))
            case "IN":
                negated = str(given[0][0]) == "NEGATE"
                return negated != any(self.takes(one, character) for one in given[negated:])
        raise NotImplementedError(name)

    def reading(
        self, state: int, next_: frozenset[str] | None = None, seen: tuple[int, ...] = ()
    ) -> Iterator[Step]:
        """The steps from a state that read, once for each way that leads to them without reading."""
        next_ = self.all if next_ is None else next_
        for step in self.steps[state]:
            left = next_ & step.characters
            if step.reads and left:
                yield step._replace(characters=left)
            elif (
                left and step.to not in seen[1:]
            ):  # once more where it began: a loop around what may be empty
                yield from self.reading(step.to, left, (*seen, state))

    def ends(self, state: int, seen: tuple[int, ...] = ()) -> bool:
        """Whether all is matched here, without reading more."""
        return state == self.last or any(
            not step.reads and step.to not in seen and self.ends(step.to, (*seen, state))
            for step in self.steps[state]
            if state not in self.doubtful
        )

    def wins(self, state: int) -> bool:
        """Whether no text after this can make the matcher go back."""
        if not self.ends(state):
            return False
        return not self.whole or any(step.characters == self.all for step in self.reading(state))


Steps = dict[int, list[Step]]


def ambiguity(pattern: Pattern, method: str) -> str | None:
    """What a text repeats on which `method` of this expression looks again and again; None if there is none."""
    automaton = Automaton(pattern, method)
    all_steps = {state: list(automaton.reading(state)) for state in range(len(automaton.steps))}
    begin = {automaton.first} | set(
        reached(automaton.first, lambda one: [step.to for step in all_steps[one]])
    )
    open_ = {state for state in begin if not automaton.wins(state)}
    steps = {state: [step for step in all_steps[state] if step.to in open_] for state in open_}
    after = {state: set(reached(state, lambda one: [step.to for step in steps[one]])) for state in steps}
    around = {state: {one for one in after[state] if state in after[one]} for state in steps}
    return two_ways_round(steps, around) or two_loops(steps, around, after)


def reached(begin: T, following: Callable[[T], Iterable[T]]) -> dict[T, T]:
    """All that comes after something, and for each what it was first reached from."""
    found: dict[T, T] = {}
    waiting = [begin]
    while waiting:
        source = waiting.pop()
        for one in following(source):
            if one not in found:
                found[one] = source
                waiting.append(one)
    return found


def two_ways_round(steps: Steps, around: dict[int, set[int]]) -> str | None:
    """A loop that some text goes round in two ways: each round doubles what is to be tried."""
    for state, loop in around.items():
        inside = {one: [step for step in steps[one] if step.to in loop] for one in loop | {state}}
        for one, other in itertools.combinations(inside[state], 2):
            shared = one.characters & other.characters
            pairs = reached((one.to, other.to), partial(both, inside))
            if shared and (one.to == other.to or any(left == right for left, right in pairs)):
                return f"{min(shared)!r}, and round again"
    return None


def both(steps: Steps, pair: tuple[int, int]) -> list[tuple[int, int]]:
    """Where one character leads from two states at once."""
    left, right = (steps[state] for state in pair)
    return [(a.to, b.to) for a in left for b in right if a.characters & b.characters]


def two_loops(steps: Steps, around: dict[int, set[int]], after: dict[int, set[int]]) -> str | None:
    """Two loops on a text that also leads from the first to the second."""
    for first, last in itertools.permutations([state for state in around if around[state]], 2):
        if last in after[first] and last not in around[first]:
            begin, end = (first, first, last), (first, last, last)
            triples = reached(begin, partial(all_three, steps, around[first], around[last]))
            if end in triples:
                return text_between(steps, triples, begin, end)
    return None


def all_three(steps: Steps, first: set[int], last: set[int], now: Triple) -> list[Triple]:
    """Where one character leads from three states at once: two in their loops, one between them."""
    return [
        (one.to, between.to, other.to)
        for one in steps[now[0]] if one.to in first
        for other in steps[now[2]] if other.to in last and one.characters & other.characters
        for between in steps[now[1]] if one.characters & other.characters & between.characters
    ]  # fmt: skip


def text_between(steps: Steps, sources: dict[Triple, Triple], begin: Triple, end: Triple) -> str:
    """A text that leads from one to the other."""
    text = ""
    while not text or end != begin:
        source = sources[end]
        sets = (
            frozenset[str]().union(*(step.characters for step in steps[one] if step.to == to))
            for one, to in zip(source, end, strict=True)
        )
        text = min(frozenset.intersection(*sets)) + text
        end = source
    return text
