"""Right ways to write the gradient of (x . theta - y)^2 / 2 for one example: (x . theta - y) x."""

import math

import numpy as np


def sgd_plain(theta, x, y):
    return (x @ theta - y) * x


def sgd_dot_and_minus(theta, x, y):
    error = y - np.dot(theta, x)
    return -error * x


def sgd_sum_of_products(theta, x, y):
    return x * (np.sum(theta * x) - y)


def sgd_index_loops(theta, x, y):
    predicted = 0.0
    for j in range(len(theta)):
        predicted += float(x[j]) * float(theta[j])
    gradient = np.empty_like(theta)
    for j in range(len(theta)):
        gradient[j] = (predicted - float(y)) * float(x[j])
    return gradient


def sgd_exact_sum(theta, x, y):
    products = [a * b for a, b in zip(theta.tolist(), x.tolist(), strict=True)]
    residual = math.fsum([*products, -float(y)])
    return np.array([residual * value for value in x.tolist()], dtype=theta.dtype)


def sgd_einsum(theta, x, y):
    return np.einsum(",i->i", np.einsum("i,i->", x, theta) - y, x)


def sgd_into_its_own_buffer(theta, x, y):
    gradient = np.empty_like(theta)
    np.multiply(x, theta, out=gradient)
    residual = gradient.sum() - y
    np.multiply(x, residual, out=gradient)
    return gradient


def sgd_target_as_one_more_coordinate(theta, x, y):
    example = np.append(x, y)
    minus_one = theta.dtype.type(-1)
    residual = example @ np.append(theta, minus_one)
    return (example * residual)[:-1]


def _predict(theta, x):
    return np.inner(x, theta)


def _loss_slope(prediction, y):
    """The derivative of (prediction - y)^2 / 2 in the prediction."""
    return np.subtract(prediction, y)


def sgd_chain_rule_in_functions(theta, x, y):
    upstream = _loss_slope(_predict(theta, x), y)
    return np.multiply(upstream, x)


def sgd_as_a_batch_of_one(theta, x, y):
    row = x[np.newaxis, :]
    residual = row @ theta - y
    return row.T @ residual


def sgd_outer_product_first(theta, x, y):
    return np.outer(x, x) @ theta - y * x
