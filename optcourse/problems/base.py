"""What a problem is: something to minimise. Knows nothing of rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongTypeError
from optcourse.rounding import moving

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Problem:
    """Something to minimise.

    `loss(theta)` and `grad(theta)` take theta of shape (..., d) and give shapes (...) and (..., d): the
    leading axes are a sweep. Where there are `examples` to draw batches from, both also take
    `batch=`, an array of indices of shape (..., B). `initial(seed)` is a start of shape (d,).
    `window` is the part of the plane worth drawing, ((x0, x1), (y0, y1)), for problems with d = 2; with
    d = 1 the second range is of losses, with more than two, `plane` holds the two
    orthonormal directions, (2, d), of a plane through the origin to draw.
    `validation_loss` and, with classes, `validation_accuracy` (the share of right answers) are measured on
    examples kept back. `parts` names the pieces of theta and gives their shapes.
    `data` are all examples, (x, y), where a gradient can be estimated from some of them.

    `name` and `title` are what tables and pictures call it; `optimum`, shape (d,), is where the loss is
    least, if that is known, and `constants` are the numbers that it was made with. WrongTypeError for a
    `loss`, `grad` or `initial` that is no function.

    >>> import numpy as np
    >>> from optcourse import run
    >>> from optcourse.problems import Problem
    >>> ridge = Problem(
    ...     name="ridge",
    ...     title="A ridge",
    ...     loss=lambda theta: np.abs(theta).sum(axis=-1),
    ...     grad=np.sign,
    ...     initial=lambda seed: np.array([1.0, -2.0]),
    ... )
    >>> run("gd", ridge, steps=10, lr=0.1).theta.shape
    (11, 2)
    """

    name: str
    title: str
    loss: Callable[..., Array]
    grad: Callable[..., Array]
    initial: Callable[[int], Array]
    optimum: Array | None = None
    window: Window | None = None
    constants: Mapping[str, float] = field(default_factory=dict)
    examples: int = 0
    validation_loss: Callable[[Array], Array] | None = None
    validation_accuracy: Callable[[Array], Array] | None = None
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    plane: Array | None = None
    data: tuple[Array, Array] | None = None

    def __post_init__(self) -> None:
        for name in ("loss", "grad", "initial", "validation_loss", "validation_accuracy"):
            function = getattr(self, name)
            if function is None and name.startswith("validation"):
                continue
            if not callable(function):
                raise WrongTypeError(f"{name} of a problem must be a function; got {function!r}.")
            object.__setattr__(self, name, moving(function))

    @property
    def start(self) -> Array:
        """The start for seed 0."""
        return self.initial(0)


def always(start: Any) -> Callable[[int], Array]:
    """An `initial` that does not depend on the seed."""
    fixed = np.asarray(start, dtype=float)

    def initial(seed: int) -> Array:
        return fixed.copy()

    return initial
