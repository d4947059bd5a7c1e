"""Wrong Adagrad, RMSProp and AdaDelta."""

import numpy as np

from tests.checking.wrong.table import shows


@shows("adagrad", "replaced")
def adagrad_newest_square(theta, grad, state, *, lr, eps):
    squares = np.square(grad)
    return theta - lr * grad / (np.sqrt(squares) + eps), (squares,)


@shows("adagrad", "root-forgotten")
def adagrad_over_the_sum(theta, grad, state, *, lr, eps):
    total = state[0] + grad * grad
    rate = lr / (total + eps)
    return theta - rate * grad, (total,)


@shows("adagrad", "norm-summed")
def adagrad_one_rate_for_all(theta, grad, state, *, lr, eps):
    length = np.linalg.norm(grad)
    total = state[0] + length * length
    return theta - lr * grad / (total**0.5 + eps), (total,)


@shows("adagrad", "averaged")
def adagrad_that_forgets(theta, grad, state, *, lr, eps):
    decay = 0.9
    cache = state[0] * decay + np.square(grad) * (1 - decay)
    return theta - lr / (eps + np.sqrt(cache)) * grad, [cache]


@shows("adagrad", "G-stale")
def adagrad_old_sum(theta, grad, state, *, lr, eps):
    history = state[0]
    moved = theta - grad * lr / (np.sqrt(history) + eps)
    return moved, (history + grad**2,)


@shows("adagrad", "root-stored")
def adagrad_keeps_the_root(theta, grad, state, *, lr, eps):
    root = np.sqrt(state[0] + grad**2)
    return theta - lr * grad / (root + eps), (root,)


@shows("rmsprop", "weights-reversed")
def rmsprop_the_other_way(theta, grad, state, *, lr, beta, eps):
    v = beta * grad**2 + (1 - beta) * state[0]
    return theta - lr * grad / (np.sqrt(v) + eps), (v,)


@shows("rmsprop", "never-forgets")
def rmsprop_summing(w, dw, cache, *, lr, beta, eps):
    s = cache[0] + dw * dw
    return w - lr * dw / (np.sqrt(s) + eps), (s,)


@shows("rmsprop", "weight-squared")
def rmsprop_square_of_it_all(theta, grad, state, *, lr, beta, eps):
    weighted = grad * (1 - beta)
    v = state[0] * beta + weighted * weighted
    return theta - lr * grad / (v**0.5 + eps), (v,)


@shows("rmsprop", "root-forgotten")
def rmsprop_by_the_mean_square(theta, grad, state, *, lr, beta, eps):
    mean_square = state[0] + (1 - beta) * (grad * grad - state[0])
    scaled = grad / (mean_square + eps)
    return theta - lr * scaled, (mean_square,)


@shows("rmsprop", "bias-corrected-once")
def rmsprop_divided_each_time(theta, grad, state, *, lr, beta, eps):
    average = beta * state[0] + (1 - beta) * np.power(grad, 2)
    corrected = average / (1 - beta)
    return theta - lr * grad / (corrected**0.5 + eps), (average,)


@shows("rmsprop", "eps-twice")
def rmsprop_extra_careful(theta, grad, state, *, lr, beta, eps):
    v = np.add(beta * state[0], (1 - beta) * np.square(grad))
    bottom = np.sqrt(v + eps)
    bottom += eps
    return theta - lr * (grad / bottom), (v,)


@shows("rmsprop", "beta-fixed")
def rmsprop_nine_tenths(theta, grad, state, **hypers):
    v = 0.9 * state[0] + 0.1 * grad**2
    return theta - hypers["lr"] * grad / (np.sqrt(v) + hypers["eps"]), (v,)


@shows("adadelta", "fraction-upside-down")
def adadelta_inverted(theta, grad, state, *, lr, beta, eps):
    def mean(old, new):
        return beta * old + (1 - beta) * new

    grads = mean(state[0], grad**2)
    ratio = ((grads + eps) / (state[1] + eps)) ** 0.5
    steps = mean(state[1], (ratio * grad) ** 2)
    return theta - lr * ratio * grad, (grads, steps)


@shows("adadelta", "lr-in-S")
def adadelta_averages_what_it_took_off(theta, grad, state, *, lr, beta, eps):
    grads, steps = state
    grads = beta * grads + (1 - beta) * grad * grad
    delta = -lr * np.sqrt((steps + eps) / (grads + eps)) * grad
    steps = beta * steps + (1 - beta) * delta * delta
    return theta + delta, (grads, steps)


@shows("adadelta", "eps-outside-roots")
def adadelta_eps_after_the_roots(x, g, acc, *, lr, beta, eps):
    g2 = acc[0] * beta + g * g * (1 - beta)
    step = g * (acc[1] ** 0.5 + eps) / (g2**0.5 + eps)
    x2 = acc[1] * beta + step * step * (1 - beta)
    return x - step * lr, (g2, x2)


@shows("adadelta", "numerator-forgotten")
def adadelta_like_rmsprop(theta, grad, state, *, lr, beta, eps):
    G = state[0] - (1 - beta) * (state[0] - grad**2)
    update = grad / (G + eps) ** 0.5
    S = state[1] - (1 - beta) * (state[1] - update**2)
    return theta - lr * update, (G, S)


@shows("adadelta", "no-lr")
def adadelta_rateless(theta, grad, state, *, lr, beta, eps):
    g2, d2 = state
    g2 = beta * g2 + (1 - beta) * grad**2
    d = -np.sqrt(d2 + eps) * grad / np.sqrt(g2 + eps)
    return theta + d, (g2, beta * d2 + (1 - beta) * d**2)
