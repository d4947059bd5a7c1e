"""Lion, Muon, schedule-free SGD, LAMB and Adafactor: facts that follow from their definitions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES
from optcourse.rules.muon import newton_schulz
from optcourse.rules.parts import by_part

LION, MUON, SCHEDULE_FREE = RULES["lion"], RULES["muon"], RULES["schedule_free"]
LAMB, ADAFACTOR = HOMEWORK["lamb"], HOMEWORK["adafactor"]
OURS = (LION, MUON, SCHEDULE_FREE, LAMB, ADAFACTOR)
FEWEST_MISTAKES = {"lion": 8, "muon": 12, "schedule_free": 12, "lamb": 12, "adafactor": 12}

numbers = st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-6)
matrices = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(float, shape, elements=numbers)
)
vectors = arrays(float, st.integers(1, 8), elements=numbers)
anything = st.one_of(matrices, vectors)


def steps_of(form, theta, grads, **hypers):
    """theta after each step; the arguments in full, as `run` calls it."""
    hypers = {**form.defaults, **hypers}
    state, path = form.init_function(theta, **hypers), []
    for grad in grads:
        theta, state = form.function(theta, grad, state, **hypers)
        path.append(theta)
    return path


def some_grads(shape, count=6, seed=0):
    """Gradients of very different sizes."""
    random = np.random.default_rng(seed)
    return random.standard_normal((count, *shape)) * np.exp(
        random.uniform(-3, 2, (count, *([1] * len(shape))))
    )


# Every form


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_every_edit_of_the_catalogue_compiles_and_there_are_enough_of_them(rule):
    assert len(rule.mistakes) >= FEWEST_MISTAKES[rule.name]
    for form in (*rule.dialects.values(), *rule.mistakes.values()):
        assert form.diff
        assert form.says.startswith("Keras:") or not form.says[0].isupper()
        assert not form.says.endswith(".")


def traces(form, rule):
    """Everything that a form returns, at the primary form's hypers and with each changed in turn."""
    common = {name: hyper.default for name, hyper in rule.hypers.items()}
    found = []
    for changed in ({}, *({name: hyper.probe} for name, hyper in rule.hypers.items())):
        for shape in ((4, 3), (3, 5)):
            hypers = {**form.defaults, **common, **changed}
            theta = np.random.default_rng(7).standard_normal(shape)
            state = form.init_function(theta, **hypers)
            for grad in some_grads(shape):
                theta, state = form.function(theta, grad, state, **hypers)
                found += [np.ravel(theta), *(np.ravel(np.asarray(part, float)) for part in state)]
    return np.concatenate(found)


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_no_two_forms_of_a_rule_are_the_same_function(rule):
    forms = {"primary": rule, **rule.dialects, **rule.mistakes}
    with np.errstate(all="ignore"):
        traced = {key: traces(form, rule) for key, form in forms.items()}
    same = {
        (one, other)
        for one, other in combinations(traced, 2)
        if traced[one].shape == traced[other].shape
        and np.allclose(traced[one], traced[other], rtol=1e-9, atol=1e-13, equal_nan=True)
    }
    # Keras decays first, which is the same function; the dialect stands for its lr.
    assert same == ({("primary", "decay-before")} if rule is LION else set())


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (0, 3), (3, 0), (4, 3), (3, 4)])
def test_any_shape_that_a_rule_is_for_keeps_its_shape_and_float32(rule, shape):
    for form in (rule, *rule.dialects.values()):
        theta, grad = np.ones(shape, np.float32), np.full(shape, 0.5, np.float32)
        if rule is MUON and len(shape) != 2:
            with pytest.raises(ValueError, match="theta must be a matrix"):
                form.function(theta, grad, form.init_function(theta))
            continue
        new, state = form.function(theta, grad, form.init_function(theta), **form.defaults)
        assert np.shape(new) == shape
        for part in (new, *(part for part in state if not isinstance(part, int))):
            assert part.dtype == np.float32
        assert (theta == 1).all()
        assert (grad == 0.5).all()


# Lion


@given(theta=anything, lr=st.floats(1e-6, 1))
def test_lion_moves_every_coordinate_by_lr_or_not_at_all(theta, lr):
    (moved,) = steps_of(LION, theta, [theta], lr=lr)
    assert np.allclose(moved, theta - lr * np.sign(theta), rtol=1e-12, atol=0)


@given(grads=arrays(float, (5, 4), elements=numbers), scale=st.sampled_from([2.0**-40, 2.0**-3, 2.0**20]))
def test_lion_does_not_see_the_scale_of_the_gradient(grads, scale):
    theta = np.ones(4)
    assert np.array_equal(steps_of(LION, theta, grads)[-1], steps_of(LION, theta, scale * grads)[-1])


# Muon


@given(x=matrices)
def test_newton_schulz_brings_singular_values_to_0_68_to_1_21_unless_below_0_002(x):
    length = np.linalg.norm(x)
    assume(length > 0)
    before = np.linalg.svd(x / length, compute_uv=False)
    after = np.linalg.svd(newton_schulz(x / length), compute_uv=False)
    assert np.allclose(after, np.sort(mapped(before))[::-1], rtol=1e-6, atol=1e-9)
    assert (after <= 1.21).all()
    assert np.sum(after >= 0.68) >= np.sum(before > 0.002)


def mapped(values):
    """What the five steps make of singular values."""
    for _ in range(5):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    return values


def test_the_five_steps_map_all_of_0_002_to_1_into_0_68_to_1_21():
    values = mapped(np.geomspace(0.002, 1, 1_000_001))
    assert 0.68 <= values.min() < values.max() <= 1.21


@given(x=matrices)
def test_newton_schulz_keeps_the_singular_vectors_and_commutes_with_the_transpose(x):
    length = np.linalg.norm(x)
    assume(length > 0)
    x = x / length
    o = newton_schulz(x)
    assert np.allclose(newton_schulz(x.T), o.T, atol=1e-9)
    # U S V' with another S: x o' and x' o are symmetric.
    assert np.allclose(x @ o.T, o @ x.T, atol=1e-9)
    assert np.allclose(x.T @ o, o.T @ x, atol=1e-9)


def test_newton_schulz_works_in_the_dtype_it_is_given():
    x = np.random.default_rng(0).standard_normal((5, 3))
    x /= np.linalg.norm(x)
    single = newton_schulz(x.astype(np.float32))
    assert single.dtype == np.float32
    assert np.allclose(single, newton_schulz(x), atol=1e-5)


@given(scale=st.sampled_from([1e-3, 1e3, 1e9]), shape=st.sampled_from([(4, 3), (3, 4), (2, 2)]))
def test_muon_does_not_see_the_scale_of_the_gradient(scale, shape):
    theta, grads = np.ones(shape), some_grads(shape)
    assert np.allclose(steps_of(MUON, theta, grads), steps_of(MUON, theta, scale * grads), rtol=1e-9)


def test_muon_with_a_zero_gradient_only_decays():
    theta = np.full((3, 2), 2.0)
    (moved,) = steps_of(MUON, theta, [np.zeros((3, 2))], lr=0.1, weight_decay=0.5)
    assert np.allclose(moved, theta * (1 - 0.1 * 0.5))


def test_muon_turns_with_the_matrix():
    random = np.random.default_rng(3)
    left, right = (np.linalg.qr(random.standard_normal((n, n)))[0] for n in (4, 3))
    theta, grads = random.standard_normal((4, 3)), some_grads((4, 3))
    turned = steps_of(MUON, left @ theta @ right, left @ grads @ right, lr=0.1)
    assert np.allclose(turned, left @ np.array(steps_of(MUON, theta, grads, lr=0.1)) @ right)


def test_muon_takes_the_root_of_rows_over_columns_times_the_step_of_a_tall_matrix():
    tall, wide = np.zeros((8, 2)), np.zeros((2, 8))
    grad = some_grads((8, 2), 1)
    (down,) = steps_of(MUON, tall, grad, lr=1.0)
    (across,) = steps_of(MUON, wide, np.swapaxes(grad, -1, -2), lr=1.0)
    assert np.allclose(down, 2 * across.T)


# Schedule-free


@given(grads=arrays(float, (6, 3), elements=numbers), lr=st.floats(1e-3, 1), beta=st.floats(0, 1))
def test_schedule_free_keeps_the_mean_of_plain_sgds_points(grads, lr, beta):
    theta = np.ones(3)
    state, points, z = SCHEDULE_FREE.init(theta), [], np.ones(3)
    for grad in grads:
        theta, state = SCHEDULE_FREE.step(theta, grad, state, lr=lr, beta=beta)
        z = z - lr * grad
        points.append(z)
        size = np.abs(points).max()
        x = np.mean(points, axis=0)
        assert np.allclose(state.x, x, atol=1e-12 * size)
        assert np.allclose(theta, (1 - beta) * z + beta * x, atol=1e-12 * size)
        assert SCHEDULE_FREE.evaluate(theta, state) is state.x


def test_schedule_free_with_beta_zero_is_sgd():
    theta, grads = np.ones(4), some_grads((4,))
    assert np.allclose(
        steps_of(SCHEDULE_FREE, theta, grads, lr=0.1, beta=0.0), 1 - 0.1 * np.cumsum(grads, axis=0)
    )


def test_the_lr_weighted_form_differs_once_lr_warms_up_and_not_before():
    weighted, theta, grads = SCHEDULE_FREE.dialects["lr-weighted"], np.ones(4), some_grads((4,))
    assert np.allclose(
        steps_of(weighted, theta, grads, lr=0.1), steps_of(SCHEDULE_FREE, theta, grads, lr=0.1), rtol=1e-13
    )

    def warmed(form):
        at, state = theta, form.init_function(theta)
        for t, grad in enumerate(grads, start=1):
            at, state = form.function(at, grad, state, lr=0.01 * t, beta=0.9)
        return form.evaluate(at, state), state

    x, state = warmed(weighted)
    z = 1 - np.cumsum(0.01 * np.arange(1, 7)[:, None] * grads, axis=0)
    weights = np.arange(1, 7) ** 2
    assert np.allclose(x, weights @ z / weights.sum())
    assert np.isclose(state.lr_max, 0.06)
    assert not np.allclose(x, warmed(SCHEDULE_FREE)[0])


# LAMB


@given(grads=arrays(float, (4, 5), elements=numbers), lr=st.floats(1e-4, 0.5))
def test_lamb_moves_theta_by_lr_times_its_own_length(grads, lr):
    theta = np.array([3.0, -1.0, 0.5, 2.0, -0.25])
    for moved in steps_of(LAMB, theta, grads, lr=lr):
        assert np.isclose(np.linalg.norm(moved - theta), lr * np.linalg.norm(theta), rtol=1e-9)
        theta = moved


def test_lamb_moves_a_theta_of_zeros_by_adams_step():
    theta, grads = np.zeros(3), some_grads((3,), 1)
    (moved,) = steps_of(LAMB, theta, grads, lr=0.1)
    (expected,) = steps_of(RULES["adam"], theta, grads, lr=0.1, eps=1e-6)
    assert np.allclose(moved, expected)


def test_lamb_does_not_see_the_scale_of_theta_and_of_the_gradient():
    theta, grads = some_grads((3, 4), 1, seed=5)[0], some_grads((3, 4))
    plain = np.array(steps_of(LAMB, theta, grads, lr=0.1, eps=0.0, weight_decay=0.0))
    scaled = np.array(steps_of(LAMB, 8 * theta, grads / 1024, lr=0.1, eps=0.0, weight_decay=0.0))
    assert np.allclose(scaled, 8 * plain)


# Adafactor


@given(r=arrays(float, 4, elements=st.floats(0.1, 10)), c=arrays(float, 3, elements=st.floats(0.1, 10)))
def test_adafactor_makes_a_gradient_whose_squares_have_rank_one_all_signs(r, c):
    theta, signs = np.ones((4, 3)), np.where(np.arange(12).reshape(4, 3) % 2, 1.0, -1.0)
    (moved,) = steps_of(ADAFACTOR, theta, [signs * np.sqrt(np.outer(r, c))], lr=0.01)
    assert np.allclose(moved, theta - 0.01 * signs)


@given(grads=arrays(float, (4, 3, 4), elements=numbers), lr=st.floats(1e-3, 1))
def test_adafactor_never_moves_theta_by_more_than_its_relative_step(grads, lr):
    theta = np.ones((3, 4))
    for t, moved in enumerate(steps_of(ADAFACTOR, theta, grads, lr=lr), start=1):
        size = max(1e-3, np.sqrt(np.mean(theta**2)))
        assert np.sqrt(np.mean((moved - theta) ** 2)) <= size * min(lr, t**-0.5) * (1 + 1e-9)
        theta = moved


@given(grads=arrays(float, (4, 5), elements=numbers))
def test_adafactor_steps_a_vector_as_the_matrix_of_one_row(grads):
    theta = np.arange(1.0, 6.0)
    as_row = steps_of(ADAFACTOR, theta[None], grads[:, None])
    assert np.allclose(steps_of(ADAFACTOR, theta, grads), np.array(as_row)[:, 0])


def test_adafactor_remembers_rows_plus_columns_numbers():
    state = ADAFACTOR.init_function(np.zeros((300, 200)))
    assert (state.r.shape, state.c.shape) == ((300,), (200,))


def test_adafactors_huge_gradients_do_not_overflow_in_float32():
    theta, grad = np.ones((3, 2), np.float32), np.full((3, 2), 1e15, np.float32)
    assert np.allclose(steps_of(ADAFACTOR, theta, [grad], lr=0.1)[0], 0.9)


def test_adafactor_refuses_more_than_two_axes():
    with pytest.raises(ValueError, match=r"matrix or a vector, but its shape is \(2, 2, 2\)"):
        ADAFACTOR.init_function(np.zeros((2, 2, 2)))


# By part


@pytest.mark.parametrize("rule", [LAMB, ADAFACTOR], ids=lambda rule: rule.name)
def test_by_part_gives_each_part_what_the_rule_gives_it_alone(rule):
    parts = {"W": (3, 2), "b": (2,)}
    theta, grads = np.arange(1.0, 9.0), some_grads((8,))
    path = np.array(steps_of(by_part(rule, parts), theta, grads))
    alone = steps_of(rule, theta[:6].reshape(3, 2), grads[:, :6].reshape(-1, 3, 2))
    assert np.array_equal(path[:, :6], np.reshape(alone, (-1, 6)))
    assert np.array_equal(path[:, 6:], steps_of(rule, theta[6:], grads[:, 6:]))


def test_by_part_leaves_muons_vectors_to_adam():
    parts = {"W": (3, 2), "b": (2,)}
    theta, grads = np.arange(1.0, 9.0), some_grads((8,))
    path = np.array(steps_of(by_part(MUON, parts), theta, grads, lr=0.02, weight_decay=0.1))
    adam = steps_of(RULES["adam"], theta[6:], grads[:, 6:], lr=3e-4, beta1=0.9, beta2=0.95, eps=1e-10)
    assert np.allclose(path[:, 6:], adam, rtol=1e-14)
