"""Yogi: Adam whose v moves towards the squared gradient by an amount that the distance has no say in."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Paper, Rule, hypers_of


class YogiState(NamedTuple):
    """What Yogi remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # what follows the squared gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> YogiState:
    """m and v start at 1e-6, as in optax, and t at zero."""
    return YogiState(np.full_like(theta, 1e-6), np.full_like(theta, 1e-6), 0)


def init_zero(theta: Array, **hypers: Any) -> YogiState:
    """Everything starts at zero."""
    return YogiState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: YogiState,
    *,
    lr: float = 1e-2,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-3,
) -> tuple[Array, YogiState]:
    """One step: theta, grad, m and v have one shape. Source: Zaheer et al. (2018), algorithm 2; as optax."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = v - (1 - beta2) * np.sign(v - grad**2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, YogiState(m, v, t)


V = "v = v - (1 - beta2) * np.sign(v - grad ** 2) * grad ** 2"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
V_HAT = "v_hat = v / (1 - beta2 ** t)"
RETURN = "YogiState(m, v, t)"

DIALECTS = (
    Edit(
        "paper",
        (V, M_HAT, V_HAT),
        (
            "v = np.where(t == 1, grad ** 2, v - (1 - beta2) * np.sign(v - grad ** 2) * grad ** 2)",
            "m_hat = m",
            "v_hat = v",
        ),
        "m starts at zero and v at the first squared gradient; neither is bias-corrected",
        init=init_zero,
    ),
)


def wrong_v(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the line that makes Yogi."""
    return Edit(key, V, becomes, says)


MISTAKES = (
    wrong_v(
        "averaged",
        "v = beta2 * v + (1 - beta2) * grad ** 2",
        "v is a moving average: that is Adam",
    ),
    wrong_v(
        "sign-reversed",
        "v = v - (1 - beta2) * np.sign(grad ** 2 - v) * grad ** 2",
        "the difference under the sign is the wrong way round: v runs away from the squared gradient",
    ),
    wrong_v(
        "sign-forgotten",
        "v = v - (1 - beta2) * (v - grad ** 2) * grad ** 2",
        "the sign is missing: the difference itself multiplies the squared gradient",
    ),
    wrong_v(
        "only-sign",
        "v = v - (1 - beta2) * np.sign(v - grad ** 2)",
        "the squared gradient is missing behind the sign, so v moves by 1 - beta2 whatever the gradient",
    ),
    wrong_v(
        "only-grows",
        "v = v + (1 - beta2) * grad ** 2",
        "the sign is missing and v only grows, as in Adagrad",
    ),
    wrong_v(
        "sign-of-grad-difference",
        "v = v - (1 - beta2) * np.sign(v - grad) * grad ** 2",
        "the gradient under the sign is not squared",
    ),
    wrong_v(
        "grad-not-squared",
        "v = v - (1 - beta2) * np.sign(v - grad ** 2) * grad",
        "the gradient behind the sign is not squared",
    ),
    wrong_v(
        "absolute-grad",
        "v = v - (1 - beta2) * np.sign(v - grad ** 2) * np.abs(grad)",
        "v changes by the size of the gradient, not its square",
    ),
    wrong_v(
        "moves-by-v",
        "v = v - (1 - beta2) * np.sign(v - grad ** 2) * v",
        "v changes in proportion to v; it should be to the squared gradient",
    ),
    wrong_v(
        "v-fades",
        "v = beta2 * v - (1 - beta2) * np.sign(v - grad ** 2) * grad ** 2",
        "the old v is weighted by beta2; in Yogi it stays whole",
    ),
    wrong_v(
        "weight-is-beta2",
        "v = v - beta2 * np.sign(v - grad ** 2) * grad ** 2",
        "the change is weighted by beta2; it should be 1 - beta2",
    ),
    wrong_v(
        "weight-dropped",
        "v = v - np.sign(v - grad ** 2) * grad ** 2",
        "the weight (1 - beta2) is missing",
    ),
    wrong_v(
        "weight-is-beta1",
        "v = v - (1 - beta1) * np.sign(v - grad ** 2) * grad ** 2",
        "the change is weighted by 1 - beta1; that one belongs to m, beta2 to v",
    ),
    wrong_v(
        "follows-m",
        "v = v - (1 - beta2) * np.sign(v - m ** 2) * m ** 2",
        "v follows the square of m; it should be the square of the gradient",
    ),
    *shared_mistakes(step, {"AdamState": "YogiState", r"0\.001": "0.01", r"1e-0?8": "0.001"}),
)

RULE = Rule(
    name="yogi",
    title="Yogi",
    function=step,
    init_function=init,
    derived=adam.derived,
    hypers=hypers_of(step, *adam.RULE.hypers.values()),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
        r"v_t = v_{t-1} - (1-\beta_2)\, \mathrm{sign}(v_{t-1} - g_t^2)\, g_t^2,\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{m_t / (1-\beta_1^t)}{\sqrt{v_t / (1-\beta_2^t)} + \epsilon}"
    ),
    source=Paper(
        "M. Zaheer, S. Reddi, D. Sachan, S. Kale and S. Kumar",
        2018,
        "Adaptive methods for nonconvex optimization",
        "NeurIPS",
    ),
    hints=(
        "When gradients become small, how fast does Adam's v fall? How much of it is lost in each step?",
        "Write Adam's average as v minus (1 - beta2) times something. Yogi keeps the sign of that something.",
        "The sign says whether v is above or below grad**2; the size of the change is (1 - beta2) * grad**2.",
        "Shape of the new line: v = v - (1 - beta2) * np.sign(... - ...) * ...; the rest is Adam.",
    ),
    frameworks={"optax": "optax.yogi(learning_rate, b1=0.9, b2=0.999, eps=0.001)"},
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
