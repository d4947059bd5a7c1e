"""The widget: every control moves, and what is sent is what run gives."""

import base64
import json
import subprocess
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, explore
from optcourse.pictures.engine.controls import SURFACES
from optcourse.pictures.explore.widget import Explorer
from optcourse.problems import Problem, quadratic
from optcourse.running import run

PLANAR = [name for name in RULES if name != "muon"]  # muon moves matrices, and a point of the plane is none
CASES = [(rule, problem) for rule in PLANAR for problem in SURFACES]


def floats(data: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, "<f4")


def control(picture: Explorer, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in picture.controls if one["name"] == name)
    return found


def expected_path(picture: Explorer, rule: str) -> np.ndarray[Any, Any]:
    """The path by `run`, read from where the controls stand."""
    at = picture.frame["values"]
    problem: str | Problem = at["problem"] if at["problem"] != "quadratic" else quadratic(at["condition"])
    examples = 64 if at["problem"] == "regression" else 0
    found = run(
        rule,
        problem,
        steps=int(at["steps"]),
        start=(at["x"], at["y"]),
        batch_size=int(at["batch"]) if 1 <= at["batch"] < examples else None,
        noise=at["noise"],
        **{name: at[name] for name in RULES[rule].hypers},
    )
    limit = float(np.finfo(np.float32).max)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(found.theta), np.clip(found.theta, -limit, limit), found.theta).astype(
            "<f4"
        )


@pytest.mark.parametrize(("rule", "problem"), CASES)
def test_every_slider_gives_the_path_of_run_at_its_minimum_default_and_maximum(
    rule: str, problem: str
) -> None:
    picture = explore(rule, problem=problem)
    assert_path(picture, rule)
    for slider in [one for one in picture.controls if one["kind"] == "slider"]:
        for value in (slider["positions"][0], slider["positions"][-1]):
            picture.asked = {"values": {slider["name"]: value}}  # the others stand where they open
            assert picture.frame["values"][slider["name"]] == value
            assert_path(picture, rule)


def assert_path(picture: Explorer, rule: str) -> None:
    """What is drawn is the path of `run`, with a loss for each point."""
    expected = expected_path(picture, rule)
    np.testing.assert_array_equal(floats(picture.frame["path"]), expected.ravel())
    assert len(floats(picture.frame["loss"])) == len(expected)


@pytest.mark.parametrize("rule", PLANAR)
def test_every_problem_on_the_menu_can_be_chosen(rule: str) -> None:
    picture = explore(rule)
    for problem in SURFACES:
        picture.asked = {"values": {"problem": problem}}
        assert picture.frame["values"]["problem"] == problem
        assert control(picture, "condition")["hidden"] == (problem != "quadratic")
        assert control(picture, "batch")["hidden"] == (problem != "regression")
        assert picture.background.startswith("data:image/png;base64,")
        (x0, x1), (y0, y1) = picture.frame["view"]
        assert x0 <= picture.frame["values"]["x"] <= x1
        assert y0 <= picture.frame["values"]["y"] <= y1


@pytest.mark.parametrize("rule", PLANAR)
def test_a_sliders_positions_rise_and_hold_its_ends_and_its_default(rule: str) -> None:
    for slider in explore(rule).controls:
        if slider["kind"] != "slider":
            continue
        assert all(low < high for low, high in pairwise(slider["positions"]))
        assert slider["opening"] in slider["positions"]
        if slider["name"] in RULES[rule].hypers:
            hyper = RULES[rule].hypers[slider["name"]]
            assert {*hyper.slider, hyper.default} <= set(slider["positions"])


def test_reset_goes_back_to_where_the_picture_opened() -> None:
    picture = explore("adam", lr=0.2, condition=25)
    opened = picture.frame
    picture.move(lr=0.01, problem="rosenbrock")
    picture.asked = {"serial": 7, "values": {}}
    assert picture.frame == {**opened, "serial": 7}


def test_the_answer_carries_the_serial_number_of_the_question() -> None:
    picture = explore("gd")
    picture.asked = {"serial": 3, "values": picture.frame["values"]}
    assert picture.frame["serial"] == 3


def test_a_problem_of_ones_own_heads_the_menu_and_is_drawn() -> None:
    given = quadratic(50, angle=30)
    picture = explore("gd", problem=given, lr=0.01)
    assert picture.frame["values"]["condition"] == 50
    assert np.array_equal(
        floats(picture.frame["path"])[2:4], run("gd", given, lr=0.01).theta[1].astype("<f4")
    )


def test_an_unknown_slider_and_a_bad_value_are_refused_with_a_way_out() -> None:
    with pytest.raises(TypeError, match="did you mean 'beta"):
        explore("adam", beta=0.9)
    with pytest.raises(ValueError, match="beta1 must lie in"):
        explore("adam", beta1=1.5)
    with pytest.raises(ValueError, match="did you mean adam"):
        explore("adm")
    with pytest.raises(ValueError, match="muon: theta must be a matrix"):
        explore("muon", problem="rosenbrock")


def test_losses_are_sent_as_logarithms_that_stay_finite_where_float32_would_not() -> None:
    picture = explore("gd", lr=1)
    loss = floats(picture.frame["loss"])
    assert picture.frame["diverged"] == 161
    assert np.isfinite(loss[:161]).all()
    assert loss[160] > 300
    assert np.isfinite(floats(picture.frame["path"])[: 2 * 161]).all()


@pytest.mark.parametrize(
    ("rule", "problem"),
    [*((rule, "quadratic") for rule in PLANAR), ("gd", "rosenbrock"), ("gd", "regression")],
)
def test_the_output_holds_a_view_a_small_still_and_the_same_text_each_time(rule: str, problem: str) -> None:
    first, again = explore(rule, problem=problem), explore(rule, problem=problem)
    data, _ = first._repr_mimebundle_()
    still = base64.b64decode(data["image/png"])
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert still.startswith(b"\x89PNG")
    assert len(still) < 100_000
    assert data["text/plain"] == repr(first) == repr(again)
    assert first.model_id not in data["text/plain"]
    assert RULES[rule].title in data["text/plain"]
    assert "200 steps" in data["text/plain"]


def test_the_state_that_a_notebook_saves_is_json_and_small() -> None:
    state = explore("adam", problem="rosenbrock")
    size = len(json.dumps(state.get_state(), default=lambda data: base64.b64encode(data).decode()))
    assert size < 200_000


def test_importing_optcourse_does_not_load_what_pictures_need() -> None:
    heavy = ("matplotlib", "ipywidgets", "anywidget", "IPython")
    code = f"import optcourse, sys; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
