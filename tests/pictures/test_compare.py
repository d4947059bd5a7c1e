"""`compare`: what is drawn is what run gives, and what is said is true and the same each time."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, compare
from optcourse.arrays import Array, State
from optcourse.palette import LOOKS
from optcourse.pictures.compare.widget import Comparison
from optcourse.problems import quadratic
from optcourse.running import run
from optcourse.schedules import cosine

from .outputs import assert_view_still_and_text, size_saved

PLANAR = [name for name in RULES if name != "muon"]  # muon moves matrices, and a point of the plane is none


def sent(data: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, "<f4")


def paths(picture: Comparison) -> list[np.ndarray[Any, Any]]:
    return [sent(one["path"]).reshape(-1, 2) for one in picture.scene["entrants"]]


def adam_step(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    raise NotImplementedError


def named(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    function.__name__ = name
    return function


def raises(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
    return theta - hypers["rate"] * grad, state


def twice_as_far(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return theta - 2 * lr * grad, state


def right(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return theta + grad * -lr, state


@pytest.mark.parametrize("problem", ["quadratic", "rosenbrock", "regression"])
@pytest.mark.parametrize("rule", PLANAR)
def test_every_path_and_loss_is_that_of_run_with_the_lr_in_the_middle_of_its_slider(
    rule: str, problem: str
) -> None:
    picture = compare([rule, (rule, {"lr": 0.01})], problem=problem, steps=60)
    low, high = RULES[rule].hypers["lr"].slider
    for one, path, lr in zip(
        picture.scene["entrants"], paths(picture), (float(f"{(low * high) ** 0.5:.3g}"), 0.01), strict=True
    ):
        batch = {"sgd": 1, "minibatch": 8}.get(rule) if problem == "regression" else None
        expected = run(rule, problem, steps=60, lr=lr, batch_size=batch)
        assert one["rates"]["at"] == lr
        limit = float(np.finfo("<f4").max)
        inside = np.isfinite(expected.theta)
        np.testing.assert_array_equal(
            path[inside], np.clip(expected.theta[inside], -limit, limit).astype("f")
        )
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(sent(one["loss"]), np.log10(expected.loss).astype("<f4"))
        assert one["diverged"] == expected.diverged


def test_each_item_runs_with_its_own_hypers_and_shares_what_it_has() -> None:
    picture = compare(
        ["gd", ("momentum", {"beta": 0.5}), ("adam", {"lr": 0.3})],
        problem=quadratic(4),
        steps=30,
        start=(1, 2),
        lr=0.05,
    )
    given = [{"lr": 0.05}, {"lr": 0.05, "beta": 0.5}, {"lr": 0.3}]
    for rule, hypers, path in zip(("gd", "momentum", "adam"), given, paths(picture), strict=True):
        expected = run(rule, quadratic(4), steps=30, start=(1, 2), **hypers)
        np.testing.assert_array_equal(path, expected.theta.astype("<f4"))


def test_the_steps_to_a_thousandth_and_the_distance_are_those_of_the_path() -> None:
    one = compare(["gd"], lr=0.1).scene["entrants"][0]
    found = run("gd", "quadratic", lr=0.1)
    below = [step for step, loss in enumerate(found.loss) if loss <= 1e-3 * found.loss[0]]
    assert one["arrived"] == below[0]
    away = np.sqrt((found.theta**2).sum(axis=-1))
    np.testing.assert_allclose(sent(one["distance"]), np.log10(away), rtol=1e-6)


def test_where_the_least_loss_is_not_zero_a_thousandth_counts_from_there() -> None:
    assert compare(["gd"], problem="regression", lr=0.05).scene["entrants"][0]["arrived"] is not None


def test_a_moved_learning_rate_gives_the_path_of_run_and_leaves_the_others() -> None:
    picture = compare(["gd", "adam"])
    before = paths(picture)
    picture.asked = {"serial": 3, "lr": {"1": 0.2}}
    assert picture.scene["serial"] == 3
    after = paths(picture)
    np.testing.assert_array_equal(after[0], before[0])
    np.testing.assert_array_equal(after[1], run("adam", "quadratic", lr=0.2).theta.astype("<f4"))
    assert "adam (lr = 0.2)" in repr(picture)


def test_a_schedule_is_run_and_said_and_has_no_slider() -> None:
    picture = compare([("gd", {"lr": cosine(0.1, total=50)})], steps=50)
    expected = run("gd", "quadratic", steps=50, lr=cosine(0.1, total=50))
    np.testing.assert_array_equal(paths(picture)[0], expected.theta.astype("<f4"))
    assert picture.scene["entrants"][0]["rates"] is None
    assert "lr = a schedule" in repr(picture)


@pytest.mark.parametrize(
    ("function", "label", "words", "rule"),
    [
        (adam_step, "the reference adam", "adam_step is not written yet", "adam"),
        (named("gd_step", raises), "the reference gd", "gd_step raised KeyError: 'rate'", "gd"),
        (
            lambda theta, grad, state, **_: None,
            "the reference gd",
            "gd_step returned None: its last line must be return theta, state",
            "gd",
        ),
    ],
)
def test_a_function_that_fails_is_replaced_by_its_reference_which_says_so(
    function: Callable[..., Any], label: str, words: str, rule: str
) -> None:
    if function.__name__ == "<lambda>":
        named("gd_step", function)
    picture = compare(["rmsprop", function])
    assert picture.scene["entrants"][1]["label"] == label
    assert any(note.startswith(words) for note in picture.scene["notes"])
    assert "this is the reference in its place" in picture.scene["notes"][0].lower()
    assert words in repr(picture)
    lr = picture.scene["entrants"][1]["rates"]["at"]
    np.testing.assert_array_equal(paths(picture)[1], run(rule, "quadratic", lr=lr).theta.astype("<f4"))


def test_a_wrong_function_is_drawn_as_it_is_and_said_to_be_off() -> None:
    picture = compare([named("gd_step", twice_as_far), "gd"], lr=0.03)
    assert picture.scene["entrants"][0]["label"] == "your gd_step"
    assert picture.scene["notes"] == [
        "Your gd_step does not take the reference's path: check(gd_step) can say why."
    ]
    expected = run("gd", "quadratic", lr=0.06)
    np.testing.assert_allclose(paths(picture)[0], expected.theta, rtol=1e-6, atol=1e-12)


def test_a_right_function_in_another_spelling_needs_no_note() -> None:
    picture = compare([named("gd_step", right)])
    assert picture.scene["notes"] == []
    assert picture.scene["entrants"][0]["label"] == "your gd_step"


def test_divergence_is_said_with_its_step() -> None:
    picture = compare([("gd", {"lr": 1}), ("gd", {"lr": 0.05})])
    assert [one["diverged"] for one in picture.scene["entrants"]] == [161, None]
    assert "gd (lr = 1): diverged at step 161" in repr(picture)


def test_labels_differ_even_where_nothing_else_does() -> None:
    same = [("adam", {"lr": 0.1}), ("adam", {"lr": 0.2}), ("adam", {"lr": 0.1}), "gd", adam_step]
    labels = [one["label"] for one in compare(same).scene["entrants"]]
    assert labels == [
        "adam (lr = 0.1), no. 1",
        "adam (lr = 0.2)",
        "adam (lr = 0.1), no. 2",
        "gd",
        "the reference adam",
    ]


def test_dialects_and_mistakes_can_be_compared_with_their_rule() -> None:
    adam = RULES["adam"]
    labels = [
        one["label"]
        for one in compare([adam, adam.dialects["eps-hat"], adam.mistakes["ascends"]]).scene["entrants"]
    ]
    assert labels == ["adam", "adam (eps-hat)", "adam (ascends)"]


@pytest.mark.parametrize(
    ("items", "options", "error", "words"),
    [
        ([], {}, ValueError, "1 to 6 items"),
        (["gd"] * 7, {}, ValueError, "more can't be told apart"),
        (["adm"], {}, ValueError, "did you mean adam"),
        ([("adam", 0.1)], {}, TypeError, 'as ("adam", {"lr": 0.1})'),
        ([("adam", {"beta": 0.1})], {}, TypeError, "did you mean 'beta"),
        ([("adam", {"beta1": 1.5})], {}, ValueError, "beta1 must lie in"),
        ([("adam", {"lr": [0.1, 0.2]})], {}, TypeError, "one for each item"),
        (["gd"], {"beta1": 0.9}, TypeError, "none of the rules compared has a hyper 'beta1'"),
        (["gd"], {"steps": 0}, ValueError, "steps must be between 1 and"),
        (["gd"], {"start": 3}, ValueError, "start must be two numbers"),
        (["gd"], {"problem": "diabetes"}, ValueError, "a picture needs a problem of two"),
        (["muon"], {"problem": "quadratic"}, ValueError, "theta must be a matrix"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_way_out(
    items: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        compare(items, **options)


@pytest.mark.parametrize("problem", ["quadratic", "rosenbrock", "regression"])
def test_the_output_holds_a_view_a_small_still_and_the_same_text_each_time(problem: str) -> None:
    assert_view_still_and_text(lambda: compare(PLANAR[: len(LOOKS)], problem=problem))


def test_the_state_that_a_notebook_saves_is_json_and_small() -> None:
    assert size_saved(compare(PLANAR[: len(LOOKS)], problem="rosenbrock")) < 200_000
