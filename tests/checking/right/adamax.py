"""Right ways to write Adamax.

m is an average of g; u = max(beta2 u, |g| + eps); theta = theta - lr / (1 - beta1^t) m / u.
"""

from typing import NamedTuple

import numpy as np


def adamax_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, np.abs(grad) + eps)
    return theta - lr / (1 - beta1**t) * m / u, (m, u, t)


def adamax_larger_chosen_with_where(theta, grad, state, lr, beta1, beta2, eps):
    faded, fresh = beta2 * state[1], np.where(grad < 0, -grad, grad) + eps
    u = np.where(faded > fresh, faded, fresh)
    m = state[0] - (1 - beta1) * (state[0] - grad)
    t = state[2] + 1
    return theta - lr * (m / (1 - beta1**t)) / u, [m, u, t]


def adamax_in_place_on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, size, new = np.array(state[0]), np.array(state[1]), np.array(grad), np.array(theta)
    m *= beta1
    m += (1 - beta1) * grad
    u *= beta2
    size[grad < 0] *= -1
    size += eps
    bigger = size > u
    u[bigger] = size[bigger]
    new -= lr * m / (u * (1 - beta1 ** (state[2] + 1)))
    return new, (m, u, state[2] + 1)


def adamax_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps):
    t = int(state[2]) + 1
    rate = lr / (1 - pow(beta1, t))
    new, m, u = (np.zeros_like(theta) for _ in range(3))
    for index in np.ndindex(theta.shape):
        g = float(grad[index])
        m[index] = beta1 * float(state[0][index]) + (1 - beta1) * g
        u[index] = max(beta2 * float(state[1][index]), abs(g) + eps)
        new[index] = float(theta[index]) - rate * float(m[index]) / float(u[index])
    return new, (m, u, t)


def adamax_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, work = (np.empty_like(theta) for _ in range(3))
    t = state[2] + 1
    np.abs(grad, out=work)
    np.add(work, eps, out=work)
    np.multiply(state[1], beta2, out=u)
    np.maximum(u, work, out=u)
    np.multiply(grad, 1 - beta1, out=work)
    np.multiply(state[0], beta1, out=m)
    np.add(m, work, out=m)
    np.divide(m, u, out=work)
    np.multiply(work, -lr / (1 - beta1**t), out=work)
    np.add(theta, work, out=work)
    return work, (m, u, t)


class _Memory(NamedTuple):
    mean: object
    peak: object
    steps: object


def adamax_named_state(theta, grad, state, **hypers):
    old = _Memory(*state)
    new = _Memory(
        hypers["beta1"] * old.mean + grad - hypers["beta1"] * grad,
        np.stack([hypers["beta2"] * old.peak, np.abs(grad) + hypers["eps"]]).max(axis=0),
        old.steps + 1,
    )
    unbiased = new.mean / (1 - hypers["beta1"] ** new.steps)
    return theta - np.divide(hypers["lr"] * unbiased, new.peak), new


def _larger(a, b):
    """The larger of two numbers of any sign, without a comparison: the half sum plus the half distance."""
    return (a + b + np.abs(a - b)) / 2


def adamax_maximum_by_arithmetic(theta, grad, state, *, lr, beta1, beta2, eps):
    u = _larger(beta2 * state[1], np.sqrt(grad * grad) + eps)
    weight = 1.0
    for _ in range(int(state[2]) + 1):
        weight *= beta1
    m = beta1 * state[0] + (1 - beta1) * grad
    return theta - lr * m / (1 - weight) / u, (m, u, state[2] + 1)


def adamax_reduced_over_candidates(theta, grad, state, *, beta2, beta1, eps, lr):
    m = np.sum([beta1 * state[0], (1 - beta1) * grad], axis=0)
    u = np.maximum.reduce([state[1] * beta2, eps + grad, eps - grad])
    t = float(state[2] + 1)
    return theta + m / u * (lr / (beta1**t - 1.0)), [m, u, t]


def _decayed_mean(mean, grad, beta):
    return mean + (grad - mean) * (1 - beta)


def _decayed_peak(peak, grad, beta, eps):
    return np.fmax(np.absolute(grad) + eps, peak * beta)


def adamax_helper_functions(theta, grad, state, *, lr=0.1, beta1=0.1, beta2=0.1, eps=0.1):
    mean, peak, t = state
    mean, peak, t = _decayed_mean(mean, grad, beta1), _decayed_peak(peak, grad, beta2, eps), 1 + t
    return theta - lr * mean / peak / (1 - beta1**t), (mean, peak, t)
