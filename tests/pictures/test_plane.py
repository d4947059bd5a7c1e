"""Rules that need a matrix: what is drawn is the run of the matrix, seen in the plane of its singular values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, compare, explore, landscape, predict, run
from optcourse.arrays import Array, State
from optcourse.pictures.engine.controls import Slider
from optcourse.pictures.engine.plane import needs_matrix, run_seen, seen
from optcourse.problems import linear_regression, matrix_bowl, quadratic
from optcourse.registry import known_rules

NAMES: dict[str, Any] = {"run": run, "matrix_bowl": matrix_bowl}


def own_muon(function: Callable[..., Any]) -> Callable[..., Any]:
    def muon_step(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
        return function(theta, grad, state, **hypers)

    return muon_step


def test_muon_alone_needs_a_matrix() -> None:
    assert [name for name, rule in known_rules().items() if needs_matrix(rule)] == ["muon"]


@pytest.mark.parametrize("condition", [1.0, 10.0, 100.0])
def test_the_gradient_of_the_matrix_problem_is_that_of_its_loss(condition: float) -> None:
    problem = matrix_bowl(condition, angle=30)
    theta = np.random.default_rng(0).normal(size=(5, 4))
    step = 1e-6 * np.eye(4)
    slopes = [(problem.loss(theta + one) - problem.loss(theta - one)) / 2e-6 for one in step]
    np.testing.assert_allclose(problem.grad(theta), np.stack(slopes, axis=-1), rtol=1e-7, atol=1e-6)
    assert problem.loss(np.asarray(problem.optimum)) == 0


def test_a_condition_number_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        matrix_bowl(0.5)


@pytest.mark.parametrize("lr", [0.003, 0.03, 0.3, 1.0])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_stays_in_the_plane_that_is_drawn_to_the_last_bit(rule: str, lr: float) -> None:
    hypers = {"lr": lr} if "lr" in RULES[rule].hypers else {}
    found = run_seen(rule, seen(matrix_bowl()), steps=500, **hypers)
    assert found.off == 0  # type: ignore[attr-defined]
    full = run(rule, "matrix", steps=500, **hypers)
    finite = slice(full.diverged)  # what overflows does so in all coordinates at once
    np.testing.assert_array_equal(full.theta[finite], found.theta[finite] @ matrix_bowl().plane)
    np.testing.assert_array_equal(full.loss, found.loss)


def test_explore_draws_muon_with_its_momentum_under_all_of_its_sliders() -> None:
    picture = explore("muon")
    assert picture.frame["axes"] == ("s[0]", "s[1]")
    assert [trace["name"] for trace in picture.frame["traces"]] == ["grad", "m"]
    assert "theta is the matrix diag(s)" in repr(picture)
    controls, _, _ = picture._at({})
    random = np.random.default_rng(0)
    for _ in range(5):
        values = {
            one.name: float(random.choice(one.positions)) for one in controls if isinstance(one, Slider)
        }
        picture.move(**{**values, "noise": 0.0, "steps": 30.0})
        again = eval(picture.frame["code"], NAMES)
        drawn = picture._now.shown
        np.testing.assert_allclose(again.theta @ matrix_bowl().plane.T, drawn.theta, rtol=1e-12)
        for name in ("lr", "momentum", "weight_decay"):
            assert picture._now.setting.hypers[name] == picture.frame["values"][name]


def test_a_learners_muon_gets_matrices_and_is_compared_with_the_reference() -> None:
    shapes = set()

    def right(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
        shapes.add((theta.shape, grad.shape, state[0].shape))
        return RULES["muon"].function(theta, grad, state, **hypers)

    assert "takes the reference's path" in explore(own_muon(right)).frame["note"]
    assert shapes == {((2, 2), (2, 2), (2, 2))}
    wrong = explore(
        own_muon(RULES["muon"].mistakes["sign-of-entries"].function), problem=matrix_bowl(angle=30)
    )
    assert "part at step 1" in wrong.frame["note"]
    assert "theta is the matrix U diag(s) V'" in wrong.frame["about"]
    assert "theta leaves the plane" in wrong.frame["about"]


def test_a_muon_that_fails_or_is_not_written_shows_the_reference() -> None:
    def unwritten(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
        raise NotImplementedError

    def flat(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
        return theta.ravel(), state

    assert "muon_step is not written yet" in explore(own_muon(unwritten)).frame["note"]
    assert (
        "returned theta of shape (4,); it went in with shape (2, 2)" in explore(own_muon(flat)).frame["note"]
    )


@pytest.mark.parametrize("problem", ["quadratic", "regression", linear_regression(), quadratic()])
def test_a_problem_without_a_matrix_is_refused_for_muon(problem: Any) -> None:
    with pytest.raises(ValueError, match=r"leave problem out|Leave problem out"):
        explore("muon", problem=problem)


@pytest.mark.parametrize("rule", [name for name in known_rules() if name != "muon"])
def test_other_rules_can_be_drawn_on_the_matrix_problem_too(rule: str) -> None:
    picture = explore(rule, problem="matrix", steps=20)
    hypers = dict(picture._now.setting.hypers)
    full = run(rule, "matrix", steps=20, **hypers)
    np.testing.assert_allclose(picture._now.shown.theta, full.theta @ matrix_bowl().plane.T, atol=1e-12)


def test_muon_can_be_compared_swept_and_predicted() -> None:
    assert "Muon" not in repr(compare(["muon", "gd", "adam"], steps=20)).splitlines()[0]
    assert "on: A 2 x 2 matrix" in repr(compare(["muon", "gd"], steps=20))
    assert repr(landscape("muon", steps=5)).startswith("muon on: A 2 x 2 matrix")
    assert "s[0] at the start" in repr(landscape("gd", problem="matrix", y="start", steps=5))
    assert "condition number" in repr(landscape("gd", problem="matrix", steps=5))
    assert predict("muon", lr=0.03).asked["truth"] in ("converge", "oscillate", "diverge")
