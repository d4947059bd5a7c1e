"""Whether a probe can be asked: rounding must not decide what its answer is.

A right function may add in another order than the reference. Where the reference's own answer jumps when each
of its numbers is moved by a unit in the last place (the sign of what has cancelled, a gradient just at a
threshold), two right functions differ, and the probe tells nothing. Knows no learner's function.
"""

import ast
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np

from optcourse.checking.answering import answer
from optcourse.checking.candidates import function_of
from optcourse.checking.judging import Task, agrees, expected
from optcourse.rules.base import normalised

SEED = 2026  # of the directions in which numbers are moved


def unsteady_probes(task: Task, trials: int) -> tuple[str, ...]:
    """The names of the probes at which the same formula, rounded otherwise, would be judged wrong.

    Of two answers that rounding decides between, each trial meets the other about every second time.
    """
    function = shaken(function_of(task.form, task.part), np.random.default_rng(SEED))
    return tuple(
        probe.name
        for probe, reference in zip(task.probes(), expected(*task), strict=True)
        if not all(agrees(task, probe, reference, answer(function, probe)) for _ in range(trials))
    )


def shaken(function: Callable[..., Any], random: np.random.Generator) -> Callable[..., Any]:
    """One of our functions, with what each operation and call gives moved by a unit in the last place.

    What it calls of this package is moved as well. Zeros stay zeros, and whole numbers whole.
    """
    tree = ast.fix_missing_locations(Shaking().visit(ast.parse(normalised(function))))
    namespace = dict(function.__globals__)
    for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
        called = namespace.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith("optcourse."):
            namespace[name] = shaken(called, random)
    namespace[MOVE] = lambda value: moved(value, random)
    exec(compile(tree, f"<{function.__name__}, shaken>", "exec"), namespace)
    made: Callable[..., Any] = namespace[function.__name__]
    return made


MOVE = "_moved"  # what the function below is called in a shaken one


class Shaking(ast.NodeTransformer):
    """Puts `_moved` around each operation and call, and around the names that go into a call or a product.

    (A sum of products rounds inside; so what goes into it is moved, each time anew.)
    """

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """a @ b -> _moved(_moved(a) @ _moved(b)); all else has its result moved alone."""
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            node.left, node.right = around_name(node.left), around_name(node.right)
        return around(node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """f(a) -> _moved(f(_moved(a)))."""
        self.generic_visit(node)
        node.args = [around_name(one) for one in node.args]
        return around(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """The body alone: defaults stay what they are."""
        node.body = [self.visit(line) for line in node.body]
        return node


def around(node: ast.expr) -> ast.expr:
    """_moved(node)."""
    return ast.Call(ast.Name(MOVE, ast.Load()), [node], [])


def around_name(node: ast.expr) -> ast.expr:
    """_moved(node) for a name or an attribute; what is calculated is moved already."""
    return around(node) if isinstance(node, ast.Name | ast.Attribute) else node


def moved(value: Any, random: np.random.Generator) -> Any:
    """A floating-point number or array (any shape), each number moved by at most one eps of itself."""
    if isinstance(value, float) and not isinstance(value, np.floating):
        return value * (1 + float(np.finfo(float).eps) * random.uniform(-1, 1))
    if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
        by = 1 + np.finfo(value.dtype).eps * random.uniform(-1, 1, size=value.shape)
        return value * (by.astype(value.dtype) if value.ndim else value.dtype.type(by))
    return value
