"""The figures of the table, from made-up records."""

import numpy as np
import pytest

from optcourse import RULES
from optcourse.problems import digits_network, quadratic
from optcourse.racing.budget import Budget
from optcourse.racing.race import Race
from optcourse.racing.runners import runners_of
from optcourse.racing.standing import Standing, best_trial, is_adaptive, state_bytes
from optcourse.racing.table import COLUMNS, ranked, spread, text
from optcourse.racing.training import Record


def record(*losses):
    """A record after 0, 10, 20, ... steps."""
    curve = np.array(losses, dtype=float)
    return Record(np.arange(0.0, 10 * len(curve), 10), curve, curve + 1, seconds=0.01 * len(curve))


GOOD, BAD = record(2, 1, 0.5, 0.5, 0.5), record(2, 1e9, np.inf, np.nan, np.nan)


def standing(finals=(GOOD,), scan=(), trials=(({"lr": 0.1}, GOOD),), name="adam"):
    (runner,) = runners_of([name])
    return Standing(
        runner=runner, examples=100, epoch=5, trials=trials, scan=scan, finals=finals, best={"lr": 0.1},
        state_bytes=8, adaptive=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("losses", "diverged"),
    [
        ((1, 0.5), False),
        ((1, 1.5), True),
        ((1, np.inf, 0.1), True),
        ((1, 9, 0.5), False),
        ((1, np.nan), True),
    ],
)
def test_a_run_diverged_where_it_overflowed_or_ended_above_its_start(losses, diverged):
    assert record(*losses).diverged is diverged


def test_the_target_is_reached_at_the_first_record_at_or_below_it():
    assert record(2, 1, 0.5, 0.7).steps_to(0.5) == 20
    assert record(2, 1).steps_to(3) == 0
    assert np.isnan(record(2, 1).steps_to(0.5))
    assert np.isnan(BAD.steps_to(0.5))


def test_the_best_trial_has_the_lowest_loss_over_its_last_epoch_and_has_not_diverged():
    late = record(2, 0.9, 0.9, 0.9, 0.01)
    trials = [({"lr": 1.0}, BAD), ({"lr": 2.0}, late), ({"lr": 3.0}, GOOD)]
    assert best_trial(trials) == ({"lr": 3.0}, GOOD)
    assert best_trial(trials[:1])[0] == {"lr": 1.0}


@pytest.mark.parametrize(
    ("ends", "decades"),
    [
        ([1.9, 0.05, 0, 0.05, 1.9], (0.75, False)),
        ([0.05, 0.05, 0, 1.9, 0.05], (0.75, True)),  # the last works, but not next to the others
        ([1.9, 1.9, 0, np.inf, np.inf], (0.25, False)),
        ([0, 0, 0, 0, 0], (1.25, True)),
        ([np.inf] * 5, (0.0, False)),
    ],
)
def test_the_width_counts_the_rates_around_the_best_that_come_nine_tenths_as_far(ends, decades):
    scan = [(10.0**place, record(2, *[end] * 4)) for place, end in enumerate(ends)]
    assert standing(scan=scan).decades == decades


def test_shares_and_counts_of_what_diverged():
    one = standing(finals=[GOOD, BAD, GOOD], trials=[({}, BAD), ({}, GOOD), ({}, BAD), ({}, BAD)])
    assert one.diverged == 1
    assert one.diverged_trials == 0.75
    assert COLUMNS["diverged trials"](one, 1) == "75%"
    assert COLUMNS["train loss"](one, 1) == "diverged 1/3"
    assert COLUMNS["reached"](one, 1) == "2/3"


def test_steps_examples_and_seconds_to_the_target_go_together():
    cells = {name: COLUMNS[f"{name} to target"](standing(), 0.5) for name in ("steps", "examples", "seconds")}
    assert cells == {"steps": "20", "examples": "400", "seconds": "0.03"}
    assert COLUMNS["steps to target"](standing(), 0.1) == "never"


def test_a_spread_is_the_median_and_the_middle_eighty_percent_of_what_is_finite():
    assert spread(np.array([*range(11), np.nan]), ".0f") == "5 (1–9)"
    assert spread(np.array([2.0, 2.0]), ".1f") == "2.0"
    assert spread(np.array([np.nan]), ".1f") == ""


@pytest.mark.parametrize(
    ("rule", "size"), [("gd", 0), ("momentum", 4), ("adagrad", 4), ("adam", 8), ("amsgrad", 12), ("lion", 4)]
)
def test_the_state_is_counted_in_bytes_of_float32_for_each_parameter(rule, size):
    (runner,) = runners_of([rule])
    assert state_bytes(runner, digits_network()) == size


def test_muon_keeps_one_number_for_matrices_and_two_for_what_it_leaves_to_adam():
    (runner,) = runners_of(["muon"])
    matrices, others = 64 * 64 + 64 * 10, 64 + 10
    assert state_bytes(runner, digits_network()) == pytest.approx(
        4 * (matrices + 2 * others) / (matrices + others)
    )


@pytest.mark.parametrize("rule", ["gd", "sgd", "minibatch", "momentum", "nesterov", "muon"])
def test_rules_with_one_rate_for_all_coordinates_are_not_adaptive(rule):
    assert not is_adaptive(runners_of([rule])[0])


@pytest.mark.parametrize(
    "rule", ["adagrad", "rmsprop", "adadelta", "adam", "adamax", "nadam", "amsgrad", "adamw", "lion"]
)
def test_rules_with_a_rate_for_each_coordinate_are_adaptive(rule):
    assert is_adaptive(runners_of([rule])[0])


def test_the_best_stand_first_and_those_that_never_arrive_last():
    slow = record(2, 1.5, 1, 0.5, 0.4)
    never = record(2, 1.9, 1.8, 1.7, 1.6)
    race = Race(
        quadratic(), Budget(), 0.5, 0,
        [standing([never], name="gd"), standing([slow], name="momentum"), standing([GOOD])],
    )  # fmt: skip
    assert [one.runner.label for one in ranked(race)] == ["adam", "momentum", "gd"]


def test_the_tables_are_at_most_eighty_columns_wide_and_have_every_column():
    race = Race(quadratic(), Budget(), 0.5, 0, [standing(scan=[(0.1, GOOD)], name="schedule_free")])
    said = text(race)
    assert max(map(len, said.splitlines())) <= 80
    words = said.split()
    for heading in COLUMNS:
        assert set(heading.split()) <= set(words), heading
    assert "seconds" not in text(race, times=False).split()


def test_a_dialect_has_a_name_of_its_own():
    (runner,) = runners_of([RULES["adam"].dialects["eps-hat"]])
    assert runner.label == "adam:eps-hat"
    assert runner.catalogued == ("adam", "eps-hat")
