"""Right ways to write Nesterov momentum: v = beta v + lr g; theta = theta - (beta v + lr g)."""

from typing import NamedTuple

import numpy as np


def nesterov_plain(theta, grad, state, *, lr, beta):
    (v,) = state
    v = beta * v + lr * grad
    return theta - (beta * v + lr * grad), (v,)


def nesterov_in_place_on_copies(theta, grad, state, lr, beta):
    theta, v, push = np.array(theta), np.array(state[0]), lr * grad
    v *= beta
    v += push
    theta -= push
    theta -= beta * v
    return theta, (v,)


def nesterov_old_velocity_only(theta, grad, state, *, lr, beta):
    (old,) = state
    return theta - beta**2 * old - (1 + beta) * lr * grad, [lr * grad + old * beta]


def nesterov_momentum_step_corrected(theta, grad, state, *, lr, beta):
    (old,) = state
    new = beta * old + lr * grad
    return theta - new + beta * (old - new), (new,)


def nesterov_coordinate_by_coordinate(theta, grad, state, *, lr, beta):
    place, velocity = theta.copy(), np.zeros_like(theta)
    for index, slope in np.ndenumerate(grad):
        velocity[index] = lr * slope + beta * state[0][index]
        place[index] -= lr * slope + beta * velocity[index]
    return place, (velocity,)


def nesterov_into_its_own_buffers(theta, grad, state, *, lr, beta):
    push, v, move = (np.empty_like(theta) for _ in range(3))
    np.multiply(lr, grad, out=push)
    np.multiply(beta, state[0], out=v)
    np.add(v, push, out=v)
    np.multiply(beta, v, out=move)
    np.add(move, push, out=move)
    return np.subtract(theta, move, out=move), (v,)


class _Velocity(NamedTuple):
    v: object


def nesterov_keras_with_the_sign_turned(theta, grad, state, **hypers):
    lr, beta = hypers["lr"], hypers["beta"]
    velocity = np.negative(state[0])
    velocity = beta * velocity - lr * grad
    return theta + (beta * velocity - lr * grad), _Velocity(np.negative(velocity))


def _blend(v, grad, *, lr, beta):
    """What momentum would do with this velocity and gradient."""
    return beta * v + lr * grad


def nesterov_same_helper_twice(theta, grad, state, **hypers):
    v = _blend(state[0], grad, **hypers)
    return theta - _blend(v, grad, **hypers), [v]


def nesterov_weighted_sum(theta, grad, state, *, lr, beta):
    rows = np.stack([theta, state[0], grad]).reshape(3, -1)
    weights = np.array([[1, -beta * beta, -(lr + beta * lr)], [0, beta, lr]], dtype=theta.dtype)
    place, velocity = (weights @ rows).reshape(2, *theta.shape)
    return place.copy(), (velocity.copy(),)
