"""Which forms can call a function that the asked one can't: they take other hypers, or another state."""

from collections.abc import Callable
from typing import Any

from optcourse.checking.answering import Answer, Fault, answer
from optcourse.checking.candidates import called_alike
from optcourse.checking.judging import Task
from optcourse.rules import Rule


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
