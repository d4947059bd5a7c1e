"""Wrong Adams, one mistake each."""

import math
from types import SimpleNamespace

import numpy as np

from tests.checking.wrong.table import shows


@shows("adam", "m-not-corrected")
def only_v_corrected(theta, grad, state, *, lr, beta1, beta2, eps):
    first, second, n = state
    n = n + 1
    first = first * beta1 + grad * (1 - beta1)
    second = second * beta2 + grad * grad * (1 - beta2)
    scale = np.sqrt(second / (1 - beta2**n)) + eps
    return theta - lr * first / scale, (first, second, n)


@shows("adam", "v-not-corrected")
def only_m_corrected(theta, grad, state, *, lr, beta1, beta2, eps):
    t = state[2] + 1
    m = state[0] + (1 - beta1) * (grad - state[0])
    v = state[1] + (1 - beta2) * (grad**2 - state[1])
    rate = lr / (1 - beta1**t)
    return theta - rate * m / (v**0.5 + eps), [m, v, t]


@shows("adam", "m-power-dropped")
def fixed_first_correction(w, g, s, **h):
    m, v, t = s[0] * h["beta1"] + (1 - h["beta1"]) * g, s[1] * h["beta2"] + (1 - h["beta2"]) * g * g, s[2] + 1
    mhat = m / (1 - h["beta1"])
    vhat = v / (1 - h["beta2"] ** t)
    return w - h["lr"] * mhat / (np.sqrt(vhat) + h["eps"]), (m, v, t)


@shows("adam", "v-power-dropped")
def fixed_second_correction(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    b1, b2 = 1 - beta1, 1 - beta2
    m = beta1 * m + b1 * grad
    v = beta2 * v + b2 * grad**2
    return theta - lr * (m / (1 - pow(beta1, t))) / (np.sqrt(v / b2) + eps), (m, v, t)


@shows("adam", "m-correction-multiplied")
def first_correction_on_top(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    m = m * beta1 + grad - beta1 * grad
    v = v * beta2 + np.square(grad) - beta2 * np.square(grad)
    return theta - lr * c1 * m / (np.sqrt(v / c2) + eps), (m, v, t)


@shows("adam", "v-corrected-by-beta1")
def one_correction_for_both(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    unbias = 1.0 / (1.0 - beta1**t)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * unbias * m / ((unbias * v) ** 0.5 + eps), (m, v, t)


@shows("adam", "betas-swapped")
def betas_in_the_wrong_order(theta, grad, state, *, lr, beta1, beta2, eps):
    slow, fast = beta1, beta2

    def average(old, new, beta):
        return beta * old + (1 - beta) * new

    m = average(state[0], grad, fast)
    v = average(state[1], grad * grad, slow)
    t = state[2] + 1
    top = m / (1 - fast**t)
    bottom = np.sqrt(v / (1 - slow**t)) + eps
    return theta - lr * top / bottom, (m, v, t)


@shows("adam", "t-from-zero")
def never_counts(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@shows("adam", "t-stale")
def counts_at_the_end(theta, grad, state, *, lr, beta1, beta2, eps):
    a, b, steps = state
    a = beta1 * a + (1 - beta1) * grad
    b = beta2 * b + (1 - beta2) * (grad * grad)
    a_hat = np.divide(a, 1 - beta1**steps)
    b_hat = np.divide(b, 1 - beta2**steps)
    theta = theta - lr * a_hat / (np.sqrt(b_hat) + eps)
    steps += 1
    return theta, (a, b, steps)


@shows("adam", "t-one-ahead")
def counts_from_one_twice(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = np.add(beta1 * m, (1 - beta1) * grad)
    v = np.add(beta2 * v, (1 - beta2) * grad**2)
    m_hat = m / (1 - beta1 * beta1**t)
    v_hat = v / (1 - beta2 * beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@shows("adam", "t-not-stored")
def count_lost(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@shows("adam", "corrected-stored")
def averages_overwritten(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - lr * m / (np.sqrt(v) + eps), (m, v, t)


@shows("adam", "v-hat-stored")
def second_average_overwritten(theta, grad, state, *, lr, beta1, beta2, eps):
    memory = SimpleNamespace(m=state[0], v=state[1], t=state[2] + 1)
    memory.m = beta1 * memory.m + (1 - beta1) * grad
    memory.v = beta2 * memory.v + (1 - beta2) * grad**2
    memory.v = memory.v / (1 - beta2**memory.t)
    step = memory.m / (1 - beta1**memory.t) / (np.sqrt(memory.v) + eps)
    return theta - lr * step, (memory.m, memory.v, memory.t)


@shows("adam", "state-not-updated")
def averages_thrown_away(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t = t + 1
    numerator = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    denominator = np.sqrt((beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)) + eps
    return theta - lr * numerator / denominator, (m.copy(), v.copy(), t)


@shows("adam", "m-weight-dropped")
def heavy_ball_on_top(theta, grad, state, *, lr, beta1, beta2, eps):
    buffer = grad + beta1 * state[0]
    squares = beta2 * state[1] + (1 - beta2) * grad**2
    t = state[2] + 1
    bottom = np.sqrt(squares / (1 - beta2**t)) + eps
    return theta - lr * buffer / ((1 - beta1**t) * bottom), (buffer, squares, t)


@shows("adam", "v-weights-reversed")
def remembers_the_new_square(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = v + beta2 * (grad**2 - v)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "v-from-m")
def square_of_the_average(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.square(m)
    step = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - step * m / (np.sqrt(v) + eps * math.sqrt(1 - beta2**t)), (m, v, t)


@shows("adam", "absolute-grad")
def mean_size(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    size = np.where(grad < 0, -grad, grad)
    m, v, t = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * size, t + 1
    return theta - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "root-forgotten")
def variance_below(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_hat = v / (1 - beta2**t)
    return theta - lr * (m / (1 - beta1**t)) * (1 / (v_hat + eps)), (m, v, t)


@shows("adam", "eps-missing")
def bare_division(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m * (1 - beta2**t) ** 0.5 / ((1 - beta1**t) * np.sqrt(v)), (m, v, t)


@shows("adam", "eps-before-correction")
def eps_on_the_raw_average(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    root = np.sqrt(v + eps) / (1 - beta2**t) ** 0.5
    return theta - lr * m / (1 - beta1**t) / root, (m, v, t)


@shows("adam", "eps-outside-fraction")
def eps_after_the_division(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)) - eps, (m, v, t)


@shows("adam", "ascends")
def added_in_a_loop(theta, grad, state, *, lr, beta1, beta2, eps):
    old_m, old_v, t = state
    t += 1
    new, m, v = theta.copy(), old_m.copy(), old_v.copy()
    for i in np.ndindex(theta.shape):
        m[i] = beta1 * old_m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * old_v[i] + (1 - beta2) * grad[i] ** 2
        new[i] = theta[i] + lr * (m[i] / (1 - beta1**t)) / (np.sqrt(v[i] / (1 - beta2**t)) + eps)
    return new, (m, v, t)


@shows("adam", "no-lr")
def rate_forgotten(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    theta = theta.copy()
    theta -= (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta, (m, v, t)


@shows("adam", "grad-in-place-of-m")
def gradient_of_the_moment(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - (lr / (np.sqrt(v / (1 - beta2**t)) + eps)) * grad, (m, v, t)


@shows("adam", "beta2-fixed")
def own_beta2(theta, grad, state, *, lr, beta1, beta2, eps):
    beta2 = 0.999
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "average-squared")
def averages_then_squares(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    mean = beta2 * v**0.5 + (1 - beta2) * grad
    v = mean * mean
    return theta - lr * m / (1 - beta1**t) / ((v / (1 - beta2**t)) ** 0.5 + eps), (m, v, t)
