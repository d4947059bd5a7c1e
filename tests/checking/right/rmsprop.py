"""Right ways to write RMSProp: v = beta v + (1 - beta) g^2; theta = theta - lr g / (sqrt(v) + eps)."""

import math
from typing import NamedTuple

import numpy as np


def rmsprop_plain(theta, grad, state, *, lr, beta, eps):
    (v,) = state
    v = beta * v + (1 - beta) * grad**2
    return theta - lr * grad / (np.sqrt(v) + eps), (v,)


def rmsprop_in_place_on_copies(theta, grad, state, lr, beta, eps):
    v, square, theta = state[0].copy(), grad.copy(), theta.copy()
    square *= square
    square *= 1 - beta
    v *= beta
    v += square
    theta -= lr * (grad / (v**0.5 + eps))
    return theta, (v,)


def rmsprop_moves_the_average_towards_the_square(theta, grad, state, *, lr, beta, eps):
    v = state[0] + (1 - beta) * (grad * grad - state[0])
    return theta - grad * (lr / (eps + np.sqrt(v))), [v]


def rmsprop_coordinate_by_coordinate(theta, grad, state, *, lr, beta, eps):
    places, averages = [], []
    for place, g, v in zip(theta.flat, grad.flat, np.asarray(state[0]).flat, strict=True):
        average = beta * float(v) + (1 - beta) * float(g) ** 2
        averages.append(average)
        places.append(float(place) - lr * float(g) / (math.sqrt(average) + eps))
    as_array = [np.array(values, dtype=theta.dtype).reshape(theta.shape) for values in (places, averages)]
    return as_array[0], (as_array[1],)


def rmsprop_into_its_own_buffers(theta, grad, state, *, lr, beta, eps):
    v, work = np.empty_like(theta), np.empty_like(theta)
    np.square(grad, out=work)
    np.multiply(work, 1 - beta, out=work)
    np.multiply(state[0], beta, out=v)
    np.add(v, work, out=v)
    np.sqrt(v, out=work)
    np.add(work, eps, out=work)
    np.divide(grad, work, out=work)
    np.multiply(work, lr, out=work)
    np.subtract(theta, work, out=work)
    return work, (v,)


def rmsprop_square_of_the_weighted_gradient(theta, grad, state, *, lr, beta, eps):
    kept, fresh = beta**0.5 * np.sqrt(state[0]), (1 - beta) ** 0.5 * grad
    v = kept * kept + fresh * fresh
    return theta - lr * grad / (v**0.5 + eps), (v,)


class _Average(NamedTuple):
    square: object


def rmsprop_named_state(theta, grad, state, **hypers):
    def root(x):
        return np.power(x, 0.5)

    weights = (hypers["beta"], 1.0 - hypers["beta"])
    new = _Average(weights[0] * state[0] + weights[1] * np.power(grad, 2.0))
    return theta - np.divide(hypers["lr"] * grad, root(new.square) + hypers["eps"]), new


def _average(old, new, keeps):
    return np.average(np.stack([old, new]), axis=0, weights=np.array([keeps, 1 - keeps], dtype=new.dtype))


def rmsprop_weighted_average_of_numpy(theta, grad, state, *, lr, beta, eps):
    v = _average(state[0], np.asarray(grad * grad), beta)
    return theta - lr * (grad / (np.sqrt(v) + eps)), (v,)


def rmsprop_sign_and_size_apart(theta, grad, state, *, lr, beta, eps):
    size = np.abs(grad)
    v = beta * state[0] + (size - beta * size) * size
    length = lr * size / (np.sqrt(v) + eps)
    return np.where(grad > 0, theta - length, theta + length), [v]
