"""A verdict follows from the figures by the stated rule, and from nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_the_spread_is_the_lowest_the_lower_median_and_the_highest() -> None:
    assert trial([4, 1, 3, 2]).spread == (1, 2, 4)
