"""Right ways to write AdamW.

theta = theta - lr weight_decay theta, and then Adam's move: - lr m_hat / (sqrt(v_hat) + eps).
"""

import math
from typing import NamedTuple

import numpy as np


def adamw_plain(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    theta = theta - lr * weight_decay * theta
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def adamw_one_bracket(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m = state[0] + (1 - beta1) * (grad - state[0])
    v = state[1] + (1 - beta2) * (grad * grad - state[1])
    t = state[2] + 1
    adam = m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return theta - lr * (adam + weight_decay * theta), [m, v, t]


def adamw_shrinks_in_place_on_copies(theta, grad, state, lr, beta1, beta2, eps, weight_decay):
    theta, m, v = theta.copy(), np.array(state[0]), np.array(state[1])
    theta *= 1 - lr * weight_decay
    t = state[2] + 1
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * np.square(grad)
    theta -= lr / (1 - beta1**t) * m / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, (m, v, t)


def adamw_moves_first_and_decays_the_old(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    m, v, t = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad * grad, t + 1
    correction = (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    eps_hat = eps * (1 - beta2**t) ** 0.5
    moved = theta - lr * correction * m / (np.sqrt(v) + eps_hat)
    return moved - lr * weight_decay * theta, (m, v, t)


def adamw_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    t, new = int(state[2]) + 1, np.zeros_like(theta)
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        g, place = float(grad[i]), float(theta[i])
        m[i] = beta1 * float(state[0][i]) + (1 - beta1) * g
        v[i] = beta2 * float(state[1][i]) + (1 - beta2) * g * g
        move = float(m[i]) / (1 - beta1**t) / (math.sqrt(float(v[i]) / (1 - beta2**t)) + eps)
        new[i] = place - lr * weight_decay * place - lr * move
    return new, (m, v, t)


def adamw_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, root, new = (np.empty_like(theta) for _ in range(4))
    t = state[2] + 1
    np.multiply(state[0], beta1, out=m)
    np.add(m, (1 - beta1) * grad, out=m)
    np.multiply(state[1], beta2, out=v)
    np.add(v, (1 - beta2) * grad * grad, out=v)
    np.sqrt(v, out=root)
    np.divide(root, math.sqrt(1 - beta2**t), out=root)
    np.add(root, eps, out=root)
    np.divide(m, root, out=root)
    np.multiply(root, lr / (1 - beta1**t), out=root)
    np.multiply(theta, 1 - lr * weight_decay, out=new)
    np.subtract(new, root, out=new)
    return new, (m, v, t)


class _Memory(NamedTuple):
    m: object
    v: object
    t: object


def adamw_named_state_and_hypers_by_name(theta, grad, state, **hypers):
    rate, decay = hypers["lr"], hypers["weight_decay"]
    old = _Memory(*state)
    new = old._replace(
        m=np.add(hypers["beta1"] * old.m, (1.0 - hypers["beta1"]) * grad),
        v=np.add(hypers["beta2"] * old.v, (1.0 - hypers["beta2"]) * np.power(grad, 2.0)),
        t=old.t + 1,
    )
    unbiased = (new.m / (1.0 - hypers["beta1"] ** new.t), new.v / (1.0 - hypers["beta2"] ** new.t))
    kept = theta - theta * (decay * rate)
    return kept - np.divide(rate * unbiased[0], np.power(unbiased[1], 0.5) + hypers["eps"]), new


def _adam_direction(grad, memory, beta1, beta2, eps):
    m, v, t = memory
    m, v, t = m - (1 - beta1) * m + (1 - beta1) * grad, v - (1 - beta2) * v + (1 - beta2) * grad**2, t + 1
    return m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


def _decayed(theta, amount):
    return (1 - amount) * theta


def adamw_adam_apart_from_the_decay(theta, grad, state, *, lr, weight_decay, **adam):
    direction, memory = _adam_direction(grad, state, **adam)
    return _decayed(theta, lr * weight_decay) - lr * direction, memory


def adamw_weighted_sum_of_theta_and_move(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m = grad * (1 - beta1) + state[0] * beta1
    v = grad * grad * (1 - beta2) + state[1] * beta2
    t = float(state[2]) + 1.0
    move = m / (1 - beta1**t) * ((v / (1 - beta2**t)) ** 0.5 + eps) ** -1.0
    weights = np.array([1 - lr * weight_decay, -lr], dtype=theta.dtype)
    return np.einsum("k,k...->...", weights, np.stack([theta, move])), [m, v, t]
