"""Right ways to write Yogi: Adam with v = v - (1 - beta2) sign(v - g^2) g^2."""

import math
from typing import NamedTuple

import numpy as np


def yogi_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = v - (1 - beta2) * np.sign(v - grad**2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


def yogi_adds_the_sign_of_the_other_difference(theta, grad, state, lr, beta1, beta2, eps):
    square = np.square(grad)
    m = state[0] + (1 - beta1) * (grad - state[0])
    v = state[1] + (1 - beta2) * square * np.sign(square - state[1])
    t = state[2] + 1
    root = (1 - beta2**t) ** 0.5
    return theta - lr * root / (1 - beta1**t) * m / (v**0.5 + eps * root), [m, v, t]


def yogi_in_place_on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t, new = np.array(state[0]), np.array(state[1]), state[2] + 1, theta.copy()
    share = np.array((1 - beta2) * grad * grad)
    up, down = grad * grad > v, grad * grad < v
    v[up] += share[up]
    v[down] -= share[down]
    m *= beta1
    m += (1 - beta1) * grad
    new -= lr / (1 - beta1**t) * m / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return new, (m, v, t)


def yogi_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps):
    t = int(state[2]) + 1
    new, m, v = (np.empty_like(theta) for _ in range(3))
    for i in np.ndindex(theta.shape):
        g, old = float(grad[i]), float(state[1][i])
        m[i] = beta1 * float(state[0][i]) + (1 - beta1) * g
        way = (old > g * g) - (old < g * g)
        v[i] = old - (1 - beta2) * way * g * g
        below = math.sqrt(float(v[i]) / (1 - beta2**t)) + eps
        new[i] = float(theta[i]) - lr * (float(m[i]) / (1 - beta1**t)) / below
    return new, (m, v, t)


def yogi_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, square, work = (np.empty_like(theta) for _ in range(4))
    t = state[2] + 1
    np.multiply(grad, grad, out=square)
    np.sign(np.subtract(state[1], square, out=work), out=work)
    np.multiply(np.multiply(square, work, out=work), 1 - beta2, out=work)
    np.subtract(state[1], work, out=v)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(np.multiply(state[0], beta1, out=m), work, out=m)
    np.sqrt(np.divide(v, 1 - beta2**t, out=work), out=work)
    np.add(work, eps, out=work)
    np.divide(m, work, out=work)
    np.multiply(work, lr / (1 - beta1**t), out=work)
    return np.subtract(theta, work, out=work), (m, v, t)


class _Memory(NamedTuple):
    m: object
    v: object
    steps: object


def yogi_where_and_named_state(theta, grad, state, **hypers):
    old, square = _Memory(*state), np.power(grad, 2)
    change = (1.0 - hypers["beta2"]) * square
    turned = np.where(old.v > square, -change, np.where(old.v < square, change, 0 * change))
    mean = hypers["beta1"] * old.m + (1.0 - hypers["beta1"]) * grad
    new = _Memory(mean, old.v + turned, old.steps + 1.0)
    top = np.divide(new.m, 1.0 - hypers["beta1"] ** new.steps)
    bottom = np.power(np.divide(new.v, 1.0 - hypers["beta2"] ** new.steps), 0.5)
    return theta - hypers["lr"] * np.divide(top, bottom + hypers["eps"]), new


def _followed(v, square, rate):
    """v goes towards the square by a part of the square, whatever the distance."""
    difference = v - square
    return v - rate * np.copysign(square, difference) * (difference != 0)


def _unbiased(average, beta, t):
    return average / ((1 - beta) * sum(beta**k for k in range(t)))


def yogi_helper_functions(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = beta1 * state[0] + (1 - beta1) * grad, _followed(state[1], grad**2, 1 - beta2), state[2] + 1
    return theta - lr * _unbiased(m, beta1, t) / (np.sqrt(_unbiased(v, beta2, t)) + eps), (m, v, t)


def yogi_counts_up_and_down(theta, grad, state, *, eps, beta2, beta1, lr):
    m, v, t = state
    square = grad**2.0
    up, down = (np.asarray(where).astype(theta.dtype) for where in (v < square, v > square))
    m, v, t = beta1 * m + (1 - beta1) * grad, v + (up - down) * square * (1 - beta2), float(t) + 1
    return theta + lr * m * ((v / (1 - beta2**t)) ** 0.5 + eps) ** -1.0 / (beta1**t - 1), [m, v, t]
