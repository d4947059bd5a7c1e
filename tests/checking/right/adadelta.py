"""Right ways to write AdaDelta, with G and S averages of g^2 and u^2.

G = beta G + (1 - beta) g^2; u = sqrt(S + eps) / sqrt(G + eps) g; S = beta S + (1 - beta) u^2;
theta = theta - lr u.
"""

import math
from typing import NamedTuple

import numpy as np


def adadelta_plain(theta, grad, state, *, lr, beta, eps):
    G, S = state
    G = beta * G + (1 - beta) * grad**2
    u = np.sqrt(S + eps) / np.sqrt(G + eps) * grad
    S = beta * S + (1 - beta) * u**2
    return theta - lr * u, (G, S)


def adadelta_one_root_of_the_ratio(theta, grad, state, *, lr, beta, eps):
    G = state[0] + (1 - beta) * (grad * grad - state[0])
    u = grad * ((state[1] + eps) / (G + eps)) ** 0.5
    S = state[1] + (1 - beta) * (u * u - state[1])
    return theta - u * lr, [G, S]


def adadelta_in_place_on_copies(theta, grad, state, lr=1.0, beta=0.5, eps=0.5):
    G, S = (np.array(part) for part in state)
    G *= beta
    G += (1 - beta) * np.square(grad)
    u = np.array(grad)
    u *= np.sqrt(S + eps)
    u /= np.sqrt(G + eps)
    S *= beta
    S += (1 - beta) * np.square(u)
    return theta - lr * u, (G, S)


def adadelta_coordinate_by_coordinate(theta, grad, state, *, lr, beta, eps):
    new, G, S = theta.copy(), np.empty_like(theta), np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        g, before = float(grad[index]), float(state[1][index])
        G[index] = beta * float(state[0][index]) + (1 - beta) * g * g
        u = math.sqrt(before + eps) / math.sqrt(float(G[index]) + eps) * g
        S[index] = beta * before + (1 - beta) * u * u
        new[index] -= lr * u
    return new, (G, S)


def adadelta_into_its_own_buffers(theta, grad, state, *, lr, beta, eps):
    G, S, u, work = (np.empty_like(theta) for _ in range(4))
    np.multiply(grad, grad, out=work)
    np.multiply(work, 1 - beta, out=work)
    np.add(np.multiply(state[0], beta, out=G), work, out=G)
    np.sqrt(np.add(state[1], eps, out=u), out=u)
    np.sqrt(np.add(G, eps, out=work), out=work)
    np.multiply(np.divide(u, work, out=u), grad, out=u)
    np.multiply(np.multiply(u, u, out=work), 1 - beta, out=work)
    np.add(np.multiply(state[1], beta, out=S), work, out=S)
    np.multiply(u, lr, out=u)
    return np.subtract(theta, u, out=u), (G, S)


class _Averages(NamedTuple):
    gradient: object
    move: object


def adadelta_named_state(theta, grad, state, **hypers):
    past = _Averages(*state)
    keep, rest = hypers["beta"], 1 - hypers["beta"]
    now = past._replace(gradient=keep * past.gradient + rest * np.power(grad, 2))
    top, bottom = (np.power(one + hypers["eps"], 0.5) for one in (now.move, now.gradient))
    move = grad * top / bottom
    now = now._replace(move=keep * past.move + rest * np.power(move, 2))
    return theta - hypers["lr"] * move, now


def _rms(average, eps):
    return np.sqrt(average + eps)


def _mixed(average, value, beta):
    return beta * average + (1 - beta) * value * value


def adadelta_helper_functions_of_the_paper(theta, grad, state, *, lr, beta, eps):
    squares, steps = state
    squares = _mixed(squares, grad, beta)
    change = -_rms(steps, eps) / _rms(squares, eps) * grad
    return theta + lr * change, (squares, _mixed(steps, change, beta))


def adadelta_step_square_without_the_step(theta, grad, state, *, beta, eps, lr):
    G, S = state
    g2 = grad * grad
    G = beta * G + (g2 - beta * g2)
    ratio = (S + eps) / (G + eps)
    return theta - lr * grad * np.sqrt(ratio), (G, beta * S + (1 - beta) * ratio * g2)


def adadelta_float_powers_and_reciprocals(theta, grad, state, *, lr, beta, eps):
    G = grad**2.0 * (1.0 - beta) + beta * state[0]
    u = (state[1] + eps) ** 0.5 * (G + eps) ** -0.5 * grad
    return np.add(theta, -lr * u), [G, u**2.0 * (1.0 - beta) + beta * state[1]]
