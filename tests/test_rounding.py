"""The switch that moves results by rounding: how far, what, and that nothing else can be reached by it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from optcourse import RULES, rounding, run
from optcourse.checking.judging import expected
from optcourse.problems import linear_regression, quadratic
from optcourse.rules.momentum import MomentumState


@pytest.fixture
def switch():
    yield rounding.switch_on
    rounding.switch_off()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_number_is_moved_by_four_eps_of_its_dtype(switch, dtype):
    before = np.linspace(1, 2, 200, dtype=dtype)
    switch(1)
    after = rounding.moved(before)
    assert after.dtype == dtype
    off = np.abs(after - before) / before / np.finfo(dtype).eps
    assert np.all((off > 2.9) & (off < 5.1))
    assert 50 < np.sum(after > before) < 150


def test_the_same_is_moved_to_the_same_place_and_by_another_seed_elsewhere(switch):
    value = np.linspace(1, 2, 50)
    switch(1)
    first, again = rounding.moved(value), rounding.moved(value.copy())
    switch(2)
    other = rounding.moved(value)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_whole_numbers_zeros_and_words_stay_and_states_keep_their_names(switch):
    switch(1)
    state = rounding.moved(MomentumState(np.array([0.0, 1.0, np.inf])))
    assert isinstance(state, MomentumState)
    assert state.v[0] == 0
    assert state.v[1] != 1
    assert np.isinf(state.v[2])
    for same in (3, "word", None, True, np.arange(3)):
        assert rounding.moved(same) is same


def handed_out():
    """What learners are given: gradients, draws, steps, runs."""
    problem = linear_regression()
    return {
        "gradient": quadratic().grad(np.array([1.0, 2.0])),
        "loss": quadratic().loss(np.array([1.0, 2.0])),
        "start": quadratic().start,
        "data": problem.data[0],
        "optimum": problem.optimum,
        "step": RULES["gd"].step(np.ones(2), np.ones(2), (), lr=0.1)[0],
        "run": run("gd", "quadratic", steps=1, lr=0.01).theta,
        "own gradients": run(
            "minibatch", problem, estimate=RULES["minibatch"].estimate, steps=1, batch_size=4, lr=0.01
        ).theta,
        "noise": run("gd", "quadratic", steps=1, lr=0.01, noise=1.0).theta,
    }


def test_everything_that_is_handed_out_is_moved_a_little_and_only_while_the_switch_is_on(switch):
    off = handed_out()
    switch(1)
    on = handed_out()
    rounding.switch_off()
    for name, value in handed_out().items():
        assert np.array_equal(value, off[name]), name
        assert not np.array_equal(value, on[name]), name
        assert np.allclose(value, on[name], rtol=1e-12), name


def test_what_a_check_expects_is_not_moved(switch):
    before = expected(RULES["adam"], "step", 3)
    expected.cache_clear()
    switch(1)
    after = expected(RULES["adam"], "step", 3)
    expected.cache_clear()
    for one, other in zip(before, after, strict=True):
        for values, others in zip(one.values, other.values, strict=True):
            assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(values, others, strict=True))


def test_no_process_inherits_the_switch(switch):
    switch(1)
    asked = "from optcourse import rounding; print(rounding.is_on())"
    answer = subprocess.run([sys.executable, "-c", asked], env=os.environ, capture_output=True, text=True)
    assert answer.stdout == "False\n"
