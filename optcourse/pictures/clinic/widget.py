"""`clinic`: a broken rule, shown by its curves alone; the learner names its fault, and may mend it."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import Any

import anywidget
import numpy as np
import traitlets

from optcourse.arrays import Array
from optcourse.checking.hints import solution_text
from optcourse.errors import WrongValueError
from optcourse.learner.progress import record
from optcourse.pictures.engine.contour import contour_png
from optcourse.pictures.engine.controls import hyper_slider
from optcourse.pictures.engine.frame import Frame, Setting, outcome, ran, recorded
from optcourse.pictures.engine.plane import needs_matrix, problem_for
from optcourse.pictures.engine.still import still_png
from optcourse.pictures.engine.view import view_of
from optcourse.pictures.front_end import front_end, read
from optcourse.pictures.wire.encode import scaled, sent
from optcourse.rules import RULES, Form, Rule
from optcourse.running import Run

VISIBLE = 0.03  # of the picture's width: two paths that are never farther apart are taken for the same
CHOICES = 4  # the fault and three others, where there are as many
STEPS = 60


def clinic(rule: str | Rule | None = None, *, seed: int = 0) -> "Clinic":
    """Meet one broken rule after another; name the fault from the path, the loss and the traces.

    `rule` is one rule ("adam"), or None for all of them. `seed` fixes the sequence of patients: all faults
    that can be seen come once before any comes again. ValueError for a rule that can't be drawn.

    >>> from optcourse import clinic
    >>> type(clinic("adam", seed=1)).__name__
    'Clinic'
    """
    name = rule.name if isinstance(rule, Rule) else rule
    if name is not None and name not in RULES:
        raise WrongValueError(f"clinic has no patients of {name!r}; it has {', '.join(RULES)}.")
    return Clinic(name, int(seed))


@dataclass(frozen=True)
class Patient:
    """One case: a mistake of a rule, where it shows, and the mistakes that it is to be told from.

    `choices` holds keys of the rule's mistakes, `key` among them, in the order in which they are shown.
    """

    rule: Rule
    key: str
    setting: Setting
    choices: tuple[str, ...]

    @property
    def form(self) -> Form:
        """The broken form."""
        return self.rule.mistakes[self.key]


def patients(rule: str | None, seed: int) -> Iterator[Patient]:
    """The endless sequence for a rule (None: all) and a seed: each round is shuffled anew, and complete."""
    names = tuple(RULES) if rule is None else (rule,)
    cases = [(name, key) for name in names for key in RULES[name].mistakes]
    for round_number in count():
        random = np.random.default_rng([seed, round_number])
        for number in random.permutation(len(cases)):
            found = patient(RULES[cases[number][0]], cases[number][1], random)
            if found is not None:
                yield found


def patient(rule: Rule, key: str, random: np.random.Generator) -> Patient | None:
    """The case of one mistake in the first setting that shows it and another beside it, or None."""
    for number, setting in enumerate(settings(rule)):
        reference, shown = seen_path(rule, None, number), seen_path(rule, key, number)
        if not apart(shown, reference):
            continue
        others = [
            other
            for other in rule.mistakes
            if apart(seen_path(rule, other, number), reference)
            and apart(seen_path(rule, other, number), shown)
        ]
        if others:
            picked = [others[i] for i in random.permutation(len(others))[: CHOICES - 1]] + [key]
            choices = tuple(picked[i] for i in random.permutation(len(picked)))
            return Patient(rule, key, setting, choices)
    return None


@cache
def settings(rule: Rule) -> tuple[Setting, ...]:
    """Where mistakes are looked for: a bowl (of matrices), two learning rates, usual and unusual hypers.

    A hyper that is written in as a constant shows only away from its default, and eps only where it is
    large: the catalogue names such a value for each hyper (`probe`).
    """
    problem = problem_for(rule, "matrix" if needs_matrix(rule) else "quadratic")
    x, y = (float(part) for part in problem.start)
    low, high = rule.hypers["lr"].slider
    usual = {name: hyper_slider(hyper, None).opening for name, hyper in rule.hypers.items()}
    unusual = {name: hyper.probe for name, hyper in rule.hypers.items()}
    rates = [float(f"{low * (high / low) ** part:.2g}") for part in (0.5, 0.75)]
    return tuple(
        Setting(problem, (x, y), STEPS, {**hypers, "lr": lr}) for hypers in (usual, unusual) for lr in rates
    )


@cache
def seen_path(rule: Rule, key: str | None, number: int) -> Array:
    """The path of the reference (None) or of a mistake in a setting, in widths of the picture, cut off at its
    edge, (records, 2)."""
    setting = settings(rule)[number]
    low, high = np.array(view_of(setting.problem)).T
    theta = treated(rule, key, setting).theta
    path: Array = (np.clip(np.where(np.isfinite(theta), theta, np.inf), low, high) - low) / (high - low)[0]
    return path


def treated(rule: Rule, key: str | None, setting: Setting) -> Run:
    """The run of the reference (None) or of a mistake, which may know fewer hypers."""
    form = rule if key is None else rule.mistakes[key]
    known = {name: value for name, value in setting.hypers.items() if name in form.hypers}
    return ran(form, replace(setting, hypers=known))


def apart(one: Array, other: Array) -> bool:
    """Whether two paths are VISIBLE apart at any step."""
    return bool(np.abs(one - other).max() > VISIBLE)


class Clinic(anywidget.AnyWidget):
    """One patient at a time.

    The browser judges, and writes `answered` (the choice, the tries, whether it is right, whether the fault
    was shown) and `asked` (the number of the patient it wants); the kernel answers with `case`.
    """

    _esm = front_end("clinic/widget.js")
    _css = read("engine/picture.css") + read("engine/question.css")
    asked = traitlets.Dict().tag(sync=True)
    case: Any = traitlets.Dict().tag(sync=True)
    background = traitlets.Unicode().tag(sync=True)
    answered: Any = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, rule: str | None, seed: int) -> None:
        self._sequence = patients(rule, seed)
        self._seen: list[Patient] = []
        self._behind = ""  # the problem that the background shows
        super().__init__()
        self._meet(1, 0)

    def __repr__(self) -> str:
        return "\n".join([self._frame.summary, *(f"( ) {text}" for text in self.case["options"])])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where there is no kernel or no trust a still image and a text."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        still = b64encode(still_png(self._frame)).decode()
        return {**data, "image/png": still, "text/plain": repr(self)}, metadata

    def _meet(self, number: int, serial: int) -> None:
        """Send the patient with this number, the first being 1."""
        while len(self._seen) < number:
            self._seen.append(next(self._sequence))
        now = self._seen[number - 1]
        self._patient, self._frame = now, frame_of(now, number)
        with self.hold_sync():
            if now.setting.problem.name != self._behind:
                self._behind = now.setting.problem.name
                self.background = (
                    "data:image/png;base64," + b64encode(contour_png(now.setting.problem)).decode()
                )
            self.answered, self.note = {}, ""
            self.case = {"serial": serial, "number": number, **case_of(now, self._frame)}

    @traitlets.observe("asked")
    def _asked(self, change: Any) -> None:
        self._meet(int(change.new["number"]), int(change.new["serial"]))

    @traitlets.observe("answered")
    def _answered(self, change: Any) -> None:
        if change.new:
            key = f"{self._patient.rule.name}: {self._patient.form.says}"
            self.note = record("clinic", key, found=bool(change.new["right"])) or ""


def frame_of(patient: Patient, number: int) -> Frame:
    """The patient's picture; nothing in it names the fault."""
    reference, shown = (treated(patient.rule, key, patient.setting) for key in (None, patient.key))
    title = f"Patient {number}: {patient.rule.title}"
    note = "The reference's path is dashed. One fault has slipped into the solid one: which?"
    return Frame(title, patient.setting, shown, reference, "with a fault", note)


def case_of(patient: Patient, frame: Frame) -> dict[str, Any]:
    """A patient as the browser gets it."""
    rule, form = patient.rule, patient.form
    ghosts = recorded(frame.ghost) if frame.ghost else {}
    forms = [rule.mistakes[key] for key in patient.choices]
    ends = [outcome(treated(rule, key, patient.setting), frame.view) for key in patient.choices]
    return {
        **sent(frame),
        "hypers": ", ".join(f"{name} = {value:g}" for name, value in patient.setting.hypers.items()),
        "ghost_traces": {name: scaled(ghosts[name]) for name in frame.traces if name in ghosts},
        "options": [choice.says for choice in forms],
        "ends": ends,
        "right": patient.choices.index(patient.key),
        "says": form.says,
        "diff": [list(pair) for pair in form.diff],
        "step": f"{rule.name}_step",
        "code": str(solution_text(rule, form, "step")),
    }
