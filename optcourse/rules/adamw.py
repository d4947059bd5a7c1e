"""AdamW: Adam, with the weights decayed beside the gradient's averages instead of through them."""

from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam import AdamState
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


def init(theta: Array, **hypers: Any) -> AdamState:
    """Adam's state: both averages start at zero, and so does t."""
    return AdamState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: AdamState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[Array, AdamState]:
    """One step: theta, grad, m and v have one shape. Source: Loshchilov and Hutter (2019), algorithm 2."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * weight_decay * theta
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, AdamState(m, v, t)


T = "t = t + 1"
M = "m = beta1 * m + (1 - beta1) * grad"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
V_HAT = "v_hat = v / (1 - beta2 ** t)"
DECAY = "theta = theta - lr * weight_decay * theta"
MOVE = "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)"

DIALECTS = (
    Edit(
        "paper",
        DECAY,
        "theta = theta - weight_decay * theta",
        "the decay is not multiplied by lr, as in the paper: its weight_decay is lr times PyTorch's",
    ),
    Edit(
        "keras",
        MOVE,
        "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps / (1 - beta2 ** t) ** 0.5)",
        "eps is added to the root of the uncorrected v (Keras)",
        defaults={"eps": 1e-7, "weight_decay": 4e-3},
    ),
    Edit(
        "eps-in-root",
        MOVE,
        "theta = theta - lr * m_hat / np.sqrt(v_hat + eps)",
        "eps stands inside the square root, as many blogs write it; it acts like an outer eps of sqrt(eps)",
    ),
    Edit(
        "uncorrected",
        (M_HAT, V_HAT),
        ("m_hat = m", "v_hat = v"),
        "neither m nor v is bias-corrected (BERT's authors)",
    ),
    Edit(
        "uncorrected-uncounted",
        (f"{T}\n    ", M_HAT, V_HAT),
        ("", "m_hat = m", "v_hat = v"),
        "neither m nor v is bias-corrected, and t, which nothing needs then, stays as it was",
    ),
)


def wrong_decay(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the line that AdamW adds to Adam."""
    return Edit(key, DECAY, becomes, says)


MISTAKES = (
    Edit(
        "decay-in-grad",
        (T, DECAY),
        ("t = t + 1\n    grad = grad + weight_decay * theta", "theta = theta"),
        "the decay is added to the gradient, so both averages see it: that is Adam with L2 regularisation",
    ),
    Edit(
        "decay-in-grad-and-theta",
        T,
        "t = t + 1\n    grad = grad + weight_decay * theta",
        "the decay is added to the gradient and taken off theta as well",
    ),
    Edit(
        "decay-in-m",
        (M, DECAY),
        ("m = beta1 * m + (1 - beta1) * (grad + weight_decay * theta)", "theta = theta"),
        "the decay goes through m; it belongs beside the averages",
    ),
    Edit(
        "decay-divided",
        (DECAY, MOVE),
        ("theta = theta", "theta = theta - lr * (m_hat + weight_decay * theta) / (np.sqrt(v_hat) + eps)"),
        "the decay is divided by the root of v_hat too: a bracket is in the wrong place",
    ),
    Edit(
        "decay-after-move",
        f"{DECAY}\n    {MOVE}",
        f"{MOVE}\n    {DECAY}",
        "theta is decayed after it has moved, so the decay acts on the step as well",
    ),
    wrong_decay(
        "decay-forgotten", "theta = theta - 0 * weight_decay * theta", "the weight decay is not used"
    ),
    wrong_decay(
        "decay-added", "theta = theta + lr * weight_decay * theta", "the decay is added: theta grows instead"
    ),
    wrong_decay(
        "decay-lr-squared",
        "theta = theta - lr * lr * weight_decay * theta",
        "the decay is multiplied by the learning rate twice",
    ),
    wrong_decay(
        "decay-by-grad",
        "theta = theta - lr * weight_decay * grad",
        "the decay takes off a part of the gradient; it should be a part of theta",
    ),
    wrong_decay(
        "decay-by-sign",
        "theta = theta - lr * weight_decay * np.sign(theta)",
        "the decay takes off the sign of theta, which is L1; it should be proportional to theta",
    ),
    wrong_decay(
        "decay-doubled",
        "theta = theta - 2 * lr * weight_decay * theta",
        "a factor two has slipped into the decay",
    ),
    wrong_decay(
        "decay-fixed",
        "theta = theta - lr * 0.01 * theta",
        "0.01 is written into the step, so the argument weight_decay changes nothing",
    ),
    wrong_decay(
        "decay-replaces-theta",
        "theta = lr * weight_decay * theta",
        "theta is replaced by what the decay should take off it",
    ),
    wrong_decay(
        "decay-one-minus-missing",
        "theta = (lr - weight_decay) * theta",
        "theta is multiplied by lr - weight_decay; it should be 1 - lr * weight_decay",
    ),
    *shared_mistakes(step, {}),
)

LR, BETA1, BETA2, EPS = adam.RULE.hypers.values()
WEIGHT_DECAY = Hyper(
    "weight_decay", "what part of theta, times lr, is taken off in each step", "[0, inf)", (0.0, 1.0), 0.3
)

RULE = Rule(
    name="adamw",
    title="AdamW",
    function=step,
    init_function=init,
    derived=adam.derived,
    hypers=hypers_of(step, LR, BETA1, BETA2, EPS, WEIGHT_DECAY),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
        r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
        r"\theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}"
    ),
    source=Paper(
        "I. Loshchilov and F. Hutter", 2019, "Decoupled weight decay regularization", "ICLR, arXiv:1711.05101"
    ),
    hints=(
        "If the decay were added to the gradient, what would Adam's division do to it?",
        "Leave Adam as it is. The decay acts on theta itself, and only the learning rate scales it.",
        "Before Adam moves theta, take a part of theta off: which two hypers make that part?",
        "Shape of the lines: theta = theta - lr * ... * theta, then Adam's theta = theta - lr * ... / (...).",
    ),
    frameworks={
        "PyTorch": "torch.optim.AdamW(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01)",
        "Keras": "keras.optimizers.AdamW(weight_decay=0.004, epsilon=1e-07): dialect keras",
        "optax": "optax.adamw(learning_rate, b1=0.9, b2=0.999, eps=1e-08, weight_decay=0.0001)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
