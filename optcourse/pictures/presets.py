"""Learning rates worth seeing: a small, the best and a large one, found by running them all."""

import numpy as np

from optcourse.pictures.contour import above_minimum
from optcourse.pictures.controls import Slider
from optcourse.pictures.frame import Setting, ran
from optcourse.pictures.strips import moved
from optcourse.rules import Form

PRESETS = ("small", "best", "large")
ENOUGH = 1e-9  # below this, one loss is as good as another
SLOW = 0.5  # a rate is too small that leaves this part of the first loss


def preset_lr(form: Form, setting: Setting, lr: Slider, preset: str) -> float:
    """The position of the learning rate's slider that a preset stands for, of the rule as it should be."""
    return preset_of(form, setting, lr, preset)[0]


def preset_of(form: Form, setting: Setting, lr: Slider, preset: str) -> tuple[float, str]:
    """The position of a preset, and a sentence where its name is not true: where no position is that.

    Just right ("best") comes down fastest (the mean logarithm of the loss above the minimum is least); too
    small hardly comes down, or is the slider's start; too large ends higher than it began, or is the
    slider's end.
    """
    if preset not in PRESETS:
        raise ValueError(f"A preset is one of {', '.join(PRESETS)}; got {preset!r}.")
    sweep = ran(form, moved(setting, lr.name, np.array(lr.positions)))
    with np.errstate(all="ignore"):
        height = np.nan_to_num(above_minimum(setting.problem, sweep.loss), nan=np.inf)
        speed = np.log10(np.clip(height, ENOUGH, 1e300)).mean(axis=0)
    best = int(np.argmin(speed))
    first, final = height[0], height[-1]
    if preset == "best":
        below = final[best] < first[best]
        return lr.positions[best], "" if below else "No lr on the slider comes down: this is the least bad."
    if preset == "large":
        up = np.flatnonzero(final[best:] > first[best:])
        if up.size:
            return lr.positions[best + int(up[0])], ""
        return lr.positions[-1], "No lr on the slider ends higher than it began: this is the largest."
    slow = np.flatnonzero(final[:best] > SLOW * first[:best])
    if slow.size:
        return lr.positions[int(slow[-1])], ""
    return lr.positions[0], "No smaller lr on the slider leaves half of the loss: this is the smallest."
