"""The layers of a network in plain numpy, each with its backpropagation written by hand.

An activation has shape (..., n, *size): the leading axes are a sweep, n counts the examples of a batch.
Each layer has three functions beside `size`, the shape that it makes of one example's:

- `parts(size)`: the shapes of its weights by name;
- `forward(x, weights)`: its output, and what `backward` needs of it;
- `backward(delta, kept, weights, slopes)`: from delta, the loss by its output, fills `slopes`, the loss by
  its weights, and gives the loss by its input;
- `fill(weights, random)`: the start (weights that it leaves alone are zero).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.problems.losses import sigmoid
from optcourse.rounding import moved

Size = tuple[int, ...]
Weights = Mapping[str, Array]


class Layer(Protocol):
    """What a network is made of; see this module's docstring."""

    def size(self, size: Size) -> Size: ...
    def parts(self, size: Size) -> dict[str, Size]: ...
    def forward(self, x: Array, weights: Weights) -> tuple[Array, Any]: ...
    def backward(self, delta: Array, kept: Any, weights: Weights, slopes: Weights) -> Array: ...
    def fill(self, weights: Weights, random: np.random.Generator) -> None: ...


def turned(matrix: Array) -> Array:
    """The transposed matrices of a stack."""
    return np.swapaxes(matrix, -1, -2)


def glorot(weights: Array, random: np.random.Generator, fans: int) -> None:
    """Uniform in ±sqrt(6 / fans), fans counting inputs and outputs. Source: Glorot and Bengio (2010)."""
    limit = np.sqrt(6 / fans)
    weights[...] = moved(random.uniform(-limit, limit, weights.shape))


@dataclass(frozen=True)
class Dense:
    """x W + b, for x of shape (..., n, inputs)."""

    width: int

    def size(self, size: Size) -> Size:
        return (self.width,)

    def parts(self, size: Size) -> dict[str, Size]:
        return {"W": (*size, self.width), "b": (self.width,)}

    def forward(self, x: Array, weights: Weights) -> tuple[Array, Array]:
        return x @ weights["W"] + weights["b"][..., None, :], x

    def backward(self, delta: Array, kept: Array, weights: Weights, slopes: Weights) -> Array:
        slopes["W"][...] = moved(turned(kept) @ delta)
        slopes["b"][...] = moved(delta.sum(axis=-2))
        back: Array = moved(delta @ turned(weights["W"]))
        return back

    def fill(self, weights: Weights, random: np.random.Generator) -> None:
        glorot(weights["W"], random, sum(weights["W"].shape))


class _WithoutWeights:
    """What layers without weights share: no parts, nothing to start from."""

    def parts(self, size: Size) -> dict[str, Size]:
        return {}

    def fill(self, weights: Weights, random: np.random.Generator) -> None:
        return None


class Relu(_WithoutWeights):
    """max(x, 0), elementwise; its slope at 0 is 0."""

    def size(self, size: Size) -> Size:
        return size

    def forward(self, x: Array, weights: Weights) -> tuple[Array, Array]:
        out = np.maximum(x, 0)
        return out, out

    def backward(self, delta: Array, kept: Array, weights: Weights, slopes: Weights) -> Array:
        back: Array = delta * (kept > 0)
        return back


class Tanh(_WithoutWeights):
    """tanh(x), elementwise."""

    def size(self, size: Size) -> Size:
        return size

    def forward(self, x: Array, weights: Weights) -> tuple[Array, Array]:
        out = np.tanh(x)
        return out, out

    def backward(self, delta: Array, kept: Array, weights: Weights, slopes: Weights) -> Array:
        back: Array = delta * (1 - kept**2)
        return back


class Sigmoid(_WithoutWeights):
    """1 / (1 + exp(-x)), elementwise; its slope is at most 1/4."""

    def size(self, size: Size) -> Size:
        return size

    def forward(self, x: Array, weights: Weights) -> tuple[Array, Array]:
        out = sigmoid(x)
        return out, out

    def backward(self, delta: Array, kept: Array, weights: Weights, slopes: Weights) -> Array:
        back: Array = delta * kept * (1 - kept)
        return back


ACTIVATIONS: Mapping[str, type[Relu] | type[Tanh] | type[Sigmoid]] = {
    "relu": Relu,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
}


class Flatten(_WithoutWeights):
    """An image (..., n, height, width, channels) as a vector (..., n, height * width * channels)."""

    def size(self, size: Size) -> Size:
        height, width, channels = size
        return (height * width * channels,)

    def forward(self, x: Array, weights: Weights) -> tuple[Array, Size]:
        return x.reshape(*x.shape[:-3], -1), x.shape

    def backward(self, delta: Array, kept: Size, weights: Weights, slopes: Weights) -> Array:
        return delta.reshape(kept)


@dataclass(frozen=True)
class Convolution:
    """Each `window` x `window` patch of an image times W, plus b: (..., n, height, width, channels).

    Without padding, so that height and width shrink by window - 1. W is a matrix, (inputs of a patch,
    channels), an input being (channel, row, column).
    """

    channels: int
    window: int = 3

    def size(self, size: Size) -> Size:
        height, width, _ = size
        return (height - self.window + 1, width - self.window + 1, self.channels)

    def parts(self, size: Size) -> dict[str, Size]:
        return {"W": (size[-1] * self.window**2, self.channels), "b": (self.channels,)}

    def forward(self, x: Array, weights: Weights) -> tuple[Array, tuple[Array, Size]]:
        W, b = weights["W"], weights["b"]
        windows = sliding_window_view(x, (self.window, self.window), axis=(-3, -2))
        examples_and_places = windows.shape[-6:-3]
        patches = windows.reshape(*x.shape[:-4], -1, W.shape[-2])  # the copy makes one matrix product of it
        out: Array = patches @ W + b[..., None, :]
        return out.reshape(*out.shape[:-2], *examples_and_places, self.channels), (patches, x.shape)

    def backward(self, delta: Array, kept: tuple[Array, Size], weights: Weights, slopes: Weights) -> Array:
        patches, shape = kept
        height, width = delta.shape[-3:-1]
        rows = delta.reshape(*delta.shape[:-4], -1, self.channels)
        slopes["W"][...] = moved(turned(patches) @ rows)
        slopes["b"][...] = moved(rows.sum(axis=-2))
        by_patch = (rows @ turned(weights["W"])).reshape(
            *delta.shape[:-1], shape[-1], self.window, self.window
        )
        back = np.zeros((*delta.shape[:-4], *shape[-4:]), delta.dtype)
        for i, j in np.ndindex(self.window, self.window):
            back[..., i : i + height, j : j + width, :] += by_patch[..., i, j]
        return moved(back)

    def fill(self, weights: Weights, random: np.random.Generator) -> None:
        inputs, channels = weights["W"].shape
        glorot(weights["W"], random, inputs + channels * self.window**2)


class MaxPool(_WithoutWeights):
    """The largest of each 2 x 2 pixels, channel by channel; height and width must be even.

    Where several are the largest, each gets an equal part of the slope.
    """

    def size(self, size: Size) -> Size:
        height, width, channels = size
        if height % 2 or width % 2:
            raise WrongValueError(
                f"MaxPool halves height and width, which must be even; got {height} x {width}."
            )
        return (height // 2, width // 2, channels)

    def forward(self, x: Array, weights: Weights) -> tuple[Array, tuple[Array, Array]]:
        rows = np.maximum(x[..., ::2, :, :], x[..., 1::2, :, :])
        out = np.maximum(rows[..., ::2, :], rows[..., 1::2, :])
        return out, (x, out)

    def backward(self, delta: Array, kept: tuple[Array, Array], weights: Weights, slopes: Weights) -> Array:
        x, out = kept
        largest = (x == self._spread(out)).astype(x.dtype)
        quarters = [largest[..., i::2, j::2, :] for i, j in np.ndindex(2, 2)]
        back: Array = largest * self._spread(delta / sum(quarters))
        return back

    def _spread(self, small: Array) -> Array:
        """Each pixel as a square of four."""
        return small.repeat(2, axis=-3).repeat(2, axis=-2)
