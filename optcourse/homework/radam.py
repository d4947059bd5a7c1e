"""RAdam: Adam that does not divide by its root until enough gradients have been seen to trust it."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class RAdamState(NamedTuple):
    """What RAdam remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> RAdamState:
    """Both averages start at zero, and so does t."""
    return RAdamState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: RAdamState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, RAdamState]:
    """One step: theta, grad, m and v have one shape. Source: Liu et al. (2020), algorithm 2; as PyTorch."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    ratio = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
    r = np.sqrt(np.where(rho > 5, ratio, 0)).astype(theta.dtype)
    u = r * m_hat * (1 - beta2**t) ** 0.5 / (np.sqrt(v) + eps)
    theta = theta - lr * np.where(rho > 5, u, m_hat)
    return theta, RAdamState(m, v, t)


M_HAT = "m_hat = m / (1 - beta1 ** t)"
RHO_INF = "rho_inf = 2 / (1 - beta2) - 1"
RHO = "rho = rho_inf - 2 * t * beta2 ** t / (1 - beta2 ** t)"
RATIO = "ratio = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)"
R = "r = np.sqrt(np.where(rho > 5, ratio, 0)).astype(theta.dtype)"
U = "u = r * m_hat * (1 - beta2 ** t) ** 0.5 / (np.sqrt(v) + eps)"
MOVE = "theta = theta - lr * np.where(rho > 5, u, m_hat)"

LR, BETA1, _, EPS = adam.RULE.hypers.values()
BETA2 = Hyper(
    "beta2",
    "how much of the old v is kept (up to 2/3, v is never averaged over enough steps to be trusted)",
    "(0.6, 1)",
    (0.7, 0.9999),
    0.8,
)

DIALECTS = (
    Edit(
        "optax",
        U,
        "u = r * m_hat / (np.sqrt(v / (1 - beta2 ** t)) + eps)",
        "eps is added to the root of the corrected v (optax)",
    ),
    Edit(
        "paper",
        (R, MOVE),
        (
            "r = np.sqrt(np.where(rho > 4, ratio, 0)).astype(theta.dtype)",
            "theta = theta - lr * np.where(rho > 4, u, m_hat)",
        ),
        "v is trusted as soon as rho exceeds 4, as in the paper (which has no eps)",
    ),
)


def wrong_move(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the choice between the two steps."""
    return Edit(key, MOVE, becomes, says)


def wrong_u(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the step that divides by the root."""
    return Edit(key, U, becomes, says)


MISTAKES = (
    wrong_move(
        "no-early-steps",
        "theta = theta - lr * u",
        "theta stands still until rho exceeds 5; the early steps use m_hat undivided",
    ),
    wrong_move(
        "never-divides",
        "theta = theta - lr * m_hat + 0 * u",
        "the step never divides by the root of v: that is momentum",
    ),
    wrong_move(
        "choice-reversed",
        "theta = theta - lr * np.where(rho > 5, m_hat, u)",
        "the two steps have changed places: divide once rho is above 5",
    ),
    wrong_move(
        "early-steps-use-m",
        "theta = theta - lr * np.where(rho > 5, u, m)",
        "the early steps use m without its bias correction",
    ),
    wrong_move(
        "early-steps-use-grad",
        "theta = theta - lr * np.where(rho > 5, u, grad)",
        "the early steps use the gradient; it should be m_hat",
    ),
    wrong_move(
        "choice-by-t",
        "theta = theta - lr * np.where(t > 5, u, m_hat)",
        "the choice is made by t; it is made by rho, which depends on beta2 as well",
    ),
    wrong_move(
        "ascends",
        "theta = theta + lr * np.where(rho > 5, u, m_hat)",
        "the step is added: theta goes up the slope",
    ),
    wrong_move("no-lr", "theta = theta - np.where(rho > 5, u, m_hat)", "the learning rate is not used"),
    wrong_move(
        "lr-squared",
        "theta = theta - lr * lr * np.where(rho > 5, u, m_hat)",
        "the learning rate is multiplied in twice",
    ),
    wrong_move(
        "early-steps-without-lr",
        "theta = theta - np.where(rho > 5, lr * u, m_hat)",
        "the early steps lack the learning rate",
    ),
    wrong_move(
        "returns-update",
        "theta = -lr * np.where(rho > 5, u, m_hat)",
        "you return the change, not theta plus the change",
    ),
    wrong_move(
        "lr-fixed",
        "theta = theta - 0.001 * np.where(rho > 5, u, m_hat)",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    wrong_u(
        "r-forgotten",
        "u = 0 * r + m_hat * (1 - beta2 ** t) ** 0.5 / (np.sqrt(v) + eps)",
        "the rectification r is not used: these are Adam's steps",
    ),
    wrong_u("v-not-corrected", "u = r * m_hat / (np.sqrt(v) + eps)", "v is not bias-corrected"),
    wrong_u(
        "v-correction-inverted",
        "u = r * m_hat / ((np.sqrt(v) + eps) * (1 - beta2 ** t) ** 0.5)",
        "the bias correction of v is upside down",
    ),
    wrong_u(
        "v-correction-without-root",
        "u = r * m_hat * (1 - beta2 ** t) / (np.sqrt(v) + eps)",
        "the bias correction of v lacks its square root",
    ),
    wrong_u(
        "root-forgotten",
        "u = r * m_hat * (1 - beta2 ** t) / (v + eps)",
        "the square root is missing in the denominator",
    ),
    wrong_u(
        "eps-missing",
        "u = r * m_hat * (1 - beta2 ** t) ** 0.5 / (np.sqrt(v) + 0 * eps)",
        "eps is not used, so a gradient of zero divides 0 by 0",
    ),
    wrong_u(
        "m-not-corrected-in-u",
        "u = r * m * (1 - beta2 ** t) ** 0.5 / (np.sqrt(v) + eps)",
        "m is not bias-corrected where the step divides by the root",
    ),
    Edit(
        "r-without-root",
        R,
        "r = np.where(rho > 5, ratio, 0).astype(theta.dtype)",
        "the square root is missing in r",
    ),
    Edit(
        "ratio-inverted",
        RATIO,
        "ratio = (rho_inf - 4) * (rho_inf - 2) * rho / ((rho - 4) * (rho - 2) * rho_inf)",
        "the fraction under r's root is upside down, so r is above one",
    ),
    Edit(
        "ratio-without-last-factor",
        RATIO,
        "ratio = (rho - 4) * (rho - 2) / ((rho_inf - 4) * (rho_inf - 2))",
        "the factor rho_inf / rho is missing under r's root",
    ),
    Edit(
        "rho-inf-off-by-one",
        RHO_INF,
        "rho_inf = 2 / (1 - beta2)",
        "rho_inf lacks its - 1",
    ),
    Edit(
        "rho-without-t",
        RHO,
        "rho = rho_inf - 2 * beta2 ** t / (1 - beta2 ** t)",
        "the factor t is missing in rho",
    ),
    Edit(
        "rho-without-two",
        RHO,
        "rho = rho_inf - t * beta2 ** t / (1 - beta2 ** t)",
        "the factor 2 is missing in rho",
    ),
    Edit(
        "rho-added",
        RHO,
        "rho = rho_inf + 2 * t * beta2 ** t / (1 - beta2 ** t)",
        "the correction is added to rho_inf; it is subtracted, as rho grows towards rho_inf",
    ),
    *shared_mistakes(
        step, {"AdamState": "RAdamState"}, without=("corrected-stored", "v-hat-stored", "t-from-zero")
    ),
)

RULE = Rule(
    name="radam",
    title="RAdam",
    function=step,
    init_function=init,
    derived=adam.derived,
    hypers=hypers_of(step, LR, BETA1, BETA2, EPS),
    formula=(
        r"\rho_\infty = \frac{2}{1-\beta_2} - 1,\quad "
        r"\rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1-\beta_2^t},\quad "
        r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}},\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \hat m_t \cdot \begin{cases} "
        r"r_t \sqrt{1-\beta_2^t} / (\sqrt{v_t} + \epsilon) & \rho_t > 5 \\ 1 & \text{else} \end{cases}"
    ),
    source=Paper(
        "L. Liu, H. Jiang, P. He, W. Chen, X. Liu, J. Gao and J. Han",
        2020,
        "On the variance of the adaptive learning rate and beyond",
        "ICLR, arXiv:1908.03265",
    ),
    hints=(
        "After one step, how many squared gradients does v_hat average? How far can you trust its root?",
        "rho_inf and rho say over about how many steps v is averaged: in the long run, and by now.",
        "While rho is 5 or less, step by lr * m_hat. After that, divide by the root as Adam does, times r.",
        "Shape of r: the root of (rho - 4) * (rho - 2) * rho_inf, over that with both rhos swapped.",
    ),
    frameworks={
        "PyTorch": "torch.optim.RAdam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08)",
        "optax": "optax.radam(learning_rate, b1=0.9, b2=0.999, eps=1e-08, threshold=5.0): dialect optax",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
