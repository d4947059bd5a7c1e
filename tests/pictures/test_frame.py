"""What a picture shows and says, for functions that are right, wrong, unfinished or broken."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, explore
from optcourse.arrays import Array, State
from optcourse.pictures.engine.frame import Setting, frame
from optcourse.problems import Problem, linear_regression, quadratic, rosenbrock
from optcourse.running import run

ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def setting(problem: Problem | None = None, steps: int = 50, **hypers: float) -> Setting:
    problem = problem or quadratic()
    x, y = problem.start
    return Setting(problem, (float(x), float(y)), steps, hypers or ADAM)


def adam_named(function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = "adam_step"
    return function


def stub(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    raise NotImplementedError


def unfinished(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta - m_hat, state  # type: ignore[name-defined]  # noqa: F821


def forgets_to_return(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    theta = theta - grad


def returns_theta_only(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta - grad


def returns_scalar_theta(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return 0.5, state


def returns_words(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return "theta", state


def drops_the_state(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta, state[:2]


def returns_dict_state(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta, {"m": 1, "v": 2, "t": 3}


def shrinks_m(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    m, v, t = state
    return theta, (m[:1], v, t)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (stub, "adam_step is not written yet"),
        (unfinished, "raised NameError: name 'm_hat' is not defined"),
        (unfinished, "return theta - m_hat, state"),
        (forgets_to_return, "returned None"),
        (returns_theta_only, "returned ndarray in place of the pair"),
        (returns_scalar_theta, "theta of shape ()"),
        (returns_words, "returned str as theta"),
        (drops_the_state, "a tuple of 2 as the state"),
        (returns_dict_state, "dict as the state"),
        (shrinks_m, "part 1 of the state with shape (1,)"),
    ],
)
def test_a_function_that_fails_shows_the_reference_and_says_why(
    function: Callable[..., Any], words: str
) -> None:
    drawn = frame(adam_named(function), setting())
    assert words in drawn.note
    assert "the path of the reference in its place" in drawn.note
    assert "Traceback" not in drawn.note
    assert drawn.whose == "the reference"
    np.testing.assert_array_equal(drawn.shown.theta, run("adam", quadratic(), steps=50, **ADAM).theta)


@pytest.mark.parametrize("name", [name for name in RULES if name != "muon"])
@pytest.mark.parametrize("problem", [quadratic(), rosenbrock(), linear_regression()], ids=lambda p: p.name)
def test_a_frame_is_what_run_gives(name: str, problem: Problem) -> None:
    hypers = {hyper.name: hyper.probe for hyper in RULES[name].hypers.values()}
    drawn = frame(name, setting(problem, **hypers))
    expected = run(name, problem, steps=50, keep_states=True, **hypers)
    np.testing.assert_array_equal(drawn.shown.theta, expected.theta)
    np.testing.assert_array_equal(drawn.shown.loss, expected.loss)
    assert drawn.ghost is None
    assert drawn.note == ""
    for part, trace in drawn.traces.items():
        np.testing.assert_array_equal(trace, expected.grads if part == "grad" else expected.states[part])


def test_a_wrong_function_is_drawn_beside_the_reference() -> None:
    wrong = adam_named(RULES["adam"].mistakes["v-not-corrected"].function)
    drawn = frame(wrong, setting())
    assert drawn.ghost is not None
    np.testing.assert_array_equal(drawn.ghost.theta, run("adam", quadratic(), steps=50, **ADAM).theta)
    assert not np.allclose(drawn.shown.theta, drawn.ghost.theta)
    assert drawn.note.startswith("Your adam_step (solid) and the reference (dashed) part at step 1")
    assert not drawn.right


@pytest.mark.parametrize("lr", [1e-3, 0.03, 0.3, 1.0])
@pytest.mark.parametrize("beta1", [0.0, 0.9])
@pytest.mark.parametrize("problem", [quadratic(), rosenbrock(), linear_regression()], ids=lambda p: p.name)
def test_a_right_function_in_another_spelling_has_no_ghost_even_where_rounding_grows(
    lr: float, beta1: float, problem: Problem
) -> None:
    def adam_step(
        theta: Array, grad: Array, state: State, *, lr: float, beta1: float, beta2: float, eps: float
    ) -> Any:
        m, v, t = state
        t = t + 1
        m = m + (1 - beta1) * (grad - m)
        v = v + (1 - beta2) * (grad * grad - v)
        return theta - lr * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps), (m, v, t)

    drawn = frame(adam_step, setting(problem, 500, lr=lr, beta1=beta1, beta2=0.999, eps=1e-8))
    assert drawn.ghost is None
    assert drawn.whose == "your adam_step"
    assert drawn.note == "Your adam_step takes the reference's path."
    assert drawn.right


@pytest.mark.parametrize(
    ("lr", "steps", "words"),
    [
        (1.0, 200, "Diverges: from step 161 on, theta or the loss is no longer a finite number."),
        (0.21, 200, "Diverges: the path leaves the picture and ends at"),
        (0.1, 200, "The path ends at (0, 0) after 200 steps, loss 19.25 -> less than 1e-9."),
    ],
)
def test_divergence_is_said_in_words(lr: float, steps: int, words: str) -> None:
    assert frame("gd", setting(steps=steps, lr=lr)).outcome.startswith(words)


def test_a_problem_that_cannot_be_drawn_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="769 parameters; a picture needs a problem of two"):
        explore("gd", problem="diabetes")
