"""Right ways to write LAMB.

u = m_hat / (sqrt(v_hat) + eps) + weight_decay theta; theta = theta - lr |theta| / |u| u, where a length is
that of the whole layer and their ratio is taken as 1 where either is zero.
"""

import math
from typing import NamedTuple

import numpy as np


def lamb_plain(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    u = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps) + weight_decay * theta
    long, step = np.linalg.norm(theta), np.linalg.norm(u)
    ratio = long / step if long > 0 and step > 0 else 1.0
    return theta - lr * ratio * u, (m, v, t)


def lamb_in_place_on_copies(theta, grad, state, lr, beta1, beta2, eps, weight_decay):
    m, v, t, new = np.array(state[0]), np.array(state[1]), state[2] + 1, theta.copy()
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    u = np.array(m)
    u /= 1 - beta1**t
    u /= (v / (1 - beta2**t)) ** 0.5 + eps
    u += weight_decay * theta
    size = float((u * u).sum()) ** 0.5
    rate = lr * float((theta * theta).sum()) ** 0.5
    if rate == 0 or size == 0:  # no length to go by; where lr is 0 it stays 0
        rate, size = lr, 1.0
    u *= rate / size
    new -= u
    return new, [m, v, t]


def _length(layer):
    return math.hypot(*layer.ravel().tolist())


def _trust(layer, update):
    lengths = _length(layer), _length(update)
    return lengths[0] / lengths[1] if all(lengths) else 1.0


def _average(old, value, keep):
    return old + (1 - keep) * (value - old)


def lamb_helper_functions(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    t = int(state[2]) + 1
    m, v = _average(state[0], grad, beta1), _average(state[1], grad * grad, beta2)
    root = (1 - beta2**t) ** 0.5
    u = root / (1 - beta1**t) * m / (v**0.5 + eps * root) + weight_decay * theta
    return theta - lr * _trust(theta, u) * u, (m, v, t)


def lamb_coordinate_by_coordinate(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    t = int(state[2]) + 1
    new, m, v = (np.empty_like(theta) for _ in range(3))
    update, of_theta, of_update = {}, 0.0, 0.0
    for i in np.ndindex(theta.shape):
        g = float(grad[i])
        m[i] = beta1 * float(state[0][i]) + (1 - beta1) * g
        v[i] = beta2 * float(state[1][i]) + (1 - beta2) * g * g
        below = math.sqrt(float(v[i]) / (1 - beta2**t)) + eps
        update[i] = float(m[i]) / (1 - beta1**t) / below + weight_decay * float(theta[i])
        of_theta += float(theta[i]) ** 2
        of_update += update[i] ** 2
    ratio = math.sqrt(of_theta / of_update) if of_theta > 0 and of_update > 0 else 1.0
    for i, move in update.items():
        new[i] = float(theta[i]) - lr * ratio * move
    return new, (m, v, t)


def lamb_into_its_own_buffers(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, u, work = (np.empty_like(theta) for _ in range(4))
    t = state[2] + 1
    np.multiply(grad, 1 - beta1, out=work)
    np.add(np.multiply(state[0], beta1, out=m), work, out=m)
    np.multiply(np.square(grad, out=work), 1 - beta2, out=work)
    np.add(np.multiply(state[1], beta2, out=v), work, out=v)
    np.sqrt(np.divide(v, 1 - beta2**t, out=work), out=work)
    np.add(work, eps, out=work)
    np.divide(np.divide(m, 1 - beta1**t, out=u), work, out=u)
    np.add(u, np.multiply(theta, weight_decay, out=work), out=u)
    lengths = np.sqrt([np.vdot(theta, theta), np.vdot(u, u)])
    ratio = lengths[0].item() / lengths[1].item() if lengths.all() else 1.0
    np.multiply(u, lr * ratio, out=u)
    return np.subtract(theta, u, out=u), (m, v, t)


class _Memory(NamedTuple):
    m: object
    v: object
    steps: object


def lamb_unit_direction_and_named_state(theta, grad, state, **hypers):
    """A step of lr |theta| along u's own direction."""
    old, lr = _Memory(*state), hypers["lr"]
    mean, square = (
        hypers[beta] * part + (1.0 - hypers[beta]) * value
        for beta, part, value in (("beta1", old.m, grad), ("beta2", old.v, np.power(grad, 2)))
    )
    new = _Memory(mean, square, old.steps + 1.0)
    top = np.divide(mean, 1.0 - hypers["beta1"] ** new.steps)
    bottom = np.power(np.divide(square, 1.0 - hypers["beta2"] ** new.steps), 0.5) + hypers["eps"]
    u = np.divide(top, bottom) + hypers["weight_decay"] * theta
    size = np.linalg.norm(u)
    if not size or not np.any(theta):
        return theta - lr * u, new
    return theta - lr * np.linalg.norm(theta.ravel(), 2) * (u / size), new


def lamb_einsum_and_where(theta, grad, state, *, eps, beta2, beta1, weight_decay, lr):
    m, v, t = beta1 * state[0] + grad - beta1 * grad, beta2 * state[1] + (1 - beta2) * grad**2.0, state[2] + 1
    u = weight_decay * theta + m / ((v / (1 - beta2**t)) ** 0.5 + eps) / (1 - beta1**t)
    squares = [np.einsum("i,i->", one.ravel(), one.ravel()) for one in (theta, u)]
    useful = squares[0] > 0 and squares[1] > 0
    ratio = np.sqrt(squares[0]) / np.sqrt(squares[1] if useful else np.ones_like(squares[1]))
    return theta - lr * np.where(useful, ratio, np.ones_like(ratio)) * u, [m, v, t]


def lamb_decay_and_adam_apart(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    """The decay shrinks theta by a factor, Adam's part is subtracted on its own."""
    m, v = beta1 * state[0] + (1 - beta1) * grad, beta2 * state[1] + (1 - beta2) * np.square(grad)
    t = float(state[2]) + 1
    adam = m * ((v / (1 - beta2**t)) ** 0.5 + eps) ** -1.0 / (1 - beta1**t)
    whole = adam + weight_decay * theta
    try:
        rate = lr * math.sqrt(float(np.sum(theta**2)) / float(np.sum(whole**2)))
    except ZeroDivisionError:
        rate = lr
    rate = rate if np.count_nonzero(theta) else lr
    return (1 - rate * weight_decay) * theta - rate * adam, (m, v, t)


def lamb_flat_vectors(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    """All of the layer as one vector, until it is given back in its shape."""
    shape, t = theta.shape, int(state[2]) + 1
    layer, slope, m, v = (np.asarray(one).reshape(-1) for one in (theta, grad, state[0], state[1]))
    m = np.add(beta1 * m, (1 - beta1) * slope)
    v = np.add(beta2 * v, (1 - beta2) * slope * slope)
    corrections = [1 - beta**t for beta in (beta1, beta2)]
    u = (m / corrections[0]) / (np.sqrt(v / corrections[1]) + eps)
    u = u + weight_decay * layer
    lengths = [float(np.sqrt(one @ one)) for one in (layer, u)]
    ratio = 1.0 if 0.0 in lengths else lengths[0] / lengths[1]
    new = layer - (lr * ratio) * u
    return new.reshape(shape), (m.reshape(shape), v.reshape(shape), t)
