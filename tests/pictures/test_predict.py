"""What is true of a path: theory and run agree, and what is sent is what run gives."""

import base64
import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse import RULES, predict
from optcourse.pictures.predict.behaviour import (
    behaviour,
    from_run,
    from_theory,
    hessian,
    multipliers,
    swings,
)
from optcourse.problems import linear_regression, problem_named, quadratic, rosenbrock
from optcourse.running import run

LINEAR = ["slope", "gd", "sgd", "minibatch", "momentum", "nesterov"]
START = np.array([-4.0, 1.5])


def floats(data: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, "<f4")


def theory(rule: str, condition: float, angle: float = 0.0, **hypers: float) -> str:
    form = RULES[rule]
    found = multipliers(form, form.function, quadratic(condition, angle), START, hypers)
    assert found is not None
    return from_theory(found).kind


@given(
    condition=st.floats(1, 100),
    product=st.floats(0.01, 3),
    angle=st.sampled_from([0.0, 30.0, 45.0, 80.0]),
)
def test_descent_on_a_bowl_converges_swings_or_diverges_as_lr_times_curvature_says(
    condition: float, product: float, angle: float
) -> None:
    lr = product / condition
    products = [lr, lr * condition]
    if min(abs(edge - one) for one in products for edge in (1.0, 2.0)) < 1e-6:
        return
    expected = "diverge" if product > 2 else "oscillate" if product > 1 else "converge"
    assert theory("gd", condition, angle, lr=lr) == expected


@pytest.mark.parametrize("angle", [0, 35])
@pytest.mark.parametrize("condition", [1, 3, 10, 40])
@pytest.mark.parametrize("product", [0.05, 0.3, 0.7, 0.9, 1.1, 1.3, 1.5, 1.8, 1.95, 2.05, 2.1, 2.5, 4, 30])
def test_the_run_of_descent_shows_what_theory_says(product: float, condition: float, angle: float) -> None:
    problem = quadratic(condition, angle)
    path = run("gd", problem, steps=400, start=START, lr=product / condition)
    assert from_run(path, problem).kind == theory("gd", condition, angle, lr=product / condition)


def near_a_border(rule: str, lr: float, beta: float) -> bool:
    """Whether a run can't tell on which side it is: a multiplier of size 1, or a swing that all but fades."""
    form = RULES[rule]
    found = multipliers(form, form.function, quadratic(10), START, {"lr": lr, "beta": beta})
    assert found is not None
    every = np.concatenate(list(found.values()))
    turns = np.abs(np.angle(every)) / (2 * np.pi)
    left = [size ** (1 / turn) for size, turn in zip(np.abs(every), turns, strict=True) if turn > 1e-9 < size]
    return abs(np.abs(every).max() - 1) < 0.02 or any(1e-4 < one < 1e-2 for one in left)


GRID = list(product(["momentum", "nesterov"], [0.01, 0.03, 0.1, 0.17, 0.3, 0.6], [0.0, 0.2, 0.5, 0.7]))
CLEAR = [setting for setting in GRID if not near_a_border(*setting)]


def test_most_settings_of_momentum_are_clear_of_a_border() -> None:
    assert len(CLEAR) == len(GRID) - 13


@pytest.mark.parametrize(("rule", "lr", "beta"), CLEAR)
def test_the_run_of_momentum_shows_what_theory_says(rule: str, lr: float, beta: float) -> None:
    problem, form = quadratic(10), RULES[rule]
    found = multipliers(form, form.function, problem, START, {"lr": lr, "beta": beta})
    assert found is not None
    path = run(rule, problem, steps=600, start=START, lr=lr, beta=beta)
    assert from_run(path, problem).kind == from_theory(found).kind


@pytest.mark.parametrize("rule", RULES)
def test_theory_is_used_for_linear_rules_alone(rule: str) -> None:
    form = RULES[rule]
    found = multipliers(form, form.function, quadratic(10), START, {"lr": 0.05})
    assert (found is not None) == (rule in LINEAR)


def test_multipliers_of_descent_are_one_minus_lr_times_curvature() -> None:
    form = RULES["gd"]
    found = multipliers(form, form.function, quadratic(10), START, {"lr": 0.19})
    assert found is not None
    assert [round(float(values[0].real), 9) for values in found.values()] == [0.81, -0.9]


def test_a_direction_in_which_the_path_starts_at_the_minimum_does_not_count() -> None:
    form = RULES["gd"]
    told = behaviour(
        form,
        form.function,
        quadratic(10),
        np.array([3.0, 0.0]),
        {"lr": 0.5},
        run("gd", quadratic(10), start=(3.0, 0.0), steps=9, lr=0.5),
    )
    assert told.kind == "converge"


def test_a_direction_without_a_slope_does_not_count_and_no_rounding_error_is_told_as_a_curvature() -> None:
    x = np.outer(np.arange(1.0, 9.0), [0.3, 0.7])  # of rank 1
    picture = predict("gd", problem=linear_regression(x, x @ np.ones(2)), lr=0.01)
    assert "along curvature" in picture.asked["why"]
    assert "e-" not in picture.asked["why"]
    assert ";" not in picture.asked["why"]


def test_a_start_at_the_minimum_is_no_error() -> None:
    assert predict("gd", start=(0.0, 0.0), lr=0.1).asked["truth"] == "converge"


def test_bowls_are_known_by_their_gradient() -> None:
    assert np.allclose(hessian(quadratic(7)), np.diag([1, 7]))
    assert hessian(linear_regression()) is not None
    assert hessian(rosenbrock()) is None


def test_one_change_of_sides_is_an_overshoot_and_two_are_a_swing() -> None:
    bowl = quadratic(1)
    once = np.array([[1.0, 1.0], [-0.5, 0.5], [-0.1, 0.1]])
    twice = np.array([[1.0, 1.0], [-0.5, 0.5], [0.1, 0.1]])
    invisible = np.array([[1.0, 1.0], [-5e-4, 0.5], [5e-4, 0.1], [-5e-4, 0.1]])
    assert [swings(path, bowl)[0] for path in (once, twice, invisible)] == [1, 2, 0]


CASES = {
    "converge": {"lr": 0.05},
    "oscillate": {"lr": 0.19},
    "diverge": {"lr": 0.21},
}


@pytest.mark.parametrize("answer", CASES)
def test_the_question_holds_its_answer_and_says_why_with_the_multipliers(answer: str) -> None:
    asked = predict("gd", problem=quadratic(10), **CASES[answer]).asked
    assert asked["truth"] == answer
    assert "curvature 10" in asked["why"]


NUMBERS = [
    ("steps to 1e-3", {"lr": 0.1}, 43),
    ("steps to 100", {"lr": 0.1}, 0),
    ("steps to 1e-3", {"lr": 0.3}, "never"),
    ("loss after 1", {"lr": 0.1}, 0.5 * 3.6**2),
    ("loss after 2000", {"lr": 1.0}, "never"),
]


@pytest.mark.parametrize(("quantity", "hypers", "truth"), NUMBERS)
def test_a_number_is_that_of_the_run(quantity: str, hypers: dict[str, float], truth: Any) -> None:
    asked = predict("gd", problem=quadratic(10), quantity=quantity, **hypers).asked
    assert asked["truth"] == (truth if isinstance(truth, str) else pytest.approx(truth))
    json.dumps(asked, allow_nan=False)


@pytest.mark.parametrize(
    ("rule", "free"), [("gd", "lr"), ("momentum", "beta"), ("adam", "beta2"), ("adam", "lr")]
)
@pytest.mark.parametrize("problem", ["quadratic", "rosenbrock", "regression"])
def test_each_position_of_the_slider_has_the_path_of_run(rule: str, free: str, problem: str) -> None:
    picture = predict(rule, problem=problem, free=free, lr=0.002)
    strip = picture.strip
    paths = floats(strip["paths"]).reshape(len(strip["positions"]), -1, 2)
    losses = floats(strip["losses"]).reshape(len(strip["positions"]), -1)
    limit = np.finfo(np.float32).max
    for number in {0, strip["opening"], len(strip["positions"]) - 1}:
        hypers = {**picture._scene.hypers, free: strip["positions"][number]}
        alone = run(rule, problem_named(problem), steps=strip["steps"], **hypers)
        diverged = -1 if alone.diverged is None else alone.diverged
        upto = None if diverged < 0 else diverged
        np.testing.assert_allclose(
            paths[number][:upto], np.clip(alone.theta[:upto], -limit, limit), rtol=1e-5, atol=1e-9
        )
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(
                losses[number][:upto], np.log10(alone.loss[:upto]), rtol=1e-4, atol=1e-4
            )
        assert strip["diverged"][number] == diverged
    assert len(strip["kinds"]) == len(strip["outcomes"]) == len(strip["positions"])


def test_the_slider_opens_where_the_question_stands() -> None:
    strip = predict("gd", lr=0.19).strip
    assert strip["positions"][strip["opening"]] == 0.19
    assert strip["kinds"][strip["opening"]] == "oscillate"


def gd_step(theta: Any, grad: Any, state: Any, *, lr: float = 1e-3) -> Any:
    return theta - 2 * lr * grad, state


def test_ones_own_step_is_what_is_asked_about_and_the_question_says_so() -> None:
    asked = predict(gd_step, lr=0.06).asked
    assert asked["truth"] == "oscillate"
    assert asked["note"] == "This runs your gd_step."


def test_a_step_not_written_or_failing_gives_way_to_the_reference_and_says_so() -> None:
    def adam_step(theta: Any, grad: Any, state: Any, **hypers: float) -> Any:
        raise NotImplementedError

    def momentum_step(theta: Any, grad: Any, state: Any, **hypers: float) -> Any:
        return theta / hypers["missing"], state

    assert "adam_step is not written yet" in predict(adam_step).asked["note"]
    assert "momentum_step raised KeyError" in predict(momentum_step).asked["note"]


def test_the_output_holds_a_view_a_small_still_and_the_same_text_without_the_answer() -> None:
    first, again = predict("gd", lr=0.19), predict("gd", lr=0.19)
    data, _ = first._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert len(base64.b64decode(data["image/png"])) < 60_000
    assert data["text/plain"] == repr(again)
    assert "curvature" not in data["text/plain"]
    still = predict("gd", lr=0.05)._repr_mimebundle_()[0]["image/png"]
    assert still == data["image/png"]  # of another answer


def test_the_state_that_a_notebook_saves_is_small() -> None:
    state = predict("adam", problem="rosenbrock").get_state()
    size = len(json.dumps(state, default=lambda data: base64.b64encode(data).decode()))
    assert size < 250_000


WRONG = [
    ({"quantity": "steps"}, "quantity must be"),
    ({"quantity": "loss after 0.5"}, "quantity must be"),
    ({"quantity": "steps to nan"}, "quantity must be"),
    ({"free": "beta"}, "free must be a hyper of gd"),
    ({"problem": "diabetes"}, "769 parameters"),
    ({"lr": -1}, "lr must lie in"),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG)
def test_what_cannot_be_asked_is_refused_with_a_way_out(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        predict("gd", **arguments)
