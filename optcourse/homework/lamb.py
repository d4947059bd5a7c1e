"""LAMB: Adam's step, made as long in each layer as a fixed part of the layer's own weights."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class LambState(NamedTuple):
    """What LAMB remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> LambState:
    """Both averages start at zero, and so does t."""
    return LambState(np.zeros_like(theta), np.zeros_like(theta), 0)


def norm(x: Array) -> Any:
    """The Euclidean length of all of x, whatever its shape, in its own dtype."""
    return np.sqrt(np.sum(x * x))


def trust_ratio(theta: Array, u: Array) -> Any:
    """How many times longer theta is than u; 1 where either is zero."""
    theta_norm, u_norm = norm(theta), norm(u)
    return theta_norm / u_norm if theta_norm > 0 and u_norm > 0 else 1.0


def step(
    theta: Array,
    grad: Array,
    state: LambState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-6,
    weight_decay: float = 0.01,
) -> tuple[Array, LambState]:
    """One step of one layer: theta, grad, m and v have one shape. Source: You et al. (2020), algorithm 2."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    u = m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta
    theta = theta - lr * trust_ratio(theta, u) * u
    return theta, LambState(m, v, t)


T = "t = t + 1"
M = "m = beta1 * m + (1 - beta1) * grad"
V = "v = beta2 * v + (1 - beta2) * grad ** 2"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
V_HAT = "v_hat = v / (1 - beta2 ** t)"
U = "u = m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta"
MOVE = "theta = theta - lr * trust_ratio(theta, u) * u"
RETURN = "LambState(m, v, t)"

DIALECTS = (
    Edit(
        "keras",
        U,
        "theta = theta - lr * weight_decay * theta\n    u = m_hat / (np.sqrt(v_hat) + eps)",
        "the decay is taken off theta first and has no part in u or the ratio (Keras)",
        defaults={"eps": 1e-7, "weight_decay": 0.0},
    ),
    Edit(
        "uncorrected",
        (M_HAT, V_HAT),
        ("m_hat = m", "v_hat = v"),
        "neither m nor v is bias-corrected, as in the authors' code for BERT",
    ),
)

MISTAKES = (
    Edit("ratio-forgotten", MOVE, "theta = theta - lr * u", "the trust ratio is missing: that is AdamW"),
    Edit(
        "ratio-inverted",
        MOVE,
        "theta = theta - lr * trust_ratio(u, theta) * u",
        "the ratio is upside down: theta's length belongs on top",
    ),
    Edit(
        "ratio-with-grad",
        MOVE,
        "theta = theta - lr * trust_ratio(theta, grad) * u",
        "the ratio divides by the length of the gradient; divide by that of the step u",
    ),
    Edit(
        "ratio-with-m",
        MOVE,
        "theta = theta - lr * trust_ratio(theta, m_hat) * u",
        "the ratio divides by the length of m_hat; divide by that of the step u",
    ),
    Edit(
        "ratio-without-decay",
        MOVE,
        "theta = theta - lr * trust_ratio(theta, u - weight_decay * theta) * u",
        "the ratio divides by the length of Adam's step; the decay is part of u and counts as well",
    ),
    Edit(
        "ratio-on-adam-only",
        (U, MOVE),
        (
            "u = m_hat / (np.sqrt(v_hat) + eps)",
            "theta = theta - lr * (trust_ratio(theta, u) * u + weight_decay * theta)",
        ),
        "the decay is left out of the ratio; it belongs inside u",
    ),
    Edit(
        "ratio-squared",
        MOVE,
        "theta = theta - lr * trust_ratio(theta, u) ** 2 * u",
        "the root is missing in the lengths: the ratio is that of the squared lengths",
    ),
    Edit(
        "ratio-by-coordinate",
        MOVE,
        "theta = theta - lr * np.abs(theta) * np.sign(u)",
        "the ratio is taken for each coordinate; it is one number for the whole layer",
    ),
    Edit(
        "u-normalised-only",
        MOVE,
        "theta = theta - lr * trust_ratio(np.ones(()), u) * u",
        "u is divided by its length but not multiplied by that of theta",
    ),
    Edit(
        "theta-norm-only",
        MOVE,
        "theta = theta - lr * norm(theta) * u",
        "the step is multiplied by theta's length but not divided by its own",
    ),
    Edit("decay-forgotten", U, "u = m_hat / (np.sqrt(v_hat) + eps)", "the weight decay is not used"),
    Edit(
        "decay-in-grad",
        (M, U),
        (
            "grad = grad + weight_decay * theta\n    m = beta1 * m + (1 - beta1) * grad",
            "u = m_hat / (np.sqrt(v_hat) + eps)",
        ),
        "the decay is added to the gradient, so it goes through both averages; add it to u",
    ),
    Edit(
        "decay-grows",
        U,
        "u = m_hat / (np.sqrt(v_hat) + eps) - weight_decay * theta",
        "the decay has the wrong sign: it makes theta grow",
    ),
    Edit(
        "decay-times-lr",
        U,
        "u = m_hat / (np.sqrt(v_hat) + eps) + lr * weight_decay * theta",
        "the decay is multiplied by the learning rate inside u, and by lr once more with all of u",
    ),
    Edit("m-not-corrected", M_HAT, "m_hat = m", "m is not bias-corrected"),
    Edit("v-not-corrected", V_HAT, "v_hat = v", "v is not bias-corrected"),
    Edit(
        "m-power-dropped",
        M_HAT,
        "m_hat = m / (1 - beta1)",
        "m is corrected with beta1 instead of beta1**t, so the correction never fades",
    ),
    Edit(
        "v-power-dropped",
        V_HAT,
        "v_hat = v / (1 - beta2)",
        "v is corrected with beta2 instead of beta2**t, so the correction never fades",
    ),
    Edit(
        "betas-swapped",
        (M, V, M_HAT, V_HAT),
        (
            "m = beta2 * m + (1 - beta2) * grad",
            "v = beta1 * v + (1 - beta1) * grad ** 2",
            "m_hat = m / (1 - beta2 ** t)",
            "v_hat = v / (1 - beta1 ** t)",
        ),
        "beta1 and beta2 have changed places: beta1 belongs to m, beta2 to v",
    ),
    Edit(
        "corrected-stored",
        RETURN,
        "LambState(m_hat, v_hat, t)",
        "the corrected m_hat and v_hat are stored, so the next step corrects them again",
    ),
    Edit(
        "t-not-stored",
        RETURN,
        "LambState(m, v, t - 1)",
        "t is counted up for the correction but the old t is returned",
    ),
    Edit("t-counted-twice", T, "t = t + 2", "t goes up by two in each step"),
    Edit(
        "m-stale",
        (M, M_HAT, RETURN),
        (
            "m_new = beta1 * m + (1 - beta1) * grad",
            "m_hat = m / (1 - beta1 ** t)",
            "LambState(m_new, v, t)",
        ),
        "the step uses the m of the step before",
    ),
    Edit(
        "v-stale",
        (V, V_HAT, RETURN),
        (
            "v_new = beta2 * v + (1 - beta2) * grad ** 2",
            "v_hat = v / (1 - beta2 ** t)",
            "LambState(m, v_new, t)",
        ),
        "the step uses the v of the step before",
    ),
    Edit(
        "m-weight-dropped",
        M,
        "m = beta1 * m + grad",
        "the weight (1 - beta1) is missing: m is a sum, not an average",
    ),
    Edit(
        "v-weight-dropped",
        V,
        "v = beta2 * v + grad ** 2",
        "the weight (1 - beta2) is missing: v is a sum, not an average",
    ),
    Edit(
        "grad-not-squared",
        V,
        "v = beta2 * v + (1 - beta2) * np.abs(grad)",
        "v averages the size of the gradient, not its square",
    ),
    Edit(
        "root-forgotten",
        U,
        "u = m_hat / (v_hat + eps) + weight_decay * theta",
        "the square root is missing in the denominator",
    ),
    Edit(
        "eps-in-root",
        U,
        "u = m_hat / np.sqrt(v_hat + eps) + weight_decay * theta",
        "eps stands inside the square root; it is added to the root",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * trust_ratio(theta, u) * u",
        "the step is added: theta goes up the slope",
    ),
    Edit("no-lr", MOVE, "theta = theta - trust_ratio(theta, u) * u", "the learning rate is not used"),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * trust_ratio(theta, u) * u",
        "you return the change, not theta plus the change",
    ),
)

RULE = Rule(
    name="lamb",
    title="LAMB",
    function=step,
    init_function=init,
    elementwise=False,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: how far a layer moves in a step, as a part of its own length",
            "[0, inf)",
            (1e-3, 1.0),
            0.03,
            "log",
        ),
        Hyper("beta1", "how much of the old m is kept", "[0, 1)", (0.0, 0.99), 0.7),
        Hyper("beta2", "how much of the old v is kept", "[0, 1)", (0.5, 0.9999), 0.95),
        Hyper("eps", "keeps the division from blowing up", "[0, inf)", (1e-10, 1.0), 1e-2, "log"),
        Hyper("weight_decay", "how much of theta is added to the step", "[0, inf)", (0.0, 1.0), 0.3),
    ),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
        r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
        r"u_t = \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon} + \lambda \theta_{t-1},\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{\lVert \theta_{t-1} \rVert}{\lVert u_t \rVert}\, u_t"
    ),
    source=Paper(
        "Y. You, J. Li, S. Reddi, et al.",
        2020,
        "Large batch optimization for deep learning: training BERT in 76 minutes",
        "ICLR, arXiv:1904.00962",
    ),
    hints=(
        "Begin with Adam's step, both averages corrected. What has to be added for the decay, and where?",
        "Call that u. How long is it, and how long is theta? The step shall be lr times as long as theta.",
        "Give the ratio the value 1 where theta or u is zero. It is one number for all of theta.",
        "Shape of the last lines: u = ... / (np.sqrt(...) + eps) + ... * theta; "
        "theta = theta - lr * ratio * u; return theta, (m, v, t).",
    ),
    frameworks={
        "Keras": "keras.optimizers.Lamb(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07): "
        "dialect keras",
        "optax": "optax.lamb(learning_rate, b1=0.9, b2=0.999, eps=1e-06, weight_decay=0.0)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
