"""What a page keeps of a picture: small enough, true to the widget, and the widget is as it was."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optcourse.pictures import clinic, compare, explore, landscape, predict, quiz
from optcourse.pictures.offline import LARGEST, STRIDES, formulas, keep_explorer, kept, thinned
from optcourse.pictures.wire.codec import EXPONENTS, PLACES, Exponents, Places

PICTURES: dict[str, Callable[[], Any]] = {
    "explore gd": lambda: explore("gd"),
    "explore adam": lambda: explore("adam"),
    "explore sgd": lambda: explore("sgd"),
    "compare": lambda: compare(["gd", "momentum", "adam"]),
    "landscape": lambda: landscape("adam"),
    "landscape of condition numbers": lambda: landscape("gd", y="condition"),
    "predict": lambda: predict("adam", lr=0.3),
    "predict steps": lambda: predict("gd", quantity="steps to 1e-3", lr=0.1),
    "clinic": lambda: clinic("adam"),
    "quiz": lambda: quiz("What is $x$?", {"$x$": "Yes.", "y": "No."}, right="$x$"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_kept_in_300_kb_with_its_still_and_is_afterwards_as_it_was(name: str) -> None:
    widget = PICTURES[name]()
    before = {
        trait: getattr(widget, trait) for trait in ("frame", "scene", "cell", "case") if trait in widget.keys
    }
    still = widget._repr_mimebundle_()[0].get("image/png", "")
    found = kept([widget.model_id])
    assert not found["refused"]
    picture = found["pictures"][widget.model_id]
    assert len(picture["packed"]) + len(still) <= LARGEST
    assert set(found["fronts"]) == {picture["front"]}
    for trait, value in before.items():
        assert {**getattr(widget, trait), "serial": 0} == {**value, "serial": 0}


def test_a_widget_of_others_and_one_that_is_gone_are_left_out() -> None:
    from ipywidgets import IntSlider

    assert kept([IntSlider().model_id, "gone"]) == {"fronts": {}, "pictures": {}, "refused": {}}


def test_a_picture_that_raises_or_does_not_fit_stands_still_and_the_others_move(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, fine = explore("gd"), quiz("?", {"a": "b", "c": "d"}, right="a")
    monkeypatch.setattr(type(broken), "_at", None)
    found = kept([broken.model_id, fine.model_id])
    assert set(found["pictures"]) == {fine.model_id}
    assert "stands still" in found["refused"][broken.model_id]
    assert "TypeError" in found["refused"][broken.model_id]


def placed(places: Places, number: int) -> np.ndarray[Any, Any]:
    """One of the paths, as a page has it."""
    low, high = np.array(places.view).T
    return (low + high) / 2 + (high - low) / 2 * np.sinh(places.curves.codes[number].T / PLACES)


@pytest.mark.parametrize("rule", ["adam", "gd", "sgd", "muon"])
def test_every_kept_position_is_the_picture_of_the_kernel_there(rule: str) -> None:
    widget = explore(rule)
    whole = keep_explorer(widget, 12)
    opening = widget.frame["values"]
    positions = {one["name"]: one["positions"] for one in whole["state"]["controls"] if "positions" in one}
    fixed = {one["name"] for one in whole["state"]["controls"] if one.get("fixed")}
    assert {"problem", "condition"} <= fixed
    strips = whole["answers"]["strips"]
    assert set(strips) >= {"lr", "noise", "start"}
    for name, strip in strips.items():
        standings = (
            [{"x": x, "y": y} for y in positions["y"] for x in positions["x"]]
            if name == "start"
            else [{name: value} for value in positions[name]]
        )
        assert len(strip["texts"]) == len(standings)
        for number in {0, len(standings) // 2, len(standings) - 1}:
            widget.move(**{**opening, **standings[number]})
            assert {**whole["state"]["frame"], **strip["texts"][number]}["outcome"] == widget.frame["outcome"]
            path = np.frombuffer(widget.frame["path"], "<f4").reshape(-1, 2).astype(float)
            low, high = np.array(widget.frame["view"]).T
            near = (np.abs(path - (low + high) / 2) <= (high - low) / 2).all(axis=-1)
            apart = np.abs(placed(strip["path"], number)[: len(path)] - path) / (high - low)
            assert not near.any() or apart[near].max() * 1000 < 0.5  # pixels of a picture 1000 wide
            loss = np.frombuffer(widget.frame["loss"], "<f4").astype(float)
            assert isinstance(strip["loss"], Exponents)
            finite = np.isfinite(loss)
            rounded = strip["loss"].curves.codes[number][: len(loss)] / EXPONENTS
            assert np.abs(rounded - loss)[finite].max(initial=0) <= 0.51 / EXPONENTS


def test_the_presets_and_the_opening_are_among_the_positions_at_every_stride() -> None:
    widget = explore("adam", lr=0.0123)
    for stride in (STRIDES[0], STRIDES[-1]):
        whole = keep_explorer(widget, stride)
        lr = next(one for one in whole["state"]["controls"] if one["name"] == "lr")["positions"]
        assert {one["lr"] for one in whole["answers"]["presets"].values()} <= set(lr)
        assert 0.0123 in lr


def test_thinned_positions_have_both_ends_and_what_is_needed() -> None:
    positions = [float(number) for number in range(10)]
    assert thinned(positions, 4, [5.0, 77.0]) == [0.0, 4.0, 5.0, 8.0, 9.0]


def test_a_learners_function_that_parts_from_the_reference_keeps_its_ghost() -> None:
    def gd_step(theta: Any, grad: Any, state: Any, *, lr: float = 1e-3) -> Any:
        return theta - 2 * lr * grad, state

    strip = keep_explorer(explore(gd_step), 25)["answers"]["strips"]["lr"]
    assert all(strip["ghosts"])
    assert strip["ghost"].theta.shape == strip["path"].theta.shape


def test_a_problem_of_one_parameter_keeps_the_starts_along_its_line() -> None:
    whole = keep_explorer(explore("slope"), 12)
    positions = {one["name"]: one["positions"] for one in whole["state"]["controls"] if one["name"] in "xy"}
    assert len(positions["x"]) > 1
    assert positions["y"] == [whole["state"]["frame"]["values"]["y"]]
    assert len(whole["answers"]["strips"]["start"]["texts"]) == len(positions["x"])


def test_a_slow_function_is_run_at_fewer_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optcourse.pictures.offline.SECONDS", 0.0)
    whole = keep_explorer(explore("gd"), 1)
    lr = next(one for one in whole["state"]["controls"] if one["name"] == "lr")["positions"]
    assert len(lr) < 10


def test_formulas_are_found_in_all_texts() -> None:
    assert formulas({"a": "with $x$ and $y^2$", "b": [{"c": "$z$"}], "d": 3}) == {"$x$", "$y^2$", "$z$"}
