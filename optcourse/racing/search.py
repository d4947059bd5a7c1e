"""Which hypers a trial tries: drawn at random over the ranges that the rule declares."""

from collections.abc import Mapping
from math import exp, log
from zlib import crc32

import numpy as np

from optcourse.rules import Form, Hyper

NEAREST = 1e-3  # to 1, for what lies below it
DECADES = 4  # of a range that begins at 0
PER_DECADE = 4  # learning rates in the scan

Hypers = Mapping[str, float]


def drawn(form: Form, trial: int, seed: int = 0) -> dict[str, float]:
    """The hypers of a trial.

    Each is log-uniform in its slider's range; a beta, which lies below 1, in its distance from 1. Hypers of
    the same name are drawn alike for all rules, so that none is luckier. Three digits, so that they can be
    written down.
    """
    return {
        name: _within(hyper, np.random.default_rng([seed, trial, crc32(name.encode())]).random())
        for name, hyper in form.hypers.items()
    }


def _within(hyper: Hyper, share: float) -> float:
    low, high = hyper.slider
    if hyper.bounds[1] == 1:
        distance = _between(max(1 - high, NEAREST), 1 - low, share)
        return round(1 - float(f"{distance:.3g}"), 12)
    return float(f"{_between(max(low, high / 10**DECADES), high, share):.3g}")


def _between(low: float, high: float, share: float) -> float:
    """Log-uniform for a uniform share."""
    return exp(log(low) + share * (log(high) - log(low)))


def scanned(lr: float, count: int) -> list[float]:
    """So many learning rates around `lr`, four in each decade, half of them below; `lr` is not among them."""
    below = count // 2
    places = [place for place in range(-below, count - below + 1) if place]
    return [float(f"{lr * 10 ** (place / PER_DECADE):.3g}") for place in places]
