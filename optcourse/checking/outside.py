"""Whether a function keeps something outside its state, and where. Knows no expected value.

Who does answers otherwise when it is asked the same again.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from optcourse.checking.answering import Answer, Probe, answer

RANDOM = "random numbers"
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.DictComp)


def kept_outside(function: Callable[..., Any], probe: Probe, before: Answer) -> str | None:
    """In what a function keeps something from call to call, or "" where that can't be seen.

    None where it answers a probe as it did `before`.
    """
    if fingerprint(answer(function, probe)) == fingerprint(before):
        return None
    return next(places(function), "")


def fingerprint(one: Answer) -> tuple[object, ...]:
    """What two equal answers have in common; nan is nan."""
    return (
        *(part.tobytes() for step in one.values for part in step),
        one.fault and (one.fault.code, one.fault.says),
    )


def places(function: Callable[..., Any]) -> Iterator[str]:
    """Where a function's source keeps something, in words; what could be harmless comes last."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # no source to look at
        return
    nodes = list(ast.walk(tree))
    objects = {"self", "cls", getattr(function, "__name__", "")}
    for node in nodes:
        if isinstance(node, ast.Global):
            yield f"the global {node.names[0]}"
        if isinstance(node, ast.Nonlocal):
            yield f"{node.names[0]} of the function around it"
        if isinstance(node, ast.Attribute) and owner(node) in objects:
            yield f"{owner(node)}.{node.attr}"
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            yield from lasting_defaults(node.args)
    yield from random_numbers(nodes)
    yield from changed_from_outside(nodes, function)


def owner(node: ast.AST) -> str:
    """The name before the dot or the bracket: HISTORY in HISTORY["m"]."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id
    return ""


def lasting_defaults(arguments: ast.arguments) -> Iterator[str]:
    """The default arguments that are made once and live as long as the function does."""
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in pairs:
        if isinstance(default, MUTABLE):
            yield f"its default argument {argument.arg}"


def random_numbers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """A word where something is drawn: np.random.normal, rng.standard_normal, random()."""
    for node in nodes:
        word = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if "rand" in word or word in ("rng", "standard_normal"):
            yield RANDOM


def changed_from_outside(nodes: list[ast.AST], function: Callable[..., Any]) -> Iterator[str]:
    """Names of outside whose content may be changed: HISTORY["m"] = m, HISTORY.append(m)."""
    inside = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    inside |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    known = getattr(function, "__globals__", {})
    around = getattr(getattr(function, "__code__", None), "co_freevars", ())
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "next":
            yield from (f"the global {one.id}" for one in node.args[:1] if isinstance(one, ast.Name))
        stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        name = owner(node) if stored or isinstance(node, ast.Attribute) else ""
        if name and name not in inside and not inspect.ismodule(known.get(name)):
            yield f"{name} of the function around it" if name in around else f"the global {name}"
