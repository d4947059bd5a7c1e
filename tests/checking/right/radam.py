"""Right ways to write RAdam as PyTorch does it, with m and v averages of g and g^2.

rho_inf = 2 / (1 - beta2) - 1; rho = rho_inf - 2 t beta2^t / (1 - beta2^t); m_hat = m / (1 - beta1^t).
Where rho > 5, theta = theta - lr r m_hat sqrt(1 - beta2^t) / (sqrt(v) + eps) with
r^2 = (rho - 4) (rho - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho); else theta = theta - lr m_hat.
"""

import math
from typing import NamedTuple

import numpy as np


def radam_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 5:
        return theta - lr * m_hat, (m, v, t)
    r = ((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
    return theta - lr * r * m_hat * (1 - beta2**t) ** 0.5 / (np.sqrt(v) + eps), (m, v, t)


def radam_in_place_on_copies(theta, grad, state, lr, beta1, beta2, eps):
    m, v, t, new = np.array(state[0]), np.array(state[1]), state[2] + 1, theta.copy()
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    rate, longest = lr / (1 - beta1**t), (1 + beta2) / (1 - beta2)
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length > 5:
        rate *= math.sqrt((length - 4) / (longest - 4) * (length - 2) / (longest - 2) * longest / length)
        rate *= math.sqrt(1 - beta2**t)
        m_over = m / (v**0.5 + eps)
        new -= rate * m_over
    else:
        new -= rate * m
    return new, [m, v, t]


def _lengths(beta2, t):
    """How many gradients v is an average of: in the end, and now."""
    longest = 2 / (1 - beta2) - 1
    return longest, longest - 2 * t / (beta2**-t - 1)


def _rectifier(longest, now):
    return math.sqrt((now**2 - 6 * now + 8) * longest / ((longest**2 - 6 * longest + 8) * now))


def radam_helper_functions(theta, grad, state, *, lr, beta1, beta2, eps):
    m = state[0] + (1 - beta1) * (grad - state[0])
    v = state[1] + (1 - beta2) * (grad * grad - state[1])
    t = int(state[2]) + 1
    longest, now = _lengths(beta2, t)
    scale = _rectifier(longest, now) * (1 - beta2**t) ** 0.5 / (np.sqrt(v) + eps) if now > 5 else 1.0
    return theta - lr / (1 - beta1**t) * m * scale, (m, v, t)


def radam_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps):
    t = int(state[2]) + 1
    new, m, v = (np.zeros_like(theta) for _ in range(3))
    power = beta2**t
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * power / (1 - power)
    for i in np.ndindex(theta.shape):
        g = float(grad[i])
        m[i] = beta1 * float(state[0][i]) + (1 - beta1) * g
        v[i] = beta2 * float(state[1][i]) + (1 - beta2) * g * g
        move = float(m[i]) / (1 - beta1**t)
        if rho > 5:
            ratio = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
            move *= math.sqrt(ratio * (1 - power)) / (math.sqrt(float(v[i])) + eps)
        new[i] = float(theta[i]) - lr * move
    return new, (m, v, t)


def radam_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, move = (np.empty_like(theta) for _ in range(3))
    t = state[2] + 1
    np.multiply(grad, 1 - beta1, out=move)
    np.add(np.multiply(state[0], beta1, out=m), move, out=m)
    np.multiply(np.square(grad, out=move), 1 - beta2, out=move)
    np.add(np.multiply(state[1], beta2, out=v), move, out=v)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    rate = lr / (1 - beta1**t)
    if rho > 5:
        rate *= (1 - beta2**t) ** 0.5 * ((rho - 4) * (rho - 2) * rho_inf) ** 0.5
        rate /= ((rho_inf - 4) * (rho_inf - 2) * rho) ** 0.5
        np.add(np.sqrt(v, out=move), eps, out=move)
        np.divide(m, move, out=move)
    else:
        np.copyto(move, m)
    np.multiply(move, rate, out=move)
    return np.subtract(theta, move, out=move), (m, v, t)


class _Memory(NamedTuple):
    m: object
    v: object
    t: object


def radam_named_state_and_two_branches(theta, grad, state, **hypers):
    b1, b2, old = hypers["beta1"], hypers["beta2"], _Memory(*state)
    new = _Memory(b1 * old.m + (1 - b1) * grad, b2 * old.v + (1 - b2) * np.power(grad, 2), old.t + 1)
    end = 2 / (1 - b2) - 1
    now = end - 2 * new.t * b2**new.t / (1 - b2**new.t)

    def warming():
        return np.ones_like(theta)

    def rectified():
        squared = (now - 4) * (now - 2) * end / ((end - 4) * (end - 2) * now)
        return (squared * (1 - b2**new.t)) ** 0.5 / (np.power(new.v, 0.5) + hypers["eps"])

    branch = rectified if now > 5 else warming
    return theta - hypers["lr"] * np.multiply(new.m, branch()) / (1 - b1**new.t), new


def radam_corrected_v_and_scaled_eps(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = beta1 * state[0] + grad - beta1 * grad, beta2 * state[1] + (1 - beta2) * grad**2, state[2] + 1
    weight = 1 - beta2**t
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * (1 - weight) / weight
    direction = m / (1 - beta1**t)
    if rho > 5:
        r2 = (rho - 4) / (rho_inf - 4) * ((rho - 2) / (rho_inf - 2)) / (rho / rho_inf)
        direction = r2**0.5 * direction / ((v / weight) ** 0.5 + eps / weight**0.5)
    return theta - lr * direction, [m, v, t]


def radam_both_moves_and_a_choice(theta, grad, state, *, eps, lr, beta2, beta1):
    m, v = (
        beta * part + (1.0 - beta) * value
        for beta, part, value in ((beta1, state[0], grad), (beta2, state[1], grad**2.0))
    )
    t = float(state[2] + 1)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    plain = m / (1 - beta1**t)
    r2 = max(0.0, (rho - 4) * (rho - 2)) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
    adaptive = plain * (abs(r2) ** 0.5 * (1 - beta2**t) ** 0.5) / (v**0.5 + eps)
    return theta - lr * np.where(rho > 5, adaptive, plain), (m, v, t)
