"""Learning rates worth seeing: a small, the best and a large one, found by running them all."""

import numpy as np

from optcourse.pictures.contour import above_minimum
from optcourse.pictures.controls import Slider
from optcourse.pictures.frame import Setting, ran
from optcourse.pictures.strips import moved
from optcourse.rules import Form

PRESETS = ("small", "best", "large")
ENOUGH = 1e-9  # below this, one loss is as good as another
SLOW = 0.5  # a rate is small that leaves this part of the first loss


def preset_lr(form: Form, setting: Setting, lr: Slider, preset: str) -> float:
    """The position of the slider of the learning rate that a preset stands for, of the rule as it should be.

    The best comes down fastest (the mean logarithm of the loss above the minimum is least); the small one
    hardly comes down or is the slider's start; the large one goes up or is its end.
    """
    if preset not in PRESETS:
        raise ValueError(f"A preset is one of {', '.join(PRESETS)}; got {preset!r}.")
    sweep = ran(form, moved(setting, lr.name, np.array(lr.positions)))
    with np.errstate(all="ignore"):
        height = np.nan_to_num(above_minimum(setting.problem, sweep.loss), nan=np.inf)
        speed = np.log10(np.clip(height, ENOUGH, 1e300)).mean(axis=0)
    best = int(np.argmin(speed))
    if preset == "best":
        return lr.positions[best]
    first, final = height[0], height[-1]
    if preset == "large":
        up = np.flatnonzero(final[best:] > first[best:])
        return lr.positions[best + int(up[0])] if up.size else lr.positions[-1]
    slow = np.flatnonzero(final[:best] > SLOW * first[:best])
    return lr.positions[int(slow[-1])] if slow.size else lr.positions[0]
