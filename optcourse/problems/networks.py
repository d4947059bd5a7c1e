"""Neural networks as problems: one flat vector of parameters with named parts, and backpropagation."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongTypeError, WrongValueError, whole_number
from optcourse.problems.base import Problem
from optcourse.problems.data import CHARACTERS, Split, adding, characters, diabetes, digits
from optcourse.problems.layers import (
    ACTIVATIONS,
    Convolution,
    Dense,
    Flatten,
    Layer,
    MaxPool,
    Relu,
    Size,
)
from optcourse.problems.losses import CROSS_ENTROPY, SQUARED_ERROR, Loss
from optcourse.problems.recurrent import Elman, Gru


def views(theta: Array, parts: Mapping[str, Size]) -> dict[str, Array]:
    """Named views of theta, shape (..., d): each (..., *shape). Writing to one writes to theta."""
    found, begin = {}, 0
    for name, shape in parts.items():
        end = begin + prod(shape)
        found[name] = theta[..., begin:end].reshape(*theta.shape[:-1], *shape)
        begin = end
    return found


class _Stack:
    """Layers one after another, and where their weights stand in a flat vector.

    `parts` names them W1, b1, W2, ...: the number counts the layers that have weights.
    """

    def __init__(self, layers: Sequence[Layer], size: Size) -> None:
        self.layers = layers
        self.parts: dict[str, Size] = {}
        self._where: list[list[tuple[str, slice, Size]]] = []
        number, begin = 0, 0
        for layer in layers:
            shapes = layer.parts(size)
            number += bool(shapes)
            self.parts |= {f"{name}{number}": shape for name, shape in shapes.items()}
            ends = list(accumulate((prod(shape) for shape in shapes.values()), initial=begin))
            self._where.append(
                [
                    (name, slice(start, end), shape)
                    for (name, shape), start, end in zip(shapes.items(), ends, ends[1:], strict=False)
                ]
            )
            begin, size = ends[-1], layer.size(size)

    def weights(self, theta: Array) -> Iterator[dict[str, Array]]:
        """For each layer, views of theta by the names the layer itself uses."""
        lead = theta.shape[:-1]
        for places in self._where:
            yield {name: theta[..., place].reshape(lead + shape) for name, place, shape in places}

    def forward(self, theta: Array, x: Array) -> tuple[Array, list[tuple[Layer, Any, dict[str, Array]]]]:
        """The output (..., n, k), and what backpropagation needs of each layer."""
        passed = []
        for layer, weights in zip(self.layers, self.weights(theta), strict=True):
            x, kept = layer.forward(x, weights)
            passed.append((layer, kept, weights))
        return x, passed

    def backward(
        self, theta: Array, delta: Array, passed: list[tuple[Layer, Any, dict[str, Array]]]
    ) -> Array:
        """The gradient, of theta's shape, from the loss by the output."""
        gradient = np.empty_like(theta)
        slopes = list(self.weights(gradient))
        for (layer, kept, weights), to_fill in zip(reversed(passed), reversed(slopes), strict=True):
            delta = layer.backward(delta, kept, weights, to_fill)
        return gradient


def network(layers: Sequence[Layer], data: Split, loss: Loss, *, name: str, title: str) -> Problem:
    """The problem to train these layers on `data`, in the precision of the theta that is given.

    theta is one flat vector; `parts` names its pieces. The start is Keras': weights Glorot-uniform, of
    recurrent layers orthogonal, biases zero, drawn anew for each seed.
    """
    stack = _Stack(layers, data.x.shape[1:])

    def chosen(theta: Array, batch: Any) -> tuple[Array, Any]:
        x, y = (data.x, data.y) if batch is None else (data.x[batch], data.y[batch])
        return x.astype(theta.dtype, copy=False), y.astype(
            theta.dtype, copy=False
        ) if y.dtype.kind == "f" else y

    def loss_of(theta: Array, batch: Any = None) -> Array:
        x, y = chosen(theta, batch)
        return loss.value(stack.forward(theta, x)[0], y)

    def grad(theta: Array, batch: Any = None) -> Array:
        x, y = chosen(theta, batch)
        output, passed = stack.forward(theta, x)
        return stack.backward(theta, loss.slope(output, y), passed)

    def validated(measure: Any) -> Any:
        def of(theta: Array) -> Array:
            output, _ = stack.forward(theta, data.x_validation.astype(theta.dtype, copy=False))
            value: Array = measure(output, data.y_validation)
            return value

        return of

    def initial(seed: int) -> Array:
        random = np.random.default_rng(seed)
        theta = np.zeros(sum(map(prod, stack.parts.values())))
        for layer, weights in zip(layers, stack.weights(theta), strict=True):
            layer.fill(weights, random)
        return theta

    return Problem(
        name=name,
        title=title,
        loss=loss_of,
        grad=grad,
        initial=initial,
        examples=len(data.y),
        validation_loss=validated(loss.value),
        validation_accuracy=validated(loss.accuracy) if loss.accuracy else None,
        parts=stack.parts,
    )


def perceptron(
    data: Split,
    hidden: Sequence[int] = (64,),
    *,
    name: str,
    title: str,
    activation: str = "relu",
    loss: Loss = SQUARED_ERROR,
    outputs: int = 1,
) -> Problem:
    """A multilayer perceptron: dense layers with "relu", "tanh" or "sigmoid" between them.

    `outputs` is 1 for a number, or the number of classes (with `loss=CROSS_ENTROPY`). ValueError for an
    activation that is none.
    """
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise WrongValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}.")
    layers: list[Layer] = []
    for width in hidden:
        layers += [Dense(width), ACTIVATIONS[activation]()]
    return network([*layers, Dense(outputs)], data, loss, name=name, title=title)


def diabetes_network(hidden: int = 64) -> Problem:
    """The well-known ten-input example on the diabetes data: Dense 64 with ReLU, Dense 1; 769 parameters.

    `hidden` is the units of the first layer, at least 1; WrongValueError or WrongTypeError otherwise.

    >>> from optcourse.problems import diabetes_network
    >>> diabetes_network().start.shape
    (769,)
    """
    whole_number("hidden", hidden, least=1)
    return perceptron(
        diabetes(), (hidden,), name="diabetes", title=f"Network 10-{hidden}-1 on the diabetes data"
    )


def digits_network(hidden: Sequence[int] = (64,), activation: str = "relu") -> Problem:
    """A perceptron on the handwritten digits, by default 64-64-10; softmax cross-entropy; 4,810 parameters.

    With `hidden=(32,) * 6, activation="sigmoid"` its gradients vanish.

    `hidden` are the units of the layers between, `activation` ("relu", "tanh" or "sigmoid") what bends them;
    WrongValueError or WrongTypeError for others.

    >>> from optcourse.problems import digits_network
    >>> digits_network((16, 16), "tanh").parts["W1"]
    (64, 16)
    """
    if not isinstance(hidden, Sequence) or isinstance(hidden, str):
        raise WrongTypeError(f"hidden must be a tuple of units, one for each layer between; got {hidden!r}.")
    for units in hidden:
        whole_number("units in hidden", units, least=1)
    data = digits()
    flat = data._replace(
        x=data.x.reshape(len(data.x), 64), x_validation=data.x_validation.reshape(len(data.x_validation), 64)
    )
    widths = "-".join(map(str, (64, *hidden, 10)))
    return perceptron(
        flat,
        hidden,
        name="digits",
        title=f"Network {widths} on the digits",
        activation=activation,
        loss=CROSS_ENTROPY,
        outputs=10,
    )


def digits_convolution(channels: int = 8) -> Problem:
    """On the digits: convolution 3 x 3, ReLU, max-pooling 2 x 2, Dense 10; 810 parameters for 8 channels.

    `channels` is how many kernels, at least 1; WrongValueError or WrongTypeError otherwise.

    >>> from optcourse.problems import digits_convolution
    >>> digits_convolution().start.shape
    (810,)
    """
    whole_number("channels", channels, least=1)
    data = digits()
    images = data._replace(x=data.x[..., None], x_validation=data.x_validation[..., None])
    return network(
        [Convolution(channels), Relu(), MaxPool(), Flatten(), Dense(10)],
        images,
        CROSS_ENTROPY,
        name="convolution",
        title=f"Convolutional network, {channels} channels, on the digits",
    )


def recurrent_layer(cell: str, width: int) -> Layer:
    """The recurrent layer "elman" or "gru"; ValueError for another."""
    whole_number("width", width, least=1)
    if cell not in ("elman", "gru"):
        raise WrongValueError(f"cell must be 'elman' or 'gru'; got {cell!r}.")
    return Elman(width) if cell == "elman" else Gru(width)


def character_network(cell: str = "gru", width: int = 32, length: int = 12) -> Problem:
    """A recurrent network that predicts the next of 27 characters of Pride and Prejudice.

    From the `length` before it; softmax cross-entropy. Always to give each its frequency makes about 2.8.
    ValueError for a cell that is none.

    `cell` is "elman" or "gru", `width` its units, at least 1.

    >>> from optcourse.problems import character_network
    >>> character_network(width=8, length=4).name
    'characters'
    """
    whole_number("length", length, least=1)
    recurrent = recurrent_layer(cell, width)
    return network(
        [recurrent, Dense(len(CHARACTERS))],
        characters(length),
        CROSS_ENTROPY,
        name="characters",
        title=f"{type(recurrent).__name__} network on Austen's next character",
    )


def adding_network(cell: str = "elman", width: int = 16, length: int = 20) -> Problem:
    """A recurrent network ("elman" or "gru") on the adding problem, mean squared error; always 1 gives 1/6.

    The longer the sequence, the longer it must remember. ValueError for a cell that is none.

    `cell` is the recurrent layer, `width` its units and `length` the steps of a sequence, at least 2.

    >>> from optcourse.problems import adding_network
    >>> adding_network(length=5).examples > 0
    True
    """
    whole_number("length", length, least=2)
    recurrent = recurrent_layer(cell, width)
    return network(
        [recurrent, Dense(1)],
        adding(length),
        SQUARED_ERROR,
        name="adding" if cell == "elman" else "adding-gru",
        title=f"{type(recurrent).__name__} network on the adding problem, {length} numbers",
    )
