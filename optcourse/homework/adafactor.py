"""Adafactor: Adam without momentum, its table of squares kept as one sum a row and one a column."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class AdafactorState(NamedTuple):
    """What Adafactor remembers: rows + columns numbers, not rows * columns."""

    r: Array  # moving average of the squared gradient's row sums, (rows,); a number for a vector
    c: Array  # the same of its column sums, (columns,); for a vector the squares themselves
    t: int  # steps taken


class UnfactoredState(NamedTuple):
    """What optax' form remembers of a small matrix."""

    v: Array  # moving average of the squared gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> AdafactorState:
    """Both averages start at zero, and so does t. ValueError for more than two axes."""
    if theta.ndim > 2:
        raise WrongValueError(
            f"adafactor: theta must be a matrix or a vector, but its shape is {theta.shape}."
        )
    r = np.zeros(theta.shape[:-1], theta.dtype)
    c = np.zeros(theta.shape[-1:], theta.dtype)
    return AdafactorState(r[()], c[()], 0)


def unfactored_init(theta: Array, **hypers: Any) -> UnfactoredState:
    """The average starts at zero, and so does t."""
    return UnfactoredState(np.zeros_like(theta), 0)


def row_sums(x: Array) -> Any:
    """What each row adds up to; a vector is one row."""
    return np.sum(x, axis=-1)


def column_sums(x: Array) -> Any:
    """What each column adds up to; a vector is one row."""
    return np.sum(x, axis=0) if x.ndim == 2 else x


def row_means(x: Array) -> Any:
    """The mean of each row."""
    return row_sums(x) / max((1, *x.shape[-1:]))


def column_means(x: Array) -> Any:
    """The mean of each column."""
    return column_sums(x) / max((1, *x.shape[:-1]))


def mean(x: Array) -> Any:
    """The mean of all of x, in its dtype; 0 where x is empty."""
    return np.sum(x) / max(1, x.size)


def rms(x: Array) -> Any:
    """The root of the mean square."""
    return np.sqrt(mean(x * x))


def step(
    theta: Array,
    grad: Array,
    state: AdafactorState,
    *,
    lr: float = 1e-2,
    decay: float = 0.8,
    eps1: float = 1e-30,
    eps2: float = 1e-3,
    clip: float = 1.0,
) -> tuple[Array, AdafactorState]:
    """One step of a matrix or a vector. Source: Shazeer and Stern (2018), algorithms 4 and 5.

    A vector counts as one row: its column sums are the squares themselves, so v is their average.
    """
    r, c, t = state
    t = t + 1
    beta2 = 1 - t**-decay
    square = grad**2 + eps1
    r = beta2 * r + (1 - beta2) * row_sums(square)
    c = beta2 * c + (1 - beta2) * column_sums(square)
    v = np.multiply.outer(r / (np.sum(r) or 1), c)
    u = grad / np.sqrt(v)
    u = u / max(1, rms(u) / clip)
    rho = min(lr, 1 / t**0.5)
    theta = theta - max(eps2, rms(theta)) * rho * u
    return theta, AdafactorState(r, c, t)


UNPACK = "r, c, t = state"
T = "t = t + 1"
BETA2 = "beta2 = 1 - t ** (-decay)"
SQUARE = "square = grad ** 2 + eps1"
R = "r = beta2 * r + (1 - beta2) * row_sums(square)"
C = "c = beta2 * c + (1 - beta2) * column_sums(square)"
R_MEAN = "r = beta2 * r + (1 - beta2) * row_means(square)"
C_MEAN = "c = beta2 * c + (1 - beta2) * column_means(square)"
V = "v = np.multiply.outer(r / (np.sum(r) or 1), c)"
U = "u = grad / np.sqrt(v)"
CLIP = "u = u / max(1, rms(u) / clip)"
RHO = "rho = min(lr, 1 / t ** 0.5)"
MOVE = "theta = theta - max(eps2, rms(theta)) * rho * u"
RETURN = "AdafactorState(r, c, t)"

HYPERS = (
    Hyper(
        "lr",
        "the longest relative step: how far theta moves at most, as a part of its own size",
        "[0, inf)",
        (1e-3, 1.0),
        0.5,
        "log",
    ),
    Hyper("decay", "how fast the averages slow down: beta2 = 1 - t**-decay", "[0, 1]", (0.1, 1.0), 0.5),
    Hyper(
        "eps1", "added to the squared gradient, so that none is zero", "[0, inf)", (1e-30, 1e-2), 1e-2, "log"
    ),
    Hyper("eps2", "the least size that theta is taken to have", "[0, inf)", (1e-6, 1.0), 2.0, "log"),
    Hyper("clip", "the largest root mean square that u may have", "(0, inf)", (0.1, 10.0), 0.5, "log"),
)
DECAY = Hyper("weight_decay", "how fast theta shrinks, per unit of lr", "[0, inf)", (0.0, 1.0), 0.3)

DIALECTS = (
    Edit(
        "keras",
        (R, C, V),
        (R_MEAN, C_MEAN, "v = np.multiply.outer(r / (mean(r) or 1), c)"),
        "r and c hold means in place of sums, which gives the same theta; lr is 0.001 (Keras)",
        defaults={"lr": 1e-3},
    ),
    Edit(
        "torch",
        ("clip=1.0", SQUARE, R, C, V, U, MOVE),
        (
            "clip=1.0, weight_decay=0.0",
            "square = grad ** 2",
            R_MEAN,
            C_MEAN,
            "v = np.multiply.outer(r / max(mean(r), eps1), c) if theta.ndim == 2 else c",
            "u = grad / np.sqrt(np.maximum(v, eps1 ** 2))",
            "theta = theta - max(eps2, rms(theta)) * rho * u - lr * weight_decay * theta",
        ),
        "eps1 (the dtype's resolution) bounds the root of v from below; r and c hold means; "
        "theta decays (PyTorch)",
        hypers=(*HYPERS, DECAY),
        defaults={"eps1": 2.0**-52},
    ),
    Edit(
        "optax",
        (UNPACK, R + "\n    " + C + "\n    " + V, RHO, RETURN),
        (
            "v, t = state",
            "v = beta2 * v + (1 - beta2) * square",
            "rho = lr",
            "UnfactoredState(v, t)",
        ),
        "v is kept whole and lr isn't bounded by 1 / sqrt(t): optax, where a side is shorter than 128",
        init=unfactored_init,
    ),
)

MISTAKES = (
    Edit(
        "sum-forgotten",
        V,
        "v = np.multiply.outer(r, c)",
        "the product of row and column sums is not divided by the sum of all",
    ),
    Edit(
        "divided-by-mean",
        V,
        "v = np.multiply.outer(r / (mean(r) or 1), c)",
        "the product is divided by the mean of r; r holds sums, so divide by the sum of r",
    ),
    Edit(
        "outer-transposed",
        V,
        "v = np.multiply.outer(c, r / (np.sum(r) or 1)).reshape(theta.shape)",
        "rows and columns have changed places in the product: r belongs to the rows",
    ),
    Edit(
        "rows-only",
        V,
        "v = np.multiply.outer(r, np.ones_like(c)) / max(1, np.size(c))",
        "v is estimated from the row sums alone; c is kept but never used",
    ),
    Edit(
        "columns-only",
        V,
        "v = np.multiply.outer(np.ones_like(r), c) / max(1, np.size(r))",
        "v is estimated from the column sums alone; r is kept but never used",
    ),
    Edit(
        "sums-squared",
        (R, C),
        (
            "r = beta2 * r + (1 - beta2) * (row_sums(grad) ** 2 + eps1)",
            "c = beta2 * c + (1 - beta2) * (column_sums(grad) ** 2 + eps1)",
        ),
        "the sums of the gradient are squared; sum the squares",
    ),
    Edit(
        "absolute-grad",
        SQUARE,
        "square = np.abs(grad) + eps1",
        "the size of the gradient is averaged, not its square",
    ),
    Edit(
        "eps1-forgotten", SQUARE, "square = grad ** 2", "eps1 is not used, so a row of zeros divides 0 by 0"
    ),
    Edit(
        "eps1-squared",
        SQUARE,
        "square = (grad + eps1) ** 2",
        "eps1 is added to the gradient before it is squared; add it to the square",
    ),
    Edit(
        "eps1-below",
        (SQUARE, U),
        ("square = grad ** 2", "u = grad / (np.sqrt(v) + eps1)"),
        "eps1 is added to the root of v, as in Adam; it is added to the squared gradient",
    ),
    Edit("root-forgotten", U, "u = grad / v", "the square root is missing in the denominator"),
    Edit("beta2-fixed", BETA2, "beta2 = 0.999 + 0 * decay", "beta2 is a fixed number; it is 1 - t**-decay"),
    Edit(
        "beta2-is-decay",
        BETA2,
        "beta2 = decay",
        "decay itself is used as beta2; it is the exponent in 1 - t**-decay",
    ),
    Edit(
        "beta2-complement",
        BETA2,
        "beta2 = t ** (-decay)",
        "beta2 is t**-decay; it is one minus that, so that the first step keeps nothing old",
    ),
    Edit(
        "decay-sign",
        BETA2,
        "beta2 = 1 - t ** decay",
        "the minus of the exponent is missing: beta2 = 1 - t**-decay",
    ),
    Edit(
        "beta2-one-ahead",
        BETA2,
        "beta2 = 1 - (t + 1) ** (-decay)",
        "beta2 uses t + 1 although t was counted up already",
    ),
    Edit("t-not-stored", RETURN, "AdafactorState(r, c, t - 1)", "t is counted up but the old t is returned"),
    Edit("t-counted-twice", T, "t = t + 2", "t goes up by two in each step"),
    Edit(
        "weight-dropped",
        (R, C),
        (
            "r = beta2 * r + row_sums(square)",
            "c = beta2 * c + column_sums(square)",
        ),
        "the weight (1 - beta2) is missing: r and c are sums over the steps, not averages",
    ),
    Edit(
        "stale",
        (R, C, RETURN),
        (
            "r_new = beta2 * r + (1 - beta2) * row_sums(square)",
            "c_new = beta2 * c + (1 - beta2) * column_sums(square)",
            "AdafactorState(r_new, c_new, t)",
        ),
        "the step uses the r and c of the step before",
    ),
    Edit(
        "state-not-updated",
        (R, C, V, RETURN),
        (
            "r_new = beta2 * r + (1 - beta2) * row_sums(square)",
            "c_new = beta2 * c + (1 - beta2) * column_sums(square)",
            "v = np.multiply.outer(r_new / (np.sum(r_new) or 1), c_new)",
            "AdafactorState(r, c, t)",
        ),
        "the old r and c are returned, so nothing is remembered",
    ),
    Edit("clip-forgotten", CLIP, "u = u / 1.0", "u is not clipped"),
    Edit(
        "clip-multiplied",
        CLIP,
        "u = u * max(1, rms(u) / clip)",
        "u is multiplied by max(1, rms / clip); divide by it",
    ),
    Edit(
        "clip-by-norm",
        CLIP,
        "u = u / max(1, np.sqrt(np.sum(u * u)) / clip)",
        "u is clipped by its length; clip by its root mean square, which doesn't grow with its size",
    ),
    Edit(
        "clip-always",
        CLIP,
        "u = u / ((rms(u) or 1) / clip)",
        "u is always scaled to the root mean square clip; only a larger one is scaled down",
    ),
    Edit(
        "clip-by-coordinate",
        CLIP,
        "u = np.clip(u, -clip, clip)",
        "each coordinate of u is clipped; all of u is scaled by one number",
    ),
    Edit(
        "step-not-bounded", RHO, "rho = lr", "the relative step is lr whatever t; it is at most 1 / sqrt(t)"
    ),
    Edit("lr-not-used", RHO, "rho = 1 / t ** 0.5", "lr is not used: it bounds the relative step from above"),
    Edit(
        "step-maximum",
        RHO,
        "rho = max(lr, 1 / t ** 0.5)",
        "the larger of lr and 1 / sqrt(t) is taken; take the smaller",
    ),
    Edit(
        "root-of-t-forgotten",
        RHO,
        "rho = min(lr, 1 / t)",
        "the bound on the relative step falls like 1 / t; it is 1 / sqrt(t)",
    ),
    Edit(
        "theta-size-forgotten",
        MOVE,
        "theta = theta - rho * u",
        "the step is not multiplied by the size of theta, so it isn't relative",
    ),
    Edit(
        "theta-norm",
        MOVE,
        "theta = theta - max(eps2, np.sqrt(np.sum(theta * theta))) * rho * u",
        "the step is multiplied by theta's length; multiply by its root mean square",
    ),
    Edit(
        "eps2-added",
        MOVE,
        "theta = theta - (eps2 + rms(theta)) * rho * u",
        "eps2 is added to theta's size; it is a lower bound: max(eps2, ...)",
    ),
    Edit(
        "eps2-forgotten",
        MOVE,
        "theta = theta - rms(theta) * rho * u",
        "eps2 is not used, so a theta of zeros never moves",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + max(eps2, rms(theta)) * rho * u",
        "the step is added: theta goes up the slope",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -max(eps2, rms(theta)) * rho * u",
        "you return the change, not theta plus the change",
    ),
)

RULE = Rule(
    name="adafactor",
    title="Adafactor",
    function=step,
    init_function=init,
    elementwise=False,
    hypers=hypers_of(step, *HYPERS),
    formula=(
        r"\beta_{2,t} = 1 - t^{-\tau},\quad "
        r"R_t = \beta_{2,t} R_{t-1} + (1-\beta_{2,t})\,(g_t^2 + \epsilon_1)\,\mathbf 1,\quad "
        r"C_t = \beta_{2,t} C_{t-1} + (1-\beta_{2,t})\,\mathbf 1^{\top}(g_t^2 + \epsilon_1),\quad "
        r"V_t = \frac{R_t C_t}{\mathbf 1^{\top} R_t},\quad "
        r"u_t = \frac{g_t}{\sqrt{V_t}},\quad \hat u_t = \frac{u_t}{\max(1, \mathrm{RMS}(u_t) / d)},\quad "
        r"\theta_t = \theta_{t-1} - \max(\epsilon_2, \mathrm{RMS}(\theta_{t-1}))\,"
        r"\min\Bigl(\eta, \tfrac{1}{\sqrt t}\Bigr)\, \hat u_t"
    ),
    source=Paper(
        "N. Shazeer and M. Stern",
        2018,
        "Adafactor: adaptive learning rates with sublinear memory cost",
        "ICML, arXiv:1804.04235",
    ),
    hints=(
        "A table with as many numbers as theta is too much. What do its row sums and column sums tell?",
        "r averages the row sums of grad**2 + eps1, c the column sums. "
        "Which product of theirs has the same sums again?",
        "beta2 = 1 - t**-decay; v = r[i] c[j] / sum of r; u = grad / root of v; then u is scaled down where "
        "its root mean square exceeds clip.",
        "Shape of the last lines: rho = min(lr, ...); theta = theta - max(eps2, rms of ...) * rho * u; "
        "return theta, (r, c, t).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adafactor(params, lr=0.01, beta2_decay=-0.8, eps=(None, 0.001), d=1.0): "
        "dialect torch",
        "Keras": "keras.optimizers.Adafactor(learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, "
        "epsilon_2=0.001, clip_threshold=1.0): dialect keras",
        "optax": "optax.adafactor(learning_rate, decay_rate=0.8, clipping_threshold=1.0, eps=1e-30): "
        "dialect optax for matrices with a side below 128",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
