"""The preset learning rates do what their names say, and the line of code gives the path that is drawn."""

from typing import Any

import numpy as np
import pytest

from optcourse import RULES, explore, run
from optcourse.pictures.engine.controls import Slider, setting_at
from optcourse.pictures.engine.frame import frame
from optcourse.pictures.explore.snippet import code_for
from optcourse.pictures.explore.widget import Explorer
from optcourse.problems import linear_regression, quadratic, rosenbrock

PLANAR = [name for name in RULES if name != "muon" and "lr" in RULES[name].hypers]
NAMES: dict[str, Any] = {"run": run, "RULES": RULES, "quadratic": quadratic, "rosenbrock": rosenbrock}


def preset(picture: Explorer, words: str) -> float:
    picture.asked = {"serial": 1, "values": picture.frame["values"], "preset": words}
    found: float = picture.frame["values"]["lr"]
    return found


@pytest.mark.parametrize("rule", PLANAR)
@pytest.mark.parametrize("problem", ["quadratic", "rosenbrock", "regression"])
def test_presets_rise_and_are_positions_of_the_slider(rule: str, problem: str) -> None:
    picture = explore(rule, problem=problem, steps=50)
    found = [preset(picture, words) for words in ("small", "best", "large")]
    assert found == sorted(found)
    lr = next(one for one in picture.controls if one["name"] == "lr")
    assert set(found) <= set(lr["positions"])


def test_for_gd_too_large_diverges_too_small_hardly_moves_and_just_right_arrives() -> None:
    picture = explore("gd")
    start, optimum = quadratic().start, np.zeros(2)
    ends = {}
    for words in ("small", "best", "large"):
        preset(picture, words)
        ends[words] = float(np.linalg.norm(picture._now.shown.theta[-1] - optimum))
    assert ends["best"] < 1e-3
    assert ends["small"] > 0.5 * np.linalg.norm(start)
    assert ends["large"] > np.linalg.norm(start)
    assert picture._now.setting.hypers["lr"] > 2 / 10  # beyond 2 / L, where theory says that it diverges


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ValueError, match="small, best, large"):
        preset(explore("gd"), "perfect")


@pytest.mark.parametrize("rule", PLANAR)
def test_the_line_of_code_gives_the_path_that_is_drawn_wherever_the_sliders_stand(rule: str) -> None:
    picture = explore(rule)
    random = np.random.default_rng(len(rule))
    for problem in ("quadratic", "rosenbrock", "regression"):
        picture.asked = {"values": {"problem": problem}}
        for _ in range(3):
            controls, values, _ = picture._at({"problem": problem})
            for one in controls:
                if isinstance(one, Slider) and not one.hidden:
                    values[one.name] = float(random.choice(one.positions))
            picture.move(**values)
            again = eval(picture.frame["code"], NAMES)
            np.testing.assert_array_equal(again.theta, picture._now.shown.theta)


def test_a_dialect_a_function_and_a_problem_of_ones_own_are_named_as_they_can_be() -> None:
    dialect = RULES["adam"].dialects["eps-hat"]
    picture = explore(dialect, lr=0.1, steps=20)
    assert picture.frame["code"] == 'run(RULES["adam"].dialects["eps-hat"], "quadratic", steps=20, lr=0.1)'
    np.testing.assert_array_equal(eval(picture.frame["code"], NAMES).theta, picture._now.shown.theta)

    def gd_step(theta: Any, grad: Any, state: Any, *, lr: float) -> Any:
        return theta - lr * grad, state

    assert explore(gd_step, lr=0.1).frame["code"] == 'run(gd_step, "quadratic", steps=200, lr=0.1)'


def test_every_form_of_every_rule_can_be_drawn_with_what_it_derives() -> None:
    for name in PLANAR:
        rule = RULES[name]
        opened = explore(name, steps=5)._at({})[1]
        for form in [*rule.dialects.values(), *rule.mistakes.values()]:
            values = opened | form.defaults | {"steps": 5}
            problem = linear_regression() if form.estimate else quadratic()
            drawn = frame(form, setting_at(values, form, problem))
            assert all(trace.shape == drawn.shown.theta.shape for trace in drawn.derived.values()), form.key
            assert code_for(form, drawn.setting).startswith("run(RULES[")
