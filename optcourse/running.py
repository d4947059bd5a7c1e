"""A rule on a problem: one path, or a whole sweep of paths in the same few calls.

Knows rules and problems, and nothing of checking or pictures.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, State, Step
from optcourse.problems import Problem, problem_named
from optcourse.rules import RULES, Form

Schedule = Callable[[int], Any]


@dataclass(frozen=True)
class Run:
    """The record of stepping a rule on a problem.

    `theta` has shape (records, ..., d), `loss` (records, ...): the start, then after each step (or after
    each `every` steps; `steps` says which). The axes between are the sweep. Where a path overflowed,
    theta and loss hold inf or nan from there on.
    """

    rule: str
    problem: Problem
    theta: Array
    loss: Array
    steps: Array
    states: Mapping[str, Array]
    grads: Array | None = None

    @property
    def diverged(self) -> Any:
        """The step after which theta or the loss was first not finite.

        For one path an int, or None if it never was. For a sweep an array, with -1 for never.
        """
        finite = np.isfinite(self.loss) & np.isfinite(self.theta).reshape(*self.loss.shape, -1).all(axis=-1)
        first = np.where(finite.all(axis=0), -1, self.steps[np.argmin(finite, axis=0)])
        if first.ndim:
            return first
        return None if first < 0 else int(first)

    def __repr__(self) -> str:
        sweep = self.loss.shape[1:]
        what = f", a sweep of shape {sweep}" if sweep else f", loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g}"
        return f"<Run: {self.rule} on {self.problem.name}, {self.steps[-1]} steps{what}>"


def rule_form(rule_or_step: str | Form | Step) -> tuple[Form, Step]:
    """The form that a name, a rule, a dialect or a function stands for, and the step to run.

    A function belongs to the rule in its name: adam_step to Adam. ValueError where there is no such rule.
    """
    if isinstance(rule_or_step, Form):
        return rule_or_step, rule_or_step.function
    own = getattr(rule_or_step, "__self__", None)
    if isinstance(own, Form):
        return own, own.function
    name = rule_or_step if isinstance(rule_or_step, str) else getattr(rule_or_step, "__name__", "")
    name = name.removesuffix("_step")
    if name not in RULES:
        near = get_close_matches(name, RULES, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the rules are {', '.join(RULES)}."
        called = (
            "A step function is called after its rule, as adam_step is; " if callable(rule_or_step) else ""
        )
        raise ValueError(f"There is no rule {name!r}: {called}{hint}")
    rule = RULES[name]
    return rule, rule.function if isinstance(rule_or_step, str) else rule_or_step


def batches(examples: int, size: int, seeds: Array) -> Iterator[NDArray[np.int64]]:
    """Indices of one batch after another, without end, shape (*seeds.shape, B).

    Each epoch is shuffled anew, and every example comes once in it; its last batch may be smaller.
    """
    randoms = [np.random.default_rng([int(seed), 1]) for seed in seeds.ravel()]
    while True:
        orders = np.stack([random.permutation(examples) for random in randoms]).reshape(
            *seeds.shape, examples
        )
        for begin in range(0, examples, size):
            yield orders[..., begin : begin + size]


def run(
    rule_or_step: str | Form | Step,
    problem: str | Problem,
    *,
    steps: int = 200,
    start: Any = None,
    seed: Any = 0,
    batch_size: int | None = None,
    every: int = 1,
    keep_states: bool = False,
    **hypers: Any,
) -> Run:
    """Step a rule, or a learner's own step function, on a problem.

    A hyper is a number, an array (a sweep: all arrays broadcast together, and `seed` and the leading axes
    of `start` with them) or a schedule (a function of t, the first t being 1). `batch_size` draws
    batches where the problem has examples; `every` keeps each so-many-th record only; `keep_states` keeps
    the state and the gradient beside theta. Divergence ends in inf or nan, without warnings.
    Raises ValueError or TypeError for what it can't run, before the first step.
    """
    form, step = rule_form(rule_or_step)
    problem = problem_named(problem)
    schedules = {name: value for name, value in hypers.items() if callable(value)}
    fixed = {name: value for name, value in hypers.items() if name not in schedules}
    form.check_hypers({**fixed, **{name: schedule(1) for name, schedule in schedules.items()}})
    if steps < 0 or every < 1:
        raise ValueError(f"steps must be at least 0 and every at least 1; got {steps} and {every}.")
    if batch_size is not None and not (problem.examples and 1 <= batch_size <= problem.examples):
        limit = f"between 1 and {problem.examples}" if problem.examples else "None: it has no examples"
        raise ValueError(f"batch_size for {problem.name} must be {limit}; got {batch_size!r}.")

    seeds = np.asarray(seed)
    theta = _start(problem, start, seeds)
    dimensions = problem.start.ndim
    sweep = np.broadcast_shapes(
        seeds.shape, theta.shape[: theta.ndim - dimensions], *(np.shape(value) for value in fixed.values())
    )
    theta = np.broadcast_to(theta, sweep + theta.shape[theta.ndim - dimensions :]).copy()

    def ready(value: Any) -> Any:
        """A hyper with theta's axes behind the sweep's, so that it broadcasts; numbers stay numbers."""
        if np.ndim(value) == 0:
            return value
        array = np.asarray(value, dtype=theta.dtype)
        return array.reshape(array.shape + (1,) * dimensions)

    given = {**form.defaults, **{name: ready(value) for name, value in fixed.items()}}
    drawn = batches(problem.examples, batch_size, seeds) if batch_size else None
    state: State = form.init_function(theta, **given)
    record = _Recorder(form, problem, keep_states)
    with np.errstate(all="ignore"):
        record.add(0, theta, state, given, None)
        for t in range(1, steps + 1):
            now = {**given, **{name: ready(schedule(t)) for name, schedule in schedules.items()}}
            point = form.grad_at(theta, state, **now)
            grad = problem.grad(point, batch=next(drawn)) if drawn else problem.grad(point)
            theta, state = step(theta, grad, state, **now)
            if t % every == 0 or t == steps:
                record.add(t, theta, state, now, grad)
        return record.finished()


def _start(problem: Problem, start: Any, seeds: Array) -> Array:
    if start is None:
        drawn = np.stack([problem.initial(int(seed)) for seed in seeds.ravel()])
        return drawn.reshape(*seeds.shape, *drawn.shape[1:])
    theta = np.asarray(start)
    theta = theta.astype(float) if not np.issubdtype(theta.dtype, np.floating) else theta
    wanted = problem.start.shape
    if theta.shape[theta.ndim - len(wanted) :] != wanted:
        raise ValueError(
            f"start must have shape {wanted} for {problem.name} (or be a stack of such); got {theta.shape}."
        )
    return theta


class _Recorder:
    """Copies of what a run passes through: a step that writes into its own arrays can't change them."""

    def __init__(self, form: Form, problem: Problem, keep_states: bool) -> None:
        self.form, self.problem, self.keep_states = form, problem, keep_states
        self.steps: list[int] = []
        self.thetas: list[Array] = []
        self.losses: list[Array] = []
        self.grads: list[Array] = []
        self.states: dict[str, list[Array]] = {name: [] for name in form.state_fields}

    def add(self, t: int, theta: Array, state: State, hypers: Mapping[str, Any], grad: Array | None) -> None:
        self.steps.append(t)
        self.thetas.append(np.array(theta))
        self.losses.append(self.problem.loss(self.form.evaluate(theta, state, **hypers)))
        if self.keep_states:
            self.grads.append(np.full_like(theta, np.nan) if grad is None else np.array(grad))
            for name, part in zip(self.states, state, strict=False):
                self.states[name].append(np.array(part))

    def finished(self) -> Run:
        return Run(
            rule=self.form.name,
            problem=self.problem,
            theta=np.stack(self.thetas),
            loss=np.stack(self.losses),
            steps=np.array(self.steps),
            states={name: np.stack(parts) for name, parts in self.states.items()} if self.keep_states else {},
            grads=np.stack(self.grads) if self.keep_states else None,
        )
