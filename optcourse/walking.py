"""The walk itself: stepping at all positions of a sweep at once or one by one, and the record of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic, thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, State, Step
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.estimates import Estimate, batches, estimated, gradient_noise, named
from optcourse.problems import Problem
from optcourse.rounding import moved
from optcourse.rules import Form
from optcourse.rules.base import at_theta


@dataclass(frozen=True)
class Run:
    """The record of stepping a rule on a problem.

    `theta` has shape (records, ..., d), `loss` (records, ...): the start, then after each step (or after
    each `every` steps; `steps` says which). The axes between are the sweep. Where a path overflowed,
    theta and loss hold inf or nan from there on.

    `rule` is the rule's name and `problem` what it ran on; `steps`, shape (records,), counts from 0. With
    `keep_states`, `states` has an array for each part of the state, by its name, and `grads`, shape
    (records, ..., d), the gradients; otherwise `states` is empty and `grads` None. Runs are made by `run`.

    >>> from optcourse import run
    >>> done = run("gd", "quadratic", steps=3, lr=[0.01, 0.1])
    >>> done.theta.shape, done.loss.shape, done.steps.tolist()
    ((4, 2, 2), (4, 2), [0, 1, 2, 3])
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


def stopwatch(seconds: float | None) -> Callable[[], bool]:
    """A function that says whether `seconds` are over.

    They are those in which this thread computes, so that a busy machine changes nothing; ten times as many
    on the clock are enough as well, for a step that waits.
    """
    if seconds is None:
        return lambda: False
    computed, clock = thread_time() + seconds, monotonic() + 10 * seconds
    return lambda: thread_time() > computed or monotonic() > clock


@dataclass(frozen=True)
class Walk:
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
        record = Recorder(self)
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
            theta, state = moved(theta_and_state(returned, self) if t == 1 else returned)
            record.take(t, theta, state, now, grad_taken)
            if over():
                break
        return record.finished()

    def at(self, position: tuple[int, ...]) -> "Walk":
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


def theta_and_state(returned: Any, walk: Walk) -> tuple[Array, State]:
    """What the first step returned, if that is a theta of the right shape and a state."""
    name = getattr(walk.step, "__name__", "the step")
    if not (isinstance(returned, (tuple, list)) and len(returned) == 2):
        raise WrongTypeError(
            f"{name} must return theta and state, as in `return theta, state`; got {returned!r}."
        )
    theta, state = returned
    if np.shape(theta) != walk.start.shape:
        raise WrongValueError(
            f"{name} must return a theta of the shape that it was given, {walk.start.shape}; "
            f"got {np.shape(theta)}."
        )
    return theta, state


class Recorder:
    """Copies of what a walk passes through: a step that writes into its own arrays can't change them.

    Losses are computed at the end, of many records at a time, which is far faster for small problems.
    """

    def __init__(self, walk: Walk) -> None:
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
