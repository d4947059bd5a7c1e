"""Mutants of a rule's own source: one small change each, found in its syntax tree. Knows no checker.

`mutants` makes them; `Sample` decides whether one is a different function or the same one written otherwise.
"""

import ast
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import quietly
from optcourse.rules import Form, Hyper

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
FUNCTIONS = ("sqrt", "abs", "sign")
OPPOSITE = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}


class Mutant(NamedTuple):
    """The changed lines as they were and as they are, what was changed in them, and the whole source."""

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
        signature = function.args
        known = {argument.arg for argument in (*signature.args, *signature.kwonlyargs)} - {"state"}
        yield from changes_of_block(function, known)


def changes_of_block(block: ast.FunctionDef | ast.For, known: set[str]) -> Iterator[Change]:
    """The changes in the statements of a function or a loop; `known` are the names bound before it."""
    yield from changes_of_order(block)
    for statement in block.body:
        if isinstance(statement, ast.For):
            yield from changes_of_block(statement, known)
        elif isinstance(statement, (ast.Assign, ast.Return)):
            yield from changes_within(statement, known)
            known = known | names(statement, ast.Store)


def changes_of_order(block: ast.FunctionDef | ast.For) -> Iterator[Change]:
    """Each statement left out, made twice, and exchanged with the next one."""
    for number, statement in enumerate(block.body):
        before, after = block.body[:number], block.body[number + 1 :]
        if isinstance(statement, ast.Assign):
            yield block, "body", [*before, ast.Pass(), *after], "left out"
            again = "made twice" if needs(statement, statement) else "made twice, to the same effect"
            yield block, "body", [*before, statement, statement, *after], again
            if isinstance(after[0], ast.Assign):
                bound = needs(statement, after[0]) or needs(after[0], statement)
                kind = "order" if bound else "order of independent statements"
                yield block, "body", [*before, after[0], statement, *after[1:]], kind


def needs(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether a statement reads or overwrites what another one assigns."""
    return bool(names(other, ast.Store) & (names(one, ast.Load) | (names(one, ast.Store) if one is not other else set())))


def names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names that are read, or assigned, in `node`."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, context)}


def changes_within(statement: ast.stmt, known: set[str]) -> Iterator[Change]:
    """Each part of a statement replaced."""
    for parent in ast.walk(statement):
        for field, value in ast.iter_fields(parent):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                for becomes in variations(node, known, counts=not only_shape_or_truth(parent, field)):
                    kind = f"{ast.unparse(node)} -> {ast.unparse(becomes)}"
                    if index is None:
                        yield parent, field, becomes, kind
                    else:
                        yield parent, field, [*value[:index], becomes, *value[index + 1 :]], kind


def only_shape_or_truth(parent: ast.AST, field: str) -> bool:
    """Whether the numbers in this place don't count: x in x.shape, in len(x), in a if x else b."""
    called = parent.func.id if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) else ""
    return isinstance(parent, ast.Attribute) or field == "test" or called in ("len", "shape_of")


def variations(node: ast.AST, known: set[str], counts: bool = True) -> Iterator[ast.AST]:
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
            yield from (ast.Name(other, ast.Load()) for other in sorted(known - {name}))
            if counts:
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


class Call(NamedTuple):
    """One call of the reference: its arguments, what came back, and how large each value was before."""

    arguments: tuple[Any, ...]
    hypers: dict[str, Any]
    values: tuple[Any, ...]
    before: tuple[Any, ...]


class Sample:
    """Many calls of a rule's reference, on which a mutant either differs somewhere or nowhere.

    theta, gradients and states of many sizes, zeros among them; states are the reference's own after 0 to 7
    steps; hypers are drawn from the sliders, the ends of the intervals, the defaults and the probes' values.
    """

    def __init__(self, form: Form, part: str, reference: Callable[..., Any]) -> None:
        random = np.random.default_rng(0)
        self.elementwise = form.elementwise and part == "step"
        with quietly():
            if part == "estimate":
                self.calls = tuple(estimate_calls(reference, form, random))
            else:
                self.calls = tuple(step_calls(reference, form, random))
        self.points = sum(np.size(call.values[-1]) for call in self.calls)

    def differs(self, function: Callable[..., Any]) -> bool:
        """Whether `function` raises, or differs by more than 1e-9 of an update or state part, anywhere."""
        with quietly():
            return any(self.differs_at(function, call) for call in self.calls)

    def differs_at(self, function: Callable[..., Any], call: Call) -> bool:
        """The same for one call."""
        try:
            values = flat(function(*call.arguments, **call.hypers))
        except Exception:  # whatever a mutant raises, the reference did not
            return True
        if len(values) != len(call.values):
            return True
        return any(map(self.apart, values, call.values, call.before, range(len(values))[::-1]))

    def apart(self, got: Any, wanted: Any, before: Any, from_last: int) -> bool:
        """Whether two values differ; theta is the last, and what counts for it is how far it moved."""
        got, wanted, before = np.asarray(got), np.asarray(wanted), np.asarray(before)
        if got.shape != wanted.shape or got.dtype.kind not in "fiu":
            return True
        size = np.maximum(np.abs(wanted), np.abs(before))
        moved = np.abs(wanted - before) if from_last == 0 else size
        if not self.elementwise:  # rounding in one coordinate reaches the others
            size, moved = np.max(size, initial=0), np.max(moved, initial=0)
        allowed = 1e-9 * moved + 16 * np.finfo(float).eps * size
        allowed = np.where(np.isfinite(allowed), allowed, 0)
        same = (np.abs(got - wanted) <= allowed) | (got == wanted) | (np.isnan(got) & np.isnan(wanted))
        return not bool(np.all(same))


def flat(returned: Any) -> tuple[Any, ...]:
    """(theta, (m, v)) becomes (m, v, theta); a gradient stands alone."""
    if not isinstance(returned, tuple):
        return (returned,)
    theta, state = returned
    return (*state, theta)


def step_calls(reference: Callable[..., Any], form: Form, random: np.random.Generator) -> Iterator[Call]:
    """Runs of the reference; where it is elementwise each coordinate has its own hypers and sizes."""
    if form.elementwise:
        shapes = [(), (4, 3), (300,), *[(1000,)] * 14]
    else:
        shapes = [(1, 1), (3, 1), (1, 4), (5, 2), *[tuple(random.integers(1, 11, size=2)) for _ in range(80)]]
    for number, shape in enumerate(shapes):
        each = shape if form.elementwise else ()
        hypers = drawn_hypers(form, random, each)
        theta = random.normal(size=shape) * 10.0 ** random.uniform(-3, 3, size=each)
        theta = theta * (random.uniform(size=shape) > 0.1)
        size = 10.0 ** random.uniform(-12, 12, size=each)
        state = tuple(form.init_function(theta, **hypers))
        for _ in range(8):
            grad = random.normal(size=shape) * size * 10.0 ** random.normal(size=each)
            grad = grad * (random.uniform(size=shape) > 0.15)
            arguments = (theta, grad, state)
            before = (*state, theta)
            theta, state = reference(*arguments, **hypers)
            yield Call(arguments, hypers, (*state, theta), before)
            if number % 2:  # a schedule changes hypers on the way
                hypers = drawn_hypers(form, random, each)


def drawn_hypers(form: Form, random: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Any]:
    """A value of each hyper for each coordinate."""
    return {name: drawn(hyper, random, shape) for name, hyper in form.hypers.items()}


def drawn(hyper: Hyper, random: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Mostly from the slider's range; else an end of it or of the interval, the default or the probe's value."""
    low, high = hyper.slider
    inside = random.uniform(size=shape)
    if hyper.scale == "log":
        values = low * (high / low) ** inside
    else:
        values = low + (high - low) * inside
    first, last, with_first, with_last = hyper.bounds
    special = [low, high, hyper.default, hyper.probe]
    special += [first] * with_first + [last] * with_last
    if np.isfinite(last) and not with_last:
        special.append(last - 1e-5 * (last - first))
    return np.where(random.uniform(size=shape) < 0.75, values, random.choice(special, size=shape))[()]


def estimate_calls(reference: Callable[..., Any], form: Form, random: np.random.Generator) -> Iterator[Call]:
    """Batches, or single examples, of many sizes."""
    for _ in range(2000):
        d, count = random.integers(1, 8, size=2)
        batch = (int(count),) if form.name == "minibatch" else ()
        sizes = 10.0 ** random.uniform(-6, 6, size=3)
        shapes = ((d,), (*batch, d), batch)
        arguments = tuple(np.asarray(s * random.normal(size=shape)) for s, shape in zip(sizes, shapes, strict=True))
        value = reference(*arguments)
        # A residual is a difference of terms of these sizes: rounding is relative to them.
        theta, x, y = (np.max(np.abs(argument)) for argument in arguments)
        yield Call(arguments, {}, (value,), (np.full(d, x * (x * theta * d + y)),))
