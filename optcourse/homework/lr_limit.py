"""The largest step size, and the fastest: of gradient descent on linear regression with a penalty."""

import numpy as np

from optcourse.arrays import Array
from optcourse.homework.calling import Calls, asked, wrong
from optcourse.rules.base import Paper


def largest_lr(x: Array, penalty: float) -> float:
    """The lr above which descent diverges on mean((x theta - y)^2) / 2 + penalty |theta|^2 / 2; x is (n, d).

    Source: Nesterov (2018), section 1.2.3, for a quadratic function.
    """
    hessian = x.T @ x / len(x)
    curvature = np.linalg.eigvalsh(hessian)
    return float(2 / (curvature[-1] + penalty))


def best_lr(x: Array, penalty: float) -> float:
    """The lr at which the slowest direction of the same loss is as fast as it can be."""
    hessian = x.T @ x / len(x)
    curvature = np.linalg.eigvalsh(hessian)
    return float(2 / (curvature[0] + curvature[-1] + 2 * penalty))


HESSIAN = "hessian = x.T @ x / len(x)"
CURVATURE = "curvature = np.linalg.eigvalsh(hessian)"


OF_BOTH = (
    wrong(
        "rows-forgotten",
        HESSIAN,
        "hessian = x.T @ x",
        "the curvature of a mean is the mean: divide x.T @ x by the number of rows",
    ),
    wrong(
        "divided-by-d",
        HESSIAN,
        "hessian = x.T @ x / x.shape[1]",
        "you divide by the number of columns; the mean is over the rows",
    ),
    wrong(
        "half-kept",
        HESSIAN,
        "hessian = x.T @ x / len(x) / 2",
        "the half in the loss is gone in the second derivative: the square brings a 2",
    ),
    wrong(
        "singular-values",
        CURVATURE,
        "curvature = np.sqrt(np.linalg.eigvalsh(hessian))",
        "the curvatures are the squares of x's singular values (divided by the rows)",
    ),
    wrong(
        "diagonal",
        CURVATURE,
        "curvature = np.sort(np.diag(hessian))",
        "the diagonal has the curvatures along the axes; the steepest direction is rarely one of them",
    ),
)
MISTAKES = (
    *OF_BOTH,
    wrong(
        "penalty-forgotten",
        "(curvature[-1] + penalty)",
        "curvature[-1]",
        "the penalty is missing: it adds to the curvature in each direction",
    ),
    wrong(
        "penalty-doubled",
        "+ penalty",
        "+ 2 * penalty",
        "the penalty is counted twice: the half before it cancels the 2 of the square",
    ),
    wrong("one-over", "2 /", "1 /", "1 / L is safe and may be doubled before descent diverges"),
    wrong(
        "flattest", "curvature[-1]", "curvature[0]", "the steepest direction sets the limit, not the flattest"
    ),
    wrong(
        "trace",
        "curvature[-1]",
        "np.sum(curvature)",
        "the sum of all curvatures is larger than the largest: that limit is too careful",
    ),
    wrong(
        "penalty-outside",
        "2 / (curvature[-1] + penalty)",
        "2 / curvature[-1] + penalty",
        "a bracket is missing: the penalty belongs below",
    ),
)
BEST_MISTAKES = (
    *OF_BOTH,
    wrong(
        "penalty-forgotten",
        " + 2 * penalty",
        "",
        "the penalty is missing: it adds to the curvature in each direction",
    ),
    wrong(
        "penalty-once",
        "2 * penalty",
        "penalty",
        "the penalty adds to both curvatures, so it is there twice",
    ),
    wrong(
        "one-over", "2 /", "1 /", "that is half as fast: the two directions then shrink by different factors"
    ),
    wrong(
        "largest",
        "curvature[0] + curvature[-1]",
        "curvature[-1] + curvature[-1]",
        "1 / L brings the steepest direction home in one step and leaves the flattest slow",
    ),
    wrong(
        "limit",
        "curvature[0] + curvature[-1] + 2 * penalty",
        "curvature[-1] + penalty",
        "that is the limit itself, at which the steepest direction does not shrink at all",
    ),
    wrong(
        "mean-of-limits",
        "2 / (curvature[0] + curvature[-1] + 2 * penalty)",
        "1 / (curvature[0] + penalty) + 1 / (curvature[-1] + penalty)",
        "the mean of the two limits: average the curvatures, not their inverses",
    ),
)


def calls(seed: int) -> Calls:
    """Data of several shapes, always with more rows than columns; penalties with and without."""
    random = np.random.default_rng(seed)
    made = []
    for n, d, penalty in ((5, 2, 0.0), (6, 3, 0.5), (4, 1, 0.25), (9, 4, 0.0), (8, 2, 3.0)):
        x = random.normal(size=(n, d)) * random.uniform(0.5, 2.0, size=d)
        made.append((x.round(2), penalty))
    return tuple(made)


SOURCE = Paper("Yu. Nesterov", 2018, "Lectures on convex optimization", "Springer, sections 1.2.3 and 2.1.5")
LARGEST = asked(
    "largest_lr",
    "The largest step size",
    largest_lr,
    calls,
    seed=92,
    formula=r"\eta < \frac{2}{\lambda_{\max}(x^{\mathsf T} x / n) + \alpha}",
    source=SOURCE,
    hints=(
        "What is the second derivative of the loss, as a matrix?",
        "Along an eigenvector of curvature c the distance is multiplied by 1 - lr * c. When is that below 1?",
        "Shape of the lines: hessian = ... / len(x), curvature = np.linalg.eigvalsh(hessian), 2 / (...).",
    ),
    mistakes=MISTAKES,
)
BEST = asked(
    "best_lr",
    "The fastest step size",
    best_lr,
    calls,
    seed=93,
    formula=r"\eta = \frac{2}{\lambda_{\min} + \lambda_{\max} + 2\alpha}",
    source=SOURCE,
    hints=(
        "Each direction shrinks by |1 - lr * c|. Which two directions are the slow ones?",
        "Raise lr until the steepest direction is as slow as the flattest: 1 - lr * c_min = lr * c_max - 1.",
        "Shape of the line: 2 / (smallest + largest + ...).",
    ),
    mistakes=BEST_MISTAKES,
)
