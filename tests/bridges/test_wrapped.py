"""What both bridges share, without any framework."""

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from optcourse.bridges.wrapped import kept, wrapped
from optcourse.rules import RULES
from optcourse.rules.compose import clipped, with_weight_decay
from optcourse.running import run


def adam_step(theta, grad, state, *, lr=0.5, beta1=0.9, beta2=0.999, eps=1e-8):
    return RULES["adam"].function(theta, grad, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


def my_own_step(theta, grad, state, *, pull=0.1):
    (seen,) = state
    return theta - pull * np.sign(grad), (seen + 1,)


def test_a_function_has_the_state_of_its_rule_and_its_own_defaults() -> None:
    rule = wrapped(adam_step)
    assert rule.defaults == {"lr": 0.5, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    assert list(rule.begin(np.zeros(3), rule.defaults)) == ["m", "v", "t"]
    assert rule.class_name == "AdamStep"


def test_a_dialect_brings_its_state_and_defaults() -> None:
    assert wrapped("adam", dialect="eps-hat").defaults["eps"] == 1e-7
    rule = wrapped("schedule_free", dialect="lr-weighted")
    assert list(rule.begin(np.zeros(3), rule.defaults)) == ["z", "x", "lr_max", "weight_sum"]


def test_a_rule_of_ones_own_needs_its_first_state() -> None:
    with pytest.raises(ValueError, match=r"init\(theta\) -> state"):
        wrapped(my_own_step)
    rule = wrapped(my_own_step, init=lambda theta: (0,))
    assert rule.defaults == {"pull": 0.1}
    theta, state = rule.step(np.ones(2), np.ones(2), rule.begin(np.ones(2), rule.defaults), rule.defaults)
    assert theta.tolist() == [0.9, 0.9]
    assert state == {"part0": 1}


@pytest.mark.parametrize("name", [name for name in RULES if name != "slope"])
def test_it_walks_as_run_does(name: str) -> None:
    rule = wrapped(name)
    hypers = {**rule.defaults, "lr": 0.01}
    walked = run(name, "matrix", steps=5, lr=0.01)
    shape = next(iter(walked.problem.parts.values()))
    theta = walked.theta[0].reshape(shape)
    state = rule.begin(theta, hypers)
    for t in range(1, 6):
        grad = walked.problem.grad(rule.ahead(theta, state, hypers).ravel()).reshape(shape)
        theta, state = rule.step(theta, grad, state, hypers)
        np.testing.assert_allclose(theta.ravel(), walked.theta[t], rtol=1e-12, atol=1e-15)


def test_nothing_that_the_step_keeps_is_the_callers_array() -> None:
    def hoards_step(theta, grad, state, *, lr=1.0):
        grad *= 2
        theta -= lr * grad
        return theta, (theta, grad)

    rule = wrapped(hoards_step, init=lambda theta: (theta, theta))
    theta, grad = np.ones(2), np.ones(2)
    moved, state = rule.step(theta, grad, rule.begin(theta, {}), {"lr": 1.0})
    assert theta.tolist() == grad.tolist() == [1, 1]
    moved += 5
    assert state["part0"].tolist() == [-1, -1]


def test_arrays_in_the_state_take_thetas_precision_and_numbers_stay_numbers() -> None:
    assert kept(np.ones(2), np.float32, "v").dtype == np.float32
    assert kept(np.ones(2, dtype=int), np.float32, "t").dtype == int
    assert type(kept(np.float32(1), np.float32, "x")) is float
    assert kept([1, (np.arange(2),)], np.float32, "x")[1][0].tolist() == [0, 1]
    with pytest.raises(TypeError, match="v in the state is None: a state holds arrays and numbers"):
        kept(None, np.float32, "v")


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (lambda theta: theta, "returns theta and state"),
        (
            lambda theta: (theta[:1], (theta, theta, 1)),
            r"theta has shape \(3,\), but the step returned \(1,\)",
        ),
        (lambda theta: (theta, (theta, theta)), r"3 parts \(m, v, t\)"),
        (lambda theta: (theta, None), r"3 parts \(m, v, t\)"),
    ],
)
def test_what_is_no_step_is_told(returned, says) -> None:
    def adam_step(theta, grad, state, **hypers):
        return returned(theta)

    rule = wrapped(adam_step)
    begun = rule.begin(np.zeros(3), rule.defaults)
    with pytest.raises((TypeError, ValueError), match=says):
        rule.step(np.zeros(3), np.zeros(3), begun, rule.defaults)


def test_what_acts_on_all_parameters_together_is_refused_and_what_does_not_is_wrapped() -> None:
    with pytest.raises(ValueError, match="clip_grad_norm_"):
        wrapped(clipped(RULES["gd"], norm=1.0))
    assert "weight_decay" in wrapped(with_weight_decay(RULES["adam"])).defaults
    assert "clip_value" in wrapped(clipped(RULES["gd"], value=1.0)).defaults


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("torch", "keras"):
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, f"optcourse.bridges.{name}", raising=False)
    yield
    for name in ("torch", "keras"):
        sys.modules.pop(f"optcourse.bridges.{name}", None)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("name", ["torch", "keras"])
def test_without_the_framework_the_error_says_which_extra_to_install(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=rf"pip install 'optcourse\[{name}\]'"):
        __import__(f"optcourse.bridges.{name}")
