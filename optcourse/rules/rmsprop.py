"""RMSProp: Adagrad with a memory that fades, so that its steps don't shrink for ever."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class RmspropState(NamedTuple):
    """What RMSProp remembers."""

    v: Array  # moving average of the squared gradient, theta's shape


def init(theta: Array, **hypers: Any) -> RmspropState:
    """The average starts at zero."""
    return RmspropState(np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: RmspropState, *, lr: float = 1e-2, beta: float = 0.9, eps: float = 1e-8
) -> tuple[Array, RmspropState]:
    """One step: theta, grad and v have one shape. Source: Tieleman and Hinton (2012), lecture 6e."""
    (v,) = state
    v = beta * v + (1 - beta) * grad**2
    theta = theta - lr * grad / (np.sqrt(v) + eps)
    return theta, RmspropState(v)


def derived(state: RmspropState, **hypers: Any) -> dict[str, Array]:
    """The learning rate that each coordinate has now (inf before its first gradient, if eps is 0)."""
    v, *_ = state
    with np.errstate(divide="ignore"):
        return {"effective lr": hypers["lr"] / (np.sqrt(v) + hypers["eps"])}


class CenteredState(NamedTuple):
    """What centered RMSProp remembers."""

    v: Array  # moving average of the squared gradient, theta's shape
    m: Array  # moving average of the gradient, theta's shape


def centered_init(theta: Array, **hypers: Any) -> CenteredState:
    """Both averages start at zero."""
    return CenteredState(np.zeros_like(theta), np.zeros_like(theta))


def variance(v: Array, m: Array) -> Array:
    """The gradient's running variance; rounding can take v - m^2 below zero, and its root to nan."""
    return np.maximum(v - m**2, 0)


def centered_step(
    theta: Array, grad: Array, state: CenteredState, *, lr: float = 1e-2, beta: float = 0.9, eps: float = 1e-8
) -> tuple[Array, CenteredState]:
    """Divide by the gradient's standard deviation. Source: Graves (2013), equations 38 to 45."""
    v, m = state
    v = beta * v + (1 - beta) * grad**2
    m = beta * m + (1 - beta) * grad
    theta = theta - lr * grad / (np.sqrt(variance(v, m)) + eps)
    return theta, CenteredState(v, m)


def centered_derived(state: CenteredState, **hypers: Any) -> dict[str, Array]:
    """The learning rate that each coordinate has now (inf before its first gradient, if eps is 0)."""
    v, m, *_ = state
    return derived(RmspropState(variance(v, m)), **hypers)


class VelocityState(NamedTuple):
    """What RMSProp with momentum remembers."""

    v: Array  # moving average of the squared gradient, theta's shape
    b: Array  # velocity, theta's shape


def momentum_init(theta: Array, **hypers: Any) -> VelocityState:
    """Average and velocity start at zero."""
    return VelocityState(np.zeros_like(theta), np.zeros_like(theta))


def momentum_step(
    theta: Array,
    grad: Array,
    state: VelocityState,
    *,
    lr: float = 1e-2,
    beta: float = 0.9,
    eps: float = 1e-8,
    momentum: float = 0.9,
) -> tuple[Array, VelocityState]:
    """PyTorch: the divided gradient goes through a velocity, lr stands outside of it."""
    v, b = state
    v = beta * v + (1 - beta) * grad**2
    b = momentum * b + grad / (np.sqrt(v) + eps)
    theta = theta - lr * b
    return theta, VelocityState(v, b)


def inner_momentum_step(
    theta: Array,
    grad: Array,
    state: VelocityState,
    *,
    lr: float = 1e-2,
    beta: float = 0.9,
    eps: float = 1e-8,
    momentum: float = 0.9,
) -> tuple[Array, VelocityState]:
    """lr inside the velocity, eps outside the root (optax with eps_in_sqrt=False)."""
    v, b = state
    v = beta * v + (1 - beta) * grad**2
    b = momentum * b + lr * grad / (np.sqrt(v) + eps)
    theta = theta - b
    return theta, VelocityState(v, b)


def keras_momentum_step(
    theta: Array,
    grad: Array,
    state: VelocityState,
    *,
    lr: float = 1e-3,
    beta: float = 0.9,
    eps: float = 1e-7,
    momentum: float = 0.9,
) -> tuple[Array, VelocityState]:
    """Keras: lr inside the velocity, eps inside the root."""
    v, b = state
    v = beta * v + (1 - beta) * grad**2
    b = momentum * b + lr * grad / np.sqrt(v + eps)
    theta = theta - b
    return theta, VelocityState(v, b)


class DebiasedState(NamedTuple):
    """What bias-corrected RMSProp with Nesterov momentum remembers."""

    v: Array  # moving average of the squared gradient, theta's shape
    b: Array  # velocity, theta's shape
    t: int  # steps taken


def debiased_init(theta: Array, **hypers: Any) -> DebiasedState:
    """Average and velocity start at zero, and so does t."""
    return DebiasedState(np.zeros_like(theta), np.zeros_like(theta), 0)


def debiased_nesterov_step(
    theta: Array,
    grad: Array,
    state: DebiasedState,
    *,
    lr: float = 1e-2,
    beta: float = 0.9,
    eps: float = 1e-8,
    momentum: float = 0.9,
) -> tuple[Array, DebiasedState]:
    """optax with bias_correction and nesterov: v is corrected as Adam's, the velocity looks ahead."""
    v, b, t = state
    t = t + 1
    v = beta * v + (1 - beta) * grad**2
    scaled = lr * grad / (np.sqrt(v / (1 - beta**t)) + eps)
    b = momentum * b + scaled
    theta = theta - (momentum * b + scaled)
    return theta, DebiasedState(v, b, t)


class CenteredMomentumState(NamedTuple):
    """What centered RMSProp with momentum remembers."""

    v: Array  # moving average of the squared gradient, theta's shape
    m: Array  # moving average of the gradient, theta's shape
    b: Array  # velocity, theta's shape


def centered_momentum_init(theta: Array, **hypers: Any) -> CenteredMomentumState:
    """All three start at zero."""
    return CenteredMomentumState(np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta))


def centered_momentum_step(
    theta: Array,
    grad: Array,
    state: CenteredMomentumState,
    *,
    lr: float = 1e-2,
    beta: float = 0.9,
    eps: float = 1e-8,
    momentum: float = 0.9,
) -> tuple[Array, CenteredMomentumState]:
    """PyTorch: centered, then through a velocity."""
    v, m, b = state
    v = beta * v + (1 - beta) * grad**2
    m = beta * m + (1 - beta) * grad
    b = momentum * b + grad / (np.sqrt(variance(v, m)) + eps)
    theta = theta - lr * b
    return theta, CenteredMomentumState(v, m, b)


def keras_centered_step(
    theta: Array,
    grad: Array,
    state: CenteredMomentumState,
    *,
    lr: float = 1e-3,
    beta: float = 0.9,
    eps: float = 1e-7,
    momentum: float = 0.9,
) -> tuple[Array, CenteredMomentumState]:
    """Graves (2013), Keras, optax: centered, eps inside the root, lr inside the velocity."""
    v, m, b = state
    v = beta * v + (1 - beta) * grad**2
    m = beta * m + (1 - beta) * grad
    b = momentum * b + lr * grad / np.sqrt(v - m**2 + eps)
    theta = theta - b
    return theta, CenteredMomentumState(v, m, b)


LR = Hyper(
    "lr", "learning rate: about how far a coordinate moves in a step", "[0, inf)", (1e-3, 1.0), 0.03, "log"
)
BETA = Hyper("beta", "how much of the old average is kept", "[0, 1)", (0.0, 0.999), 0.7)
EPS = Hyper("eps", "keeps the division from blowing up", "[0, inf)", (1e-10, 1.0), 1e-2, "log")
MOMENTUM = Hyper("momentum", "how much of the old velocity is kept", "[0, 1)", (0.0, 0.99), 0.6)

V = "v = beta * v + (1 - beta) * grad ** 2"
MOVE = "theta = theta - lr * grad / (np.sqrt(v) + eps)"
RETURN = "RmspropState(v)"

DIALECTS = (
    Edit(
        "eps-in-root",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(v + eps)",
        "eps stands inside the square root (Keras, optax); it acts like an outer eps of sqrt(eps)",
    ),
    Variant(
        "centered",
        "the squared mean is taken off, so the gradient is divided by its standard deviation",
        centered_step,
        init=centered_init,
        derived=centered_derived,
    ),
    Variant(
        "with-momentum",
        "the divided gradient goes through a velocity, with lr outside of it (PyTorch)",
        momentum_step,
        init=momentum_init,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
    Variant(
        "momentum-lr-inside",
        "the divided gradient, times lr, goes through a velocity (optax with eps_in_sqrt=False)",
        inner_momentum_step,
        init=momentum_init,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
    Variant(
        "centered-with-momentum",
        "centered and with momentum, eps outside the root (PyTorch)",
        centered_momentum_step,
        init=centered_momentum_init,
        derived=centered_derived,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
    Variant(
        "keras-momentum",
        "with momentum, eps inside the root and lr inside the velocity (Keras, optax)",
        keras_momentum_step,
        init=momentum_init,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
    Variant(
        "keras-centered",
        "centered and with momentum, eps inside the root and lr inside the velocity (Graves; Keras, optax)",
        keras_centered_step,
        init=centered_momentum_init,
        derived=centered_derived,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
    Variant(
        "debiased-nesterov",
        "v is bias-corrected and the velocity looks ahead (optax's bias_correction and nesterov)",
        debiased_nesterov_step,
        init=debiased_init,
        hypers=(LR, BETA, EPS, MOMENTUM),
    ),
)

MISTAKES = (
    Edit(
        "weights-reversed",
        V,
        "v = (1 - beta) * v + beta * grad ** 2",
        "the weights of v are the wrong way round: beta belongs to the old v",
    ),
    Edit(
        "weight-dropped",
        V,
        "v = beta * v + grad ** 2",
        "the weight (1 - beta) is missing: v is a sum, not an average",
    ),
    Edit("same-weight", V, "v = beta * v + beta * grad ** 2", "both parts of v are weighted by beta"),
    Edit(
        "weight-squared",
        V,
        "v = beta * v + ((1 - beta) * grad) ** 2",
        "the weight (1 - beta) is squared along with the gradient: a bracket is in the wrong place",
    ),
    Edit(
        "never-forgets",
        V,
        "v = v + grad ** 2",
        "v sums all the squares and forgets nothing (you wrote Adagrad)",
    ),
    Edit(
        "old-not-faded",
        V,
        "v = v + (1 - beta) * grad ** 2",
        "the old v is not multiplied by beta, so it grows for ever",
    ),
    Edit("replaced", V, "v = (1 - beta) * grad ** 2", "the old v is dropped: only the newest square counts"),
    Edit(
        "grad-not-squared", V, "v = beta * v + (1 - beta) * grad", "v averages the gradient, not its square"
    ),
    Edit(
        "absolute-grad",
        V,
        "v = beta * v + (1 - beta) * np.abs(grad)",
        "v averages the size of the gradient, not its square",
    ),
    Edit(
        "average-squared",
        V,
        "v = (beta * np.sqrt(v) + (1 - beta) * grad) ** 2",
        "you square the average; v is the average of the squares",
    ),
    Edit(
        "root-stored",
        RETURN,
        "RmspropState(np.sqrt(v))",
        "the root is stored in place of v, so the next step averages the wrong thing",
    ),
    Edit(
        "state-not-updated",
        (V, MOVE),
        (
            "v_new = beta * v + (1 - beta) * grad ** 2",
            "theta = theta - lr * grad / (np.sqrt(v_new) + eps)",
        ),
        "the old v is returned, so nothing is remembered",
    ),
    Edit(
        "v-stale",
        (V, MOVE, RETURN),
        (
            "v_new = beta * v + (1 - beta) * grad ** 2",
            "theta = theta - lr * grad / (np.sqrt(v) + eps)",
            "RmspropState(v_new)",
        ),
        "the step uses the v of the step before, so the first one divides by eps alone",
    ),
    Edit(
        "root-forgotten",
        MOVE,
        "theta = theta - lr * grad / (v + eps)",
        "the square root is missing in the denominator",
    ),
    Edit(
        "multiplied",
        MOVE,
        "theta = theta - lr * grad * (np.sqrt(v) + eps)",
        "the gradient is multiplied by the root instead of divided",
    ),
    Edit(
        "v-not-used",
        MOVE,
        "theta = theta - lr * grad",
        "v is averaged but never used: this is gradient descent",
    ),
    Edit(
        "sign-only",
        MOVE,
        "theta = theta - lr * np.sign(grad) / (np.sqrt(v) + eps)",
        "only the sign of the gradient stands in the numerator; its size is missing",
    ),
    Edit(
        "bias-corrected-once",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(v / (1 - beta)) + eps)",
        "v is divided by 1 - beta in every step; RMSProp has no bias correction",
    ),
    Edit(
        "eps-missing",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(v)",
        "eps is not used, so a gradient of zero divides 0 by 0",
    ),
    Edit(
        "eps-in-v",
        V,
        "v = beta * v + (1 - beta) * grad ** 2 + eps",
        "eps is added to v itself in each step, so it piles up in the state",
    ),
    Edit(
        "eps-subtracted",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(v) - eps)",
        "eps is subtracted in the denominator, which brings it nearer to zero",
    ),
    Edit(
        "eps-outside-fraction",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(v) + eps",
        "eps is added to theta, not to the root: a bracket is missing in the denominator",
    ),
    Edit(
        "eps-twice",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(v + eps) + eps)",
        "eps is added both inside and outside the root",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * grad / (np.sqrt(v) + eps)",
        "the step is added: theta goes up the slope",
    ),
    Edit("no-lr", MOVE, "theta = theta - grad / (np.sqrt(v) + eps)", "the learning rate is not used"),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * lr * grad / (np.sqrt(v) + eps)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * grad / (np.sqrt(v) + eps)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.01 * grad / (np.sqrt(v) + eps)",
        "0.01 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta-fixed",
        V,
        "v = 0.9 * v + (1 - 0.9) * grad ** 2",
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
    Edit(
        "eps-fixed",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(v) + 1e-08)",
        "1e-8 is written into the step, so the argument eps changes nothing",
    ),
)

RULE = Rule(
    name="rmsprop",
    title="RMSProp",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, LR, BETA, EPS),
    formula=(
        r"v_t = \beta v_{t-1} + (1-\beta) g_t^2,\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{g_t}{\sqrt{v_t} + \epsilon}"
    ),
    source=Paper(
        "T. Tieleman and G. Hinton",
        2012,
        "Lecture 6.5 - rmsprop: divide the gradient by a running average of its recent magnitude",
        "COURSERA: Neural networks for machine learning",
    ),
    hints=(
        "Adagrad's sum only grows, so its steps only shrink. What should happen to what was long ago?",
        "A moving average: the old value keeps the part beta. How much is left for the new square?",
        "Then divide by the root of the average, as Adagrad does by the root of its sum.",
        "Shape of the lines: v = ... * v + (...) * grad**2, then theta = theta - lr * grad / (... + eps).",
    ),
    frameworks={
        "PyTorch": "torch.optim.RMSprop(params, lr=0.01, alpha=0.99, eps=1e-08); momentum=, centered=: "
        "dialects with-momentum, centered, centered-with-momentum",
        "Keras": "keras.optimizers.RMSprop(learning_rate=0.001, rho=0.9, epsilon=1e-07): "
        "dialects eps-in-root, keras-momentum, keras-centered",
        "optax": "optax.rmsprop(learning_rate, decay=0.9, eps=1e-08): dialects eps-in-root, keras-momentum, "
        "keras-centered; with eps_in_sqrt=False the primary form",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
