"""A slow step is run for fewer steps, and the picture says so; a fast one never is. The clock is a false one."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

from optcourse import compare, explore, landscape, predict, run
from optcourse.arrays import Array, State
from optcourse.pictures.compare.widget import Comparison
from optcourse.pictures.engine.strips import NoStripError, strip
from tests.pictures.test_strips import sliders


def gd_step(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return theta - lr * grad, state


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Makes each look at the clock take so many seconds."""

    def each(seconds: float) -> None:
        ticks: Iterator[int] = count()
        monkeypatch.setattr("optcourse.walking.thread_time", lambda: seconds * next(ticks))

    return each


def test_a_run_ends_when_its_seconds_are_over_and_has_at_least_one_step(
    slow: Callable[[float], None],
) -> None:
    slow(0.05)
    found = run(gd_step, "quadratic", steps=50, seconds=0.22, lr=0.1, keep_states=True)
    assert found.steps.tolist() == [0, 1, 2, 3, 4, 5]
    whole = run(gd_step, "quadratic", steps=50, lr=0.1, keep_states=True)
    np.testing.assert_array_equal(found.theta, whole.theta[:6])
    np.testing.assert_array_equal(found.loss, whole.loss[:6])
    assert found.grads is not None
    assert len(found.grads) == 6
    assert run(gd_step, "quadratic", steps=50, seconds=1e-9, lr=0.1).steps.tolist() == [0, 1]


def test_a_sweep_of_single_runs_shares_its_seconds_and_is_as_long_as_the_shortest(
    slow: Callable[[float], None],
) -> None:
    def branching(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
        return theta - lr * grad * (1.0 if grad[0] < 1e9 else 2.0), state

    branching.__name__ = "gd_step"
    slow(0.1)
    found = run(branching, "quadratic", steps=50, seconds=1.55, lr=[0.01, 0.02, 0.03])
    assert found.theta.shape == (7, 3, 2)
    np.testing.assert_array_equal(found.theta[:, 1], run(gd_step, "quadratic", steps=6, lr=0.02).theta)


def test_explore_draws_fewer_steps_of_a_slow_step_and_says_how_many(slow: Callable[[float], None]) -> None:
    slow(0.03)
    picture = explore(gd_step, lr=0.1)
    assert picture.frame["note"].startswith(
        "gd_step is slow: after 200 ms it has made 7 of 200 steps, which are drawn. Your gd_step takes"
    )
    assert "7 steps from (-4, 1.5)" in repr(picture)
    assert len(picture.frame["path"]) == 8 * 2 * 4
    assert picture.frame["values"]["steps"] == 200
    slow(0.0)
    picture.move(lr=0.11)
    assert "slow" not in picture.frame["note"]
    assert len(picture.frame["path"]) == 201 * 2 * 4


def test_a_slow_step_has_no_strip_that_would_keep_the_kernel_busy(slow: Callable[[float], None]) -> None:
    slow(0.03)
    picture = explore(gd_step, lr=0.1)
    with pytest.raises(NoStripError, match="takes longer than"):
        strip(gd_step, sliders(picture)["steps"], picture._now)


def test_compare_runs_all_as_far_as_the_slow_one_comes(slow: Callable[[float], None]) -> None:
    slow(0.03)
    picture = compare([gd_step, "adam"], steps=100)
    assert isinstance(picture, Comparison)
    assert picture.scene["steps"] == 7
    assert {len(one["loss"]) for one in picture.scene["entrants"]} == {8 * 4}
    assert picture.scene["notes"] == [
        "gd_step is slow: after 200 ms it has made 7 of 100 steps, which are drawn."
    ]


@pytest.mark.parametrize("y", ["start", "condition"])
def test_landscape_runs_fewer_steps_for_every_cell(slow: Callable[[float], None], y: str) -> None:
    slow(0.013)
    picture = landscape(gd_step, steps=300, y=y)
    done = picture.grid["steps"]
    assert 1 <= done < 300
    assert f"Your gd_step is slow: {done} of 300 steps were run for each cell" in picture.grid["note"]
    assert len(picture.cell["path"]) == (done + 1) * 2 * 4


@pytest.mark.parametrize("quantity", ["behaviour", "loss after 20", "steps to 1e-3"])
def test_predict_asks_about_the_reference_where_a_step_is_slow(
    slow: Callable[[float], None], quantity: str
) -> None:
    slow(0.05)
    picture = predict(gd_step, lr=0.1, quantity=quantity)
    assert picture.asked["note"].startswith("gd_step is slow: only")
    assert picture.asked["note"].endswith("This is the reference in its place.")
    assert picture.asked["truth"] == predict("gd", lr=0.1, quantity=quantity).asked["truth"]


def test_the_reference_is_never_cut_short(slow: Callable[[float], None]) -> None:
    slow(100.0)
    assert len(explore("adam").frame["path"]) == 201 * 2 * 4
    assert compare(["adam"], steps=100).scene["steps"] == 100
