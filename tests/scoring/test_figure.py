"""The figure of merit is the formula that its docstring states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.racing.training import Record
from optcourse.scoring.figure import (
    BOUNDS,
    FAILED,
    all_steps,
    geometric_mean,
    of_all,
    of_problem,
    steps_to,
    targets,
)

positive = st.floats(1e-3, 1e3)


def record(*losses):
    steps = 10.0 * np.arange(len(losses))
    return Record(steps, np.array(losses, dtype=float), np.full(len(losses), np.nan))


def test_steps_to_a_target_lie_straight_between_two_records():
    assert steps_to(record(8.0, 4.0, 2.0), 3.0) == 15


def test_the_first_crossing_counts_even_where_the_loss_rises_again():
    assert steps_to(record(8.0, 2.0, 6.0, 1.0), 2.0) == 10


@pytest.mark.parametrize("losses", [(8.0, 4.0, 3.0), (8.0, 1.0, 9.0), (8.0, 1.0, np.nan), (8.0, 1.0, np.inf)])
def test_a_target_that_is_not_reached_or_a_run_that_diverges_counts_twice_all_steps(losses):
    assert steps_to(record(*losses), 1.0) == FAILED * 20


def test_no_run_takes_less_than_one_step():
    assert steps_to(record(8.0, 0.0), 7.999) == 1
    assert steps_to(record(8.0, 0.0), 9.0) == 1


def test_targets_go_down_evenly_in_the_logarithm_and_not_below_a_thousandth():
    found = targets(1.0, 1e-2)
    assert np.allclose(np.log10(found), [-0.6, -1.2, -1.8], atol=1e-3)
    assert targets(1.0, 1e-9) == targets(1.0, 1e-3)


@given(st.lists(st.tuples(positive, positive, positive), min_size=1, max_size=4))
def test_a_rule_that_is_as_fast_as_the_reference_scores_1_and_twice_as_fast_2(steps):
    steps = np.array(steps)
    reference = geometric_mean(steps, axis=0)
    assert of_problem(steps, reference) == pytest.approx(1)
    assert of_problem(steps / 2, reference) == pytest.approx(2)


@given(st.lists(positive, min_size=3, max_size=3), st.lists(positive, min_size=3, max_size=3))
def test_a_problem_counts_within_its_bounds_however_good_or_bad_the_rule_is_there(steps, reference):
    assert BOUNDS[0] <= of_problem(np.array([steps]), reference) <= BOUNDS[1]


def test_winning_one_problem_by_far_and_losing_the_others_is_below_the_peers():
    one = record(8.0, 0.1)
    won = of_problem(all_steps([one], [1.0]), [1e6])
    assert of_all([won] + [BOUNDS[0]] * 5) < 1
