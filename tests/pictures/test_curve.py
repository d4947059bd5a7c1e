"""A problem of one parameter is drawn as the curve of its loss, and runs as it is."""

import re
from typing import Any

import numpy as np
import pytest

from optcourse import compare, explore, predict, run
from optcourse.pictures.engine.strips import strip
from optcourse.problems import parabola


def slope_step(theta: Any, grad: Any, state: Any, *, lr: float) -> Any:
    return theta - lr * grad, state


def path(picture: Any) -> Any:
    return np.frombuffer(picture.frame["path"], "<f4").reshape(-1, 2)


@pytest.mark.parametrize(("curvature", "lr"), [(4.0, 0.1), (2.0, 0.7), (4.0, 0.6)])
def test_the_path_is_the_run_s_theta_beside_its_loss(curvature: float, lr: float) -> None:
    picture = explore(slope_step, problem=parabola(curvature), lr=lr, steps=30)
    found = run("slope", parabola(curvature), lr=lr, steps=30)
    np.testing.assert_allclose(path(picture)[:, 0], found.theta[:, 0], rtol=1e-6)
    np.testing.assert_allclose(path(picture)[:, 1], found.loss, rtol=1e-6)
    assert picture.frame["note"] == "Your slope_step takes the reference's path."
    assert picture.frame["right"]
    assert list(picture.frame["axes"]) == ["theta", "loss"]


def test_a_place_on_a_curve_is_theta_alone() -> None:
    for picture in (explore("slope", steps=30), compare(["slope", "momentum"], problem="parabola", lr=0.1)):
        assert "steps from theta = -1" in repr(picture)
        assert "(-1, 2)" not in repr(picture)
    assert re.search(
        r"ends at theta = -?[\d.]+ after 30 steps, loss 2 -> ", explore("slope", steps=30).frame["outcome"]
    )
    assert "from theta = -1 on: A parabola" in repr(predict(slope_step, lr=0.1))


def test_a_start_is_on_the_curve_wherever_it_is_dragged() -> None:
    picture = explore("slope")
    picture.move(x=0.5, y=2.0)
    np.testing.assert_allclose(path(picture)[0], [0.5, 0.5])
    assert "start=(0.5,)" in picture.frame["code"]


def test_the_slider_of_the_height_is_hidden_and_all_others_have_strips() -> None:
    picture = explore(slope_step)
    sliders = {one["name"]: one for one in picture.controls if one["kind"] == "slider"}
    assert sliders["y"]["hidden"]
    assert not sliders["x"]["hidden"]
    controls = {one.name: one for one in picture._controls_with(picture._given)}
    for name in ("lr", "x", "steps"):
        made = strip(slope_step, controls[name], picture._now)
        assert not made.parted.any()
        assert made.shown.theta.shape[-1] == 2


def test_momentum_s_state_is_drawn_with_nothing_beside_it() -> None:
    picture = explore("momentum", problem="parabola")
    (trace,) = (one for one in picture.frame["traces"] if one["name"] == "v")
    v = np.frombuffer(trace["data"], "<f4").reshape(-1, 2)
    assert np.isfinite(v[:, 0]).all()
    assert np.isnan(v[:, 1]).all()


@pytest.mark.parametrize(("lr", "answer"), [(0.1, "converge"), (0.4, "oscillate"), (0.6, "diverge")])
def test_predict_has_the_theory_of_one_parameter(lr: float, answer: str) -> None:
    assert predict(slope_step, lr=lr)._truth.answer == answer


def test_compare_draws_rules_on_one_curve() -> None:
    picture = compare(["slope", ("momentum", {"beta": 0.8})], lr=0.1)
    assert "A parabola, curvature 4" in repr(picture)
