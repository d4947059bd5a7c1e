"""Gradient descent: a step against the gradient, in proportion to it."""

import numpy as np  # noqa: F401  (mistakes use it)

from optcourse.arrays import Array, State
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


def step(theta: Array, grad: Array, state: State, *, lr: float = 1e-3) -> tuple[Array, State]:
    """One step: theta and grad have one shape; the state is empty. Source: Cauchy (1847)."""
    theta = theta - lr * grad
    return theta, state


LINE = "theta = theta - lr * grad"


def wrong(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the one line that matters."""
    return Edit(key, LINE, becomes, says)


MISTAKES = (
    wrong("ascends", "theta = theta + lr * grad", "you step along the gradient, so the loss goes up"),
    wrong("no-lr", "theta = theta - grad", "the learning rate is not used: the step is the whole gradient"),
    wrong("lr-squared", "theta = theta - lr * lr * grad", "the learning rate is multiplied in twice"),
    wrong(
        "lr-divides",
        "theta = theta - grad / lr",
        "you divide by the learning rate instead of multiplying by it",
    ),
    wrong(
        "lr-fixed",
        "theta = theta - 0.001 * grad",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    wrong("returns-update", "theta = -lr * grad", "you return the change, not theta plus the change"),
    wrong(
        "shrinks-theta", "theta = lr * (theta - grad)", "lr multiplies theta as well, not the gradient alone"
    ),
    wrong(
        "scales-theta",
        "theta = theta * (1 - lr * grad)",
        "the gradient multiplies theta instead of being subtracted",
    ),
    wrong(
        "sign-only",
        "theta = theta - lr * np.sign(grad)",
        "only the sign of the gradient is used, its size is lost",
    ),
    wrong(
        "normalised",
        "theta = theta - lr * grad / (np.sqrt(np.sum(grad * grad)) + 1e-30)",
        "the gradient is divided by its length, so each step is lr long however flat the slope",
    ),
    wrong(
        "normalised-bare",
        "theta = theta - lr * grad / np.sqrt(np.sum(grad * grad))",
        "the gradient is divided by its length: each step is lr long, and a gradient of zero divides 0 by 0",
    ),
    wrong("absolute", "theta = theta - lr * np.abs(grad)", "the absolute value loses which way is down"),
    wrong("squared", "theta = theta - lr * grad ** 2", "the gradient is squared, which loses its sign"),
    wrong("halved", "theta = theta - 0.5 * lr * grad", "a factor one half has slipped in"),
    wrong(
        "doubled",
        "theta = theta - 2 * lr * grad",
        "a factor two has slipped in (the gradient already holds it)",
    ),
    wrong(
        "averaged",
        "theta = theta - lr * np.mean(grad)",
        "the gradient's coordinates are averaged: all move alike",
    ),
    wrong(
        "summed", "theta = theta - lr * np.sum(grad)", "the gradient's coordinates are summed: all move alike"
    ),
    wrong("not-moved", "theta = 1.0 * theta", "theta comes back as it went in"),
)

SOURCE = Paper(
    "A. Cauchy",
    1847,
    "Méthode générale pour la résolution des systèmes d'équations simultanées",
    "Comptes rendus de l'Académie des sciences 25, 536-538",
)
LR = Hyper(
    "lr", "learning rate: how far to go for each unit of gradient", "[0, inf)", (1e-3, 1.0), 0.03, "log"
)
FORMULA = r"\theta_t = \theta_{t-1} - \eta\, g_t"
HINTS = (
    "Which way does the gradient point: up the slope or down it?",
    "The new theta is the old one minus something. It is proportional to grad: with which factor?",
    "Shape of the line: theta = theta - ... * ..., then return theta and the state you were given.",
)

RULE = Rule(
    name="gd",
    title="Gradient descent",
    function=step,
    hypers=hypers_of(step, LR),
    formula=FORMULA,
    source=SOURCE,
    hints=HINTS,
    frameworks={
        "PyTorch": "torch.optim.SGD(params, lr=0.001)",
        "Keras": "keras.optimizers.SGD(learning_rate=0.01)",
        "optax": "optax.sgd(learning_rate)",
    },
    mistake_list=MISTAKES,
)
