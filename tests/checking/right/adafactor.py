"""Right ways to write Adafactor; theta is a matrix, or a vector or a number, which is one row.

With w = t^-decay: r = (1 - w) r + w (row sums of g^2 + eps1), and c likewise of the column sums;
v[i, j] = r[i] c[j] / (sum of r); u = g / sqrt(v), divided by rms(u) / clip where that exceeds 1;
theta = theta - max(eps2, rms(theta)) min(lr, 1 / sqrt(t)) u. In float32, r c alone could vanish.
"""

import math
from typing import NamedTuple

import numpy as np


def adafactor_plain(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    r, c, t = state
    t = t + 1
    beta2 = 1 - t**-decay
    square = grad**2 + eps1
    r = beta2 * r + (1 - beta2) * square.sum(axis=-1)
    c = beta2 * c + (1 - beta2) * (square.sum(axis=0) if theta.ndim == 2 else square)
    v = r[:, None] / r.sum() * c[None, :] if theta.ndim == 2 else c
    u = grad / np.sqrt(v)
    u = u / max(1, np.sqrt(np.mean(u**2)) / clip)
    return theta - max(eps2, np.sqrt(np.mean(theta**2))) * min(lr, 1 / t**0.5) * u, (r, c, t)


def adafactor_in_place_on_copies(theta, grad, state, lr, decay, eps1, eps2, clip):
    r, c, t, u = np.array(state[0]), np.array(state[1]), state[2] + 1, grad.copy()
    new_weight = t**-decay
    square = np.array(grad)
    square *= grad
    square += eps1
    rows = np.atleast_2d(square)
    r *= 1 - new_weight
    r += new_weight * rows.sum(axis=1).reshape(r.shape)
    c *= 1 - new_weight
    c += new_weight * rows.sum(axis=0).reshape(c.shape)
    u /= np.sqrt(r / r.sum())[..., None] if theta.ndim else 1.0
    u /= np.sqrt(c)
    largest = clip * math.sqrt(max(1, u.size))
    length = math.sqrt(float((u * u).sum()))
    if length > largest:
        u *= largest / length
    u *= min(lr, t**-0.5)
    u *= max(eps2, math.sqrt(float((theta * theta).sum()) / max(1, theta.size)))
    return theta - u, [r, c, t]


def _root_mean_square(x):
    return np.linalg.norm(x) / max(1, x.size) ** 0.5


def _moved(old, value, part):
    return old + part * (value - old)


def _as_matrix(x):
    return x if x.ndim == 2 else x.reshape(1, -1)


def adafactor_helper_functions(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    """Every parameter as a matrix; r and c get their own shapes back in the end."""
    t = int(state[2]) + 1
    g, part = _as_matrix(grad), t**-decay
    r = _moved(np.reshape(state[0], -1), (g * g + eps1) @ np.ones(g.shape[1], g.dtype), part)
    c = _moved(np.reshape(state[1], -1), np.ones(g.shape[0], g.dtype) @ (g * g + eps1), part)
    u = g / np.sqrt(np.outer(r / np.sum(r), c))
    u = u / max(1, _root_mean_square(u) / clip)
    step = max(eps2, _root_mean_square(theta)) * min(lr, t**-0.5) * u
    kept = r.reshape(np.shape(state[0])), c.reshape(np.shape(state[1])), t
    return theta - step.reshape(theta.shape), kept


def adafactor_coordinate_by_coordinate(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    t = int(state[2]) + 1
    beta2 = 1.0 - 1.0 / t**decay
    r, c = np.array(state[0], float), np.array(state[1], float)
    r *= beta2
    c *= beta2
    for i in np.ndindex(theta.shape):
        square = float(grad[i]) ** 2 + eps1
        r[i[:-1]] += (1 - beta2) * square
        c[i[-1:]] += (1 - beta2) * square
    u, squares, total = {}, 0.0, float(r.sum())
    for i in np.ndindex(theta.shape):
        u[i] = float(grad[i]) / math.sqrt(float(r[i[:-1]]) / total * float(c[i[-1:]]))
        squares += u[i] ** 2
    count = max(1, theta.size)
    size = math.sqrt(sum(float(value) ** 2 for value in theta.flat) / count)
    rate = max(eps2, size) * min(lr, 1 / math.sqrt(t)) / max(1.0, math.sqrt(squares / count) / clip)
    new = theta.copy()
    for i, direction in u.items():
        new[i] = float(theta[i]) - rate * direction
    return new, (r.astype(theta.dtype), c.astype(theta.dtype), t)


def adafactor_into_its_own_buffers(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    square, u = np.empty_like(theta), np.empty_like(theta)
    r, c = np.empty_like(state[0]), np.empty_like(state[1])
    t = state[2] + 1
    weight = t**-decay
    np.add(np.square(grad, out=square), eps1, out=square)
    np.multiply(square, weight, out=square)
    np.add(np.multiply(state[0], 1 - weight, out=r), np.add.reduce(square, axis=-1), out=r)
    columns = square if theta.ndim < 2 else np.add.reduce(square, axis=0)
    np.add(np.multiply(state[1], 1 - weight, out=c), columns, out=c)
    np.divide(grad, np.sqrt(c), out=u)
    if theta.ndim == 2:
        np.divide(u, np.sqrt(np.divide(r, np.sum(r)))[:, np.newaxis], out=u)
    count = max(1, theta.size)
    np.divide(u, max(1, np.sqrt(np.vdot(u, u) / count) / clip), out=u)
    np.multiply(u, max(eps2, np.sqrt(np.vdot(theta, theta) / count)), out=u)
    np.multiply(u, min(lr, t**-0.5), out=u)
    return np.subtract(theta, u, out=u), (r, c, t)


class _Memory(NamedTuple):
    rows: object
    columns: object
    steps: object


def adafactor_einsum_and_named_state(theta, grad, state, **hypers):
    """The total from the columns, which add up to what the rows do."""
    old, weight = _Memory(*state), np.power(float(state[2]) + 1.0, -hypers["decay"])
    square = np.power(grad, 2.0) + hypers["eps1"]
    sums = (
        ("...j->...", "ij->j") if theta.ndim == 2 else ("...j->..." if theta.ndim else "...->...", "...->...")
    )
    rows, columns = (
        ((1.0 - weight) * part + weight * np.einsum(which, square)).astype(theta.dtype)
        for which, part in zip(sums, old[:2], strict=True)
    )
    new = _Memory(rows, columns, old.steps + 1.0)
    total = np.sum(columns) if theta.ndim == 2 else rows
    below = np.einsum("...,...j->...j" if theta.ndim else "...,...->...", rows**-0.5, columns**-0.5)
    u = grad * (total**0.5 * below)
    over = np.mean(np.square(u)) ** 0.5 / hypers["clip"]
    size = np.mean(np.square(theta)) ** 0.5
    size = size if size > hypers["eps2"] else hypers["eps2"]
    rate = hypers["lr"] if hypers["lr"] < new.steps**-0.5 else new.steps**-0.5
    return theta - rate * size * (u / over if over > 1 else u), new


def adafactor_two_methods(theta, grad, state, *, clip, decay, eps2, eps1, lr):
    """Algorithm 4 for matrices, algorithm 5 for the rest, where r is only kept along."""
    t = float(state[2] + 1)
    keep = 1 - t ** (-1.0 * decay)

    def matrix():
        r = keep * state[0] + (1 - keep) * (np.square(grad) + eps1).sum(1)
        c = keep * state[1] + (1 - keep) * (np.square(grad) + eps1).sum(0)
        return r, c, np.sqrt(r.sum()) / np.sqrt(r).reshape(-1, 1) / np.sqrt(c).reshape(1, -1)

    def vector():
        v = keep * state[1] + (1 - keep) * (grad * grad + eps1)
        r = keep * state[0] + (1 - keep) * np.sum(grad * grad + eps1)
        return r, v, v**-0.5

    r, c, scale = (matrix if theta.ndim == 2 else vector)()
    u = grad * scale
    rms = (np.sum(u * u) / max(1, u.size)) ** 0.5
    u = np.minimum(1.0, clip / rms).astype(theta.dtype) * u if rms > 0 else u
    alpha = np.maximum(eps2, (np.sum(theta * theta) / max(1, theta.size)) ** 0.5).astype(theta.dtype)
    return theta - alpha * min(lr, 1 / math.sqrt(t)) * u, [r, c, t]


def adafactor_logarithms(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    """v by adding logarithms, and beta2 by one too, in double precision."""
    t = int(state[2]) + 1
    weight = math.exp(-decay * math.log(t))
    g = grad.astype(np.float64)
    square = g**2 + float(eps1)
    r = (1 - weight) * state[0] + weight * np.sum(square, axis=square.ndim - 1 if theta.ndim else None)
    c = (1 - weight) * state[1] + weight * (np.sum(square, axis=0) if theta.ndim == 2 else square)
    logs = np.add.outer(np.log(r) - np.log(np.sum(r)), np.log(c))
    u = g * np.exp(-logs / 2)
    u = u / np.max([1.0, math.sqrt(np.vdot(u, u) / u.size) / clip]) if u.size else u
    theta_size = math.hypot(*theta.ravel().tolist()) / max(1, theta.size) ** 0.5
    step = max(float(eps2), theta_size) * float(np.min([lr, t**-0.5])) * u
    r, c = (np.asarray(part).astype(theta.dtype) for part in (r, c))
    return (theta - step).astype(theta.dtype), (r, c, t)


def adafactor_shares_of_the_whole(theta, grad, state, *, lr, decay, eps1, eps2, clip):
    """Each row's and column's share of the whole, and one mean square of which v has these shares."""
    old_rows, old_columns, t = state[0], state[1], state[2] + 1
    new = 1 / t**decay
    energy = grad * grad + eps1
    r = (1 - new) * old_rows + new * np.sum(energy, axis=-1)
    c = (1 - new) * old_columns + new * (energy if energy.ndim < 2 else np.sum(energy.T, axis=1))
    whole = np.sum(r)
    share = np.multiply.outer(np.sqrt(r) / np.sqrt(whole), np.sqrt(c) / np.sqrt(whole))
    u = grad / share / np.sqrt(whole)
    tall, wide = (np.sqrt(np.average(one * one)) if one.size else 0.0 for one in (u, theta))
    rate = min(lr, 1 / t**0.5) * (wide if wide > eps2 else eps2)
    rate = rate * clip / tall if tall > clip else rate
    return theta - rate * u, (r, c, t)
