"""Help on the way: hints as a ladder, and at its end the solution."""

import ast
import inspect
from collections import Counter
from collections.abc import Callable
from html import escape
from typing import Any

from optcourse.checking.candidates import Part
from optcourse.rules import Form, Rule
from optcourse.rules.base import normalised


class Shown(str):
    """A text that a notebook shows as it is, without quotes."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f'<pre style="white-space:pre-wrap">{escape(self)}</pre>'


class Ladder:
    """Hints, one rung a call; how far each rule's ladder was climbed in this session."""

    def __init__(self) -> None:
        self._climbed: Counter[str] = Counter()

    def next_rung(self, rule: Rule, solved: bool) -> Shown:
        """The next hint, or the last one again, which says how a rule is shown that is `solved` in public."""
        rungs = rule.hints
        number = min(self._climbed[rule.name], len(rungs) - 1)
        self._climbed[rule.name] += 1
        more = f'hint("{rule.name}") gives the next.'
        if number + 1 == len(rungs):
            more = "That was the last."
            if solved:
                name, what = (f"{rule.name}_grad", "gradient") if rule.estimate else (rule.name, "step")
                lines = f'    from optcourse import solution\n    solution("{name}")'
                more += f" The whole {what} is shown by\n{lines}"
        return Shown(f"Hint {number + 1} of {len(rungs)}: {rungs[number]}\n{more}")


class PlainState(ast.NodeTransformer):
    """AdamState(m, v, t) becomes (m, v, t): a learner's notebook has no AdamState."""

    def __init__(self, state_type: str) -> None:
        self.state_type = state_type

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == self.state_type:
            return ast.Tuple(elts=node.args, ctx=ast.Load())
        return node


def solution_text(rule: Rule, form: Form, part: Part) -> Shown:
    """The reference's code as a learner would write it: its own name, plain tuples for the state.

    Functions of the rule's own file that it calls stand before it.
    """
    tree = ast.parse(rule.code(form.key, part))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.name = f"{rule.name}_{'step' if part == 'step' else 'grad'}"
    tree = ast.fix_missing_locations(PlainState(form.state_name).visit(tree))
    function = form.function if part == "step" else form.estimate
    assert function is not None
    helpers = own_helpers(function, ast.unparse(tree))
    return Shown("\n\n".join([*helpers, ast.unparse(tree)]))


def own_helpers(function: Callable[..., Any], code: str) -> list[str]:
    """The sources of the functions of the same file that `code` calls, those that they call first."""
    called = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    home = function.__globals__
    found: list[str] = []
    for name in sorted(called):
        helper = home.get(name)
        if inspect.isfunction(helper) and helper.__module__ == home["__name__"]:
            source = normalised(helper)
            found += [one for one in (*own_helpers(helper, source), source) if one not in found]
    return found
