"""From figures to the words of the textbooks' table: the limits, and nothing else. Knows no race."""

from collections.abc import Sequence

import numpy as np

from optcourse.arrays import Array

SPEEDS = ((2.0, "very fast"), (1.25, "fast"), (0.8, "medium"))  # at least so many times minibatch's speed
WIDE, NARROW = 1.5, 1.0  # decades of learning rates that work
FEW, MANY = 0.2, 0.4  # shares of trials that diverged
MEMORY = ((0, "low"), (4, "medium"), (8, "high"))  # at most so many bytes for each parameter


def ratio(theirs: Array, its: Array) -> tuple[float, float, float]:
    """How many times faster than another: median, lowest and highest over the seeds.

    Both arrays hold examples read to the target for each seed, nan for never. 0 where the rule does not come
    there, inf where only the rule does; seeds in which neither does say 0.
    """
    faster = np.where(np.isnan(its), 0.0, np.where(np.isnan(theirs), np.inf, theirs / its))
    ordered = np.sort(faster)
    return float(ordered[(len(ordered) - 1) // 2]), float(ordered[0]), float(ordered[-1])


def speed(ratios: Sequence[float]) -> str:
    """In a word: the median over the problems of how many times faster than mini-batch descent."""
    middle = float(np.median(ratios))
    if middle == 0:
        return "very slow"
    return next((word for least, word in SPEEDS if middle >= least), "slow")


def stability(decades: Sequence[float], diverged: float) -> str:
    """In a word, from the decades of rates that work (the median) and the share of diverged trials."""
    middle = float(np.median(decades))
    if middle >= WIDE and diverged <= FEW:
        return "high"
    return "low" if middle < NARROW or diverged >= MANY else "medium"


def memory(state_bytes: float) -> str:
    """In a word, from the bytes kept for each parameter in float32."""
    return next((word for most, word in MEMORY if round(state_bytes) <= most), "very high")
