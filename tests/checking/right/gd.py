"""Right ways to write gradient descent's step (SGD's and mini-batch's too): theta - lr * grad."""

import numpy as np


def gd_plain(theta, grad, state, *, lr):
    return theta - lr * grad, state


def gd_in_place_on_a_copy(theta, grad, state, lr=0.1):
    new = theta.copy()
    new -= lr * grad
    return new, state


def gd_into_its_own_buffer(theta, grad, state, *, lr):
    out = np.empty_like(theta)
    np.multiply(grad, -lr, out=out)
    np.add(out, theta, out=out)
    return out, ()


def gd_coordinate_by_coordinate(theta, grad, state, *, lr):
    new = np.zeros_like(theta)
    for index in np.ndindex(theta.shape):
        new[index] = theta[index] - lr * grad[index]
    return new, list(state)


def gd_hypers_under_their_names_only(theta, grad, state, **hypers):
    return theta + grad * -hypers["lr"], state


def gd_python_floats(theta, grad, state, *, lr):
    moved = [a - lr * b for a, b in zip(theta.ravel().tolist(), grad.ravel().tolist(), strict=True)]
    return np.array(moved, dtype=theta.dtype).reshape(theta.shape), []


def gd_as_a_product_of_weights_and_rows(theta, grad, state, *, lr):
    weights = np.array([1.0, -lr], dtype=theta.dtype)
    return np.tensordot(weights, np.stack([theta, grad]), axes=1), state


def gd_vectorized_closure(theta, grad, state, /, *, lr):
    descend = np.vectorize(lambda place, slope: place - lr * slope, otypes=[theta.dtype])
    return descend(theta, grad), state


def gd_in_higher_precision(theta, grad, state, lr):
    exact = theta.astype(np.longdouble) - np.longdouble(lr) * grad.astype(np.longdouble)
    return exact.astype(theta.dtype), state


def _step_size(grad, rate):
    return np.negative(rate * grad)


def _moved(point, by):
    return np.sum([point, by], axis=0)


def gd_helper_functions(theta, grad, state, *, lr=1e-3):
    return _moved(theta, _step_size(grad, lr)), tuple(state)
