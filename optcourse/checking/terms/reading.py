"""From the source of one of our own steps to expressions, one for each part that it returns.

Interprets the syntax tree symbolically. What it does not understand (a loop, a matrix product) stays whole,
as a call whose arguments are expressions. Never given a learner's source.
"""

import ast
import builtins
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.expressions import Node
from optcourse.rules.base import normalised


class UnreadableError(Exception):
    """A source that is no straight line of assignments."""


Value = Node | tuple["Value", ...]

ONE_ARGUMENT: Mapping[Any, Callable[[Node], Node]] = {
    np.abs: lambda x: e.function("abs", x),
    abs: lambda x: e.function("abs", x),
    np.sign: lambda x: e.function("sign", x),
    np.exp: lambda x: e.function("exp", x),
    np.log: lambda x: e.function("log", x),
    np.sqrt: lambda x: e.product((x, 0.5)),
    np.square: lambda x: e.product((x, 2)),
    np.sum: lambda x: e.reduction("sum", x),
    np.mean: lambda x: e.reduction("mean", x),
    np.linalg.norm: lambda x: e.reduction("norm", x),
    float: lambda x: x,
}
MORE_ARGUMENTS = {
    np.maximum: "max",
    np.minimum: "min",
    np.fmax: "max",
    max: "max",
    min: "min",
    np.where: "where",
    np.clip: "clip",
}
COMPARISONS = {ast.Eq: "eq", ast.Lt: "lt", ast.Gt: "gt", ast.LtE: "le", ast.GtE: "ge"}
OPERATORS: Mapping[type[ast.operator], Callable[[Node, Node], Node]] = {
    ast.Add: lambda a, b: e.total(a, b),
    ast.Sub: e.minus,
    ast.Mult: lambda a, b: e.product((a, 1), (b, 1)),
    ast.Div: e.quotient,
    ast.Pow: e.power,
}

CALLS: dict[str, Callable[..., Any]] = {}  # what a "call" node runs, by its label


def lines_of(function: Callable[..., Any], parts: int, source: str | None = None) -> tuple[Node, ...] | None:
    """Each part of the state, then theta, in what went in and in parts that are returned; None if unreadable.

    `source` is read in place of the function's own, with the function's globals.
    """
    try:
        reader = Reader(function.__globals__)
        definition = ast.parse(source or normalised(function)).body[0]
        assert isinstance(definition, ast.FunctionDef)
        return reader.terms(definition, parts)
    except (UnreadableError, KeyError, IndexError, OSError, TypeError):
        return None


class Reader:
    """Reads one function; each assignment is a `let`, so that what is returned can be told from its value."""

    def __init__(self, names: dict[str, Any], lets: int = 0) -> None:
        self.globals, self.lets = names, lets

    def terms(self, definition: ast.FunctionDef, parts: int) -> tuple[Node, ...]:
        """The returned terms; a returned part that another term uses is `new` there."""
        theta, grad, state = (one.arg for one in definition.args.args[:3])
        scope: dict[str, Value] = {
            theta: e.THETA,
            grad: e.GRAD,
            state: tuple(e.old(part) for part in range(parts)),
        }
        scope |= {one.arg: e.name(one.arg) for one in definition.args.kwonlyargs}
        returned = self.run(definition.body, scope)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise UnreadableError("it returns no pair")
        moved, state_now = returned
        if not isinstance(state_now, tuple) or len(state_now) != parts or not isinstance(moved, Node):
            raise UnreadableError("the state is no tuple")
        given: dict[Node, Node] = {}
        for part, value in enumerate(state_now):
            if isinstance(value, Node) and value.kind == "let":
                given.setdefault(value, e.new(part))
        read = []
        for part, value in enumerate((*state_now, moved)):
            assert isinstance(value, Node)
            own = value if part < parts else None
            others = {let: name for let, name in given.items() if let is not own}
            read.append(unlet(value.kids[0] if value.kind == "let" else value, others))
        return tuple(read)

    def run(self, body: list[ast.stmt], scope: dict[str, Value]) -> Value:
        """The value that the statements return."""
        for statement in body:
            if isinstance(statement, ast.Assign):
                value = self.read(statement.value, scope)
                for target in statement.targets:
                    self.bind(target, value, scope)
            elif isinstance(statement, ast.Return) and statement.value:
                return self.read(statement.value, scope)
            elif not isinstance(statement, (ast.Expr, ast.Pass)):
                raise UnreadableError(type(statement).__name__)
        raise UnreadableError("no return")

    def bind(self, target: ast.expr, value: Value, scope: dict[str, Value]) -> None:
        """Give names their values."""
        if isinstance(target, ast.Name):
            if isinstance(value, Node) and value.kind not in ("name", "number", "let"):
                self.lets += 1
                value = e.node("let", float(self.lets), value)
            scope[target.id] = value
            return
        if not isinstance(target, (ast.Tuple, ast.List)):
            raise UnreadableError("a target that is no name")
        wanted = list(target.elts)
        if isinstance(value, Node):
            value = tuple(e.node("item", float(place), value) for place in range(len(wanted)))
        if isinstance(wanted[-1], ast.Starred):
            ahead = len(wanted) - 1
            value = (*value[:ahead], tuple(value[ahead:]))
            wanted[-1] = wanted[-1].value
        if len(wanted) != len(value):
            raise UnreadableError("another number of parts")
        for one, part in zip(wanted, value, strict=True):
            self.bind(one, part, scope)

    def read(self, code: ast.expr, scope: Mapping[str, Value]) -> Value:
        """The value of an expression; whole, as a call, where it isn't understood."""
        try:
            return self.understood(code, scope)
        except UnreadableError:
            return self.whole(code, scope)

    def node(self, code: ast.expr, scope: Mapping[str, Value]) -> Node:
        """The value of an expression that is no tuple."""
        value = self.read(code, scope)
        if not isinstance(value, Node):
            raise UnreadableError("arithmetic with a tuple")
        return value

    def understood(self, code: ast.expr, scope: Mapping[str, Value]) -> Value:
        """The value of an expression of arithmetic; UnreadableError for another one."""
        match code:
            case ast.Constant(bool()):
                raise UnreadableError("a truth value")
            case ast.Constant(int() | float() as value):
                return e.number(value)
            case ast.Name(text) if text in scope:
                return scope[text]
            case ast.Name(text) if isinstance(self.globals.get(text), (int, float)):
                return e.number(self.globals[text])
            case ast.Tuple(parts):
                return tuple(self.read(part, scope) for part in parts)
            case ast.UnaryOp(ast.USub(), operand):
                return e.negative(self.node(operand, scope))
            case ast.BinOp(left, op, right) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self.node(left, scope), self.node(right, scope))
            case ast.IfExp(test, body, other):
                return e.function("where", *(self.node(one, scope) for one in (test, body, other)))
            case ast.Compare(left, [op], [right]) if type(op) in COMPARISONS:
                sides = (self.node(left, scope), self.node(right, scope))
                return e.function(COMPARISONS[type(op)], *sides)
            case ast.Subscript(value, ast.Constant(int() as place)):
                whole = self.read(value, scope)
                if isinstance(whole, tuple):
                    return whole[place]
            case ast.Call():
                return self.call(code, scope)
        raise UnreadableError(type(code).__name__)

    def call(self, code: ast.Call, scope: Mapping[str, Value]) -> Value:
        """The value of a call: numpy's functions are known, ours are read, all else stays whole."""
        called = self.called(code.func)
        if isinstance(called, type) and issubclass(called, tuple):
            return tuple(self.read(one, scope) for one in code.args)
        if code.keywords:
            return self.whole(code, scope)
        known = called if isinstance(called, (type, type(abs), type(np.abs))) or callable(called) else None
        if known in ONE_ARGUMENT and len(code.args) == 1:
            return ONE_ARGUMENT[known](self.node(code.args[0], scope))
        if known in MORE_ARGUMENTS and len(code.args) > 1:
            return e.function(MORE_ARGUMENTS[known], *(self.node(one, scope) for one in code.args))
        if inspect.isfunction(called):
            read = self.inlined(called, [self.read(one, scope) for one in code.args])
            if read is not None:
                return read
        return self.whole(code, scope)

    def called(self, code: ast.expr) -> Any:
        """The function that a name like np.linalg.norm stands for."""
        match code:
            case ast.Name(text):
                return self.globals.get(text, getattr(builtins, text, None))
            case ast.Attribute(value, text):
                return getattr(self.called(value), text, None)
        return None

    def inlined(self, called: Callable[..., Any], arguments: list[Value]) -> Value | None:
        """What one of our own functions returns; None where its body is not understood."""
        try:
            definition = ast.parse(normalised(called)).body[0]
            assert isinstance(definition, ast.FunctionDef)
            names = [one.arg for one in definition.args.args]
            if len(names) != len(arguments) or definition.args.kwonlyargs:
                return None
            inner = Reader(called.__globals__, self.lets + 1000)
            return inner.run(definition.body, dict(zip(names, arguments, strict=True)))
        except (UnreadableError, OSError):
            return None

    def whole(self, code: ast.expr, scope: Mapping[str, Value]) -> Node:
        """A piece of code that is not looked into; its arguments are, where it is a call of nodes."""
        arguments: list[Node] = []
        text = code
        if isinstance(code, ast.Call) and self.called(code.func) is not None:
            values = [self.read(one, scope) for one in code.args]
            arguments = [one for one in values if isinstance(one, Node)]
            if len(arguments) < len(values):
                raise UnreadableError("a tuple as an argument")
            names = [f"_{place}" for place in range(len(values))]
            text = ast.Call(code.func, [ast.Name(one) for one in names], code.keywords)
        else:
            names = sorted(
                {one.id for one in ast.walk(code) if isinstance(one, ast.Name) and one.id in scope}
            )
            for one in names:
                value = scope[one]
                if not isinstance(value, Node):
                    raise UnreadableError("code about a tuple")
                arguments.append(value)
        label = f"{self.globals.get('__name__', '')}:{ast.unparse(text)}"
        if label not in CALLS:
            try:
                compiled = compile(f"lambda {', '.join(names)}: {ast.unparse(text)}", "<call>", "eval")
            except SyntaxError:
                raise UnreadableError("no expression") from None
            CALLS[label] = eval(compiled, self.globals)
        return e.node("call", label, *arguments)


def unlet(one: Node, given: Mapping[Node, Node]) -> Node:
    """The tree without assignments: each is its value, or the returned part that it becomes."""
    memo: dict[Node, Node] = dict(given)

    def within(place: Node) -> Node:
        if place not in memo:
            if place.kind == "let":
                memo[place] = within(place.kids[0])
            else:
                kids = [within(kid) for kid in place.kids]
                same = all(a is b for a, b in zip(kids, place.kids, strict=True))
                memo[place] = place if same else e.rebuilt(place, kids)
        return memo[place]

    return within(one)
