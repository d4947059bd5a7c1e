"""Neural networks in plain numpy, gradients by hand-written backpropagation."""

from collections.abc import Mapping
from itertools import pairwise
from math import prod

import numpy as np

from optcourse.arrays import Array
from optcourse.problems.base import Problem
from optcourse.problems.data import Split, diabetes


def layer_parts(widths: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Shapes of a perceptron's weights and biases in the order of the flat vector: W1, b1, W2, ..."""
    parts: dict[str, tuple[int, ...]] = {}
    for number, (inputs, outputs) in enumerate(pairwise(widths), start=1):
        parts[f"W{number}"] = (inputs, outputs)
        parts[f"b{number}"] = (outputs,)
    return parts


def views(theta: Array, parts: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """Named views of theta, shape (..., d): each (..., *shape). Writing to one writes to theta."""
    found, begin = {}, 0
    for name, shape in parts.items():
        end = begin + prod(shape)
        found[name] = theta[..., begin:end].reshape(*theta.shape[:-1], *shape)
        begin = end
    return found


def perceptron(data: Split, hidden: tuple[int, ...] = (64,), *, name: str, title: str) -> Problem:
    """A multilayer perceptron with ReLU between dense layers and one linear output, mean squared error.

    theta is one flat vector; `parts` names its pieces. The start is Keras' for Dense layers: weights
    Glorot-uniform (Glorot and Bengio 2010), biases zero, drawn anew for each seed.
    """
    widths = (data.x.shape[1], *hidden, 1)
    parts = layer_parts(widths)
    layers = range(1, len(widths))

    def forward(theta: Array, x: Array) -> tuple[Array, list[Array], dict[str, Array]]:
        """The output (..., n), what goes into each layer, (..., n, width), and theta's views."""
        weights = views(theta, parts)
        into = [x]
        for layer in layers:
            z = into[-1] @ weights[f"W{layer}"] + weights[f"b{layer}"][..., None, :]
            into.append(np.maximum(z, 0) if layer < len(layers) else z)
        return into.pop()[..., 0], into, weights

    def chosen(batch: Array | None) -> tuple[Array, Array]:
        return (data.x, data.y) if batch is None else (data.x[batch], data.y[batch])

    def loss(theta: Array, batch: Array | None = None) -> Array:
        x, y = chosen(batch)
        value: Array = np.mean((forward(theta, x)[0] - y) ** 2, axis=-1)
        return value

    def grad(theta: Array, batch: Array | None = None) -> Array:
        x, y = chosen(batch)
        output, into, weights = forward(theta, x)
        gradient = np.empty_like(theta)
        to_fill = views(gradient, parts)
        delta = (2 / output.shape[-1] * (output - y))[
            ..., None
        ]  # the loss by what leaves a layer, (..., n, width)
        for layer in reversed(layers):
            to_fill[f"W{layer}"][...] = np.swapaxes(into[layer - 1], -1, -2) @ delta
            to_fill[f"b{layer}"][...] = delta.sum(axis=-2)
            if layer > 1:
                delta = (delta @ np.swapaxes(weights[f"W{layer}"], -1, -2)) * (into[layer - 1] > 0)
        return gradient

    def validation_loss(theta: Array) -> Array:
        output = forward(theta, data.x_validation)[0]
        value: Array = np.mean((output - data.y_validation) ** 2, axis=-1)
        return value

    def initial(seed: int) -> Array:
        random = np.random.default_rng(seed)
        theta = np.zeros(sum(map(prod, parts.values())))
        for view in views(theta, parts).values():
            if view.ndim == 2:
                limit = np.sqrt(6 / sum(view.shape))
                view[...] = random.uniform(-limit, limit, view.shape)
        return theta

    return Problem(
        name=name,
        title=title,
        loss=loss,
        grad=grad,
        initial=initial,
        examples=len(data.y),
        validation_loss=validation_loss,
        parts=parts,
    )


def diabetes_network(hidden: int = 64) -> Problem:
    """The well-known ten-input example on the diabetes data: Dense 64 with ReLU, Dense 1; 769 parameters."""
    return perceptron(
        diabetes(), (hidden,), name="diabetes", title=f"Network 10-{hidden}-1 on the diabetes data"
    )
