"""What a network's output is measured by: each loss, its slope, and how often it is right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array

Targets = NDArray[Any]


@dataclass(frozen=True)
class Loss:
    """A mean over the examples.

    `value(output, y)` takes an output of shape (..., n, k) and targets y of shape (..., n), and gives shape
    (...); `slope(output, y)` is its derivative, of the output's shape. `accuracy` is the share of right
    answers, None where the targets are no classes.
    """

    name: str
    value: Callable[[Array, Targets], Array]
    slope: Callable[[Array, Targets], Array]
    accuracy: Callable[[Array, Targets], Array] | None = None


def _squared_error(output: Array, y: Targets) -> Array:
    value: Array = np.mean((output[..., 0] - y) ** 2, axis=-1)
    return value


def _squared_error_slope(output: Array, y: Targets) -> Array:
    slope: Array = 2 / output.shape[-2] * (output - y[..., None])
    return slope


def _log_softmax(output: Array) -> Array:
    shifted = output - output.max(axis=-1, keepdims=True)  # so that exp can't overflow
    value: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return value


def _is_class(output: Array, y: Targets) -> NDArray[np.bool_]:
    return np.asarray(y[..., None] == np.arange(output.shape[-1]))


def _cross_entropy(output: Array, y: Targets) -> Array:
    value: Array = -np.mean(np.where(_is_class(output, y), _log_softmax(output), 0).sum(axis=-1), axis=-1)
    return value


def _cross_entropy_slope(output: Array, y: Targets) -> Array:
    slope: Array = (np.exp(_log_softmax(output)) - _is_class(output, y)) / output.shape[-2]
    return slope


def _largest_is_right(output: Array, y: Targets) -> Array:
    share: Array = np.mean(output.argmax(axis=-1) == y, axis=-1)
    return share


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    value: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return value


def _logistic(output: Array, y: Targets) -> Array:
    z = output[..., 0]
    value: Array = np.mean(np.logaddexp(0, z) - y.astype(z.dtype) * z, axis=-1)
    return value


def _logistic_slope(output: Array, y: Targets) -> Array:
    slope: Array = (sigmoid(output) - y[..., None].astype(output.dtype)) / output.shape[-2]
    return slope


def _sign_is_right(output: Array, y: Targets) -> Array:
    share: Array = np.mean((output[..., 0] > 0) == y, axis=-1)
    return share


# One output, a number.
SQUARED_ERROR = Loss("mean squared error", _squared_error, _squared_error_slope)
# One output for each class; y is the class.
CROSS_ENTROPY = Loss("cross-entropy", _cross_entropy, _cross_entropy_slope, _largest_is_right)
# One output for two classes; y is 0 or 1.
LOGISTIC = Loss("logistic loss", _logistic, _logistic_slope, _sign_is_right)
