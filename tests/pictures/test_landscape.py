"""`landscape`: every cell is what run gives there, and what is said of the map is true."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optcourse import RULES, landscape
from optcourse.arrays import Array, State
from optcourse.pictures.landscape.model import ACROSS, UP
from optcourse.pictures.landscape.widget import Landscape
from optcourse.problems import quadratic
from optcourse.running import run

from .outputs import assert_view_still_and_text, size_saved

PLANAR = [name for name in RULES if name != "muon"]  # muon moves matrices, and a point of the plane is none
MOMENTUM, BOWLS, STARTS = landscape("momentum"), landscape("gd"), landscape("gd", y="start")
cells = st.tuples(st.integers(0, UP - 1), st.integers(0, ACROSS - 1))


def sent(data: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, "<f4")


def opened(picture: Landscape, row: int, column: int) -> tuple[np.ndarray[Any, Any], float, float]:
    """The path of a cell, and its values."""
    picture.asked = {"serial": 1, "row": row, "column": column}
    values = (picture.grid["x"]["values"][column], picture.grid["y"]["values"][row])
    return sent(picture.cell["path"]).reshape(-1, 2), *values


def assert_path(found: Any, expected: Any) -> None:
    """Equal but for rounding, as far as both are small enough for that to mean something."""
    small = np.abs(expected) < 1e30
    np.testing.assert_allclose(found[small], expected[small], rtol=2e-6, atol=1e-7)


@settings(max_examples=25, deadline=None)
@given(cells)
def test_a_cell_of_two_hypers_is_the_run_with_these(cell: tuple[int, int]) -> None:
    path, lr, beta = opened(MOMENTUM, *cell)
    expected = run("momentum", "quadratic", lr=lr, beta=beta)
    assert_path(path, expected.theta)
    lost = bool(sent(MOMENTUM.grid["lost"]).reshape(UP, ACROSS)[cell])
    assert lost == (not expected.loss[-1] <= expected.loss[0])
    if not lost:
        final = sent(MOMENTUM.grid["final"]).reshape(UP, ACROSS)[cell]
        assert final == pytest.approx(np.log10(max(expected.loss[-1], 1e-9)), rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(cells)
def test_a_cell_of_a_condition_number_is_the_run_on_that_bowl(cell: tuple[int, int]) -> None:
    path, lr, condition = opened(BOWLS, *cell)
    assert_path(path, run("gd", quadratic(condition), lr=lr).theta)


@settings(max_examples=15, deadline=None)
@given(cells)
def test_a_cell_of_a_start_is_the_run_from_there(cell: tuple[int, int]) -> None:
    path, lr, x = opened(STARTS, *cell)
    assert_path(path, run("gd", "quadratic", start=(x, 1.5), lr=lr).theta)


@pytest.mark.parametrize("rule", PLANAR)
def test_every_rule_has_a_landscape_over_lr_and_its_next_hyper(rule: str) -> None:
    picture = landscape(rule, steps=20)
    others = [name for name in RULES[rule].hypers if name != "lr"]
    starts = {
        "slope": "theta at the start",
        "sgd": "theta[0] at the start",
        "minibatch": "theta[0] at the start",
    }
    fallback = starts.get(rule, "condition number")
    assert picture.grid["y"]["label"] == (others[0] if others else fallback)
    assert picture.grid["x"]["label"] == "lr"
    for axis in ("x", "y"):
        assert (np.diff(picture.grid[axis]["values"]) > 0).all()


@pytest.mark.parametrize("problem", ["rosenbrock", "regression"])
def test_a_one_hyper_rule_varies_the_start_where_there_is_no_condition_number(problem: str) -> None:
    assert landscape("gd", problem=problem, steps=10).grid["y"]["label"] == "theta[0] at the start"


def test_the_best_cell_arrives_first_and_opens() -> None:
    arrived = sent(MOMENTUM.grid["arrived"]).reshape(UP, ACROSS)
    picture = landscape("momentum")
    row, column = picture.grid["best"]
    assert (picture.cell["row"], picture.cell["column"]) == (row, column)
    assert arrived[row, column] == arrived[arrived >= 0].min()
    assert f"Best: {picture.cell['words']}" in repr(picture)


def test_a_noisy_path_that_passes_the_minimum_by_is_not_the_best() -> None:
    picture = landscape("sgd")
    row, column = picture.grid["best"]
    final = sent(picture.grid["final"]).reshape(UP, ACROSS)
    assert final[row, column] < np.median(final)


def test_the_counts_in_the_summary_are_those_of_the_map() -> None:
    lost, arrived = sent(MOMENTUM.grid["lost"]), sent(MOMENTUM.grid["arrived"])
    reach = f"Of {UP * ACROSS}, {(arrived >= 0).sum()} reach a thousandth of the first loss"
    assert f"{reach}; {int(lost.sum())} diverge" in repr(MOMENTUM)


def test_a_diverging_cell_says_so() -> None:
    opened(MOMENTUM, 0, ACROSS - 1)
    assert "diverges; from step 161 on" in MOMENTUM.cell["words"]
    assert MOMENTUM.cell["diverged"] == 161


def test_where_everything_diverges_there_is_still_a_picture() -> None:
    picture = landscape(RULES["gd"].mistakes["ascends"])
    assert sent(picture.grid["lost"]).all()
    assert "Best" not in repr(picture)
    assert all(low < high for low, high in picture.grid["ends"].values())
    picture._repr_mimebundle_()


def named(function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = "momentum_step"
    return function


def stub(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    raise NotImplementedError


def unfinished(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta - hypers["rate"] * grad, state


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (stub, "momentum_step is not written yet: this is the reference in its place."),
        (unfinished, "momentum_step raised KeyError: 'rate'"),
    ],
)
def test_a_function_that_fails_is_replaced_by_its_reference_which_says_so(
    function: Callable[..., Any], words: str
) -> None:
    picture = landscape(named(function))
    assert picture.grid["note"].startswith(words)
    assert picture.grid["title"].startswith("the reference momentum on: ")
    assert picture.grid["final"] == MOMENTUM.grid["final"]


def test_a_function_that_takes_no_arrays_has_the_same_map() -> None:
    def momentum_step(theta: Array, grad: Array, state: State, *, lr: float, beta: float) -> Any:
        if lr > 0.5:  # an array has no single truth
            pass
        (b,) = state
        b = beta * b + grad
        return theta - lr * b, (b,)

    picture = landscape(momentum_step, steps=30)
    reference = landscape("momentum", steps=30)
    assert picture.grid["title"].startswith("your momentum_step")
    assert picture.grid["note"] == ""
    np.testing.assert_allclose(sent(picture.grid["final"]), sent(reference.grid["final"]), rtol=1e-5)


@pytest.mark.parametrize(
    ("rule", "options", "error", "words"),
    [
        ("adam", {"x": "beta"}, ValueError, "did you mean 'beta"),
        ("adam", {"y": "lr"}, ValueError, "x and y must differ"),
        ("gd", {"x": "condition"}, ValueError, "the condition number goes upwards"),
        (
            "gd",
            {"y": "condition", "problem": "rosenbrock"},
            ValueError,
            "no axis 'condition' for gd on rosen",
        ),
        ("adam", {"lr": 0.1}, TypeError, "lr is varied along an axis already"),
        ("adam", {"eps": [1, 2]}, TypeError, "eps must be a number"),
        ("adam", {"beta2": 2}, ValueError, "beta2 must lie in"),
        ("adam", {"show": "time"}, ValueError, "show must be 'loss' or 'steps'"),
        ("adam", {"steps": 10_000}, ValueError, "steps must be between"),
        ("adam", {"start": (1, 2, 3)}, ValueError, "start must be two numbers"),
        ("adam", {"problem": "diabetes"}, ValueError, "a picture needs a problem of two"),
        ("muon", {"problem": "quadratic"}, ValueError, "theta must be a matrix"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_way_out(
    rule: str, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        landscape(rule, **options)


@pytest.mark.parametrize(
    ("rule", "options"),
    [("adam", {}), ("gd", {"show": "steps"}), ("gd", {"problem": "rosenbrock"}), ("sgd", {"show": "steps"})],
)
def test_the_output_holds_a_view_a_small_still_and_the_same_text_each_time(
    rule: str, options: dict[str, Any]
) -> None:
    assert_view_still_and_text(lambda: landscape(rule, **options))


def test_the_state_that_a_notebook_saves_is_json_and_small() -> None:
    assert size_saved(landscape("adam", problem="rosenbrock")) < 200_000


def test_a_hyper_that_counts_is_only_run_at_whole_numbers() -> None:
    made = landscape("warmup", x="total_steps", y="warmup_steps", steps=60)._made
    for axis in (made.x, made.y):
        assert (axis.values == np.round(axis.values)).all()
        assert len(set(axis.values)) == len(axis.values)
    assert made.loss.shape == (61, len(made.y.values), len(made.x.values))


@pytest.mark.parametrize("rule", PLANAR)
@pytest.mark.parametrize("y", [None, "start", "condition"])
def test_a_right_step_in_ones_own_words_is_swept_in_one_go(rule: str, y: str | None) -> None:
    calls = 0

    def own(theta: Any, grad: Any, state: Any, **hypers: Any) -> Any:
        nonlocal calls
        calls += 1
        return RULES[rule].function(theta, grad, state, **hypers)

    own.__name__ = f"{rule}_step"
    made = landscape(own, steps=10, y=y, problem="quadratic")
    runs = UP if made._made.y.name == "condition" else 1
    assert calls <= runs * (10 + 3 + 3 * 3)
    np.testing.assert_array_equal(
        made._made.theta, landscape(rule, steps=10, y=y, problem="quadratic")._made.theta
    )
