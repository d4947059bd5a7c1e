"""The batch gradient of logistic regression: what the lessons' gradients do not give."""

import numpy as np

from optcourse.arrays import Array
from optcourse.homework.calling import Calls, asked, wrong
from optcourse.rules.base import Paper


def grad(theta: Array, x: Array, y: Array) -> Array:
    """The gradient of the mean log loss, shape (d,): theta is (d,), x (B, d), y (B,) of zeros and ones.

    Source: Bishop (2006), equation 4.91, divided by the number of examples.
    """
    p = 1 / (1 + np.exp(-(x @ theta)))
    return x.T @ (p - y) / len(y)


P = "p = 1 / (1 + np.exp(-(x @ theta)))"
RETURN = "return x.T @ (p - y) / len(y)"


MISTAKES = (
    wrong("summed-batch", RETURN, "return x.T @ (p - y)", "the examples are summed; divide by their number"),
    wrong(
        "divided-by-d",
        RETURN,
        "return x.T @ (p - y) / theta.size",
        "you divide by the number of parameters; divide by the number of examples",
    ),
    wrong("residual-reversed", RETURN, "return x.T @ (y - p) / len(y)", "y - p points uphill; it is p - y"),
    wrong("sigmoid-forgotten", P, "p = x @ theta", "the sigmoid is missing: that is linear regression"),
    wrong(
        "sigmoid-reversed",
        P,
        "p = 1 / (1 + np.exp(x @ theta))",
        "the minus in the exponent is missing: p is the probability of the other class",
    ),
    wrong(
        "slope-kept",
        RETURN,
        "return x.T @ ((p - y) * p * (1 - p)) / len(y)",
        "the sigmoid's slope p (1 - p) is multiplied in; the log loss has cancelled it",
    ),
    wrong(
        "labels-plus-minus",
        RETURN,
        "return x.T @ (p - (2 * y - 1)) / len(y)",
        "you take the labels for -1 and 1; they are 0 and 1",
    ),
    wrong("two-kept", RETURN, "return 2 * x.T @ (p - y) / len(y)", "there is a 2 too many: no square here"),
    wrong(
        "rounded",
        P,
        "p = 1.0 * (x @ theta > 0)",
        "p is rounded to 0 or 1: that is the perceptron, and it forgets how sure the model was",
    ),
    wrong(
        "tanh",
        P,
        "p = np.tanh(x @ theta)",
        "np.tanh goes from -1 to 1; the sigmoid goes from 0 to 1",
    ),
)


def calls(seed: int) -> Calls:
    """Batches of several shapes, one of a single example and one with larger features."""
    random = np.random.default_rng(seed)
    made = []
    for batch, d, scale in ((5, 3, 1.0), (1, 4, 1.0), (4, 1, 1.0), (2, 6, 1.0), (7, 2, 8.0)):
        theta, x = random.normal(size=d).round(2), (scale * random.normal(size=(batch, d))).round(2)
        made.append((theta, x, random.integers(0, 2, size=batch).astype(float)))
    return tuple(made)


RULE = asked(
    "logistic",
    "The gradient of logistic regression",
    grad,
    calls,
    seed=91,
    formula=r"\nabla L = \frac{1}{B}\, x^{\mathsf T} (p - y), \quad p = \sigma(x\, \theta)",
    source=Paper("C. M. Bishop", 2006, "Pattern recognition and machine learning", "Springer, section 4.3.2"),
    hints=(
        "Take one example first. What is the derivative of its log loss by z = x . theta?",
        "Nearly everything cancels: the derivative by z is p - y. Then the chain rule brings x.",
        "Shape of the lines: p = 1 / (1 + ...), then x.T @ (...) divided by the number of examples.",
    ),
    mistakes=MISTAKES,
)
