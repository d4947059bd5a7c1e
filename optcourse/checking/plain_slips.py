"""The plainest slips, as a function's source shows them: the one thing to change. Knows no answers."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from optcourse.checking.answering import NOTHING, Fault
from optcourse.checking.signatures import unpacking

CUTTING = ("float32", "float16", "half", "single", "round", "around", "round_", "floor", "trunc")
LAZY = ("generator", "map", "zip", "filter", "enumerate")


def definition(function: Callable[..., Any]) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function's definition; None for what has none (a lambda, what is asked in another process)."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None
    node = tree.body[0]
    return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function itself, and not in a function inside it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from own_nodes(child)


def plain_slip(
    function: Callable[..., Any], fault: Fault, fields: Sequence[str], printed: bool = False
) -> str:
    """What to change first after a fault of what was returned; "" where the source does not show it."""
    found = definition(function)
    if found is None or fault.code != "BF":
        return ""
    if fault.kind == "none":
        return why_nothing(found, printed) if fault.says.startswith(NOTHING) else ""
    if isinstance(found, ast.AsyncFunctionDef):
        return "write def, not async def: a step has nothing to wait for"
    if "returned a function" in fault.says:
        return "return what the inner function gives, not the function: call it, with round brackets"
    if any(f"a {lazy}" in fault.says for lazy in LAZY):
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(found)):
            return "yield makes a generator of a function: write return"
        return "what is made one by one is no array and no tuple yet"
    if fault.kind in ("shape", "state", "type", "structure") and fields and takes_state_whole(found):
        return f"state is a tuple, and its parts have to be taken out of it first: {unpacking(fields)}"
    if fault.kind in ("shape", "type"):
        return next(ones_in_brackets(found), "")
    return ""


def why_nothing(found: ast.FunctionDef | ast.AsyncFunctionDef, printed: bool) -> str:
    """Why a function comes to its end without a result."""
    returned = [node.value for node in own_nodes(found) if isinstance(node, ast.Return) and node.value]
    if any(calls(value, "print") for value in returned) or (printed and not returned):
        return "print shows a result to you alone: return hands it back"
    if found.args.vararg and found.args.kwarg and not returned:
        return "what your decorator puts around the function has to return what that returns"
    inner = [node.name for node in found.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if inner and not returned and not any(calls(node, inner[-1]) for node in own_nodes(found)):
        return f"it makes the function {inner[-1]} and does not call it"
    if returned and not isinstance(found.body[-1], ast.Return):
        return "it has a return, but not on every way through it"
    return ""


def makes_a_step(function: Callable[..., Any]) -> bool:
    """Whether a function returns a function that is defined in it."""
    found = definition(function)
    if found is None:
        return False
    inner = {node.name for node in found.body if isinstance(node, ast.FunctionDef)}
    return any(isinstance(node, ast.Return) and names_of(node.value) & inner for node in own_nodes(found))


def names_of(node: ast.AST | None) -> set[str]:
    """The name that an expression is; none for any other."""
    return {node.id} if isinstance(node, ast.Name) else set()


def calls(node: ast.AST, name: str) -> bool:
    """Whether it is a call of that name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def takes_state_whole(found: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the third argument is calculated with, and never taken apart."""
    arguments = [*found.args.posonlyargs, *found.args.args]
    if len(arguments) < 3:
        return False
    nodes = list(own_nodes(found))
    whole = {arguments[2].arg}  # and what is made of it
    for node in nodes:
        if isinstance(node, ast.Assign) and not whole.isdisjoint(names_in(node.value)):
            if any(isinstance(target, ast.Tuple | ast.List) for target in node.targets):
                return False
            whole |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    parting = (ast.Subscript, ast.Starred, ast.For, ast.comprehension, ast.Attribute)
    for node in nodes:
        inside = getattr(node, "value", None) or getattr(node, "iter", None)
        if isinstance(node, parting) and inside is not None and not whole.isdisjoint(names_in(inside)):
            return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and whole & names_in(node):
            return False  # who knows what another function makes of it
    return any(isinstance(node, ast.BinOp | ast.Call) and whole & names_in(node) for node in nodes)


def names_in(node: ast.AST) -> set[str]:
    """The names in an expression."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def ones_in_brackets(found: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """What makes a list or a tuple of one where an array is meant: v = [...], a comma at a line's end."""
    for node in own_nodes(found):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, value = node.targets[0].id, node.value
        if isinstance(value, ast.Tuple) and len(value.elts) == 1 and name != "state":
            yield f"the comma at the end of {name} = ..., makes a tuple of it: leave it out"
        if isinstance(value, ast.List) and len(value.elts) == 1 and name != "state":
            yield f"the square brackets in {name} = [...] make a list of it: leave them out"


def cut_short_by(function: Callable[..., Any]) -> str:
    """By what a function cuts digits off, as its source has it: np.round, float32; "" where by nothing."""
    found = definition(function)
    for node in own_nodes(found) if found else ():
        word = (
            node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", getattr(node, "value", ""))
        )
        if isinstance(word, str) and word in CUTTING:
            return word
    return ""
