"""What a trial tries: within the declared ranges, alike for all rules, and all over the range."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.racing.search import drawn, scanned
from optcourse.rules import RULES


@given(st.sampled_from(list(RULES)), st.integers(0, 500), st.integers(0, 5))
def test_a_drawn_hyper_lies_in_its_slider_and_is_valid(name, trial, seed):
    rule = RULES[name]
    hypers = drawn(rule, trial, seed)
    assert list(hypers) == list(rule.hypers)
    rule.check_hypers(hypers)
    for hyper, value in hypers.items():
        low, high = rule.hypers[hyper].slider
        assert low * 0.99 <= value <= max(high, 0.999) * 1.01


def test_hypers_of_one_name_are_drawn_alike_for_all_rules():
    assert drawn(RULES["adam"], 7)["lr"] == drawn(RULES["rmsprop"], 7)["lr"] == drawn(RULES["gd"], 7)["lr"]
    assert drawn(RULES["adam"], 7) != drawn(RULES["adam"], 8)
    assert drawn(RULES["adam"], 7) != drawn(RULES["adam"], 7, seed=1)


@pytest.mark.parametrize(
    ("rule", "hyper", "middle"),
    [("adam", "lr", 0.0316), ("momentum", "beta", 0.9), ("adamw", "weight_decay", 0.01)],
)
def test_draws_are_log_uniform_and_those_of_a_beta_in_its_distance_from_one(rule, hyper, middle):
    values = np.array([drawn(RULES[rule], trial)[hyper] for trial in range(400)])
    assert np.mean(values < middle) == pytest.approx(0.5, abs=0.1)


def test_the_scan_is_even_on_a_logarithmic_scale_and_leaves_the_middle_out():
    rates = scanned(0.01, 16)
    assert len(rates) == 16
    assert (min(rates), max(rates)) == (0.0001, 1.0)
    steps = np.diff(np.log10(sorted([*rates, 0.01])))
    np.testing.assert_allclose(steps, 0.25, atol=0.005)
    assert scanned(0.01, 0) == []
