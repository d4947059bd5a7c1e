"""Patients: each can be told from the reference and from its neighbours, and their row is fixed."""

import base64
import json
from itertools import islice
from typing import Any

import numpy as np
import pytest

from optcourse import RULES, clinic
from optcourse.checking import check
from optcourse.pictures.clinic.widget import CHOICES, VISIBLE, Patient, patients, treated
from optcourse.pictures.engine.view import view_of


def a_round(rule: str, seed: int = 0) -> list[Patient]:
    """All patients of a rule until the first comes again."""
    found: dict[str, Patient] = {}
    for one in patients(rule, seed):
        if one.key in found:
            return list(found.values())
        found[one.key] = one
    raise AssertionError


def distance(one: Patient, key: str | None, other: str | None) -> float:
    """How far two paths part on the picture, in widths of it."""
    low, high = np.array(view_of(one.setting.problem)).T
    paths = [treated(one.rule, which, one.setting).theta for which in (key, other)]
    first, second = (np.clip(np.nan_to_num(path, nan=np.inf, neginf=np.inf), low, high) for path in paths)
    return float(np.abs(first - second).max() / (high - low)[0])


@pytest.mark.parametrize("rule", RULES)
def test_every_patient_can_be_told_from_the_reference_and_from_the_other_choices(rule: str) -> None:
    for one in a_round(rule):
        assert one.key in one.choices
        assert 2 <= len(one.choices) == len(set(one.choices)) <= CHOICES
        assert set(one.choices) <= set(RULES[rule].mistakes)
        assert distance(one, one.key, None) > VISIBLE
        for other in set(one.choices) - {one.key}:
            assert distance(one, one.key, other) > VISIBLE
            assert distance(one, other, None) > VISIBLE


@pytest.mark.parametrize("rule", RULES)
def test_every_seed_meets_the_same_faults_most_of_the_catalogue_each_once_a_round(rule: str) -> None:
    first = {one.key for one in a_round(rule)}
    assert first == {one.key for one in a_round(rule, seed=1)}
    of_steps = [key for key in RULES[rule].mistakes if RULES[rule].mistakes.declared(key).of == "step"]
    assert len(first) >= 0.6 * len(of_steps)


def test_a_seed_fixes_the_row_and_another_gives_another() -> None:
    def row(rule: str | None, seed: int) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(one.rule.name, one.key, one.choices) for one in islice(patients(rule, seed), 12)]

    assert row("adam", 3) == row("adam", 3)
    assert row(None, 0) == row(None, 0)
    assert row("adam", 3) != row("adam", 4)
    assert len({rule for rule, _, _ in row(None, 0)}) > 3


def test_rounds_are_shuffled_anew() -> None:
    size = len(a_round("gd"))
    both = list(islice(patients("gd", 0), 2 * size))
    first, second = ([one.key for one in half] for half in (both[:size], both[size:]))
    assert sorted(first) == sorted(second)
    assert first != second


def test_next_sends_another_patient_and_forgets_the_answer() -> None:
    picture = clinic("adam", seed=5)
    first = picture.case
    picture.answered = {"choice": 0, "tries": 1, "right": False, "shown": False}
    picture.asked = {"serial": 4, "number": 2}
    assert picture.case["number"] == 2
    assert picture.case["serial"] == 4
    assert picture.answered == {}
    assert picture.case["diff"] != first["diff"]
    picture.asked = {"serial": 5, "number": 1}
    assert {**picture.case, "serial": 0} == first


@pytest.mark.parametrize("seed", range(4))
def test_the_code_to_mend_runs_and_has_the_fault_that_is_told(seed: int) -> None:
    picture = clinic("adam", seed=seed)
    names: dict[str, Any] = {"np": np}
    exec(picture.case["code"], names)
    report = check(names["adam_step"])
    assert not report.passed
    assert picture._patient.key in report.mistakes


def test_the_right_choice_is_the_sentence_of_the_fault() -> None:
    for number in range(1, 6):
        picture = clinic(seed=2)
        picture.asked = {"serial": 1, "number": number}
        case = picture.case
        assert case["options"][case["right"]] == case["says"]
        assert len(case["ends"]) == len(case["options"])
        assert case["diff"]


def test_the_output_holds_a_view_a_small_still_and_the_same_text_that_names_no_fault() -> None:
    first, again = clinic("gd"), clinic("gd")
    data, _ = first._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"}
    assert len(base64.b64decode(data["image/png"])) < 100_000
    assert data["text/plain"] == repr(again)
    assert "Patient 1: Gradient descent" in data["text/plain"]
    assert first._patient.key not in data["text/plain"]


def test_the_state_that_a_notebook_saves_is_small() -> None:
    size = len(json.dumps(clinic("nadam").get_state(), default=lambda data: base64.b64encode(data).decode()))
    assert size < 150_000


@pytest.mark.parametrize("rule", ["lamb", "adm"])
def test_a_rule_without_patients_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="it has slope, gd, sgd"):
        clinic(rule)
