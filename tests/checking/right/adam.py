"""Right ways to write Adam.

m and v are averages of g and g^2; m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t);
theta = theta - lr m_hat / (sqrt(v_hat) + eps).
"""

import math
from typing import NamedTuple

import numpy as np


def adam_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def adam_in_place_on_copies(theta, grad, state, lr=0.5, beta1=0.5, beta2=0.5, eps=0.5):
    m, v, t = state[0].copy(), state[1].copy(), state[2] + 1
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    bottom = v / (1 - beta2**t)
    bottom **= 0.5
    bottom += eps
    new = theta.copy()
    new -= lr / (1 - beta1**t) * m / bottom
    return new, [m, v, t]


def adam_corrections_in_the_step_size(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    t = t + 1
    root = (1 - beta2**t) ** 0.5
    return theta - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), (m, v, t)


def adam_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps):
    new, m, v, t = theta.copy(), np.empty_like(theta), np.empty_like(theta), int(state[2]) + 1
    for index in np.ndindex(theta.shape):
        g = float(grad[index])
        m[index] = beta1 * float(state[0][index]) + (1 - beta1) * g
        v[index] = beta2 * float(state[1][index]) + (1 - beta2) * g * g
        above = float(m[index]) / (1 - beta1**t)
        below = math.sqrt(float(v[index]) / (1 - beta2**t)) + eps
        new[index] -= lr * above / below
    return new, (m, v, t)


def _ema(old, new, keep):
    return keep * old + (1 - keep) * new


def _unbiased(average, keep, steps):
    """The average over the weight that it has collected, which is a geometric sum."""
    return average / ((1 - keep) * sum(keep**k for k in range(steps)))


def adam_helpers_and_a_geometric_sum(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = _ema(state[0], grad, beta1), _ema(state[1], grad**2, beta2), state[2] + 1
    return theta - lr * _unbiased(m, beta1, t) / (np.sqrt(_unbiased(v, beta2, t)) + eps), (m, v, t)


class _Moments(NamedTuple):
    first: object
    second: object
    count: object


def adam_named_state_and_hypers_by_name(theta, grad, state, **hypers):
    old = _Moments(*state)
    b1, b2, count = hypers["beta1"], hypers["beta2"], old.count + 1.0
    new = _Moments(
        first=old.first * b1 + grad * (1 - b1),
        second=old.second * b2 + np.power(grad, 2) * (1 - b2),
        count=count,
    )
    direction = np.true_divide(new.first, 1 - b1**count)
    spread = np.power(new.second / (1 - b2**count), 0.5)
    return theta - hypers["lr"] * np.true_divide(direction, spread + hypers["eps"]), new


def adam_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, work, move = (np.empty_like(theta) for _ in range(4))
    t = state[2] + 1
    np.multiply(state[0], beta1, out=m)
    np.multiply(grad, 1 - beta1, out=work)
    np.add(m, work, out=m)
    np.multiply(state[1], beta2, out=v)
    np.multiply(work, grad, out=work)
    np.multiply(work, (1 - beta2) / (1 - beta1), out=work)
    np.add(v, work, out=v)
    np.divide(v, 1 - beta2**t, out=work)
    np.sqrt(work, out=work)
    np.add(work, eps, out=work)
    np.divide(m, 1 - beta1**t, out=move)
    np.divide(move, work, out=move)
    np.multiply(move, lr, out=move)
    np.subtract(theta, move, out=move)
    return move, (m, v, t)


def adam_both_moments_in_one_array(theta, grad, state, *, lr, beta1, beta2, eps):
    per_moment = (2,) + (1,) * theta.ndim
    keep = np.array([beta1, beta2], dtype=theta.dtype).reshape(per_moment)
    take = np.array([1 - beta1, 1 - beta2], dtype=theta.dtype).reshape(per_moment)
    t = state[2] + 1
    weight = np.array([1 - beta1**t, 1 - beta2**t], dtype=theta.dtype).reshape(per_moment)
    moments = keep * np.stack([state[0], state[1]]) + take * np.stack([grad, grad * grad])
    first, second = moments / weight
    return theta - lr * first / (np.sqrt(second) + eps), (*map(np.array, moments), t)


def adam_logarithms_for_the_powers(theta, grad, state, *, eps, beta2, beta1, lr):
    def weight(beta):
        return -math.expm1(t * math.log(beta)) if beta else 1.0

    m, v, t = state
    t = float(t) + 1.0
    m = beta1 * m + grad - beta1 * grad
    v = beta2 * v + (1.0 - beta2) * grad**2.0
    scale = weight(beta2) ** 0.5
    return theta - (lr * scale / weight(beta1)) * m * (v**0.5 + scale * eps) ** -1.0, [m, v, t]
