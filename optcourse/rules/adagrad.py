"""Adagrad: a step for each coordinate, the shorter the more gradient that coordinate has seen."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class AdagradState(NamedTuple):
    """What Adagrad remembers."""

    G: Array  # sum of the squared gradients so far, theta's shape


def init(theta: Array, **hypers: Any) -> AdagradState:
    """The sum starts at zero."""
    return AdagradState(np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: AdagradState, *, lr: float = 1e-2, eps: float = 1e-10
) -> tuple[Array, AdagradState]:
    """One step: theta, grad and G have one shape. Source: Duchi, Hazan and Singer (2011)."""
    (G,) = state
    G = G + grad**2
    theta = theta - lr * grad / (np.sqrt(G) + eps)
    return theta, AdagradState(G)


def derived(state: AdagradState, **hypers: Any) -> dict[str, Array]:
    """The learning rate that each coordinate is left with (inf before its first gradient, if eps is 0)."""
    with np.errstate(divide="ignore"):
        return {"effective lr": hypers["lr"] / (np.sqrt(state[0]) + hypers["eps"])}


def init_from_value(theta: Array, *, initial: float = 0.1, **hypers: Any) -> AdagradState:
    """The sum starts at `initial`, as if each coordinate had seen a gradient already."""
    return AdagradState(np.full_like(theta, initial))


def from_value_step(
    theta: Array,
    grad: Array,
    state: AdagradState,
    *,
    lr: float = 1e-2,
    eps: float = 1e-10,
    initial: float = 0.1,
) -> tuple[Array, AdagradState]:
    """The primary step; `initial` acts through init alone."""
    return step(theta, grad, state, lr=lr, eps=eps)


def keras_step(
    theta: Array,
    grad: Array,
    state: AdagradState,
    *,
    lr: float = 1e-3,
    eps: float = 1e-7,
    initial: float = 0.1,
) -> tuple[Array, AdagradState]:
    """eps inside the root; `initial` acts through init alone."""
    (G,) = state
    G = G + grad**2
    theta = theta - lr * grad / np.sqrt(G + eps)
    return theta, AdagradState(G)


LR = Hyper(
    "lr",
    "learning rate: how far the first step goes in each coordinate",
    "[0, inf)",
    (1e-3, 1.0),
    0.03,
    "log",
)
EPS = Hyper("eps", "keeps the division from blowing up", "[0, inf)", (1e-10, 1.0), 1e-2, "log")
INITIAL = Hyper("initial", "where the sum of squares starts", "[0, inf)", (0.0, 1.0), 0.3)

ADD = "G = G + grad ** 2"
MOVE = "theta = theta - lr * grad / (np.sqrt(G) + eps)"
RETURN = "AdagradState(G)"

DIALECTS = (
    Edit(
        "eps-in-root",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(G + eps)",
        "eps stands inside the square root, as many blogs write it; it acts like an outer eps of sqrt(eps)",
    ),
    Variant(
        "keras",
        "the sum starts at 0.1, not zero, and eps stands inside the square root (Keras, optax)",
        keras_step,
        init=init_from_value,
        hypers=(LR, EPS, INITIAL),
    ),
    Variant(
        "initial-value",
        "the sum starts at a value of its own (PyTorch's initial_accumulator_value)",
        from_value_step,
        init=init_from_value,
        hypers=(LR, EPS, INITIAL),
    ),
)

MISTAKES = (
    Edit(
        "replaced", ADD, "G = grad ** 2", "G is overwritten by the newest square; it should be the sum of all"
    ),
    Edit("grad-not-squared", ADD, "G = G + grad", "G sums the gradient, not its square"),
    Edit("absolute-grad", ADD, "G = G + np.abs(grad)", "G sums the size of the gradient, not its square"),
    Edit(
        "sum-squared",
        ADD,
        "G = (np.sqrt(G) + grad) ** 2",
        "you square the sum; G is the sum of the squares",
    ),
    Edit(
        "averaged",
        ADD,
        "G = 0.9 * G + 0.1 * grad ** 2",
        "G is a moving average; Adagrad's sum forgets nothing (you wrote RMSProp)",
    ),
    Edit(
        "halved",
        ADD,
        "G = (G + grad ** 2) / 2",
        "G is averaged with the newest square; it should be a plain sum",
    ),
    Edit("subtracted", ADD, "G = np.abs(G - grad ** 2)", "the square is subtracted from G instead of added"),
    Edit(
        "norm-summed",
        ADD,
        "G = G + np.sum(grad ** 2)",
        "all coordinates share one sum; each should have its own",
    ),
    Edit("steps-summed", ADD, "G = G + (lr * grad) ** 2", "lr is inside the sum, where its effect cancels"),
    Edit(
        "root-of-each",
        (ADD, MOVE),
        ("G = G + np.sqrt(grad ** 2)", "theta = theta - lr * grad / (G + eps)"),
        "the root is taken of each square before the sum; it belongs around the whole sum",
    ),
    Edit(
        "root-stored",
        RETURN,
        "AdagradState(np.sqrt(G))",
        "the root is stored in place of the sum, so the next step adds to the wrong thing",
    ),
    Edit(
        "state-not-updated",
        (ADD, MOVE),
        ("G_new = G + grad ** 2", "theta = theta - lr * grad / (np.sqrt(G_new) + eps)"),
        "the old G is returned, so nothing is remembered",
    ),
    Edit(
        "G-stale",
        (ADD, MOVE, RETURN),
        ("G_new = G + grad ** 2", "theta = theta - lr * grad / (np.sqrt(G) + eps)", "AdagradState(G_new)"),
        "the step uses the G of the step before, so the first one divides by eps alone",
    ),
    Edit(
        "root-forgotten",
        MOVE,
        "theta = theta - lr * grad / (G + eps)",
        "the square root is missing in the denominator",
    ),
    Edit(
        "multiplied",
        MOVE,
        "theta = theta - lr * grad * (np.sqrt(G) + eps)",
        "the gradient is multiplied by the root instead of divided",
    ),
    Edit(
        "G-not-used",
        MOVE,
        "theta = theta - lr * grad",
        "G is summed but never used: this is gradient descent",
    ),
    Edit(
        "sign-only",
        MOVE,
        "theta = theta - lr * np.sign(grad) / (np.sqrt(G) + eps)",
        "only the sign of the gradient stands in the numerator; its size is missing",
    ),
    Edit(
        "square-on-top",
        MOVE,
        "theta = theta - lr * grad ** 2 / (np.sqrt(G) + eps)",
        "the square of the gradient stands in the numerator; it should be the gradient itself",
    ),
    Edit(
        "eps-missing",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(G)",
        "eps is not used, so a gradient of zero divides 0 by 0",
    ),
    Edit(
        "eps-in-G",
        ADD,
        "G = G + grad ** 2 + eps",
        "eps is added to G itself in each step, so it piles up in the state",
    ),
    Edit(
        "eps-subtracted",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(G) - eps)",
        "eps is subtracted in the denominator, which brings it nearer to zero",
    ),
    Edit(
        "eps-outside-fraction",
        MOVE,
        "theta = theta - lr * grad / np.sqrt(G) + eps",
        "eps is added to theta, not to the root: a bracket is missing in the denominator",
    ),
    Edit(
        "eps-twice",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(G + eps) + eps)",
        "eps is added both inside and outside the root",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * grad / (np.sqrt(G) + eps)",
        "the step is added: theta goes up the slope",
    ),
    Edit("no-lr", MOVE, "theta = theta - grad / (np.sqrt(G) + eps)", "the learning rate is not used"),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * lr * grad / (np.sqrt(G) + eps)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "lr-below",
        MOVE,
        "theta = theta - grad / (lr * (np.sqrt(G) + eps))",
        "the learning rate stands in the denominator",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * grad / (np.sqrt(G) + eps)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.01 * grad / (np.sqrt(G) + eps)",
        "0.01 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "eps-fixed",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(G) + 1e-10)",
        "1e-10 is written into the step, so the argument eps changes nothing",
    ),
)

RULE = Rule(
    name="adagrad",
    title="Adagrad",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, LR, EPS),
    formula=(
        r"G_t = G_{t-1} + g_t^2,\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{g_t}{\sqrt{G_t} + \epsilon}"
    ),
    source=Paper(
        "J. Duchi, E. Hazan and Y. Singer",
        2011,
        "Adaptive subgradient methods for online learning and stochastic optimization",
        "Journal of Machine Learning Research 12, 2121-2159",
    ),
    hints=(
        "Some coordinates get large gradients in each step, others hardly any. Should all share one lr?",
        "Each coordinate remembers how much gradient it has seen. Why add up squares and not gradients?",
        "A sum of squares has the gradient's unit squared. What brings it back before you divide?",
        "Shape of the lines: G = G + ..., then theta = theta - lr * ... / (np.sqrt(...) + eps).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adagrad(params, lr=0.01, eps=1e-10), initial-value for another start",
        "Keras": "keras.optimizers.Adagrad(learning_rate=0.001, epsilon=1e-07): dialect keras",
        "optax": "optax.adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-07): dialect keras",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
