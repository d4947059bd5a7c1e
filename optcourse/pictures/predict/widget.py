"""`predict`: say what a rule will do, commit to it, then see. All is sent at once, none is computed later."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Any

import anywidget
import matplotlib as mpl
import numpy as np
import traitlets
from matplotlib.figure import Figure

from optcourse.arrays import Array, Step
from optcourse.errors import WrongValueError
from optcourse.learner.progress import record
from optcourse.pictures.engine.contour import contour_png, draw_contour
from optcourse.pictures.engine.controls import hyper_slider
from optcourse.pictures.engine.curve import as_it_is
from optcourse.pictures.engine.fallback import own_or_reference
from optcourse.pictures.engine.frame import outcome, place
from optcourse.pictures.engine.guard import BUDGET, StepError
from optcourse.pictures.engine.plane import (
    about_axes,
    axis_names,
    needs_matrix,
    problem_for,
    run_seen,
    usual_for,
)
from optcourse.pictures.engine.still import PATH, STYLE, png
from optcourse.pictures.engine.view import view_of
from optcourse.pictures.front_end import front_end, read
from optcourse.pictures.predict.behaviour import Behaviour, behaviour
from optcourse.pictures.quiz.widget import short
from optcourse.pictures.wire.encode import float32, log10
from optcourse.problems import Problem
from optcourse.rules import Form, Rule
from optcourse.running import Run, rule_form

FACTOR = 2.0  # a number within this factor of the truth counts as right
PATIENCE = 3.0  # seconds of computing for all positions of the slider
USUAL = 200  # steps in a picture
LONGEST = 3000  # steps after which a loss not reached counts as never reached
CHOICES = {
    "converge": "It converges: it comes nearer and nearer, without swinging.",
    "oscillate": "It oscillates: it swings from side to side of the minimum, without leaving it.",
    "diverge": "It diverges: it gets farther and farther away.",
}


def predict(
    step_or_name: str | Form | Step,
    *,
    problem: str | Problem | None = None,
    quantity: str = "behaviour",
    free: str | None = None,
    steps: int | None = None,
    start: tuple[float, float] | None = None,
    question: str | None = None,
    **hypers: float,
) -> "Prediction":
    """Predict what a rule, or your own step function, does; then see it, and move one slider.

    `quantity` is what is predicted: "behaviour" (converge, oscillate or diverge; behaviour.py says how each
    is told), "steps to 1e-3" (how many steps until the loss is that low), or "loss after 50" (steps). A
    number is right within a factor of 2. `free` is the hyper whose slider unlocks: the first of `hypers`,
    else lr. `steps` is how many are drawn; `question` replaces the words of the question.
    Raises ValueError or TypeError for what can't be asked.

    `step_or_name` and `problem` are as in `explore`; `start` is the first theta, two numbers; `hypers` are
    set at these values.

    >>> from optcourse import predict
    >>> type(predict("gd", lr=0.3)).__name__
    'Prediction'
    """
    form, step = rule_form(step_or_name)
    form.check_hypers(hypers)
    found = problem_for(form, problem or ("matrix" if needs_matrix(form) else usual_for(form)))
    view_of(found)  # raises for a problem that can't be drawn
    slider = free or next(iter(hypers), "lr" if "lr" in form.hypers else next(iter(form.hypers), ""))
    if slider not in form.hypers:
        raise WrongValueError(
            f"free must be a hyper of {form.name}: {', '.join(form.hypers)}; got {slider!r}."
        )
    values = {**{name: hyper_slider(one, None).opening for name, one in form.hypers.items()}, **hypers}
    begin = found.start if start is None else np.array(start, dtype=float)
    scene = Scene(form, step, found, begin, values, slider, quantity_of(quantity), steps or 0, "")
    return Prediction(posed(scene), question)


@dataclass(frozen=True)
class Quantity:
    """What is predicted: a behaviour, the steps to a loss, or the loss after some steps."""

    kind: str
    amount: float = 0.0


def quantity_of(text: str) -> Quantity:
    """The quantity that a text names; ValueError for another text."""
    if text == "behaviour":
        return Quantity("behaviour")
    if match := re.fullmatch(r"(steps to|loss after) (\S+)", text):
        try:
            amount = float(match[2])
        except ValueError:
            amount = 0.0
        if 0 < amount < inf and (match[1] == "steps to" or (amount == int(amount) <= LONGEST)):
            return Quantity(match[1], amount)
    raise WrongValueError(
        f"quantity must be 'behaviour', 'steps to 1e-3' (a loss) or 'loss after 50' (at most {LONGEST} "
        f"steps); got {text!r}."
    )


@dataclass(frozen=True)
class Scene:
    """What is run: a step on a problem from a start, with one hyper that will be free."""

    form: Form
    step: Step
    problem: Problem
    start: Array
    hypers: Mapping[str, float]
    free: str
    quantity: Quantity
    steps: int  # 0: as many as show the answer
    note: str  # whose function it is, where that is not plain

    def ran(self, steps: int, seconds: float = 0.0, **changed: Any) -> Run:
        """The run with some hypers changed; StepError where a learner's function is slow.

        It has BUDGET for as many steps as a picture has, at least, or `seconds`.
        """
        own = self.step is not self.form.function
        run = run_seen(
            self.step if own else self.form,
            self.problem,
            steps=steps,
            start=self.start,
            seconds=max(seconds, BUDGET * steps / USUAL, BUDGET) if own else None,
            **{**self.hypers, **changed},
        )
        if (done := int(run.steps[-1])) < steps:
            raise StepError(f"{self.step.__name__} is slow: only {done} of {steps} steps were made in time")
        return run

    def told(self, path: Run, **changed: Any) -> Behaviour:
        """What one path does, and why."""
        hypers = {**self.hypers, **changed}
        problem, start, path = as_it_is(self.problem, self.start, path)
        return behaviour(self.form, self.step, problem, start, hypers, path)


@dataclass(frozen=True)
class Truth:
    """The answer (a key of CHOICES, or a number; infinite for never) and the sentence that says why."""

    answer: str | float
    why: str


def truth_of(scene: Scene) -> Truth:
    """What is right, at the values that are asked about."""
    quantity = scene.quantity
    if quantity.kind == "behaviour":
        found = scene.told(scene.ran(scene.steps or 60))
        return Truth(found.kind, found.why)
    if quantity.kind == "loss after":
        loss = float(scene.ran(int(quantity.amount)).loss[-1])
        if not isfinite(loss):
            return Truth(inf, f"After {quantity.amount:g} steps the loss is no finite number any more.")
        return Truth(loss, f"After {quantity.amount:g} steps the loss is {loss:.4g}.")
    reached = np.flatnonzero(scene.ran(LONGEST).loss <= quantity.amount)
    if not reached.size:
        return Truth(inf, f"The loss does not get down to {quantity.amount:g} within {LONGEST} steps.")
    return Truth(
        float(reached[0]),
        f"The loss is at most {quantity.amount:g} for the first time after {reached[0]} steps.",
    )


def steps_shown(scene: Scene, truth: Truth) -> int:
    """How many steps to draw: as asked, else as many as show the answer."""
    if scene.steps:
        return scene.steps
    if scene.quantity.kind == "loss after":
        return int(min(scene.quantity.amount, 300))
    if scene.quantity.kind == "steps to" and isinstance(truth.answer, float) and isfinite(truth.answer):
        return int(np.clip(1.3 * truth.answer, 20, 300))
    return 60


def asked_in_words(scene: Scene, shown: int) -> str:
    """The question."""
    title = scene.form.title if isinstance(scene.form, Rule) else f"{scene.form.name} ({scene.form.key})"
    hypers = ", ".join(f"{name} = {value:g}" for name, value in scene.hypers.items())
    where = (
        f"{title} with {hypers}, from {place(scene.problem, tuple(scene.start))} on: {scene.problem.title}."
    )
    where = f"{where} {about_axes(scene.problem)}".strip()
    if scene.quantity.kind == "behaviour":
        return f"{where} What does the path do?"
    if scene.quantity.kind == "loss after":
        return f"{where} What is the loss after {scene.quantity.amount:g} steps?"
    return f"{where} After how many steps is the loss at most {scene.quantity.amount:g} for the first time?"


@dataclass(frozen=True)
class Posed:
    """A question with all that is sent of it: its answer, and its pictures."""

    scene: Scene
    truth: Truth
    steps: int
    strip: dict[str, Any]


def posed(scene: Scene) -> Posed:
    """The question; about the reference where a learner's function is not written yet, fails or is slow."""

    def answered(which: Form | Step, **own: Any) -> Posed:
        here = replace(scene, step=which.function if isinstance(which, Form) else which)
        truth = truth_of(here)
        shown = steps_shown(here, truth)
        return Posed(here, truth, shown, strip_of(here, shown))

    handed_in = scene.form if scene.step in (scene.form.function, scene.form.step) else scene.step
    made = own_or_reference(handed_in, answered)
    note = f"This runs {made.label}." if made.own else made.note
    return replace(made.run, scene=replace(made.run.scene, note=note))


class Prediction(anywidget.AnyWidget):
    """One prediction. The browser judges, and writes `answered`: what was said and whether it is right."""

    _esm = front_end("predict/widget.js")
    _css = read("engine/picture.css") + read("engine/question.css")
    asked = traitlets.Dict().tag(sync=True)
    strip = traitlets.Dict().tag(sync=True)
    answered: Any = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, posed: Posed, question: str | None) -> None:
        self._scene, self._truth = posed.scene, posed.truth
        words = question or asked_in_words(posed.scene, posed.steps)
        super().__init__(asked=asked_of(posed.scene, posed.truth, words), strip=posed.strip)

    def __repr__(self) -> str:
        options = [f"( ) {one['text']}" for one in self.asked["options"]] or ["(write a number)"]
        note = [self.asked["note"]] if self.asked["note"] else []
        return "\n".join([f"Predict: {self.asked['question']}", *options, *note])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where it can't be shown the question with its still, without the answer."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        still = b64encode(still_of(self._scene)).decode()
        return {**data, "image/png": still, "text/plain": repr(self)}, metadata

    @traitlets.observe("answered")
    def _answered(self, change: Any) -> None:
        if change.new:
            facts = {
                "guess": change.new["said"],
                "truth": self._truth.answer,
                "quantity": self._scene.quantity.kind,
            }
            key = short(self.asked["question"], 160)
            self.note = record("prediction", key, right=bool(change.new["right"]), **facts) or ""


def asked_of(scene: Scene, truth: Truth, question: str) -> dict[str, Any]:
    """The question and its answer as the browser gets them."""
    behaves = scene.quantity.kind == "behaviour"
    never = isinstance(truth.answer, float) and not isfinite(truth.answer)
    options = [{"key": key, "text": text} for key, text in CHOICES.items()] if behaves else []
    return {
        "question": question,
        "kind": "one" if behaves else "number",
        "options": options,
        "truth": "never" if never else truth.answer,
        "why": truth.why,
        "factor": FACTOR,
        "counts": scene.quantity.kind == "steps to",
        "note": scene.note,
    }


def strip_of(scene: Scene, steps: int) -> dict[str, Any]:
    """The paths at every position of the free slider, and what is around them."""
    problem, free = scene.problem, scene.free
    slider = hyper_slider(scene.form.hypers[free], scene.hypers[free])
    paths = scene.ran(steps, PATIENCE, **{free: np.array(slider.positions)})
    view = view_of(problem)
    kinds, outcomes = [], []
    for number, value in enumerate(slider.positions):
        path = replace(paths, theta=paths.theta[:, number], loss=paths.loss[:, number])
        kinds.append(scene.told(path, **{free: value}).kind)
        said = outcome(path, view).removeprefix("Diverges: ")  # the kind has said so
        outcomes.append(said[:1].upper() + said[1:])
    return {
        "view": view,
        "axes": axis_names(problem),
        "optimum": None if problem.optimum is None else problem.optimum.tolist(),
        "background": "data:image/png;base64," + b64encode(contour_png(problem)).decode(),
        "name": slider.label,
        "meaning": slider.meaning,
        "positions": list(slider.positions),
        "opening": slider.positions.index(slider.opening),
        "steps": steps,
        "paths": float32(np.moveaxis(paths.theta, 1, 0)),
        "losses": float32(log10(paths.loss.T)),
        "diverged": [int(step) for step in paths.diverged],
        "target": scene.quantity.amount if scene.quantity.kind == "steps to" else None,
        "kinds": kinds,
        "outcomes": outcomes,
    }


def still_of(scene: Scene) -> bytes:
    """The contour with the start alone: what is known before the prediction."""
    style: Any = dict(mpl.rcParamsDefault) | STYLE
    with mpl.rc_context(style):
        figure = Figure(figsize=(5.2, 4.2), dpi=100)
        axes = figure.add_axes((0.11, 0.11, 0.86, 0.82))
        draw_contour(axes, scene.problem)
        axes.set_aspect("equal")
        across, up = axis_names(scene.problem)
        axes.set(xlabel=across, ylabel=up)
        axes.set_title(f"{scene.problem.title}: where does the path go?", fontsize=9)
        if scene.problem.optimum is not None:
            axes.plot(*scene.problem.optimum, "+", color="black", markersize=9, label="minimum")
        axes.plot(*scene.start, "o", markeredgecolor=PATH, markerfacecolor="white", label="start")
        axes.legend(loc="best", fontsize=7, framealpha=0.85)
        return png(figure, 96)
