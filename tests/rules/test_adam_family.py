"""What can be derived about Adam and its relatives holds for the code."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES, Form, adam, adamax, adamw, amsgrad, gd, nadam
from optcourse.rules.adam_family import shared_mistakes

sizes = st.floats(1e-150, 1e150)
nonzero = st.builds(lambda size, sign: size * sign, sizes, st.sampled_from([-1.0, 1.0]))
moderate = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-6)
thetas = arrays(float, 3, elements=st.floats(-10, 10))
paths = st.integers(1, 12).flatmap(lambda steps: arrays(float, (steps, 3), elements=moderate))
betas = st.floats(0, 0.999)


def walked(form: Form, theta, grads, **hypers):
    """theta after each step, and each state, from the form's own start."""
    state = form.init(theta, **hypers)
    seen = []
    for grad in grads:
        theta, state = form.step(theta, grad, state, **hypers)
        seen.append((theta, state))
    return seen


@given(thetas, arrays(float, (4, 3), elements=nonzero), st.floats(1e-4, 1))
def test_adam_without_memory_and_eps_steps_by_the_sign_of_the_gradient(theta, grads, lr):
    for grad, (moved, _) in zip(
        grads, walked(adam.RULE, theta, grads, lr=lr, beta1=0, beta2=0, eps=0), strict=True
    ):
        expected = theta - lr * np.sign(grad)
        assert np.allclose(moved, expected, rtol=1e-12, atol=1e-12 * lr)
        theta = moved


@given(thetas, paths, st.floats(1e-6, 1e6))
def test_adam_without_eps_does_not_see_the_scale_of_the_gradient_and_gradient_descent_does(
    theta, grads, scale
):
    grads = grads + (grads == 0)  # 0 / 0 is left out
    ends = [walked(adam.RULE, theta, grads * factor, eps=0)[-1][0] for factor in (1, scale)]
    assert np.allclose(*ends, rtol=1e-9, atol=1e-9)
    assume(abs(scale - 1) > 1e-3)
    plain, scaled = (walked(gd.RULE, np.zeros(3), grads[:1] * factor, lr=1.0)[-1][0] for factor in (1, scale))
    assert not np.allclose(plain, scaled, rtol=1e-6, atol=0)


@given(thetas, paths, betas, betas)
def test_adamw_without_decay_is_adam(theta, grads, beta1, beta2):
    hypers = {"lr": 0.1, "beta1": beta1, "beta2": beta2}
    without_decay = walked(adamw.RULE, theta, grads, weight_decay=0.0, **hypers)
    for (ours, _), (theirs, _) in zip(without_decay, walked(adam.RULE, theta, grads, **hypers), strict=True):
        assert np.array_equal(ours, theirs)


@given(thetas.filter(np.all), st.floats(0, 0.9))
def test_the_decay_of_adamw_does_not_pass_through_the_averages(theta, weight_decay):
    moved, state = adamw.RULE.step(
        theta, np.zeros(3), adamw.RULE.init(theta), lr=1.0, weight_decay=weight_decay
    )
    assert np.allclose(moved, (1 - weight_decay) * theta, rtol=1e-14)
    assert not state.m.any()
    assert not state.v.any()


@given(thetas, paths, betas)
def test_the_denominator_of_the_papers_amsgrad_never_shrinks(theta, grads, beta2):
    states = [state for _, state in walked(amsgrad.RULE.form("paper"), theta, grads, beta2=beta2)]
    roots = np.sqrt([state.v_max for state in states])
    assert (np.diff(roots, axis=0) >= 0).all()


def test_the_denominator_of_pytorchs_amsgrad_can_shrink():
    states = [state for _, state in walked(amsgrad.RULE, np.zeros(1), np.eye(5, 1))]
    v_hat = [state.v_max / (1 - 0.999**state.t) for state in states]
    assert (np.diff(v_hat, axis=0) < 0).all()


@given(thetas, paths, betas)
def test_u_of_adamax_is_at_least_every_gradient_so_far_as_it_has_faded(theta, grads, beta2):
    states = [state for _, state in walked(adamax.RULE, theta, grads, beta2=beta2)]
    for t, state in enumerate(states):
        for s in range(t + 1):
            assert (state.u >= beta2 ** (t - s) * np.abs(grads[s]) * (1 - 1e-12)).all()


@given(thetas, paths, st.floats(0, 0.99))
def test_nadam_with_its_momentum_warmed_up_at_once_is_the_form_of_optax(theta, grads, beta1):
    ours = walked(nadam.RULE, theta, grads, beta1=beta1, momentum_decay=1e9)
    theirs = walked(nadam.RULE.form("optax"), theta, grads, beta1=beta1)
    for (here, _), (there, _) in zip(ours, theirs, strict=True):
        assert np.allclose(here, there, rtol=1e-12, atol=1e-12)


@given(thetas, paths)
def test_nadam_with_momentum_decay_one_is_the_form_of_keras(theta, grads):
    hypers = {"lr": 0.1, "eps": 1e-7}
    ours = walked(nadam.RULE, theta, grads, momentum_decay=1.0, **hypers)
    theirs = walked(nadam.RULE.form("keras"), theta, grads, **hypers)
    for (here, _), (there, _) in zip(ours, theirs, strict=True):
        assert np.array_equal(here, there)


@given(thetas, paths)
def test_v_of_yogi_never_moves_further_than_its_weight_allows(theta, grads):
    hypers = {"beta2": 0.9}
    before = HOMEWORK["yogi"].init(theta).v
    for grad, (_, state) in zip(grads, walked(HOMEWORK["yogi"], theta, grads, **hypers), strict=True):
        rounding = 1e-15 * (before + grad**2)
        assert (np.abs(state.v - before) <= 0.1 * grad**2 + rounding).all()
        before = state.v


@given(thetas, arrays(float, 3, elements=moderate))
def test_the_first_five_steps_of_radam_do_not_divide_by_the_root(theta, grad):
    steps = walked(HOMEWORK["radam"], theta, [grad] * 6, lr=0.1)
    for t, (moved, _) in enumerate(steps[:5], start=1):
        assert np.allclose(moved, theta - 0.1 * t * grad, rtol=1e-9, atol=1e-9)
    assert not np.any(np.abs(steps[5][0] - steps[4][0]) > 0.1)


@given(arrays(float, 3, elements=moderate.filter(bool)))
def test_adabelief_steps_further_than_adam_where_the_gradient_does_not_change(grad):
    here = walked(HOMEWORK["adabelief"], np.zeros(3), [grad] * 30)[-1][0]
    there = walked(adam.RULE, np.zeros(3), [grad] * 30)[-1][0]
    assert (np.abs(here) > np.abs(there)).all()


@pytest.mark.parametrize(
    "rule", [RULES["adamw"], RULES["amsgrad"], RULES["nadam"], HOMEWORK["yogi"]], ids=str
)
def test_a_mistake_of_adam_is_told_alike_of_its_relatives(rule):
    for key in ("m-weight-dropped", "ascends", "eps-subtracted"):
        assert rule.mistakes[key].says == adam.RULE.mistakes[key].says
        assert rule.mistakes[key].diff == adam.RULE.mistakes[key].diff


def test_a_mistake_is_not_shared_with_a_rule_that_lacks_its_lines():
    assert "v-from-m" not in {mistake.key for mistake in shared_mistakes(adamax.step, {})}
    assert shared_mistakes(gd.step, {}) == ()
