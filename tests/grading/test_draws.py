"""Every hidden draw tells all mistakes apart; the same seed draws the same, another seed something else."""

import numpy as np
import pytest

from optcourse import RULES
from optcourse.checking.answering import answer
from optcourse.checking.candidates import singles
from optcourse.checking.judging import expected, judge_all
from optcourse.errors import UserError
from optcourse.grading import draws
from optcourse.grading.assignment import Asked, rule_assignment
from optcourse.grading.draws import DrawError, attempt_number, draw_for
from optcourse.grading.training import Training

# A light one, one with several terms, one that wants matrices.
NAMES = ("momentum", "adam", "muon")
TRAINED = Asked("digits", "my_step", "", trains=Training("digits", 100, ((0.9, 1.0),)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [1, 2])
def test_with_every_draw_every_mistake_fails_and_the_reference_passes(name: str, seed: int) -> None:
    (asked,) = rule_assignment(name).tasks
    task = asked.question(draw_for(asked, seed))
    assert all(one.verdict == "AC" for one in judge_all(task, expected(*task)))
    mistakes = [one for one in singles(RULES[name], task.form, task.part) if one.mistakes]
    assert mistakes
    for mistake in mistakes:
        answers = tuple(answer(mistake.function, probe) for probe in task.probes())
        assert any(one.verdict != "AC" for one in judge_all(task, answers)), mistake.mistakes


def test_a_seed_is_a_draw_and_another_seed_is_another() -> None:
    (asked,) = rule_assignment("gd").tasks
    found = [draw_for(asked, seed) for seed in (*range(10), *range(10))]
    assert found[:10] == found[10:]
    assert len(set(found)) == 10
    assert 0 not in found  # the public one


def test_hidden_probes_have_other_numbers_than_the_public_ones_and_the_same_names() -> None:
    (asked,) = rule_assignment("gd").tasks
    public, hidden = asked.question(0).probes(), asked.question(draw_for(asked, 1)).probes()
    assert [probe.name for probe in public] == [probe.name for probe in hidden]
    assert not np.array_equal(public[0].theta, hidden[0].theta)
    assert not np.array_equal(public[0].grads, hidden[0].grads)


def test_what_is_not_hidden_is_asked_with_the_public_probes() -> None:
    assert draw_for(Asked("gd", "gd_step", "gd", hidden=False), 5) == 0


def test_a_draw_that_does_not_tell_all_apart_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    (asked,) = rule_assignment("gd").tasks
    usual, tried = draws.tells_apart, []

    def second_only(one: Asked, draw: int) -> bool:
        tried.append(draw)
        return len(tried) > 1 and usual(one, draw)

    monkeypatch.setattr(draws, "tells_apart", second_only)
    assert draw_for(asked, 1) == tried[1]
    monkeypatch.setattr(draws, "tells_apart", lambda one, draw: False)
    with pytest.raises(DrawError, match="none of 50 draws"):
        draw_for(asked, 1)


def test_a_rule_that_is_none_is_told_so() -> None:
    with pytest.raises(UserError, match="adamm"):
        rule_assignment("adamm")


def test_an_attempt_is_asked_with_a_draw_of_its_own_and_again_with_the_same() -> None:
    (asked,) = rule_assignment("gd").tasks
    numbers = [attempt_number(5, student, file) for student in ("ann", "bob") for file in "abcdefgh"]
    assert len(set(numbers)) == len(numbers)
    assert numbers[0] == attempt_number(5, "ann", "a") != attempt_number(6, "ann", "a")
    drawn = {draw_for(asked, 5, number) for number in numbers}
    assert 1 < len(drawn) <= draws.POOL
    assert 0 not in drawn
    assert len({draw_for(TRAINED, 5, number) for number in numbers}) == len(numbers)
