"""Adamax: Adam that divides by the largest recent gradient, and not by a root of averaged squares."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Paper, Rule, hypers_of


class AdamaxState(NamedTuple):
    """What Adamax remembers."""

    m: Array  # moving average of the gradient, theta's shape
    u: Array  # largest size of a gradient so far, fading by beta2 a step, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> AdamaxState:
    """Both start at zero, and so does t."""
    return AdamaxState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: AdamaxState,
    *,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, AdamaxState]:
    """One step: theta, grad, m and u have one shape. Source: Kingma and Ba (2015), algorithm 2."""
    m, u, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, np.abs(grad) + eps)
    m_hat = m / (1 - beta1**t)
    theta = theta - lr * m_hat / u
    return theta, AdamaxState(m, u, t)


def derived(state: AdamaxState, **hypers: Any) -> dict[str, Array]:
    """The corrected average and the length of step it gives a coordinate."""
    m, u, t = state
    if t == 0:
        return {"m_hat": m, "effective step": m}
    m_hat = m / (1 - hypers["beta1"] ** t)
    return {"m_hat": m_hat, "effective step": hypers["lr"] * m_hat / u}


M = "m = beta1 * m + (1 - beta1) * grad"
U = "u = np.maximum(beta2 * u, np.abs(grad) + eps)"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
MOVE = "theta = theta - lr * m_hat / u"
RETURN = "AdamaxState(m, u, t)"

DIALECTS = (
    Edit(
        "keras",
        (U, MOVE),
        ("u = np.maximum(beta2 * u, np.abs(grad))", "theta = theta - lr * m_hat / (u + eps)"),
        "eps is added to u in the denominator and not stored in it (Keras)",
        defaults={"lr": 1e-3, "eps": 1e-7},
    ),
)


def wrong_u(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the line that makes Adamax."""
    return Edit(key, U, becomes, says)


MISTAKES = (
    wrong_u(
        "absolute-forgotten",
        "u = np.maximum(beta2 * u, grad + eps)",
        "the absolute value is missing: a negative gradient never counts",
    ),
    wrong_u(
        "grad-squared",
        "u = np.maximum(beta2 * u, grad ** 2 + eps)",
        "the gradient is squared; Adamax takes its absolute value, as there is no root to come",
    ),
    wrong_u(
        "u-never-fades",
        "u = np.maximum(u, np.abs(grad) + eps)",
        "beta2 is not used, so one big gradient is never forgotten",
    ),
    wrong_u(
        "minimum",
        "u = np.minimum(beta2 * u, np.abs(grad) + eps)",
        "you take the smaller; it should be the larger",
    ),
    wrong_u(
        "u-averaged",
        "u = beta2 * u + (1 - beta2) * (np.abs(grad) + eps)",
        "u is a moving average; it should be the larger of the faded u and the new gradient",
    ),
    wrong_u(
        "u-summed",
        "u = beta2 * u + np.abs(grad) + eps",
        "u is a sum; it should be the larger of its two terms",
    ),
    wrong_u(
        "grad-weighted",
        "u = np.maximum(beta2 * u, (1 - beta2) * np.abs(grad) + eps)",
        "the new gradient is weighted by 1 - beta2; in a maximum it enters whole",
    ),
    wrong_u(
        "all-fades",
        "u = beta2 * np.maximum(u, np.abs(grad) + eps)",
        "beta2 multiplies the new gradient as well: a bracket is in the wrong place",
    ),
    wrong_u(
        "maximum-of-m",
        "u = np.maximum(beta2 * u, np.abs(m) + eps)",
        "the maximum is taken with the size of m; it should be that of the gradient",
    ),
    wrong_u(
        "beta1-fades-u",
        "u = np.maximum(beta1 * u, np.abs(grad) + eps)",
        "u fades by beta1; that one belongs to m, beta2 to u",
    ),
    wrong_u(
        "maximum-over-coordinates",
        "u = np.maximum(beta2 * u, np.max(np.abs(grad), initial=0) + eps)",
        "all coordinates share the largest gradient; each should have its own",
    ),
    wrong_u(
        "eps-missing",
        "u = np.maximum(beta2 * u, np.abs(grad) + 0 * eps)",
        "eps is not used, so a coordinate that has had no gradient divides 0 by 0",
    ),
    wrong_u(
        "eps-outside-maximum",
        "u = np.maximum(beta2 * u, np.abs(grad)) + eps",
        "eps is added after the maximum, so it piles up in u",
    ),
    wrong_u(
        "beta2-fixed",
        "u = np.maximum(0.999 * u, np.abs(grad) + eps)",
        "0.999 is written into the step, so the argument beta2 changes nothing",
    ),
    wrong_u(
        "eps-fixed",
        "u = np.maximum(beta2 * u, np.abs(grad) + 1e-08)",
        "1e-8 is written into the step, so the argument eps changes nothing",
    ),
    Edit(
        "root-of-u",
        MOVE,
        "theta = theta - lr * m_hat / np.sqrt(u)",
        "a root is taken of u; u is a size already, not a square",
    ),
    Edit(
        "u-corrected",
        MOVE,
        "theta = theta - lr * m_hat / (u / (1 - beta2 ** t))",
        "u is bias-corrected; a maximum does not start too small, so it needs no correction",
    ),
    Edit("u-not-used", MOVE, "theta = theta - lr * m_hat + 0 * u", "the step does not divide by u"),
    Edit(
        "betas-swapped",
        (M, U, M_HAT),
        (
            "m = beta2 * m + (1 - beta2) * grad",
            "u = np.maximum(beta1 * u, np.abs(grad) + eps)",
            "m_hat = m / (1 - beta2 ** t)",
        ),
        "beta1 and beta2 have changed places: beta1 belongs to m, beta2 to u",
    ),
    Edit(
        "u-stale",
        (U, MOVE, RETURN),
        (
            "u_new = np.maximum(beta2 * u, np.abs(grad) + eps)",
            "theta = theta - lr * m_hat / u",
            "AdamaxState(m, u_new, t)",
        ),
        "the step uses the u of the step before",
    ),
    Edit(
        "u-not-stored",
        (U, MOVE),
        (
            "u_new = np.maximum(beta2 * u, np.abs(grad) + eps)",
            "theta = theta - lr * m_hat / u_new",
        ),
        "the old u is returned, so no gradient is remembered",
    ),
    *shared_mistakes(
        step,
        {
            r"AdamState\((\w+), v, ": r"AdamaxState(\1, u, ",
            r"\(np.sqrt\(v_hat\) \+ eps\)": "u",
            r"0\.001": "0.002",
        },
        without=(  # these speak of v or of eps, which stand elsewhere here
            "corrected-stored",
            "state-swapped",
            "v-hat-stored",
            "v-not-used",
            "root-forgotten",
            "eps-missing",
            "eps-subtracted",
            "eps-outside-fraction",
            "eps-fixed",
        ),
    ),
)

RULE = Rule(
    name="adamax",
    title="Adamax",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, *adam.RULE.hypers.values()),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad "
        r"u_t = \max(\beta_2 u_{t-1},\, |g_t| + \epsilon),\quad "
        r"\theta_t = \theta_{t-1} - \frac{\eta}{1-\beta_1^t}\, \frac{m_t}{u_t}"
    ),
    source=Paper(
        "D. P. Kingma and J. Ba",
        2015,
        "Adam: a method for stochastic optimization, section 7.1",
        "ICLR, arXiv:1412.6980",
    ),
    hints=(
        "Adam averages |g|**2 and takes the root. What if you average |g|**p and take the p-th, as p grows?",
        "The largest term wins. So u is no average: it is the larger of the faded old u and the new |g|.",
        "m is Adam's, bias-corrected. u is a maximum: it does not start too small and needs no correction.",
        "Shape of the lines: u = np.maximum(beta2 * ..., np.abs(...) + eps); theta = theta - lr * ... / u.",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adamax(params, lr=0.002, betas=(0.9, 0.999), eps=1e-08)",
        "Keras": "keras.optimizers.Adamax(learning_rate=0.001, epsilon=1e-07): dialect keras",
        "optax": "optax.adamax(learning_rate, b1=0.9, b2=0.999, eps=1e-08)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
