"""Running what a picture was handed, or the reference in its place where that can't be run."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from optcourse.arrays import Step
from optcourse.errors import WrongTypeError
from optcourse.pictures.engine.guard import BUDGET, StepError, guarded, guarded_estimate
from optcourse.registry import known_rules
from optcourse.rules import Form
from optcourse.running import Estimate, rule_form

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


def handed(
    rule_or_step: RuleOrStep | Estimate, estimate: Estimate | None
) -> tuple[RuleOrStep, Estimate | None]:
    """What to step, and the learner's estimate of the gradient, if there is one.

    A function that is named as a rule's estimate is (sgd_grad) stands for that rule with this estimate.
    """
    name = "" if isinstance(rule_or_step, (str, Form)) else getattr(rule_or_step, "__name__", "")
    rule = known_rules().get(name.removesuffix("_grad")) if name.endswith("_grad") else None
    if rule is not None and rule.estimate is not None:
        if estimate is not None:
            raise WrongTypeError(
                f"{name} is an estimate of the gradient: give another one as estimate, or none."
            )
        return rule.name, rule_or_step  # type: ignore[return-value]  # it is callable, as it has a name
    return rule_or_step, estimate


def own_name(form: Form) -> str:
    """What a rule of one's own is called: as its function is, my_step, or by the name that it was given."""
    function = getattr(form.function, "__name__", "")
    return function if form.name == function.removesuffix("_step") else form.name


def own_or_reference(
    rule_or_step: RuleOrStep,
    running: Callable[..., Made],
    estimate: Estimate | None = None,
    seconds: float = BUDGET,
) -> Drawn[Made]:
    """`running` the function handed in, guarded; or its rule, where it is not written yet or fails.

    `running` takes what to step, and for a function of the learner's also `estimate` and `seconds`, as `run`.
    """
    form, step = rule_form(rule_or_step)
    known = form.name if form.name in known_rules() else own_name(form)
    name = known if form.key == "primary" else f"{known} ({form.key})"
    whole_step = step in (form.function, form.step)
    if whole_step and estimate is None:
        return Drawn(running(form), name, False, "")
    own = estimate.__name__ if estimate else step.__name__
    which = form if whole_step else guarded(step)
    try:
        guess = estimate and guarded_estimate(estimate)
        return Drawn(running(which, estimate=guess, seconds=seconds), f"your {own}", True, "")
    except NotImplementedError:
        note = f"{own} is not written yet: this is the reference in its place."
    except StepError as failure:
        note = f"{failure}. This is the reference in its place."
    return Drawn(running(form), f"the reference {name}", False, note)
