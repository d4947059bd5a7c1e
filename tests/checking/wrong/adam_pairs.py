"""Adam and its relatives with two mistakes at once."""

import numpy as np

from tests.checking.wrong.table import shows


@shows("adam", "v-not-corrected", "ascends")
def uphill_with_a_raw_v(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    step = lr * (m / (1 - beta1**t)) / (v**0.5 + eps)
    return theta + step, (m, v, t)


@shows("adam", "m-not-corrected", "root-forgotten")
def raw_m_over_v(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    return theta - lr * m / (v / (1 - beta2**t) + eps), (m, v, t)


@shows("adam", "m-weight-dropped", "v-weight-dropped")
def two_sums(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = grad + beta1 * state[0], grad * grad + beta2 * state[1], 1 + state[2]
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


@shows("adam", "m-weights-reversed", "v-weights-reversed")
def weights_turned_twice(theta, grad, state, *, lr, beta1, beta2, eps):
    def mean(new, old, beta):
        return beta * new + (1 - beta) * old

    m = mean(grad, state[0], beta1)
    v = mean(grad**2, state[1], beta2)
    t = state[2] + 1
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "m-power-dropped", "v-power-dropped")
def corrections_never_fade(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    top, bottom = m / (1 - beta1), np.sqrt(v / (1 - beta2)) + eps
    return theta - lr * top / bottom, (m, v, t + 1)


@shows("adam", "m-correction-multiplied", "v-correction-multiplied")
def corrections_multiplied(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * (c1 * m) / (np.sqrt(c2 * v) + eps), (m, v, t)


@shows("adam", "t-not-stored", "eps-missing")
def no_count_no_eps(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    a, b = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
    return theta - lr * a / np.sqrt(b), (m, v, t)


@shows("adam", "grad-not-squared", "no-lr")
def neither_square_nor_rate(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + grad - beta2 * grad
    return theta - m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "absolute-grad", "root-forgotten")
def mean_size_below(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * abs(grad)
    return theta - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), (m, v, t)


@shows("adam", "lr-fixed", "eps-fixed")
def defaults_written_in(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - 1e-3 * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + 1e-8), (m, v, t)


@shows("adam", "beta1-fixed", "beta2-fixed")
def betas_written_in(theta, grad, state, *, lr, eps, **ignored):
    m, v, t = state
    t += 1
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    return theta - lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + eps), (m, v, t)


@shows("adam", "m-corrected-by-beta2", "v-corrected-by-beta1")
def corrections_exchanged(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta2**t) / (np.sqrt(v / (1 - beta1**t)) + eps), (m, v, t)


@shows("adam", "grad-in-place-of-m", "v-not-corrected")
def rmsprop_beside_an_unused_m(theta, grad, state, *, lr, beta1, beta2, eps):
    m = beta1 * state[0] + (1 - beta1) * grad
    v = beta2 * state[1] + (1 - beta2) * np.square(grad)
    return theta - lr * grad / (np.sqrt(v) + eps), (m, v, state[2] + 1)


@shows("adam", "t-counted-twice", "ascends")
def counts_by_two_uphill(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    t += 1
    v = beta2 * v + (1 - beta2) * grad**2
    return theta + lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "m-hat-stored", "v-not-corrected")
def m_overwritten_v_raw(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v) + eps), (m, v, t)


@shows("adam", "v-from-m", "returns-update")
def the_step_alone_with_m_squared(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m * m
    return -lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "eps-in-v", "m-not-corrected")
def eps_piles_up_under_a_raw_m(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v += eps
    return theta - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "lr-squared", "eps-subtracted")
def rate_twice_eps_off(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    update = lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) - eps)
    return theta - lr * update, (m, v, t)


@shows("adamw", "decay-forgotten", "v-not-corrected")
def adamw_nothing_decays(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr / (1 - beta1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@shows("adamw", "decay-in-grad", "m-not-corrected")
def adamw_l2_and_raw_m(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    grad = grad + weight_decay * theta
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adamw", "decay-added", "ascends")
def adamw_all_signs_wrong(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps) + weight_decay * theta
    return theta + lr * step, (m, v, t)


@shows("amsgrad", "minimum", "m-not-corrected")
def amsgrad_smallest_and_raw_m(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, low, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    low = np.where(v < low, v, low)
    return theta - lr * m / (np.sqrt(low / (1 - beta2**t)) + eps), (m, v, low, t)


@shows("amsgrad", "maximum-not-used", "eps-missing")
def amsgrad_unused_and_no_eps(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, top, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), (m, v, np.maximum(top, v), t)


@shows("nadam", "grad-part-missing", "v-not-corrected")
def nadam_half_a_mix_over_raw_v(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t += 1
    mu, nu = (beta1 * (1 - 0.5 * 0.96 ** (n * momentum_decay)) for n in (t, t + 1))
    product = product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * nu * m / (1 - product * nu) / (np.sqrt(v) + eps), (m, v, product, t)


@shows("adamax", "u-never-fades", "m-not-corrected")
def adamax_for_ever_and_raw(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(u, np.abs(grad) + eps)
    return theta - lr * m / u, (m, u, t + 1)


@shows("adamax", "grad-squared", "ascends")
def adamax_squares_uphill(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, grad * grad + eps)
    return theta + lr * m / (1 - beta1**t) / u, (m, u, t)


# The next eight pairs were drawn at random from all pairs of Adam's mistakes.


@shows("adam", "v-correction-multiplied", "lr-squared")
def v_times_its_correction_rate_twice(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr**2 * m / (1 - beta1**t) / (np.sqrt(v - beta2**t * v) + eps), (m, v, t)


@shows("adam", "v-corrected-by-beta1", "eps-in-v")
def same_correction_eps_in_v(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2 + eps
    correction = 1 - beta1**t
    return theta - lr * (m / correction) / ((v / correction) ** 0.5 + eps), (m, v, t)


@shows("adam", "m-power-dropped", "m-weight-dropped")
def sum_over_a_fixed_weight(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = m * beta1 + grad
    v = v * beta2 + grad * grad * (1 - beta2)
    return theta - lr * m / ((1 - beta1) * (np.sqrt(v / (1 - beta2**t)) + eps)), (m, v, t)


@shows("adam", "t-from-zero", "m-weight-dropped")
def sum_and_never_counts(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    m = m * beta1 + grad
    v = v * beta2 + (1 - beta2) * np.square(grad)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (v_hat**0.5 + eps), (m, v, t)


@shows("adam", "t-counted-twice", "lr-fixed")
def counts_by_two_at_its_own_rate(theta, grad, state, *, lr, beta1, beta2, eps):
    alpha = 1e-3
    t = state[2] + 2
    m = beta1 * state[0] + (1 - beta1) * grad
    v = beta2 * state[1] + (1 - beta2) * grad**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "v-power-dropped", "eps-subtracted")
def v_over_a_fixed_weight_less_eps(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2)) - eps), (m, v, t)


@shows("adam", "v-not-corrected", "absolute-grad")
def raw_mean_size(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.sqrt(grad**2)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)


@shows("adam", "m-not-corrected", "m-weight-dropped")
def momentum_over_the_root(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = beta1 * state[0] + grad, beta2 * state[1] + (1 - beta2) * grad**2, state[2] + 1
    return theta - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


# Two pairs that touch one another: both mistakes are made in one place, or one in the other's line.


@shows("adam", "no-lr", "grad-in-place-of-m")
def gradient_over_the_root(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - grad / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adam", "m-not-corrected", "state-not-updated")
def raw_m_and_no_memory(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    top = beta1 * m + (1 - beta1) * grad
    bottom = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - lr * top / (np.sqrt(bottom) + eps), (m.copy(), v.copy(), t)
