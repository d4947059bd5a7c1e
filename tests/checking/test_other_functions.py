"""What is no step is checked by the same engine: a schedule, a conversion between conventions."""

import math

import pytest

from optcourse.checking import check
from optcourse.rules import Edit, Paper, Rule

NOBODY = Paper("a test", 2026, "Functions that are no steps", "this file")


def cosine(t, lr, total):
    share = min((t - 1) / total, 1.0)
    return lr / 2 * (1 + math.cos(math.pi * share))


def ema_lr(lr, beta):
    return lr / (1 - beta)


COSINE = Rule(
    name="cosine",
    title="Cosine schedule",
    function=cosine,
    estimate=cosine,
    hypers={},
    calls=tuple((t, lr, total) for t in (1, 2, 7, 10, 11, 30) for lr, total in ((0.1, 10), (2.0, 25))),
    formula="",
    source=NOBODY,
    hints=("a", "b", "c"),
    mistake_list=(
        Edit("t-from-zero", "(t - 1) / total", "t / total", "t is counted from zero", of="estimate"),
        Edit("not-halved", "lr / 2", "lr", "the half is missing", of="estimate"),
        Edit(
            "goes-on",
            "min((t - 1) / total, 1.0)",
            "(t - 1) / total",
            "it rises again after its end",
            of="estimate",
        ),
    ),
)
EMA_LR = Rule(
    name="ema_lr",
    title="The EMA form's learning rate",
    function=ema_lr,
    estimate=ema_lr,
    hypers={},
    calls=((0.1, 0.9), (0.3, 0.0), (1.0, 0.99)),
    formula="",
    source=NOBODY,
    hints=("a", "b", "c"),
    mistake_list=(Edit("multiplied", "lr / (1 - beta)", "lr * (1 - beta)", "you multiply", of="estimate"),),
)


def test_a_right_schedule_passes_in_another_style():
    def mine(t, lr, total):
        return lr * math.cos(math.pi / 2 * min((t - 1) / total, 1)) ** 2

    assert check(mine, COSINE).passed, str(check(mine, COSINE))


@pytest.mark.parametrize("key", COSINE.mistakes)
def test_each_mistake_in_a_schedule_is_named(key):
    report = check(COSINE.mistakes[key].estimate, COSINE)
    assert not report.passed
    assert report.mistakes == (key,)


def test_two_mistakes_in_a_schedule_are_named_as_two():
    def mine(t, lr, total):
        return lr * (1 + math.cos(math.pi * min(t / total, 1)))

    assert set(check(mine, COSINE).mistakes) == {"t-from-zero", "not-halved"}


def test_a_conversion_is_checked_and_its_faults_have_their_words():
    assert check(lambda lr, beta: lr / (1 - beta), EMA_LR).passed
    assert check(lambda lr, beta: lr * (1 - beta), EMA_LR).mistakes == ("multiplied",)
    report = check(lambda rate: rate, EMA_LR)
    assert report.verdict == "BF"
    assert "(lr, beta)" in str(report)
    assert "ZeroDivisionError" in check(lambda lr, beta: lr / 0, EMA_LR).message
    assert check(lambda lr, beta: None, EMA_LR).verdict == "BF"
