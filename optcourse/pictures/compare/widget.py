"""`compare`: rules and settings moving at once on one surface. The browser plays what it was sent once."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from optcourse.palette import LOOKS
from optcourse.pictures.compare.model import TARGET, Entrant, Item, entrants, paired, summary
from optcourse.pictures.compare.still import compare_png
from optcourse.pictures.engine.contour import contour_png
from optcourse.pictures.engine.controls import hyper_slider
from optcourse.pictures.engine.plane import about_axes, axis_names, needs_matrix, problem_for
from optcourse.pictures.engine.view import view_of
from optcourse.pictures.front_end import front_end, read
from optcourse.pictures.wire.encode import float32, log10
from optcourse.problems import Problem, problem_named
from optcourse.running import rule_form


def compare(
    items: Sequence[Item],
    *,
    problem: str | Problem | None = None,
    steps: int = 200,
    start: Any = None,
    **hypers: Any,
) -> "Comparison":
    """Watch several rules, settings or functions of your own move on one surface.

    An item is a name ("adam"), a step function of yours (adam_step) or an estimate of the gradient
    (sgd_grad), or a pair of one of these and its hypers: `compare(["gd", adam_step, ("adam", {"lr": 0.3})])`;
    a pair's hypers may hold `estimate`. Up to six items. Hypers given as keywords are for every item that has
    them; the others stand where `explore` opens. A hyper may be a schedule.
    `problem` is a name or a problem of two parameters: quadratic, or matrix where a rule needs one, or
    regression where a rule is about batches, unless you choose; there `batch_size` is how many examples each
    gradient takes.
    Raises ValueError or TypeError for what can't be compared.

    `items` are these; `steps` is how many are made, `start` the first theta, two numbers; without it the
    problem's own.

    >>> from optcourse import compare
    >>> type(compare(["gd", ("adam", {"lr": 0.3})], steps=50)).__name__
    'Comparison'
    """
    return Comparison(items, problem, steps, start, hypers)


class Comparison(anywidget.AnyWidget):
    """Several paths with their losses and standings, and what moves along them.

    `scene` holds all paths. The browser writes `asked` (a serial number, and a learning rate for some items,
    by number) only where a learning rate is moved; then a new scene is the answer.
    """

    _esm = front_end("compare/widget.js")
    _css = read("engine/picture.css") + read("compare/widget.css")
    asked = traitlets.Dict().tag(sync=True)
    background = traitlets.Unicode().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        items: Sequence[Item],
        problem: str | Problem | None,
        steps: int,
        start: Any,
        shared: Mapping[str, Any],
    ) -> None:
        self._pairs = paired(items)
        forms = [rule_form(item)[0] for item, _ in self._pairs]
        decisive = [form for form in forms if form.estimate or needs_matrix(form)] or forms
        self._problem = problem_for(decisive[0], problem) if decisive else problem_named("quadratic")
        self._steps, self._start, self._shared = steps, start, dict(shared)
        now = self._run({})
        super().__init__()
        self.background = "data:image/png;base64," + b64encode(contour_png(self._problem)).decode()
        self._show(now, 0)

    def __repr__(self) -> str:
        return summary(self._now)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view, and for where there is no kernel or no trust a still image and a text."""
        view: Any = super()._repr_mimebundle_(**kwargs)
        data, metadata = view
        return {
            **data,
            "image/png": b64encode(compare_png(self._now)).decode(),
            "text/plain": repr(self),
        }, metadata

    @traitlets.observe("asked")
    def _asked(self, change: Any) -> None:
        rates = {int(number): float(rate) for number, rate in change.new.get("lr", {}).items()}
        self._show(self._run(rates), change.new.get("serial", 0))

    def _run(self, rates: Mapping[int, float]) -> tuple[Entrant, ...]:
        """All items, some with another learning rate."""
        pairs = [
            (item, {**own, "lr": rates[number]} if number in rates else own)
            for number, (item, own) in enumerate(self._pairs)
        ]
        return entrants(pairs, self._problem, self._steps, self._start, self._shared)

    def _show(self, now: tuple[Entrant, ...], serial: int) -> None:
        self._now = now
        self.scene = {"serial": serial, **sent(now)}


def sent(now: Sequence[Entrant]) -> dict[str, Any]:
    """The entrants as the browser gets them: arrays as bytes of float32, losses as their logarithms."""
    problem = now[0].setting.problem
    return {
        "problem": problem.title,
        "steps": now[0].setting.steps,
        "view": view_of(problem),
        "axes": axis_names(problem),
        "about": about_axes(problem),
        "optimum": None if problem.optimum is None else problem.optimum.tolist(),
        "target": TARGET,
        "summary": summary(now),
        "notes": list(dict.fromkeys(one.note for one in now if one.note)),
        "entrants": [
            {
                "name": one.name,
                "label": one.label,
                "told": one.told,
                "look": look._asdict(),
                "path": float32(one.run.theta),
                "loss": float32(log10(one.run.loss)),
                "distance": None if one.distance is None else float32(log10(one.distance)),
                "arrived": one.arrived,
                "diverged": one.run.diverged,
                "rates": rates(one),
            }
            for one, look in zip(now, LOOKS, strict=False)
        ],
    }


def rates(one: Entrant) -> dict[str, Any] | None:
    """The positions of an entrant's learning-rate slider and where it stands; None where it has none."""
    at = one.setting.hypers.get("lr")
    if at is None or callable(at):
        return None
    return {"positions": hyper_slider(one.form.hypers["lr"], float(at)).positions, "at": float(at)}
