"""Recurrent layers: from a sequence (..., n, times, inputs) to the memory at its end, (..., n, width).

The interface is that of layers.py; backpropagation goes through all times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optcourse.arrays import Array
from optcourse.problems.layers import Size, Weights, glorot, turned
from optcourse.problems.losses import sigmoid
from optcourse.rounding import moved


def at_each_time(x: Array, W: Array, b: Array) -> Array:
    """x W + b for all times at once, the time as first axis: (times, ..., n, width)."""
    *lead, n, times, inputs = x.shape
    product = x.reshape(*lead, n * times, inputs) @ W
    product = product.reshape(*product.shape[:-2], n, times, product.shape[-1])
    return np.moveaxis(product, -2, 0) + b[..., None, :]


def in_a_row(sequence: Sequence[Array]) -> Array:
    """The times of a sequence of (..., n, width), beside the examples: (..., n * times, width)."""
    stacked = np.stack(sequence, axis=-2)
    return stacked.reshape(*stacked.shape[:-3], -1, stacked.shape[-1])


def through_input(x: Array, deltas: Sequence[Array], weights: Weights, slopes: Weights) -> Array:
    """Fills the slopes of W and b from the loss by x W + b at each time; gives the loss by x."""
    rows = in_a_row(deltas)
    slopes["W"][...] = moved(turned(x.reshape(*x.shape[:-3], -1, x.shape[-1])) @ rows)
    slopes["b"][...] = moved(rows.sum(axis=-2))
    back: Array = moved(rows @ turned(weights["W"]))
    return back.reshape(*back.shape[:-2], *x.shape[-3:])


def orthogonal(weights: Array, random: np.random.Generator) -> None:
    """Random square matrices side by side, each with orthonormal columns. Source: Saxe et al. (2014)."""
    width = len(weights)
    for begin in range(0, weights.shape[-1], width):
        q, r = np.linalg.qr(random.standard_normal((width, width)))
        weights[:, begin : begin + width] = moved(q * np.sign(np.diag(r)))  # else not all are equally likely


@dataclass(frozen=True)
class Elman:
    """h = tanh(x W + h U + b) from time to time, h starting at 0. Source: Elman (1990)."""

    width: int

    def size(self, size: Size) -> Size:
        return (self.width,)

    def parts(self, size: Size) -> dict[str, Size]:
        return {"W": (size[-1], self.width), "U": (self.width, self.width), "b": (self.width,)}

    def forward(self, x: Array, weights: Weights) -> tuple[Array, tuple[Array, list[Array]]]:
        inputs = at_each_time(x, weights["W"], weights["b"])
        memories = [np.zeros_like(inputs[0])]
        for given in inputs:
            memories.append(np.tanh(given + memories[-1] @ weights["U"]))
        return memories[-1], (x, memories)

    def backward(
        self, delta: Array, kept: tuple[Array, list[Array]], weights: Weights, slopes: Weights
    ) -> Array:
        x, memories = kept
        back = turned(weights["U"])
        deltas: list[Array] = []
        for memory in reversed(memories[1:]):
            deltas.append(delta * (1 - memory**2))
            delta = deltas[-1] @ back
        deltas.reverse()
        slopes["U"][...] = moved(turned(in_a_row(memories[:-1])) @ in_a_row(deltas))
        return through_input(x, deltas, weights, slopes)

    def fill(self, weights: Weights, random: np.random.Generator) -> None:
        glorot(weights["W"], random, sum(weights["W"].shape))
        orthogonal(weights["U"], random)


@dataclass(frozen=True)
class Gru:
    """The gated recurrent unit of Cho et al. (2014), in the form of cuDNN, PyTorch and Keras.

    With r = sigmoid(x Wr + h Ur + br), z = sigmoid(x Wz + h Uz + bz), a = h Un + c and
    n = tanh(x Wn + r a + bn), the memory becomes h = (1 - z) n + z h, from 0. W, U and b hold the parts for
    r, z, n side by side.
    """

    width: int

    def size(self, size: Size) -> Size:
        return (self.width,)

    def parts(self, size: Size) -> dict[str, Size]:
        wide = 3 * self.width
        return {"W": (size[-1], wide), "U": (self.width, wide), "b": (wide,), "c": (self.width,)}

    def forward(
        self, x: Array, weights: Weights
    ) -> tuple[Array, tuple[Array, list[Array], list[tuple[Array, Array, Array]]]]:
        inputs, width = at_each_time(x, weights["W"], weights["b"]), self.width
        memories, kept = [np.zeros_like(inputs[0][..., :width])], []
        for given in inputs:
            recalled = memories[-1] @ weights["U"]
            gates = sigmoid(given[..., : 2 * width] + recalled[..., : 2 * width])
            a = recalled[..., 2 * width :] + weights["c"][..., None, :]
            n = np.tanh(given[..., 2 * width :] + gates[..., :width] * a)
            z = gates[..., width:]
            kept.append((gates, a, n))
            memories.append((1 - z) * n + z * memories[-1])
        return memories[-1], (x, memories, kept)

    def backward(
        self,
        delta: Array,
        kept: tuple[Array, list[Array], list[tuple[Array, Array, Array]]],
        weights: Weights,
        slopes: Weights,
    ) -> Array:
        x, memories, passed = kept
        width, back = self.width, turned(weights["U"])
        by_input: list[Array] = []
        by_memory: list[Array] = []
        for memory, (gates, a, n) in zip(reversed(memories[:-1]), reversed(passed), strict=True):
            r, z = gates[..., :width], gates[..., width:]
            by_n = delta * (1 - z) * (1 - n**2)
            by_r, by_z = by_n * a, delta * (memory - n)
            by_gates = np.concatenate([by_r, by_z], axis=-1) * gates * (1 - gates)
            by_input.append(np.concatenate([by_gates, by_n], axis=-1))
            by_memory.append(np.concatenate([by_gates, by_n * r], axis=-1))
            delta = delta * z + by_memory[-1] @ back
        by_input.reverse()
        by_memory.reverse()
        rows = in_a_row(by_memory)
        slopes["U"][...] = moved(turned(in_a_row(memories[:-1])) @ rows)
        slopes["c"][...] = moved(rows[..., 2 * width :].sum(axis=-2))
        return through_input(x, by_input, weights, slopes)

    def fill(self, weights: Weights, random: np.random.Generator) -> None:
        glorot(weights["W"], random, sum(weights["W"].shape))
        orthogonal(weights["U"], random)
