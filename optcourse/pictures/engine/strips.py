"""A strip: the paths for every position of one slider, from one sweep, so that dragging needs no kernel.

Pure, and knows nothing of widgets or the browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array, Step
from optcourse.pictures.engine.controls import Slider
from optcourse.pictures.engine.frame import Frame, Setting, derived, parted, ran, recorded
from optcourse.pictures.engine.guard import told
from optcourse.rules import Form
from optcourse.running import Estimate, Run, rule_form

PATIENCE = 0.5  # seconds of computing for a strip; more would keep the kernel from its other answers


class NoStripError(Exception):
    """There can be no strip; the message is the reason, written for the learner."""


@dataclass(frozen=True)
class Strip:
    """All positions of a slider: theta and traces are (records, positions, 2), losses (records, positions).

    The slider of the steps needs one path only, the longest: its strip has a single position.
    `parted` says at which positions a learner's own path leaves the reference's, `ghost`.
    """

    slider: Slider
    shown: Run
    traces: Mapping[str, Array]
    ghost: Run | None
    parted: NDArray[np.bool_]


def strip(
    rule_or_step: str | Form | Step, slider: Slider, now: Frame, estimate: Estimate | None = None
) -> Strip:
    """The strip of `slider`, while all else stands as in `now`; NoStripError says why there is none.

    `estimate` is the learner's own function for the gradient of a batch.
    """
    form, step = rule_form(rule_or_step)
    if not form.elementwise and slider.name != "steps":
        raise NoStripError(
            f"{now.title} mixes the coordinates of theta, so one call of its step cannot move many paths"
        )
    plain = replace(now.setting, estimate=None)
    wanted = moved(plain, slider.name, np.array(slider.positions))
    reference = ran(form, wanted)
    if now.whose == "the reference":
        check_positions(form, reference, slider, plain)
        nowhere = np.zeros(reference.loss.shape[1:], bool)
        return Strip(slider, reference, traces_of(form, reference, wanted), None, nowhere)
    own_form = replace(form, function=step)  # a form is taken to broadcast; what it gives is checked below
    try:
        given = replace(wanted, estimate=estimate)
        own = ran(own_form, given, seconds=PATIENCE)
        if own.steps[-1] < wanted.steps:
            raise NoStripError(
                f"{step.__name__} takes longer than {PATIENCE:g} s to move all positions at once"
            )
        check_positions(own_form, own, slider, replace(plain, estimate=estimate))
    except NoStripError:
        raise
    except Exception as error:  # whatever a learner's function raises
        raise NoStripError(
            f"{step.__name__}, given all positions at once (theta of shape {wanted_shape(wanted)}), "
            f"raised {told(error, step)}"
        ) from error
    parts: NDArray[np.bool_] = np.asarray(parted(own, reference, form, wanted).any(axis=0))
    return Strip(slider, own, traces_of(form, own, wanted), reference if parts.any() else None, parts)


def moved(setting: Setting, name: str, value: Any) -> Setting:
    """`setting` with one slider elsewhere: at a number, or at all of an array (of steps, at the most)."""
    if name == "steps":
        return replace(setting, steps=int(np.max(value)))
    if name in ("x", "y"):
        x, y = setting.start
        return replace(setting, start=(value, y) if name == "x" else (x, value))
    if name == "noise":
        return replace(setting, noise=value)
    return replace(setting, hypers={**setting.hypers, name: value})


def wanted_shape(setting: Setting) -> tuple[int, ...]:
    """The shape of theta in the run of a setting."""
    return *np.broadcast_shapes(*map(np.shape, [*setting.start, setting.noise, *setting.hypers.values()])), 2


def traces_of(form: Form, shown: Run, setting: Setting) -> dict[str, Array]:
    """What is drawn beside the loss, as for a single path."""
    return recorded(shown) | derived(form, shown, setting)


def check_positions(form: Form, sweep: Run, slider: Slider, at: Setting) -> None:
    """NoStripError unless the first, a middle and the last position equal single runs, to rounding."""
    if sweep.loss.ndim == 1:
        return  # the steps: a shorter path is the beginning of the longest one
    last = len(slider.positions) - 1
    for position in (0, last // 2, last):
        setting = moved(at, slider.name, slider.positions[position])
        alone = ran(form, setting)
        there = replace(sweep, theta=sweep.theta[:, position], loss=sweep.loss[:, position])
        if parted(there, alone, form, setting).any():
            raise NoStripError(
                f"{form.function.__name__} gives something else for many positions at once than for one "
                "(does it sum, take a norm or decide over all of theta?)"
            )
