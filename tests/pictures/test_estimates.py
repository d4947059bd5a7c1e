"""A learner's own estimate of the gradient, sgd_grad or minibatch_grad, moves the picture."""

from typing import Any

import numpy as np
import pytest

from optcourse import compare, explore, landscape, run
from optcourse.arrays import Array
from optcourse.pictures.engine.strips import strip
from tests.pictures.test_strips import sliders


def sgd_grad(theta: Array, x: Array, y: Any) -> Any:
    return (theta @ x - y) * x


def minibatch_grad(theta: Array, x: Array, y: Array) -> Any:
    return x.T @ (x @ theta - y) / len(y)


def wrong(theta: Array, x: Array, y: Any) -> Any:
    return 2 * (theta @ x - y) * x


wrong.__name__ = "sgd_grad"


def stub(theta: Array, x: Array, y: Array) -> Any:
    raise NotImplementedError


def raises(theta: Array, x: Array, y: Array) -> Any:
    return theta @ residual  # type: ignore[name-defined]  # noqa: F821


def forgets(theta: Array, x: Array, y: Array) -> Any:
    x @ theta - y


def returns_batch(theta: Array, x: Array, y: Array) -> Any:
    return x


@pytest.mark.parametrize("batch_size", [None, 1, 5, 64])
@pytest.mark.parametrize("estimate", [sgd_grad, minibatch_grad])
def test_a_right_estimate_gives_the_path_of_the_problems_own_gradient(
    estimate: Any, batch_size: int | None
) -> None:
    sweep = {"lr": [0.01, 0.1], "seed": 3}
    own = run("gd", "regression", steps=40, batch_size=batch_size, estimate=estimate, **sweep)  # type: ignore[arg-type]
    reference = run("gd", "regression", steps=40, batch_size=batch_size, **sweep)  # type: ignore[arg-type]
    np.testing.assert_allclose(own.theta, reference.theta, rtol=1e-9)


def test_an_estimate_needs_examples_and_must_give_a_gradient() -> None:
    with pytest.raises(ValueError, match="quadratic has no examples for sgd_grad"):
        run("sgd", "quadratic", estimate=sgd_grad)
    with pytest.raises(ValueError, match=r"gradient of theta's shape, \(2,\); got \(8, 2\)"):
        run("minibatch", "regression", batch_size=8, estimate=returns_batch)


@pytest.mark.parametrize(
    ("estimate", "rule", "words"),
    [
        (sgd_grad, "sgd", "Your sgd_grad takes the reference's path."),
        (minibatch_grad, "minibatch", "Your minibatch_grad takes the reference's path."),
        (wrong, "sgd", "Your sgd_grad (solid) and the reference (dashed) part at step 1; check(sgd_grad)"),
        (stub, "sgd", "stub is not written yet"),
        (raises, "minibatch", "raises raised NameError: name 'residual' is not defined (line"),
        (forgets, "sgd", "forgets returned NoneType in place of a gradient of theta's shape, (2,)"),
        (returns_batch, "minibatch", "returned an array of shape (8, 2) in place of a gradient"),
    ],
)
def test_explore_moves_by_the_estimate_and_says_what_became_of_it(
    estimate: Any, rule: str, words: str
) -> None:
    picture = explore(rule, estimate=estimate)
    assert words in picture.frame["note"]
    assert picture.frame["code"].endswith(f"estimate={estimate.__name__})")
    own = "your" in repr(picture).splitlines()[0]
    given = {"estimate": estimate} if own else {}
    setting = picture._now.setting
    expected = run(rule, "regression", batch_size=setting.batch_size, **setting.hypers, **given)  # type: ignore[arg-type]
    np.testing.assert_array_equal(picture._now.shown.theta, expected.theta)


def test_the_function_alone_stands_for_its_rule() -> None:
    assert repr(explore(sgd_grad)) == repr(explore("sgd", estimate=sgd_grad))
    assert repr(explore(minibatch_grad)) == repr(explore("minibatch", estimate=minibatch_grad))
    assert "the reference" not in repr(
        compare([sgd_grad, ("minibatch", {"estimate": minibatch_grad})], steps=20)
    )
    assert repr(landscape(wrong, steps=20)).startswith("your sgd_grad on: Linear regression")
    with pytest.raises(TypeError, match="is an estimate of the gradient"):
        explore(sgd_grad, estimate=minibatch_grad)


def test_where_there_are_no_examples_the_estimate_is_left_out_and_the_picture_says_so() -> None:
    picture = explore(wrong)
    picture.asked = {"values": {"problem": "quadratic"}}
    assert picture.frame["note"] == "There are no examples here for your sgd_grad: this is the reference."
    assert "estimate" not in picture.frame["code"]


def test_strips_are_of_the_estimate() -> None:
    picture = explore(wrong, steps=20)
    lr = sliders(picture)["lr"]
    made = strip("sgd", lr, picture._now, wrong)
    assert made.ghost is not None
    position = len(lr.positions) // 2
    single = explore(wrong, steps=20, lr=lr.positions[position])._now.shown
    np.testing.assert_allclose(made.shown.theta[:, position], single.theta, rtol=1e-12)
