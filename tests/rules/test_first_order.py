"""Facts that follow from the equations of the rules from momentum to AdaDelta, of Signum and of Rprop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES, Form

GD, MOMENTUM, NESTEROV = RULES["gd"], RULES["momentum"], RULES["nesterov"]
ADAGRAD, RMSPROP, ADADELTA = RULES["adagrad"], RULES["rmsprop"], RULES["adadelta"]
SIGNUM, RPROP = HOMEWORK["signum"], HOMEWORK["rprop"]

START = np.array([1.0, -2.0, 0.5])
sizes = st.floats(1e-150, 1e150)
wide = arrays(
    float, 3, elements=st.builds(lambda size, sign: size * sign, sizes, st.sampled_from((-1.0, 1.0)))
)
gradients = arrays(
    float, (8, 3), elements=st.floats(-10, 10, allow_subnormal=False).map(lambda g: round(g, 6))
)
lrs = st.floats(1e-4, 1.0)
betas = st.floats(0.0, 0.99)


def path(form: Form, grads, start=START, **hypers) -> np.ndarray:
    """Theta at the start and after each gradient."""
    theta, state = start, form.init(start, **hypers)
    thetas = [theta]
    for grad in grads:
        theta, state = form.step(theta, grad, state, **hypers)
        thetas.append(theta)
    return np.stack(thetas)


def same(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


# Momentum and Nesterov


@given(grads=gradients, lr=lrs, beta=betas)
def test_ema_momentum_with_lr_over_one_minus_beta_is_classical_momentum(grads, lr, beta):
    same(
        path(MOMENTUM.form("ema"), grads, lr=lr / (1 - beta), beta=beta),
        path(MOMENTUM, grads, lr=lr, beta=beta),
    )


@pytest.mark.parametrize("rule", [MOMENTUM, NESTEROV], ids=lambda rule: rule.name)
@pytest.mark.parametrize("dialect", ["pytorch", "keras"])
@given(grads=gradients, lr=lrs, beta=betas)
def test_the_frameworks_momentum_is_classical_momentum_while_lr_is_constant(rule, dialect, grads, lr, beta):
    same(path(rule.form(dialect), grads, lr=lr, beta=beta), path(rule, grads, lr=lr, beta=beta))


@pytest.mark.parametrize("form", [MOMENTUM, NESTEROV, MOMENTUM.form("ema-debiased")], ids=lambda f: f.key)
@given(grads=gradients, lr=lrs)
def test_momentum_without_memory_is_gradient_descent(form, grads, lr):
    same(path(form, grads, lr=lr, beta=0.0), path(GD, grads, lr=lr))


@given(grads=gradients, lr=lrs, beta=betas)
def test_momentum_without_dampening_is_pytorch_s_plain_momentum(grads, lr, beta):
    same(
        path(MOMENTUM.form("dampened"), grads, lr=lr, beta=beta, dampening=0.0),
        path(MOMENTUM.form("pytorch"), grads, lr=lr, beta=beta),
    )


@given(lr=st.floats(1e-3, 0.1), beta=betas)
def test_the_lookahead_form_walks_the_path_whose_lookahead_the_primary_form_stores(lr, beta):
    curvature = np.array([1.0, 4.0, 9.0])
    ahead = NESTEROV.form("lookahead")
    phi, phi_state = START, NESTEROV.init(START)
    theta, state = START, ahead.init(START)
    for _ in range(10):
        phi, phi_state = NESTEROV.step(phi, curvature * phi, phi_state, lr=lr, beta=beta)
        point = ahead.grad_at(theta, state, lr=lr, beta=beta)
        theta, state = ahead.step(theta, curvature * point, state, lr=lr, beta=beta)
        same(ahead.grad_at(theta, state, lr=lr, beta=beta), phi)


# Adagrad, RMSProp, AdaDelta


@given(grad=wide, lr=lrs)
def test_adagrad_s_first_step_is_lr_in_the_direction_of_the_sign(grad, lr):
    theta = path(ADAGRAD, [grad], start=np.zeros(3), lr=lr, eps=0.0)[1]
    np.testing.assert_allclose(theta, -lr * np.sign(grad), rtol=1e-12)


@given(grads=gradients)
def test_adagrad_s_effective_learning_rate_never_grows(grads):
    theta, state = START, ADAGRAD.init(START)
    last = np.full(3, np.inf)
    for grad in grads:
        theta, state = ADAGRAD.step(theta, grad, state)
        now = ADAGRAD.derived(state, **ADAGRAD.defaults)["effective lr"]
        assert np.all(now <= last)
        last = now


@given(grads=gradients, lr=lrs, eps=st.floats(1e-8, 1.0))
def test_adagrad_from_a_value_of_zero_is_adagrad(grads, lr, eps):
    same(
        path(ADAGRAD.form("initial-value"), grads, lr=lr, eps=eps, initial=0.0),
        path(ADAGRAD, grads, lr=lr, eps=eps),
    )
    same(
        path(ADAGRAD.form("keras"), grads, lr=lr, eps=eps, initial=0.0),
        path(ADAGRAD.form("eps-in-root"), grads, lr=lr, eps=eps),
    )


@given(grad=wide, lr=lrs)
def test_rmsprop_without_memory_normalises_the_gradient_to_its_sign(grad, lr):
    theta = path(RMSPROP, [grad], start=np.zeros(3), lr=lr, beta=0.0, eps=0.0)[1]
    np.testing.assert_allclose(theta, -lr * np.sign(grad), rtol=1e-12)


@pytest.mark.parametrize(
    ("with_momentum", "plain"),
    [
        ("with-momentum", None),
        ("keras-momentum", "eps-in-root"),
        ("centered-with-momentum", "centered"),
    ],
)
@given(grads=gradients, lr=lrs, beta=betas, eps=st.floats(1e-4, 1.0))
def test_rmsprop_with_a_momentum_of_zero_has_none(with_momentum, plain, grads, lr, beta, eps):
    same(
        path(RMSPROP.form(with_momentum), grads, lr=lr, beta=beta, eps=eps, momentum=0.0),
        path(RMSPROP.form(plain), grads, lr=lr, beta=beta, eps=eps),
    )


@given(grad=st.floats(-1e3, 1e3), beta=betas)
def test_centered_rmsprop_stays_finite_for_a_gradient_that_never_changes(grad, beta):
    thetas = path(RMSPROP.form("centered"), [np.full(3, grad)] * 100, beta=beta)
    assert np.all(np.isfinite(thetas))


@given(grad=wide, c=st.floats(0.01, 100))
def test_adadelta_s_step_has_the_unit_of_theta_whatever_the_unit_of_the_loss(grad, c):
    grad = np.clip(grad, -1e10, 1e10)
    zero, state = np.zeros(3), ADADELTA.init(START)._replace(G=grad**2, S=np.full(3, 0.25))
    here, _ = ADADELTA.step(zero, grad, state, eps=0.0)
    in_other_units, _ = ADADELTA.step(zero, c * grad, state._replace(G=c**2 * state.G), eps=0.0)
    stretched, _ = ADADELTA.step(zero, grad, state._replace(S=c**2 * state.S), eps=0.0)
    np.testing.assert_allclose(in_other_units, here, rtol=1e-9)
    np.testing.assert_allclose(stretched, c * here, rtol=1e-9)


@given(grads=gradients)
def test_adadelta_with_an_eps_of_zero_never_starts(grads):
    grads = np.where(grads == 0, 1.0, grads)
    same(path(ADADELTA, grads, eps=0.0), np.broadcast_to(START, (9, 3)))


# Signum and Rprop


@given(grads=gradients, lr=lrs, beta=betas)
def test_signum_moves_each_coordinate_by_lr_or_not_at_all(grads, lr, beta):
    moves = np.abs(np.diff(path(SIGNUM, grads, lr=lr, beta=beta), axis=0))
    assert np.all(np.isclose(moves, lr, atol=1e-9) | (moves == 0))


@given(grads=gradients, lr=lrs)
def test_signum_without_memory_is_sign_descent_and_averaging_or_summing_makes_no_difference(grads, lr):
    same(path(SIGNUM, grads, lr=lr, beta=0.0), START - lr * np.cumsum([0 * START, *np.sign(grads)], axis=0))
    # beta = 1/2 is exact in binary, so that no rounding decides a sign
    same(path(SIGNUM, grads, lr=lr, beta=0.5), path(SIGNUM.form("sum"), grads, lr=lr, beta=0.5))


@pytest.mark.parametrize("key", ["primary", "backtracking", "no-waiting"])
@given(grads=gradients, scale=arrays(float, 3, elements=st.floats(1e-3, 1e3)))
def test_rprop_sees_nothing_of_a_gradient_but_its_sign(key, grads, scale):
    np.testing.assert_array_equal(path(RPROP.form(key), grads * scale), path(RPROP.form(key), grads))


@given(grads=gradients, low=st.floats(1e-3, 0.01), high=st.floats(0.01, 0.1))
def test_rprop_s_step_sizes_stay_between_their_limits(grads, low, high):
    theta, state = START, RPROP.init(START)
    for grad in grads:
        theta, state = RPROP.step(theta, grad, state, step_min=low, step_max=high)
        assert np.all((low <= state.size) & (state.size <= high))


@given(sizes=arrays(float, (8, 3), elements=st.floats(0.1, 10)))
def test_all_forms_of_rprop_agree_while_no_sign_changes(sizes):
    for key in ("backtracking", "no-waiting"):
        same(path(RPROP.form(key), sizes), path(RPROP, sizes))


@given(first=st.floats(0.1, 10), second=st.floats(-10, -0.1))
def test_where_the_sign_changes_rprop_waits_backtracks_or_turns_round(first, second):
    grads = [np.full(3, first), np.full(3, second)]
    start, one, two = path(RPROP, grads)
    np.testing.assert_array_equal(two, one)
    np.testing.assert_allclose(path(RPROP.form("backtracking"), grads)[2], start, rtol=1e-15)
    assert np.all(path(RPROP.form("no-waiting"), grads)[2] > one)
