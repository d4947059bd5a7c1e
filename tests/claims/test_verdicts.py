"""A verdict follows from the figures by the stated rule, and from nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.arrays import Array
from optcourse.claims.results import figures
from optcourse.claims.searches import MEANINGS, Searched, floored, steps_ratio
from optcourse.claims.trial import Trial, verdict


def trial(values: object, holds: float = 2.0, fails: float = 1.0) -> Trial:
    return Trial("somewhere", "times faster", np.array(values, dtype=float), holds, fails)


OUTCOMES = [
    ([2.0] * 10, "holds"),
    ([2.0] * 9 + [0.5], "holds"),
    ([2.0] * 8 + [1.5] * 2, "open"),
    ([1.0] * 9 + [3.0], "fails"),
    ([1.5] * 10, "open"),
    ([np.inf] * 10, "holds"),
    ([np.nan] * 2 + [5.0] * 8, "open"),
    ([np.nan] * 10, "open"),
]


@pytest.mark.parametrize(("values", "outcome"), OUTCOMES)
def test_nine_of_ten_must_agree(values: list[float], outcome: str) -> None:
    assert trial(values).outcome == outcome


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_where_small_values_speak_for_the_claim_the_same_rule_holds_with_the_sign_turned(
    values: list[float],
) -> None:
    upright = trial(values, 2.0, 1.0)
    turned = trial([-value for value in values], -2.0, -1.0)
    assert upright.outcome == turned.outcome


HOLDS, FAILS, OPEN = trial([3.0]), trial([0.0]), trial([1.5])
VERDICTS = [
    ((HOLDS, HOLDS), "supported"),
    ((FAILS,), "refuted"),
    ((HOLDS, FAILS), "depends on the weather"),
    ((HOLDS, OPEN), "depends on the weather"),
    ((FAILS, OPEN), "depends on the weather"),
    ((OPEN, OPEN), "depends on the draw"),
]


@pytest.mark.parametrize(("trials", "words"), VERDICTS)
def test_a_verdict_is_what_the_outcomes_say(trials: tuple[Trial, ...], words: str) -> None:
    assert verdict(trials, "the weather") == words


SPREADS = [
    ([4, 1, 3, 2], (1, 2, 4)),
    ([4, np.nan, 1, 3], (1, 3, 4)),
    ([np.inf, 1, np.nan], (1, 1, np.inf)),
    ([np.nan, np.nan], None),
]


@pytest.mark.parametrize(("values", "spread"), SPREADS)
def test_the_spread_is_the_lowest_the_lower_median_and_the_highest_of_what_decides(
    values: list[float], spread: tuple[float, ...] | None
) -> None:
    assert trial(values).spread == spread


def test_a_trial_that_decides_nothing_says_so_and_not_nan() -> None:
    nothing, half = figures(trial([np.nan] * 10)), figures(trial([np.nan] * 5 + [3.0] * 5))
    assert str(nothing) == "somewhere: times faster not decided (-; 10 of 10 not decided); open"
    assert str(half) == "somewhere: times faster 3 (3 to 3; 5 of 10 not decided); open"


STEPS = np.array([0.0, 10.0, 20.0])
RATIOS = [
    ([4, 2, 0], [4, 2, 0], 1.0),
    ([4, 3, 2], [4, 2, 0], 2.0),  # both reach 2
    ([4, 2, 0], [4, 3, 2], 0.5),
    ([4, 2, 3], [4, 3, 2], 0.5),  # the lowest loss counts, not the last
    ([4, 5, 6], [4, 2, 0], np.inf),  # the slow one never comes below its start
    ([4, 2, 0], [4, 5, np.inf], 0.0),
]


@pytest.mark.parametrize(("slow", "fast", "ratio"), RATIOS)
def test_steps_are_compared_at_the_lowest_loss_that_both_reach(
    slow: list[float], fast: list[float], ratio: float
) -> None:
    assert steps_ratio(STEPS, np.array(slow, dtype=float), np.array(fast, dtype=float)) == ratio


def test_two_runs_that_do_not_move_decide_nothing() -> None:
    still = np.array([4.0, 4.0, 5.0])
    assert np.isnan(steps_ratio(STEPS, still, still))


CURVE = st.lists(st.integers(0, 100), min_size=2, max_size=2).map(lambda rest: np.array([50.0, *rest]))


@given(CURVE, CURVE)
def test_a_ratio_of_steps_is_nan_only_where_neither_moves_and_turns_over_with_the_two(
    slow: Array, fast: Array
) -> None:
    there, back = steps_ratio(STEPS, slow, fast), steps_ratio(STEPS, fast, slow)
    assert np.isnan(there) == (slow.min() == slow[0] and fast.min() == fast[0])
    if not np.isnan(there):
        assert there >= 0
        assert there == pytest.approx(np.inf if back == 0 else 1 / back)


def test_losses_that_overflow_count_as_inf_and_solved_ones_alike() -> None:
    assert floored(np.array([2.0, np.nan, 1.0, 1e-9, 0.0])).tolist() == [2.0, np.inf, 1.0, 2e-4, 2e-4]


def found(last: list[float]) -> Searched:
    """A search whose losses begin at 10 and end so at each rate, for ten seeds alike."""
    ends = np.array(last, dtype=float)[None, :, None] * np.ones((1, 1, 13))
    return Searched(np.concatenate([np.full_like(ends, 10.0), ends]), np.array([0.0, 300.0]), np.empty(0))


WIDTHS = [
    ([1.0, 1.05, 1.2, 1.8, 2.0, np.nan], 1.0, 2.0),
    ([1.0] * 6, 3.0, 3.0),
    ([1.0, 9.0, 10.0, np.inf, np.nan, 10.0], 0.5, 0.5),
]


@pytest.mark.parametrize(("last", "close", "far_down"), WIDTHS)
def test_good_rates_are_counted_in_either_meaning(last: list[float], close: float, far_down: float) -> None:
    assert [found(last).width(meaning)[0] for meaning in MEANINGS] == pytest.approx([close, far_down])
