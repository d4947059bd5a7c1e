"""The forms that people write and no framework has: each against a path that is known without it."""

import numpy as np
import pytest

from optcourse.rules import RULES, Form

HYPERS = {"lr": 0.03, "beta": 0.8, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "momentum": 0.9}


def grads(shape=(4,), count=30):
    random = np.random.default_rng(5)
    return [random.normal(size=shape) for _ in range(count)]


def walked(form: Form, gradients=None, **hypers):
    """All thetas and states of a form along fixed gradients, from a start of ones."""
    gradients = grads() if gradients is None else gradients
    given = {**form.defaults, **{name: HYPERS[name] for name in form.hypers if name in HYPERS}, **hypers}
    theta = np.ones_like(gradients[0])
    state = form.init_function(theta, **given)
    path = []
    for grad in gradients:
        theta, state = form.function(theta, grad, state, **given)
        path.append((theta, state))
    return path


def thetas(path):
    return np.array([theta for theta, _ in path])


SAME_PATH = [
    ("momentum", "ema-downhill", "ema", {}),
    ("momentum", "pytorch-downhill", "pytorch", {}),
    ("nesterov", "pytorch-downhill", "pytorch", {}),
    ("nesterov", "lookahead-downhill", "lookahead", {}),
    ("nesterov", "lookahead-pytorch", "lookahead", {}),
    ("adam", "uncorrected-uncounted", "uncorrected", {}),
    ("adam", "uncorrected-uncounted-eps-in-root", "uncorrected-eps-in-root", {}),
    ("adam", "running-powers", "primary", {}),
    ("adam", "running-powers-ahead", "primary", {}),
    ("amsgrad", "paper-uncounted", "paper", {}),
    ("amsgrad", "paper-uncounted-eps-in-root", "paper-eps-in-root", {}),
    ("amsgrad", "running-powers", "primary", {}),
    ("adamw", "uncorrected-uncounted", "uncorrected", {}),
    ("adadelta", "without-lr", "primary", {"lr": 1.0}),
]


@pytest.mark.parametrize(("rule", "key", "other", "hypers"), SAME_PATH)
def test_a_form_of_another_state_walks_the_path_of_the_known_one(rule, key, other, hypers):
    mine, known = RULES[rule].form(key), RULES[rule].form(other)
    np.testing.assert_allclose(thetas(walked(mine)), thetas(walked(known, **hypers)), rtol=1e-11)


def test_nesterov_s_average_walks_the_classical_path_with_a_larger_rate():
    mine = walked(RULES["nesterov"].form("ema"), lr=0.03 / (1 - 0.8))
    np.testing.assert_allclose(thetas(mine), thetas(walked(RULES["nesterov"])), rtol=1e-11)


@pytest.mark.parametrize("key", ["lookahead", "lookahead-downhill", "lookahead-pytorch"])
def test_the_gradient_is_taken_where_the_velocity_will_carry_theta(key):
    form = RULES["nesterov"].form(key)
    theta, state = walked(form)[-1]
    given = {"lr": HYPERS["lr"], "beta": HYPERS["beta"]}
    still, _ = form.function(theta, np.zeros(4), state, **given)
    np.testing.assert_allclose(form.grad_at(theta, state, **given), still, rtol=1e-12)


def test_nadam_with_one_correction_is_ruder_s_sum():
    lr, beta1, beta2, eps = (HYPERS[name] for name in ("lr", "beta1", "beta2", "eps"))
    given = grads()
    for t, (theta, _) in enumerate(walked(RULES["nadam"].form("constant-momentum"), given), start=1):
        before = walked(RULES["nadam"].form("constant-momentum"), given[: t - 1])[-1][0] if t > 1 else 1.0
        m = (1 - beta1) * sum(beta1 ** (t - 1 - i) * grad for i, grad in enumerate(given[:t]))
        v = (1 - beta2) * sum(beta2 ** (t - 1 - i) * grad**2 for i, grad in enumerate(given[:t]))
        mix = beta1 * m / (1 - beta1**t) + (1 - beta1) * given[t - 1] / (1 - beta1**t)
        wanted = before - lr * mix / (np.sqrt(v / (1 - beta2**t)) + eps)
        np.testing.assert_allclose(theta, wanted, rtol=1e-11)


def test_dozat_s_factor_beta2_is_optax_s_nadam_with_another_rate_and_eps():
    root = HYPERS["beta2"] ** 0.5
    optax = walked(RULES["nadam"].form("optax"), lr=HYPERS["lr"] / root, eps=HYPERS["eps"] / root)
    np.testing.assert_allclose(
        thetas(walked(RULES["nadam"].form("paper-constant"))), thetas(optax), rtol=1e-11
    )


def test_dozat_s_paper_is_its_constant_form_once_mu_has_grown_up():
    paper = walked(RULES["nadam"].form("paper"), momentum_decay=1e9)
    np.testing.assert_allclose(
        thetas(paper), thetas(walked(RULES["nadam"].form("paper-constant"))), rtol=1e-11
    )


@pytest.mark.parametrize(("key", "known"), [("author", "primary"), ("author-summed", "summed")])
def test_muon_s_author_is_a_hair_off_for_usual_gradients_and_far_off_for_tiny_ones(key, known):
    mine, theirs = RULES["muon"].form(key), RULES["muon"].form(known)

    def apart(gradients):
        return np.abs(thetas(walked(mine, gradients)) - thetas(walked(theirs, gradients))).max()

    assert 0 < apart(grads((5, 4), 5)) < 1e-6
    assert apart([1e-7 * grad for grad in grads((5, 4), 1)]) > 1e-3


def test_schedule_free_with_the_start_counted_averages_it_as_well():
    path = walked(RULES["schedule_free"].form("start-counted"))
    mean = np.mean([np.ones(4), *(state.z for _, state in path)], axis=0)
    np.testing.assert_allclose(path[-1][1].x, mean, rtol=1e-12)


def test_rmsprop_s_inner_rate_is_the_outer_one_while_it_is_constant():
    inner, outer = (RULES["rmsprop"].form(key) for key in ("momentum-lr-inside", "with-momentum"))
    np.testing.assert_allclose(thetas(walked(inner)), thetas(walked(outer)), rtol=1e-11)
