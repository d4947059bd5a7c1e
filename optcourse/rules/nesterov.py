"""Nesterov momentum: momentum that looks ahead to where it is going before it asks for the slope."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class NesterovState(NamedTuple):
    """What Nesterov momentum remembers."""

    v: Array  # velocity, theta's shape


def init(theta: Array, **hypers: Any) -> NesterovState:
    """At rest: the velocity starts at zero."""
    return NesterovState(np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: NesterovState, *, lr: float = 1e-3, beta: float = 0.9
) -> tuple[Array, NesterovState]:
    """One step: theta, grad and v have one shape. Source: Nesterov (1983), as in Bengio et al. (2012).

    theta is the point that has looked ahead already: that is where the gradient is taken.
    """
    (v,) = state
    v = beta * v + lr * grad
    theta = theta - (beta * v + lr * grad)
    return theta, NesterovState(v)


def ahead(theta: Array, state: NesterovState, *, beta: float = 0.9, **hypers: Any) -> Array:
    """Where the velocity alone would carry theta: the look-ahead form takes its gradient there."""
    (v,) = state
    return theta - beta * v


def ahead_downhill(theta: Array, state: NesterovState, *, beta: float = 0.9, **hypers: Any) -> Array:
    """The same, for a velocity that points downhill."""
    (v,) = state
    return theta + beta * v


def ahead_times_lr(
    theta: Array, state: NesterovState, *, lr: float = 1e-3, beta: float = 0.9, **hypers: Any
) -> Array:
    """The same, for a velocity that lr stands outside of."""
    (v,) = state
    return theta - lr * beta * v


V = "v = beta * v + lr * grad"
MOVE = "theta = theta - (beta * v + lr * grad)"
RETURN = "NesterovState(v)"

DIALECTS = (
    Edit(
        "pytorch",
        (V, MOVE),
        ("v = beta * v + grad", "theta = theta - lr * (grad + beta * v)"),
        "lr stands outside the velocity (PyTorch, optax); the path differs only where lr changes on the way",
    ),
    Edit(
        "keras",
        (V, MOVE),
        ("v = beta * v - lr * grad", "theta = theta + (beta * v - lr * grad)"),
        "v points downhill and is added (Keras)",
    ),
    Edit(
        "lookahead",
        MOVE,
        "theta = theta - v",
        "the paper's own form: momentum's step, with the gradient taken ahead, at theta - beta * v",
        grad_at=ahead,
    ),
    Edit(
        "lookahead-downhill",
        (V, MOVE),
        ("v = beta * v - lr * grad", "theta = theta + v"),
        "the gradient is taken ahead, at theta + beta * v, and v points downhill (Sutskever et al., 2013)",
        grad_at=ahead_downhill,
    ),
    Edit(
        "lookahead-pytorch",
        (V, MOVE),
        ("v = beta * v + grad", "theta = theta - lr * v"),
        "the gradient is taken ahead, at theta - lr * beta * v, and lr stands outside the velocity",
        grad_at=ahead_times_lr,
    ),
    Edit(
        "pytorch-downhill",
        (V, MOVE),
        ("v = beta * v - grad", "theta = theta + lr * (beta * v - grad)"),
        "v is PyTorch's, with lr outside of it, but points downhill and is added",
    ),
    Edit(
        "ema",
        (V, MOVE),
        ("v = beta * v + (1 - beta) * grad", "theta = theta - lr * (beta * v + (1 - beta) * grad)"),
        "v is a moving average of the gradient; with lr / (1 - beta) it walks the classical path",
    ),
)

MISTAKES = (
    Edit(
        "ascends",
        MOVE,
        "theta = theta + (beta * v + lr * grad)",
        "the step is added: theta goes up the slope",
    ),
    Edit(
        "grad-ascends",
        MOVE,
        "theta = theta - (beta * v - lr * grad)",
        "the gradient's own part of the step has the wrong sign",
    ),
    Edit(
        "velocity-ascends",
        MOVE,
        "theta = theta + beta * v - lr * grad",
        "the velocity's part of the step has the wrong sign",
    ),
    Edit(
        "beta-missing-in-move",
        MOVE,
        "theta = theta - (v + lr * grad)",
        "the velocity is not weakened by beta",
    ),
    Edit(
        "grad-missing-in-move",
        MOVE,
        "theta = theta - beta * v",
        "the gradient's own part of the step, lr * grad, is missing",
    ),
    Edit(
        "lr-missing-in-move",
        MOVE,
        "theta = theta - (beta * v + grad)",
        "the gradient's own part of the step lacks the learning rate",
    ),
    Edit("lr-missing-in-v", V, "v = beta * v + grad", "the learning rate is missing in the velocity"),
    Edit(
        "no-lr",
        (V, MOVE),
        ("v = beta * v + grad", "theta = theta - (beta * v + grad)"),
        "the learning rate is not used",
    ),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * (beta * v + lr * grad)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "never-fades", V, "v = v + lr * grad", "beta is missing in the velocity, so old gradients never fade"
    ),
    Edit(
        "beta-reversed",
        V,
        "v = (1 - beta) * v + lr * grad",
        "the old velocity keeps 1 - beta instead of beta",
    ),
    Edit(
        "grad-weighted",
        V,
        "v = beta * v + (1 - beta) * lr * grad",
        "the gradient is weighted by 1 - beta, which belongs to a moving average",
    ),
    Edit(
        "state-not-updated",
        (V, MOVE),
        ("v_new = beta * v + lr * grad", "theta = theta - (beta * v_new + lr * grad)"),
        "the old v is returned, so nothing is remembered",
    ),
    Edit(
        "step-stored",
        RETURN,
        "NesterovState(beta * v + lr * grad)",
        "the whole step is stored as the velocity; the look-ahead must not be remembered",
    ),
    Edit(
        "looks-ahead-twice",
        MOVE,
        "theta = theta - (beta * (beta * v + lr * grad) + lr * grad)",
        "the look-ahead is applied twice",
    ),
    Edit(
        "v-not-used",
        MOVE,
        "theta = theta - lr * grad",
        "v is kept but never used: this is gradient descent",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -(beta * v + lr * grad)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        (V, MOVE),
        ("v = beta * v + 0.001 * grad", "theta = theta - (beta * v + 0.001 * grad)"),
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta-fixed",
        (V, MOVE),
        ("v = 0.9 * v + lr * grad", "theta = theta - (0.9 * v + lr * grad)"),
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
)

RULE = Rule(
    name="nesterov",
    title="Nesterov momentum",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper(
            "lr", "learning rate: what a gradient adds to the velocity", "[0, inf)", (1e-3, 1.0), 0.03, "log"
        ),
        Hyper("beta", "how much of the old velocity is kept", "[0, 1)", (0.0, 0.99), 0.7),
    ),
    formula=r"v_t = \beta v_{t-1} + \eta\, g_t,\quad \theta_t = \theta_{t-1} - (\beta v_t + \eta\, g_t)",
    source=Paper(
        "Y. Nesterov",
        1983,
        "A method for solving the convex programming problem with convergence rate O(1/k^2)",
        "Doklady Akademii Nauk SSSR 269(3), 543-547",
    ),
    hints=(
        "Momentum knows where it will go next before it has seen the gradient. Where should it look?",
        "The velocity is momentum's. The step is what momentum would do next, with that velocity.",
        "After v is new, theta moves by beta times v and by the gradient's own part once more.",
        "Shape of the last line: theta = theta - (... * v + ... * grad); return theta, (v,).",
    ),
    frameworks={
        "PyTorch": "torch.optim.SGD(params, lr=0.001, momentum=0.9, nesterov=True): dialect pytorch",
        "Keras": "keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True): dialect keras",
        "optax": "optax.sgd(learning_rate, momentum=0.9, nesterov=True): dialect pytorch",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
