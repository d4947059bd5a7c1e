"""A learner's beliefs and their own experiment: what is counted, and what is no trial."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from optcourse.claims import CLAIMS, measured
from optcourse.claims.beliefs import compared
from optcourse.claims.own import on_trial
from optcourse.claims.trial import Trial

STRENGTH = {"strong": 3.0, "weak": 1.0}
WORDS = {"says": "Strong is stronger.", "axis": "the setting", "change": "training"}


def fair(rule: str, rival: str, count: int = 10) -> list[Trial]:
    return [Trial("arena", "its / the other's", np.full(count, STRENGTH[rule] / STRENGTH[rival]), 1.5, 1.1)]


def always(rule: str, rival: str) -> list[Trial]:
    return [Trial("arena", "anything", np.ones(10), 1.0, 0.5)]


def size_only(rule: str, rival: str) -> list[Trial]:
    return [
        Trial("arena", "a difference without its sign", np.full(10, 0.0 if rule == rival else 5.0), 1.0, 0.5)
    ]


def without_gap(rule: str, rival: str) -> list[Trial]:
    return [Trial("arena", "something", np.ones(10), 1.0, 1.0)]


def unwritten(rule: str, rival: str) -> list[Trial]:
    raise NotImplementedError


def one_number(rule: str, rival: str) -> list[Trial]:
    return [Trial("arena", "something", 3.0, 1.0, 0.5)]  # type: ignore[arg-type]


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (unwritten, "not attempted yet"),
    (lambda rule, rival: None, "should return a list"),
    (lambda rule, rival: [], "should return a list"),
    (lambda rule, rival: fair(rule, rival, 9), "has 9 repetitions"),
    (one_number, "has 0 repetitions"),
    (without_gap, "leave a gap"),
    (always, "against strong itself"),
    (size_only, "and for weak against strong as well"),
]


@pytest.mark.parametrize(("experiment", "words"), REFUSED)
def test_an_experiment_that_could_not_fail_is_no_trial(
    experiment: Callable[..., Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert on_trial(experiment, "strong", "weak", **WORDS) is None
    assert words in capsys.readouterr().out


def test_a_fair_experiment_gets_its_verdict_either_way_round() -> None:
    there, back = (on_trial(fair, *order, **WORDS) for order in (("strong", "weak"), ("weak", "strong")))
    assert there is not None
    assert back is not None
    assert (there.verdict, back.verdict) == ("supported", "refuted")


def test_beliefs_are_counted_by_the_verdicts_first_word() -> None:
    results = measured()
    right = {key: result.verdict.split()[0] for key, result in results.items()}
    assert f"right about {len(CLAIMS)} of the {len(CLAIMS)} claims" in compared(right, results)
    wrong = {key: "refuted" if word == "supported" else "supported" for key, word in right.items()}
    assert f"right about 0 of the {len(CLAIMS)} claims" in compared(wrong, results)
    assert "You have not judged a claim yet" in compared(dict.fromkeys(results), results)


def test_what_is_misspelt_is_said_and_not_counted() -> None:
    text = compared({"sgd-nosy": "supported", "sgd-noisy": "maybe", "sgd-memory": " Supported"}, measured())
    assert "did you mean 'sgd-noisy'?" in text
    assert "sgd-noisy: 'maybe' is none of supported, refuted, depends." in text
    assert "right about 1 of the 1 claims" in text


def test_the_table_has_a_line_for_each_claim() -> None:
    assert compared({}, measured()).count("\n| ") == len(CLAIMS) + 2
