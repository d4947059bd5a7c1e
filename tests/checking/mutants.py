"""Mutants of a source: one small change each, found in its syntax tree. Knows no rule and no checker."""

import ast
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
FUNCTIONS = ("sqrt", "abs", "sign")
OPPOSITE = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}


class Mutant(NamedTuple):
    """The changed lines as they were and as they are, the kind of change, and the whole source.

    The kind is what was replaced by what ("v -> m"), or what was done to a statement.
    """

    line: str
    becomes: str
    kind: str
    source: str

    def __str__(self) -> str:
        """'v_hat = v / (1 - beta2 ** t)  ->  v_hat = v'."""
        return f"{self.line}  ->  {self.becomes}"


def mutants(source: str) -> Iterator[Mutant]:
    """Each mutant of the functions in `source` once; their signatures are left as they are."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    seen = {before}
    for parent, field, becomes, kind in changes(tree):
        was = getattr(parent, field)
        setattr(parent, field, becomes)
        after = ast.unparse(ast.fix_missing_locations(tree))
        setattr(parent, field, was)
        if after not in seen:
            seen.add(after)
            yield Mutant(*changed_lines(before, after), kind, after)


Change = tuple[ast.AST, str, Any, str]  # the field of a node, what it becomes, and the kind of change


def changes(tree: ast.Module) -> Iterator[Change]:
    """Every single change of a statement or of a part of one."""
    for function in tree.body:
        assert isinstance(function, ast.FunctionDef)
        known = dict.fromkeys(one.arg for one in function.args.args if one.arg != "state")
        hypers = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        yield from changes_of_block(function, {**known, **{one.arg: default for one, default in hypers}})


Known = Mapping[str, ast.expr | None]  # the names bound so far, each hyper with its default


def changes_of_block(block: ast.FunctionDef | ast.For, known: Known) -> Iterator[Change]:
    """The changes in the statements of a function or a loop; `known` are the names bound before it."""
    yield from changes_of_order(block)
    for statement in block.body:
        if isinstance(statement, ast.For):
            yield from changes_of_block(statement, known)
        elif isinstance(statement, (ast.Assign, ast.Return)):
            yield from changes_within(statement, known)
            known = {**known, **dict.fromkeys(names(statement, ast.Store))}


def changes_of_order(block: ast.FunctionDef | ast.For) -> Iterator[Change]:
    """Each statement left out, made twice, and exchanged with the next one."""
    for number, statement in enumerate(block.body):
        before, after = block.body[:number], block.body[number + 1 :]
        if isinstance(statement, ast.Assign):
            yield block, "body", [*before, ast.Pass(), *after], "left out"
            own = names(statement, ast.Store) & names(statement, ast.Load)
            again = "made twice" if own else "made twice, to the same effect"
            yield block, "body", [*before, statement, statement, *after], again
            if after and isinstance(after[0], ast.Assign):
                bound = needs(statement, after[0]) or needs(after[0], statement)
                kind = "order" if bound else "order of independent statements"
                yield block, "body", [*before, after[0], statement, *after[1:]], kind


def needs(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether a statement reads or overwrites what another one assigns."""
    return bool(names(other, ast.Store) & (names(one, ast.Load) | names(one, ast.Store)))


def names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names that are read, or assigned, in `node`."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, context)}


def changes_within(statement: ast.stmt, known: Known) -> Iterator[Change]:
    """Each part of a statement replaced."""
    for parent in ast.walk(statement):
        for field, value in ast.iter_fields(parent):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                for becomes in variations(node, known, counts=not only_shape_or_truth(parent, field)):
                    kind = f"{written(node)} -> {written(becomes)}"
                    if index is None:
                        yield parent, field, becomes, kind
                    else:
                        yield parent, field, [*value[:index], becomes, *value[index + 1 :]], kind


def written(node: ast.AST) -> str:
    """A node as it stands in the source; the name of a comparison, which has no text of its own."""
    return ast.unparse(node) or type(node).__name__


def only_shape_or_truth(parent: ast.AST, field: str) -> bool:
    """Whether the numbers in this place don't count: x in x.shape, in len(x), in a if x else b."""
    called = parent.func.id if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) else ""
    return isinstance(parent, ast.Attribute) or field == "test" or called in ("len", "shape_of")


def variations(node: ast.AST, known: Known, counts: bool = True) -> Iterator[ast.AST]:
    """What could stand in the place of `node`; where its numbers don't `count`, only other names."""
    match node:
        case ast.BinOp(left, op, right):
            for other in OPERATORS:
                if not isinstance(op, other):
                    yield ast.BinOp(left, other(), right)
            if not isinstance(op, (ast.Add, ast.Mult)):
                yield ast.BinOp(right, op, left)
            yield from (left, right)
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.IfExp(test, body, orelse):
            yield from (body, orelse, ast.IfExp(test, orelse, body))
        case ast.Tuple(elements, context):
            for one, other in combinations(range(len(elements)), 2):
                swapped = list(elements)
                swapped[one], swapped[other] = elements[other], elements[one]
                yield ast.Tuple(swapped, context)
        case ast.Attribute(value, "T"):
            yield value
        case ast.Constant(int() | float() as value):
            for other_value in (0, 1, -value, value + 1, value - 1, value * 1.01):
                yield ast.Constant(other_value)
        case ast.Name(name, ast.Load()) if name in known:
            yield from (ast.Name(other, ast.Load()) for other in known if other != name)
            if counts:
                yield from (default for default in [known[name]] if default)
                yield ast.UnaryOp(ast.USub(), node)
                yield from (numpy_call(wrap, node) for wrap in FUNCTIONS)
        case ast.Call(ast.Attribute(ast.Name("np"), name), arguments) if name in (*FUNCTIONS, *OPPOSITE):
            yield from arguments
            others = (OPPOSITE[name],) if name in OPPOSITE else (f for f in FUNCTIONS if f != name)
            yield from (numpy_call(other, *arguments) for other in others)
        case ast.Call(ast.Name(name), arguments) if name in OPPOSITE:
            yield from arguments
            yield ast.Call(ast.Name(OPPOSITE[name], ast.Load()), arguments, [])
        case ast.cmpop():
            yield from (other() for other in COMPARISONS if not isinstance(node, other))
    if isinstance(node, (ast.BinOp, ast.Call)):
        yield from (numpy_call(wrap, node) for wrap in FUNCTIONS)


def numpy_call(name: str, *arguments: Any) -> ast.Call:
    """np.name(arguments)."""
    return ast.Call(ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load()), list(arguments), [])


def changed_lines(before: str, after: str) -> tuple[str, str]:
    """What stands between the lines that two sources begin with and those that they end with."""
    old, new = before.splitlines(), after.splitlines()
    first = next(i for i in range(len(old)) if old[i] != new[i])
    while old[-1] == new[-1] and min(len(old), len(new)) > first + 1:
        del old[-1], new[-1]
    return tuple("; ".join(line.strip() for line in lines[first:]) for lines in (old, new))  # type: ignore[return-value]


def compiled(source: str, name: str) -> Callable[..., Any]:
    """The function `name` that `source` defines."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, "<mutant>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
