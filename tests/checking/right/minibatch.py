"""Right ways to write the gradient of mean((x . theta - y)^2) / 2 over a batch: mean of residual_i x_i."""

import math

import numpy as np


def minibatch_plain(theta, x, y):
    return (x @ theta - y) @ x / len(y)


def minibatch_transposed(theta, x, y):
    return x.T @ (x.dot(theta) - y) / x.shape[0]


def minibatch_mean_of_rows(theta, x, y):
    residual = np.sum(x * theta, axis=1) - y
    return np.mean(residual[:, None] * x, axis=0)


def minibatch_loop_over_examples(theta, x, y):
    total = np.zeros_like(theta)
    for row, target in zip(x, y, strict=True):
        total += (row @ theta - target) * row
    return total / len(x)


def minibatch_running_mean(theta, x, y):
    mean = np.zeros_like(theta)
    for count, (row, target) in enumerate(zip(x, y, strict=True), start=1):
        mean = mean + ((np.dot(row, theta) - target) * row - mean) / count
    return mean


def minibatch_normal_equations(theta, x, y):
    return (x.T @ x @ theta - x.T @ y) / y.size


def minibatch_einsum(theta, x, y):
    residual = np.einsum("bi,i->b", x, theta) - y
    return np.einsum("b,bi->i", residual, x) / residual.size


def minibatch_into_its_own_buffers(theta, x, y):
    residual, gradient = np.empty_like(y), np.empty_like(theta)
    np.matmul(x, theta, out=residual)
    np.subtract(residual, y, out=residual)
    np.divide(residual, len(y), out=residual)
    np.matmul(residual, x, out=gradient)
    return gradient


def minibatch_three_loops(theta, x, y):
    rows, columns = x.shape
    gradient = [0.0] * columns
    for i in range(rows):
        residual = -float(y[i])
        for j in range(columns):
            residual += float(x[i, j]) * float(theta[j])
        for j in range(columns):
            gradient[j] += residual * float(x[i, j]) / rows
    return np.array(gradient, dtype=theta.dtype)


def minibatch_exact_sums(theta, x, y):
    slopes = [
        math.fsum([*(a * b for a, b in zip(row, theta.tolist(), strict=True)), -target])
        for row, target in zip(x.tolist(), y.tolist(), strict=True)
    ]
    columns = x.T.tolist()
    sums = [math.fsum(s * value for s, value in zip(slopes, column, strict=True)) for column in columns]
    return np.array(sums, dtype=theta.dtype) / len(slopes)


def _one(theta, row, target):
    return row * (np.vdot(row, theta) - target)


def minibatch_weighted_single_gradients(theta, x, y):
    singles = np.stack([_one(theta, x[i], y[i]) for i in range(len(y))])
    return np.full_like(y, 1 / len(y)) @ singles
