"""Stochastic gradient descent: gradient descent's step, with the gradient of one example."""

import numpy as np  # noqa: F401  (mistakes use it)

from optcourse.arrays import Array
from optcourse.rules import gd
from optcourse.rules.base import Edit, Paper, Rule, hypers_of

step = gd.step


def sgd_grad(theta: Array, x: Array, y: Array) -> Array:
    """The gradient of (x . theta - y)^2 / 2 in theta: x and theta are (d,), y is a number."""
    residual = x @ theta - y
    return residual * x


def wrong(key: str, was: str, becomes: str, says: str) -> Edit:
    """A mistake in the estimate of the gradient."""
    return Edit(key, was, becomes, says, of="estimate")


RESIDUAL, GRADIENT = "residual = x @ theta - y", "return residual * x"

RULE = Rule(
    name="sgd",
    title="Stochastic gradient descent",
    function=step,
    hypers=hypers_of(step, gd.LR),
    formula=r"\theta_t = \theta_{t-1} - \eta\, \nabla \ell_{i_t}(\theta_{t-1})",
    source=Paper(
        "H. Robbins and S. Monro",
        1951,
        "A stochastic approximation method",
        "Annals of Mathematical Statistics 22(3), 400-407",
    ),
    hints=(
        "Write the loss of one example, (x . theta - y)^2 / 2. What is its derivative in theta?",
        "The chain rule gives two factors: how wrong the prediction is, and what theta was multiplied by.",
        "Shape of the lines: residual = x @ theta - ..., then return residual * ...",
    ),
    frameworks=gd.RULE.frameworks,
    estimate=sgd_grad,
    mistake_list=(
        *gd.MISTAKES,
        wrong(
            "residual-reversed",
            RESIDUAL,
            "residual = y - x @ theta",
            "the residual is y minus the prediction: the gradient has the wrong sign",
        ),
        wrong(
            "two-kept",
            GRADIENT,
            "return 2 * residual * x",
            "the loss is halved, so no factor two is left in its gradient",
        ),
        wrong(
            "x-forgotten",
            GRADIENT,
            "return residual * np.ones_like(x)",
            "the chain rule's second factor, x, is missing",
        ),
        wrong(
            "residual-forgotten",
            GRADIENT,
            "return 1.0 * x",
            "the residual, how wrong the prediction is, is missing",
        ),
        wrong(
            "target-forgotten", RESIDUAL, "residual = x @ theta", "y is not subtracted from the prediction"
        ),
        wrong(
            "times-theta",
            GRADIENT,
            "return residual * theta",
            "the residual is multiplied by theta instead of x",
        ),
        wrong(
            "residual-squared",
            GRADIENT,
            "return residual ** 2 * x",
            "the residual is squared: that is in the loss, not in its gradient",
        ),
        wrong(
            "residual-sign",
            GRADIENT,
            "return np.sign(residual) * x",
            "only the residual's sign is used: that is the gradient of the absolute error",
        ),
        wrong(
            "divided-by-d",
            GRADIENT,
            "return residual * x / len(x)",
            "you divide by the number of coordinates; one example has nothing to average over",
        ),
    ),
)
