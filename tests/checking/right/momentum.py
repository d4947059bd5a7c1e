"""Right ways to write momentum: v = beta v + lr g; theta = theta - v."""

from typing import NamedTuple

import numpy as np


def momentum_plain(theta, grad, state, *, lr, beta):
    (v,) = state
    v = beta * v + lr * grad
    return theta - v, (v,)


def momentum_in_place_on_copies(theta, grad, state, lr=0.1, beta=0.5):
    theta, v = theta.copy(), state[0].copy()
    v *= beta
    v += lr * grad
    theta -= v
    return theta, [v]


def momentum_velocity_downhill(theta, grad, state, *, lr, beta):
    down = -state[0]
    down = beta * down - lr * grad
    return theta + down, (-down,)


def momentum_friction(theta, grad, state, *, lr, beta):
    v = state[0]
    v = v - (1 - beta) * v + grad * lr
    return -(v - theta), [v]


def momentum_coordinate_by_coordinate(theta, grad, state, *, lr, beta):
    new, velocity = np.empty_like(theta), np.empty_like(theta)
    for index in np.ndindex(theta.shape):
        velocity[index] = beta * state[0][index] + lr * grad[index]
        new[index] = theta[index] - velocity[index]
    return new, (velocity,)


def momentum_into_its_own_buffers(theta, grad, state, *, lr, beta):
    v, push, new = np.empty_like(theta), np.empty_like(theta), np.empty_like(theta)
    np.multiply(state[0], beta, out=v)
    np.multiply(grad, lr, out=push)
    np.add(v, push, out=v)
    np.subtract(theta, v, out=new)
    return new, (v,)


def momentum_as_one_matrix(theta, grad, state, *, lr, beta):
    acts = np.array([[0, beta, lr], [1, -beta, -lr]], dtype=theta.dtype)
    v, new = np.tensordot(acts, np.stack([theta, state[0], grad]), axes=1)
    return np.array(new), (np.array(v),)


class _Ball(NamedTuple):
    velocity: object


def _pushed(ball, push, keeps):
    return _Ball(np.add(keeps * ball.velocity, push))


def _rolled(place, ball):
    return np.subtract(place, ball.velocity)


def momentum_named_state_and_helpers(theta, grad, state, **hypers):
    ball = _pushed(_Ball(*state), hypers["lr"] * grad, hypers["beta"])
    return _rolled(theta, ball), ball


def momentum_python_floats(theta, grad, state, *, beta, lr):
    triples = zip(theta.ravel().tolist(), grad.ravel().tolist(), state[0].ravel().tolist(), strict=True)
    pairs = [(a - (moved := beta * v + lr * g), moved) for a, g, v in triples]
    both = np.array(pairs, dtype=theta.dtype).reshape(*theta.shape, 2)
    return both[..., 0], (both[..., 1],)
