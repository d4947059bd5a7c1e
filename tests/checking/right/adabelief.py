"""Right ways to write AdaBelief: Adam with s = beta2 s + (1 - beta2) (g - m)^2 + eps_root for v.

g - m is taken after m is updated, so it is beta1 times g minus the m of the step before.
"""

import math
from typing import NamedTuple

import numpy as np


def adabelief_plain(theta, grad, state, *, lr, beta1, beta2, eps, eps_root):
    m, s, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * (grad - m) ** 2 + eps_root
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(s_hat) + eps), (m, s, t)


def adabelief_in_place_on_copies(theta, grad, state, lr, beta1, beta2, eps, eps_root):
    m, s, t, new = np.array(state[0]), np.array(state[1]), state[2] + 1, theta.copy()
    m *= beta1
    m += (1 - beta1) * grad
    surprise = np.array(grad)
    surprise -= m
    surprise *= surprise
    s *= beta2
    s += (1 - beta2) * surprise
    s += eps_root
    new -= lr / (1 - beta1**t) * m / ((s / (1 - beta2**t)) ** 0.5 + eps)
    return new, [m, s, t]


def adabelief_surprise_before_m(theta, grad, state, *, lr, beta1, beta2, eps, eps_root):
    """The surprise from the old m, and the new m is the gradient less the surprise."""
    t = int(state[2]) + 1
    surprise = beta1 * (grad - state[0])
    m = grad - surprise
    s = (1 - beta2) * np.square(surprise) + (beta2 * state[1] + eps_root)
    root = (1 - beta2**t) ** 0.5
    return theta - lr * root / (1 - beta1**t) * m / (s**0.5 + eps * root), (m, s, t)


def adabelief_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps, eps_root):
    t = int(state[2]) + 1
    new, m, s = (np.empty_like(theta) for _ in range(3))
    for i in np.ndindex(theta.shape):
        g = float(grad[i])
        belief = beta1 * float(state[0][i]) + (1 - beta1) * g
        spread = beta2 * float(state[1][i]) + (1 - beta2) * (g - belief) * (g - belief) + eps_root
        below = math.sqrt(spread / (1 - beta2**t)) + eps
        new[i] = float(theta[i]) - lr * belief / (1 - beta1**t) / below
        m[i], s[i] = belief, spread
    return new, (m, s, t)


def adabelief_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps, eps_root):
    m, s, work = (np.empty_like(theta) for _ in range(3))
    t = state[2] + 1
    np.multiply(grad, 1 - beta1, out=work)
    np.add(np.multiply(state[0], beta1, out=m), work, out=m)
    np.square(np.subtract(m, grad, out=work), out=work)
    np.multiply(work, 1 - beta2, out=work)
    np.add(np.multiply(state[1], beta2, out=s), work, out=s)
    np.add(s, eps_root, out=s)
    np.sqrt(np.divide(s, 1 - beta2**t, out=work), out=work)
    np.add(work, eps, out=work)
    np.divide(m, work, out=work)
    np.multiply(work, lr / (1 - beta1**t), out=work)
    return np.subtract(theta, work, out=work), (m, s, t)


class _Memory(NamedTuple):
    belief: object
    spread: object
    steps: object


def adabelief_float_powers_and_named_state(theta, grad, state, **hypers):
    old = _Memory(*state)
    b1, b2 = hypers["beta1"], hypers["beta2"]
    belief = b1 * old.belief + (1.0 - b1) * grad
    spread = b2 * old.spread + (1.0 - b2) * np.abs(grad - belief) ** 2.0 + hypers["eps_root"]
    new = _Memory(belief, spread, old.steps + 1.0)
    top = np.divide(new.belief, 1.0 - b1**new.steps)
    bottom = np.power(np.divide(new.spread, 1.0 - b2**new.steps), 0.5)
    return theta - hypers["lr"] * np.divide(top, bottom + hypers["eps"]), new


def _kept(average, value, keep):
    return keep * average + (1 - keep) * value


def _unbiased(average, keep, t):
    return average / ((1 - keep) * sum(keep**k for k in range(t)))


def adabelief_helper_functions(theta, grad, state, *, lr, eps, eps_root, **betas):
    t = state[2] + 1
    m = _kept(state[0], grad, betas["beta1"])
    s = _kept(state[1], (grad - m) * (grad - m), betas["beta2"]) + eps_root
    below = np.sqrt(_unbiased(s, betas["beta2"], t)) + eps
    return theta - lr * (_unbiased(m, betas["beta1"], t) / below), (m, s, t)


def adabelief_weight_under_the_square(theta, grad, state, *, eps_root, eps, beta2, beta1, lr):
    """The weight of the new square goes under it as a root."""
    m, s, t = state
    t = float(t) + 1
    m = beta1 * m + grad * (1 - beta1)
    part = ((1 - beta2) ** 0.5 * (m - grad)) ** 2
    s = eps_root + s - (1 - beta2) * s + part
    return theta + lr * m * ((s / (1 - beta2**t)) ** 0.5 + eps) ** -1.0 / (beta1**t - 1), [m, s, t]


def adabelief_all_averages_stacked(theta, grad, state, *, lr, beta1, beta2, eps, eps_root):
    """m and s as two layers of one array, each with its own weight."""
    keeps, t = (beta1, beta2), state[2] + 1
    layers = np.stack([state[0], state[1]])
    values = np.stack([grad, np.zeros_like(grad)])
    values[1] = (beta1 * (grad - state[0])) ** 2
    for layer, keep in enumerate(keeps):
        layers[layer] = keep * layers[layer] + (1 - keep) * values[layer]
    layers[1] += eps_root
    m_hat, s_hat = (layers[k] / (1 - keep**t) for k, keep in enumerate(keeps))
    return theta - lr * m_hat / (eps + np.sqrt(s_hat)), (layers[0].copy(), layers[1].copy(), t)
