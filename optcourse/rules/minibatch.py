"""Mini-batch gradient descent: gradient descent's step, with the mean gradient of a few examples."""

import numpy as np  # noqa: F401  (mistakes use it)

from optcourse.arrays import Array
from optcourse.rules import gd
from optcourse.rules.base import Paper, Rule, hypers_of
from optcourse.rules.sgd import wrong

step = gd.step


def minibatch_grad(theta: Array, x: Array, y: Array) -> Array:
    """The gradient of mean((x . theta - y)^2) / 2 in theta: x is (B, d), y is (B,), theta is (d,)."""
    residual = x @ theta - y
    return residual @ x / len(y)


RESIDUAL, GRADIENT = "residual = x @ theta - y", "return residual @ x / len(y)"

RULE = Rule(
    name="minibatch",
    title="Mini-batch gradient descent",
    function=step,
    hypers=hypers_of(step, gd.LR),
    formula=r"\theta_t = \theta_{t-1} - \frac{\eta}{|B_t|} \sum_{i \in B_t} \nabla \ell_i(\theta_{t-1})",
    source=Paper(
        "L. Bottou, F. E. Curtis and J. Nocedal",
        2018,
        "Optimization methods for large-scale machine learning",
        "SIAM Review 60(2), 223-311, arXiv:1606.04838",
    ),
    hints=(
        "You know the gradient of one example from lesson 02. What is the gradient of a mean of losses?",
        "It is the mean of the gradients: sum residual_i * x_i over the batch. Which product does that?",
        "Shape of the lines: residual = x @ theta - ..., then return residual @ ... / ...",
    ),
    frameworks=gd.RULE.frameworks,
    estimate=minibatch_grad,
    mistake_list=(
        *gd.MISTAKES,
        wrong(
            "summed-batch",
            GRADIENT,
            "return residual @ x",
            "the gradients are summed, not averaged: the step grows with the batch",
        ),
        wrong(
            "divided-by-d",
            GRADIENT,
            "return residual @ x / x.shape[1]",
            "you divide by the number of coordinates, not by the number of examples",
        ),
        wrong(
            "divided-by-both",
            GRADIENT,
            "return residual @ x / x.size",
            "you average over the coordinates as well as over the examples",
        ),
        wrong(
            "two-kept",
            GRADIENT,
            "return 2 * residual @ x / len(y)",
            "the loss is halved, so no factor two is left in its gradient",
        ),
        wrong(
            "residual-reversed",
            RESIDUAL,
            "residual = y - x @ theta",
            "the residual is y minus the prediction: the gradient has the wrong sign",
        ),
        wrong(
            "first-example",
            GRADIENT,
            "return residual[0] * x[0]",
            "only the first example of the batch is used",
        ),
        wrong(
            "means-multiplied",
            GRADIENT,
            "return np.mean(residual) * np.mean(x, axis=0)",
            "the mean of products is not the product of the means",
        ),
        wrong(
            "target-forgotten", RESIDUAL, "residual = x @ theta", "y is not subtracted from the prediction"
        ),
        wrong(
            "residual-squared",
            GRADIENT,
            "return residual ** 2 @ x / len(y)",
            "the residual is squared: that is in the loss, not in its gradient",
        ),
        wrong(
            "residual-forgotten",
            GRADIENT,
            "return np.mean(x, axis=0)",
            "the residual, how wrong the prediction is, is missing",
        ),
    ),
)
