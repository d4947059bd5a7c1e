"""Signum: a step of one length in every coordinate, in the direction the average gradient points."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class SignumState(NamedTuple):
    """What Signum remembers."""

    m: Array  # moving average of the gradient, theta's shape


def init(theta: Array, **hypers: Any) -> SignumState:
    """The average starts at zero."""
    return SignumState(np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: SignumState, *, lr: float = 1e-3, beta: float = 0.9
) -> tuple[Array, SignumState]:
    """One step: theta, grad and m have one shape. Source: Bernstein et al. (2018), algorithm 2."""
    (m,) = state
    m = beta * m + (1 - beta) * grad
    theta = theta - lr * np.sign(m)
    return theta, SignumState(m)


M = "m = beta * m + (1 - beta) * grad"
MOVE = "theta = theta - lr * np.sign(m)"
RETURN = "SignumState(m)"

DIALECTS = (
    Edit(
        "sum",
        M,
        "m = beta * m + grad",
        "m is a fading sum, not an average: 1 / (1 - beta) times as large, so its sign is the same",
    ),
)

MISTAKES = (
    Edit("sign-missing", MOVE, "theta = theta - lr * m", "the sign is not taken: the step is momentum's"),
    Edit(
        "sign-of-grad",
        MOVE,
        "theta = theta - lr * np.sign(grad)",
        "the sign of the newest gradient is used; m is averaged but never used",
    ),
    Edit(
        "signs-averaged",
        M,
        "m = beta * m + (1 - beta) * np.sign(grad)",
        "the sign is taken before the average too, so every gradient gets an equal vote",
    ),
    Edit(
        "sign-before-average",
        (M, MOVE),
        ("m = beta * m + (1 - beta) * np.sign(grad)", "theta = theta - lr * m"),
        "the sign is taken of each gradient; it belongs around the average",
    ),
    Edit("sign-stored", RETURN, "SignumState(np.sign(m))", "the sign of m is stored in place of m"),
    Edit(
        "size-kept",
        MOVE,
        "theta = theta - lr * np.sign(m) * np.abs(grad)",
        "the step is as long as the gradient; only the sign should count",
    ),
    Edit(
        "normalised",
        MOVE,
        "theta = theta - lr * m / (np.abs(m) + 1)",
        "the step is squashed towards one; the sign is exactly one, whatever the size",
    ),
    Edit(
        "nesterov-mix",
        MOVE,
        "theta = theta - lr * np.sign(beta * m + (1 - beta) * grad)",
        "the newest gradient is mixed in once more before the sign",
    ),
    Edit(
        "state-not-updated",
        (M, MOVE),
        ("m_new = beta * m + (1 - beta) * grad", "theta = theta - lr * np.sign(m_new)"),
        "the old m is returned, so nothing is remembered",
    ),
    Edit(
        "m-stale",
        (M, MOVE, RETURN),
        ("m_new = beta * m + (1 - beta) * grad", "theta = theta - lr * np.sign(m)", "SignumState(m_new)"),
        "the step uses the m of the step before, so the first one goes nowhere",
    ),
    Edit(
        "weights-reversed",
        M,
        "m = (1 - beta) * m + beta * grad",
        "the weights of m are the wrong way round: beta belongs to the old m",
    ),
    Edit(
        "never-fades",
        M,
        "m = m + (1 - beta) * grad",
        "the old m is not multiplied by beta, so it never fades",
    ),
    Edit(
        "lr-in-m",
        M,
        "m = beta * m + lr * grad",
        "lr is inside m, where the sign removes it; m should average the gradient",
    ),
    Edit("ascends", MOVE, "theta = theta + lr * np.sign(m)", "the step is added: theta goes up the slope"),
    Edit(
        "no-lr",
        MOVE,
        "theta = theta - np.sign(m)",
        "the learning rate has no effect on the length of the step, which is always one",
    ),
    Edit(
        "lr-squared", MOVE, "theta = theta - lr * lr * np.sign(m)", "the learning rate is multiplied in twice"
    ),
    Edit(
        "returns-update", MOVE, "theta = -lr * np.sign(m)", "you return the change, not theta plus the change"
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.001 * np.sign(m)",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta-fixed",
        M,
        "m = 0.9 * m + (1 - 0.9) * grad",
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
)

RULE = Rule(
    name="signum",
    title="Signum",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: how far each coordinate moves in a step",
            "[0, inf)",
            (1e-3, 1.0),
            0.03,
            "log",
        ),
        Hyper("beta", "how much of the old average is kept; 0 is sign descent", "[0, 1)", (0.0, 0.99), 0.7),
    ),
    formula=(
        r"m_t = \beta m_{t-1} + (1-\beta) g_t,\quad \theta_t = \theta_{t-1} - \eta\, \operatorname{sign}(m_t)"
    ),
    source=Paper(
        "J. Bernstein, Y.-X. Wang, K. Azizzadenesheli and A. Anandkumar",
        2018,
        "signSGD: compressed optimisation for non-convex problems",
        "ICML, arXiv:1802.04434",
    ),
    hints=(
        "How much of a gradient is left if each coordinate may send one bit only?",
        "Average the gradient first, then keep the direction of the average in each coordinate.",
        "Shape of the lines: m = ... * m + (...) * grad, then theta = theta - lr * np.sign(...).",
    ),
    frameworks={
        "PyTorch": "not in torch.optim; pytorch_optimizer.SignSGD(params, lr=0.001, momentum=0.9)",
        "Keras": "not in Keras",
        "optax": "optax.signum(learning_rate, beta=0.9); beta=0 is optax.sign_sgd(learning_rate)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
