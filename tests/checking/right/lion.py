"""Right ways to write Lion.

u = sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g;
theta = theta - lr (u + weight_decay theta).
"""

import math
from typing import NamedTuple

import numpy as np


def lion_plain(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    (m,) = state
    u = np.sign(beta1 * m + (1 - beta1) * grad)
    m = beta2 * m + (1 - beta2) * grad
    return theta - lr * (u + weight_decay * theta), (m,)


def lion_decay_as_a_factor_on_a_copy(theta, grad, state, lr, beta1, beta2, weight_decay):
    new = theta.copy()
    new *= 1 - lr * weight_decay
    new -= lr * np.sign(state[0] * beta1 + grad * (1 - beta1))
    m = state[0].copy()
    m *= beta2
    m += (1 - beta2) * grad
    return new, [m]


def lion_pulled_towards_the_gradient(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    gap = grad - state[0]
    blend = state[0] + (1 - beta1) * gap
    theta = theta - lr * weight_decay * theta
    return theta - np.copysign(lr, blend) * (blend != 0), (state[0] + (1 - beta2) * gap,)


def lion_compares_instead_of_sign(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    old, fresh = beta1 * state[0], (beta1 - 1) * grad
    up, down = (np.asarray(where).astype(theta.dtype) for where in (old > fresh, old < fresh))
    return theta - lr * weight_decay * theta - lr * up + lr * down, (beta2 * state[0] + (1 - beta2) * grad,)


def lion_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    new, m = np.empty_like(theta), np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        old, g, place = float(state[0][i]), float(grad[i]), float(theta[i])
        blend = beta1 * old + (1 - beta1) * g
        u = math.copysign(1.0, blend) if blend else 0.0
        m[i] = beta2 * old + (1 - beta2) * g
        new[i] = place - lr * (u + weight_decay * place)
    return new, (m,)


def lion_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    m, u, work = (np.empty_like(theta) for _ in range(3))
    np.multiply(state[0], beta1, out=u)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(u, work, out=u)
    np.sign(u, out=u)
    np.multiply(theta, weight_decay, out=work)
    np.add(u, work, out=u)
    np.multiply(u, lr, out=u)
    np.subtract(theta, u, out=u)
    np.multiply(state[0], beta2, out=m)
    np.multiply(grad, 1 - beta2, out=work)
    np.add(m, work, out=m)
    return u, (m,)


class _Average(NamedTuple):
    m: object


def lion_named_state_and_step_function(theta, grad, state, **hypers):
    old = _Average(*state)

    def mixed(beta):
        return beta * old.m + (1.0 - beta) * grad

    u = 2.0 * np.heaviside(mixed(hypers["beta1"]), 0.5) - 1.0
    kept = (1.0 - hypers["lr"] * hypers["weight_decay"]) * theta
    return kept - hypers["lr"] * u, _Average(mixed(hypers["beta2"]))


def _sign(x):
    """x over its size, and 0 for 0."""
    size = np.abs(x)
    return np.divide(x, size, out=np.zeros_like(x), where=size > 0)


def _both_blends(m, grad, betas):
    return [np.asarray(beta * m + grad - beta * grad) for beta in betas]


def lion_helper_functions(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    blend, m = _both_blends(state[0], grad, (beta1, beta2))
    return theta + -lr * _sign(blend) + -lr * weight_decay * theta, [m]


def lion_two_masks(theta, grad, state, *, weight_decay, beta2, beta1, lr):
    blend = np.sum([beta1 * state[0], (1 - beta1) * grad], axis=0)
    new = np.array(theta - lr * weight_decay * theta)
    new[blend > 0] -= lr
    new[blend < 0] += lr
    return new, (np.sum([beta2 * state[0], (1 - beta2) * grad], axis=0),)
