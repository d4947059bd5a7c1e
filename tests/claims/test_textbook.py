"""The textbooks' table follows from stored figures by stated limits, and docs/measurements.md shows it."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.claims import measured
from optcourse.claims.advice import ADVICE, Advice, evidence
from optcourse.claims.textbook import FILE, LEFT_OUT, PAGE, PROBLEMS, SEED, page, rows, stored, with_section
from optcourse.claims.words import memory, ratio, speed, stability
from optcourse.problems import problem_named
from optcourse.racing import Budget
from optcourse.racing.budget import target_for
from optcourse.racing.runners import runners_of
from optcourse.racing.standing import is_adaptive, state_bytes
from optcourse.racing.training import Job, train
from optcourse.rules import RULES

NEVER = float("nan")

SPEEDS = [
    ([2.0, 2.0, 2.0], "very fast"),
    ([1.99, 9.0, 0.0], "fast"),
    ([1.25, 1.25, 1.25], "fast"),
    ([1.24, 5.0, 1.0], "medium"),
    ([0.8, 0.8, 0.8], "medium"),
    ([0.79, 0.79, 3.0], "slow"),
    ([0.0, 0.01, 0.5], "slow"),
    ([0.0, 0.0, 9.0], "very slow"),
    ([np.inf, np.inf, 1.0], "very fast"),
]
STABILITIES = [
    ([1.5, 1.5, 1.5], 0.2, "high"),
    ([1.5, 1.5, 1.5], 0.21, "medium"),
    ([1.49, 9.0, 0.0], 0.0, "medium"),
    ([1.0, 1.0, 1.0], 0.39, "medium"),
    ([9.0, 9.0, 9.0], 0.4, "low"),
    ([0.99, 0.99, 9.0], 0.0, "low"),
]
MEMORIES = [
    (0.0, "low"),
    (0.4, "low"),
    (4.0, "medium"),
    (8.0, "high"),
    (8.6, "very high"),
    (12.0, "very high"),
]
RATIOS = [
    ([100, 200, 300], [100, 100, 100], (2, 1, 3)),
    ([100, 200, 300], [NEVER, NEVER, NEVER], (0, 0, 0)),
    ([NEVER, 200, 300], [100, 100, 100], (3, 2, np.inf)),
    ([NEVER, 200, 300], [NEVER, 100, 100], (2, 0, 3)),
]


@pytest.mark.parametrize(("ratios", "word"), SPEEDS)
def test_speed_is_the_median_over_the_problems_in_a_word(ratios: list[float], word: str) -> None:
    assert speed(ratios) == word


@pytest.mark.parametrize(("decades", "diverged", "word"), STABILITIES)
def test_stability_needs_wide_ranges_of_rates_and_few_diverged_trials(
    decades: list[float], diverged: float, word: str
) -> None:
    assert stability(decades, diverged) == word


@pytest.mark.parametrize(("size", "word"), MEMORIES)
def test_memory_is_bytes_in_a_word(size: float, word: str) -> None:
    assert memory(size) == word


@pytest.mark.parametrize(("theirs", "its", "expected"), RATIOS)
def test_a_ratio_is_taken_seed_by_seed(
    theirs: list[float], its: list[float], expected: tuple[float, ...]
) -> None:
    assert ratio(np.array(theirs, dtype=float), np.array(its, dtype=float)) == expected


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(1, 10))
def test_who_is_faster_on_every_problem_is_never_called_slower(ratios: list[float], gain: float) -> None:
    order = ["very slow", "slow", "medium", "fast", "very fast"]
    assert order.index(speed([gain * one for one in ratios])) >= order.index(speed(ratios))


def test_every_taught_rule_is_in_the_table_or_left_out_with_a_reason() -> None:
    heading, *body = rows(stored())
    assert [line[0] for line in body] == [rule for rule in RULES if rule not in LEFT_OUT]
    assert all(len(line) == len(heading) for line in body)
    assert all(LEFT_OUT.values())


def test_races_are_stored_with_seed_and_versions_and_ten_starts() -> None:
    content = json.loads(files("optcourse.claims").joinpath(FILE).read_text(encoding="utf-8"))
    assert content["seed"] == SEED
    assert set(content["versions"]) == {"numpy", "python"}
    assert set(content["races"]) == set(PROBLEMS)
    assert all(len(entry.steps) == 10 for entries in stored().values() for entry in entries.values())


@pytest.mark.parametrize("rule", stored()["digits"])
def test_state_and_adaptivity_measured_again_are_those_stored(rule: str) -> None:
    (runner,) = runners_of([rule])
    for problem, entries in stored().items():
        assert entries[rule].state_bytes == state_bytes(runner, problem_named(problem))
        assert entries[rule].adaptive == is_adaptive(runner)


@pytest.mark.parametrize("rule", ["minibatch", "momentum", "adam", "muon"])
def test_a_race_run_again_reaches_the_target_after_the_stored_steps(rule: str) -> None:
    budget, problem, entry = Budget(), problem_named("diabetes"), stored()["diabetes"][rule]
    (runner,) = runners_of([rule])
    steps, every = budget.length(problem, budget.batch_size)
    for seed in (SEED, SEED + 1):
        job = Job(runner, problem, tuple(entry.hypers.items()), seed, steps, every, budget.batch_size)
        # Rounding differs between processors, so the crossing may come a record sooner or later.
        assert train(job).steps_to(target_for(problem)) == pytest.approx(entry.steps[seed - SEED], abs=every)


@pytest.mark.parametrize("advice", ADVICE, ids=lambda advice: f"{advice.key}: {advice.where}")
def test_each_piece_of_advice_rests_on_an_experiment_that_came_out_so(advice: Advice) -> None:
    assert evidence(advice, measured()).outcome == advice.outcome in ("holds", "fails")


def test_advice_whose_experiment_came_out_otherwise_is_refused() -> None:
    wrong = Advice("always", "gd", "sgd-memory", "any", "fails")
    with pytest.raises(ValueError, match="change the advice"):
        evidence(wrong, measured())
    with pytest.raises(ValueError, match="no setting 'nowhere'"):
        evidence(Advice("always", "gd", "sgd-memory", "nowhere", "holds"), measured())


def test_the_page_shows_what_is_stored() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, stored()) == text


@pytest.mark.parametrize(
    "text", ["", "<!-- a: begin -->", "<!-- a: end -->", 2 * "<!-- a: begin --><!-- a: end -->"]
)
def test_a_page_without_the_marks_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="each once"):
        with_section(text, "a", "new")


def test_a_section_replaces_what_stands_between_its_marks_only() -> None:
    text = "before <!-- a: begin -->old<!-- a: end --> after"
    assert with_section(text, "a", "new") == "before <!-- a: begin -->\nnew\n<!-- a: end --> after"
