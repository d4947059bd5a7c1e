"""Running what a picture was handed, or the reference in its place where that can't be run."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from optcourse.arrays import Step
from optcourse.pictures.attempt import StepError, guarded
from optcourse.rules import Form
from optcourse.running import rule_form

RuleOrStep = str | Form | Step
Made = TypeVar("Made")


class Drawn(NamedTuple, Generic[Made]):
    """A run (or several) and whose it is: `label` in a few words, `own` where the learner's function made it.

    `note` says why a function handed in did not; it is empty otherwise.
    """

    run: Made
    label: str
    own: bool
    note: str


def own_or_reference(rule_or_step: RuleOrStep, running: Callable[[Form | Step], Made]) -> Drawn[Made]:
    """`running` the function handed in, guarded; or its rule, where it is not written yet or fails."""
    form, step = rule_form(rule_or_step)
    name = form.name if form.key == "primary" else f"{form.name} ({form.key})"
    if step in (form.function, form.step):
        return Drawn(running(form), name, False, "")
    own = step.__name__
    try:
        return Drawn(running(guarded(step)), f"your {own}", True, "")
    except NotImplementedError:
        note = f"{own} is not written yet: this is the reference in its place."
    except StepError as failure:
        note = f"{own} {failure}. This is the reference in its place."
    return Drawn(running(form), f"{name} for your {own}", False, note)
