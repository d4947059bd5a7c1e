"""What `run` promises: sweeps, batches, schedules, divergence, and records that nothing can corrupt."""

import math
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.estimates import batches, gradient_noise
from optcourse.homework import RULES as HOMEWORK
from optcourse.problems import PROBLEMS, diabetes_network, linear_regression, quadratic
from optcourse.problems.networks import views
from optcourse.rules import RULES
from optcourse.rules.parts import beside_muon
from optcourse.running import run

ALL = {**RULES, **HOMEWORK}
ELEMENTWISE = [name for name, rule in ALL.items() if rule.elementwise]
SHAPE_AWARE = [name for name, rule in ALL.items() if not rule.elementwise]


def close(a, b):
    return np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_each_path_of_a_sweep_equals_its_run_alone(name):
    lrs = np.array([0.003, 0.01, 0.03])
    swept = run(ALL[name], "quadratic", steps=30, lr=lrs, keep_states=True)
    assert swept.theta.shape == (31, 3, 2)
    assert swept.loss.shape == (31, 3)
    for i, lr in enumerate(lrs):
        alone = run(ALL[name], "quadratic", steps=30, lr=lr, keep_states=True)
        assert close(swept.theta[:, i], alone.theta)
        assert close(swept.loss[:, i], alone.loss)
        for field, parts in alone.states.items():
            if parts.ndim == 2:  # not the count of steps
                assert close(swept.states[field][:, i], parts)


def test_two_hypers_and_the_starts_broadcast_to_a_grid():
    lr, beta1 = np.array([[0.01], [0.1]]), np.array([0.0, 0.5, 0.9])
    starts = np.array([[1.0, 1.0], [2.0, -1.0], [-4.0, 0.5]])
    grid = run("adam", "rosenbrock", steps=5, start=starts, lr=lr, beta1=beta1)
    assert grid.theta.shape == (6, 2, 3, 2)
    alone = run("adam", "rosenbrock", steps=5, start=starts[2], lr=0.1, beta1=0.9)
    assert close(grid.theta[:, 1, 2], alone.theta)


def test_a_schedule_may_give_a_sweep():
    lrs = np.array([0.1, 0.2])
    swept = run("gd", "quadratic", steps=4, lr=lambda t: lrs / t)
    assert close(swept.theta[:, 1], run("gd", "quadratic", steps=4, lr=lambda t: 0.2 / t).theta)


def test_seeds_are_a_sweep_of_batches_and_starts():
    problem = diabetes_network(4)
    swept = run("adam", problem, steps=6, seed=np.array([3, 8]), batch_size=100, lr=0.01)
    assert close(swept.theta[:, 1], run("adam", problem, steps=6, seed=8, batch_size=100, lr=0.01).theta)
    assert not close(swept.theta[:, 0], swept.theta[:, 1])


@given(examples=st.integers(1, 40), size=st.integers(1, 40), seed=st.integers(0, 2**31))
def test_batches_hold_every_example_exactly_once_an_epoch(examples, size, seed):
    drawn = batches(examples, min(size, examples), np.asarray(seed))
    for _ in range(3):
        epoch = np.concatenate([next(drawn) for _ in range(math.ceil(examples / min(size, examples)))])
        assert sorted(epoch) == list(range(examples))


def test_the_same_seed_gives_the_same_path_and_another_seed_another():
    def path(seed):
        return run("minibatch", "regression", steps=20, lr=0.05, batch_size=8, seed=seed).theta

    assert np.array_equal(path(1), path(1))
    assert not np.array_equal(path(1), path(2))


def test_a_schedule_is_evaluated_with_t_from_one():
    asked = []

    def schedule(t):
        asked.append(t)
        return 0.1 / t

    path = run("gd", "quadratic", steps=3, lr=schedule).theta
    assert min(asked) == 1
    assert max(asked) == 3
    curvatures = np.array([1.0, 10.0])
    theta = path[0]
    for t in (1, 2, 3):
        theta = theta - 0.1 / t * curvatures * theta
        assert close(path[t], theta)


def test_divergence_is_recorded_at_its_step_and_warns_of_nothing():
    diverging = run("gd", "quadratic", steps=2000, lr=0.5)
    at = diverging.diverged
    # y is 1.5 at first and is multiplied by 1 - 0.5 * 10 = -4 in each step; the loss holds y * 10 y.
    assert at == math.ceil(math.log(np.finfo(float).max / 22.5) / math.log(16))
    assert np.isfinite(diverging.loss[:at]).all()
    assert not np.isfinite(diverging.loss[at])


def test_only_the_diverging_paths_of_a_sweep_are_told_diverged():
    swept = run("gd", "quadratic", steps=2000, lr=np.array([0.05, 0.5]))
    assert swept.diverged[0] == -1
    assert swept.diverged[1] == run("gd", "quadratic", steps=2000, lr=0.5).diverged
    assert run("gd", "quadratic", steps=20, lr=0.05).diverged is None


def test_every_keeps_the_start_and_the_end():
    kept = run("adam", "quadratic", steps=25, every=10, lr=0.1)
    assert list(kept.steps) == [0, 10, 20, 25]
    assert close(kept.theta, run("adam", "quadratic", steps=25, lr=0.1).theta[kept.steps])


def test_states_and_gradients_are_kept_beside_theta_where_asked():
    kept = run("adam", "quadratic", steps=3, lr=0.1, keep_states=True)
    assert set(kept.states) == {"m", "v", "t"}
    assert list(kept.states["t"]) == [0, 1, 2, 3]
    assert np.isnan(kept.grads[0]).all()
    assert close(kept.grads[1:], quadratic().grad(kept.theta[:-1]))


def test_schedule_free_takes_its_gradient_at_theta_and_is_judged_at_x():
    kept = run("schedule_free", "quadratic", steps=20, lr=0.1, keep_states=True)
    assert close(kept.grads[1:], quadratic().grad(kept.theta[:-1]))
    assert close(kept.loss, quadratic().loss(kept.states["x"]))


def test_the_lr_weighted_form_sweeps_although_its_weights_grow_to_the_sweep():
    form, lrs = RULES["schedule_free"].dialects["lr-weighted"], np.array([0.0, 0.05, 0.1])
    swept = run(form, "quadratic", steps=10, lr=lrs, keep_states=True)
    assert np.isfinite(swept.theta).all()
    assert close(swept.theta[:, 2], run(form, "quadratic", steps=10, lr=0.1).theta)


@pytest.mark.parametrize("name", [name for name in ALL if name != "muon"])
def test_float32_stays_float32(name):
    start = np.array([1.0, 2.0], np.float32)
    for lr in (np.float64(0.1), np.array([0.1, 0.2]), lambda t: np.sqrt(0.1 / t)):
        assert run(ALL[name], "quadratic", steps=3, start=start, lr=lr).theta.dtype == np.float32


# A learner's own steps


def test_a_step_that_writes_into_its_arguments_gives_the_record_of_a_pure_one():
    def momentum_step(theta, grad, state, *, lr, beta):
        (v,) = state
        v *= beta
        grad *= lr
        v += grad
        theta -= v
        return theta, state

    start = np.array([-4.0, 1.5])
    impure = run(momentum_step, "quadratic", steps=20, start=start, lr=0.02, keep_states=True)
    pure = run("momentum", "quadratic", steps=20, start=start, lr=0.02, keep_states=True)
    assert close(impure.theta, pure.theta)
    assert close(impure.states["v"], pure.states["v"])
    assert close(impure.grads, pure.grads)
    assert list(start) == [-4.0, 1.5]


def test_a_step_that_changes_a_hyper_in_place_changes_neither_the_sweep_nor_the_callers_array():
    def gd_step(theta, grad, state, *, lr):
        lr *= 0.5
        return theta - lr * grad, state

    lrs = np.array([0.1, 0.05])
    swept = run(gd_step, "quadratic", steps=10, lr=lrs)
    assert list(lrs) == [0.1, 0.05]
    assert close(swept.theta[:, 0], run("gd", "quadratic", steps=10, lr=0.05).theta)


def branching(theta, grad, state, *, lr):
    return (theta - lr * grad if lr > 0.05 else theta), state


def with_math(theta, grad, state, *, lr):
    return theta - math.sqrt(lr) * grad, state


def normalising(theta, grad, state, *, lr):
    return theta - lr * grad / np.linalg.norm(grad), state


@pytest.mark.parametrize("function", [branching, with_math, normalising])
def test_a_step_that_does_not_broadcast_is_swept_one_path_after_another(function):
    def gd_step(theta, grad, state, *, lr):
        return function(theta, grad, state, lr=lr)

    lrs = np.array([[0.01, 0.04], [0.06, 0.09]])
    swept = run(gd_step, "quadratic", steps=12, lr=lrs, keep_states=True)
    assert swept.theta.shape == swept.grads.shape == (13, 2, 2, 2)
    for position, lr in np.ndenumerate(lrs):
        alone = run(gd_step, "quadratic", steps=12, lr=float(lr))
        assert close(swept.theta[(slice(None), *position)], alone.theta)
        assert close(swept.loss[(slice(None), *position)], alone.loss)


def test_a_step_that_broadcasts_is_called_once_a_step_for_the_whole_sweep():
    shapes = []

    def gd_step(theta, grad, state, *, lr):
        shapes.append(theta.shape)
        return theta - lr * grad, state

    run(gd_step, "quadratic", steps=50, lr=np.linspace(0, 0.1, 100))
    assert shapes.count((100, 2)) >= 50
    assert shapes.count((2,)) < 50


def test_an_unwritten_step_raises_its_own_error():
    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        raise NotImplementedError

    for lr in (0.1, np.array([0.1, 0.2])):
        with pytest.raises(NotImplementedError):
            run(adam_step, "quadratic", lr=lr)


# Parts of a network


@pytest.mark.parametrize("name", SHAPE_AWARE)
def test_a_shape_aware_rule_steps_each_part_of_a_network_in_its_own_shape(name):
    rule, problem = ALL[name], diabetes_network(3)
    path = run(rule, problem, steps=2, lr=0.02).theta
    theta = views(path[0].copy(), problem.parts)
    hypers = {**rule.defaults, "lr": 0.02}
    stepper = {
        part: (RULES["adam"], beside_muon(hypers)) if name == "muon" and view.ndim != 2 else (rule, hypers)
        for part, view in theta.items()
    }
    state = {part: stepper[part][0].init_function(view) for part, view in theta.items()}
    for t in (1, 2):
        grad = views(problem.grad(path[t - 1]), problem.parts)
        for part, (form, its) in stepper.items():
            theta[part], state[part] = form.function(theta[part], grad[part], state[part], **its)
            assert close(views(path[t], problem.parts)[part], theta[part])


@pytest.mark.parametrize("name", SHAPE_AWARE)
def test_a_sweep_of_a_shape_aware_rule_equals_its_runs_alone(name):
    problem, lrs = diabetes_network(3), np.array([0.001, 0.02])
    swept = run(ALL[name], problem, steps=3, lr=lrs)
    assert close(swept.theta[:, 1], run(ALL[name], problem, steps=3, lr=0.02).theta)


def test_a_learners_muon_gets_the_matrices_of_a_network_only():
    shapes = set()

    def muon_step(theta, grad, state, **hypers):
        shapes.add(theta.shape)
        return RULES["muon"].function(theta, grad, state, **hypers)

    problem = diabetes_network(3)
    assert close(run(muon_step, problem, steps=2).theta, run("muon", problem, steps=2).theta)
    assert shapes == {(10, 3), (3, 1)}


def test_muon_on_a_plane_says_that_it_needs_a_matrix():
    with pytest.raises(ValueError, match=r"muon: theta must be a matrix .* shape is \(2,\)"):
        run("muon", "quadratic")


# What it refuses


def returns_nothing(theta, grad, state, *, lr):
    pass


def returns_theta_alone(theta, grad, state, *, lr):
    return theta - lr * grad


def returns_a_number(theta, grad, state, *, lr):
    return np.sum(theta), state


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (returns_nothing, TypeError, "gd_step must return theta and state, .* got None"),
        (returns_theta_alone, TypeError, "gd_step must return theta and state"),
        (returns_a_number, ValueError, r"gd_step must return a theta of the shape .*\(2,\); got \(\)"),
    ],
)
def test_a_step_that_returns_the_wrong_thing_is_told_what_to_return(function, error, words):
    function = (lambda f: lambda *args, **hypers: f(*args, **hypers))(function)
    function.__name__ = "gd_step"
    with pytest.raises(error, match=words):
        run(function, "quadratic", lr=0.1)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"rule_or_step": "adm"}, ValueError, "no rule 'adm': did you mean adam"),
        ({"rule_or_step": print}, ValueError, "A step function is named after its rule, as adam_step is"),
        ({"problem": "quadratik"}, ValueError, "Did you mean 'quadratic'"),
        ({"lr": -1.0}, ValueError, r"lr must lie in \[0, inf\); got -1.0"),
        ({"lr": lambda t: -1.0}, ValueError, r"lr must lie in \[0, inf\)"),
        ({"beta_1": 0.5}, TypeError, "adam has no hyper 'beta_1': did you mean 'beta1'"),
        ({"steps": -1}, ValueError, "steps must be at least 0; got -1"),
        ({"every": 0}, ValueError, "every must be at least 1; got 0"),
        ({"batch_size": 4}, ValueError, "batch_size for quadratic must be None: it has no examples; got 4"),
        ({"problem": "regression", "batch_size": 65}, ValueError, "must be between 1 and 64; got 65"),
        ({"start": [1.0, 2.0, 3.0]}, ValueError, r"start must have shape \(2,\) .* got \(3,\)"),
    ],
)
def test_what_can_not_be_run_is_refused_in_words_before_the_first_step(arguments, error, words):
    with pytest.raises(error, match=words):
        run(**{"rule_or_step": "adam", "problem": "quadratic", **arguments})


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_steps_leave_the_start_alone(name):
    nothing = run("gd", name, steps=0)
    assert nothing.theta.shape[0] == 1
    assert close(nothing.theta[0], PROBLEMS[name]().start)


def test_full_batches_of_a_regression_are_its_gradient():
    problem = linear_regression()
    assert close(
        run("minibatch", problem, steps=5, lr=0.05, batch_size=problem.examples).theta,
        run("gd", problem, steps=5, lr=0.05).theta,
    )


@pytest.mark.parametrize("size", [1, 2, 7, 700])
def test_noise_that_is_drawn_ahead_is_what_is_drawn_step_by_step(size: int) -> None:
    seeds = np.array([[3, 4], [5, 3]])
    randoms = [np.random.default_rng([seed, 2]) for seed in seeds.ravel().tolist()]
    for found in islice(gradient_noise(size, seeds), 50):
        alone = [random.standard_normal(size) for random in randoms]
        assert np.array_equal(found, np.reshape(alone, (2, 2, size)))
