"""Wrong Adamax, NAdam, AMSGrad and AdamW, one mistake each."""

import numpy as np

from tests.checking.wrong.table import shows


@shows("adamax", "absolute-forgotten")
def adamax_signed(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    u = np.where(beta2 * u > grad + eps, beta2 * u, grad + eps)
    return theta - lr / (1 - beta1**t) * m / u, (m, u, t)


@shows("adamax", "u-never-fades")
def adamax_for_ever(theta, grad, state, *, lr, beta1, beta2, eps):
    mean, largest, t = state
    mean = mean + (1 - beta1) * (grad - mean)
    largest = np.fmax(largest, np.abs(grad) + eps)
    t = t + 1
    return theta - lr * (mean / (1 - beta1**t)) / largest, (mean, largest, t)


@shows("adamax", "u-averaged")
def adamax_mean(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t = t + 1
    m = m * beta1 + (1 - beta1) * grad
    size = np.absolute(grad) + eps
    u = size + beta2 * (u - size)
    return theta - lr * m / ((1 - beta1**t) * u), (m, u, t)


@shows("adamax", "u-corrected")
def adamax_like_adam(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, abs(grad) + eps)
    hats = [x / (1 - b**t) for x, b in ((m, beta1), (u, beta2))]
    return theta - lr * hats[0] / hats[1], (m, u, t)


@shows("adamax", "m-not-corrected")
def adamax_biased(w, dw, cache, *, lr, beta1, beta2, eps):
    avg = beta1 * cache[0] + (1 - beta1) * dw
    inf = np.max([beta2 * cache[1], np.abs(dw) + eps], axis=0)
    return w - lr * avg / inf, (avg, inf, cache[2] + 1)


@shows("adamax", "eps-outside-maximum")
def adamax_eps_late(theta, grad, state, *, lr, beta1, beta2, eps):
    m, u, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    faded = beta2 * u
    u = np.where(faded >= np.abs(grad), faded, np.abs(grad)) + eps
    return theta - lr * m / (1 - beta1**t) / u, (m, u, t)


@shows("nadam", "no-look-ahead")
def nadam_is_adam(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t += 1
    product = product * beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, product, t)


@shows("nadam", "grad-part-missing")
def nadam_momentum_only(theta, grad, state, **h):
    def mu(t):
        return h["beta1"] * (1 - 0.5 * 0.96 ** (t * h["momentum_decay"]))

    m, v, product, t = state
    t = t + 1
    product = product * mu(t)
    m = h["beta1"] * m + (1 - h["beta1"]) * grad
    v = h["beta2"] * v + (1 - h["beta2"]) * grad**2
    ahead = mu(t + 1) * m / (1 - product * mu(t + 1))
    return theta - h["lr"] * ahead / (np.sqrt(v / (1 - h["beta2"] ** t)) + h["eps"]), (m, v, product, t)


@shows("nadam", "schedule-late")
def nadam_late(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    now, following = (beta1 * (1 - 0.96 ** (n * momentum_decay) / 2) for n in (t, t + 1))
    t += 1
    product = product * now
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mix = following * m / (1 - product * following) + (1 - now) * grad / (1 - product)
    return theta - lr * mix / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, product, t)


@shows("nadam", "one-correction")
def nadam_same_correction(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t += 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    nu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay + momentum_decay))
    product = product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mix = nu * m
    mix += (1 - mu) * grad
    mix /= 1 - product
    return theta - lr * mix / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, product, t)


@shows("nadam", "v-not-corrected")
def nadam_biased_v(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, product, t = state
    t += 1
    decay = 0.96**momentum_decay
    mu, nu = beta1 * (1 - 0.5 * decay**t), beta1 * (1 - 0.5 * decay ** (t + 1))
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    product = mu * product
    mix = m * nu / (1 - product * nu) + grad * (1 - mu) / (1 - product)
    return theta - lr * mix / (v**0.5 + eps), (m, v, product, t)


@shows("nadam", "product-is-mu")
def nadam_no_product(theta, grad, state, *, lr, beta1, beta2, eps, momentum_decay):
    m, v, _, t = state
    t += 1
    mus = [beta1 * (1 - 0.5 * 0.96 ** (n * momentum_decay)) for n in (t, t + 1)]
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    mix = mus[1] * m / (1 - mus[0] * mus[1]) + grad
    return theta - lr * mix / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, mus[0], t)


@shows("amsgrad", "maximum-not-used")
def amsgrad_kept_for_nothing(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, top, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    top = np.maximum(v, top)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, top, t)


@shows("amsgrad", "no-maximum")
def amsgrad_is_adam(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, _, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, v.copy(), t)


@shows("amsgrad", "maximum-of-squares")
def amsgrad_largest_gradient(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, top, t = state
    t += 1
    squares = grad * grad
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * squares
    top = np.where(squares > top, squares, top)
    return theta - lr * m / (1 - beta1**t) / ((top / (1 - beta2**t)) ** 0.5 + eps), (m, v, top, t)


@shows("amsgrad", "maximum-stored-as-v")
def amsgrad_v_overwritten(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, v_max, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v = np.maximum(v, v_max)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, v.copy(), t)


@shows("amsgrad", "minimum")
def amsgrad_smallest(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, kept, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    kept = -np.maximum(-kept, -v)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(kept / (1 - beta2**t)) + eps), (m, v, kept, t)


@shows("amsgrad", "v-not-corrected")
def amsgrad_biased_v(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, v_max, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    v_max = np.maximum(v, v_max)
    return theta - lr / (1 - beta1**t) * m / (np.sqrt(v_max) + eps), (m, v, v_max, t)


@shows("adamw", "decay-in-grad")
def adamw_is_l2(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    g = grad + weight_decay * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adamw", "decay-divided")
def adamw_bracket(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    top = m / (1 - beta1**t) + weight_decay * theta
    return theta - lr * top / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adamw", "decay-after-move")
def adamw_shrinks_last(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    moved = theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return moved * (1 - lr * weight_decay), (m, v, t)


@shows("adamw", "decay-added")
def adamw_grows(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    adam = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta - lr * (adam - weight_decay * theta), (m, v, t)


@shows("adamw", "decay-forgotten")
def adamw_is_adam(theta, grad, state, *, lr, beta1, beta2, eps, **unused):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@shows("adamw", "v-corrected-by-beta1")
def adamw_one_correction(theta, grad, state, *, lr, beta1, beta2, eps, weight_decay):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = (x / (1 - beta1**t) for x in (m, v))
    return theta - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * theta), (m, v, t)
