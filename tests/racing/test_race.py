"""A whole race: the same for the same seed, however it is made, and with the learner's own function in it."""

import json
import shutil
import sys

import numpy as np
import pytest

from optcourse import RULES
from optcourse.errors import UserError
from optcourse.problems import PROBLEMS, quadratic
from optcourse.racing import Budget, own_rule, race
from optcourse.racing.journal import Journal
from optcourse.racing.table import text
from optcourse.racing.training import Record

SMALL = Budget(trials=3, epochs=1, seeds=2, scan=4, steps=20)


def small(runners, problem="regression", **other):
    return race(runners, problem, **{"budget": SMALL, "workers": 0, "progress": False, **other})


def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)


def losses(finished):
    return {one.runner.label: [record.train.tolist() for record in one.finals] for one in finished.standings}


def test_every_runner_makes_the_same_number_of_trials_scans_and_starts():
    for one in small(["gd", "sgd", "adam"]).standings:
        assert (len(one.trials), len(one.scan), len(one.finals)) == (3, 4 + 1, 2)


def test_gd_takes_all_examples_sgd_one_and_the_others_a_batch_for_the_same_number_of_epochs():
    steps = {one.runner.label: one.finals[0].steps[-1] for one in small(["gd", "sgd", "adam"]).standings}
    assert steps == {"gd": 1, "sgd": 64, "adam": 2}


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    tables = [text(small(["adam", "momentum"], seed=seed), times=False) for seed in (0, 0, 1)]
    assert tables[0] == tables[1] != tables[2].replace("Seed 1", "Seed 0")


def test_worker_processes_and_this_one_make_the_same_race():
    here, there = (small(["adam", "gd"], workers=count) for count in (0, 2))
    assert losses(here) == losses(there)
    assert text(here, times=False) == text(there, times=False)


@pytest.mark.parametrize("count", [0, 1])
def test_the_learners_own_right_function_runs_exactly_as_the_reference(count):
    done = losses(small(["adam", adam_step], workers=count))
    assert list(done) == ["adam", "adam_step (own)"]
    np.testing.assert_allclose(done["adam"], done["adam_step (own)"], rtol=1e-9)


def test_a_rule_of_ones_own_is_tuned_over_the_ranges_it_declares():
    def leap_step(theta, grad, state, *, lr=0.1, beta=0.5):
        (m,) = state
        m = beta * m + np.sign(grad)
        return theta - lr * m, (m,)

    rule = own_rule(
        leap_step, lambda theta, **hypers: (np.zeros_like(theta),), lr=(1e-3, 0.1), beta=(0.5, 0.99)
    )
    (one,) = small([rule]).standings
    assert one.runner.label == "leap"
    assert all(1e-3 <= hypers["lr"] <= 0.1 and 0.5 <= hypers["beta"] <= 0.99 for hypers, _ in one.trials)
    assert one.state_bytes == 4
    assert one.adaptive


def test_a_problem_made_by_hand_and_without_examples_can_be_raced_on():
    done = small(["gd", "momentum"], quadratic(50.0), workers=2)
    assert all(one.finals[0].steps[-1] == 20 for one in done.standings)
    assert all(np.isnan(one.final_validation).all() for one in done.standings)
    assert done.target == pytest.approx(0.2 * done.problem.loss(done.problem.start))


class KilledError(Exception):
    """What stops a race in these tests."""


def stopped_after(runs):
    def progress(done, total):
        if done == runs:
            raise KilledError

    return progress


@pytest.mark.parametrize("count", [0, 2])
def test_a_race_that_was_stopped_goes_on_where_it_was_and_ends_the_same(tmp_path, count):
    whole = text(small(["adam", "gd"]), times=False)
    with pytest.raises(KilledError):
        small(["adam", "gd"], out=tmp_path, workers=count, progress=stopped_after(7))
    kept = (tmp_path / "runs.jsonl").read_text().splitlines()
    assert len(kept) >= 7
    again = small(["adam", "gd"], out=tmp_path, workers=count)
    assert text(again, times=False) == whole
    lines = (tmp_path / "runs.jsonl").read_text().splitlines()
    assert lines[: len(kept)] == kept
    assert len(lines) == 2 * SMALL.runs() == len({json.loads(line)["key"] for line in lines})


def test_a_line_cut_off_by_a_kill_is_made_again(tmp_path):
    whole = text(small(["gd"], out=tmp_path), times=False)
    path = tmp_path / "runs.jsonl"
    content = path.read_text()
    path.write_text(content[:-30])
    assert text(small(["gd"], out=tmp_path), times=False) == whole
    assert len(Journal(tmp_path).records) == SMALL.runs()


def test_nothing_is_run_twice_and_a_changed_function_is_run_anew(tmp_path):
    def gd_step(theta, grad, state, *, lr=1e-3):
        return theta - lr * grad, state

    small([gd_step], out=tmp_path)
    small([gd_step], out=tmp_path)
    assert len(Journal(tmp_path).records) == SMALL.runs()

    def gd_step(theta, grad, state, *, lr=1e-3):
        return theta - lr * grad / 2, state

    small([gd_step], out=tmp_path)
    assert len(Journal(tmp_path).records) > SMALL.runs()


def test_records_survive_the_journal_to_the_last_bit(tmp_path):
    record = Record(np.array([0.0, 1]), np.array([0.1 + 0.2, np.inf]), np.array([np.nan, 1e-300]), 1 / 3)
    Journal(tmp_path).add("a", record)
    again = Journal(tmp_path).records["a"]
    for name in ("steps", "train", "validation"):
        np.testing.assert_array_equal(getattr(record, name), getattr(again, name))
    assert again.seconds == record.seconds


def test_progress_counts_every_run_once():
    counted = []
    small(["gd", "adam"], progress=lambda done, total: counted.append((done, total)))
    assert counted == [(number, 2 * SMALL.runs()) for number in range(1, 2 * SMALL.runs() + 1)]


def test_a_step_that_raises_says_so():
    def gd_step(theta, grad, state, *, lr=1e-3):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        small([gd_step])


def test_a_worker_that_dies_is_said_to_have_ended(monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(RuntimeError, match="A worker of the race ended by itself"):
        small(["gd"], workers=1)


@pytest.mark.parametrize(
    ("runners", "words"),
    [
        (["adm"], "There is no rule 'adm': did you mean adam"),
        (["adam", "adam"], "adam runs twice"),
        ([], "at least one runner"),
    ],
)
def test_what_can_not_race_is_refused_in_words(runners, words):
    with pytest.raises(UserError, match=words):
        small(runners)


def test_a_budget_of_nothing_is_refused_in_words():
    with pytest.raises(UserError, match="trials must be at least 1; got 0"):
        Budget(trials=0)


def test_muon_steps_the_matrices_of_a_network():
    (one,) = small(["muon"], "diabetes").standings
    assert one.finals[0].train[-1] < one.finals[0].train[0]


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name not in ("adding", "convolution")])
def test_every_problem_can_be_raced_on(name):
    budget = Budget(trials=1, epochs=1, seeds=1, scan=0, steps=5)
    assert len(small(["adam"], name, budget=budget).standings) == 1


def test_a_mistake_can_race_against_the_rule():
    rule = RULES["adam"]
    mistake = next(iter(rule.mistakes))
    assert f"adam:{mistake}" in losses(small(["adam", rule.mistakes[mistake]]))
