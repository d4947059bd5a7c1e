"""What `landscape` draws and says: a run for each pair of two values. Pure, and knows nothing of widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, Step
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.pictures.compare.model import TARGET, number, value_text
from optcourse.pictures.engine.contour import above_minimum
from optcourse.pictures.engine.controls import BATCHES, CONDITIONED, MATRICES, SURFACES, hyper_slider
from optcourse.pictures.engine.fallback import RuleOrStep, own_or_reference
from optcourse.pictures.engine.frame import loss_text, place
from optcourse.pictures.engine.plane import about_axes, axis_names, run_seen, seen
from optcourse.pictures.engine.view import View, view_of
from optcourse.problems import PROBLEMS, Problem
from optcourse.rules import Form
from optcourse.running import Estimate, Run, first, rule_form

Measure = Literal["loss", "steps"]

ACROSS, UP = 25, 21  # cells; fewer where a hyper that counts has fewer values
LONGEST = 1000  # steps; all paths are kept
PATIENCE = 3.0  # seconds of computing for all cells of a learner's function
LEAST = 1e-9  # losses are told apart down to here: below it, rounding differs between processors


@dataclass(frozen=True)
class Axis:
    """One of the two values that are varied: a hyper, the condition number, or where theta[0] starts."""

    name: str
    label: str
    scale: str
    values: Array

    def text(self, number: int) -> str:
        """One of its values, in words."""
        return f"{self.label} = {self.values[number]:.4g}"


@dataclass(frozen=True)
class Grid:
    """A run for each pair: arrays have shape (..., up, across), or (steps + 1, up, across, 2) for theta.

    `label` says who made the paths, and `note` what became of a function handed in.
    """

    x: Axis
    y: Axis
    problems: tuple[Problem, ...]  # one for each row
    others: str  # the hypers that stay, as text
    steps: int
    label: str
    note: str
    theta: Array
    loss: Array

    @cached_property
    def height(self) -> Array:
        """The losses above the minimum."""
        rows = [above_minimum(problem, self.loss[:, row]) for row, problem in enumerate(self.problems)]
        return np.stack(rows, axis=1)

    @cached_property
    def diverged(self) -> NDArray[np.int64]:
        """The step at which theta or the loss is first no finite number; -1 for never. (up, across)"""
        finite = np.isfinite(self.loss) & np.isfinite(self.theta).all(axis=-1)
        return np.where(finite.all(axis=0), -1, np.argmin(finite, axis=0))

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """Where a path ends higher than it began, or in no finite number. (up, across)"""
        found: NDArray[np.bool_] = (self.diverged >= 0) | ~(self.height[-1] <= self.height[0])
        return found

    @cached_property
    def final(self) -> Array:
        """The decimal logarithm of the last loss above the minimum, no less than LEAST's. (up, across)"""
        with np.errstate(all="ignore"):
            found: Array = np.log10(np.fmax(self.height[-1], LEAST))
        return found

    @cached_property
    def arrived(self) -> NDArray[np.int64]:
        """The first step at which the loss above the minimum is TARGET of the first; -1 for never."""
        with np.errstate(invalid="ignore"):
            there = self.height <= TARGET * self.height[0]
        return np.where(there.any(axis=0) & ~self.lost, np.argmax(there, axis=0), -1)

    @cached_property
    def best(self) -> tuple[int, int]:
        """The (row, column) that arrives first and is there at the end; without one, what ends lowest."""
        with np.errstate(invalid="ignore"):
            there = (self.arrived >= 0) & (self.height[-1] <= TARGET * self.height[0])
        late = np.where(there, self.arrived, self.steps + 1)
        ended = np.round(np.where(self.lost, np.inf, self.final), 3)
        order = np.lexsort((ended.ravel(), late.ravel()))
        row, column = np.unravel_index(int(order[0]), late.shape)
        return int(row), int(column)

    def ends(self, show: Measure) -> tuple[float, float]:
        """The ends of the colour scale: those of the cells that have a value."""
        kept = self.final[~self.lost] if show == "loss" else self.arrived[self.arrived >= 0]
        low, high = (float(kept.min()), float(kept.max())) if kept.size else (0.0, 1.0)
        return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)

    def view(self, row: int) -> View:
        """The part of the plane that is drawn."""
        return view_of(self.problems[row])

    def words(self, row: int, column: int) -> str:
        """How the path of one cell ends."""
        where = f"{self.x.text(column)}, {self.y.text(row)}"
        if (step := self.diverged[row, column]) >= 0:
            return f"{where}: diverges; from step {step} on, theta or the loss is no finite number."
        begun, ended = (float(self.loss[record, row, column]) for record in (0, -1))
        last = place(self.problems[0], self.theta[-1, row, column])
        end = f"ends at {last}, loss {loss_text(begun)} -> {loss_text(ended)}"
        if self.lost[row, column]:
            return f"{where}: diverges; {end}."
        arrived = self.arrived[row, column]
        target = "not reached" if arrived < 0 else f"at step {arrived}"
        return f"{where}: {end}; a thousandth of the first loss {target}."

    @property
    def title(self) -> str:
        """Whose landscape on what."""
        varied, problem = "condition" in (self.x.name, self.y.name), self.problems[0]
        return f"{self.label} on: {(SURFACES | MATRICES)[problem.name] if varied else problem.title}"

    @property
    def about(self) -> str:
        """What was run, in a line."""
        axes = [
            f"{axis.label} from {axis.values[0]:.4g} to {axis.values[-1]:.4g}" for axis in (self.x, self.y)
        ]
        first = self.theta[0, 0, 0]
        moved = "start" in (self.x.name, self.y.name)
        start = (
            f" from {axis_names(self.problems[0])[1]} = {first[1]:.4g}"
            if moved
            else f" from {place(self.problems[0], first)}"
        )
        size = f"{self.loss[0].size} runs of {self.steps} steps{start}"
        return ", ".join([*axes, size, *([self.others] if self.others else [])])

    @property
    def summary(self) -> str:
        """All of it in words, the same on every machine: for screen readers, and for nbval to compare."""
        lines = [self.title, self.about, *([self.note] if self.note else [])]
        if not self.lost.all():
            lines.append(f"Best: {self.words(*self.best)}")
        lines.append(
            f"Of {self.lost.size}, {int((self.arrived >= 0).sum())} reach a thousandth of the first loss; "
            f"{int(self.lost.sum())} diverge: they end higher than they began, or in no finite number."
        )
        return "\n".join(lines)


def grid(
    step_or_name: RuleOrStep,
    problem: Problem,
    x: str,
    y: str | None,
    steps: int,
    start: Any,
    batch_size: int | None,
    fixed: Mapping[str, Any],
    estimate: Estimate | None = None,
) -> Grid:
    """Run every pair of two values. ValueError or TypeError, with what to do, for what can't be drawn.

    `estimate` is a function of the learner's for the gradient of a batch.
    """
    form, _ = rule_form(step_or_name)
    if not 1 <= steps <= LONGEST:
        raise WrongValueError(f"steps must be between 1 and {LONGEST}; got {steps!r}.")
    view_of(problem)  # refuses what can't be drawn
    at = np.asarray(problem.start if start is None else start, dtype=float)
    if at.shape != (2,) or not np.isfinite(at).all():
        raise WrongValueError(f"start must be two numbers, theta[0] and theta[1]; got {start!r}.")
    across = axis(x, ACROSS, form, problem)
    up = axis(y or partner(x, form, problem), UP, form, problem)
    if across.name == up.name:
        raise WrongValueError(f"x and y must differ; both are {x!r}.")
    if across.name == "condition":
        raise WrongValueError(
            "the condition number goes upwards: write y='condition' and something else as x."
        )
    taken = [name for name in (across.name, up.name) if name in fixed]
    if taken:
        raise WrongTypeError(
            f"{taken[0]} is varied along an axis already: leave it out, or choose another axis."
        )
    form.check_hypers({name: number(name, value) for name, value in fixed.items()})
    if batch_size is None and problem.examples:
        batch_size = BATCHES.get(form.name)
    hypers = {name: hyper_slider(hyper, None).opening for name, hyper in form.hypers.items()} | {**fixed}
    varied = {across.name: across.values[None, :], up.name: up.values[:, None]}
    begin = np.broadcast_to(at, (len(up.values), len(across.values), 2)).copy()
    if "start" in varied:
        begin[..., 0] = varied.pop("start")
    problems = tuple(conditioned(problem, up, row) for row in range(len(up.values)))

    def running(which: Form | Step, seconds: float | None = None, **own: Any) -> list[Run]:
        """One vectorised run; one for each condition number where that is varied, as each is a problem.

        All are as long as the shortest, where a slow step ends some early.
        """
        given: dict[str, Any] = {**hypers, **varied, **own}
        if given.pop("condition", None) is None:
            return [
                run_seen(
                    which, problem, steps=steps, start=begin, batch_size=batch_size, seconds=seconds, **given
                )
            ]
        share = None if seconds is None else seconds / len(problems)
        runs: list[Run] = []
        for one in problems:
            longest = int(runs[-1].steps[-1]) if runs else steps
            runs.append(run_seen(which, one, steps=longest, start=begin[:1], seconds=share, **given))
        return [first(one, len(runs[-1].steps)) for one in runs]

    drawn = own_or_reference(step_or_name, running, estimate, PATIENCE)
    done = int(drawn.run[0].steps[-1])
    note = drawn.note
    if done < steps:
        note = (
            f"{drawn.label[:1].upper()}{drawn.label[1:]} is slow: {done} of {steps} steps were run for each "
            f"cell, in {PATIENCE:g} s."
        )
    note = " ".join(part for part in (note, about_axes(problem)) if part)
    others = [f"{name} = {value_text(value)}" for name, value in hypers.items() if name not in varied]
    if batch_size is not None and batch_size != problem.examples:
        others.append(f"batches of {batch_size}")
    return Grid(
        x=across, y=up, problems=problems, others=", ".join(others), steps=done, label=drawn.label,
        note=note, theta=np.concatenate([one.theta for one in drawn.run], axis=1),
        loss=np.concatenate([one.loss for one in drawn.run], axis=1),
    )  # fmt: skip


def axis(name: str, count: int, form: Form, problem: Problem) -> Axis:
    """The axis with this name over its slider's range; ValueError for a name that is none."""
    (x0, x1), _ = view_of(problem)
    ranges: dict[str, tuple[str, str, tuple[float, float]]] = {
        "start": (f"{axis_names(problem)[0]} at the start", "linear", (x0, x1)),
        **{hyper.name: (hyper.name, hyper.scale, hyper.slider) for hyper in form.hypers.values()},
    }
    if problem.name in CONDITIONED:
        ranges["condition"] = ("condition number", "log", (1.0, 100.0))
    if name not in ranges:
        near = get_close_matches(str(name), ranges, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ranges)}."
        raise WrongValueError(f"landscape has no axis {name!r} for {form.name} on {problem.name}: {hint}")
    label, scale, (low, high) = ranges[name]
    spaced = np.geomspace(low, high, count) if scale == "log" else np.linspace(low, high, count)
    if name in form.hypers and form.hypers[name].whole:
        return Axis(name, label, scale, np.unique(np.round(spaced)))
    return Axis(name, label, scale, np.array([float(f"{value:.4g}") for value in spaced]))


def partner(x: str, form: Form, problem: Problem) -> str:
    """What to vary beside x: the rule's first other hyper, else the condition number or the start."""
    others = [name for name in form.hypers if name != x]
    return others[0] if others else "condition" if problem.name in CONDITIONED else "start"


def conditioned(problem: Problem, up: Axis, row: int) -> Problem:
    """The problem of one row: with that row's condition number, where that is what goes upwards."""
    if up.name != "condition":
        return problem
    return seen(PROBLEMS[problem.name](**{**problem.constants, "condition": float(up.values[row])}))
