"""`explore`: a rule at work under sliders. The kernel computes paths, explorer.js draws them."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import anywidget
import numpy as np
import traitlets

from optcourse.arrays import Array, Step
from optcourse.pictures.contour import contour_png
from optcourse.pictures.controls import (
    Control,
    check_opening,
    controls_for,
    opening_values,
    problem_at,
    setting_at,
)
from optcourse.pictures.frame import Frame, frame
from optcourse.pictures.still import still_png
from optcourse.problems import Problem, problem_named
from optcourse.rules import Form
from optcourse.running import rule_form


def explore(
    step_or_name: str | Form | Step, *, problem: str | Problem | None = None, **opening: float
) -> "Explorer":
    """Watch a rule, or your own step function, move under sliders.

    `problem` is the one to open with: quadratic, or regression where batches matter, unless you choose; any
    problem of two parameters will do.
    Further keywords say where sliders open: a hyper by its name, `steps`, `condition`, `batch`, `x`, `y`.
    Raises ValueError or TypeError for what can't be drawn.
    """
    return Explorer(step_or_name, problem, opening)


IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";$', re.MULTILINE)


def front_end(entry: str) -> str:
    """The module `entry` of this folder with the files it imports before it, each once.

    A widget's module reaches the browser as one text, which can't import its neighbours; so top-level names
    must differ between the files.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        text = read(name)
        for neighbour in IMPORT.findall(text):
            if neighbour not in texts:
                add(neighbour)
        text = IMPORT.sub("", text)
        texts[name] = text if name == entry else re.sub(r"^export ", "", text, flags=re.MULTILINE)

    add(entry)
    return "\n".join(texts.values())


def read(name: str) -> str:
    """A text file of this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


class Explorer(anywidget.AnyWidget):
    """One picture with its controls.

    The browser writes `asked` (a serial number and where its controls stand; what is left out stands where it
    opens). The kernel answers with `frame`, and with `controls` and `background` where they change.
    """

    _esm = front_end("explorer.js")
    _css = read("explorer.css")
    asked = traitlets.Dict().tag(sync=True)
    controls: Any = traitlets.List().tag(sync=True)
    background = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self, step_or_name: str | Form | Step, problem: str | Problem | None, opening: Mapping[str, float]
    ) -> None:
        self._step = step_or_name
        self._form, _ = rule_form(step_or_name)
        self._given = problem_named(problem or ("regression" if self._form.estimate else "quadratic"))
        self._opening = dict(opening)
        check_opening(self._form, self._controls_with(self._given), self._opening)
        self._behind: tuple[Any, ...] = ()  # what the background shows
        super().__init__()
        self._answer({})

    def __repr__(self) -> str:
        return self._now.summary

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where there is no kernel or no trust a still image and a text."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        still = b64encode(still_png(self._now)).decode()
        return {**data, "image/png": still, "text/plain": repr(self)}, metadata

    def move(self, **values: Any) -> None:
        """Put controls elsewhere, by name; the others stay."""
        self.asked = {"values": {**self.frame["values"], **values}}

    @traitlets.observe("asked")
    def _asked(self, change: Any) -> None:
        self._answer(change.new)

    def _controls_with(self, problem: Problem) -> tuple[Control, ...]:
        return controls_for(self._form, problem, self._given, self._opening)

    def _answer(self, asked: Mapping[str, Any]) -> None:
        """Compute the picture for where the browser's controls stand, and send it in one message."""
        wanted = asked.get("values", {})
        problem = problem_at({**opening_values(self._controls_with(self._given)), **wanted}, self._given)
        controls = self._controls_with(problem)
        values = {**opening_values(controls), **wanted}
        self._now = frame(self._step, setting_at(values, self._form, problem))
        with self.hold_sync():
            behind = (problem.name, *problem.constants.values())
            if behind != self._behind:
                self._behind = behind
                self.background = "data:image/png;base64," + b64encode(contour_png(problem)).decode()
            self.controls = [asdict(control) for control in controls]
            self.frame = {"serial": asked.get("serial", 0), "values": values, **sent(self._now)}


def sent(now: Frame) -> dict[str, Any]:
    """A frame as the browser gets it: arrays as bytes of float32, losses as their logarithms."""
    optimum = now.setting.problem.optimum
    return {
        "title": now.title,
        "problem": now.setting.problem.title,
        "note": now.note,
        "outcome": now.outcome,
        "summary": now.summary,
        "view": now.view,
        "optimum": None if optimum is None else optimum.tolist(),
        "diverged": now.shown.diverged,
        "path": float32(now.shown.theta),
        "loss": float32(log10(now.shown.loss)),
        "ghost": None if now.ghost is None else float32(now.ghost.theta),
        "ghost_loss": None if now.ghost is None else float32(log10(now.ghost.loss)),
        "traces": [{"name": name, **scaled(trace)} for name, trace in now.traces.items()],
    }


def scaled(trace: Array) -> dict[str, Any]:
    """A trace as float32, in units of ten to a power where it grows beyond what float32 can hold."""
    trace = np.clip(trace, -1e300, 1e300)
    largest = np.max(np.abs(trace), initial=0.0, where=np.isfinite(trace))
    power = int(np.log10(largest)) if largest > 1e30 else 0
    return {"power": power, "data": float32(trace / 10.0**power)}


def log10(loss: Array) -> Array:
    """The decimal logarithm, -inf for a loss of zero and nan below it."""
    with np.errstate(all="ignore"):
        return np.log10(loss)


def float32(values: Array) -> bytes:
    """Little-endian float32, row by row. A finite number stays finite, so divergence is drawn to its end."""
    limit = np.finfo(np.float32).max
    finite = np.where(np.isfinite(values), np.clip(values, -limit, limit), values)
    return finite.astype("<f4").tobytes()
