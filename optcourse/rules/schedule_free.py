"""Schedule-free SGD: plain SGD steps beside a running mean, the gradient taken between the two."""

from typing import Any, NamedTuple

import numpy as np  # noqa: F401  (a dialect uses it)

from optcourse.arrays import Array, State
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class ScheduleFreeState(NamedTuple):
    """What schedule-free SGD remembers; theta itself is y, the point between z and x."""

    z: Array  # where plain SGD steps have led, theta's shape
    x: Array  # the mean of all z, the point to judge, theta's shape
    t: int  # steps taken


class WeightedState(NamedTuple):
    """What the lr-weighted form remembers."""

    z: Array  # where plain SGD steps have led, theta's shape
    x: Array  # the weighted mean of all z, the point to judge, theta's shape
    lr_max: Any  # the largest lr so far, a number for each run
    weight_sum: Any  # the sum of all weights, a number for each run


def init(theta: Array, **hypers: Any) -> ScheduleFreeState:
    """z and x start at theta."""
    return ScheduleFreeState(theta.copy(), theta.copy(), 0)


def weighted_init(theta: Array, **hypers: Any) -> WeightedState:
    """z and x start at theta; no weight has been given yet."""
    nothing = theta.dtype.type(0)
    return WeightedState(theta.copy(), theta.copy(), nothing, nothing)


def step(
    theta: Array, grad: Array, state: ScheduleFreeState, *, lr: float = 1.0, beta: float = 0.9
) -> tuple[Array, ScheduleFreeState]:
    """One step: theta, grad, z and x have one shape. Source: Defazio et al. (2024), equations 3 to 5."""
    z, x, t = state
    t = t + 1
    z = z - lr * grad
    c = 1 / t
    x = (1 - c) * x + c * z
    theta = (1 - beta) * z + beta * x
    return theta, ScheduleFreeState(z, x, t)


def evaluate(theta: Array, state: State, **hypers: Any) -> Array:
    """The mean x is what is judged and kept."""
    x: Array = state[1]
    return x


UNPACK = "z, x, t = state"
T = "t = t + 1"
Z = "z = z - lr * grad"
C = "c = 1 / t"
X = "x = (1 - c) * x + c * z"
Y = "theta = (1 - beta) * z + beta * x"
RETURN = "ScheduleFreeState(z, x, t)"

DIALECTS = (
    Edit(
        "lr-weighted",
        (UNPACK, T, C, RETURN),
        (
            "z, x, lr_max, weight_sum = state",
            "lr_max = np.maximum(lr_max, lr)\n    weight_sum = weight_sum + lr_max ** 2",
            "c = lr_max ** 2 / np.maximum(weight_sum, 1e-30)",
            "WeightedState(z, x, lr_max, weight_sum)",
        ),
        "each z is weighted by the square of the largest lr so far, so that a warm-up counts little "
        "(the authors' code and optax); with a constant lr the same theta",
        init=weighted_init,
    ),
    Edit(
        "start-counted",
        C,
        "c = 1 / (t + 1)",
        "c is 1 / (t + 1), so that the start belongs to the mean as well (the paper's own counting)",
    ),
)

MISTAKES = (
    Edit("ascends", Z, "z = z + lr * grad", "the gradient is added to z: it goes up the slope"),
    Edit("no-lr", Z, "z = z - grad", "the learning rate is not used"),
    Edit("lr-squared", Z, "z = z - lr * lr * grad", "the learning rate is multiplied in twice"),
    Edit(
        "z-from-theta",
        Z,
        "z = theta - lr * grad",
        "the gradient step starts from theta, which is y; it starts from z",
    ),
    Edit("z-from-x", Z, "z = x - lr * grad", "the gradient step starts from the mean x; it starts from z"),
    Edit(
        "z-not-stored",
        (Z, X, Y, RETURN),
        (
            "z_new = z - lr * grad",
            "x = (1 - c) * x + c * z_new",
            "theta = (1 - beta) * z_new + beta * x",
            "ScheduleFreeState(z, x, t)",
        ),
        "the old z is returned, so each step starts from the same place",
    ),
    Edit(
        "x-not-stored",
        (X, Y, RETURN),
        (
            "x_new = (1 - c) * x + c * z",
            "theta = (1 - beta) * z + beta * x_new",
            "ScheduleFreeState(z, x, t)",
        ),
        "the old x is returned, so the mean never moves",
    ),
    Edit(
        "mean-of-old-z",
        (Z + "\n    ", X),
        ("", X + "\n    " + Z),
        "x takes in the z of the step before: move z first",
    ),
    Edit(
        "mix-with-old-z",
        (Z, X, Y, RETURN),
        (
            "z_new = z - lr * grad",
            "x = (1 - c) * x + c * z_new",
            "theta = (1 - beta) * z + beta * x",
            "ScheduleFreeState(z_new, x, t)",
        ),
        "theta is mixed with the z of the step before",
    ),
    Edit(
        "mix-with-old-x",
        X + "\n    " + Y,
        Y + "\n    " + X,
        "theta is mixed with the x of the step before: average first",
    ),
    Edit(
        "mean-of-theta",
        X,
        "x = (1 - c) * x + c * theta",
        "x averages theta, which is y; it is the mean of z",
    ),
    Edit(
        "mix-stored",
        RETURN,
        "ScheduleFreeState(z, theta, t)",
        "the mix theta is stored in place of the mean x",
    ),
    Edit("state-swapped", RETURN, "ScheduleFreeState(x, z, t)", "z and x have changed places in the state"),
    Edit(
        "mean-weights-reversed",
        X,
        "x = c * x + (1 - c) * z",
        "the weights of the mean are the wrong way round: the new z gets c",
    ),
    Edit(
        "mix-weights-reversed",
        Y,
        "theta = beta * z + (1 - beta) * x",
        "the weights of the mix are the wrong way round: beta belongs to x",
    ),
    Edit(
        "moving-average",
        X,
        "x = beta * x + (1 - beta) * z + 0 * c",
        "x is a moving average with beta; it is the plain mean of all z, with c = 1 / t",
    ),
    Edit(
        "summed",
        X,
        "x = x + c * z",
        "the weight (1 - c) is missing: x is a sum, not a mean",
    ),
    Edit("theta-is-x", Y, "theta = x + 0 * beta", "theta is the mean x itself, so beta is not used"),
    Edit(
        "theta-is-z",
        Y,
        "theta = z + 0 * beta",
        "theta is z itself: that is plain SGD, and the mean plays no part",
    ),
    Edit(
        "t-not-stored",
        RETURN,
        "ScheduleFreeState(z, x, t - 1)",
        "t is counted up for c but the old t is returned, so x is always the last z",
    ),
    Edit("t-counted-twice", T, "t = t + 2", "t goes up by two in each step"),
    Edit(
        "c-squared",
        C,
        "c = 1 / t ** 2",
        "c is 1 / t**2, so late points hardly count; the mean of t points has c = 1 / t",
    ),
    Edit(
        "c-with-root",
        C,
        "c = 1 / t ** 0.5",
        "c is one over the root of t; the mean of t points has c = 1 / t",
    ),
    Edit(
        "lr-fixed",
        Z,
        "z = z - 0.1 * grad",
        "0.1 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta-fixed",
        Y,
        "theta = (1 - 0.9) * z + 0.9 * x",
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
)

RULE = Rule(
    name="schedule_free",
    title="Schedule-free SGD",
    function=step,
    init_function=init,
    evaluate=evaluate,
    hypers=hypers_of(
        step,
        Hyper("lr", "learning rate of the plain SGD steps of z", "[0, inf)", (1e-3, 2.0), 0.03, "log"),
        Hyper(
            "beta", "how near to the mean x, rather than z, the gradient is taken", "[0, 1]", (0.0, 1.0), 0.6
        ),
    ),
    formula=(
        r"z_t = z_{t-1} - \eta\, g(\theta_{t-1}),\quad "
        r"x_t = \Bigl(1 - \tfrac{1}{t}\Bigr) x_{t-1} + \tfrac{1}{t} z_t,\quad "
        r"\theta_t = (1-\beta)\, z_t + \beta\, x_t"
    ),
    source=Paper(
        "A. Defazio, X. Yang, H. Mehta, et al.", 2024, "The road less scheduled", "NeurIPS, arXiv:2405.15682"
    ),
    hints=(
        "Three points: z takes plain SGD steps, x is the mean of all z. Where does the gradient come from?",
        "How do you update a mean of t - 1 points when the t-th arrives? What is its weight?",
        "Order: count t up, move z by the gradient, take the new z into the mean x, mix theta from both.",
        "Shape of the last lines: x = (1 - c) * x + c * ...; theta = (1 - beta) * ... + beta * ...; "
        "return theta, (z, x, t).",
    ),
    frameworks={
        "schedulefree": "schedulefree.SGDScheduleFree(params, lr=1.0, momentum=0.9): dialect lr-weighted",
        "optax": "optax.contrib.schedule_free_sgd(learning_rate=1.0, b1=0.9): dialect lr-weighted",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
