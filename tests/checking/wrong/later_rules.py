"""Wrong Lion, Muon, schedule-free SGD and descent with warm-up."""

import math

import numpy as np

from tests.checking.wrong.table import shows


@shows("lion", "sign-forgotten")
def lion_without_sign(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    (m,) = state
    blend = m * beta1 + grad * (1 - beta1)
    return theta - lr * blend - lr * weight_decay * theta, (beta2 * m + (1 - beta2) * grad,)


@shows("lion", "m-first")
def lion_averages_first(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    m = beta2 * state[0] + (1 - beta2) * grad
    direction = np.sign(beta1 * m + (1 - beta1) * grad)
    return theta * (1 - lr * weight_decay) - lr * direction, (m,)


@shows("lion", "beta1-in-both")
def lion_one_average(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    m = beta1 * state[0] + (1 - beta1) * grad
    return theta - lr * (np.sign(m) + weight_decay * theta), (m,)


@shows("lion", "sign-of-grad")
def lion_sign_descent(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    memory = state[0] + (1 - beta2) * (grad - state[0])
    step = lr * (np.sign(grad) + weight_decay * theta)
    return theta - step, [memory]


@shows("lion", "decay-without-lr")
def lion_bare_decay(theta, grad, state, *, lr, beta1, beta2, weight_decay):
    u = np.sign(beta1 * state[0] + (1 - beta1) * grad)
    kept = (1 - weight_decay) * theta
    return kept - lr * u, (beta2 * state[0] + (1 - beta2) * grad,)


def orthogonalised(matrix, steps=5):
    x = matrix / max(np.sqrt(np.sum(matrix**2)), 1e-7)
    for _ in range(steps):
        a = x @ x.T
        b = -4.7750 * a + 2.0315 * (a @ a)
        x = 3.4445 * x + b @ x
    return x


@shows("muon", "factor-forgotten")
def muon_unscaled(theta, grad, state, *, lr, momentum, weight_decay):
    m = momentum * state[0] + (1 - momentum) * grad
    mixed = momentum * m + (1 - momentum) * grad
    return theta * (1 - lr * weight_decay) - lr * orthogonalised(mixed), (m,)


@shows("muon", "six-iterations")
def muon_six_times(theta, grad, state, *, lr, momentum, weight_decay):
    m = state[0] + (1 - momentum) * (grad - state[0])
    o = orthogonalised(m + (1 - momentum) * (grad - m), steps=6)
    factor = max(1, theta.shape[0] / theta.shape[1]) ** 0.5
    return theta - lr * factor * o - lr * weight_decay * theta, (m,)


@shows("muon", "grad-orthogonalised")
def muon_of_the_gradient(w, g, s, *, lr, momentum, weight_decay):
    m = momentum * s[0] + (1 - momentum) * g
    rows, columns = w.shape
    stretch = np.sqrt(rows / columns) if rows > columns else 1
    return (w - lr * (stretch * orthogonalised(g) + weight_decay * w)).astype(w.dtype), (m,)


@shows("muon", "mix-stored")
def muon_keeps_the_mix(theta, grad, state, *, lr, momentum, weight_decay):
    m = momentum * state[0] + (1 - momentum) * grad
    m = momentum * m + (1 - momentum) * grad
    rows, columns = theta.shape
    o = max(1, rows / columns) ** 0.5 * orthogonalised(m)
    return theta - lr * (o + weight_decay * theta), (m,)


@shows("schedule_free", "z-from-theta")
def free_from_theta(theta, grad, state, *, lr, beta):
    _, x, t = state
    z = theta - lr * grad
    x = x + (z - x) / (t + 1)
    return z + beta * (x - z), (z, x, t + 1)


@shows("schedule_free", "mean-of-old-z")
def free_average_too_early(theta, grad, state, *, lr, beta):
    z, mean, t = state
    t += 1
    mean = ((t - 1) * mean + z) / t
    z = z - lr * grad
    return (1 - beta) * z + beta * mean, (z, mean, t)


@shows("schedule_free", "mix-weights-reversed")
def free_mix_turned(theta, grad, state, *, lr, beta):
    z, x, t = state
    t = t + 1
    z = z - lr * grad
    x = x * (1 - 1 / t) + z / t
    return beta * z + (1 - beta) * x, (z, x, t)


@shows("schedule_free", "moving-average")
def free_exponential(theta, grad, state, *, lr, beta):
    z = state[0] - lr * grad
    x = state[1] + (1 - beta) * (z - state[1])
    return z + beta * (x - z), (z, x, state[2] + 1)


@shows("schedule_free", "theta-is-x")
def free_at_the_mean(theta, grad, state, *, lr, beta):
    z, x, t = state
    z = z - lr * grad
    x = (t * x + z) / (t + 1)
    return x.copy(), (z, x, t + 1)


@shows("warmup", "warmup-forgotten")
def warmup_only_cools(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = state[0] + 1
    if t <= warmup_steps:
        return theta - lr * grad, (t,)
    done = min(1.0, float((t - 1 - warmup_steps) / (total_steps - warmup_steps)))
    return theta - lr * grad * 0.5 * (1 + math.cos(math.pi * done)), (t,)


@shows("warmup", "fall-forgotten")
def warmup_then_constant(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = state[0] + 1
    return theta - lr * min(1.0, t / warmup_steps) * grad, (t,)


@shows("warmup", "t-counted-late")
def warmup_counts_at_the_end(theta, grad, state, *, lr, warmup_steps, total_steps):
    (t,) = state
    factor = t / warmup_steps
    if t > warmup_steps:
        done = min(1.0, float((t - 1 - warmup_steps) / (total_steps - warmup_steps)))
        factor = (1 + math.cos(math.pi * done)) / 2
    return theta - lr * factor * grad, (t + 1,)


@shows("warmup", "fall-too-long")
def warmup_and_then_all_steps(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = state[0] + 1
    after = max(0.0, float((t - warmup_steps - 1) / total_steps))
    factor = min(t / warmup_steps, math.cos(math.pi / 2 * min(after, 1.0)) ** 2)
    return theta - lr * factor * grad, (t,)
