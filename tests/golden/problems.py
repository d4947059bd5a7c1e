"""The four problems of the golden records: a start, a number of steps and a gradient. No random numbers.

Every constant is an exact binary fraction and sums have a fixed order, so that a gradient is the same in
every framework. Each takes the module `xp` (numpy, torch or jax.numpy) whose arrays it is to work on, and
returns `grad(theta, t)`, the gradient at step t; the first t is 1.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

Gradient = Callable[[Any, Any], Any]


class GoldenProblem(NamedTuple):
    """What a rule is stepped on; `grad` is one of the functions below."""

    start: list[Any]
    steps: int
    grad: Callable[[Any], Gradient]


def quad(xp: Any) -> Gradient:
    """Of (x^2 + 25 y^2) / 2."""
    curvature = xp.asarray([1.0, 25.0])
    return lambda theta, t: curvature * theta


def rosen(xp: Any) -> Gradient:
    """Of (1 - x)^2 + 100 (y - x^2)^2."""

    def grad(theta: Any, t: Any) -> Any:
        x, y = theta[0], theta[1]
        r = y - x * x
        return xp.stack([-2.0 * (1.0 - x) - 400.0 * x * r, 200.0 * r])

    return grad


def sequence(t: int) -> list[float]:
    """Step t of gradients with exact zeros, a tiny coordinate (4) and one that starts late (5)."""
    grad = [((37 * t + 101 * i + 17 * i * t + 7 * t * t) % 201 - 100) / 64 for i in range(6)]
    grad[4] *= 2.0**-17
    return [0.0 if (t + 2 * i) % 7 == 0 or (i == 5 and t <= 10) else g for i, g in enumerate(grad)]


def seq(xp: Any) -> Gradient:
    """The sequence, which does not depend on theta."""
    grads = xp.asarray([sequence(t) for t in range(1, 201)])
    return lambda theta, t: grads[t - 1]


A = [[4.0, 1.0, 0.0, 0.5], [1.0, 3.0, 1.0, 0.0], [0.0, 1.0, 2.0, 0.5], [0.5, 0.0, 0.5, 1.0]]
B = [[((3 * i + 5 * j) % 7 - 3) / 2 for j in range(3)] for i in range(4)]
W0 = [[((5 * i + 3 * j) % 8 - 3.5) / 4 for j in range(3)] for i in range(4)]


def mat(xp: Any) -> Gradient:
    """A W - B for a matrix W, each sum taken from left to right."""
    a, b = xp.asarray(A), xp.asarray(B)

    def grad(theta: Any, t: Any) -> Any:
        total = a[:, 0:1] * theta[0:1]
        for k in range(1, 4):
            total = total + a[:, k : k + 1] * theta[k : k + 1]
        return total - b

    return grad


PROBLEMS = {
    "quad": GoldenProblem([-4.0, 1.5], 1000, quad),
    "rosen": GoldenProblem([-1.5, 2.0], 1000, rosen),
    "seq": GoldenProblem([0.5, -0.25, 1.0, -1.5, 0.125, 2.0], 200, seq),
    "mat": GoldenProblem(W0, 500, mat),
}
