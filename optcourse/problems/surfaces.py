"""Functions of one or two parameters that can be drawn."""

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError, real_number
from optcourse.problems.base import Problem, always


def parabola(curvature: float = 4.0) -> Problem:
    """The loss curvature * theta^2 / 2 of a single parameter: theta has shape (1,), the minimum is 0 at 0.

    The second numbers of `window` are the losses worth drawing. ValueError unless curvature > 0.

    `curvature` is the second derivative.

    >>> import numpy as np
    >>> from optcourse.problems import parabola
    >>> parabola(curvature=2.0).loss(np.array([3.0])).item()
    9.0
    """
    if not real_number("curvature", curvature, above=-np.inf) > 0:
        raise WrongValueError(f"curvature must be above 0, or there is no minimum; got {curvature!r}.")
    return Problem(
        name="parabola",
        title=f"A parabola, curvature {curvature:g}",
        loss=lambda theta: curvature * theta[..., 0] ** 2 / 2,
        grad=lambda theta: curvature * theta,
        initial=always([-1.0]),
        optimum=np.zeros(1),
        window=((-2.0, 2.0), (-0.4, 2.6)),
        constants={"curvature": curvature},
    )


def quadratic(condition: float = 10.0, angle: float = 0.0) -> Problem:
    """The bowl theta' H theta / 2 with curvatures 1 and `condition`, turned by `angle` degrees.

    The largest curvature L is `condition`; the minimum is 0 at the origin. ValueError unless
    condition >= 1.

    >>> import numpy as np
    >>> from optcourse.problems import quadratic
    >>> quadratic(condition=4.0).loss(np.array([0.0, 1.0])).item()
    2.0
    """
    real_number("angle", angle, above=-np.inf)
    if not real_number("condition", condition, above=-np.inf) >= 1:
        raise WrongValueError(
            f"condition is the larger curvature over the smaller one, at least 1; got {condition!r}."
        )
    turn = np.deg2rad(angle)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    hessian: Array = axes @ np.diag([1.0, condition]) @ axes.T

    def loss(theta: Array) -> Array:
        value: Array = 0.5 * np.einsum("...i,...i->...", theta, theta @ hessian)
        return value

    def grad(theta: Array) -> Array:
        return theta @ hessian

    return Problem(
        name="quadratic",
        title=f"Quadratic bowl, condition number {condition:g}",
        loss=loss,
        grad=grad,
        initial=always([-4.0, 1.5]),
        optimum=np.zeros(2),
        window=((-5.0, 5.0), (-3.0, 3.0)),
        constants={"condition": condition, "angle": angle},
    )


def rosenbrock(a: float = 1.0, b: float = 100.0) -> Problem:
    """Rosenbrock's valley (a - x)^2 + b (y - x^2)^2, its minimum 0 at (a, a^2).

    Source: H. H. Rosenbrock (1960), The Computer Journal 3(3), 175-184.

    `a` and `b` are finite numbers, `b` above 0, or WrongValueError.

    >>> import numpy as np
    >>> from optcourse.problems import rosenbrock
    >>> rosenbrock().loss(np.array([1.0, 1.0])).item()
    0.0
    """

    real_number("a", a, above=-np.inf)
    real_number("b", b, above=0)

    def loss(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return (a - x) ** 2 + b * (y - x**2) ** 2

    def grad(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        bend = y - x**2
        return np.stack([-2 * (a - x) - 4 * b * x * bend, 2 * b * bend], axis=-1)

    return Problem(
        name="rosenbrock",
        title="Rosenbrock's valley",
        loss=loss,
        grad=grad,
        initial=always([-1.5, 2.0]),
        optimum=np.array([a, a**2]),
        window=((-2.0, 2.0), (-1.0, 3.0)),
        constants={"a": a, "b": b},
    )
