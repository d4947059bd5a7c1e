"""Right ways to write NAdam as PyTorch does it, with m and v averages of g and g^2.

mu_t = beta1 (1 - 0.96^(t psi) / 2); P = mu_1 ... mu_t;
m_hat = mu_{t+1} m / (1 - P mu_{t+1}) + (1 - mu_t) g / (1 - P); v_hat = v / (1 - beta2^t);
theta = theta - lr m_hat / (sqrt(v_hat) + eps). The state is (m, v, P, t).
"""

import math
from typing import NamedTuple

import numpy as np


def nadam_plain(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t += 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    product *= mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * grad / (1 - product)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, product, t)


def nadam_two_moves_as_torch(theta, grad, state, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state[0].copy(), state[1].copy(), state[2], state[3] + 1
    mu, ahead = (beta1 * (1.0 - 0.5 * (0.96 ** (k * momentum_decay))) for k in (t, t + 1))
    product = product * mu
    m += (grad - m) * (1 - beta1)
    v *= beta2
    v += (1 - beta2) * grad * grad
    below = (v / (1 - beta2**t)) ** 0.5
    below += eps
    new = theta.copy()
    new += grad * (-lr * (1 - mu) / (1 - product)) / below
    new += m * (-lr * ahead / (1 - product * ahead)) / below
    return new, [m, v, product, t]


def _mu(step, beta1, decay):
    return beta1 - beta1 / 2 * math.exp(step * decay * math.log(0.96))


def _pulled(average, value, beta):
    return average + (1 - beta) * (value - average)


def nadam_helper_functions(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    mu, mu_next = _mu(t + 1, beta1, momentum_decay), _mu(t + 2, beta1, momentum_decay)
    m, v, product = _pulled(m, grad, beta1), _pulled(v, np.square(grad), beta2), product * mu
    weights = (1 - mu) / (1 - product), mu_next / (1 - product * mu_next)
    mixed = weights[0] * grad + weights[1] * m
    return theta - lr * mixed / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), (m, v, product, t + 1)


class _Memory(NamedTuple):
    m: object
    v: object
    product: object
    steps: object


def nadam_named_state(theta, grad, state, **hypers):
    old = _Memory(*state)
    steps = old.steps + 1

    def mu(k):
        return hypers["beta1"] * (1 - 0.96 ** (k * hypers["momentum_decay"]) / 2)

    new = _Memory(
        m=hypers["beta1"] * old.m + (1 - hypers["beta1"]) * grad,
        v=hypers["beta2"] * old.v + (1 - hypers["beta2"]) * np.power(grad, 2),
        product=mu(steps) * old.product,
        steps=steps,
    )
    ahead, now = mu(steps + 1), mu(steps)
    top = np.multiply(new.m, ahead) / (1 - new.product * ahead)
    top = top + np.multiply(grad, 1 - now) / (1 - new.product)
    bottom = np.power(new.v / (1 - hypers["beta2"] ** steps), 0.5) + hypers["eps"]
    return theta - hypers["lr"] * np.divide(top, bottom), new


def nadam_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    t = int(state[3]) + 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay + momentum_decay))
    product = float(state[2]) * mu
    new, m, v = (np.empty_like(theta) for _ in range(3))
    for i in np.ndindex(theta.shape):
        g = float(grad[i])
        m[i] = beta1 * float(state[0][i]) + (1 - beta1) * g
        v[i] = beta2 * float(state[1][i]) + (1 - beta2) * g**2
        m_hat = mu_next * float(m[i]) / (1 - product * mu_next) + (1 - mu) * g / (1 - product)
        new[i] = float(theta[i]) - lr * m_hat / (math.sqrt(float(v[i]) / (1 - beta2**t)) + eps)
    return new, (m, v, product, t)


def nadam_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, work, below = (np.empty_like(theta) for _ in range(4))
    t = state[3] + 1
    half = [0.5 * 0.96 ** (k * momentum_decay) for k in (t, t + 1)]
    mu, mu_next = beta1 - beta1 * half[0], beta1 - beta1 * half[1]
    product = state[2] * mu
    np.multiply(grad, 1 - beta1, out=work)
    np.add(np.multiply(state[0], beta1, out=m), work, out=m)
    np.multiply(np.square(grad, out=work), 1 - beta2, out=work)
    np.add(np.multiply(state[1], beta2, out=v), work, out=v)
    np.sqrt(np.divide(v, 1 - beta2**t, out=below), out=below)
    np.add(below, eps, out=below)
    ahead = np.multiply(m, mu_next / (1 - product * mu_next), out=np.empty_like(theta))
    np.multiply(grad, (1 - mu) / (1 - product), out=work)
    np.divide(np.add(work, ahead, out=work), below, out=work)
    np.subtract(theta, np.multiply(work, lr, out=work), out=work)
    return work, (m, v, product, t)


def nadam_root_correction_on_the_step(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t = t + 1.0
    fades = 0.96**momentum_decay
    mu, mu_next = beta1 * (1 - fades**t / 2), beta1 * (1 - fades ** (t + 1) / 2)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2.0
    root = (1 - beta2**t) ** 0.5
    slope = m * (mu_next / (1 - mu * product * mu_next)) + grad * ((1 - mu) / (1 - mu * product))
    return theta - (lr * root) * slope / (v**0.5 + root * eps), [m, v, mu * product, t]


def nadam_gradient_weights_gathered(theta, grad, state, *, momentum_decay, eps, beta2, beta1, lr):
    """m_hat is written by the old m and the gradient, whose two parts share one weight."""
    old_m, old_v, product, t = state
    mu = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 2) * momentum_decay))
    product = product * mu
    ahead = mu_next / (1 - product * mu_next)
    on_grad = ahead * (1 - beta1) + (1 - mu) / (1 - product)
    v = beta2 * old_v + (1 - beta2) * np.abs(grad) ** 2
    move = (ahead * beta1 * old_m + on_grad * grad) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps)
    return theta - lr * move, (old_m * beta1 + grad * (1 - beta1), v, product, t + 1)


def nadam_in_higher_precision(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    place, g, m, v = (np.asarray(one, dtype=np.longdouble) for one in (theta, grad, *state[:2]))
    t = state[3] + 1
    mus = beta1 * (1 - 0.5 * np.power(0.96, momentum_decay * np.array([t, t + 1])))
    product = float(state[2] * mus[0])
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
    parts = [mus[1] * m / (1 - product * mus[1]), (1 - mus[0]) * g / (1 - product)]
    place = place - lr * np.sum(parts, axis=0) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return place.astype(theta.dtype), (m.astype(theta.dtype), v.astype(theta.dtype), product, t)
