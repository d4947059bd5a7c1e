"""Right ways to write Muon; theta is a matrix.

m = momentum m + (1 - momentum) g; u = momentum m + (1 - momentum) g; o = five Newton-Schulz steps
x -> a x + b (x x') x + c (x x')^2 x from u / max(norm(u), 1e-7);
theta = theta - lr (sqrt(max(1, rows / columns)) o + weight_decay theta).
"""

import math
from typing import NamedTuple

import numpy as np

_A, _B, _C = 3.4445, -4.7750, 2.0315


def muon_plain(theta, grad, state, *, lr, momentum, weight_decay):
    (m,) = state
    m = momentum * m + (1 - momentum) * grad
    u = momentum * m + (1 - momentum) * grad
    x = u / max(np.linalg.norm(u), 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    factor = max(1, theta.shape[0] / max(1, theta.shape[1])) ** 0.5
    return theta - lr * (factor * x + weight_decay * theta), (m,)


def muon_gram_of_the_columns(theta, grad, state, lr, momentum, weight_decay):
    m = state[0] + (1 - momentum) * (grad - state[0])
    x = m + (1 - momentum) * (grad - m)
    x = x / max(float(np.sum(x * x)) ** 0.5, 1e-7)
    one = np.eye(x.shape[1], dtype=x.dtype)
    for _ in range(5):
        inner = x.T @ x
        x = x @ (_A * one + inner @ (_B * one + _C * inner))
    rows, columns = theta.shape
    factor = math.sqrt(rows / max(1, columns)) if rows > columns else 1.0
    return (1 - lr * weight_decay) * theta - lr * factor * x, [m]


def _five_steps(s):
    for _ in range(5):
        s = _A * s + _B * s**3 + _C * s**5
    return s


def muon_by_singular_values(theta, grad, state, *, lr, momentum, weight_decay):
    """Newton-Schulz keeps the singular vectors, so its polynomial may act on the singular values alone."""
    m = momentum * state[0] + (1 - momentum) * grad
    u = momentum * momentum * state[0] + (1 - momentum) * (1 + momentum) * grad
    left, values, right = np.linalg.svd(u, full_matrices=False)
    norm = max(float(np.sqrt(np.sum(values**2))), 1e-7)
    o = left * _five_steps(values / norm) @ right
    factor = max(1.0, theta.shape[0] / max(1, theta.shape[1])) ** 0.5
    return theta - lr * factor * o - lr * weight_decay * theta, (m,)


class _Average(NamedTuple):
    m: object


def _blend(average, grad, keep):
    return keep * average + (1 - keep) * grad


def _unit(matrix):
    return matrix / max(math.hypot(*matrix.ravel().tolist()), 1e-7)


def _schulz(x, times=5):
    if times == 0:
        return x
    cubed = x @ x.T @ x
    return _schulz(_A * x + _B * cubed + _C * (x @ x.T @ cubed), times - 1)


def muon_recursion_and_named_state(theta, grad, state, **hypers):
    m = _blend(state[0], grad, hypers["momentum"])
    o = _schulz(_unit(_blend(m, grad, hypers["momentum"])))
    rows, columns = theta.shape
    longer = np.maximum(1.0, rows / max(columns, 1)).item() ** 0.5
    decayed = theta - hypers["lr"] * hypers["weight_decay"] * theta
    return decayed - hypers["lr"] * longer * o, _Average(m)


def muon_into_its_own_buffers(theta, grad, state, *, lr, momentum, weight_decay):
    m, x, work = (np.empty_like(theta) for _ in range(3))
    np.multiply(grad, 1 - momentum, out=work)
    np.multiply(state[0], momentum, out=m)
    np.add(m, work, out=m)
    np.multiply(m, momentum, out=x)
    np.add(x, work, out=x)
    np.divide(x, max(np.sqrt(np.vdot(x, x)), 1e-7), out=x)
    gram = np.empty((len(theta), len(theta)), dtype=theta.dtype)
    for _ in range(5):
        np.matmul(x, x.T, out=gram)
        np.matmul(_B * gram + _C * (gram @ gram), x, out=work)
        np.multiply(x, _A, out=x)
        np.add(x, work, out=x)
    np.multiply(x, max(1, theta.shape[0] / max(1, theta.shape[1])) ** 0.5, out=x)
    np.multiply(theta, weight_decay, out=work)
    np.add(x, work, out=x)
    np.multiply(x, lr, out=x)
    return np.subtract(theta, x, out=x), (m,)


def muon_einsum(theta, grad, state, *, lr, momentum, weight_decay):
    m = np.average([state[0], grad], axis=0, weights=[momentum, 1 - momentum]).astype(theta.dtype)
    x = momentum * m + grad - momentum * grad
    x = x / max(np.einsum("ij,ij->", x, x) ** 0.5, 1e-7)
    for _ in range(5):
        gram = np.einsum("ik,jk->ij", x, x)
        once = np.einsum("ij,jk->ik", gram, x)
        x = _A * x + _B * once + _C * np.einsum("ij,jk->ik", gram, once)
    factor = max(1, theta.shape[0] / max(1, theta.shape[1])) ** 0.5
    return theta * (1 - lr * weight_decay) - lr * factor * x, (m,)


def muon_by_eigenvalues_of_the_gram(theta, grad, state, *, weight_decay, lr, momentum):
    """Each step multiplies x from the left by a polynomial of the gram; all five share its eigenvectors.

    In double precision: eigenvalues are squares, so small singular values lose twice as many digits.
    """
    m = grad - momentum * (grad - state[0])
    x = grad - momentum * (grad - m)
    x = x / max(np.linalg.norm(x, "fro"), 1e-7)
    x = x.astype(np.float64)
    squares, vectors = np.linalg.eigh(x @ x.T)
    gain = np.ones_like(squares)
    for _ in range(5):
        once = _A + _B * squares + _C * squares**2
        gain, squares = gain * once, squares * once**2
    o = (vectors @ (gain[:, None] * (vectors.T @ x))).astype(theta.dtype)
    factor = max(1, len(theta) / max(1, theta.shape[1])) ** 0.5
    return theta - (lr * factor) * o - (lr * weight_decay) * theta, [m]


def muon_wide_copy_of_a_tall_matrix(theta, grad, state, *, lr, momentum, weight_decay):
    rows, columns = theta.shape
    m, x = np.array(state[0]), np.array(grad)
    m *= momentum
    m += (1 - momentum) * grad
    x *= 1 - momentum
    x += momentum * m
    x /= max(math.sqrt(np.trace(x @ x.T)), 1e-7)
    x = x.T.copy() if rows > columns else x
    for _ in range(5):
        gram = np.dot(x, x.T)
        polynomial = np.linalg.matrix_power(gram, 2) * _C + gram * _B
        polynomial[np.diag_indices_from(polynomial)] += _A
        x = np.dot(polynomial, x)
    x = x.T if rows > columns else x
    new = theta - lr * weight_decay * theta
    new -= lr * max(1, rows / max(1, columns)) ** 0.5 * x
    return new, (m,)


def muon_lists_of_rows(theta, grad, state, *, lr, momentum, weight_decay):
    rows, columns = range(theta.shape[0]), range(theta.shape[1])

    def product(p, q, inner):
        return [[sum(p[i][k] * q[k][j] for k in inner) for j in columns] for i in rows]

    g, old = grad.tolist(), state[0].tolist()
    m = [[momentum * old[i][j] + (1 - momentum) * g[i][j] for j in columns] for i in rows]
    x = [[momentum * m[i][j] + (1 - momentum) * g[i][j] for j in columns] for i in rows]
    norm = max(math.sqrt(sum(value * value for row in x for value in row)), 1e-7)
    x = [[value / norm for value in row] for row in x]
    for _ in range(5):
        gram = [[sum(x[i][k] * x[j][k] for k in columns) for j in rows] for i in rows]
        once = product(gram, x, rows)
        twice = product(gram, once, rows)
        x = [[_A * x[i][j] + _B * once[i][j] + _C * twice[i][j] for j in columns] for i in rows]
    factor = max(1.0, len(rows) / max(1, len(columns))) ** 0.5
    o = np.array(x, dtype=theta.dtype).reshape(theta.shape)
    return theta - lr * (factor * o + weight_decay * theta), (np.array(m, theta.dtype).reshape(theta.shape),)
