"""A rule on a problem: one path, or a whole sweep of paths in the same few calls.

Knows rules and problems, and nothing of checking or pictures.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from time import monotonic, thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, State, Step
from optcourse.problems import Problem, problem_named
from optcourse.rules import RULES, Form, known_rules
from optcourse.rules.base import at_theta
from optcourse.rules.parts import by_part

Schedule = Callable[[int], Any]
Estimate = Callable[..., Any]  # (theta, x, y) -> the gradient of one example or of a batch, as Rule.estimate


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


def first(run: Run, records: int) -> Run:
    """The beginning of a run: its first so many records."""
    return replace(
        run,
        theta=run.theta[:records],
        loss=run.loss[:records],
        steps=run.steps[:records],
        states={name: part[:records] for name, part in run.states.items()},
        grads=None if run.grads is None else run.grads[:records],
    )


def rule_form(rule_or_step: str | Form | Step) -> tuple[Form, Step]:
    """The form that a name, a rule, a dialect or a function stands for, and the step to run.

    A function belongs to the rule in its name: adam_step to Adam. ValueError where there is no such rule.
    """
    if isinstance(rule_or_step, Form):
        return rule_or_step, rule_or_step.function
    own = getattr(rule_or_step, "form", None)  # the checked step of a form, as RULES["adam"].step is
    if isinstance(own, Form):
        return own, own.function
    name = rule_or_step if isinstance(rule_or_step, str) else getattr(rule_or_step, "__name__", "")
    name = name.removesuffix("_step")
    rules = known_rules()
    if name not in rules:
        near = get_close_matches(name, rules, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"the rules are {', '.join(RULES)}."
        called = (
            "A step function is named after its rule, as adam_step is; " if callable(rule_or_step) else ""
        )
        raise ValueError(f"There is no rule {name!r}: {called}{hint}")
    rule = rules[name]
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
    """
    form, step = rule_form(rule_or_step)
    problem = problem_named(problem)
    first = {name: value(1) if callable(value) else value for name, value in hypers.items()}
    form.check_hypers(first)
    if steps < 0 or every < 1:
        raise ValueError(f"steps must be at least 0 and every at least 1; got {steps} and {every}.")
    if batch_size is not None and not (problem.examples and 1 <= batch_size <= problem.examples):
        limit = f"between 1 and {problem.examples}" if problem.examples else "None: it has no examples"
        raise ValueError(f"batch_size for {problem.name} must be {limit}; got {batch_size!r}.")
    if estimate and problem.data is None:
        raise ValueError(f"{problem.name} has no examples for {named(estimate)}(theta, x, y).")
    if not np.all((np.asarray(noise) >= 0) & np.isfinite(noise)):
        raise ValueError(f"noise is a standard deviation, finite and at least 0; got {noise!r}.")

    ours = step is form.function
    if not form.elementwise and problem.parts:
        form = by_part(replace(form, function=step), problem.parts)
        step = form.function
    seeds = np.asarray(seed)
    theta = _start(problem, start, seeds)
    moved = [seeds, noise, *first.values()]
    sweep = np.broadcast_shapes(theta.shape[:-1], *(np.shape(value) for value in moved))
    walk = _Walk(
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


def gradient_noise(size: int, seeds: Array) -> Iterator[Array]:
    """Standard normal vectors without end, shape (*seeds.shape, size): the same for the same seed."""
    randoms = [np.random.default_rng([int(seed), 2]) for seed in seeds.ravel()]
    while True:
        yield np.stack([random.standard_normal(size) for random in randoms]).reshape(*seeds.shape, size)


def stopwatch(seconds: float | None) -> Callable[[], bool]:
    """A function that says whether `seconds` are over.

    They are those in which this thread computes, so that a busy machine changes nothing; ten times as many
    on the clock are enough as well, for a step that waits.
    """
    if seconds is None:
        return lambda: False
    computed, clock = thread_time() + seconds, monotonic() + 10 * seconds
    return lambda: thread_time() > computed or monotonic() > clock


def named(function: Callable[..., Any]) -> str:
    """A function's name."""
    return getattr(function, "__name__", "the function")


def estimated(
    estimate: Estimate, of_one: bool, problem: Problem, theta: Array, batch: NDArray[np.int64] | None
) -> Array:
    """The gradients that `estimate` gives for batches (None: all examples), one position after another.

    theta is (*sweep, d), batch (*seeds.shape, B). A function `of_one` example is averaged over the batch.
    TypeError or ValueError where it returns no gradient.
    """
    assert problem.data is not None
    x, y = problem.data
    sweep = theta.shape[:-1]
    chosen = np.arange(len(y)) if batch is None else batch
    chosen = np.broadcast_to(chosen, (*sweep, chosen.shape[-1]))
    found = np.empty_like(theta)
    for position in np.ndindex(sweep):
        here, rows = theta[position], chosen[position]
        if of_one:
            grads = [np.asarray(estimate(here.copy(), x[row], y[row]), dtype=float) for row in rows]
        else:
            grads = [np.asarray(estimate(here.copy(), x[rows], y[rows]), dtype=float)]
        for grad in grads:
            if grad.shape != here.shape:
                raise ValueError(
                    f"{named(estimate)} must return a gradient of theta's shape, {here.shape}; "
                    f"got {grad.shape}."
                )
        found[position] = np.mean(grads, axis=0)
    return found


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


@dataclass(frozen=True)
class _Walk:
    """What is to be run: the arguments of `run`, checked. `start` has the shape (*sweep, d)."""

    form: Form
    step: Step
    problem: Problem
    start: Array
    seeds: NDArray[Any]
    hypers: Mapping[str, Any]
    steps: int
    every: int
    batch_size: int | None
    estimate: Estimate | None
    noise: Any
    seconds: float | None
    keep_states: bool

    @property
    def of_one(self) -> bool:
        """Whether the estimate takes one example: sgd_grad does, as does SGD's under another name."""
        name = named(self.estimate) if self.estimate else ""
        return name == "sgd_grad" or (self.form.name == "sgd" and name != "minibatch_grad")

    @property
    def sweep(self) -> tuple[int, ...]:
        return self.start.shape[:-1]

    def ready(self, value: Any) -> Any:
        """A hyper as the step gets it: a plain number, or a copy with theta's axis behind the sweep's."""
        if np.ndim(value) == 0:
            return np.asarray(value).item()  # a numpy scalar would turn float32 into float64
        return np.array(value, self.start.dtype)[..., None]

    def at_once(self) -> Run:
        """All positions of the sweep in the same calls of the step."""
        form, problem = self.form, self.problem
        schedules = {name: value for name, value in self.hypers.items() if callable(value)}
        given = {name: self.ready(value) for name, value in self.hypers.items() if name not in schedules}

        def hypers(t: int) -> dict[str, Any]:
            return {**given, **{name: self.ready(schedule(t)) for name, schedule in schedules.items()}}

        drawn = batches(problem.examples, self.batch_size, self.seeds) if self.batch_size else None
        shaken = gradient_noise(problem.start.size, self.seeds) if np.any(self.noise) else None
        over = stopwatch(self.seconds)
        theta, now = self.start.copy(), hypers(1)
        state: State = form.init_function(theta, **now)
        record = _Recorder(self)
        record.take(0, theta, state, now, np.full_like(theta, np.nan))
        for t in range(1, self.steps + 1):
            now = hypers(t) if schedules else given
            point = form.grad_at(theta, state, **now)
            batch = next(drawn) if drawn else None
            if self.estimate:
                grad = estimated(self.estimate, self.of_one, problem, point, batch)
            else:
                grad = problem.grad(point) if batch is None else problem.grad(point, batch=batch)
            if shaken:
                grad = (grad + self.ready(self.noise) * next(shaken)).astype(grad.dtype)
            grad_taken = grad.copy() if self.keep_states else grad
            returned = self.step(theta, grad, state, **now)
            theta, state = _theta_and_state(returned, self) if t == 1 else returned
            record.take(t, theta, state, now, grad_taken)
            if over():
                break
        return record.finished()

    def at(self, position: tuple[int, ...]) -> "_Walk":
        """The walk of one position of the sweep."""

        def there(value: Any) -> Any:
            return np.broadcast_to(value, self.sweep)[position]

        def hyper(value: Any) -> Any:
            return (lambda t: there(value(t))) if callable(value) else there(value)

        return replace(
            self,
            start=self.start[position],
            seeds=np.asarray(there(self.seeds)),
            noise=there(self.noise),
            hypers={name: hyper(value) for name, value in self.hypers.items()},
        )

    def broadcasts(self) -> bool:
        """Whether the step does to a sweep what it does to its positions alone: three, for three steps."""
        trial = replace(self, steps=min(3, self.steps), every=1, seconds=None, keep_states=False)
        try:
            together = trial.at_once().theta
        except Exception:
            return False  # if it is no matter of arrays, the walk one by one will raise it
        positions = list(np.ndindex(self.sweep))
        tried = positions[:: max(1, len(positions) // 2)]
        alone = np.stack([trial.at(position).at_once().theta for position in tried], axis=1)
        together = np.stack([together[(slice(None), *position)] for position in tried], axis=1)
        return np.allclose(together, alone, rtol=1e-9, atol=1e-12, equal_nan=True)

    def one_by_one(self) -> Run:
        """One position of the sweep after another: slower, for steps that would mix different runs.

        Each has an equal part of the seconds; all end where the first of them ends.
        """
        count = self.start[..., 0].size
        share = None if self.seconds is None else self.seconds / max(1, count)
        walk, runs = replace(self, seconds=share), []
        for position in np.ndindex(self.sweep):
            runs.append(walk.at(position).at_once())
            walk = replace(walk, steps=int(runs[-1].steps[-1]))
        shortest = len(runs[-1].steps)
        runs = [first(run, shortest) for run in runs]

        def gathered(arrays: list[Array]) -> Array:
            """One array of shape (records, *sweep, ...) from one of (records, ...) for each position."""
            return np.stack(arrays, axis=1).reshape(len(arrays[0]), *self.sweep, *arrays[0].shape[1:])

        return replace(
            runs[0],
            theta=gathered([run.theta for run in runs]),
            loss=gathered([run.loss for run in runs]),
            states={name: gathered([run.states[name] for run in runs]) for name in runs[0].states},
            grads=gathered([run.grads for run in runs if run.grads is not None])
            if self.keep_states
            else None,
        )


def _theta_and_state(returned: Any, walk: _Walk) -> tuple[Array, State]:
    """What the first step returned, if that is a theta of the right shape and a state."""
    name = getattr(walk.step, "__name__", "the step")
    if not (isinstance(returned, (tuple, list)) and len(returned) == 2):
        raise TypeError(f"{name} must return theta and state, as in `return theta, state`; got {returned!r}.")
    theta, state = returned
    if np.shape(theta) != walk.start.shape:
        raise ValueError(
            f"{name} must return a theta of the shape that it was given, {walk.start.shape}; "
            f"got {np.shape(theta)}."
        )
    return theta, state


class _Recorder:
    """Copies of what a walk passes through: a step that writes into its own arrays can't change them.

    Losses are computed at the end, of many records at a time, which is far faster for small problems.
    """

    def __init__(self, walk: _Walk) -> None:
        self.walk = walk
        self.kept = [t for t in range(walk.steps + 1) if t % walk.every == 0 or t == walk.steps]
        self.taken = 0
        self.thetas = np.empty((len(self.kept), *walk.start.shape), walk.start.dtype)
        self.judged = self.thetas if walk.form.evaluate is at_theta else np.empty_like(self.thetas)
        self.states: dict[str, list[Any]] = {}
        self.grads: list[Array] = []

    def take(self, t: int, theta: Array, state: State, hypers: Mapping[str, Any], grad: Array) -> None:
        """Record step t, if it is one to keep."""
        if t != self.kept[self.taken]:
            return
        self.thetas[self.taken] = theta
        if self.judged is not self.thetas:
            self.judged[self.taken] = self.walk.form.evaluate(theta, state, **hypers)
        if self.walk.keep_states:
            self.grads.append(grad)
            if t == 0:  # a learner's state is a plain tuple later, but init's has names
                self.states = {name: [] for name in getattr(state, "_fields", ())}
            for parts, part in zip(self.states.values(), state, strict=False):
                parts.append(np.array(part))
        self.taken += 1

    def losses(self) -> Array:
        """The loss of each record taken, (records, *sweep)."""
        problem, judged = self.walk.problem, self.judged[: self.taken]
        numbers = max(1, judged[0].size) * max(1, problem.examples)
        piece = max(1, 200_000 // numbers)  # a network holds the activations of all examples for a piece
        return np.concatenate([problem.loss(judged[i : i + piece]) for i in range(0, len(judged), piece)])

    def finished(self) -> Run:
        """The record; a part of a state may have grown to the sweep's shape in the first step."""
        states = {name: np.stack(np.broadcast_arrays(*parts)) for name, parts in self.states.items()}
        return Run(
            rule=self.walk.form.name,
            problem=self.walk.problem,
            theta=self.thetas[: self.taken],
            loss=self.losses(),
            steps=np.array(self.kept[: self.taken]),
            states=states,
            grads=np.stack(self.grads) if self.grads else None,
        )
