"""Every callback, at its minimum, default, maximum and at random: an answer comes, and it is the right one."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optcourse import RULES, clinic, compare, explore, landscape, predict, quiz, run
from optcourse.pictures.clinic.widget import Clinic
from optcourse.pictures.compare.widget import Comparison
from optcourse.pictures.engine.controls import Menu, Slider
from optcourse.pictures.explore.widget import Explorer
from optcourse.pictures.landscape.model import ACROSS, UP
from optcourse.pictures.landscape.widget import Landscape
from optcourse.pictures.predict.widget import Prediction
from optcourse.problems import linear_regression, matrix_bowl, parabola, quadratic, rosenbrock

NAMES: dict[str, Any] = {
    "run": run,
    "RULES": RULES,
    "quadratic": quadratic,
    "rosenbrock": rosenbrock,
    "matrix_bowl": matrix_bowl,
    "linear_regression": linear_regression,
    "parabola": parabola,
}
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Made for the first test that needs it, and not by whoever only collects.
MADE: dict[str, Callable[[], Any]] = {
    **{rule: partial(explore, rule) for rule in RULES},
    "comparison": lambda: compare(
        ["gd", "adam", ("momentum", {"beta": 0.5}), ("sgd", {"batch_size": 4})], steps=40
    ),
    "comparison of matrices": lambda: compare(["muon", "adam"], steps=40),
    "map": lambda: landscape("adam", steps=30),
    "prediction": lambda: predict("momentum", lr=0.05),
    "number": lambda: predict("adam", lr=0.1, quantity="steps to 1e-3"),
    "clinic": lambda: clinic(seed=5),
}


@cache
def made(name: str) -> Any:
    """The picture that all examples of a test move."""
    return MADE[name]()


def check_explorer(picture: Explorer) -> None:
    """The frame holds the path of the line of code beside it, and as many records as steps."""
    path = np.frombuffer(picture.frame["path"], "<f4").reshape(-1, 2)
    now = picture._now
    assert len(path) == now.setting.steps + 1 == len(np.frombuffer(picture.frame["loss"], "<f4"))
    again = eval(picture.frame["code"], NAMES)
    theta = again.theta
    if theta.shape[-1] == 4:
        theta = theta @ matrix_bowl().plane.T
    width = theta.shape[-1]  # a curve's second number is its loss
    np.testing.assert_array_equal(theta, now.shown.theta[:, :width])
    assert picture.frame["outcome"]


@pytest.mark.parametrize("rule", RULES)
@FEW
@given(data=st.data())
def test_explore_answers_wherever_its_controls_stand(rule: str, data: st.DataObject) -> None:
    picture: Explorer = made(rule)
    controls, _, _ = picture._at({})
    menu = next(one for one in controls if isinstance(one, Menu))
    values: dict[str, Any] = {"problem": data.draw(st.sampled_from([value for value, _ in menu.options]))}
    controls, _, _ = picture._at(values)
    for one in controls:
        if isinstance(one, Slider) and not one.hidden and data.draw(st.booleans()):
            ends = st.sampled_from([one.positions[0], one.opening, one.positions[-1]])
            values[one.name] = data.draw(ends | st.sampled_from(one.positions))
    picture.asked = {"serial": 1, "values": values}
    assert {name: picture.frame["values"][name] for name in values} == values
    check_explorer(picture)


@pytest.mark.parametrize("name", ["comparison", "comparison of matrices"])
@FEW
@given(data=st.data())
def test_compare_answers_wherever_its_learning_rates_stand(name: str, data: st.DataObject) -> None:
    picture: Comparison = made(name)
    rates = {}
    for number, one in enumerate(picture.scene["entrants"]):
        positions = one["rates"]["positions"]
        ends = st.sampled_from([positions[0], one["rates"]["at"], positions[-1]])
        rates[str(number)] = data.draw(ends | st.sampled_from(positions))
    picture.asked = {"serial": 2, "lr": rates}
    assert picture.scene["serial"] == 2
    for number, one in enumerate(picture.scene["entrants"]):
        assert one["rates"]["at"] == rates[str(number)]
        setting = picture._now[number].setting
        assert setting.hypers["lr"] == rates[str(number)]
        assert len(one["path"]) == 2 * len(one["loss"]) == 2 * 4 * 41


@FEW
@given(row=st.sampled_from([0, UP - 1]) | st.integers(0, UP - 1),
       column=st.sampled_from([0, ACROSS - 1]) | st.integers(0, ACROSS - 1))  # fmt: skip
def test_landscape_answers_for_every_cell(row: int, column: int) -> None:
    picture: Landscape = made("map")
    picture.asked = {"serial": 3, "row": row, "column": column}
    assert (picture.cell["row"], picture.cell["column"], picture.cell["serial"]) == (row, column, 3)
    axes = picture._made.x, picture._made.y
    hypers = {axes[0].name: axes[0].values[column], axes[1].name: axes[1].values[row]}
    found = run("adam", "quadratic", steps=30, **{"lr": 0.0316, **hypers})
    np.testing.assert_array_equal(
        np.frombuffer(picture.cell["path"], "<f4"), found.theta.astype("<f4").ravel()
    )


@FEW
@given(data=st.data())
def test_every_position_of_a_predictions_slider_is_the_path_of_run(data: st.DataObject) -> None:
    strip = made("prediction").strip
    position = data.draw(st.integers(0, len(strip["positions"]) - 1))
    paths = np.frombuffer(strip["paths"], "<f4").reshape(len(strip["positions"]), -1, 2)
    found = run("momentum", "quadratic", steps=strip["steps"], lr=strip["positions"][position])
    limit = float(np.finfo(np.float32).max)
    finite = np.isfinite(found.theta).all(axis=-1)
    expected = np.clip(found.theta[finite], -limit, limit)
    np.testing.assert_allclose(paths[position][finite], expected, rtol=1e-5, atol=1e-9)
    assert strip["kinds"][position] in ("converge", "oscillate", "diverge")


@FEW
@given(guess=st.floats(1e-9, 1e9) | st.just("never"), right=st.booleans())
def test_every_answer_to_a_prediction_is_taken(guess: Any, right: bool) -> None:
    picture: Prediction = made("number")
    picture.answered = {"given": str(guess), "said": guess, "right": right}
    assert picture.note == ""
    picture.answered = {}


@FEW
@given(number=st.integers(1, 40), choice=st.integers(0, 3), shown=st.booleans())
def test_every_patient_comes_and_every_choice_is_taken(number: int, choice: int, shown: bool) -> None:
    picture: Clinic = made("clinic")
    picture.asked = {"serial": 4, "number": number}
    assert (picture.case["serial"], picture.case["number"]) == (4, number)
    assert 0 <= picture.case["right"] < len(picture.case["options"])
    picture.answered = {
        "choice": choice,
        "tries": 1,
        "right": choice == picture.case["right"],
        "shown": shown,
    }
    assert picture.note == ""


@pytest.mark.parametrize("given_answer", [[], [0], [1], [0, 1], "3.16", "much"])
def test_every_answer_to_a_quiz_is_taken(given_answer: Any) -> None:
    picture = quiz("Which?", {"a": "It is.", "b": "It is not."}, right="a")
    picture.answered = {"given": given_answer, "tries": 1, "right": False}
    assert picture.note == ""
