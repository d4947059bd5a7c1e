"""`explore`: a rule at work under sliders. The kernel computes paths, widget.js draws them."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anywidget
import traitlets

from optcourse.errors import WrongValueError
from optcourse.pictures.engine.contour import contour_png
from optcourse.pictures.engine.controls import (
    Control,
    Slider,
    check_opening,
    controls_for,
    opening_values,
    problem_at,
    setting_at,
)
from optcourse.pictures.engine.fallback import RuleOrStep, handed
from optcourse.pictures.engine.frame import Frame, frame
from optcourse.pictures.engine.plane import problem_for
from optcourse.pictures.engine.still import still_png
from optcourse.pictures.engine.strips import NoStripError, strip
from optcourse.pictures.explore.presets import PRESETS, presets_of
from optcourse.pictures.explore.snippet import code_for
from optcourse.pictures.front_end import front_end, read
from optcourse.pictures.wire.encode import sent, sent_strip
from optcourse.problems import Problem
from optcourse.running import Estimate, rule_form

__all__ = ["Explorer", "explore"]


def explore(
    step_or_name: RuleOrStep,
    *,
    problem: str | Problem | None = None,
    estimate: Estimate | None = None,
    **opening: float,
) -> "Explorer":
    """Watch a rule, or your own step function, move under sliders.

    `problem` is the one to open with: quadratic, or regression where batches matter, or matrix where the rule
    needs one, unless you choose; any problem of two parameters will do.
    `estimate` is your own function for the gradient of a batch, sgd_grad or minibatch_grad;
    explore(sgd_grad) stands for explore("sgd", estimate=sgd_grad).
    Further keywords say where sliders open: a hyper by its name, `steps`, `condition`, `batch`, `noise`,
    `x`, `y`. Raises ValueError or TypeError for what can't be drawn.

    `step_or_name` is a rule's name, a form, or a function named after its rule.

    >>> from optcourse import explore
    >>> type(explore("adam", problem="rosenbrock", lr=0.1, steps=50)).__name__
    'Explorer'
    """
    return Explorer(*handed(step_or_name, estimate), problem, opening)


class Explorer(anywidget.AnyWidget):
    """One picture with its controls.

    The browser writes `asked` (a serial number, perhaps a `preset` of the learning rate, and where its
    controls stand; what is left out stands where it opens). The kernel answers with `frame`, and with
    `controls` and `background` where they change. When a slider is taken hold of, the browser asks for its
    strip by a message, and the kernel sends it by another.
    """

    _esm = front_end("explore/widget.js")
    _css = read("engine/picture.css") + read("explore/widget.css")
    asked = traitlets.Dict().tag(sync=True)
    controls: Any = traitlets.List().tag(sync=True)
    background = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        step_or_name: RuleOrStep,
        estimate: Estimate | None,
        problem: str | Problem | None,
        opening: Mapping[str, float],
    ) -> None:
        self._step, self._estimate = step_or_name, estimate
        self._form, _ = rule_form(step_or_name)
        self._given = problem_for(self._form, problem)
        self._opening = dict(opening)
        check_opening(self._form, self._controls_with(self._given), self._opening)
        self._behind: tuple[Any, ...] = ()  # what the background shows
        super().__init__()
        self.on_msg(self._strip_asked)
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
        controls, values, self._now = self._at(asked.get("values", {}))
        said = ""
        if "preset" in asked:
            if asked["preset"] not in PRESETS:
                raise WrongValueError(f"A preset is one of {', '.join(PRESETS)}; got {asked['preset']!r}.")
            found, said = self.presets()[asked["preset"]]
            controls, values, self._now = self._at({**values, "lr": found})
        problem = self._now.setting.problem
        usable = self._estimate if problem.data is not None else None
        code = code_for(self._step, replace(self._now.setting, estimate=usable))
        with self.hold_sync():
            behind = (problem.name, *problem.constants.values())
            if behind != self._behind:
                self._behind = behind
                self.background = "data:image/png;base64," + b64encode(contour_png(problem)).decode()
            self.controls = [dict(vars(control)) for control in controls]
            about = {"serial": asked.get("serial", 0), "values": values, "code": code, "said": said}
            self.frame = {**about, **sent(self._now)}

    def presets(self) -> dict[str, tuple[float, str]]:
        """The learning rate of each preset where all else stands as it is shown, and what is to say of it."""
        controls = self._controls_with(self._now.setting.problem)
        lr = next(one for one in controls if isinstance(one, Slider) and one.name == "lr")
        return presets_of(self._form, replace(self._now.setting, estimate=None), lr)

    def _at(self, wanted: Mapping[str, Any]) -> tuple[tuple[Control, ...], dict[str, Any], Frame]:
        """The controls, where they stand, and the picture; what `wanted` leaves out stands where it opens."""
        problem = problem_at({**opening_values(self._controls_with(self._given)), **wanted}, self._given)
        controls = self._controls_with(problem)
        values = {**opening_values(controls), **wanted}
        setting = replace(setting_at(values, self._form, problem), estimate=self._estimate)
        return controls, values, frame(self._step, setting)

    def _strip_asked(self, _: Any, asked: Mapping[str, Any], buffers: Any) -> None:
        """Send the paths for every position of a slider, or the reason why there are none.

        It is a message and no trait, so that no notebook stores it.
        """
        controls, _values, now = self._at(asked["values"])
        slider = next(one for one in controls if isinstance(one, Slider) and one.name == asked["strip"])
        try:
            made = strip(self._step, slider, now, self._estimate)
            header, data = sent_strip(made)
        except NoStripError as reason:
            header, data = {"refused": str(reason)}, []
        self.send({"id": asked["id"], **header}, data)
