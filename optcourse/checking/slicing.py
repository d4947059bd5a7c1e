"""Which statements of a notebook a function needs, read off their text: a backward slice. Runs nothing.

Needed is what binds a name that the function looks up, or changes what such a name stands for; and what those
statements need in turn, up to where they stand. What is left out can neither be slow, print nor raise.
The file is in the jail too, so of optcourse it imports `names` alone.
"""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from optcourse.checking.names import Reader

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
# By these a text can name what no reader of names finds.
DYNAMIC = frozenset((
    "exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__import__", "__builtins__",
))  # fmt: skip
# Modules whose calls only show something.
SHOWING = frozenset((
    "optcourse", "matplotlib", "mpl_toolkits", "seaborn", "IPython", "ipywidgets", "tkinter", "turtle",
))  # fmt: skip


class Statement(NamedTuple):
    """A statement of a file; `guarded`: it stands under if __name__ == "__main__"."""

    label: str
    node: ast.stmt
    guarded: bool = False


class Slicer:
    """Slices of these statements: sets of their places."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self.readers: dict[int, Reader] = {}
        self.binders: dict[str, list[int]] = defaultdict(list)  # the places that bind a name, in order
        self.changers: dict[str, list[int]] = defaultdict(list)  # and those that change what it stands for
        self.stars: list[int] = []
        self.imported: set[str] = set()  # names of modules, and of what is in them, that do more than show
        for at, one in enumerate(statements):
            self.enter(at, one.node)

    def enter(self, at: int, node: ast.stmt) -> None:
        """Note what a statement does when it runs."""
        if isinstance(node, ast.FunctionDef):  # what is in it is looked at only where it is needed
            self.binders[node.name].append(at)
            return
        now, later = self.reader(at).now, self.reader(at).later
        for name in now.binds:
            self.binders[name].append(at)
        self.stars += [at] * ("*" in now.binds)
        if isinstance(node, IMPORTS) and not shows(node, SHOWING | {"time"}):  # passing it sets nothing
            self.imported |= now.binds
        # A lambda in a statement that defines nothing may run at once.
        for name in now.stores | later.stores | now.calls | later.calls:
            self.changers[name].append(at)

    def reader(self, at: int) -> Reader:
        """What the statement does with names."""
        if at not in self.readers:
            self.readers[at] = Reader()
            try:
                self.readers[at].visit(self.statements[at].node)
            except RecursionError:  # too deep to be read: it may do anything
                self.readers[at].now.loads.add("exec")
        return self.readers[at]

    def looked_up(self, places: Iterable[int]) -> set[str]:
        """The names that these statements look up, now or later."""
        readers = map(self.reader, places)
        return set().union(*(one.now.loads | one.later.loads for one in readers))

    def needed(self, name: str) -> frozenset[int]:
        """What `name` needs, as far as it can be read off with certainty; nothing where nothing binds it."""
        return self.closed(name, frozenset())

    def touched(self, name: str) -> frozenset[int]:
        """What may bear on `name` too, in ways that only running it would show: all that is not harmless."""
        chosen = self.closed(name, frozenset())
        if any(map(self.is_dynamic, chosen)):
            return frozenset(range(len(self.statements)))
        while more := frozenset(self.bearing(chosen)) - chosen:
            chosen = self.closed(name, chosen | more)
        if any(map(self.is_dynamic, chosen)):  # a text that is run needs who knows what
            defining = {at for at, one in enumerate(self.statements) if not is_work(one.node)}
            chosen = self.closed(name, chosen | defining)
        return chosen

    def closed(self, name: str, chosen: frozenset[int]) -> frozenset[int]:
        """These places, and all that they and the name need."""
        while True:
            found = self.reached(name, chosen)
            more = frozenset(self.settings(found)) - found
            if not more:
                return found
            chosen = found | more

    def reached(self, name: str, chosen: frozenset[int]) -> frozenset[int]:
        """Each name is wanted as it is before some place, from what binds and changes it up to there.

        What runs at once has to find its names as they are where it stands; a function's body, as they are
        when it is called, which is before whatever wanted the function.
        """
        found = set(chosen)
        todo = [(name, len(self.statements))]
        for at in chosen:
            todo += self.wants(at, at + 1)
        asked: set[tuple[str, int]] = set()
        while todo:
            one = todo.pop()
            if one not in asked:
                asked.add(one)
                for at in self.sources(*one):
                    found.add(at)
                    todo += self.wants(at, one[1])
        return frozenset(found)

    def wants(self, at: int, before: int) -> list[tuple[str, int]]:
        """What a statement looks up, each name with the place before which it has to be what it is."""
        reader = self.reader(at)
        return [(name, at) for name in reader.now.loads] + [(name, before) for name in reader.later.loads]

    def sources(self, name: str, before: int) -> list[int]:
        """What makes a name what it is before some place: the last that surely binds it, and what follows."""
        begin, places = -1, []
        for at in reversed([at for at in self.binders.get(name, ()) if at < before]):
            begin = at
            places.append(at)
            if surely_binds(self.statements[at].node):
                break
        if not places:
            places = [at for at in self.stars if at < before and not hasattr(builtins, name)]
        return places + [
            at for at in self.changers.get(name, ()) if begin < at < before and self.changes(at, name)
        ]

    def changes(self, at: int, name: str) -> bool:
        """Whether a statement changes what the name stands for: np.sort(x) says nothing of np."""
        reader = self.reader(at)
        return name in reader.now.stores | reader.later.stores or self.is_data(name)

    def is_data(self, name: str) -> bool:
        """Whether a name may stand for what can change in place: no module, function, class or number."""
        nodes = [self.statements[at].node for at in self.binders.get(name, ())]
        return any(not isinstance(node, (*DEFINITIONS, *IMPORTS)) and not is_plain(node) for node in nodes)

    def settings(self, chosen: frozenset[int]) -> Iterator[int]:
        """The calls of functions for what they set: fill() where it fills a TABLE that is needed."""
        names = self.looked_up(chosen)
        wanted = {name for name in names if self.is_data(name) or name not in self.binders}
        wanted -= set(dir(builtins))
        if not wanted:
            return
        setters: set[str] = set()
        for at, one in enumerate(self.statements):
            later = self.reader(at).later
            if at not in chosen and (later.binds | later.stores | later.calls) & wanted:
                setters |= binds(one.node)
        yield from (at for at in range(len(self.statements)) if self.reader(at).now.loads & setters)

    def bearing(self, chosen: frozenset[int]) -> Iterator[int]:
        """The statements that may bear on what is chosen, though nothing says so."""
        names = self.looked_up(chosen).union(*(self.reader(at).now.binds for at in chosen))
        data = {name for name in names if self.is_data(name)}
        for at, one in enumerate(self.statements):
            now = self.reader(at).now
            sets_up = isinstance(one.node, ast.Expr) and now.calls & self.imported  # np.seterr(...)
            if now.loads & data or now.stores & self.imported or sets_up or self.is_dynamic(at):
                yield at

    def work_left(self, places: frozenset[int]) -> list[str]:
        """The labels of what is not in these places and does more than define or show something."""
        showing, labels = {"display", "print"}, {}
        for at, one in enumerate(self.statements):
            is_simple = isinstance(one.node, ast.Expr | ast.Assign | ast.AnnAssign)
            if isinstance(one.node, IMPORTS) and shows(one.node):
                showing |= self.reader(at).now.binds
            elif is_simple and not showing.isdisjoint(self.reader(at).now.loads):
                showing |= self.reader(at).now.binds  # report = check(...)
            elif at not in places and is_work(one.node):
                labels[one.label] = True
        return list(labels)

    def is_dynamic(self, at: int) -> bool:
        """Whether a statement may do things to names that it does not name."""
        return not DYNAMIC.isdisjoint(self.looked_up([at]))


def binds(node: ast.stmt) -> set[str]:
    """The names that a statement binds when it runs."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    reader = Reader()
    reader.visit(node)
    return reader.now.binds


def shows(node: ast.stmt, modules: frozenset[str] = SHOWING) -> bool:
    """Whether an import is of modules that only show something."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in modules
    return isinstance(node, ast.Import) and all(one.name.partition(".")[0] in modules for one in node.names)


def surely_binds(node: ast.stmt) -> bool:
    """Whether a statement binds its names anew; an if, a loop or x += 1 may not, nor does an import."""
    if isinstance(node, ast.AnnAssign):
        return node.value is not None
    return isinstance(node, (*DEFINITIONS, ast.Assign))


def is_plain(node: ast.AST) -> bool:
    """Whether it binds, or is, a number, a text or a tuple of those, which nothing can change in place."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is not None and is_plain(node.value)
    if isinstance(node, ast.Tuple):
        return all(map(is_plain, node.elts))
    if isinstance(node, ast.BinOp):
        return is_plain(node.left) and is_plain(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_plain(node.operand)
    return isinstance(node, ast.Constant)


def statements_of(label: str, body: Sequence[ast.stmt], guarded: bool = False) -> Iterator[Statement]:
    """The statements of a piece of source; those under if __name__ == "__main__" one by one."""
    for node in body:
        if isinstance(node, ast.If) and is_guard(node.test):
            yield from statements_of(label, node.body, guarded=True)
            yield from statements_of(label, node.orelse, guarded)
        else:
            yield Statement(label, node, guarded)


def is_guard(test: ast.expr) -> bool:
    """Whether a condition is __name__ == "__main__"."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = (test.left, test.comparators[0])
    names = [one.id for one in sides if isinstance(one, ast.Name)]
    texts = [one.value for one in sides if isinstance(one, ast.Constant)]
    return names == ["__name__"] and texts == ["__main__"]


def is_stub(node: ast.stmt) -> bool:
    """Whether a function is as it was given out: its body raises NotImplementedError and nothing else."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and is_plain(one.value))]
    if len(body) != 1 or not isinstance(body[0], ast.Raise) or body[0].exc is None:
        return False
    raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def without_stubs(statements: Sequence[Statement]) -> tuple[list[Statement], list[Statement]]:
    """The statements without the stubs of functions that are written as well; and those stubs."""
    written = {
        one.node.name for one in statements if isinstance(one.node, DEFINITIONS) and not is_stub(one.node)
    }
    kept: list[Statement] = []
    stubs: list[Statement] = []
    for one in statements:
        is_spare = isinstance(one.node, DEFINITIONS) and is_stub(one.node) and one.node.name in written
        (stubs if is_spare else kept).append(one)
    return kept, stubs


def is_work(node: ast.stmt) -> bool:
    """Whether a statement does more than define something, or set or name a plain value."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Name):
        return False
    return not (isinstance(node, (*DEFINITIONS, *IMPORTS, ast.Pass)) or is_plain(node))
