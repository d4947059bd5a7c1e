"""Right ways to write Adagrad: G = G + g^2; theta = theta - lr g / (sqrt(G) + eps)."""

import math
from typing import NamedTuple

import numpy as np


def adagrad_plain(theta, grad, state, *, lr, eps):
    (G,) = state
    G = G + grad**2
    return theta - lr * grad / (np.sqrt(G) + eps), (G,)


def adagrad_in_place_on_copies(theta, grad, state, lr=0.5, eps=0.5):
    total, bottom = state[0].copy(), np.array(grad)
    bottom *= grad
    total += bottom
    bottom = total**0.5
    bottom += eps
    new = theta.copy()
    new -= lr * grad / bottom
    return new, [total]


def adagrad_rate_of_each_coordinate_first(theta, grad, state, *, lr, eps):
    total = np.square(grad) + state[0]
    rates = lr / (eps + np.sqrt(total))
    return theta - rates * grad, (total,)


def adagrad_coordinate_by_coordinate(theta, grad, state, *, lr, eps):
    new, total = np.empty_like(theta), np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        g = float(grad[index])
        total[index] = float(state[0][index]) + g * g
        new[index] = float(theta[index]) - lr * g / (math.sqrt(total[index]) + eps)
    return new, (total,)


def adagrad_into_its_own_buffers(theta, grad, state, *, lr, eps):
    total, root = np.empty_like(theta), np.empty_like(theta)
    np.multiply(grad, grad, out=total)
    np.add(total, state[0], out=total)
    np.sqrt(total, out=root)
    np.add(root, eps, out=root)
    np.divide(grad, root, out=root)
    np.multiply(root, -lr, out=root)
    np.add(root, theta, out=root)
    return root, (total,)


class _Seen(NamedTuple):
    squares: object


def adagrad_named_state(theta, grad, state, **hypers):
    seen = _Seen(_Seen(*state).squares + np.abs(grad) ** 2.0)
    move = np.divide(grad, np.power(seen.squares, 0.5) + hypers["eps"])
    return theta - hypers["lr"] * move, seen


def adagrad_only_where_there_is_a_gradient(theta, grad, state, *, lr, eps):
    total = state[0] + grad * grad
    moved = theta.copy()
    here = grad != 0
    moved[here] -= lr * grad[here] / (np.sqrt(np.asarray(total)[here]) + eps)
    return moved, (total,)


def _root(squares, eps):
    return np.sqrt(squares) + eps


def _scaled(grad, by):
    return grad / by


def adagrad_helper_functions(theta, grad, state, *, eps, lr):
    squares = sum([state[0], grad * grad])
    return theta + lr * _scaled(-grad, _root(squares, eps)), [squares]


def adagrad_sums_in_extended_precision(theta, grad, state, *, lr, eps):
    wide = [np.asarray(one, dtype=np.longdouble) for one in (theta, grad, state[0])]
    total = wide[2] + wide[1] * wide[1]
    new = wide[0] - np.longdouble(lr) * wide[1] / (np.sqrt(total) + np.longdouble(eps))
    return new.astype(theta.dtype), (total.astype(theta.dtype),)
