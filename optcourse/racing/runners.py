"""Who runs: a rule by its name, a dialect, the learner's own function, or a rule that is all their own."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optcourse import __version__
from optcourse.arrays import Step
from optcourse.errors import UserError, WrongTypeError, WrongValueError, real_number
from optcourse.registry import known_rules
from optcourse.rules import Form, Hyper, Rule
from optcourse.rules.base import hypers_of, zero_state
from optcourse.running import rule_form

# How gd and sgd estimate the gradient is what they are; all other rules take batches of the budget's size.
WHOLE, SINGLE = ("gd",), ("sgd",)


@dataclass(frozen=True)
class Runner:
    """A form of a rule to race, with its own name in the table.

    `catalogued` is what finds the form in another process, (rule, key); None for a learner's function.
    """

    label: str
    form: Form
    catalogued: tuple[str, str] | None

    def batch_size(self, usual: int, examples: int) -> int | None:
        """How many examples make a gradient; None for all."""
        if not examples or self.form.name in WHOLE:
            return None
        return 1 if self.form.name in SINGLE else min(usual, examples)

    def source(self) -> str | None:
        """What the rule does, as text, so that no record of another version is taken for its own."""
        if self.catalogued:
            return f"{__version__} {self.catalogued} {self.form.diff}"
        try:
            return inspect.getsource(self.form.function)
        except (OSError, TypeError):
            return None


def runners_of(given: Sequence[str | Form | Step]) -> list[Runner]:
    """The runners, each with a name that no other has; UserError where something is no rule."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise WrongTypeError(f"A race takes a list of runners, as ['adam', adam_step]; got {given!r}.")
    runners: list[Runner] = []
    for one in given:
        runner = _runner(one)
        if runner.label in [other.label for other in runners]:
            raise UserError(f"{runner.label} runs twice; name each runner once.")
        runners.append(runner)
    if not runners:
        raise UserError("A race needs at least one runner.")
    return runners


def _runner(given: str | Form | Step) -> Runner:
    try:
        form, step = rule_form(given)
    except ValueError as error:
        raise UserError(str(error)) from error
    if step is not form.function:
        return Runner(f"{getattr(step, '__name__', form.name)} (own)", replace_step(form, step), None)
    if catalogued_form(form.name, form.key) is not form:
        return Runner(form.name, form, None)
    label = form.name if isinstance(form, Rule) else f"{form.name}:{form.key}"
    return Runner(label, form, (form.name, form.key))


def replace_step(form: Form, step: Step) -> Form:
    """The form with another function for its step."""
    return replace(form, function=step)


def catalogued_form(rule: str, key: str) -> Form | None:
    """The primary form, dialect or mistake of a rule; None where there is none of that name."""
    known = known_rules().get(rule)
    if known is None or key == known.key:
        return known
    forms = known.dialects if key in known.dialects else known.mistakes
    return forms.get(key)


def own_rule(
    step: Step, init: Callable[..., Any] = zero_state, *, name: str = "", **ranges: tuple[float, float]
) -> Form:
    """A rule of one's own, for `race` and `run`.

    `step(theta, grad, state, *, lr=..., ...)` returns theta and state; `init(theta, **hypers)` makes the
    first state (empty without it); `ranges` says for each hyper from where to where the race may search. A
    hyper whose range lies within [0, 1), as a beta's does, is searched by its distance from 1.
    ValueError where a hyper has no default or no range.

    `name` is what the tables call it: the function's name, less "_step", unless given.

    >>> from optcourse import own_rule, run
    >>> def sign_step(theta, grad, state, *, lr=0.01):
    ...     return theta - lr * (grad > 0) + lr * (grad < 0), state
    >>> rule = own_rule(sign_step, lr=(1e-4, 1.0))
    >>> run(rule, "quadratic", steps=5).loss.shape
    (6,)
    """
    if not callable(step):
        raise WrongTypeError(f"own_rule takes the step function itself; got {step!r}.")
    for hyper, given in ranges.items():
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise WrongTypeError(f"{hyper} needs a range, two numbers (low, high); got {given!r}.")
        low, high = (real_number(f"an end of {hyper}", end, above=float("-inf")) for end in given)
        if not 0 <= low < high:
            raise WrongValueError(f"{hyper} needs a range with 0 <= low < high; got {given!r}.")
    hypers = [
        Hyper(
            hyper,
            "a hyper of one's own",
            "[0, 1)" if 0 <= low < high < 1 and hyper != "lr" else "[0, inf)",
            (low, high),
            probe=low,
            scale="log",
        )
        for hyper, (low, high) in ranges.items()
    ]
    return Form(
        name=name or step.__name__.removesuffix("_step"),
        function=step,
        hypers=hypers_of(step, *hypers),
        init_function=init,
    )
