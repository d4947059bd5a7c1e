"""Schedules: a hyper as a function of the step t, for `run("adam", problem, lr=cosine(0.1, total=200))`.

The first step has t = 1. Knows nothing of rules: a schedule is any function of t that gives a number.
"""

import math
from collections.abc import Callable
from numbers import Real
from typing import Any

from optcourse.errors import WrongTypeError, WrongValueError

Schedule = Callable[[int], float]


def constant(lr: float) -> Schedule:
    """lr in every step."""
    lr = _number("lr", lr)
    return lambda t: lr


def step(lr: float, *, every: int, factor: float = 0.1) -> Schedule:
    """lr * factor^floor((t - 1) / every): the first `every` steps have lr, the next lr * factor."""
    lr, factor, every = _number("lr", lr), _number("factor", factor), _count("every", every)
    return lambda t: lr * factor ** ((t - 1) // every)


def exponential(lr: float, *, factor: float) -> Schedule:
    """lr * factor^(t - 1): each step has `factor` times the lr of the one before."""
    lr, factor = _number("lr", lr), _number("factor", factor)
    return lambda t: lr * factor ** (t - 1)


def cosine(lr: float, *, total: int, final: float = 0.0) -> Schedule:
    """final + (lr - final) (1 + cos(pi (t - 1) / total)) / 2, and `final` once t is past `total`.

    Half a wave from lr to final; the last of `total` steps still moves, as in PyTorch and optax.
    Source: Loshchilov and Hutter (2017), SGDR, equation 5 without restarts.
    """
    lr, final, total = _number("lr", lr), _number("final", final), _count("total", total)
    return lambda t: _half_wave(lr, final, (t - 1) / total)


def linear_warmup(lr: float, *, warmup: int) -> Schedule:
    """lr min(1, t / warmup): a straight line up to lr in step `warmup`. Source: Goyal et al. (2017)."""
    lr, warmup = _number("lr", lr), _count("warmup", warmup)
    return lambda t: lr * min(1.0, t / warmup)


def warmup_cosine(lr: float, *, warmup: int, total: int, final: float = 0.0) -> Schedule:
    """`linear_warmup` for the first `warmup` steps, then `cosine` for the rest of the `total` steps."""
    rising = linear_warmup(lr, warmup=warmup)
    if total <= warmup:
        raise WrongValueError(f"total must be larger than warmup, which is {warmup}; got {total!r}.")
    falling = cosine(lr, total=total - warmup, final=final)
    return lambda t: rising(t) if t <= warmup else falling(t - warmup)


def one_cycle(
    lr: float, *, total: int, rise: float = 0.3, start_divisor: float = 25.0, final_divisor: float = 1e4
) -> Schedule:
    """Half a wave up from lr / start_divisor to lr, then half a wave down to that over final_divisor.

    The way up takes the part `rise` of the `total` steps; the last step has the lowest value.
    Source: Smith and Topin (2019), super-convergence; the waves in place of straight lines are PyTorch's.
    """
    lr, total = _number("lr", lr), _count("total", total)
    start = lr / _number("start_divisor", start_divisor, least=1.0)
    final = start / _number("final_divisor", final_divisor, least=1.0)
    top = _number("rise", rise) * total - 1
    if not 0 < top < total - 1:
        raise WrongValueError(
            f"rise must be below 1 and give the way up more than one of {total} steps; got {rise!r}."
        )

    def schedule(t: int) -> float:
        done = t - 1
        if done <= top:
            return _half_wave(start, lr, done / top)
        return _half_wave(lr, final, (done - top) / (total - 1 - top))

    return schedule


def _half_wave(begin: float, end: float, progress: float) -> float:
    """From begin (progress 0) to end (progress 1) along half a cosine wave, and no further."""
    return end + (begin - end) * (1 + math.cos(math.pi * min(progress, 1.0))) / 2


def _number(name: str, value: Any, least: float = 0.0) -> float:
    if not isinstance(value, Real):
        raise WrongTypeError(
            f"{name} must be a number, not {value!r}; a sweep over schedules is one run for each."
        )
    # A Python float: a numpy number would turn a float32 theta into float64.
    number = float(value)
    if not least <= number < math.inf:
        raise WrongValueError(f"{name} must lie in [{least:g}, inf); got {value!r}.")
    return number


def _count(name: str, value: Any) -> int:
    number = _number(name, value, least=1.0)
    if number != int(number):
        raise WrongValueError(f"{name} must be a whole number of steps; got {value!r}.")
    return int(number)
