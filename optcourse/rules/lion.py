"""Lion: the sign of a blend of momentum and gradient; the momentum itself is averaged more slowly."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class LionState(NamedTuple):
    """What Lion remembers."""

    m: Array  # moving average of the gradient, theta's shape


def init(theta: Array, **hypers: Any) -> LionState:
    """The average starts at zero."""
    return LionState(np.zeros_like(theta))


def step(
    theta: Array,
    grad: Array,
    state: LionState,
    *,
    lr: float = 1e-4,
    beta1: float = 0.9,
    beta2: float = 0.99,
    weight_decay: float = 0.0,
) -> tuple[Array, LionState]:
    """One step: theta, grad and m have one shape. Source: Chen et al. (2023), algorithm 2."""
    (m,) = state
    u = np.sign(beta1 * m + (1 - beta1) * grad)
    m = beta2 * m + (1 - beta2) * grad
    theta = theta - lr * (u + weight_decay * theta)
    return theta, LionState(m)


U = "u = np.sign(beta1 * m + (1 - beta1) * grad)"
M = "m = beta2 * m + (1 - beta2) * grad"
MOVE = "theta = theta - lr * (u + weight_decay * theta)"
RETURN = "LionState(m)"

DIALECTS = (
    Edit(
        "decay-before",
        MOVE,
        "theta = theta - lr * weight_decay * theta\n    theta = theta - lr * u",
        "theta is decayed first and moved afterwards (Keras): the same numbers, with Keras' default lr",
        defaults={"lr": 1e-3},
    ),
)

MISTAKES = (
    Edit(
        "sign-before-blend",
        U,
        "u = beta1 * m + (1 - beta1) * np.sign(grad)",
        "the sign is taken of the gradient before the blend; Lion takes the sign of the whole blend",
    ),
    Edit(
        "signs-blended",
        U,
        "u = beta1 * np.sign(m) + (1 - beta1) * np.sign(grad)",
        "m and the gradient are each reduced to a sign and then blended; blend first, then take the sign",
    ),
    Edit("sign-forgotten", U, "u = beta1 * m + (1 - beta1) * grad", "the sign is missing: that is momentum"),
    Edit(
        "sign-of-grad", U, "u = np.sign(grad)", "u is the sign of the gradient alone; m plays no part in it"
    ),
    Edit(
        "sign-of-m", U, "u = np.sign(m)", "u is the sign of the old m alone; the new gradient plays no part"
    ),
    Edit(
        "betas-swapped",
        (U, M),
        (
            "u = np.sign(beta2 * m + (1 - beta2) * grad)",
            "m = beta1 * m + (1 - beta1) * grad",
        ),
        "beta1 and beta2 have changed places: beta1 blends for the sign, beta2 averages m",
    ),
    Edit(
        "beta1-in-both",
        M,
        "m = beta1 * m + (1 - beta1) * grad",
        "m is averaged with beta1; beta1 is for the blend under the sign, beta2 for m",
    ),
    Edit(
        "beta2-in-both",
        U,
        "u = np.sign(beta2 * m + (1 - beta2) * grad)",
        "the blend under the sign uses beta2; that one is for m, beta1 is for the blend",
    ),
    Edit(
        "m-first",
        U + "\n    " + M,
        M + "\n    " + U,
        "m is averaged before the blend, so the gradient counts twice in it; blend with the old m",
    ),
    Edit("u-stored", RETURN, "LionState(u)", "the sign u is stored in place of m"),
    Edit(
        "m-not-updated",
        M,
        "m = 1 * m + 0 * beta2 * grad",
        "the old m is returned, so nothing is remembered",
    ),
    Edit(
        "blend-weights-reversed",
        U,
        "u = np.sign((1 - beta1) * m + beta1 * grad)",
        "the weights of the blend are the wrong way round: beta1 belongs to m",
    ),
    Edit(
        "m-weights-reversed",
        M,
        "m = (1 - beta2) * m + beta2 * grad",
        "the weights of m are the wrong way round: beta2 belongs to the old m",
    ),
    Edit(
        "m-weight-dropped",
        M,
        "m = beta2 * m + grad",
        "the weight (1 - beta2) is missing: m is a sum, not an average",
    ),
    Edit(
        "blend-weight-dropped",
        U,
        "u = np.sign(beta1 * m + grad)",
        "the weight (1 - beta1) is missing in the blend, so the gradient outweighs m",
    ),
    Edit(
        "m-of-signs",
        M,
        "m = beta2 * m + (1 - beta2) * np.sign(grad)",
        "m averages the gradient's sign; it should average the gradient itself",
    ),
    Edit(
        "decay-in-grad",
        U,
        "grad = grad + weight_decay * theta\n    u = np.sign(beta1 * m + (1 - beta1) * grad)",
        "the decay is added to the gradient and applied to theta as well; it belongs to theta alone",
    ),
    Edit(
        "decay-coupled",
        (U, MOVE),
        (
            "grad = grad + weight_decay * theta\n    u = np.sign(beta1 * m + (1 - beta1) * grad)",
            "theta = theta - lr * u",
        ),
        "the decay is added to the gradient, where the sign swallows its size; subtract it from theta",
    ),
    Edit(
        "decay-in-sign",
        (U, MOVE),
        (
            "u = np.sign(beta1 * m + (1 - beta1) * grad + weight_decay * theta)",
            "theta = theta - lr * u",
        ),
        "the decay stands under the sign, which swallows its size",
    ),
    Edit("decay-forgotten", MOVE, "theta = theta - lr * u", "the weight decay is not used"),
    Edit(
        "decay-without-lr",
        MOVE,
        "theta = theta - lr * u - weight_decay * theta",
        "the decay is not multiplied by the learning rate",
    ),
    Edit(
        "decay-grows",
        MOVE,
        "theta = theta - lr * (u - weight_decay * theta)",
        "the decay has the wrong sign: it makes theta grow",
    ),
    Edit(
        "decay-after",
        MOVE,
        "theta = theta - lr * u\n    theta = theta - lr * weight_decay * theta",
        "the decay is taken of the theta that has moved already; take it of the theta that came in",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * (u + weight_decay * theta)",
        "the step is added: theta goes up the slope",
    ),
    Edit("no-lr", MOVE, "theta = theta - (u + weight_decay * theta)", "the learning rate is not used"),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * lr * (u + weight_decay * theta)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * (u + weight_decay * theta)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.0001 * (u + weight_decay * theta)",
        "0.0001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta1-fixed",
        U,
        "u = np.sign(0.9 * m + (1 - 0.9) * grad)",
        "0.9 is written into the step, so the argument beta1 changes nothing",
    ),
    Edit(
        "beta2-fixed",
        M,
        "m = 0.99 * m + (1 - 0.99) * grad",
        "0.99 is written into the step, so the argument beta2 changes nothing",
    ),
)

RULE = Rule(
    name="lion",
    title="Lion",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: how far every coordinate moves in a step",
            "[0, inf)",
            (1e-4, 1.0),
            0.03,
            "log",
        ),
        Hyper("beta1", "weight of m in the blend that the sign is taken of", "[0, 1)", (0.0, 0.99), 0.7),
        Hyper("beta2", "how much of the old m is kept", "[0, 1)", (0.5, 0.999), 0.8),
        Hyper("weight_decay", "how fast theta shrinks, per unit of lr", "[0, inf)", (0.0, 1.0), 0.3),
    ),
    formula=(
        r"u_t = \operatorname{sign}\bigl(\beta_1 m_{t-1} + (1-\beta_1) g_t\bigr),\quad "
        r"m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t,\quad "
        r"\theta_t = \theta_{t-1} - \eta\,(u_t + \lambda \theta_{t-1})"
    ),
    source=Paper(
        "X. Chen, C. Liang, D. Huang, et al.",
        2023,
        "Symbolic discovery of optimization algorithms",
        "NeurIPS, arXiv:2302.06675",
    ),
    hints=(
        "Every coordinate moves by the same amount, up or down. Which function gives +1, 0 or -1?",
        "m and the gradient are blended twice: with beta1 for the sign, with beta2 for the m to keep. "
        "Which of the two comes first, and which m does it use?",
        "u = np.sign(... * m + ... * grad) with the old m, then m = ... with beta2, then theta.",
        "Shape of the last line: theta = theta - lr * (u + ... * theta); return theta, (m,).",
    ),
    frameworks={
        "pytorch_optimizer": "pytorch_optimizer.Lion(params, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0)",
        "Keras": "keras.optimizers.Lion(learning_rate=0.001, beta_1=0.9, beta_2=0.99): dialect decay-before",
        "optax": "optax.lion(learning_rate, b1=0.9, b2=0.99, weight_decay=0.001)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
