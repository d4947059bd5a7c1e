"""Learning rates worth seeing: a small, the best and a large one, found by running them all."""

import numpy as np

from optcourse.pictures.engine.contour import above_minimum
from optcourse.pictures.engine.controls import Slider
from optcourse.pictures.engine.frame import Setting, ran
from optcourse.pictures.engine.strips import moved
from optcourse.rules import Form

PRESETS = ("small", "best", "large")
ENOUGH = 1e-9  # below this, one loss is as good as another
SLOW = 0.5  # a rate is too small that leaves this part of the first loss


def presets_of(form: Form, setting: Setting, lr: Slider) -> dict[str, tuple[float, str]]:
    """The position of each preset, and a sentence where its name is not true: where no position is that.

    Just right ("best") comes down fastest (the mean logarithm of the loss above the minimum is least); too
    small hardly comes down, or is the slider's start; too large ends higher than it began, or is the
    slider's end.
    """
    sweep = ran(form, moved(setting, lr.name, np.array(lr.positions)))
    with np.errstate(all="ignore"):
        height = np.nan_to_num(above_minimum(setting.problem, sweep.loss), nan=np.inf)
        speed = np.log10(np.clip(height, ENOUGH, 1e300)).mean(axis=0)
    best = int(np.argmin(speed))
    first, final = height[0], height[-1]
    slow = np.flatnonzero(final[:best] > SLOW * first[:best])
    up = best + np.flatnonzero(final[best:] > first[best:])
    none_small = "No smaller lr on the slider leaves half of the loss: this is the smallest."
    none_falls = "No lr on the slider comes down: this is the least bad."
    none_large = "No lr on the slider ends higher than it began: this is the largest."
    return {
        "small": (lr.positions[slow[-1]], "") if slow.size else (lr.positions[0], none_small),
        "best": (lr.positions[best], "" if final[best] < first[best] else none_falls),
        "large": (lr.positions[up[0]], "") if up.size else (lr.positions[-1], none_large),
    }
