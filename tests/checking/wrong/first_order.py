"""Wrong gradient descent, gradient estimates, momentum and Nesterov."""

import numpy as np

from tests.checking.wrong.table import shows


@shows("gd", "ascends")
def gd_uphill(theta, grad, state, lr):
    update = lr * grad
    return theta + update, state


@shows("gd", "sign-only")
def gd_by_direction(theta, grad, state, **hypers):
    direction = np.where(grad > 0, 1.0, np.where(grad < 0, -1.0, 0.0))
    return (theta - hypers["lr"] * direction).astype(theta.dtype), state


@shows("gd", "returns-update")
def gd_step_alone(theta, grad, state, *, lr):
    w = -(grad * lr)
    return w, ()


@shows("gd", "normalised")
def gd_unit_length(p, g, s, *, lr):
    length = np.linalg.norm(g)
    if length == 0:
        return p.copy(), s
    return p - lr * (g / length), s


@shows("gd", "lr-fixed")
def gd_with_its_own_rate(theta, grad, state, *, lr=0.1):
    lr = 0.001
    new_theta = theta.copy()
    new_theta -= lr * grad
    return new_theta, state


@shows("sgd", "halved")
def sgd_of_half_the_loss(weights, gradient, memory, *, lr):
    return weights - gradient * lr / 2, memory


@shows("sgd", "averaged")
def sgd_mean_gradient(theta, grad, state, *, lr):
    mean = grad.sum() / max(grad.size, 1)
    return theta - lr * mean * np.ones_like(theta), state


@shows("sgd_grad", "residual-reversed")
def sgd_error_the_wrong_way(theta, x, y):
    prediction = (x * theta).sum()
    error = y - prediction
    return error * x


@shows("sgd_grad", "two-kept")
def sgd_with_the_two(w, x, y):
    total = 0.0
    for weight, feature in zip(w, x, strict=True):
        total = total + weight * feature
    return np.multiply(x, 2 * (total - y))


@shows("sgd_grad", "x-forgotten")
def sgd_outer_derivative_only(theta, x, y):
    error = np.dot(theta, x) - y
    return np.full_like(theta, error)


@shows("minibatch", "squared")
def minibatch_of_squares(theta, grad, state, *, lr):
    return theta - lr * np.power(grad, 2), state


@shows("minibatch_grad", "summed-batch")
def minibatch_total(theta, x, y):
    total = np.zeros_like(theta)
    for row, target in zip(x, y, strict=True):
        total += (np.dot(row, theta) - target) * row
    return total


@shows("minibatch_grad", "divided-by-d")
def minibatch_over_features(theta, xs, ys):
    errors = np.dot(xs, theta) - ys
    return xs.T.dot(errors) / len(theta)


@shows("minibatch_grad", "means-multiplied")
def minibatch_mean_by_mean(theta, x, y):
    error = (x @ theta - y).mean()
    return error * x.mean(axis=0)


@shows("minibatch_grad", "target-forgotten")
def minibatch_of_predictions(theta, x, y):
    prediction = np.einsum("ij,j->i", x, theta)
    return np.einsum("i,ij->j", prediction, x) / x.shape[0]


@shows("momentum", "ascends")
def momentum_added(theta, grad, state, *, lr, beta):
    velocity = lr * grad + beta * state[0]
    return theta + velocity, [velocity]


@shows("momentum", "grad-weighted")
def momentum_averaging(theta, grad, state, *, lr, beta):
    (old,) = state
    new = old + (1 - beta) * (lr * grad) - (1 - beta) * old
    return theta - new, (new,)


@shows("momentum", "state-not-updated")
def momentum_forgetful(theta, grad, state, *, lr, beta):
    (v,) = state
    step = beta * v + lr * grad
    return theta - step, (v.copy(),)


@shows("momentum", "v-stale")
def momentum_late(theta, grad, state, *, lr, beta):
    velocity = state[0]
    theta = theta - velocity
    velocity = velocity * beta + grad * lr
    return theta, (velocity,)


@shows("momentum", "never-fades")
def momentum_without_friction(w, dw, s, *, lr, beta):
    total = np.add(s[0], lr * dw)
    return np.subtract(w, total), (total,)


@shows("momentum", "lr-on-velocity")
def momentum_bracket(theta, grad, state, *, lr, beta):
    inner = beta * state[0] + grad
    inner = lr * inner
    return theta - inner, (inner,)


@shows("nesterov", "v-not-used")
def nesterov_plain(theta, grad, state, *, lr, beta):
    velocity = beta * state[0] + grad * lr
    return theta - grad * lr, (velocity,)


@shows("nesterov", "grad-missing-in-move")
def nesterov_half(theta, grad, state, *, lr, beta):
    speed = state[0] * beta
    speed = speed + lr * grad
    ahead = beta * speed
    return theta - ahead, (speed,)


@shows("nesterov", "step-stored")
def nesterov_remembers_the_look_ahead(theta, grad, state, *, lr, beta):
    (v,) = state
    v = beta * v + lr * grad
    v = beta * v + lr * grad
    return theta - v, (v,)


@shows("nesterov", "beta-missing-in-move")
def nesterov_without_second_beta(theta, g, state, *, lr, beta):
    push = lr * g
    v = beta * state[0] + push
    return theta - v - push, (v,)


@shows("slope", "ascends")
def slope_uphill(x, slope, state, *, lr):
    x = x + slope * lr
    return x, state


@shows("slope", "sign-only")
def slope_left_or_right(theta, grad, state, *, lr):
    return np.where(grad > 0, theta - lr, np.where(grad < 0, theta + lr, theta)).astype(theta.dtype), state
