"""What `compare` draws and says: one run for each item. Pure, and knows nothing of widgets or the browser."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.palette import LOOKS
from optcourse.pictures.engine.contour import above_minimum
from optcourse.pictures.engine.controls import BATCHES, hyper_slider
from optcourse.pictures.engine.fallback import RuleOrStep, handed, own_or_reference
from optcourse.pictures.engine.frame import Setting, loss_text, parting, place, ran
from optcourse.pictures.engine.guard import slow_words
from optcourse.pictures.engine.plane import about_axes, off_plane
from optcourse.pictures.engine.view import view_of
from optcourse.problems import Problem
from optcourse.rules import Form
from optcourse.running import Estimate, Run, first, rule_form

Item = RuleOrStep | tuple[RuleOrStep, Mapping[str, Any]]

TARGET = 1e-3  # of the first loss above the minimum: a rule has arrived there
LONGEST = 2000  # steps; more is too much to send at once


@dataclass(frozen=True)
class Entrant:
    """One item of a comparison: what it runs with, and what came of it.

    `name` is what was asked for, `label` what is drawn, unlike the others' labels; `told` are the other
    hypers worth saying, as text. `note` says what became of a function handed in, if anything is to be said.
    """

    name: str
    label: str
    told: str
    note: str
    form: Form
    setting: Setting
    run: Run

    @cached_property
    def height(self) -> Array:
        """The loss above the problem's minimum after each step, shape (steps + 1,)."""
        return above_minimum(self.setting.problem, self.run.loss)

    @cached_property
    def distance(self) -> Array | None:
        """How far theta is from the optimum after each step, shape (steps + 1,); None if none is known."""
        optimum = self.setting.problem.optimum
        if optimum is None:
            return None
        away = self.run.theta - optimum
        return np.hypot(away[:, 0], away[:, 1])

    @property
    def arrived(self) -> int | None:
        """The first step at which the loss above the minimum is TARGET of what it was, or None."""
        return first_at_target(self.height)

    @property
    def summary(self) -> str:
        """How it ends, in a line."""
        if self.run.diverged is not None:
            return f"{self.heading}: diverged at step {self.run.diverged}"
        parts = [f"loss {loss_text(float(self.run.loss[0]))} -> {loss_text(float(self.run.loss[-1]))}"]
        if self.distance is not None:
            parts.append(f"distance to the minimum {loss_text(float(self.distance[-1]))}")
        target = "a thousandth of the first loss"
        parts.append(f"{target} " + ("not reached" if self.arrived is None else f"at step {self.arrived}"))
        return f"{self.heading}: " + ", ".join(parts)

    @property
    def heading(self) -> str:
        """The label, and the hypers worth saying."""
        return f"{self.label} ({self.told})" if self.told else self.label


def first_at_target(height: Array) -> int | None:
    """The first step at which a loss above the minimum, (steps + 1,), is TARGET of the first, or None."""
    with np.errstate(invalid="ignore"):
        there = np.flatnonzero(height <= TARGET * height[0])
    return int(there[0]) if there.size else None


def entrants(
    items: Iterable[Item], problem: Problem, steps: int, start: Any, shared: Mapping[str, Any]
) -> tuple[Entrant, ...]:
    """Run each item. `shared` are hypers (and batch_size) for all items that have them; an item's own win.

    Raises ValueError or TypeError, with what to do, for what can't be compared.
    """
    pairs = paired(items)
    if not 1 <= len(pairs) <= len(LOOKS):
        raise WrongValueError(
            f"compare takes 1 to {len(LOOKS)} items, as more can't be told apart; got {len(pairs)}."
        )
    if not 1 <= steps <= LONGEST:
        raise WrongValueError(f"steps must be between 1 and {LONGEST}; got {steps!r}.")
    view_of(problem)  # refuses what can't be drawn
    at = np.asarray(problem.start if start is None else start, dtype=float)
    if at.shape != (2,) or not np.isfinite(at).all():
        raise WrongValueError(f"start must be two numbers, theta[0] and theta[1]; got {start!r}.")
    forms = [rule_form(item)[0] for item, _ in pairs]
    for name in shared:
        if name != "batch_size" and not any(name in form.hypers for form in forms):
            raise WrongTypeError(f"none of the rules compared has a hyper {name!r}.")
    here = Setting(problem, (float(at[0]), float(at[1])), steps, {})

    def made_from(here: Setting) -> list[Entrant]:
        return [
            entrant(item, form, own, shared, here) for (item, own), form in zip(pairs, forms, strict=True)
        ]

    made = made_from(here)
    slowest = min(made, key=lambda one: int(one.run.steps[-1]))
    done = int(slowest.run.steps[-1])
    if done < steps:  # all go as far as the slow one comes, so that they can be compared at each step
        slow = slow_words(slowest.name, done, steps).strip()
        made = [
            replace(one, note=f"{slow} {one.note}".strip()) if one.name == slowest.name else one
            for one in made_from(replace(here, steps=done))
        ]
        done = min(int(one.run.steps[-1]) for one in made)
        made = [
            replace(one, setting=replace(one.setting, steps=done), run=first(one.run, done + 1))
            for one in made
        ]
    return told_apart(made)


def paired(items: Iterable[Item]) -> list[tuple[RuleOrStep, Mapping[str, Any]]]:
    """The items as functions or names, and their own hypers; an estimate of the gradient is among these."""
    pairs = [parted(item) for item in ([items] if isinstance(items, str) else items)]
    found: list[tuple[RuleOrStep, Mapping[str, Any]]] = []
    for item, own in pairs:
        given = dict(own)
        which, estimate = handed(item, given.pop("estimate", None))
        found.append((which, given if estimate is None else {**given, "estimate": estimate}))
    return found


def entrant(
    item: RuleOrStep, form: Form, own: Mapping[str, Any], shared: Mapping[str, Any], here: Setting
) -> Entrant:
    """One item, run with its own hypers from `here`."""
    given = {name: value for name, value in shared.items() if name in form.hypers or name == "batch_size"}
    given |= own
    estimate = given.pop("estimate", None)
    examples = here.problem.examples
    batch = given.pop("batch_size", BATCHES.get(form.name) if examples else None)
    form.check_hypers({name: number(name, value) for name, value in given.items()})
    opening = {name: hyper_slider(hyper, None).opening for name, hyper in form.hypers.items()}
    setting = replace(
        here, hypers={**opening, **given}, batch_size=None if examples and batch == examples else batch
    )

    def running(which: Form | Step, estimate: Estimate | None = None, seconds: float | None = None) -> Run:
        return ran(which, replace(setting, estimate=estimate), seconds)

    drawn = own_or_reference(item, running, estimate)
    handed_in = estimate or rule_form(item)[1]
    name = handed_in.__name__ if drawn.own or drawn.note else drawn.label
    note = drawn.note
    done = replace(setting, steps=int(drawn.run.steps[-1]))
    if drawn.own and parting(drawn.run, ran(form, done), form, done) is not None:
        note = f"Your {name} does not take the reference's path: check({name}) can say why."
    note = " ".join(part for part in (note, off_plane(drawn.run)) if part)
    named = [name for name in form.hypers if name == "lr" or name in given]
    told = [f"{name} = {value_text(setting.hypers[name])}" for name in named]
    told += [f"batches of {batch}"] if setting.batch_size else []
    return Entrant(name, drawn.label, ", ".join(told), note, form, setting, drawn.run)


def parted(item: Any) -> tuple[RuleOrStep, Mapping[str, Any]]:
    """An item as the function or name, and its own hypers."""
    if isinstance(item, (tuple, list)):
        if len(item) != 2 or not isinstance(item[1], Mapping):
            raise WrongTypeError(
                f'a pair is a rule and its hypers, as ("adam", {{"lr": 0.1}}); got {item!r}.'
            )
        return item[0], item[1]
    return item, {}


def number(name: str, value: Any) -> Any:
    """A hyper as one number (a schedule's first); TypeError for an array."""
    first = value(1) if callable(value) else value
    if not isinstance(first, Real):
        raise WrongTypeError(f"{name} must be a number or a schedule, one for each item; got {value!r}.")
    return first


def value_text(value: Any) -> str:
    """A hyper as text, to four digits."""
    return "a schedule" if callable(value) else f"{value:.4g}"


def told_apart(made: Sequence[Entrant]) -> tuple[Entrant, ...]:
    """The entrants with labels that differ: by all that is told of them, and failing that by a number."""
    labels = [one.label for one in made]
    twins = [labels.count(label) > 1 for label in labels]
    renamed = [
        replace(one, label=one.heading, told="") if twin else one
        for one, twin in zip(made, twins, strict=True)
    ]
    labels = [one.label for one in renamed]
    return tuple(
        replace(one, label=f"{one.label}, no. {1 + labels[:i].count(one.label)}")
        if labels.count(one.label) > 1
        else one
        for i, one in enumerate(renamed)
    )


def summary(made: Sequence[Entrant]) -> str:
    """All of it in words, the same on every machine: for screen readers, and for nbval to compare."""
    setting = made[0].setting
    lines = [
        f"Compared on: {setting.problem.title}",
        f"{setting.steps} steps from {place(setting.problem, setting.start)}",
        *([about_axes(setting.problem)] if about_axes(setting.problem) else []),
        *(one.summary for one in made),
        *dict.fromkeys(one.note for one in made if one.note),
    ]
    return "\n".join(lines)
