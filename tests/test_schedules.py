"""Schedules: their ends, their shape, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse import schedules
from optcourse.running import run

totals = st.integers(10, 500)
lrs = st.floats(1e-6, 10.0)

# Every schedule with a peak of lr, over `total` steps.
PEAKED = {
    "constant": lambda lr, total: schedules.constant(lr),
    "step": lambda lr, total: schedules.step(lr, every=total // 3, factor=0.5),
    "exponential": lambda lr, total: schedules.exponential(lr, factor=0.9),
    "cosine": lambda lr, total: schedules.cosine(lr, total=total),
    "linear_warmup": lambda lr, total: schedules.linear_warmup(lr, warmup=total // 2),
    "warmup_cosine": lambda lr, total: schedules.warmup_cosine(lr, warmup=total // 4, total=total),
    "one_cycle": lambda lr, total: schedules.one_cycle(lr, total=total),
}
peaked = pytest.mark.parametrize("make", PEAKED.values(), ids=PEAKED)
falling = pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine"])


def values(schedule, total: int) -> np.ndarray:
    """The schedule in steps 1 to total."""
    return np.array([schedule(t) for t in range(1, total + 1)])


@peaked
@given(lr=lrs, total=totals)
def test_no_schedule_goes_above_lr_or_below_zero_also_past_its_end(make, lr, total):
    lrs = values(make(lr, total), 2 * total)
    assert np.all((lrs >= 0) & (lrs <= lr * (1 + 1e-12)))


@peaked
@given(lr=lrs, total=totals)
def test_every_schedule_comes_close_to_lr(make, lr, total):
    assert values(make(lr, total), total).max() >= 0.8 * lr


@peaked
def test_a_schedule_gives_plain_numbers_so_that_float32_stays_float32(make):
    schedule = make(np.float64(0.1), 10)
    assert all(type(schedule(t)) is float for t in range(1, 12))
    assert (
        run("gd", "quadratic", steps=3, lr=schedule, start=np.ones(2, np.float32)).theta.dtype == np.float32
    )


@falling
@given(lr=lrs, total=totals)
def test_a_schedule_without_a_warm_up_starts_at_lr_and_never_rises(name, lr, total):
    lrs = values(PEAKED[name](lr, total), total)
    assert lrs[0] == pytest.approx(lr, rel=1e-12)
    assert np.all(np.diff(lrs) <= 1e-12 * lr)


@given(lr=lrs, every=st.integers(1, 50), factor=st.floats(0.1, 1.0))
def test_step_multiplies_by_its_factor_after_every_so_many_steps(lr, every, factor):
    schedule = schedules.step(lr, every=every, factor=factor)
    assert schedule(every) == lr
    assert schedule(every + 1) == pytest.approx(lr * factor)
    assert schedule(2 * every + 1) == pytest.approx(lr * factor**2)


@given(lr=lrs, factor=st.floats(0.5, 1.0), t=st.integers(1, 50))
def test_exponential_multiplies_by_its_factor_in_every_step(lr, factor, t):
    schedule = schedules.exponential(lr, factor=factor)
    assert schedule(t + 1) == pytest.approx(factor * schedule(t))


@given(lr=lrs, part=st.floats(0.0, 1.0), total=totals)
def test_cosine_ends_at_its_final_value_is_half_way_in_the_middle_and_stays_at_the_end(lr, part, total):
    final = part * lr
    schedule = schedules.cosine(lr, total=2 * total, final=final)
    assert schedule(total + 1) == pytest.approx((lr + final) / 2)
    assert schedule(2 * total) >= final
    assert schedule(2 * total + 1) == schedule(5 * total) == pytest.approx(final)


@given(lr=lrs, warmup=st.integers(1, 100))
def test_linear_warmup_rises_in_a_straight_line_from_lr_over_warmup_and_then_stays(lr, warmup):
    lrs = values(schedules.linear_warmup(lr, warmup=warmup), 2 * warmup)
    np.testing.assert_allclose(np.diff(lrs, prepend=0)[:warmup], lr / warmup, rtol=1e-9)
    np.testing.assert_array_equal(lrs[warmup - 1 :], lr)


@given(lr=lrs, warmup=st.integers(1, 50), rest=st.integers(1, 200))
def test_warmup_cosine_is_the_warm_up_and_then_the_cosine(lr, warmup, rest):
    lrs = values(schedules.warmup_cosine(lr, warmup=warmup, total=warmup + rest), warmup + rest)
    np.testing.assert_array_equal(lrs[:warmup], values(schedules.linear_warmup(lr, warmup=warmup), warmup))
    np.testing.assert_array_equal(lrs[warmup:], values(schedules.cosine(lr, total=rest), rest))


@given(lr=lrs, warmup=st.integers(1, 50), rest=st.integers(1, 200))
def test_the_rule_warmup_is_gradient_descent_with_the_schedule_warmup_cosine(lr, warmup, rest):
    total = warmup + rest
    schedule = schedules.warmup_cosine(lr, warmup=warmup, total=total)
    steps = {"steps": total + 5, "start": np.array([1e-3, 1e-3])}
    np.testing.assert_allclose(
        run("warmup", "quadratic", lr=lr, warmup_steps=warmup, total_steps=total, **steps).theta,
        run("gd", "quadratic", lr=schedule, **steps).theta,
        rtol=1e-9,
    )


@given(lr=lrs, total=totals, rise=st.floats(0.2, 0.8))
def test_one_cycle_rises_once_falls_once_and_ends_lowest(lr, total, rise):
    schedule = schedules.one_cycle(lr, total=total, rise=rise)
    lrs = values(schedule, total)
    top = int(lrs.argmax())
    assert np.all(np.diff(lrs[: top + 1]) >= 0)
    assert np.all(np.diff(lrs[top:]) <= 0)
    assert abs(top - (rise * total - 1)) <= 1
    assert lrs[0] == pytest.approx(lr / 25)
    assert lrs[-1] == schedule(2 * total) == pytest.approx(lr / 25e4)


@pytest.mark.parametrize("name", ["cosine", "linear_warmup", "warmup_cosine", "one_cycle"])
@given(total=st.integers(100, 500))
def test_a_smooth_schedule_never_jumps(name, total):
    lrs = values(PEAKED[name](1.0, total), 2 * total)
    assert np.abs(np.diff(lrs)).max() <= math.pi / 2 / (total * 0.25 - 1)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: schedules.constant(-0.1), ValueError, r"lr must lie in \[0, inf\); got -0.1"),
        (lambda: schedules.constant("0.1"), TypeError, "lr must be a number, not '0.1'"),
        (lambda: schedules.constant(math.nan), ValueError, "lr must lie in"),
        (lambda: schedules.cosine(np.array([0.1, 0.2]), total=9), TypeError, "one run for each"),
        (lambda: schedules.cosine(0.1, total=0), ValueError, r"total must lie in \[1, inf\); got 0"),
        (
            lambda: schedules.cosine(0.1, total=9.5),
            ValueError,
            "total must be a whole number of steps; got 9.5",
        ),
        (lambda: schedules.cosine(0.1, total=9, final=-1), ValueError, "final must lie in"),
        (lambda: schedules.step(0.1, every=0), ValueError, "every must lie in"),
        (lambda: schedules.exponential(0.1, factor=-1), ValueError, "factor must lie in"),
        (lambda: schedules.linear_warmup(0.1, warmup=0), ValueError, "warmup must lie in"),
        (
            lambda: schedules.warmup_cosine(0.1, warmup=9, total=9),
            ValueError,
            "larger than warmup, which is 9",
        ),
        (lambda: schedules.one_cycle(0.1, total=3), ValueError, "more than one of 3 steps; got 0.3"),
        (lambda: schedules.one_cycle(0.1, total=9, rise=1), ValueError, "rise must be below 1"),
        (lambda: schedules.one_cycle(0.1, total=9, final_divisor=0), ValueError, "final_divisor must lie in"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_in_words(make, error, words):
    with pytest.raises(error, match=words):
        make()
