"""A right function in another form is told so and passes where it may; a wrong version of it never does."""

from collections import Counter

import numpy as np
import pytest

from optcourse.checking import answers_in_time, check
from optcourse.checking.judging import Task, judge_all
from optcourse.rules import RULES
from tests.checking.other_forms import RIGHT, WRONG, Spelling


def named(spellings):
    return [pytest.param(one, id=f"{one.rule}-{one.function.__name__}") for one in spellings]


def test_each_form_is_spelt_in_three_ways_and_has_a_wrong_version():
    spelt = Counter((one.rule, one.key) for one in RIGHT)
    assert set(spelt.values()) == {3}
    assert {(one.rule, one.key) for one in WRONG} == set(spelt)


@pytest.mark.parametrize("spelling", named(RIGHT))
def test_a_right_form_is_never_called_a_mistake_and_passes_where_it_may(spelling: Spelling):
    rule, key, function = spelling
    report = check(function, rule)
    assert (report.passed, report.mistakes, report.dialect) == (False, (), key), str(report)
    assert "is correct as" in report.message
    for how in ({"accepts": (key,)}, {"dialect": key}):
        assert check(function, rule, **how).passed, str(check(function, rule, **how))


@pytest.mark.parametrize("spelling", named(WRONG))
def test_a_wrong_version_of_a_form_passes_nowhere_and_is_not_called_right(spelling: Spelling):
    rule, key, function = spelling
    asked = Task(RULES[rule].form(key), "step")
    findings = judge_all(asked, answers_in_time(function, asked))
    assert not all(one.points for one in findings)  # where just this form is asked for
    report = check(function, rule, accepts=(key,))
    assert not report.passed, str(report)
    assert "is correct as" not in report.message, str(report)


def test_a_power_that_stays_as_it_was_is_not_called_a_counter_that_nothing_needs():
    step = next(one.function for one in WRONG if one.function.__name__ == "tensorflow_not_multiplied")
    report = check(step, "adam", dialect="running-powers-ahead")
    assert "is correct as" not in report.message, str(report)


def in_another_unit(name: str, part: int, factor: float):
    """The rule's step with one part of its state multiplied by a number."""
    step = RULES[name].function

    def scaled(theta, grad, state, **hypers):
        before = [one / factor if place == part else one for place, one in enumerate(state)]
        theta, after = step(theta, grad, before, **hypers)
        return theta, [factor * one if place == part else one for place, one in enumerate(after)]

    return scaled


ARRAYS = [
    (name, part)
    for name, rule in RULES.items()
    for part, blank in enumerate(rule._blank)
    if isinstance(blank, np.ndarray) and name != "schedule_free"
]


@pytest.mark.parametrize(("name", "part"), ARRAYS)
def test_a_part_in_any_unit_is_right_mathematics_with_another_state(name, part):
    report = check(in_another_unit(name, part, 7.25), name)
    assert "7.25 * " in report.message, str(report)
    assert "is correct as" in report.message
    assert not report.passed
    assert report.mistakes == ()


def test_a_part_that_starts_from_theta_has_the_unit_that_it_starts_in():
    assert "is correct as" not in check(in_another_unit("schedule_free", 0, -1.0), "schedule_free").message
