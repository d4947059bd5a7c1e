"""Linear regression without intercept: mean((x . theta - y)^2) / 2."""

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError, real_number, whole_number
from optcourse.problems.base import Problem, always
from optcourse.problems.data import diabetes
from optcourse.rounding import moved


def linear_regression(
    x: Array | None = None, y: Array | None = None, *, noise: float = 0.5, seed: int = 0
) -> Problem:
    """Fit y by x . theta: x is (n, d), y is (n,).

    Without x and y: 64 made-up points with two inputs, the second three times as spread as the first,
    y = x . (1, -0.5) + `noise` times a standard normal. ValueError where the shapes do not fit.

    `x` has shape (n, d), `y` shape (n,). `seed` draws the made-up points; whole and at least 0.

    >>> from optcourse.problems import linear_regression
    >>> linear_regression(seed=1).examples
    64
    """
    whole_number("seed", seed, least=0)
    real_number("noise", noise, above=-np.inf)
    if (x is None) != (y is None):
        raise WrongValueError("give both x and y, or neither.")
    if x is None or y is None:
        random = np.random.default_rng(seed)
        x = moved(random.standard_normal((64, 2)) * np.array([1.0, 3.0]))
        y = moved(x @ np.array([1.0, -0.5]) + noise * random.standard_normal(64))
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or y.shape != x.shape[:1] or not len(y):
        raise WrongValueError(f"x must be (n, d) and y (n,) with n > 0; got {x.shape} and {y.shape}.")
    all_x, all_y = x, y
    dimension = x.shape[1]

    def residuals(theta: Array, batch: Array | None) -> tuple[Array, Array]:
        if batch is None:
            return theta @ all_x.T - all_y, all_x
        x = all_x[batch]
        return (x @ theta[..., None])[..., 0] - all_y[batch], x

    def loss(theta: Array, batch: Array | None = None) -> Array:
        residual, _ = residuals(theta, batch)
        value: Array = np.mean(residual**2, axis=-1) / 2
        return value

    def grad(theta: Array, batch: Array | None = None) -> Array:
        residual, x = residuals(theta, batch)
        mean: Array = (residual[..., None, :] @ x)[..., 0, :] / residual.shape[-1]
        return mean

    best = moved(np.linalg.lstsq(x, y, rcond=None)[0])
    reach = 3.0 + np.abs(best).max()
    return Problem(
        name="regression",
        title="Linear regression",
        loss=loss,
        grad=grad,
        initial=always(np.concatenate([[-2.0, 2.0], np.zeros(dimension)])[:dimension]),
        optimum=best,
        window=((-reach, reach), (-reach, reach)) if dimension == 2 else None,
        constants={"noise": noise},
        examples=len(y),
        parts={"theta": (dimension,)},
        data=(x, y),
    )


def diabetes_regression() -> Problem:
    """Linear regression on the standardised diabetes data (354 patients to learn from, 10 inputs).

    >>> from optcourse.problems import diabetes_regression
    >>> diabetes_regression().start.shape
    (10,)
    """
    data = diabetes()
    return linear_regression(data.x, data.y)
