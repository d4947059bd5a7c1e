"""Right ways to write Signum: m = beta m + (1 - beta) g; theta = theta - lr sign(m)."""

import math
from typing import NamedTuple

import numpy as np


def signum_plain(theta, grad, state, *, lr, beta):
    (m,) = state
    m = beta * m + (1 - beta) * grad
    return theta - lr * np.sign(m), (m,)


def signum_in_place_on_copies(theta, grad, state, lr, beta):
    m, new = state[0].copy(), theta.copy()
    m *= beta
    m += (1 - beta) * grad
    new -= np.copysign(lr, m).astype(theta.dtype) * (m != 0)
    return new, [m]


def signum_pulled_towards_the_gradient(theta, grad, state, *, lr, beta):
    m = state[0] - (1 - beta) * (state[0] - grad)
    up, down = (np.asarray(where).astype(theta.dtype) for where in (m > 0, m < 0))
    return theta + lr * (down - up), (m,)


def signum_coordinate_by_coordinate(theta, grad, state, *, lr, beta):
    m, new = np.empty_like(theta), theta.copy()
    for i in np.ndindex(theta.shape):
        m[i] = beta * float(state[0][i]) + (1 - beta) * float(grad[i])
        if m[i] != 0:
            new[i] -= math.copysign(lr, m[i])
    return new, (m,)


def signum_into_its_own_buffers(theta, grad, state, *, lr, beta):
    m, move = np.empty_like(theta), np.empty_like(theta)
    np.multiply(grad, 1 - beta, out=move)
    np.multiply(state[0], beta, out=m)
    np.add(m, move, out=m)
    np.sign(m, out=move)
    np.multiply(move, -lr, out=move)
    return np.add(theta, move, out=move), (m,)


class _Average(NamedTuple):
    m: object


def signum_named_state(theta, grad, state, **hypers):
    new = _Average(np.sum([hypers["beta"] * state[0], (1 - hypers["beta"]) * grad], axis=0))
    return theta - hypers["lr"] * (2.0 * np.heaviside(new.m, 0.5) - 1.0), new


def signum_two_masks(theta, grad, state, *, lr, beta):
    m = np.array(beta * state[0] + grad - beta * grad)
    new = np.array(theta)
    new[m > 0] -= lr
    new[m < 0] += lr
    return new, (m,)


def _direction(x):
    """x over its size, and 0 for 0."""
    size = np.abs(x)
    return np.divide(x, size, out=np.zeros_like(x), where=size > 0)


def _average(old, new, keep):
    return np.asarray(keep * old + (1 - keep) * new)


def signum_helper_functions(theta, grad, state, *, beta, lr):
    m = _average(state[0], grad, beta)
    return theta + -lr * _direction(m), [m]
