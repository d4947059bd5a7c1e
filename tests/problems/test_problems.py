"""Problems: each gradient is the loss's own, and the data is what it says it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.problems import PROBLEMS, data, diabetes_network, linear_regression, problem_named, quadratic
from optcourse.problems import diabetes_regression as regression_on_diabetes
from optcourse.problems.networks import perceptron, views

MAKERS = {
    **PROBLEMS,
    "turned quadratic": lambda: quadratic(condition=30.0, angle=25.0),
    "diabetes regression": regression_on_diabetes,
    "two hidden layers": lambda: perceptron(data.diabetes(), (7, 5), name="deep", title="deep"),
}


def central_differences(loss, theta, coordinates):
    """The gradient of `loss` at theta in these coordinates, by symmetric differences."""
    found = []
    for coordinate in coordinates:
        step = np.zeros_like(theta)
        step[coordinate] = 1e-6 * max(1.0, abs(theta[coordinate]))
        found.append((loss(theta + step) - loss(theta - step)) / (2 * step[coordinate]))
    return np.array(found)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_equals_central_differences(name, seed):
    problem = MAKERS[name]()
    random = np.random.default_rng(seed)
    theta = problem.initial(seed) + 0.1 * random.standard_normal(problem.start.shape)
    coordinates = random.permutation(theta.size)[:20]
    batches = [None, random.integers(problem.examples, size=5)] if problem.examples else [None]
    for batch in batches:
        extra = {} if batch is None else {"batch": batch}
        grad = problem.grad(theta, **extra)
        measured = central_differences(lambda at, extra=extra: problem.loss(at, **extra), theta, coordinates)
        assert np.abs(measured - grad[coordinates]).max() <= 1e-6 * np.abs(grad).max()


@pytest.mark.parametrize("name", MAKERS)
def test_a_sweep_of_points_gives_the_same_as_each_point_alone(name):
    problem = MAKERS[name]()
    thetas = np.stack([problem.initial(seed) + 0.01 * seed for seed in range(6)]).reshape(2, 3, -1)
    losses, grads = problem.loss(thetas), problem.grad(thetas)
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(losses[index], problem.loss(thetas[index]), rtol=1e-12)
        np.testing.assert_allclose(grads[index], problem.grad(thetas[index]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["parabola", "quadratic", "rosenbrock", "regression", "turned quadratic"])
def test_the_gradient_is_zero_at_the_optimum(name):
    problem = MAKERS[name]()
    assert np.abs(problem.grad(problem.optimum)).max() < 1e-9


@given(st.floats(1, 1000), st.floats(-180, 180))
def test_a_turned_bowl_keeps_its_curvatures(condition, angle):
    problem = quadratic(condition, angle)
    hessian = np.stack([problem.grad(axis) for axis in np.eye(2)])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [1, condition], rtol=1e-9)


def test_the_diabetes_data_is_the_papers():
    table = data.read_table("diabetes.csv")
    assert table.shape == (442, 11)
    # Efron et al. (2004), table 1: the first patient.
    np.testing.assert_array_equal(table[0], [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87, 151])


def test_the_split_is_fixed_by_its_seed_and_standardised_on_its_training_part():
    one, same, other = data.diabetes(), data.diabetes(), data.diabetes(seed=1)
    np.testing.assert_array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)
    assert (one.x.shape, one.x_validation.shape) == ((354, 10), (88, 10))
    np.testing.assert_allclose(one.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(one.x.std(axis=0), 1)
    np.testing.assert_allclose([one.y.mean(), one.y.std()], [0, 1], atol=1e-12)


def test_the_network_is_the_ten_input_example():
    problem = diabetes_network()
    assert dict(problem.parts) == {"W1": (10, 64), "b1": (64,), "W2": (64, 1), "b2": (1,)}
    assert problem.start.size == 769
    parts = views(problem.start, problem.parts)
    assert np.abs(parts["W1"]).max() <= np.sqrt(6 / 74)
    assert not parts["b1"].any()
    assert not np.array_equal(problem.initial(0), problem.initial(1))


def test_what_cannot_be_made_is_an_error_that_says_why():
    with pytest.raises(ValueError, match="Did you mean 'rosenbrock'"):
        problem_named("rosenbrok")
    with pytest.raises(ValueError, match="at least 1"):
        quadratic(condition=0.5)
    with pytest.raises(ValueError, match="give both x and y"):
        linear_regression(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"x must be \(n, d\)"):
        linear_regression(np.ones((3, 2)), np.ones(4))
