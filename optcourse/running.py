"""A rule on a problem: one path, or a whole sweep of paths in the same few calls.

Knows rules and problems, and nothing of checking or pictures.
"""

from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.errors import WrongTypeError, WrongValueError, real_number, whole_number
from optcourse.estimates import Estimate, named
from optcourse.problems import Problem, problem_named
from optcourse.registry import known_rules
from optcourse.rules import RULES, Form
from optcourse.rules.parts import by_part
from optcourse.walking import Run, Walk, first

__all__ = ["Estimate", "Run", "first", "named", "rule_form", "run"]


def rule_form(rule_or_step: str | Form | Step) -> tuple[Form, Step]:
    """The form that a name, a rule, a dialect or a function stands for, and the step to run.

    A function belongs to the rule in its name: adam_step to Adam. ValueError where there is no such rule.
    """
    if isinstance(rule_or_step, Form):
        return rule_or_step, rule_or_step.function
    own = getattr(rule_or_step, "form", None)  # the checked step of a form, as RULES["adam"].step is
    if isinstance(own, Form):
        return own, own.function
    if not isinstance(rule_or_step, str) and not callable(rule_or_step):
        raise WrongTypeError(f"A rule is a name, as 'adam', a form or a step function; got {rule_or_step!r}.")
    name = rule_or_step if isinstance(rule_or_step, str) else getattr(rule_or_step, "__name__", "")
    name = name.removesuffix("_step")
    rules = known_rules()
    if name not in rules:
        near = get_close_matches(name, rules, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the rules are {', '.join(RULES)}."
        called = (
            "A step function is named after its rule, as adam_step is; " if callable(rule_or_step) else ""
        )
        raise WrongValueError(f"There is no rule {name!r}: {called}{hint}")
    rule = rules[name]
    return rule, rule.function if isinstance(rule_or_step, str) else rule_or_step


def run(
    rule_or_step: str | Form | Step,
    problem: str | Problem,
    *,
    steps: int = 200,
    start: Any = None,
    seed: Any = 0,
    batch_size: int | None = None,
    estimate: Estimate | None = None,
    noise: Any = 0.0,
    seconds: float | None = None,
    every: int = 1,
    keep_states: bool = False,
    **hypers: Any,
) -> Run:
    """Step a rule, or a learner's own step function, on a problem.

    A hyper is a number, an array (a sweep: all arrays broadcast together, and `seed` and the leading axes
    of `start` with them) or a schedule (a function of t, the first t being 1). `batch_size` draws
    batches where the problem has examples; there `estimate` is a function of one's own for their gradient:
    minibatch_grad(theta, x, y) of a batch, or sgd_grad(theta, x, y) of one example, then averaged over the
    batch. `noise` is the standard deviation of normal noise added to each coordinate of each gradient.
    `every` keeps each so-many-th record only; `keep_states` keeps the state and the gradient beside theta.
    After about `seconds` the run ends, after at least one step; `Run.steps` says how far it came.
    Divergence ends in inf or nan, without warnings.
    A rule that mixes coordinates (Muon, say) steps each named part of a network in its own shape. A step
    that does something else to a sweep than to one path is run for one position after another.
    Raises ValueError or TypeError for what it can't run, before the first step.

    `rule_or_step` is a name ("adam"), a form (`RULES["adam"].dialects["eps-hat"]`), `own_rule(...)` or a
    step function named after its rule; `problem` is a name or a `Problem`, and `start` an array of shape
    (..., d), the problem's own unless given. `steps` are at least 0. `hypers` are the rule's, by name; the
    others stand at their defaults.

    >>> from optcourse import run
    >>> run("adam", "rosenbrock", steps=100, lr=[0.01, 0.1, 1.0]).theta.shape
    (101, 3, 2)
    """
    form, step = rule_form(rule_or_step)
    problem = problem_named(problem)
    first = {name: value(1) if callable(value) else value for name, value in hypers.items()}
    form.check_hypers(first)
    steps = whole_number("steps", steps, least=0)
    every = whole_number("every", every, least=1)
    if batch_size is not None:
        whole_number("batch_size", batch_size, least=1)
    if seconds is not None:
        real_number("seconds", seconds, above=-np.inf)
    if estimate is not None and not callable(estimate):
        raise WrongTypeError(f"estimate is a function of (theta, x, y); got {estimate!r}.")
    if batch_size is not None and not (problem.examples and 1 <= batch_size <= problem.examples):
        limit = f"between 1 and {problem.examples}" if problem.examples else "None: it has no examples"
        raise WrongValueError(f"batch_size for {problem.name} must be {limit}; got {batch_size!r}.")
    if estimate and problem.data is None:
        raise WrongValueError(f"{problem.name} has no examples for {named(estimate)}(theta, x, y).")
    if np.asarray(noise).dtype.kind not in "fiu":
        raise WrongTypeError(f"noise is a standard deviation, a number; got {noise!r}.")
    if not np.all((np.asarray(noise) >= 0) & np.isfinite(noise)):
        raise WrongValueError(f"noise is a standard deviation, finite and at least 0; got {noise!r}.")

    ours = step is form.function
    if not form.elementwise and problem.parts:
        form = by_part(replace(form, function=step), problem.parts)
        step = form.function
    seeds = np.asarray(seed)
    if seeds.dtype.kind not in "iu":
        raise WrongTypeError(f"seed is a whole number, or an array of such; got {seed!r}.")
    if (seeds < 0).any():
        raise WrongValueError(f"seed must be at least 0; got {seed!r}.")
    theta = _start(problem, start, seeds)
    moved = [seeds, noise, *first.values()]
    sweep = np.broadcast_shapes(theta.shape[:-1], *(np.shape(value) for value in moved))
    walk = Walk(
        form=form,
        step=step,
        problem=problem,
        start=np.broadcast_to(theta, sweep + theta.shape[-1:]),
        seeds=seeds,
        hypers={**form.defaults, **hypers},
        steps=steps,
        every=every,
        batch_size=batch_size,
        estimate=estimate,
        noise=noise,
        seconds=seconds,
        keep_states=keep_states,
    )
    with np.errstate(all="ignore"):
        if not sweep or (form.elementwise and (ours or walk.broadcasts())):
            return walk.at_once()
        return walk.one_by_one()


def _start(problem: Problem, start: Any, seeds: Array) -> Array:
    if start is None:
        drawn = np.stack([problem.initial(int(seed)) for seed in seeds.ravel()])
        return drawn.reshape(*seeds.shape, *drawn.shape[1:])
    theta = np.asarray(start)
    if theta.dtype.kind not in "fiu":
        raise WrongTypeError(f"start must hold numbers; got {start!r}.")
    theta = theta.astype(float) if not np.issubdtype(theta.dtype, np.floating) else theta
    wanted = problem.start.shape
    if theta.shape[theta.ndim - len(wanted) :] != wanted:
        raise WrongValueError(
            f"start must have shape {wanted} for {problem.name} (or be a stack of such); got {theta.shape}."
        )
    return theta
