"""One picture as data and words: what there is to draw where the controls stand.

Pure, and knows nothing of widgets, matplotlib or the browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, Step
from optcourse.pictures.engine.curve import CurveProblem
from optcourse.pictures.engine.fallback import own_name
from optcourse.pictures.engine.guard import BUDGET, StepError, guarded, guarded_estimate, slow_words
from optcourse.pictures.engine.plane import PlaneProblem, about_axes, off_plane, run_seen
from optcourse.pictures.engine.view import View, view_of
from optcourse.problems import Problem
from optcourse.registry import known_rules
from optcourse.rules import Form, Rule
from optcourse.rules.base import nothing_derived
from optcourse.running import Estimate, Run, named, rule_form

SAME = 1e-9  # two paths closer than this, relative to how far the reference has been, are the same


@dataclass(frozen=True)
class Setting:
    """Where the controls stand. `batch_size` None is the whole data.

    One of a hyper, noise, start[0] and start[1] may be an array: all positions of a slider, for a sweep.
    `estimate` is a function of the learner's for the gradient of a batch.
    """

    problem: Problem
    start: tuple[Any, Any]
    steps: int
    hypers: Mapping[str, Any]
    batch_size: int | None = None
    noise: Any = 0.0
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Frame:
    """What there is to draw, and what there is to say.

    `shown` is the path in the foreground, `whose` says who made it; `ghost` is the reference's path where
    the learner's own parts from it, else None. `note` says what became of the function handed in (empty for a
    reference), `outcome` where the path ends. `derived` is what the rule computes from its state on the way.
    """

    title: str
    setting: Setting
    shown: Run
    ghost: Run | None
    whose: str
    note: str
    derived: Mapping[str, Array] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether the note is good news: the learner's function took the reference's path, all of it."""
        return bool(self.note) and self.note == takes(self.whose)

    @property
    def view(self) -> View:
        """The part of the plane that is drawn, ((x0, x1), (y0, y1))."""
        return view_of(self.setting.problem)

    @property
    def outcome(self) -> str:
        """Where the path ends, and whether it diverges or leaves the picture."""
        return outcome(self.shown, self.view)

    @property
    def about(self) -> str:
        """What is drawn, where that is not theta itself; else empty."""
        return f"{about_axes(self.setting.problem)} {off_plane(self.shown)}".strip()

    @property
    def traces(self) -> dict[str, Array]:
        """The gradient and each part of the state that is shaped like theta, each (steps + 1, 2)."""
        return recorded(self.shown)

    @property
    def summary(self) -> str:
        """All of it in words, the same on every machine: for screen readers, and for nbval to compare."""
        setting = self.setting
        hypers = [f"{name} = {value:.4g}" for name, value in setting.hypers.items()]
        batch = [f"batches of {setting.batch_size}"] if setting.batch_size else []
        noise = [f"gradient noise {setting.noise:.4g}"] if setting.noise else []
        about = [self.about] if self.about else []
        return "\n".join(
            [
                f"{self.title}, {self.whose}, on: {setting.problem.title}",
                ", ".join(
                    [
                        *hypers,
                        *batch,
                        *noise,
                        f"{setting.steps} steps from {place(setting.problem, setting.start)}",
                    ]
                ),
                *about,
                *([self.note] if self.note else []),
                self.outcome,
            ]
        )


def recorded(shown: Run) -> dict[str, Array]:
    """The gradient and each part of the state that is shaped like theta, of a run or of a sweep."""
    assert shown.grads is not None
    parts = {"grad": shown.grads, **shown.states}
    return {name: part for name, part in parts.items() if part.shape == shown.theta.shape}


def derived(form: Form, shown: Run, setting: Setting) -> dict[str, Array]:
    """What a rule derives from its state (Adam's m_hat, its effective step), each shaped like theta."""
    if (
        not shown.states
        or form.derived is nothing_derived
        or isinstance(setting.problem, PlaneProblem | CurveProblem)
    ):
        return {}
    kind: Any = type(form.init(setting.problem.start))
    hypers = {
        name: value[:, None] if np.ndim(value) else value
        for name, value in {**form.defaults, **setting.hypers}.items()
    }
    with np.errstate(all="ignore"):
        found = [
            form.derived(kind(*(part[k] for part in shown.states.values())), **hypers)
            for k in range(len(shown.theta))
        ]
    return {name: np.stack([each[name] for each in found]) for name in found[0]}


def frame(rule_or_step: str | Form | Step, setting: Setting) -> Frame:
    """Run a rule, or a learner's own function beside its rule, where the controls stand.

    A learner's function that is not written yet, or fails, gives the reference's path and says so.
    """
    form, step = rule_form(rule_or_step)
    known = form.name in known_rules()
    title = form.title if isinstance(form, Rule) else f"{form.name} ({form.key})" if known else own_name(form)
    plain = replace(setting, estimate=None)

    def drawn(shown: Run, ghost: Run | None, whose: str, note: str, setting: Setting = plain) -> Frame:
        return Frame(title, setting, shown, ghost, whose, note, derived(form, shown, setting))

    whole_step = step in (form.function, form.step)
    usable = setting.estimate if setting.problem.data is not None else None
    if whole_step and usable is None:
        note = ""
        if setting.estimate is not None:
            note = f"There are no examples here for your {named(setting.estimate)}: this is the reference."
        return drawn(ran(form, plain), None, "the reference" if known else "your own rule", note)
    name = usable.__name__ if usable else step.__name__
    estimate = usable and guarded_estimate(usable)
    try:
        own = ran(form if whole_step else guarded(step), replace(setting, estimate=estimate), seconds=BUDGET)
    except NotImplementedError:
        note = f"{name} is not written yet: this is the path of the reference in its place."
        return drawn(ran(form, plain), None, "the reference", note)
    except StepError as failure:
        note = f"{failure}. This is the path of the reference in its place."
        return drawn(ran(form, plain), None, "the reference", note)
    done = replace(setting, steps=int(own.steps[-1]), estimate=usable)
    reference = ran(form, replace(done, estimate=None))
    parted = parting(own, reference, form, done)
    slow = slow_words(name, done.steps, setting.steps)
    if parted is None:
        return drawn(own, None, f"your {name}", f"{slow}{takes(f'your {name}')}", done)
    part = f"Your {name} (solid) and the reference (dashed) part at step {parted}; check({name}) can say why."
    return drawn(own, reference, f"your {name}", f"{slow}{part}", done)


def takes(whose: str) -> str:
    """What is said of a right function."""
    return f"{whose[0].upper()}{whose[1:]} takes the reference's path."


def ran(rule_or_step: Form | Step, setting: Setting, seconds: float | None = None) -> Run:
    """The run that a setting asks for, or as much as `seconds` allow; a sweep where a number is an array."""
    hypers: dict[str, Any] = dict(setting.hypers)
    return run_seen(
        rule_or_step,
        setting.problem,
        steps=setting.steps,
        start=np.stack(np.broadcast_arrays(*setting.start), axis=-1),
        batch_size=setting.batch_size,
        noise=setting.noise,
        estimate=setting.estimate,
        seconds=seconds,
        keep_states=True,
        **hypers,
    )


def parting(own: Run, reference: Run, form: Form, setting: Setting) -> int | None:
    """The first step at which two paths part, or None."""
    different = np.flatnonzero(parted(own, reference, form, setting))
    return int(reference.steps[different[0]]) if different.size else None


def parted(own: Run, reference: Run, form: Form, setting: Setting) -> NDArray[np.bool_]:
    """Where two paths differ by more than SAME of the reference's reach: shape (records,) and a sweep's.

    Some settings are chaotic: there even rounding grows large. So a difference only counts where it is far
    above what the reference makes of a start moved by a rounding error.
    """
    apart = differ(own, reference, 0.0)
    if not apart.any():
        return apart
    (x0, x1), _ = view_of(setting.problem)
    x, y = setting.start
    nearby = ran(form, replace(setting, start=(x + 1e-15 * (x1 - x0), y), estimate=None))
    with np.errstate(all="ignore"):
        shaken = np.fmax.accumulate(np.abs(nearby.theta - reference.theta).max(axis=-1))
    return differ(own, reference, 1e4 * shaken)


def differ(own: Run, reference: Run, slack: Array | float) -> NDArray[np.bool_]:
    """Where two paths differ by more than SAME of the reference's reach and `slack`.

    Overflow counts as a difference where it sets in at different steps.
    """
    with np.errstate(all="ignore"):
        reach = np.fmax.accumulate(np.abs(reference.theta).max(axis=-1))
        apart = np.abs(own.theta - reference.theta).max(axis=-1) > np.fmax(SAME * reach, slack)
    overflow = (np.isfinite(own.theta) != np.isfinite(reference.theta)).any(axis=-1)
    found: NDArray[np.bool_] = apart | overflow
    return found


def outcome(shown: Run, view: View) -> str:
    """A sentence on the end of a run."""
    steps, begun, ended = shown.steps[-1], float(shown.loss[0]), float(shown.loss[-1])
    if shown.diverged is not None:
        return f"Diverges: from step {shown.diverged} on, theta or the loss is no longer a finite number."
    losses = f"loss {loss_text(begun)} -> {loss_text(ended)}"
    end = f"ends at {place(shown.problem, shown.theta[-1])} after {steps} steps, {losses}."
    if leaves(shown.theta, view) is None:
        return f"The path {end}"
    if ended > begun:
        return f"Diverges: the path leaves the picture and {end}"
    return f"The path leaves the picture and {end}"


def leaves(theta: Array, view: View) -> int | None:
    """The first step from which a path, shape (records, 2), stays outside; None if it ends inside."""
    low, high = np.array(view).T
    with np.errstate(invalid="ignore"):
        inside = ((theta >= low) & (theta <= high)).all(axis=-1)
    if inside[-1]:
        return None
    seen = np.flatnonzero(inside)
    return int(seen[-1]) + 1 if seen.size else 0


def loss_text(loss: float) -> str:
    """Four significant digits; nothing below 1e-9, as rounding differs between processors there."""
    return f"{loss:.4g}" if loss >= 1e-9 else "less than 1e-9"


def place(problem: Problem, theta: Array | tuple[float, float]) -> str:
    """A point of what is drawn, as text; of a curve theta alone, as its loss is said beside it."""
    return f"theta = {coordinate(theta[0])}" if isinstance(problem, CurveProblem) else point(theta)


def point(theta: Array | tuple[float, float]) -> str:
    """A point as text."""
    return f"({', '.join(map(coordinate, theta))})"


def coordinate(x: float) -> str:
    """A number as text, to four digits and no finer than a thousandth."""
    return f"{round(float(x), 3) + 0.0:.4g}"
