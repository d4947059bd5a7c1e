"""What statements do with the module's names: bind them, look them up, change what they stand for.

Read off the syntax tree; runs nothing. The file is in the jail too, so it imports nothing of optcourse.
"""

import ast
from collections.abc import Collection, Sequence
from typing import NamedTuple

# Methods by which a list, dict, set or array changes in place.
MUTATING = frozenset((
    "append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add",
    "discard", "sort", "reverse", "rotate", "appendleft", "extendleft", "difference_update",
    "intersection_update", "symmetric_difference_update", "fill", "put", "itemset", "resize", "partition",
    "setfield", "setflags",
))  # fmt: skip


class Names(NamedTuple):
    """What is done with names: bound, looked up, stored into, and told to change in place by a method."""

    binds: set[str]
    loads: set[str]
    stores: set[str]
    calls: set[str]


def no_names() -> Names:
    """Nothing, to be added to."""
    return Names(set(), set(), set(), set())


class Reader(ast.NodeVisitor):
    """Reads what is done with names of the module `now`, and `later`, when a function in it is called."""

    def __init__(self) -> None:
        self.now, self.later = no_names(), no_names()
        self.declared: set[str] = set()  # as the module's
        self.outer: set[str] = set()  # as those of a function around

    def visit_Name(self, node: ast.Name) -> None:
        """A name that is looked up, bound or deleted."""
        (self.now.loads if isinstance(node.ctx, ast.Load) else self.now.binds).add(node.id)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """x += 1 looks x up as well."""
        if isinstance(node.target, ast.Name):
            self.now.loads.add(node.target.id)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """x.a = 1 changes x."""
        self.part(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """x[0] = 1 changes x."""
        self.part(node)

    def part(self, node: ast.Attribute | ast.Subscript) -> None:
        """A part of something, which is looked up or stored."""
        if not isinstance(node.ctx, ast.Load):
            self.now.stores.update(root(node))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """x.append(1) changes x."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATING:
            self.now.calls.update(root(node.func))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A method whose result nobody wants is there for what it changes."""
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self.now.calls.update(root(node.value.func))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Binds the first part of a module's name, or what it is to be called."""
        self.now.binds.update((one.asname or one.name).partition(".")[0] for one in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Binds the names; "*" for who knows which."""
        self.now.binds.update(one.asname or one.name for one in node.names)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Binds the exception."""
        self.now.binds.update(filter(None, [node.name]))
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        """Binds what a pattern captures."""
        self.now.binds.update(filter(None, [node.name]))
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        """Binds what a pattern captures."""
        self.now.binds.update(filter(None, [node.name]))

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        """Binds what a pattern captures."""
        self.now.binds.update(filter(None, [node.rest]))
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        """Names that are the module's."""
        self.declared.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        """Names that are a function's around this one."""
        self.outer.update(node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Decorators, defaults and annotations are looked up now, the body later."""
        self.now.binds.add(node.name)
        for part in (*node.decorator_list, *filter(None, [node.returns])):
            self.visit(part)
        self.function(node.args, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """As any function."""
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """As a function without a name."""
        self.function(node.args, [node.body])

    def function(self, arguments: ast.arguments, body: Sequence[ast.AST]) -> None:
        """What is in a function that is not its own."""
        self.visit(arguments)
        inner = Reader()
        for part in body:
            inner.visit(part)
        own = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)} | inner.now.binds
        own -= inner.declared | inner.outer
        added(self.later[1:], inner.now[1:], own)
        added(self.later[1:], inner.later[1:], own)
        self.later.binds.update(inner.now.binds & inner.declared, inner.later.binds)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Its body runs now; its methods, later."""
        self.now.binds.add(node.name)
        inner = Reader()
        for part in (*node.decorator_list, *node.bases, *node.keywords, *node.body):
            inner.visit(part)
        added(self.now[1:], inner.now[1:])
        added(self.later, inner.later)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        """The variables of a comprehension are its own."""
        self.visit(node.generators[0].iter)
        inner = Reader()
        inner.generic_visit(node)
        added(self.now[1:], inner.now[1:], inner.now.binds)
        added(self.later[1:], inner.later[1:], inner.now.binds)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815 (ast's names)


def added(names: Sequence[set[str]], more: Sequence[set[str]], without: Collection[str] = ()) -> None:
    """Add to each set of names those of the other that are not somebody's own."""
    for mine, new in zip(names, more, strict=True):
        mine |= new.difference(without)


def root(node: ast.expr) -> set[str]:
    """The name that x.a[0].b begins with; none for what begins with a call or a literal."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
