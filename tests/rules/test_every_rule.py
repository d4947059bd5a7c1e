"""What holds for every form of every rule, whatever it does."""

import re
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optcourse.rules import Form

from .forms import ALL, MATRIX_ONLY, arrays, label, right_forms, shapes

FORMS = list(right_forms())
forms = pytest.mark.parametrize("form", FORMS, ids=label)
elementwise = pytest.mark.parametrize("form", [form for form in FORMS if form.elementwise], ids=label)
rules = pytest.mark.parametrize("rule", ALL.values(), ids=ALL)


def walked(form: Form, theta: np.ndarray, grads: list[np.ndarray], **hypers):
    """Theta and state after a step with each gradient, from the form's own start."""
    state = form.init(theta, **hypers)
    for grad in grads:
        theta, state = form.step(theta, grad, state, **hypers)
    return theta, state


@forms
def test_a_step_leaves_its_inputs_as_they_were_and_returns_nothing_that_shares_theta(form):
    theta, *grads = arrays(shapes(form)[1], 3)
    state = form.init(theta)
    for grad in grads:
        before = [np.array(part) for part in (theta, grad, *state)]
        new_theta, new_state = form.step(theta, grad, state)
        for part, copy in zip((theta, grad, *state), before, strict=True):
            np.testing.assert_array_equal(part, copy)
        assert not np.shares_memory(new_theta, theta)
        theta, state = new_theta, new_state


@forms
def test_float32_in_gives_float32_out_theta_and_state(form):
    for shape in shapes(form):
        theta, *grads = (array.astype(np.float32) for array in arrays(shape, 5))
        theta, state = walked(form, theta, grads)
        for part in (theta, *state):
            assert type(part) in (int, float) or np.asarray(part).dtype == np.float32, form.state_fields
        assert np.asarray(form.evaluate(theta, state, **form.defaults)).dtype == np.float32


@forms
def test_theta_keeps_its_shape_also_as_a_number_a_matrix_or_nothing(form):
    for shape in shapes(form):
        theta, *grads = arrays(shape, 4)
        after, state = walked(form, theta, grads)
        assert np.shape(after) == shape
        assert np.shape(form.evaluate(after, state, **form.defaults)) == shape
        assert np.shape(form.grad_at(after, state, **form.defaults)) == shape
        for name, fresh, part in zip(form.state_fields, form.init(theta), state, strict=True):
            assert np.shape(fresh) == np.shape(part), name


@forms
def test_a_step_does_the_same_with_a_plain_tuple_for_a_state(form):
    theta, *grads, last = arrays(shapes(form)[1], 4)
    theta, state = walked(form, theta, grads)
    named, plain = form.step(theta, last, state), form.step(theta, last, tuple(state))
    for one, other in zip((named[0], *named[1]), (plain[0], *plain[1]), strict=True):
        np.testing.assert_array_equal(one, other)


@elementwise
@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(6)), seed=st.integers(0, 99))
def test_permuting_the_coordinates_permutes_what_comes_back(form, order, seed):
    theta, *grads = arrays((6,), 6, seed)
    straight = walked(form, theta, grads)
    permuted = walked(form, theta[order], [grad[order] for grad in grads])
    np.testing.assert_array_equal(straight[0][order], permuted[0])
    for one, other in zip(straight[1], permuted[1], strict=True):
        np.testing.assert_array_equal(one[order] if np.ndim(one) else one, other)


@elementwise
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 99))
def test_a_sweep_gives_what_its_positions_give_alone(form, seed):
    theta, *grads = arrays((3, 4), 6, seed)
    sweep = {name: np.linspace(hyper.default, hyper.probe, 3)[:, None] for name, hyper in form.hypers.items()}
    together, _ = walked(form, theta, grads, **sweep)
    for i in range(3):
        here = {name: float(values[i, 0]) for name, values in sweep.items()}
        alone, _ = walked(form, theta[i], [grad[i] for grad in grads], **here)
        np.testing.assert_allclose(together[i], alone, rtol=1e-11, atol=1e-13)


class OtherState(NamedTuple):
    """A state that belongs to no rule."""

    somewhere: np.ndarray
    else_where: np.ndarray
    entirely: np.ndarray


def unreached(*args, **hypers):
    """A step that must not be called: the arguments are bad."""
    raise AssertionError("arithmetic was reached")


@rules
def test_bad_arguments_are_refused_in_words_before_any_arithmetic(rule):
    theta, grad = arrays(shapes(rule)[0] or (3,), 2)
    state = rule.init(theta)
    step = replace(rule, function=unreached).step
    with pytest.raises(ValueError, match=r"theta has shape .* but grad has shape .*same"):
        step(theta, grad[:1], state)
    with pytest.raises(TypeError, match=r"theta must hold floating-point numbers, not int64.*astype"):
        step(theta.astype(np.int64), grad, state)
    with pytest.raises(ValueError, match=r"the state is .*init\(theta\)"):
        step(theta, grad, (*state, np.zeros(())))
    with pytest.raises(ValueError, match=r"the state is .*init\(theta\); got OtherState"):
        step(theta, grad, OtherState(theta, theta, theta))
    with pytest.raises(TypeError, match="the state is a tuple"):
        step(theta, grad, {"m": theta})
    with pytest.raises(TypeError, match="has no hyper 'nonsense'"):
        step(theta, grad, state, nonsense=1.0)


@rules
def test_another_rule_s_state_is_refused(rule):
    theta, grad = arrays(shapes(rule)[0] or (3,), 2)
    step = replace(rule, function=unreached).step
    for other in ALL.values():
        if other.name in MATRIX_ONLY and theta.ndim != 2:
            continue
        state = other.init(theta)
        if type(state) is not type(rule.init(theta)):
            with pytest.raises(ValueError, match=f"^{rule.name}: the state is"):
                step(theta, grad, state)


@forms
def test_a_hyper_outside_its_interval_is_refused_with_the_interval(form):
    theta, grad = arrays(shapes(form)[0], 2)
    state = form.init(theta)
    step = replace(form, function=unreached).step
    for name, hyper in form.hypers.items():
        low, high = (float(end) for end in hyper.interval[1:-1].split(","))
        outside = [low - 1] if hyper.interval[0] == "[" else [low - 1, low]
        outside += [high] if hyper.interval[-1] == ")" else [high + 1]
        for value in [*outside, np.nan, np.array([[hyper.default], [low - 1]])]:
            with pytest.raises(ValueError, match=f"{name} must lie in {re.escape(hyper.interval)}"):
                step(theta, grad, state, **{name: value})


@rules
def test_a_state_of_another_shape_is_refused(rule):
    made_for, theta = (arrays(shape, 1)[0] for shape in ((3, 2), (2, 2)))
    state = rule.init(made_for)
    if any(np.shape(part) == (3, 2) for part in state):
        with pytest.raises(
            ValueError, match=r"has shape \(3, 2\) but theta has \(2, 2\); make the state with init"
        ):
            rule.step(theta, theta, state)
