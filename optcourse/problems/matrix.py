"""A problem whose theta is a matrix, for rules that need one: a linear layer that is to become another."""

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError, real_number
from optcourse.problems.base import Problem, always

TEACHER = (2.0, 1.0)  # what s is at the minimum


def matrix_bowl(condition: float = 10.0, angle: float = 0.0) -> Problem:
    """A layer W, 2 x 2, learns another, W*: the mean of |W x - W* x|^2 / 2 over inputs x.

    theta is W, row by row: shape (4,), and (2, 2) for rules that need a matrix. It starts as U diag(s) V',
    and W* = U diag(2, 1) V', where U turns by `angle` degrees and V by as many the other way: with angle 0
    all are diagonal matrices. The inputs are `condition` times as strong (in the square) along the second
    column of V as along the first. So the gradient is U diag(s[0] - 2, condition (s[1] - 1)) V': a rule that
    only changes singular values stays in the plane of s, which is drawn. (With angle 0 exactly; else rounding
    leads away from it, and Newton-Schulz steps make small things large.)
    ValueError unless condition >= 1.

    >>> from optcourse.problems import matrix_bowl
    >>> matrix_bowl(condition=4.0).parts
    {'theta': (2, 2)}
    """
    real_number("angle", angle, above=-np.inf)
    if not real_number("condition", condition, above=-np.inf) >= 1:
        raise WrongValueError(
            f"condition is the larger curvature over the smaller one, at least 1; got {condition!r}."
        )
    u, v = turned(angle), turned(-angle)
    covariance: Array = v @ np.diag([1.0, condition]) @ v.T
    plane = np.stack([np.outer(u[:, i], v[:, i]).ravel() for i in range(2)])
    teacher: Array = np.array(TEACHER) @ plane

    def error(theta: Array) -> Array:
        return (theta - teacher).reshape(*theta.shape[:-1], 2, 2)

    def loss(theta: Array) -> Array:
        wrong = error(theta)
        value: Array = 0.5 * np.einsum("...ij,...ij->...", wrong @ covariance, wrong)
        return value

    def grad(theta: Array) -> Array:
        return (error(theta) @ covariance).reshape(theta.shape)

    return Problem(
        name="matrix",
        title=f"A 2 x 2 matrix, condition number {condition:g}",
        loss=loss,
        grad=grad,
        initial=always(np.array([-3.0, 2.5]) @ plane),
        optimum=teacher,
        window=((-5.0, 5.0), (-3.0, 4.0)),
        constants={"condition": condition, "angle": angle},
        parts={"theta": (2, 2)},
        plane=plane,
    )


def turned(angle: float) -> Array:
    """The rotation by `angle` degrees."""
    turn = np.deg2rad(angle)
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
