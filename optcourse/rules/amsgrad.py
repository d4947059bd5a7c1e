"""AMSGrad: Adam that divides by the largest v it has seen, so that it can't forget a big gradient."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Paper, Rule, Variant, hypers_of


class AMSGradState(NamedTuple):
    """What AMSGrad remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    v_max: Array  # the largest v so far, coordinate by coordinate, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> AMSGradState:
    """Everything starts at zero."""
    return AMSGradState(np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: AMSGradState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, AMSGradState]:
    """One step: all arrays have one shape. Source: Reddi et al. (2018), bias-corrected as PyTorch does it."""
    m, v, v_max, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, AMSGradState(m, v, v_max, t)


def derived(state: AMSGradState, **hypers: Any) -> dict[str, Array]:
    """What Adam derives, with the largest v in the place of v."""
    return adam.derived(adam.AdamState(state.m, state.v_max, state.t), **hypers)


class PowersState(NamedTuple):
    """What AMSGrad remembers where it keeps the powers of its betas and not t."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    v_max: Array  # the largest v so far, theta's shape
    beta1_power: Any  # what is left of m's zero start, a number for each run
    beta2_power: Any  # what is left of v's zero start, a number for each run


def init_powers(theta: Array, **hypers: Any) -> PowersState:
    """All arrays start at zero and both powers at 1."""
    return PowersState(np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta), 1.0, 1.0)


def running_powers_step(
    theta: Array,
    grad: Array,
    state: PowersState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, PowersState]:
    """AMSGrad with beta1**t and beta2**t multiplied up step by step, as adam.running_powers_step."""
    m, v, v_max, beta1_power, beta2_power = state
    beta1_power = beta1_power * beta1
    beta2_power = beta2_power * beta2
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1_power)
    v_hat = v_max / (1 - beta2_power)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, PowersState(m, v, v_max, beta1_power, beta2_power)


def running_powers_derived(state: PowersState, **hypers: Any) -> dict[str, Array]:
    """What Adam derives, with the largest v in the place of v."""
    m, _, v_max, beta1_power, beta2_power = state
    return adam.running_powers_derived(adam.PowersState(m, v_max, beta1_power, beta2_power), **hypers)


T = "t = t + 1"
M = "m = beta1 * m + (1 - beta1) * grad"
V = "v = beta2 * v + (1 - beta2) * grad ** 2"
MAX = "v_max = np.maximum(v_max, v)"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
V_HAT = "v_hat = v_max / (1 - beta2 ** t)"
MOVE = "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)"
MOVE_IN_ROOT = "theta = theta - lr * m_hat / np.sqrt(v_hat + eps)"
RETURN = "AMSGradState(m, v, v_max, t)"

DIALECTS = (
    Edit(
        "paper",
        (M_HAT, V_HAT),
        ("m_hat = m", "v_hat = v_max"),
        "neither average is bias-corrected, as in the paper (which has no eps either)",
    ),
    Edit(
        "optax",
        (MAX, V_HAT),
        ("v_max = np.maximum(v_max, v / (1 - beta2 ** t))", "v_hat = v_max"),
        "v_max is the largest bias-corrected v, so the division can't get weaker (optax)",
    ),
    Edit(
        "keras",
        MOVE,
        "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps / (1 - beta2 ** t) ** 0.5)",
        "eps is added to the root of the uncorrected v_max (Keras)",
        defaults={"eps": 1e-7},
    ),
    Edit(
        "eps-in-root",
        MOVE,
        MOVE_IN_ROOT,
        "eps stands inside the square root, as many blogs write it; it acts like an outer eps of sqrt(eps)",
    ),
    Edit(
        "paper-uncounted",
        (f"{T}\n    ", M_HAT, V_HAT),
        ("", "m_hat = m", "v_hat = v_max"),
        "neither average is bias-corrected, and t, which nothing needs then, stays as it was",
    ),
    Edit(
        "paper-eps-in-root",
        (M_HAT, V_HAT, MOVE),
        ("m_hat = m", "v_hat = v_max", MOVE_IN_ROOT),
        "neither average is bias-corrected, and eps stands inside the square root",
    ),
    Edit(
        "paper-uncounted-eps-in-root",
        (f"{T}\n    ", M_HAT, V_HAT, MOVE),
        ("", "m_hat = m", "v_hat = v_max", MOVE_IN_ROOT),
        "neither average is bias-corrected, eps stands inside the square root, and t stays as it was",
    ),
    Variant(
        "running-powers",
        "beta1**t and beta2**t are kept in the place of t: both start at 1, and are multiplied before use",
        running_powers_step,
        init=init_powers,
        derived=running_powers_derived,
    ),
)


def wrong_max(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the line that AMSGrad adds to Adam."""
    return Edit(key, MAX, becomes, says)


MISTAKES = (
    wrong_max("no-maximum", "v_max = v", "no maximum is taken: that is Adam"),
    wrong_max("minimum", "v_max = np.minimum(v_max, v)", "you keep the smallest v; it should be the largest"),
    wrong_max(
        "maximum-of-squares",
        "v_max = np.maximum(v_max, grad ** 2)",
        "the maximum is taken of the squared gradients; it should be of their average v",
    ),
    wrong_max(
        "maximum-of-m",
        "v_max = np.maximum(v_max, m ** 2)",
        "the maximum is taken of the square of m; it should be of v",
    ),
    wrong_max(
        "maximum-over-coordinates",
        "v_max = np.maximum(v_max, np.max(v, initial=0))",
        "all coordinates share the largest v; each should keep its own",
    ),
    wrong_max("summed", "v_max = v_max + v", "v is added to v_max; keep the larger of the two"),
    wrong_max(
        "maximum-of-roots",
        "v_max = np.maximum(np.sqrt(v_max), np.sqrt(v))",
        "the root is taken inside the maximum and again in the denominator",
    ),
    Edit(
        "maximum-not-used",
        V_HAT,
        "v_hat = v / (1 - beta2 ** t)",
        "v_max is kept but v is what the step divides by: that is Adam's step",
    ),
    Edit("maximum-not-stored", RETURN, "AMSGradState(m, v, v, t)", "v is stored in the place of v_max"),
    Edit(
        "maximum-stored-as-v",
        RETURN,
        "AMSGradState(m, v_max, v_max, t)",
        "v_max is stored as v too, so the average goes on from the maximum",
    ),
    Edit(
        "states-swapped",
        RETURN,
        "AMSGradState(m, v_max, v, t)",
        "v and v_max have changed places in the state",
    ),
    Edit(
        "maximum-stale",
        (MAX, V_HAT, RETURN),
        (
            "v_max_new = np.maximum(v_max, v)",
            "v_hat = v_max / (1 - beta2 ** t)",
            "AMSGradState(m, v, v_max_new, t)",
        ),
        "the step uses the v_max of the step before",
    ),
    *shared_mistakes(
        step,
        {
            "AdamState": "AMSGradState",
            r", t\b": ", v_max, t",
            r"v_hat = v\b": "v_hat = v_max",
            r"\(v \+ eps\)": "(v_max + eps)",
        },
        without=("state-not-updated",),
    ),
)

RULE = Rule(
    name="amsgrad",
    title="AMSGrad",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, *adam.RULE.hypers.values()),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
        r"\bar v_t = \max(\bar v_{t-1}, v_t),\quad \theta_t = \theta_{t-1} - "
        r"\eta\, \frac{m_t / (1-\beta_1^t)}{\sqrt{\bar v_t / (1-\beta_2^t)} + \epsilon}"
    ),
    source=Paper(
        "S. J. Reddi, S. Kale and S. Kumar",
        2018,
        "On the convergence of Adam and beyond",
        "ICLR, arXiv:1904.09237",
    ),
    hints=(
        "What happens to Adam's v in the many steps after one rare, big gradient?",
        "Keep one more array: the largest v of each coordinate so far. Which of the two do you divide by?",
        "First v as in Adam, then v_max from the old v_max and v, and only then v_hat from v_max.",
        "Shape of the new line: v_max = np.maximum(..., ...); the state is (m, v, v_max, t).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, amsgrad=True)",
        "Keras": "keras.optimizers.Adam(epsilon=1e-07, amsgrad=True): dialect keras",
        "optax": "optax.amsgrad(learning_rate, b1=0.9, b2=0.999, eps=1e-08): dialect optax",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
