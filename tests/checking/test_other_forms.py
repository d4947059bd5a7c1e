"""A right function in another form is told so and passes where it may; a wrong version of it never does."""

from collections import Counter

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
