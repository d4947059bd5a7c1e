"""How a function that fails as it is asked can be called: as another form, or in another order."""

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from optcourse.checking.answering import Answer, Fault, answer
from optcourse.checking.candidates import called_alike
from optcourse.checking.judging import Task
from optcourse.checking.plain_slips import definition
from optcourse.checking.signatures import GRADIENTS, STATES, state_tuple
from optcourse.rules import Form, Rule

ARGUMENTS = ("theta", "grad", "state")


def is_made_for_another(fault: Fault | None) -> bool:
    """Whether a function asks for other arguments, or takes a state of another size apart."""
    if fault is None:
        return False
    return fault.kind == "signature" or "values to unpack" in fault.says


def forms_that_call(
    function: Callable[..., Any], rule: Rule, task: Task, answers: tuple[Answer, ...]
) -> tuple[Task, ...]:
    """The tasks of the forms that take other hypers or another state than the asked one, and get an answer.

    None where the asked form gets one itself, or where there is nothing to ask with.
    """
    fault = answers[0].fault
    if task.part != "step" or rule.kept or fault is None or fault.code not in ("BF", "RE"):
        return ()
    forms = (rule, *rule.dialects.values())
    others = [Task(form, task.part) for form in forms if not called_alike(form, task.form)]
    return tuple(other for other in others if not answer(function, other.probes()[0]).fault)


class Reordered(NamedTuple):
    """A function that is called in the order that its own names tell; what it does, and what to do."""

    function: Callable[..., Any]
    says: str
    advice: str


def reorderings(function: Callable[..., Any], form: Form) -> Iterator[Reordered]:
    """The function with its arguments, or its state's parts, in the order in which it seems to take them."""
    own = own_arguments(function)
    if own and own != ARGUMENTS:
        places = [ARGUMENTS.index(name) for name in own]

        def called(*given: Any, **hypers: Any) -> Any:
            return function(*(given[place] for place in places), **hypers)

        says = f"it takes its arguments in the order ({', '.join(own)})"
        yield Reordered(called, says, f"a step takes ({', '.join(ARGUMENTS)})")
    fields = form.state_fields
    taken = own_state(function, fields)
    if taken and taken != fields:
        asked, own_order = state_tuple(fields), state_tuple(taken)
        places = [fields.index(name) for name in taken]
        back = [taken.index(name) for name in fields]

        def stated(theta: Any, grad: Any, state: Any, **hypers: Any) -> Any:
            theta, state = function(theta, grad, tuple(state[place] for place in places), **hypers)
            return theta, tuple(state[place] for place in back)

        def unpacked(theta: Any, grad: Any, state: Any, **hypers: Any) -> Any:
            return function(theta, grad, tuple(state[place] for place in places), **hypers)

        advice = f"the state is {asked}, in this order"
        yield Reordered(stated, f"it has its state in the order {own_order}", advice)
        yield Reordered(unpacked, f"it takes its state apart in the order {own_order}", advice)


def own_arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """What a function's first three arguments are, in our names; () where they don't tell."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[:3]
    except (TypeError, ValueError):
        return ()
    names = [one.name for one in parameters if one.kind is not one.KEYWORD_ONLY]
    kinds = tuple(
        "state" if STATES.fullmatch(name) else "grad" if GRADIENTS.fullmatch(name) else "theta"
        for name in names
    )
    return kinds if sorted(kinds) == sorted(ARGUMENTS) else ()


def own_state(function: Callable[..., Any], fields: Sequence[str]) -> tuple[str, ...]:
    """The order in which a function takes the state's parts by their names; () where it has other names."""
    found = definition(function)
    for node in ast.walk(found) if found else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            target = node.targets[0]
            names = tuple(ast.unparse(one) for one in getattr(target, "elts", ()))
            if node.value.id == "state" and sorted(names) == sorted(fields):
                return names
    return ()
