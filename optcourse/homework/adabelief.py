"""AdaBelief: Adam that divides by how far the gradient strays from its average, not by how large it is."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class AdaBeliefState(NamedTuple):
    """What AdaBelief remembers."""

    m: Array  # moving average of the gradient, theta's shape
    s: Array  # moving average of (gradient - m)^2, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> AdaBeliefState:
    """Both averages start at zero, and so does t."""
    return AdaBeliefState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: AdaBeliefState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-16,
    eps_root: float = 1e-16,
) -> tuple[Array, AdaBeliefState]:
    """One step: theta, grad, m and s have one shape. Source: Zhuang et al. (2020); both eps: optax."""
    m, s, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * (grad - m) ** 2 + eps_root
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(s_hat) + eps)
    return theta, AdaBeliefState(m, s, t)


def derived(state: AdaBeliefState, **hypers: Any) -> dict[str, Array]:
    """What Adam derives, with s in the place of v."""
    seen = adam.derived(adam.AdamState(*state), **hypers)
    return {"m_hat": seen["m_hat"], "s_hat": seen["v_hat"], "effective step": seen["effective step"]}


M = "m = beta1 * m + (1 - beta1) * grad"
S = "s = beta2 * s + (1 - beta2) * (grad - m) ** 2 + eps_root"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
S_HAT = "s_hat = s / (1 - beta2 ** t)"
MOVE = "theta = theta - lr * m_hat / (np.sqrt(s_hat) + eps)"
RETURN = "AdaBeliefState(m, s, t)"

LR, BETA1, BETA2, EPS = adam.RULE.hypers.values()
SMALL_EPS = Hyper("eps", EPS.meaning, "[0, inf)", (1e-16, 1.0), 1e-2, "log")
EPS_ROOT = Hyper("eps_root", "what s gains in each step", "[0, inf)", (1e-16, 1.0), 3e-3, "log")

DIALECTS = (
    Edit(
        "paper",
        (", eps_root=1e-16", "+ eps_root"),
        ("", "+ eps"),
        "one eps serves both places, as in the paper",
        defaults={"eps": 1e-8},
        hypers=(LR, BETA1, BETA2, SMALL_EPS),
    ),
    Edit(
        "eps-outside-alone",
        (", eps_root=1e-16", " + eps_root"),
        ("", ""),
        "s gains nothing beside its average: eps stands outside the root alone, as in Adam",
        defaults={"eps": 1e-8},
        hypers=(LR, BETA1, BETA2, SMALL_EPS),
    ),
)


def wrong_s(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the line that makes AdaBelief."""
    return Edit(key, S, becomes, says)


MISTAKES = (
    wrong_s(
        "grad-squared",
        "s = beta2 * s + (1 - beta2) * grad ** 2 + eps_root",
        "s averages the square of the gradient, as Adam does; it should be of the gradient minus m",
    ),
    wrong_s(
        "m-squared",
        "s = beta2 * s + (1 - beta2) * m ** 2 + eps_root",
        "s averages the square of m; it should be of the gradient minus m",
    ),
    wrong_s(
        "difference-of-squares",
        "s = beta2 * s + (1 - beta2) * (grad ** 2 - m ** 2) + eps_root",
        "you subtract the squares; square the difference",
    ),
    wrong_s(
        "difference-not-squared",
        "s = beta2 * s + (1 - beta2) * (grad - m) + eps_root",
        "s averages the difference, not its square",
    ),
    wrong_s(
        "absolute-difference",
        "s = beta2 * s + (1 - beta2) * np.abs(grad - m) + eps_root",
        "s averages the size of the difference, not its square",
    ),
    wrong_s(
        "added",
        "s = beta2 * s + (1 - beta2) * (grad + m) ** 2 + eps_root",
        "m is added to the gradient; the belief is their difference",
    ),
    wrong_s(
        "grad-minus-s",
        "s = beta2 * s + (1 - beta2) * (grad - s) ** 2 + eps_root",
        "s is subtracted from the gradient; it should be m",
    ),
    wrong_s(
        "s-weight-dropped",
        "s = beta2 * s + (grad - m) ** 2 + eps_root",
        "the weight (1 - beta2) is missing: s is a sum, not an average",
    ),
    wrong_s(
        "s-weights-reversed",
        "s = (1 - beta2) * s + beta2 * (grad - m) ** 2 + eps_root",
        "the weights of s are the wrong way round: beta2 belongs to the old s",
    ),
    wrong_s(
        "eps-root-missing",
        "s = beta2 * s + (1 - beta2) * (grad - m) ** 2 + 0 * eps_root",
        "eps_root is not used, so s can be zero",
    ),
    wrong_s(
        "eps-root-averaged",
        "s = beta2 * s + (1 - beta2) * ((grad - m) ** 2 + eps_root)",
        "eps_root is averaged with the square; it is added whole in each step",
    ),
    wrong_s(
        "averaged-with-beta1",
        "s = beta1 * s + (1 - beta1) * (grad - m) ** 2 + eps_root",
        "s is averaged with beta1; that one belongs to m, beta2 to s",
    ),
    Edit(
        "old-m-subtracted",
        (M, S),
        (
            "m_new = beta1 * m + (1 - beta1) * grad",
            "s = beta2 * s + (1 - beta2) * (grad - m) ** 2 + eps_root\n    m = m_new",
        ),
        "the m of the step before is subtracted; update m first",
    ),
    Edit(
        "m-hat-subtracted",
        S,
        "s = beta2 * s + (1 - beta2) * (grad - m / (1 - beta1 ** t)) ** 2 + eps_root",
        "the corrected m_hat is subtracted; it should be m itself",
    ),
    Edit(
        "eps-root-not-stored",
        (S, S_HAT),
        (
            "s = beta2 * s + (1 - beta2) * (grad - m) ** 2",
            "s_hat = (s + eps_root) / (1 - beta2 ** t)",
        ),
        "eps_root is added on the way to the root only; it belongs into s, in each step",
    ),
    *shared_mistakes(
        step,
        {"AdamState": "AdaBeliefState", r"\bv\b": "s", r"\bv_hat\b": "s_hat"},
        without=("eps-fixed",),  # beside eps_root, eps may well be any small number
    ),
)

RULE = Rule(
    name="adabelief",
    title="AdaBelief",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, LR, BETA1, BETA2, SMALL_EPS, EPS_ROOT),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
        r"s_t = \beta_2 s_{t-1} + (1-\beta_2) (g_t - m_t)^2 + \epsilon',\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{m_t / (1-\beta_1^t)}{\sqrt{s_t / (1-\beta_2^t)} + \epsilon}"
    ),
    source=Paper(
        "J. Zhuang, T. Tang, Y. Ding, S. Tatikonda, N. Dvornek, X. Papademetris and J. Duncan",
        2020,
        "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients",
        "NeurIPS, arXiv:2010.07468",
    ),
    hints=(
        "A large gradient that is always the same: should that make the steps short?",
        "m is what the next gradient is believed to be. Average the square of how wrong that belief is.",
        "Update m first, as in Adam; that m is subtracted from the gradient. s gains eps_root in each step.",
        "Shape of the new line: s = beta2 * s + (1 - beta2) * (... - ...) ** 2 + eps_root; the rest is Adam.",
    ),
    frameworks={
        "optax": "optax.adabelief(learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
