"""Descent with a schedule: the learning rate rises in a straight line, then falls along a cosine."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class WarmupState(NamedTuple):
    """What a schedule remembers."""

    t: int  # steps taken


def init(theta: Array, *, warmup_steps: Any, total_steps: Any, **hypers: Any) -> WarmupState:
    """No step is taken yet. Raises ValueError unless total_steps is larger than warmup_steps."""
    if np.any(total_steps <= warmup_steps):
        raise WrongValueError(
            f"warmup: total_steps must be larger than warmup_steps; got {total_steps!r} and {warmup_steps!r}."
        )
    return WarmupState(0)


def step(
    theta: Array,
    grad: Array,
    state: WarmupState,
    *,
    lr: float = 1e-3,
    warmup_steps: float = 5,
    total_steps: float = 200,
) -> tuple[Array, WarmupState]:
    """One step: theta and grad have one shape. `schedules.warmup_cosine` is the same schedule.

    Source: Goyal et al. (2017), section 2.2; Loshchilov and Hutter (2017), equation 5 without restarts.
    """
    (t,) = state
    t = t + 1
    rise = t / warmup_steps
    progress = (t - 1 - warmup_steps) / (total_steps - warmup_steps)
    progress = np.clip(progress, 0, 1).astype(theta.dtype)
    fall = (1 + np.cos(np.pi * progress)) / 2
    scale = np.minimum(rise, fall)
    theta = theta - lr * scale * grad
    return theta, WarmupState(t)


T = "t = t + 1"
RISE = "rise = t / warmup_steps"
PROGRESS = "progress = (t - 1 - warmup_steps) / (total_steps - warmup_steps)"
HELD = "progress = np.clip(progress, 0, 1).astype(theta.dtype)"
FALL = "fall = (1 + np.cos(np.pi * progress)) / 2"
SCALE = "scale = np.minimum(rise, fall)"
MOVE = "theta = theta - lr * scale * grad"
RETURN = "WarmupState(t)"

DIALECTS = (
    Edit(
        "from-zero",
        RISE,
        "rise = (t - 1) / warmup_steps",
        "the steps are counted from 0, so the first has a learning rate of 0 (optax, Keras)",
    ),
    Edit(
        "ends-at-zero",
        PROGRESS,
        "progress = (t - warmup_steps) / (total_steps - warmup_steps)",
        "the fall begins one step earlier, so the last of total_steps has a learning rate of 0",
    ),
)


MISTAKES = (
    Edit(
        "warmup-forgotten",
        SCALE,
        "scale = fall + 0 * rise",
        "there is no warm-up: the first step has the whole learning rate",
    ),
    Edit(
        "fall-forgotten",
        SCALE,
        "scale = np.minimum(rise, 1 + 0 * fall)",
        "the learning rate stays at its peak after the warm-up",
    ),
    Edit(
        "rise-without-end",
        SCALE,
        "scale = rise + 0 * fall",
        "the learning rate goes on rising after the warm-up",
    ),
    Edit(
        "larger-of-both",
        SCALE,
        "scale = np.maximum(rise, fall)",
        "you take the larger of rise and fall; the smaller one counts",
    ),
    Edit(
        "multiplied",
        SCALE,
        "scale = rise * fall",
        "rise and fall are multiplied, and rise goes above 1 after the warm-up",
    ),
    Edit(
        "t-not-counted",
        RETURN,
        "WarmupState(t - 1)",
        "the t that came in is returned, so each step is taken for the first",
    ),
    Edit(
        "t-counted-late",
        (T + "\n    " + RISE, RETURN),
        (RISE, "WarmupState(t + 1)"),
        "t is counted up after it is used: all comes one step late, and the first step does not move",
    ),
    Edit(
        "t-counted-twice",
        T,
        "t = t + 2",
        "t goes up by two in each step, so the schedule is over at half time",
    ),
    Edit(
        "whole-division",
        RISE,
        "rise = t // warmup_steps",
        "the fraction is dropped by //: nothing moves until the warm-up ends",
    ),
    Edit("rise-turned", RISE, "rise = warmup_steps / t", "the fraction is upside down: it falls as t grows"),
    Edit("rise-squared", RISE, "rise = (t / warmup_steps) ** 2", "the rise is squared, no straight line"),
    Edit(
        "rise-over-total",
        RISE,
        "rise = t / total_steps",
        "t is divided by total_steps, so the warm-up is as long as the whole run",
    ),
    Edit(
        "fall-from-the-start",
        PROGRESS,
        "progress = (t - 1) / total_steps",
        "the fall is counted from the first step, not from the end of the warm-up",
    ),
    Edit(
        "fall-too-long",
        PROGRESS,
        "progress = (t - 1 - warmup_steps) / total_steps",
        "the fall takes total_steps by itself; the warm-up belongs to them (Keras counts so, as decay_steps)",
    ),
    Edit(
        "past-the-end",
        HELD,
        "progress = np.clip(progress, 0, None).astype(theta.dtype)",
        "progress is not held at 1, so the learning rate rises again after total_steps",
    ),
    Edit(
        "fall-before-the-peak",
        HELD,
        "progress = np.clip(progress, None, 1).astype(theta.dtype)",
        "progress is not held at 0 from below, so the cosine cuts off the end of the warm-up",
    ),
    Edit("half-forgotten", FALL, "fall = 1 + np.cos(np.pi * progress)", "1 + cos goes from 2 to 0: halve it"),
    Edit(
        "one-forgotten",
        FALL,
        "fall = np.cos(np.pi * progress)",
        "the cosine alone goes down to -1: in the second half you step uphill",
    ),
    Edit(
        "whole-wave",
        FALL,
        "fall = (1 + np.cos(2 * np.pi * progress)) / 2",
        "the cosine makes a whole wave and comes back up; half a wave is wanted",
    ),
    Edit(
        "quarter-wave",
        FALL,
        "fall = np.cos(np.pi / 2 * progress)",
        "a quarter of a wave falls in another shape, ever faster; half a wave is wanted",
    ),
    Edit("pi-forgotten", FALL, "fall = (1 + np.cos(progress)) / 2", "pi is missing: the cosine hardly falls"),
    Edit("degrees", FALL, "fall = (1 + np.cos(180 * progress)) / 2", "np.cos takes radians, not degrees"),
    Edit("sine", FALL, "fall = (1 + np.sin(np.pi * progress)) / 2", "a sine stands where the cosine belongs"),
    Edit(
        "straight-fall",
        FALL,
        "fall = 1 - progress",
        "the fall is a straight line; it should be half a cosine wave",
    ),
    Edit(
        "ascends", MOVE, "theta = theta + lr * scale * grad", "you step along the gradient: the loss goes up"
    ),
    Edit("no-lr", MOVE, "theta = theta - scale * grad", "the learning rate lr is not used"),
    Edit("lr-squared", MOVE, "theta = theta - lr * lr * scale * grad", "lr is multiplied in twice"),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.001 * scale * grad",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit("scale-forgotten", MOVE, "theta = theta - lr * grad", "the schedule is computed but not used"),
    Edit(
        "warmup-steps-fixed",
        (RISE, PROGRESS),
        ("rise = t / 5", "progress = (t - 1 - 5) / (total_steps - 5)"),
        "5 is written into the step, so the argument warmup_steps changes nothing",
    ),
    Edit(
        "total-steps-fixed",
        PROGRESS,
        "progress = (t - 1 - warmup_steps) / (200 - warmup_steps)",
        "200 is written into the step, so the argument total_steps changes nothing",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * scale * grad",
        "you return the change, not theta plus the change",
    ),
)

RULE = Rule(
    name="warmup",
    title="Descent with warm-up and cosine",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper(
            "lr", "the largest learning rate, at the end of the warm-up", "[0, inf)", (1e-3, 1.0), 0.03, "log"
        ),
        Hyper("warmup_steps", "steps in which the learning rate rises", "[1, inf)", (1, 50), 2, whole=True),
        Hyper("total_steps", "steps in all, the warm-up among them", "[2, inf)", (60, 400), 6, whole=True),
    ),
    formula=(
        r"\eta_t = \eta \min\Bigl(\frac{t}{W},\ \frac{1 + \cos(\pi p_t)}{2}\Bigr),\quad "
        r"p_t = \min\Bigl(1, \max\Bigl(0, \frac{t - 1 - W}{T - W}\Bigr)\Bigr),\quad "
        r"\theta_t = \theta_{t-1} - \eta_t\, g_t"
    ),
    source=Paper(
        "I. Loshchilov and F. Hutter",
        2017,
        "SGDR: stochastic gradient descent with warm restarts",
        "ICLR, arXiv:1608.03983",
    ),
    hints=(
        "Count t up first. Which number rises in a straight line and is 1 when t is warmup_steps?",
        "After the warm-up, progress goes from 0 to 1 over the steps that are left. "
        "Which function falls from 1 to 0 in half a cosine wave?",
        "In the warm-up t / warmup_steps is the smaller number, afterwards the cosine is: take the minimum. "
        "np.clip(progress, 0, 1) keeps progress in its range.",
        "Shape of the lines: rise = t / ..., fall = (1 + np.cos(np.pi * ...)) / 2, "
        "theta = theta - lr * ... * grad.",
    ),
    frameworks={
        "PyTorch": "torch.optim.lr_scheduler.SequentialLR of LinearLR(start_factor=1/W, total_iters=W-1) "
        "and CosineAnnealingLR(T_max=T-W), milestones=[W]",
        "Keras": "keras.optimizers.schedules.CosineDecay(0.0, T-W, warmup_target=lr, warmup_steps=W): "
        "dialect from-zero",
        "optax": "optax.warmup_cosine_decay_schedule(0.0, lr, W, T): dialect from-zero",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
