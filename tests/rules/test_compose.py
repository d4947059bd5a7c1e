"""Clipping and weight decay around any form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optcourse.problems import problem_named
from optcourse.rules import RULES
from optcourse.rules.compose import clipped, with_l2, with_weight_decay
from optcourse.rules.parts import by_part
from optcourse.running import run
from optcourse.schedules import cosine

from . import forms

GD, ADAM, NESTEROV = RULES["gd"], RULES["adam"], RULES["nesterov"]
COMPOSITIONS = {
    "clipped by norm": lambda form: clipped(form, norm=1.0),
    "clipped by value": lambda form: clipped(form, value=0.5),
    "L2": with_l2,
    "weight decay": with_weight_decay,
}

gradients = arrays(float, (2, 5), elements=st.floats(-1e6, 1e6))


def taken(form, grad, **hypers):
    """The gradient that a composition of gradient descent steps with: its step from zero with lr = 1."""
    theta, _ = form.step(np.zeros_like(grad), grad, (), lr=1.0, **hypers)
    return -theta


@given(grad=gradients, limit=st.floats(1e-3, 1e3))
def test_a_gradient_clipped_by_norm_keeps_its_direction_and_is_no_longer_than_the_limit(grad, limit):
    after = taken(clipped(GD, norm=limit), grad)
    before = np.linalg.norm(grad, axis=-1, keepdims=True)
    assert np.all(np.linalg.norm(after, axis=-1) <= limit * (1 + 1e-12))
    np.testing.assert_allclose(after * np.maximum(before, limit), grad * limit, rtol=1e-9, atol=1e-300)


@given(grad=gradients, limit=st.floats(1e-3, 1e3))
def test_a_gradient_clipped_by_value_keeps_its_small_coordinates_and_cuts_the_others(grad, limit):
    after = taken(clipped(GD, value=limit), grad)
    small = np.abs(grad) <= limit
    np.testing.assert_array_equal(after[small], grad[small])
    np.testing.assert_array_equal(after[~small], limit * np.sign(grad[~small]))


def test_a_gradient_shorter_than_the_limit_is_not_touched():
    grad = np.array([0.3, -0.1])
    np.testing.assert_array_equal(taken(clipped(GD, norm=1.0), grad), grad)


def test_clipping_takes_a_zero_gradient_and_one_whose_square_overflows():
    np.testing.assert_array_equal(taken(clipped(GD, norm=1.0), np.zeros(2)), np.zeros(2))
    np.testing.assert_allclose(taken(clipped(GD, norm=1.0), np.array([3e200, -4e200])), [0.6, -0.8])


def test_the_length_of_a_matrix_is_taken_over_the_axes_that_are_named_or_all_if_the_rule_mixes_coordinates():
    grad = np.full((2, 3, 4), 2.0)
    after = taken(clipped(GD, norm=1.0, axis=(-2, -1)), grad)
    np.testing.assert_allclose(np.sqrt((after**2).sum(axis=(-2, -1))), 1.0)
    muon, matrix = clipped(RULES["muon"], norm=1e-3), np.arange(6.0).reshape(3, 2)
    _, state = muon.step(matrix, matrix, muon.init(matrix), momentum=0.0)
    np.testing.assert_allclose(np.linalg.norm(state[0]), 1e-3)


def test_a_sweep_is_clipped_position_by_position():
    form = clipped(ADAM, norm=1.0)
    rates, limits = np.array([0.01, 0.1]), np.array([0.5, 5.0])
    together = run(form, "rosenbrock", steps=20, lr=rates, clip_norm=limits)
    for i in range(2):
        alone = run(form, "rosenbrock", steps=20, lr=rates[i], clip_norm=limits[i])
        np.testing.assert_allclose(together.theta[:, i], alone.theta, rtol=1e-12)


@pytest.mark.parametrize("compose", COMPOSITIONS.values(), ids=COMPOSITIONS)
@pytest.mark.parametrize("form", list(forms.right_forms()), ids=forms.label)
def test_every_form_can_be_composed_and_keeps_shape_state_and_type(form, compose):
    if compose in (with_l2, with_weight_decay) and "weight_decay" in form.hypers:
        with pytest.raises(ValueError, match="has a hyper 'weight_decay' already"):
            compose(form)
        return
    if compose is with_weight_decay and "lr" not in form.hypers:
        with pytest.raises(ValueError, match="has no lr to scale the decay with"):
            compose(form)
        return
    composed = compose(form)
    theta, *grads = (array.astype(np.float32) for array in forms.arrays((3, 2), 4))
    state = composed.init(theta)
    for grad in grads:
        theta, state = composed.step(theta, grad, state)
    assert theta.dtype == np.float32
    assert composed.state_fields == form.state_fields
    assert set(composed.hypers) - set(form.hypers) <= {"clip_norm", "clip_value", "weight_decay"}


@pytest.mark.parametrize("compose", COMPOSITIONS.values(), ids=COMPOSITIONS)
@pytest.mark.parametrize("name", ["gd", "nesterov", "schedule_free", "adam"])
def test_run_takes_a_composition_as_it_takes_a_rule(name, compose):
    walk = run(compose(RULES[name]), "quadratic", steps=30, lr=cosine(0.01, total=30))
    assert np.all(np.isfinite(walk.loss))
    assert walk.loss[-1] < walk.loss[0]
    assert name in walk.rule


def test_the_parts_of_a_network_are_clipped_together():
    network, muon = problem_named("diabetes"), RULES["muon"]
    grad = network.grad(network.start)
    whole = clipped(muon, norm=1e-3).around(by_part(muon, network.parts))
    settings = {**muon.defaults, "momentum": 0.0}
    _, states = whole.function(
        network.start, grad, whole.init_function(network.start, **settings), **settings
    )
    ends = np.cumsum([np.prod(shape) for shape in network.parts.values()])
    pieces = zip(states, np.split(grad, ends[:-1]), network.parts.values(), strict=True)
    for state, piece, shape in pieces:
        if len(shape) == 2:  # Muon's own; without momentum its m is the gradient it was given
            np.testing.assert_allclose(state[0].ravel(), piece * 1e-3 / np.linalg.norm(grad), rtol=1e-9)


def test_run_clips_a_network_for_a_rule_that_steps_part_by_part():
    loose = run(clipped(RULES["muon"], norm=1e9), "diabetes", steps=3)
    np.testing.assert_array_equal(loose.theta, run("muon", "diabetes", steps=3).theta)


@pytest.mark.parametrize("compose", [with_l2, with_weight_decay])
@pytest.mark.parametrize("form", [ADAM, NESTEROV.form("lookahead"), RULES["schedule_free"]], ids=forms.label)
def test_a_decay_of_zero_changes_nothing(form, compose):
    plain = run(form, "rosenbrock", steps=20, lr=1e-3)
    np.testing.assert_array_equal(run(compose(form, 0.0), "rosenbrock", steps=20, lr=1e-3).theta, plain.theta)


def test_for_gradient_descent_l2_and_decoupled_decay_are_the_same():
    one, other = (run(compose(GD, 0.3), "rosenbrock", steps=50) for compose in (with_l2, with_weight_decay))
    np.testing.assert_allclose(one.theta, other.theta, rtol=1e-12)


def test_for_adam_they_are_not_and_decoupled_decay_is_adamw():
    settings = {"steps": 100, "lr": 0.05, "weight_decay": 0.25}
    composed = run(with_weight_decay(ADAM), "rosenbrock", **settings)
    adamw = run("adamw", "rosenbrock", **settings)
    np.testing.assert_allclose(composed.theta, adamw.theta, rtol=1e-12)
    assert np.abs(run(with_l2(ADAM), "rosenbrock", **settings).theta - adamw.theta).max() > 0.01


@given(lr=st.floats(0.0, 0.5), decay=st.floats(0.0, 1.0))
def test_decoupled_decay_shrinks_theta_by_lr_times_weight_decay_where_there_is_no_gradient(lr, decay):
    theta = np.array([2.0, -4.0])
    form = with_weight_decay(ADAM)
    after, _ = form.step(theta, np.zeros(2), form.init(theta), lr=lr, weight_decay=decay)
    np.testing.assert_allclose(after, (1 - lr * decay) * theta, rtol=1e-15)


def test_l2_is_the_decay_of_the_point_where_the_gradient_is_taken():
    ahead = NESTEROV.form("lookahead")
    theta, state = np.array([2.0, -4.0]), NESTEROV.init(np.zeros(2))._replace(v=np.array([0.5, 1.0]))
    composed = with_l2(ahead, 0.1)
    after, _ = composed.step(theta, np.zeros(2), state, beta=0.8)
    by_hand, _ = ahead.step(theta, 0.1 * (theta - 0.8 * state.v), state, beta=0.8)
    np.testing.assert_array_equal(after, by_hand)


def test_schedule_free_decays_z_along_with_its_gradient():
    form = RULES["schedule_free"]
    one, other = (run(c(form, 0.3), "rosenbrock", steps=20, lr=1e-3) for c in (with_l2, with_weight_decay))
    np.testing.assert_array_equal(one.theta, other.theta)


def test_the_outermost_composition_acts_first():
    theta, grad = np.array([10.0, 0.0]), np.array([3.0, 4.0])
    clip_then_decay, decay_then_clip = (
        clipped(with_l2(GD, 1.0), norm=1.0),
        with_l2(clipped(GD, norm=1.0), 1.0),
    )
    np.testing.assert_allclose(clip_then_decay.step(theta, grad, (), lr=1.0)[0], theta - [10.6, 0.8])
    length = np.hypot(13.0, 4.0)
    np.testing.assert_allclose(
        decay_then_clip.step(theta, grad, (), lr=1.0)[0], theta - np.array([13, 4]) / length
    )


def test_what_can_t_be_composed_is_refused_in_words():
    with pytest.raises(ValueError, match=r"either norm= or value="):
        clipped(ADAM)
    with pytest.raises(ValueError, match=r"either norm= or value="):
        clipped(ADAM, norm=1.0, value=1.0)
    with pytest.raises(ValueError, match=r"clip_norm must lie in \(0, inf\); got 0"):
        clipped(ADAM, norm=0)
    with pytest.raises(ValueError, match=r"weight_decay must lie in \[0, inf\); got -1"):
        with_weight_decay(ADAM, -1)
    with pytest.raises(ValueError, match="adamw has a hyper 'weight_decay' already: set that one"):
        with_weight_decay(RULES["adamw"])
    with pytest.raises(TypeError, match=r"no hyper 'clip_nrom': did you mean 'clip_norm'"):
        run(clipped(ADAM, norm=1.0), "quadratic", clip_nrom=2.0)
