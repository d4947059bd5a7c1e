"""Right forms that no task asks for first, as strangers write them, and wrong versions of each.

`RIGHT` has three spellings of each form, `WRONG` what must be caught when it is asked for or accepted. A
form is named by its rule and its key. They are written from the recurrences and know no reference.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Spelling(NamedTuple):
    """One function and the form that it follows, or that it fails."""

    rule: str
    key: str
    function: Callable[..., Any]


RIGHT: list[Spelling] = []
WRONG: list[Spelling] = []


def right(rule, key):
    """Enter a function as a right spelling of a form."""

    def add(function):
        RIGHT.append(Spelling(rule, key, function))
        return function

    return add


def wrong(rule, key):
    """Enter a function as a wrong version of a form."""

    def add(function):
        WRONG.append(Spelling(rule, key, function))
        return function

    return add


# Nesterov's adaptive moments -------------------------------------------------------------------------------


@right("nadam", "constant-momentum")
def blog(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = m * beta1 + (1.0 - beta1) * grad
    v = v * beta2 + (1.0 - beta2) * np.power(grad, 2)
    m_hat = m / (1.0 - beta1**t) + (1 - beta1) * grad / (1.0 - beta1**t)
    mix = m_hat - (1 - beta1) * m / (1 - beta1**t)
    return theta - lr * mix / (np.sqrt(v / (1.0 - beta2**t)) + eps), (m, v, t)


@right("nadam", "constant-momentum")
def one_fraction(w, dw, state, lr, beta1, beta2, eps):
    first, second, n = state
    n = n + 1
    first = first + (1 - beta1) * (dw - first)
    second = second + (1 - beta2) * (dw * dw - second)
    left1, left2 = 1 - math.pow(beta1, n), 1 - math.pow(beta2, n)
    nudge = np.einsum("...,...->...", beta1 * first + (1 - beta1) * dw, 1 / (np.sqrt(second / left2) + eps))
    return w - lr / left1 * nudge, (first, second, n)


@right("nadam", "constant-momentum")
def on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, new = state[0].copy(), state[1].copy(), theta.copy()
    t = state[2] + 1
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    ahead = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    new -= lr * ahead / (np.sqrt(v / (1 - beta2**t)) + eps)
    return new, (m, v, t)


@wrong("nadam", "constant-momentum")
def grad_not_corrected(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mix = beta1 * m / (1 - beta1**t) + (1 - beta1) * grad
    return theta - lr * mix / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@wrong("nadam", "constant-momentum")
def betas_exchanged(theta, grad, state, *, lr, beta1, beta2, eps):
    return blog(theta, grad, state, lr=lr, beta1=beta2, beta2=beta1, eps=eps)


@right("nadam", "paper")
def dozat(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    n, nu, product, t = state
    t = t + 1

    def mu(k):
        return beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay))

    product = product * mu(t)
    n = mu(t) * n + (1 - mu(t)) * grad
    nu = beta2 * nu + (1 - beta2) * grad**2
    n_hat = mu(t + 1) * n / (1 - product * mu(t + 1)) + (1 - mu(t)) * grad / (1 - product)
    nu_hat = beta2 * nu / (1 - beta2**t)
    return theta - lr / (np.sqrt(nu_hat) + eps) * n_hat, (n, nu, product, t)


@right("nadam", "paper")
def dozat_by_powers(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, past, t = state
    now, then = (beta1 - 0.5 * beta1 * 0.96 ** (momentum_decay * (t + k)) for k in (1, 2))
    m = m + (1 - now) * (grad - m)
    v = v - (1 - beta2) * (v - grad * grad)
    past = past * now
    mix = then / (1 - past * then) * m + (1 - now) / (1 - past) * grad
    root = np.sqrt(v) * (beta2 / (1 - beta2 ** (t + 1))) ** 0.5
    return theta - lr * mix / (eps + root), (m, v, past, t + 1)


@right("nadam", "paper")
def dozat_in_a_loop(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    t = state[3] + 1
    now = beta1 * (1 - 0.96 ** (t * momentum_decay) / 2)
    then = beta1 * (1 - 0.96 ** ((t + 1) * momentum_decay) / 2)
    product = state[2] * now
    new, m, v = (np.empty_like(theta) for _ in range(3))
    for i in np.ndindex(theta.shape):
        m[i] = now * state[0][i] + (1 - now) * grad[i]
        v[i] = beta2 * state[1][i] + (1 - beta2) * grad[i] ** 2
        mix = then * m[i] / (1 - product * then) + (1 - now) * grad[i] / (1 - product)
        new[i] = theta[i] - lr * mix / (np.sqrt(beta2 * v[i] / (1 - beta2**t)) + eps)
    return new, (m, v, product, t)


@wrong("nadam", "paper")
def dozat_eps_in_root(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, past, t = state
    now, then = (beta1 - 0.5 * beta1 * 0.96 ** (momentum_decay * (t + k)) for k in (1, 2))
    m = now * m + (1 - now) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    past = past * now
    mix = then / (1 - past * then) * m + (1 - now) / (1 - past) * grad
    return theta + lr * mix / np.sqrt(beta2 * v / (1 - beta2 ** (t + 1)) + eps), (m, v, past, t + 1)


@right("nadam", "paper-constant")
def dozat_constant(theta, grad, state, *, lr, beta1, beta2, eps):
    m, n, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    n = beta2 * n + (1 - beta2) * grad**2
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    n_hat = beta2 * n / (1 - beta2**t)
    return theta - lr / (np.sqrt(n_hat) + eps) * m_hat, (m, n, t)


@right("nadam", "paper-constant")
def dozat_constant_logs(theta, grad, state, *, lr, beta1, beta2, eps):
    m, n, t = state
    m = m - (1 - beta1) * (m - grad)
    n = n - (1 - beta2) * (n - np.square(grad))
    a, b = beta1 / (1 - beta1 ** (t + 2)), (1 - beta1) / (1 - beta1 ** (t + 1))
    scale = (beta2 / (1 - beta2 ** (t + 1))) ** 0.5
    return theta - lr * (a * m + b * grad) / (scale * np.sqrt(n) + eps), (m, n, t + 1)


@right("nadam", "paper-constant")
def dozat_constant_weights(x, g, memory, *, lr, beta1, beta2, eps):
    mean, square, count = memory
    count = count + 1
    mean = np.add(np.multiply(beta1, mean), np.multiply(1 - beta1, g))
    square = np.add(np.multiply(beta2, square), np.multiply(1 - beta2, np.multiply(g, g)))
    top = beta1 * mean / (1 - beta1 ** (count + 1)) + (1 - beta1) * g / (1 - beta1**count)
    return np.subtract(x, lr * top / (np.sqrt(square * beta2 / (1 - beta2**count)) + eps)), (
        mean,
        square,
        count,
    )


@wrong("nadam", "paper-constant")
def dozat_constant_uphill(theta, grad, state, *, lr, beta1, beta2, eps):
    new, state = dozat_constant(theta, grad, state, lr=-lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, state


# Muon ------------------------------------------------------------------------------------------------------


def five_steps(x):
    a, b, c = 3.4445, -4.7750, 2.0315
    if x.shape[0] > x.shape[1]:
        return five_steps(x.T).T
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x


@right("muon", "author")
def jordan(theta, grad, state, *, lr, momentum, weight_decay):
    buffer = state[0] + (1 - momentum) * (grad - state[0])
    update = grad + momentum * (buffer - grad)
    update = five_steps(update / (np.linalg.norm(update) + 1e-7))
    update = update * max(1, grad.shape[0] / max(1, grad.shape[1])) ** 0.5
    return theta * (1 - lr * weight_decay) - lr * update, (buffer,)


@right("muon", "author")
def jordan_einsum(w, g, state, lr, momentum, weight_decay):
    (m,) = state
    m = momentum * m + (1 - momentum) * g
    u = momentum * m + (1 - momentum) * g
    size = np.sqrt(np.einsum("ij,ij->", u, u))
    rows, columns = w.shape
    scale = np.sqrt(np.maximum(1, rows / columns)).astype(w.dtype)
    return w - lr * weight_decay * w - lr * scale * five_steps(u / (size + 1e-7)), (m,)


@right("muon", "author")
def jordan_on_copies(theta, grad, state, *, lr, momentum, weight_decay):
    m, new = state[0].copy(), theta.copy()
    m *= momentum
    m += (1 - momentum) * grad
    u = m * momentum
    u += (1 - momentum) * grad
    u /= 1e-7 + (u**2).sum() ** 0.5
    new *= 1 - lr * weight_decay
    new -= lr * max(1, theta.shape[-2] / theta.shape[-1]) ** 0.5 * five_steps(u)
    return new, (m,)


@wrong("muon", "author")
def jordan_without_scale(theta, grad, state, *, lr, momentum, weight_decay):
    m = momentum * state[0] + (1 - momentum) * grad
    u = momentum * m + (1 - momentum) * grad
    return theta * (1 - lr * weight_decay) - lr * five_steps(u / (np.linalg.norm(u) + 1e-7)), (m,)


@wrong("muon", "author")
def jordan_uphill(theta, grad, state, *, lr, momentum, weight_decay):
    new, state = jordan(theta, grad, state, lr=-lr, momentum=momentum, weight_decay=-weight_decay)
    return new, state


@right("muon", "author-summed")
def jordan_first(theta, grad, state, *, lr, momentum, weight_decay):
    buffer = momentum * state[0] + grad
    u = grad + momentum * buffer
    u = five_steps(u / (np.linalg.norm(u, "fro") + 1e-7)) * max(1, theta.shape[0] / theta.shape[1]) ** 0.5
    return theta - lr * u - lr * weight_decay * theta, (buffer,)


@right("muon", "author-summed")
def jordan_first_spelt(theta, grad, state, *, lr, momentum, weight_decay):
    (v,) = state
    v = np.add(grad, v * momentum)
    look = (1 + 0) * grad + v * momentum
    tall = max(1.0, len(theta) / theta.shape[1])
    direction = five_steps(look / (np.sum(look * look) ** 0.5 + 1e-7))
    return (1 - lr * weight_decay) * theta - lr * tall**0.5 * direction, [v]


@right("muon", "author-summed")
def jordan_first_twice(theta, grad, state, *, lr, momentum, weight_decay):
    v = state[0] * momentum + grad
    u = momentum**2 * state[0] + (1 + momentum) * grad
    o = five_steps(u / (np.linalg.norm(u.ravel()) + 1e-7))
    return theta - lr * (o * max(1, theta.shape[0] / theta.shape[1]) ** 0.5 + weight_decay * theta), (v,)


@wrong("muon", "author-summed")
def jordan_first_stale(theta, grad, state, *, lr, momentum, weight_decay):
    v = momentum * state[0] + grad
    u = grad + momentum * state[0]
    o = five_steps(u / (np.linalg.norm(u) + 1e-7))
    return theta - lr * (o * max(1, theta.shape[0] / theta.shape[1]) ** 0.5 + weight_decay * theta), (v,)


# Momentum --------------------------------------------------------------------------------------------------


@right("nesterov", "lookahead-downhill")
def sutskever(theta, grad, state, *, lr, beta):
    (v,) = state
    v = beta * v - lr * grad
    return theta + v, (v,)


@right("nesterov", "lookahead-downhill")
def sutskever_backwards(theta, grad, state, *, lr, beta):
    fall = np.copy(state[0])
    fall *= beta
    fall -= lr * grad
    return theta - (-fall), (fall,)


@right("nesterov", "lookahead-downhill")
def sutskever_numbers(theta, grad, state, *, lr, beta):
    new, speed = np.empty_like(theta), np.empty_like(theta)
    for i, g in np.ndenumerate(grad):
        speed[i] = beta * state[0][i] + -lr * g
        new[i] = theta[i] + speed[i]
    return new, (speed,)


@wrong("nesterov", "lookahead-downhill")
def sutskever_uphill(theta, grad, state, *, lr, beta):
    v = beta * state[0] - lr * grad
    return theta - v, (v,)


@wrong("nesterov", "lookahead-downhill")
def sutskever_weighted(theta, grad, state, *, lr, beta):
    v = beta * state[0] - (1 - beta) * lr * grad
    return theta + v, (v,)


@right("momentum", "ema-downhill")
def falling_mean(theta, grad, state, *, lr, beta):
    v = beta * state[0] - (1 - beta) * grad
    return theta + lr * v, (v,)


@right("momentum", "ema-downhill")
def falling_mean_corrected(theta, grad, state, *, lr, beta):
    (v,) = state
    v = v - (1.0 - beta) * (grad + v)
    return np.add(theta, np.multiply(lr, v)), (v,)


@right("momentum", "ema-downhill")
def falling_mean_einsum(theta, grad, state, *, lr, beta):
    both = np.stack([state[0], -grad])
    weights = np.array([beta, 1 - beta], theta.dtype)
    v = np.einsum("k,k...->...", weights, both)
    return theta + lr * v, (v,)


@wrong("momentum", "ema-downhill")
def falling_mean_up(theta, grad, state, *, lr, beta):
    v = beta * state[0] - (1 - beta) * grad
    return theta - lr * v, (v,)


@wrong("momentum", "ema-downhill")
def falling_mean_reversed(theta, grad, state, *, lr, beta):
    v = (1 - beta) * state[0] - beta * grad
    return theta + lr * v, (v,)


# Adam and AMSGrad ------------------------------------------------------------------------------------------


@right("adam", "uncorrected-uncounted")
def two_lines(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad**2 - v)
    return theta - lr * m / (v**0.5 + eps), (m, v, t)


@right("adam", "uncorrected-uncounted")
def two_lines_rest(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, *rest = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - np.divide(lr * m, np.sqrt(v) + eps), (m, v, *rest)


@right("adam", "uncorrected-uncounted")
def two_lines_in_a_loop(theta, grad, state, *, lr, beta1, beta2, eps):
    new, m, v = theta.copy(), state[0].copy(), state[1].copy()
    for i in np.ndindex(theta.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        new[i] -= lr * m[i] / (np.sqrt(v[i]) + eps)
    return new, (m, v, state[2])


@wrong("adam", "uncorrected-uncounted")
def two_lines_exchanged(theta, grad, state, *, lr, beta1, beta2, eps):
    return two_lines(theta, grad, state, lr=lr, beta1=beta2, beta2=beta1, eps=eps)


@wrong("adam", "uncorrected-uncounted")
def two_lines_up(theta, grad, state, *, lr, beta1, beta2, eps):
    return two_lines(theta, grad, state, lr=-lr, beta1=beta1, beta2=beta2, eps=eps)


@right("adam", "uncorrected-uncounted-eps-in-root")
def root_of_all(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / np.sqrt(v + eps), (m, v, t)


@right("adam", "uncorrected-uncounted-eps-in-root")
def power_of_all(theta, grad, state, *, lr, beta1, beta2, eps):
    m = np.multiply(beta1, state[0]) + np.multiply(1 - beta1, grad)
    v = np.multiply(beta2, state[1]) + np.multiply(1 - beta2, np.square(grad))
    return theta - lr * m * (v + eps) ** -0.5, (m, v, state[2])


@right("adam", "uncorrected-uncounted-eps-in-root")
def sqrt_of_all(theta, grad, state, *, lr, beta1, beta2, eps):
    weights = np.array([beta1, beta2], theta.dtype)
    kept = [np.array(part) for part in state[:2]]
    fresh = [grad, grad * grad]
    kept = [b * old + (1 - b) * new for b, old, new in zip(weights, kept, fresh, strict=True)]
    return theta + -lr * kept[0] / np.sqrt(eps + kept[1]), (*kept, state[2])


@wrong("adam", "uncorrected-uncounted-eps-in-root")
def root_forgotten(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (v + eps), (m, v, t)


@right("adam", "uncorrected-eps-in-root")
def root_of_all_counted(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, v, t) = root_of_all(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, (m, v, t + 1)


@right("adam", "uncorrected-eps-in-root")
def power_of_all_counted(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, v, t) = power_of_all(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, (m, v, 1 + t)


@right("adam", "uncorrected-eps-in-root")
def sqrt_of_all_counted(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, v, t) = sqrt_of_all(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, (m, v, t - -1)


@wrong("adam", "uncorrected-eps-in-root")
def root_of_all_reversed(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, v, t) = root_of_all(theta, grad, state, lr=lr, beta1=1 - beta1, beta2=beta2, eps=eps)
    return new, (m, v, t + 1)


@right("adam", "running-powers")
def powers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, p1, p2 = state
    p1, p2 = p1 * beta1, p2 * beta2
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - p1)) / (np.sqrt(v / (1 - p2)) + eps), (m, v, p1, p2)


@right("adam", "running-powers")
def powers_folded(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, p1, p2 = state
    p1 *= beta1
    p2 *= beta2
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    root = (1 - p2) ** 0.5
    return theta - lr * root / (1 - p1) * m / (np.sqrt(v) + eps * root), (m, v, p1, p2)


@right("adam", "running-powers")
def powers_listed(theta, grad, state, *, lr, beta1, beta2, eps):
    averages, left = list(state[:2]), list(state[2:])
    for k, beta in enumerate((beta1, beta2)):
        averages[k] = beta * averages[k] + (1 - beta) * grad ** (k + 1)
        left[k] = left[k] * beta
    m_hat, v_hat = (a / (1 - p) for a, p in zip(averages, left, strict=True))
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (*averages, *left)


@wrong("adam", "running-powers")
def powers_eps_in_root(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, p1, p2 = state
    p1, p2 = p1 * beta1, p2 * beta2
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - p1)) / np.sqrt(v / (1 - p2) + eps), (m, v, p1, p2)


@wrong("adam", "running-powers")
def powers_exchanged(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, p1, p2 = state
    p1, p2 = p1 * beta2, p2 * beta1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - p1)) / (np.sqrt(v / (1 - p2)) + eps), (m, v, p1, p2)


@right("adam", "running-powers-ahead")
def tensorflow(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, p1, p2 = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    new = theta - lr * (m / (1 - p1)) / (np.sqrt(v / (1 - p2)) + eps)
    return new, (m, v, p1 * beta1, p2 * beta2)


@right("adam", "running-powers-ahead")
def tensorflow_folded(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, *left = state
    root = (1 - left[1]) ** 0.5
    m = m - (m - grad) * (1 - beta1)
    v = v - (v - np.square(grad)) * (1 - beta2)
    change = lr * root / (1 - left[0]) * m / (np.sqrt(v) + root * eps)
    return theta - change, (m, v, left[0] * beta1, left[1] * beta2)


@right("adam", "running-powers-ahead")
def tensorflow_on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, new = state[0].copy(), state[1].copy(), np.copy(theta)
    m *= beta1
    m += grad - beta1 * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    new -= lr * m / (1 - state[2]) / (eps + (v / (1 - state[3])) ** 0.5)
    return new, (m, v, state[2] * beta1, state[3] * beta2)


@wrong("adam", "running-powers-ahead")
def tensorflow_not_multiplied(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, v, _, _) = tensorflow(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, (m, v, state[2], state[3])


@right("amsgrad", "paper-uncounted")
def reddi(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    most = np.where(v > most, v, most)
    return theta - lr * m / (np.sqrt(most) + eps), (m, v, most, t)


@right("amsgrad", "paper-uncounted")
def reddi_root_first(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most = (np.array(part) for part in state[:3])
    m += (1 - beta1) * (grad - m)
    v += (1 - beta2) * (grad * grad - v)
    most = np.amax([most, v], axis=0)
    return theta - lr / (eps + most**0.5) * m, (m, v, most, state[3])


@right("amsgrad", "paper-uncounted")
def reddi_in_a_loop(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most, new = state[0].copy(), state[1].copy(), state[2].copy(), theta.copy()
    for i in np.ndindex(theta.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        most[i] = max(most[i], v[i])
        new[i] = theta[i] - lr * m[i] / (np.sqrt(most[i]) + eps)
    return new, (m, v, most, state[3])


@wrong("amsgrad", "paper-uncounted")
def reddi_stored_as_v(theta, grad, state, *, lr, beta1, beta2, eps):
    new, (m, _, most, t) = reddi(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return new, (m, most, most, t)


@right("amsgrad", "paper-uncounted-eps-in-root")
def reddi_in_root(theta, grad, state, *, lr, beta1, beta2, eps):
    _, (m, v, most, t) = reddi(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return theta - lr * m / np.sqrt(most + eps), (m, v, most, t)


@right("amsgrad", "paper-uncounted-eps-in-root")
def reddi_in_power(theta, grad, state, *, lr, beta1, beta2, eps):
    _, (m, v, most, t) = reddi_root_first(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return theta - lr * m * np.power(eps + most, -0.5), (m, v, most, t)


@right("amsgrad", "paper-uncounted-eps-in-root")
def reddi_in_quotient(theta, grad, state, *, lr, beta1, beta2, eps):
    _, (m, v, most, t) = reddi_in_a_loop(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return np.subtract(theta, np.divide(m * lr, (most + eps) ** 0.5)), (m, v, most, t)


@wrong("amsgrad", "paper-uncounted-eps-in-root")
def reddi_smallest(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    most = np.minimum(v, most)
    return theta - lr * m / np.sqrt(most + eps), (m, v, most, t)


@right("amsgrad", "running-powers")
def reddi_powers(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most, p1, p2 = state
    p1, p2 = beta1 * p1, beta2 * p2
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    most = np.maximum(v, most)
    return theta - lr * (m / (1 - p1)) / (np.sqrt(most / (1 - p2)) + eps), (m, v, most, p1, p2)


@right("amsgrad", "running-powers")
def reddi_powers_folded(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most, p1, p2 = state
    p1, p2 = p1 * beta1, p2 * beta2
    m, v = m + (1 - beta1) * (grad - m), v + (1 - beta2) * (grad**2 - v)
    most = np.fmax(most, v)
    root = (1 - p2) ** 0.5
    return theta - lr * root * m / (1 - p1) / (np.sqrt(most) + root * eps), (m, v, most, p1, p2)


@right("amsgrad", "running-powers")
def reddi_powers_on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, most = (part.copy() for part in state[:3])
    p1, p2 = state[3] * beta1, state[4] * beta2
    np.multiply(m, beta1, out=m)
    m += (1 - beta1) * grad
    np.multiply(v, beta2, out=v)
    v += (1 - beta2) * grad * grad
    np.maximum(most, v, out=most)
    return theta - lr * (m / (1 - p1)) / ((most / (1 - p2)) ** 0.5 + eps), (m, v, most, p1, p2)


@wrong("amsgrad", "running-powers")
def reddi_powers_up(theta, grad, state, *, lr, beta1, beta2, eps):
    return reddi_powers(theta, grad, state, lr=-lr, beta1=beta1, beta2=beta2, eps=eps)


# AdaDelta and schedule-free --------------------------------------------------------------------------------


@right("adadelta", "without-lr")
def zeiler(theta, grad, state, *, beta, eps):
    G, S = state
    G = beta * G + (1 - beta) * grad**2
    change = -np.sqrt(S + eps) / np.sqrt(G + eps) * grad
    S = beta * S + (1 - beta) * change**2
    return theta + change, (G, S)


@right("adadelta", "without-lr")
def zeiler_rms(theta, grad, state, beta, eps):
    squares, steps = state[0].copy(), state[1].copy()
    squares *= beta
    squares += (1 - beta) * grad * grad
    u = grad * ((steps + eps) / (squares + eps)) ** 0.5
    steps += (1 - beta) * (u * u - steps)
    return theta - u, (squares, steps)


@right("adadelta", "without-lr")
def zeiler_functions(theta, grad, state, *, beta, eps):
    def mean(old, new):
        return old * beta + new * (1 - beta)

    def rms(x):
        return np.sqrt(x + eps)

    squares = mean(state[0], np.square(grad))
    delta = np.divide(rms(state[1]), rms(squares)) * -grad
    return theta + delta, (squares, mean(state[1], np.square(delta)))


@wrong("adadelta", "without-lr")
def zeiler_eps_outside(theta, grad, state, *, beta, eps):
    G = beta * state[0] + (1 - beta) * grad**2
    u = (np.sqrt(state[1]) + eps) / (np.sqrt(G) + eps) * grad
    return theta - u, (G, beta * state[1] + (1 - beta) * u**2)


@wrong("adadelta", "without-lr")
def zeiler_up(theta, grad, state, *, beta, eps):
    G = beta * state[0] + (1 - beta) * grad**2
    u = np.sqrt(state[1] + eps) / np.sqrt(G + eps) * grad
    return theta + u, (G, beta * state[1] + (1 - beta) * u**2)


@right("schedule_free", "start-counted")
def defazio(theta, grad, state, *, lr, beta):
    z, x, t = state
    z = z - lr * grad
    x = (t + 1) / (t + 2) * x + z / (t + 2)
    return (1 - beta) * z + beta * x, (z, x, t + 1)


@right("schedule_free", "start-counted")
def defazio_moving(theta, grad, state, *, lr, beta):
    z, x, t = state[0].copy(), state[1].copy(), state[2] + 1
    z -= lr * grad
    x += (z - x) / (t + 1)
    return z + beta * (x - z), (z, x, t)


@right("schedule_free", "start-counted")
def defazio_c(theta, grad, state, *, lr, beta):
    t = state[2] + 1.0
    c = 1.0 / (t + 1.0)
    z = np.subtract(state[0], np.multiply(lr, grad))
    x = (1.0 - c) * state[1] + c * z
    return beta * x + (1.0 - beta) * z, (z, x, t)


@wrong("schedule_free", "start-counted")
def defazio_weights_exchanged(theta, grad, state, *, lr, beta):
    z, x, t = state
    z = z - lr * grad
    x = z + (x - z) / (t + 2)
    return (1 - beta) * z + beta * x, (z, x, t + 1)


@wrong("schedule_free", "start-counted")
def defazio_late(theta, grad, state, *, lr, beta):
    z, x, t = state
    t = t + 1
    z = z - lr * grad
    x = x + (z - x) / (t + 2)
    return (1 - beta) * z + beta * x, (z, x, t)
