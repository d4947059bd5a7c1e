"""Right ways to write schedule-free SGD; the state is (z, x, t), theta is y.

z = z - lr g; x = (1 - 1/t) x + z / t; theta = (1 - beta) z + beta x.
"""

from typing import NamedTuple

import numpy as np


def schedule_free_plain(theta, grad, state, *, lr, beta):
    z, x, t = state
    t = t + 1
    z = z - lr * grad
    c = 1 / t
    x = (1 - c) * x + c * z
    return (1 - beta) * z + beta * x, (z, x, t)


def schedule_free_in_place_on_copies(theta, grad, state, lr, beta):
    z, x, t = np.array(state[0]), np.array(state[1]), state[2] + 1
    z -= lr * grad
    x *= t - 1
    x += z
    x /= t
    y = x.copy()
    y *= beta
    y += (1 - beta) * z
    return y, [z, x, t]


def schedule_free_mean_pulled_towards_z(theta, grad, state, *, lr, beta):
    z, x, t = state
    z, t = z - lr * grad, t + 1
    x = x + (z - x) / t
    return z + beta * (x - z), (z, x, t)


def schedule_free_coordinate_by_coordinate(theta, grad, state, *, lr, beta):
    t, new, z, x = state[2] + 1, theta.copy(), theta.copy(), theta.copy()
    for i in np.ndindex(theta.shape):
        z[i] = state[0][i] - lr * grad[i]
        x[i] = ((t - 1) * state[1][i] + z[i]) / t
        new[i] = beta * x[i] + (1 - beta) * z[i]
    return new, (z, x, t)


def schedule_free_into_its_own_buffers(theta, grad, state, *, lr, beta):
    z, x, y, work = (np.empty_like(theta) for _ in range(4))
    t = state[2] + 1
    np.multiply(grad, lr, out=work)
    np.subtract(state[0], work, out=z)
    np.multiply(state[1], 1 - 1 / t, out=x)
    np.divide(z, t, out=work)
    np.add(x, work, out=x)
    np.multiply(x, beta, out=y)
    np.multiply(z, 1 - beta, out=work)
    np.add(y, work, out=y)
    return y, (z, x, t)


class _Points(NamedTuple):
    z: object
    x: object
    steps: object


def _mixed(one, other, share):
    """`share` of the other, the rest of the one."""
    return np.subtract(one, share * (one - other))


def schedule_free_named_state_and_helper(theta, grad, state, **hypers):
    old = _Points(*state)
    steps = old.steps + 1.0
    z = old.z - np.multiply(hypers["lr"], grad)
    new = _Points(z, _mixed(old.x, z, 1.0 / steps), steps)
    return _mixed(new.z, new.x, hypers["beta"]), new


def schedule_free_as_two_matrices(theta, grad, state, *, lr, beta):
    t = state[2] + 1
    rows = np.stack([state[0], state[1], grad]).reshape(3, -1)
    walk = np.array([[1, 0, -lr], [1 / t, 1 - 1 / t, -lr / t]], dtype=theta.dtype)
    look = np.array([1 - beta, beta], dtype=theta.dtype)
    points = walk @ rows
    z, x = points.reshape(2, *theta.shape).copy()
    return (look @ points).reshape(theta.shape), (np.array(z), np.array(x), t)


def schedule_free_theta_from_the_old_points(theta, grad, state, *, beta, lr):
    z, x, t = state
    count = t + 1
    of_new_z = (1 - beta) + beta / count
    of_old_x = beta * t / count
    new_z = z - lr * grad
    return of_new_z * new_z + of_old_x * x, [new_z, x * (t / count) + new_z / count, count]


def schedule_free_python_floats(theta, grad, state, *, lr, beta):
    t = state[2] + 1
    places, walkers, means = [], [], []
    for g, z, x in zip(*(np.ravel(one).tolist() for one in (grad, *state[:2])), strict=True):
        walkers.append(z - lr * g)
        means.append(x - (x - walkers[-1]) / t)
        places.append(means[-1] - (1 - beta) * (means[-1] - walkers[-1]))
    y, z, x = (np.array(one, dtype=theta.dtype).reshape(theta.shape) for one in (places, walkers, means))
    return y, (z, x, t)
