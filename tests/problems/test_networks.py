"""Networks as problems: their starts, precision and parts, and that they learn."""

import numpy as np
import pytest

from optcourse import run
from optcourse.problems import (
    adding_network,
    austen_logistic,
    austen_softmax,
    character_network,
    digits_convolution,
    digits_network,
)
from optcourse.problems.data import diabetes
from optcourse.problems.networks import perceptron, views

MAKERS = {
    "digits": digits_network,
    "convolution": digits_convolution,
    "elman": lambda: adding_network(length=6),
    "gru": lambda: adding_network("gru", length=6),
    "austen": austen_logistic,
}


@pytest.mark.parametrize("name", MAKERS)
def test_in_float32_everything_is_float32(name):
    problem = MAKERS[name]()
    theta = problem.start.astype(np.float32)
    batch = np.arange(8)
    assert problem.loss(theta, batch=batch).dtype == np.float32
    grad = problem.grad(theta, batch=batch)
    assert grad.dtype == np.float32
    np.testing.assert_allclose(grad, problem.grad(problem.start, batch=batch), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", MAKERS)
def test_two_hundred_steps_of_adam_learn_what_is_kept_back_too(name):
    problem = MAKERS[name]()
    learnt = run("adam", problem, steps=200, every=200, batch_size=32, lr=0.01)
    assert learnt.loss[-1] < 0.7 * learnt.loss[0]
    assert problem.validation_loss(learnt.theta[-1]) < 0.7 * problem.validation_loss(learnt.theta[0])


@pytest.mark.parametrize(
    ("problem", "parts"),
    [
        (digits_network(), {"W1": (64, 64), "b1": (64,), "W2": (64, 10), "b2": (10,)}),
        (digits_convolution(), {"W1": (9, 8), "b1": (8,), "W2": (72, 10), "b2": (10,)}),
        (adding_network(), {"W1": (2, 16), "U1": (16, 16), "b1": (16,), "W2": (16, 1), "b2": (1,)}),
        (austen_softmax(), {"W1": (1206, 6), "b1": (6,)}),
    ],
)
def test_the_parts_are_named_by_layer_and_make_up_the_whole(problem, parts):
    assert dict(problem.parts) == parts
    assert problem.start.size == sum(np.prod(shape) for shape in parts.values())


def test_accuracy_is_the_share_of_right_answers_and_a_regression_has_none():
    problem = digits_network()
    learnt = run("adam", problem, steps=300, every=300, batch_size=32, lr=0.01).theta
    assert problem.validation_accuracy(learnt[0]) < 0.3
    assert problem.validation_accuracy(learnt[-1]) > 0.9
    assert problem.validation_accuracy(learnt).shape == (2,)
    assert adding_network().validation_accuracy is None


def test_the_gradient_of_a_deep_sigmoid_network_vanishes_and_that_of_a_relu_network_does_not():
    shares = {}
    for activation in ("sigmoid", "relu"):
        problem = digits_network((32,) * 6, activation)
        slopes = views(problem.grad(problem.start), problem.parts)
        shares[activation] = np.linalg.norm(slopes["W1"]) / np.linalg.norm(slopes["W7"])
    assert shares["sigmoid"] < 0.001
    assert shares["relu"] > 0.1


def test_at_zero_the_regressions_on_words_know_nothing():
    assert austen_logistic().loss(austen_logistic().start) == pytest.approx(np.log(2))
    assert austen_softmax().loss(austen_softmax().start) == pytest.approx(np.log(6))


def test_most_coordinates_of_a_gradient_on_words_are_zero():
    problem = austen_logistic()
    grad = problem.grad(problem.start + 0.01, batch=np.arange(8))
    assert 0.7 < np.mean(grad == 0) < 1


def test_the_next_character_is_learnt_and_at_first_all_27_are_about_equally_likely():
    problem = character_network("elman", width=8, length=4)
    learnt = run("adam", problem, steps=60, every=60, batch_size=32, lr=0.01)
    assert learnt.loss[0] == pytest.approx(np.log(27), rel=0.05)
    assert problem.validation_loss(learnt.theta[-1]) < 2.9
    assert 0.1 < problem.validation_accuracy(learnt.theta[-1]) < 0.5


def test_what_no_network_has_is_refused_in_words():
    with pytest.raises(ValueError, match="activation must be one of relu, tanh, sigmoid; got 'gelu'"):
        perceptron(diabetes(), activation="gelu", name="", title="")
    with pytest.raises(ValueError, match="cell must be 'elman' or 'gru'; got 'lstm'"):
        adding_network("lstm")
    with pytest.raises(ValueError, match="There is no novel 'Lady Susan'; there are: Sense and"):
        austen_logistic(("Emma", "Lady Susan"))
