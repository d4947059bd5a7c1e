"""What a learner names: a rule, its step or its gradient, in the spelling of whoever wrote it down.

Notebook, terminal and grading all ask here. Knows names and no answers.
"""

import inspect
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any

from optcourse.checking.candidates import Part
from optcourse.checking.stored import any_stored, known_names
from optcourse.errors import WrongValueError
from optcourse.registry import known_tasks
from optcourse.rules import RULES, Rule

LAMBDA = "<lambda>"
ENDINGS = ("_step", "_grad")


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called; a method goes by its class, and an object by its type."""
    if isinstance(function, partial):
        return name_of(function.func)
    name: str = getattr(function, "__name__", type(function).__name__)
    owner = getattr(function, "__qualname__", name).rpartition(".")[0].rpartition(".")[2]
    if owner.isidentifier() and spelt(name) is None and spelt(owner) is not None:
        return owner
    return name


def kind_of(function: Callable[..., Any]) -> str:
    """What was handed over where it is no plain function, in words; "" where it is one."""
    if inspect.isclass(function):
        return f"{function.__name__} is a class"
    owner, _, own = getattr(function, "__qualname__", "").rpartition(".")
    if inspect.ismethod(function) or (owner and not owner.endswith("<locals>")):
        return f"{owner.rpartition('.')[2]}.{own} is a method"
    if not hasattr(function, "__name__") and not isinstance(function, partial):
        return f"This is an object of the class {type(function).__name__}"
    return ""


def spelt(name: str) -> str | None:
    """The known name that this one means: adam_step and Adam mean adam; None where there is none.

    Capitals and underscores don't count: AdamW, RMSProp and ScheduleFree are found.
    """
    known = {one.replace("_", ""): one for one in (*known_tasks(), *known_names())}
    for wanted in (name, name.removesuffix("_step").removesuffix("_grad")):
        if found := known.get(wanted.lower().replace("_", "")):
            return found
    return None


def rule_named(name: str) -> Rule:
    """The rule that "adam", "adam_step", "adam_grad" or "Adam" means; ValueError with the nearest names."""
    if name == LAMBDA:
        raise WrongValueError(
            'A lambda has no name: write def adam_step(...), or name the rule: check(f, "adam").'
        )
    found = spelt(name)
    if found and found in (rules := known_tasks()):
        return rules[found]
    if found and (kept := any_stored(found)):
        return kept
    name = name.removesuffix("_step").removesuffix("_grad")
    near = nearest(name)
    wanted = f"Did you mean {' or '.join(near)}?" if near else f"The rules are {', '.join(RULES)}."
    raise WrongValueError(
        f"There is no rule {name!r}. {wanted} A step function is named after its rule (adam_step), "
        'or name the rule: check(f, "adam").'
    )


def nearest(name: str) -> list[str]:
    """At most two names that could be meant: those that it has in it, else those that are spelt alike."""
    known = [*known_tasks(), *known_names()]
    inside = [one for one in known if one in name.lower().split("_")]
    return inside[:2] or get_close_matches(name.lower(), known, n=2)


def task_of(rule: str | Rule, function_name: str = "") -> tuple[Rule, Part]:
    """The rule and the part that a name stands for; ValueError with the nearest names for an unknown one."""
    if isinstance(rule, Rule):
        found, asked = rule, ""
    else:
        found, asked = rule_named(rule), rule
    if asked.endswith("_grad") and found.estimate is None:
        raise WrongValueError(
            f"{found.title} has no gradient estimate of its own; check its step, {found.name}_step."
        )
    named_so = asked.endswith("_grad") or (function_name.endswith("_grad") and not asked.endswith("_step"))
    return found, "estimate" if found.calls or (named_so and found.estimate) else "step"


def is_asked_for(name: str, value: Any) -> bool:
    """Whether something that a file defines is meant to be checked: it bears the name of a task.

    A name without _step or _grad may be a helper's (slope, momentum): then it has to take three arguments,
    as a step does, or to be no step by its rule.
    """
    if not callable(value) or (found := spelt(name)) is None:
        return False
    rule = known_tasks().get(found) or any_stored(found)
    is_function = hasattr(value, "__name__") and not inspect.isclass(value)
    if name.endswith(ENDINGS) or not is_function or (rule is not None and rule.calls):
        return True
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return False
    kinds = [one.kind for one in parameters]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return inspect.Parameter.VAR_POSITIONAL in kinds or sum(kind in positional for kind in kinds) >= 3
