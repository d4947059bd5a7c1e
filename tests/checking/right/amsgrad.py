"""Right ways to write AMSGrad as PyTorch does it.

Adam with v_max = max(v_max, v) in the place of v below the line; the state is (m, v, v_max, t).
"""

import math
from typing import NamedTuple

import numpy as np


def amsgrad_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, v_max, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_max = np.maximum(v_max, v)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v_max / (1 - beta2**t)) + eps), (m, v, v_max, t)


def amsgrad_in_place_on_copies(theta, grad, state, lr, beta1, beta2, eps):
    m, v, peak = (np.array(part) for part in state[:3])
    t = state[3] + 1
    m *= beta1
    m += grad * (1 - beta1)
    v *= beta2
    v += grad * grad * (1 - beta2)
    np.copyto(peak, v, where=v > peak)
    below = np.sqrt(peak)
    below /= (1 - beta2**t) ** 0.5
    below += eps
    return theta - m / below * (lr / (1 - beta1**t)), [m, v, peak, t]


def amsgrad_averages_pulled_to_the_new(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, peak, t = state
    m, v, t = m + (1 - beta1) * (grad - m), v - (1 - beta2) * (v - grad * grad), t + 1
    peak = np.where(v >= peak, v, peak)
    scale = (1 - beta2**t) ** 0.5
    return theta - lr * scale * m / ((1 - beta1**t) * (peak**0.5 + eps * scale)), (m, v, peak, t)


def amsgrad_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, peak = (np.array(part) for part in state[:3])
    t, new = int(state[3]) + 1, theta.copy()
    for i, g in np.ndenumerate(grad):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        if v[i] > peak[i]:
            peak[i] = v[i]
        new[i] -= lr * (m[i] / (1 - beta1**t)) / (math.sqrt(peak[i] / (1 - beta2**t)) + eps)
    return new, (m, v, peak, t)


def amsgrad_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, peak, work, move = (np.empty_like(theta) for _ in range(5))
    t = state[3] + 1
    np.multiply(state[0], beta1, out=m)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(m, work, out=m)
    np.square(grad, out=work)
    np.multiply(work, 1 - beta2, out=work)
    np.multiply(state[1], beta2, out=v)
    np.add(v, work, out=v)
    np.maximum(state[2], v, out=peak)
    np.divide(peak, 1 - beta2**t, out=work)
    np.add(np.sqrt(work, out=work), eps, out=work)
    np.divide(np.multiply(m, lr / (1 - beta1**t), out=move), work, out=move)
    return np.subtract(theta, move, out=move), (m, v, peak, t)


class _Memory(NamedTuple):
    mean: object
    square: object
    largest: object
    steps: object


def amsgrad_named_state(theta, grad, state, **hypers):
    mean, square, largest, steps = _Memory(*state)
    square = hypers["beta2"] * square + (1 - hypers["beta2"]) * np.power(grad, 2)
    new = _Memory(
        hypers["beta1"] * mean + (1 - hypers["beta1"]) * grad,
        square,
        np.stack([largest, square]).max(axis=0),
        steps + 1,
    )
    bias = [1 - hypers[name] ** new.steps for name in ("beta1", "beta2")]
    above, below = new.mean / bias[0], np.power(new.largest / bias[1], 0.5) + hypers["eps"]
    return np.subtract(theta, hypers["lr"] * np.divide(above, below)), new


def _grown(peak, value):
    """The maximum, as the old one plus what the new one has beyond it."""
    return np.where(value > peak, value, peak)


def _mean(old, value, beta):
    return sum(weight * part for weight, part in ((beta, old), (1 - beta, value)))


def amsgrad_helper_functions(theta, grad, state, *, lr, beta1, beta2, eps):
    first, second = _mean(state[0], grad, beta1), _mean(state[1], grad * grad, beta2)
    peak, t = _grown(state[2], second), state[3] + 1
    rates = lr / (1 - beta1**t) / (np.sqrt(peak / (1 - beta2**t)) + eps)
    return theta - rates * first, (first, second, peak, t)


def amsgrad_compares_the_roots(theta, grad, state, *, eps, lr, beta2, beta1):
    v = beta2 * state[1] + (1.0 - beta2) * grad**2.0
    m = beta1 * state[0] + (1.0 - beta1) * grad
    t = state[3] + 1.0
    root = np.fmax(v**0.5, state[2] ** 0.5)
    root = root * (1.0 - beta2**t) ** -0.5
    return theta - lr * m * (root + eps) ** -1.0 / (1.0 - beta1**t), [m, v, np.fmax(state[2], v), t]


def amsgrad_python_floats(theta, grad, state, *, lr, beta1, beta2, eps):
    t = state[3] + 1
    columns = [np.ravel(one).tolist() for one in (theta, grad, *state[:3])]
    rows = []
    for place, g, m, v, peak in zip(*columns, strict=True):
        mean, square = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        top = max(peak, square)
        move = mean / (1 - beta1**t) / (math.sqrt(top / (1 - beta2**t)) + eps)
        rows.append((place - lr * move, mean, square, top))
    table = np.array(rows, dtype=theta.dtype).reshape(-1, 4)
    new, m, v, peak = (column.reshape(theta.shape) for column in table.T.copy())
    return new, (m, v, peak, t)
