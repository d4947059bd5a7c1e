"""A rule of which some hypers are fixed: they are constants of the task, no arguments of the step."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial

from optcourse.arrays import State, Step
from optcourse.errors import WrongValueError
from optcourse.rules.base import Edit, Rule, Variant, compiled, normalised

Constants = tuple[tuple[str, float], ...]


@cache
def with_constants(rule: Rule, constants: Constants) -> Rule:
    """`rule` with these (hyper, value) fixed in each of its forms; ValueError for one it does not have.

    The step then takes the other hypers alone; the fixed ones stand in its first lines.
    """
    if not constants:
        return rule
    fixed = dict(constants)
    every = set(rule.hypers).union(*(one.hypers for one in rule.dialects.values()))
    if unknown := set(fixed) - every:
        raise WrongValueError(f"{rule.name} has no hyper {', '.join(sorted(unknown))} to be fixed.")

    def form(one: Edit | Variant) -> Edit | Variant:
        hypers = one.hypers and tuple(hyper for hyper in one.hypers if hyper.name not in fixed)
        defaults = {name: value for name, value in one.defaults.items() if name not in fixed}
        init = one.init and started(one.init, fixed)
        if isinstance(one, Edit):
            return replace(one, hypers=hypers, defaults=defaults, init=init)
        return replace(one, step=without(one.step, fixed), hypers=hypers, defaults=defaults, init=init)

    return replace(
        rule,
        function=without(rule.function, fixed),
        constants=constants,
        hypers={name: hyper for name, hyper in rule.hypers.items() if name not in fixed},
        init_function=started(rule.init_function, fixed),
        dialect_list=tuple(form(one) for one in rule.dialect_list),
        mistake_list=tuple(form(one) for one in rule.mistake_list if not is_fixed_mistake(one.key, fixed)),
    )


def is_fixed_mistake(key: str, fixed: Mapping[str, float]) -> bool:
    """Whether the mistake is to have written a number in the place of an argument that is a number now."""
    return key in {f"{name.replace('_', '-')}-fixed" for name in fixed}


def started(init: Callable[..., State], fixed: Mapping[str, float]) -> Callable[..., State]:
    """`init` given these hypers."""
    return partial(init, **fixed)


def without(step: Step, fixed: Mapping[str, float]) -> Step:
    """`step` with these arguments as numbers in its first lines, where it has them."""
    tree = ast.parse(normalised(step))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    arguments = definition.args
    kept = [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if argument.arg not in fixed
    ]
    gone = [argument.arg for argument in arguments.kwonlyargs if argument.arg in fixed]
    if not gone:
        return step
    arguments.kwonlyargs = [argument for argument, _ in kept]
    arguments.kw_defaults = [default for _, default in kept]
    used = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    lines = [f"{name} = {fixed[name]!r}" for name in gone if name in used]
    definition.body = [*ast.parse("\n".join(lines)).body, *definition.body]
    text = ast.unparse(ast.fix_missing_locations(tree))
    return compiled(text, step, f"{step.__module__}:fixed")
