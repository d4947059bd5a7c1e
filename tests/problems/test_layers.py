"""Each layer's and each loss's backpropagation is the derivative of what it computes forward."""

import numpy as np
import pytest

from optcourse.problems.layers import Convolution, Dense, Flatten, MaxPool, Relu, Sigmoid, Tanh
from optcourse.problems.losses import CROSS_ENTROPY, LOGISTIC, SQUARED_ERROR
from optcourse.problems.recurrent import Elman, Gru

# A layer, and the shape of one example that it is given.
LAYERS = {
    "dense": (Dense(3), (5,)),
    "relu": (Relu(), (7,)),
    "tanh": (Tanh(), (7,)),
    "sigmoid": (Sigmoid(), (7,)),
    "flatten": (Flatten(), (2, 3, 2)),
    "convolution": (Convolution(3), (5, 6, 2)),
    "convolution of 2 x 2": (Convolution(2, window=2), (4, 3, 1)),
    "max-pool": (MaxPool(), (4, 6, 2)),
    "elman": (Elman(4), (6, 3)),
    "gru": (Gru(4), (6, 3)),
}
LOSSES = {
    "squared error": (SQUARED_ERROR, 1, [0.5, -1.0, 2.0, 0.0]),
    "cross-entropy": (CROSS_ENTROPY, 3, [0, 2, 1, 1]),
    "logistic": (LOGISTIC, 1, [0, 1, 1, 0]),
}


def made(name, sweep=(), dtype=float):
    """A layer, five examples for it, and weights, drawn at random."""
    layer, size = LAYERS[name]
    random = np.random.default_rng(7)
    x = random.standard_normal((*sweep, 5, *size)).astype(dtype)
    weights = {
        part: random.standard_normal((*sweep, *shape)).astype(dtype)
        for part, shape in layer.parts(size).items()
    }
    return layer, x, weights, random


def through(layer, x, weights, random):
    """The layer's output, and the slopes of a random weighted sum of it by input and weights."""
    out, kept = layer.forward(x, weights)
    sensitivity = random.standard_normal(out.shape).astype(x.dtype)
    slopes = {part: np.full_like(weight, np.nan) for part, weight in weights.items()}
    back = layer.backward(sensitivity, kept, weights, slopes)
    return out, sensitivity, {"x": back, **slopes}


def differences(value, array, step=1e-6):
    """The slope of value() by each entry of `array`, by central differences."""
    slope = np.empty_like(array)
    for index in np.ndindex(array.shape):
        there = array[index]
        array[index] = there + step
        above = value()
        array[index] = there - step
        slope[index] = (above - value()) / (2 * step)
        array[index] = there
    return slope


@pytest.mark.parametrize("name", LAYERS)
def test_backpropagation_equals_central_differences(name):
    layer, x, weights, random = made(name)
    _, sensitivity, slopes = through(layer, x, weights, random)
    for part, array in {"x": x, **weights}.items():
        measured = differences(lambda: (layer.forward(x, weights)[0] * sensitivity).sum(), array)
        assert np.abs(slopes[part] - measured).max() <= 1e-6 * np.abs(measured).max(), part


@pytest.mark.parametrize("name", LAYERS)
def test_the_size_and_parts_that_a_layer_states_are_those_it_has(name):
    layer, x, weights, random = made(name)
    out, _, slopes = through(layer, x, weights, random)
    assert out.shape == (5, *layer.size(LAYERS[name][1]))
    assert slopes["x"].shape == x.shape
    layer.fill(weights, random)
    assert all(np.isfinite(weight).all() for weight in weights.values())


@pytest.mark.parametrize("name", LAYERS)
def test_a_sweep_gives_the_same_as_each_position_alone(name):
    layer, x, weights, random = made(name, sweep=(2, 3))
    out, sensitivity, slopes = through(layer, x, weights, random)
    for position in np.ndindex(2, 3):
        its = {part: weight[position] for part, weight in weights.items()}
        alone, kept = layer.forward(x[position], its)
        filled = {part: np.empty_like(weight) for part, weight in its.items()}
        back = layer.backward(sensitivity[position], kept, its, filled)
        np.testing.assert_allclose(out[position], alone, rtol=1e-12, atol=1e-14)
        for part, slope in {"x": back, **filled}.items():
            np.testing.assert_allclose(slopes[part][position], slope, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_float32_stays_float32_and_differs_by_its_rounding_only(name):
    exact, _, exact_slopes = through(*made(name))
    out, _, slopes = through(*made(name, dtype=np.float32))
    assert {out.dtype, *(slope.dtype for slope in slopes.values())} == {np.dtype(np.float32)}
    np.testing.assert_allclose(out, exact, rtol=1e-4, atol=1e-5)
    for part, slope in slopes.items():
        np.testing.assert_allclose(slope, exact_slopes[part], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_s_slope_equals_central_differences(name):
    loss, width, targets = LOSSES[name]
    output, y = np.random.default_rng(3).standard_normal((4, width)), np.array(targets)
    measured = differences(lambda: loss.value(output, y), output)
    np.testing.assert_allclose(loss.slope(output, y), measured, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("size", [50.0, 800.0])
def test_a_loss_of_huge_outputs_is_finite(name, size):
    loss, width, targets = LOSSES[name]
    output = np.tile([size, -size, 0.0], (4, 1))[:, :width]
    assert np.isfinite(loss.value(output, np.array(targets)))
    assert np.isfinite(loss.slope(output, np.array(targets))).all()


def test_losses_and_accuracies_are_those_worked_out_by_hand():
    even, y = np.zeros((2, 4)), np.array([1, 3])
    assert CROSS_ENTROPY.value(even, y) == pytest.approx(np.log(4))
    assert CROSS_ENTROPY.accuracy(np.eye(4)[[1, 2]], y) == 0.5
    assert LOGISTIC.value(np.zeros((2, 1)), np.array([0, 1])) == pytest.approx(np.log(2))
    assert LOGISTIC.accuracy(np.array([[-1.0], [2.0]]), np.array([1, 1])) == 0.5
    assert SQUARED_ERROR.value(np.array([[1.0], [2.0]]), np.array([1.0, 4.0])) == 2
    assert SQUARED_ERROR.accuracy is None


def test_a_convolution_is_the_sum_over_its_window():
    layer = Convolution(1)
    x = np.arange(20.0).reshape(1, 4, 5, 1)
    out, _ = layer.forward(x, {"W": np.ones((9, 1)), "b": np.array([0.5])})
    assert out[0, 1, 2, 0] == x[0, 1:4, 2:5, 0].sum() + 0.5


def test_equal_largest_pixels_share_the_slope():
    layer = MaxPool()
    _, kept = layer.forward(np.ones((1, 2, 2, 1)), {})
    back = layer.backward(np.full((1, 1, 1, 1), 4.0), kept, {}, {})
    assert back.ravel().tolist() == [1, 1, 1, 1]


def test_an_odd_image_can_not_be_halved():
    with pytest.raises(ValueError, match="must be even; got 5 x 4"):
        MaxPool().size((5, 4, 1))


def test_recurrent_weights_start_orthogonal():
    layer = Gru(5)
    weights = {part: np.zeros(shape) for part, shape in layer.parts((2,)).items()}
    layer.fill(weights, np.random.default_rng(0))
    for begin in (0, 5, 10):
        block = weights["U"][:, begin : begin + 5]
        np.testing.assert_allclose(block.T @ block, np.eye(5), atol=1e-12)


def test_the_gru_is_pytorchs():
    torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
    layer, x, weights, random = made("gru")
    ours, sensitivity, slopes = through(layer, x, weights, random)
    theirs = torch.nn.GRU(3, 4, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(torch.tensor(weights["W"].T))
        theirs.weight_hh_l0.copy_(torch.tensor(weights["U"].T))
        theirs.bias_ih_l0.copy_(torch.tensor(weights["b"]))
        theirs.bias_hh_l0.copy_(torch.tensor(np.concatenate([np.zeros(8), weights["c"]])))
    last = theirs(torch.tensor(x))[1][0]
    last.backward(torch.tensor(sensitivity))
    np.testing.assert_allclose(ours, last.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slopes["W"].T, theirs.weight_ih_l0.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slopes["U"].T, theirs.weight_hh_l0.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slopes["c"], theirs.bias_hh_l0.grad.numpy()[8:], rtol=1e-9, atol=1e-12)
