"""What homework asks for beside rules, against what it means: runs, derivatives, decompositions, frameworks."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optcourse.homework import TASKS
from optcourse.homework.conversions import paper_point, pytorch_hypers
from optcourse.homework.logistic import grad
from optcourse.homework.lr_limit import best_lr, largest_lr
from optcourse.homework.matrices import factored_squares, orthogonal_part, trust_ratio
from optcourse.rules import RULES
from tests.homework.assignments import ROOT

RECORDS = json.loads((ROOT / "tests" / "homework" / "frameworks.json").read_text(encoding="utf-8"))
SEEDS = st.integers(0, 10_000)


def log_loss(theta, x, y):
    z = x @ theta
    return np.mean(np.logaddexp(0, z) - y * z)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_logistic_gradient_is_the_slope_of_the_log_loss(seed):
    random = np.random.default_rng(seed)
    theta, x, y = (
        random.normal(size=3),
        random.normal(size=(6, 3)),
        random.integers(0, 2, size=6).astype(float),
    )
    steps = 1e-6 * np.eye(3)
    slopes = [(log_loss(theta + h, x, y) - log_loss(theta - h, x, y)) / 2e-6 for h in steps]
    assert np.allclose(grad(theta, x, y), slopes, atol=1e-8)


def distances(lr, x, penalty, start, steps):
    """Distance to the minimum of penalised linear regression, before and after these steps of descent."""
    y = np.arange(len(x), dtype=float)
    best = np.linalg.solve(x.T @ x / len(x) + penalty * np.eye(x.shape[1]), x.T @ y / len(x))
    theta = best + start
    for _ in range(steps):
        theta = theta - lr * (x.T @ (x @ theta - y) / len(x) + penalty * theta)
    return np.linalg.norm(start), np.linalg.norm(theta - best)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_descent_converges_below_the_limit_and_diverges_above_it(seed):
    random = np.random.default_rng(seed)
    x, penalty = random.normal(size=(8, 3)), random.uniform(0, 2)
    limit, start = largest_lr(x, penalty), random.normal(size=3)
    before, after = distances(1.05 * limit, x, penalty, start, 400)
    assert after > 100 * before
    before, after = distances(0.95 * limit, x, penalty, start, 2000)
    assert after < before


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_no_learning_rate_shrinks_the_slowest_direction_faster_than_the_best(seed):
    random = np.random.default_rng(seed)
    x, penalty = random.normal(size=(8, 3)), random.uniform(0, 2)
    curvatures = np.linalg.svd(x, compute_uv=False) ** 2 / len(x) + penalty

    def slowest(lr):
        return np.max(np.abs(1 - lr * curvatures))

    best = best_lr(x, penalty)
    assert best < largest_lr(x, penalty)
    assert all(slowest(best) <= slowest(best * factor) for factor in np.linspace(0.5, 1.5, 41))


@given(SEEDS, st.floats(0, 0.99), st.floats(1e-3, 1))
@settings(max_examples=25, deadline=None)
def test_pytorchs_hypers_walk_the_path_of_the_average(seed, beta, lr):
    start, grads = (
        np.random.default_rng(seed).normal(size=3),
        np.random.default_rng(seed + 1).normal(size=(20, 3)),
    )
    ends = []
    for key, rate, kept in (("ema", lr, beta), ("pytorch", *map(float, pytorch_hypers(lr, beta)))):
        form = RULES["momentum"].dialects[key]
        theta, state = start, form.init(start)
        for g in grads:
            theta, state = form.step(theta, g, state, lr=rate, beta=kept)
        ends.append(theta)
    assert np.allclose(ends[0], ends[1], rtol=1e-9, atol=1e-12)


@given(SEEDS, st.floats(0, 0.95))
@settings(max_examples=25, deadline=None)
def test_the_papers_point_walks_the_papers_path(seed, beta):
    random = np.random.default_rng(seed)
    curvature, phi = random.uniform(0.1, 10, size=3), random.normal(size=3)
    keras = RULES["nesterov"].dialects["keras"]
    theta, state, v = phi, keras.init(phi), np.zeros(3)
    for _ in range(15):
        theta, state = keras.step(theta, curvature * theta, state, lr=0.05, beta=beta)
        v = beta * v - 0.05 * curvature * (phi + beta * v)
        phi = phi + v
        assert np.allclose(paper_point(theta, state[0], beta), phi, rtol=1e-9, atol=1e-12)


@given(SEEDS, st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_the_iteration_arrives_at_the_orthogonal_factor(seed, rows, columns):
    left, sizes, right = np.linalg.svd(
        np.random.default_rng(seed).normal(size=(rows, columns)), full_matrices=False
    )
    sizes = np.maximum(sizes, 0.1)
    assert np.allclose(orthogonal_part(left * sizes @ right, 60), left @ right, atol=1e-8)
    assert np.allclose(np.linalg.norm(orthogonal_part(left * sizes @ right, 0)), 1)


@given(SEEDS, st.floats(0.1, 10))
@settings(max_examples=25, deadline=None)
def test_the_trust_ratio_makes_a_step_as_long_as_the_weights(seed, factor):
    theta, u = np.random.default_rng(seed).normal(size=(2, 3, 2))
    assert np.isclose(np.linalg.norm(trust_ratio(theta, u) * u), np.linalg.norm(theta))
    assert np.isclose(trust_ratio(factor * theta, u), factor * trust_ratio(theta, u))
    assert trust_ratio(0 * theta, u) == trust_ratio(theta, 0 * u) == 1


@given(SEEDS, st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=25, deadline=None)
def test_the_table_has_the_sums_that_it_is_made_from_and_is_right_for_one_of_rank_one(seed, rows, columns):
    random = np.random.default_rng(seed)
    squares = random.uniform(0.1, 1, size=(rows, columns))
    made = factored_squares(squares.sum(axis=1), squares.sum(axis=0))
    assert np.allclose(made.sum(axis=1), squares.sum(axis=1))
    assert np.allclose(made.sum(axis=0), squares.sum(axis=0))
    one = np.outer(squares[:, 0], squares[0])
    assert np.allclose(factored_squares(one.sum(axis=1), one.sum(axis=0)), one)


@pytest.mark.parametrize(
    "record", RECORDS, ids=lambda one: f"{one['framework']}-{one['rule']}-{one['dialect']}"
)
def test_the_frameworks_take_the_same_steps(record):
    form = TASKS[record["rule"]].form(record["dialect"])
    if form.calls:
        arguments = [np.array(one) for one in record["arguments"]]
        assert np.allclose(form.estimate(*arguments), record["value"], rtol=1e-12, atol=1e-15)
        return
    theta = np.array(record["start"])
    state = form.init(theta)
    for g, wanted in zip(record["grads"], record["thetas"], strict=True):
        theta, state = form.step(theta, np.array(g), state, **record["hypers"])
        assert np.max(np.abs(theta - np.array(wanted))) <= record["tolerance"] * np.max(np.abs(wanted))
