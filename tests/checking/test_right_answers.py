"""Right functions pass, in whatever style they are written."""

from typing import NamedTuple

import numpy as np
import pytest

from optcourse.checking import check, solution
from optcourse.registry import known_rules


def gd_plain(theta, grad, state, *, lr):
    return theta - lr * grad, state


def gd_with_own_buffer(theta, grad, state, lr):
    out = np.empty_like(theta)
    np.multiply(grad, -lr, out=out)
    np.add(out, theta, out=out)
    return out, ()


def gd_on_a_copy(theta, grad, state, **hypers):
    theta = theta.copy()
    theta -= hypers["lr"] * grad
    return theta, list(state)


def gd_in_a_loop(theta, grad, state, *, lr):
    new = theta.copy()
    for index in np.ndindex(theta.shape):
        new[index] = theta[index] - lr * grad[index]
    return new, state


def adam_plain(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    return theta - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), (m, v, t)


def adam_rearranged(theta, grad, state, *, lr=0.5, beta1=0.5, beta2=0.5, eps=0.5):
    m, v, t = state
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    t = t + 1
    c1, c2 = 1 - beta1**t, 1 - beta2**t
    return theta - lr * c2**0.5 / c1 * m / (np.sqrt(v) + eps * c2**0.5), [m, v, t]


class Memory(NamedTuple):
    first: object
    second: object
    count: object


def adam_with_named_state(theta, grad, state, **hypers):
    old = Memory(*state)
    count = old.count + 1.0
    first = hypers["beta1"] * old.first + grad * (1 - hypers["beta1"])
    second = hypers["beta2"] * old.second + (1 - hypers["beta2"]) * np.power(grad, 2)

    def corrected(average, beta):
        return average / (1 - beta**count)

    move = corrected(first, hypers["beta1"]) / (np.sqrt(corrected(second, hypers["beta2"])) + hypers["eps"])
    return theta - hypers["lr"] * move, Memory(first, second, count)


def adam_in_place_on_copies(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v = state[0].copy(), state[1].copy()
    t = np.int64(state[2]) + 1
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    bottom = np.sqrt(v / (1 - beta2 ** int(t)))
    bottom += eps
    return theta - lr * m / (1 - beta1 ** int(t)) / bottom, (m, v, t)


def sgd_gradient(theta, x, y):
    return x * (np.sum(x * theta) - y)


def minibatch_gradient(theta, x, y):
    total = np.zeros_like(theta)
    for row, target in zip(x, y, strict=True):
        total = total + (row @ theta - target) * row
    return total / len(x)


RIGHT = {
    "gd_step": [gd_plain, gd_with_own_buffer, gd_on_a_copy, gd_in_a_loop],
    "adam_step": [adam_plain, adam_rearranged, adam_with_named_state, adam_in_place_on_copies],
    "sgd_grad": [sgd_gradient],
    "minibatch_grad": [minibatch_gradient],
}


@pytest.mark.parametrize(
    ("name", "function"),
    [pytest.param(name, one, id=one.__name__) for name, functions in RIGHT.items() for one in functions],
)
def test_a_right_function_passes_in_every_style(name, function):
    function.__name__ = name
    report = check(function)
    assert report.passed, str(report)
    assert (report.verdict, report.score, report.mistakes, report.dialect) == ("AC", 1.0, (), None)


@pytest.mark.parametrize("name", known_rules())
def test_the_reference_passes_its_own_check(name):
    report = check(known_rules()[name].step)
    assert report.passed, str(report)


@pytest.mark.parametrize("name", [*known_rules(), "sgd_grad", "minibatch_grad"])
def test_the_solution_that_is_shown_passes_when_it_is_pasted(name):
    namespace = {"np": np}
    exec(solution(name), namespace)
    function = namespace[name if name.endswith("_grad") else f"{name}_step"]
    assert check(function).passed
