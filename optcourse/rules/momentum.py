"""Momentum: the steps of the past go on, fading, so that steady directions add up."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class MomentumState(NamedTuple):
    """What momentum remembers."""

    v: Array  # velocity: the step taken last, theta's shape


def init(theta: Array, **hypers: Any) -> MomentumState:
    """At rest: the velocity starts at zero."""
    return MomentumState(np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: MomentumState, *, lr: float = 1e-3, beta: float = 0.9
) -> tuple[Array, MomentumState]:
    """One step: theta, grad and v have one shape. Source: Polyak (1964)."""
    (v,) = state
    v = beta * v + lr * grad
    theta = theta - v
    return theta, MomentumState(v)


class CountedState(NamedTuple):
    """A velocity, and how many steps it has seen."""

    v: Array  # velocity, theta's shape
    t: int  # steps taken


def init_counted(theta: Array, **hypers: Any) -> CountedState:
    """At rest, before the first step."""
    return CountedState(np.zeros_like(theta), 0)


def dampened_step(
    theta: Array,
    grad: Array,
    state: CountedState,
    *,
    lr: float = 1e-3,
    beta: float = 0.9,
    dampening: float = 0.9,
) -> tuple[Array, CountedState]:
    """PyTorch's dampening: the first gradient enters whole, the later ones times 1 - dampening."""
    v, t = state
    t = t + 1
    v = grad if t == 1 else beta * v + (1 - dampening) * grad
    theta = theta - lr * v
    return theta, CountedState(v, t)


def debiased_step(
    theta: Array, grad: Array, state: CountedState, *, lr: float = 1e-3, beta: float = 0.9
) -> tuple[Array, CountedState]:
    """A true weighted mean of the gradients so far (optax.ema with debias=True)."""
    v, t = state
    t = t + 1
    v = beta * v + (1 - beta) * grad
    theta = theta - lr * v / (1 - beta**t)
    return theta, CountedState(v, t)


LR = Hyper("lr", "learning rate: what a gradient adds to the velocity", "[0, inf)", (1e-3, 1.0), 0.03, "log")
BETA = Hyper("beta", "how much of the old velocity is kept", "[0, 1)", (0.0, 0.99), 0.7)
DAMPENING = Hyper("dampening", "how much of each later gradient is left out", "[0, 1]", (0.0, 1.0), 0.5)

V = "v = beta * v + lr * grad"
MOVE = "theta = theta - v"
RETURN = "MomentumState(v)"

DIALECTS = (
    Edit(
        "ema",
        (V, MOVE),
        ("v = beta * v + (1 - beta) * grad", "theta = theta - lr * v"),
        "v is a moving average of the gradient; with lr / (1 - beta) it walks the classical path",
    ),
    Edit(
        "pytorch",
        (V, MOVE),
        ("v = beta * v + grad", "theta = theta - lr * v"),
        "lr stands outside the velocity (PyTorch, optax); the path differs only where lr changes on the way",
    ),
    Edit(
        "keras",
        (V, MOVE),
        ("v = beta * v - lr * grad", "theta = theta + v"),
        "v points downhill and is added (Keras; Sutskever et al., 2013)",
    ),
    Edit(
        "ema-downhill",
        (V, MOVE),
        ("v = beta * v - (1 - beta) * grad", "theta = theta + lr * v"),
        "v is a moving average of the gradient's opposite: it points downhill and is added, times lr",
    ),
    Edit(
        "pytorch-downhill",
        (V, MOVE),
        ("v = beta * v - grad", "theta = theta + lr * v"),
        "v is PyTorch's, with lr outside of it, but points downhill and is added",
    ),
    Variant(
        "dampened",
        "each gradient but the first is weakened by 1 - dampening (PyTorch's dampening)",
        dampened_step,
        init=init_counted,
        hypers=(LR, BETA, DAMPENING),
    ),
    Variant(
        "ema-debiased",
        "the moving average is divided by 1 - beta**t, the weight it has collected (optax.ema)",
        debiased_step,
        init=init_counted,
    ),
)

MISTAKES = (
    Edit("ascends", MOVE, "theta = theta + v", "the velocity is added: theta goes up the slope"),
    Edit(
        "velocity-downhill",
        V,
        "v = beta * v - lr * grad",
        "the gradient is subtracted from v and v from theta: two minus signs make theta go up the slope",
    ),
    Edit("no-lr", V, "v = beta * v + grad", "the learning rate is not used"),
    Edit("lr-squared", MOVE, "theta = theta - lr * v", "the learning rate is multiplied in twice"),
    Edit(
        "lr-on-velocity",
        V,
        "v = lr * (beta * v + grad)",
        "lr multiplies the old velocity as well: a bracket is in the wrong place",
    ),
    Edit("never-fades", V, "v = v + lr * grad", "beta is not used, so old gradients never fade"),
    Edit(
        "beta-reversed",
        V,
        "v = (1 - beta) * v + lr * grad",
        "the old velocity keeps 1 - beta instead of beta",
    ),
    Edit(
        "beta-on-grad",
        V,
        "v = v + beta * lr * grad",
        "beta weakens the new gradient instead of the old velocity",
    ),
    Edit("beta-on-both", V, "v = beta * (v + lr * grad)", "beta weakens the new gradient as well"),
    Edit(
        "average-without-lr",
        V,
        "v = beta * v + (1 - beta) * grad",
        "v averages the gradient as in the other convention, but no learning rate is applied to it",
    ),
    Edit(
        "grad-weighted",
        V,
        "v = beta * v + (1 - beta) * lr * grad",
        "the gradient is weighted by 1 - beta, so the steps come out 1 / (1 - beta) times too short",
    ),
    Edit(
        "state-not-updated",
        (V, MOVE),
        ("v_new = beta * v + lr * grad", "theta = theta - v_new"),
        "the old v is returned, so nothing is remembered",
    ),
    Edit(
        "v-stale",
        (V, MOVE, RETURN),
        ("v_new = beta * v + lr * grad", "theta = theta - v", "MomentumState(v_new)"),
        "the step uses the v of the step before",
    ),
    Edit(
        "v-not-used", MOVE, "theta = theta - lr * grad", "v is kept but never used: this is gradient descent"
    ),
    Edit(
        "grad-twice",
        MOVE,
        "theta = theta - v - lr * grad",
        "the gradient is in v already and is subtracted again",
    ),
    Edit(
        "nesterov",
        MOVE,
        "theta = theta - (beta * v + lr * grad)",
        "this is Nesterov's step: v is applied once, not looked ahead with",
    ),
    Edit("beta-twice", MOVE, "theta = theta - beta * v", "beta weakens the velocity a second time"),
    Edit(
        "theta-stored",
        RETURN,
        "MomentumState(theta)",
        "the new theta is stored in place of the velocity",
    ),
    Edit("grad-stored", RETURN, "MomentumState(grad)", "the gradient is stored in place of the velocity"),
    Edit("returns-update", MOVE, "theta = -v", "you return the change, not theta plus the change"),
    Edit(
        "lr-fixed",
        V,
        "v = beta * v + 0.001 * grad",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta-fixed",
        V,
        "v = 0.9 * v + lr * grad",
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
)

RULE = Rule(
    name="momentum",
    title="Momentum",
    function=step,
    init_function=init,
    hypers=hypers_of(step, LR, BETA),
    formula=r"v_t = \beta v_{t-1} + \eta\, g_t,\quad \theta_t = \theta_{t-1} - v_t",
    source=Paper(
        "B. T. Polyak",
        1964,
        "Some methods of speeding up the convergence of iteration methods",
        "USSR Computational Mathematics and Mathematical Physics 4(5), 1-17",
    ),
    hints=(
        "A ball rolls: what does its next step consist of, besides the slope under it?",
        "Part of the last step goes on, and the new gradient is added. Which factor belongs to which?",
        "Shape of the lines: v = ... * v + ... * grad, then theta = theta - ...; return theta, (v,).",
    ),
    frameworks={
        "PyTorch": "torch.optim.SGD(params, lr=0.001, momentum=0.9): dialect pytorch, or dampened",
        "Keras": "keras.optimizers.SGD(learning_rate=0.01, momentum=0.9): dialect keras",
        "optax": "optax.sgd(learning_rate, momentum=0.9): dialect pytorch",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
