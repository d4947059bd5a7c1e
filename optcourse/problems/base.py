"""What a problem is: something to minimise. Knows nothing of rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optcourse.arrays import Array
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
            if function := getattr(self, name):
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
