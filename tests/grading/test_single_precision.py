"""Working in float32 costs "dtype kept" and no more; and it brings nobody with a mistake any points."""

from collections.abc import Callable
from typing import Any

import pytest

from optcourse.checking.answering import answer
from optcourse.checking.candidates import singles
from optcourse.grading.assignment import Asked, rule_assignment
from optcourse.grading.scoring import earned, in_float32, marks

NAMES = ("adam", "rmsprop", "adamax", "momentum")
HIDDEN = 12345


def score(asked: Asked, function: Callable[..., Any]) -> float:
    task = asked.question(HIDDEN)
    answers = tuple(answer(function, probe) for probe in task.probes())
    found = earned(task, marks(asked.of(), task, answers), named=False)
    return sum(one.score for one in found) / len(found)


@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_earns_no_more_in_float32(name: str) -> None:
    (asked,) = rule_assignment(name).tasks
    task = asked.question(HIDDEN)
    gains = {
        one.mistakes or one.dialect: (score(asked, one.function), score(asked, in_float32(one.function)))
        for one in singles(asked.of(), task.form, task.part)
    }
    assert {which: both for which, both in gains.items() if both[1] > both[0] + 1e-12} == {}
    assert len(gains) > 3


@pytest.mark.parametrize("name", NAMES)
def test_what_is_right_in_float32_earns_what_float32_can_be_right_at(name: str) -> None:
    (asked,) = rule_assignment(name).tasks
    task = asked.question(HIDDEN)
    function = in_float32(task.form.function)
    found = earned(
        task, marks(asked.of(), task, tuple(answer(function, one) for one in task.probes())), False
    )
    lost = {one.name for one in found if one.verdict != "AC"}
    assert "dtype kept" in lost
    assert not lost & {"first steps", "under way", "float32", "inputs left alone"}
    assert score(asked, function) > 0.7
