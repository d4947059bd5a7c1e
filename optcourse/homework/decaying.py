"""Gradient descent whose learning rate falls from step to step."""

from typing import Any, NamedTuple

from optcourse.arrays import Array
from optcourse.homework.scaled_move import MOVE_MISTAKES
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class DecayingState(NamedTuple):
    """What is remembered."""

    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> DecayingState:
    """No step is taken yet."""
    return DecayingState(0)


def step(
    theta: Array, grad: Array, state: DecayingState, *, lr: float = 1e-3, rate: float = 0.1
) -> tuple[Array, DecayingState]:
    """One step: theta and grad have one shape; the first step has the whole lr.

    Source: Robbins and Monro (1951), as in PyTorch's Adagrad (lr_decay) and Keras' InverseTimeDecay.
    """
    (t,) = state
    t = t + 1
    scale = 1 / (1 + rate * (t - 1))
    theta = theta - lr * scale * grad
    return theta, DecayingState(t)


T = "t = t + 1"
SCALE = "scale = 1 / (1 + rate * (t - 1))"
RETURN = "DecayingState(t)"

DIALECTS = (
    Edit("root", SCALE, "scale = 1 / (1 + rate * (t - 1)) ** 0.5", "lr falls with the root of the time"),
    Edit("exponential", SCALE, "scale = (1 - rate) ** (t - 1)", "each step has 1 - rate times the lr before"),
)
MISTAKES = (
    Edit("rate-forgotten", SCALE, "scale = 1 + 0 * rate", "the learning rate does not fall"),
    Edit(
        "falls-at-once",
        SCALE,
        SCALE.replace("(t - 1)", "t"),
        "the first step is shortened already; it should have the whole lr",
    ),
    Edit("rate-per-ten", SCALE, "scale = 1 / (1 + rate * (t - 1) / 10)", "it falls ten times too slowly"),
    Edit("rises", SCALE, "scale = 1 + rate * (t - 1)", "the learning rate rises: divide"),
    Edit("straight", SCALE, "scale = 1 - rate * (t - 1)", "it falls along a straight line, and below zero"),
    Edit("rate-missing", SCALE, "scale = 1 / t + 0 * rate", "it falls as 1 / t; the constant is not used"),
    Edit("squared", SCALE, "scale = 1 / (1 + rate * (t - 1)) ** 2", "it falls with the square of the time"),
    Edit(
        "t-not-stored",
        RETURN,
        "DecayingState(t - 1)",
        "the t that came in is returned: each step is the first",
    ),
    Edit("t-counted-twice", T, "t = t + 2", "t goes up by two in each step"),
    *MOVE_MISTAKES,
)

RULE = Rule(
    name="decaying",
    title="Gradient descent with a falling learning rate",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper("lr", "the learning rate of the first step", "[0, inf)", (1e-3, 1.0), 0.03, "log"),
        Hyper("rate", "how fast the learning rate falls", "[0, 1)", (0.0, 1.0), 0.3),
    ),
    formula=r"\theta_t = \theta_{t-1} - \frac{\eta}{1 + \rho\,(t-1)}\, g_t",
    source=Paper(
        "H. Robbins and S. Monro", 1951, "A stochastic approximation method", "Ann. Math. Stat. 22(3)"
    ),
    hints=(
        "What has the step to remember, so that it knows which one it is?",
        "Count t up first: the first step has t = 1 and the whole lr.",
        "Shape of the lines: t = t + 1, scale = ..., theta = theta - lr * scale * grad; return theta, (t,).",
    ),
    frameworks={
        "PyTorch": "torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 / (1 + rate * k)); "
        "ExponentialLR(optimizer, 1 - rate): dialect exponential",
        "Keras": "keras.optimizers.schedules.InverseTimeDecay(lr, 1, rate); "
        "ExponentialDecay(lr, 1, 1 - rate): dialect exponential",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
