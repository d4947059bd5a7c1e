"""Strips: each position is what a single run gives; a step that can't be swept is refused with the reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, explore
from optcourse.arrays import Array, State
from optcourse.pictures.engine.controls import SURFACES, Slider, setting_at
from optcourse.pictures.engine.frame import Frame, frame, parted
from optcourse.pictures.engine.strips import NoStripError, Strip, strip
from optcourse.pictures.explore.widget import Explorer
from optcourse.pictures.wire.encode import GAP, in_bytes, sent_strip
from optcourse.registry import known_rules
from optcourse.rules import Form

PLANAR = [name for name in RULES if name != "muon"]
CASES = [(rule, problem) for rule in PLANAR for problem in SURFACES]


def sliders(picture: Explorer) -> dict[str, Slider]:
    controls, _, _ = picture._at(picture.frame["values"])
    return {one.name: one for one in controls if isinstance(one, Slider) and one.swept and not one.hidden}


def at_position(picture: Explorer, slider: Slider, position: int) -> Frame:
    """The picture that the kernel makes with the slider at a position."""
    values = {**picture.frame["values"], slider.name: slider.positions[position]}
    setting = setting_at(values, picture._form, picture._now.setting.problem)
    return frame(picture._step, setting)


def path(strip: Strip, position: int, steps: int) -> Any:
    """One position of a strip, as a run."""
    if strip.shown.loss.ndim == 1:
        return replace(strip.shown, theta=strip.shown.theta[: steps + 1], loss=strip.shown.loss[: steps + 1])
    return replace(strip.shown, theta=strip.shown.theta[:, position], loss=strip.shown.loss[:, position])


@pytest.mark.parametrize(("rule", "problem"), CASES)
def test_each_position_of_each_strip_is_a_single_run_to_rounding(rule: str, problem: str) -> None:
    picture = explore(rule, problem=problem, steps=40)
    random = np.random.default_rng(len(rule) + len(problem))
    for slider in sliders(picture).values():
        found = strip(rule, slider, picture._now)
        last = len(slider.positions) - 1
        for position in {0, last, *(int(one) for one in random.integers(0, last, 2))}:
            single = at_position(picture, slider, position)
            there = path(found, position, single.setting.steps)
            assert not parted(there, single.shown, RULES[rule], single.setting).any(), slider.name
            assert there.theta.shape == single.shown.theta.shape


@pytest.mark.parametrize("rule", PLANAR)
def test_a_strip_has_the_traces_of_a_single_picture(rule: str) -> None:
    picture = explore(rule, steps=20)
    lr = sliders(picture)["lr"]
    found = strip(rule, lr, picture._now)
    position = len(lr.positions) // 3
    single = at_position(picture, lr, position)
    wanted = {**single.traces, **single.derived}
    assert list(found.traces) == list(wanted)
    for name, trace in wanted.items():
        np.testing.assert_allclose(
            found.traces[name][:, position], trace, rtol=1e-9, atol=1e-12, err_msg=name
        )


def own_adam(form: Form) -> Callable[..., Any]:
    def adam_step(theta: Array, grad: Array, state: State, **hypers: Any) -> Any:
        return form.function(theta, grad, state, **hypers)

    return adam_step


@pytest.mark.parametrize("mistake", ["v-not-corrected", "ascends", "eps-missing", "returns-update"])
def test_a_wrong_steps_strip_has_a_ghost_where_a_single_picture_has_one(mistake: str) -> None:
    step = own_adam(RULES["adam"].mistakes[mistake])
    picture = explore(step, steps=30)
    for slider in sliders(picture).values():
        if slider.name == "steps":
            continue
        found = strip(step, slider, picture._now)
        assert (found.ghost is None) == (not found.parted.any())
        for position in (0, len(slider.positions) // 2, len(slider.positions) - 1):
            single = at_position(picture, slider, position)
            assert found.parted[position] == (single.ghost is not None)


def test_a_right_step_in_ones_own_words_has_a_strip_without_ghosts() -> None:
    step = own_adam(RULES["adam"])
    picture = explore(step)
    found = strip(step, sliders(picture)["lr"], picture._now)
    assert found.ghost is None
    assert not found.parted.any()


def normalised(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return theta - lr * grad / np.linalg.norm(grad), state


def branching(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return (theta - lr * grad if grad[0] > 0 else theta - 2 * lr * grad), state


def through_floats(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return np.array([float(theta[0]) - lr * float(grad[0]), float(theta[1]) - lr * float(grad[1])]), state


def grows_theta(theta: Array, grad: Array, state: State, *, lr: float) -> Any:
    return (theta - lr * grad).reshape(-1)[:2], state


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (normalised, "gives something else for many positions at once"),
        (branching, "raised ValueError"),
        (through_floats, "raised TypeError"),
        (grows_theta, "theta of the shape that it was given"),
    ],
)
def test_a_step_that_does_not_broadcast_is_refused_with_the_reason(
    function: Callable[..., Any], words: str
) -> None:
    def gd_step(*arguments: Any, **hypers: Any) -> Any:
        return function(*arguments, **hypers)

    picture = explore(gd_step)
    with pytest.raises(NoStripError, match=words):
        strip(gd_step, sliders(picture)["lr"], picture._now)
    steps = strip(gd_step, sliders(picture)["steps"], picture._now)  # one path, so this one there always is
    assert len(steps.shown.theta) == 501


def test_a_rule_that_mixes_coordinates_is_refused_with_the_reason() -> None:
    known_rules()
    picture = explore("lamb")
    with pytest.raises(NoStripError, match="mixes the coordinates of theta"):
        strip("lamb", sliders(picture)["lr"], picture._now)


def test_an_unwritten_steps_strip_is_the_references() -> None:
    def adam_step(theta: Array, grad: Array, state: State, **hypers: float) -> Any:
        raise NotImplementedError

    picture = explore(adam_step)
    lr = sliders(picture)["lr"]
    np.testing.assert_array_equal(
        strip(adam_step, lr, picture._now).shown.theta, strip("adam", lr, explore("adam")._now).shown.theta
    )


def test_a_strip_asked_for_by_the_browser_is_sent_as_one_message_of_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages: list[tuple[dict[str, Any], list[bytes]]] = []
    monkeypatch.setattr(Explorer, "send", lambda self, content, buffers: messages.append((content, buffers)))
    picture = explore("adam", steps=50)
    picture._strip_asked(picture, {"strip": "lr", "id": "7", "values": picture.frame["values"]}, [])
    [(header, buffers)] = messages
    lr = sliders(picture)["lr"]
    assert header["id"] == "7"
    assert (header["records"], header["count"]) == (51, len(lr.positions))
    position = lr.positions.index(picture.frame["values"]["lr"])
    paths = np.frombuffer(buffers[0], "<f4").reshape(header["count"], 51, 2)
    np.testing.assert_allclose(
        paths[position].ravel(), np.frombuffer(picture.frame["path"], "<f4"), rtol=1e-6, atol=1e-12
    )
    assert len(buffers) == 6 + 2 * len(header["traces"])
    assert sum(map(len, buffers)) < 400_000


def test_divergence_in_a_strip_is_sent_as_the_step_where_it_sets_in() -> None:
    picture = explore("gd")
    lr = sliders(picture)["lr"]
    _, buffers = sent_strip(strip("gd", lr, picture._now))
    diverged = np.frombuffer(buffers[2], "<i4")
    assert diverged[0] == -1
    assert diverged[-1] == at_position(picture, lr, len(lr.positions) - 1).shown.diverged


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 1e30, 1e305])
def test_a_trace_in_bytes_is_within_half_a_255th_of_its_range_and_keeps_its_gaps(size: float) -> None:
    trace = size * np.random.default_rng(0).normal(size=(3, 20, 2))
    trace[1, 4] = np.nan, np.inf
    trace[2] = -np.inf
    codes_sent, ranges_sent = in_bytes(trace)
    codes = np.frombuffer(codes_sent, "u1").reshape(trace.shape)
    low, high = np.frombuffer(ranges_sent, "<f8").reshape(3, 2, 1, 1).swapaxes(0, 1)
    assert np.array_equal(codes == GAP, ~np.isfinite(trace))
    with np.errstate(invalid="ignore"):
        wrong = np.abs(low + codes * (high / 254 - low / 254) - np.clip(trace, -1e300, 1e300))
    room = np.broadcast_to((high - low) / 254 * 0.5001, trace.shape)
    assert (wrong <= room)[np.isfinite(trace)].all()
