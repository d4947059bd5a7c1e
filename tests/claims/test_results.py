"""What is stored is what the experiments give, and the page says what is stored."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from optcourse.claims import CLAIMS, measured, tried
from optcourse.claims.page import page
from optcourse.claims.results import FILE, Result, result_of, stored_text
from optcourse.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"
PROJECT = Path(__file__).parents[2] / "solutions" / "project2_claims_on_trial.md"
# Experiments that take about a second; the others are run by `python -m optcourse.claims.page`.
QUICK = (
    "sgd-escapes",
    "sgd-stuck",
    "sgd-memory",
    "minibatch-noise",
    "momentum-oscillations",
    "momentum-overshoots",
    "momentum-shallow",
    "adagrad-stops",
    "adadelta-stops",
    "rmsprop-drift",
    "adam-memory",
)

SAID = {
    "gd": "can-work slow-large sensitive",
    "sgd": "faster escapes stuck noisy oscillates memory tuning",
    "minibatch": "noise size",
    "momentum": "flat oscillations faster overshoots shallow large-simple",
    "adagrad": "sparse rates slow stops",
    "rmsprop": "faster sparse drift recurrent beta slow",
    "adadelta": "no-rate sparse slow stops",
    "adam": "fastest noise less-tuning more-tuning memory default small-data",
    "adaptive": "vanishing",
}


def test_each_claim_has_its_stored_result_and_none_is_left_over() -> None:
    assert list(measured()) == list(CLAIMS)
    for key, claim in CLAIMS.items():
        assert claim.key == key
        assert claim.rule in RULES
        assert measured()[key].says == claim.says


@pytest.mark.parametrize("result", measured().values(), ids=list(measured()))
def test_a_verdict_is_one_of_three_and_has_figures_over_seeds(result: Result) -> None:
    assert result.verdict in ("supported", "refuted") or result.verdict.startswith("depends on ")
    assert result.measures
    assert all(measure.repetitions >= 10 for measure in result.measures)
    assert result.change
    for one in result.measures:
        assert one.decided <= one.repetitions
        assert len(one.spread) == (3 if one.decided else 0)
        assert not np.isnan(one.spread).any()
        assert list(one.spread) == sorted(one.spread)


def test_each_setting_of_a_claim_has_a_name_of_its_own() -> None:
    for result in measured().values():
        names = [one.where for one in result.measures]
        assert len(names) == len(set(names)), result.key


def test_every_claim_that_is_commonly_made_is_on_trial() -> None:
    assert {rule: [key for key in CLAIMS if key.split("-")[0] == rule] for rule in SAID} == {
        rule: [f"{rule}-{word}" for word in words.split()] for rule, words in SAID.items()
    }


@pytest.mark.parametrize("key", QUICK)
def test_an_experiment_run_again_gives_the_stored_figures(key: str) -> None:
    now, stored = tried(key), measured()[key]
    assert now.verdict == stored.verdict
    for here, there in zip(now.measures, stored.measures, strict=True):
        assert (here.where, here.what, here.outcome) == (there.where, there.what, there.outcome)
        assert here.spread == pytest.approx(there.spread, rel=0.02)


def test_project_2_asks_what_its_reader_believes_of_every_claim() -> None:
    source = PROJECT.read_text(encoding="utf-8")
    for claim in CLAIMS.values():
        assert f'"{claim.key}": None,  # {claim.says}' in source


def test_an_unknown_claim_is_named_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="gd-can-work"):
        tried("gd-is-best")


def test_results_are_stored_and_read_without_loss() -> None:
    text = stored_text(measured().values(), {"numpy": "0"})
    again = {claim["key"]: result_of(claim) for claim in json.loads(text)["claims"]}
    assert again == measured()
    versions = json.loads(files("optcourse.claims").joinpath(FILE).read_text(encoding="utf-8"))["versions"]
    assert set(versions) == {"numpy", "python"}


def test_the_page_is_made_of_the_stored_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(measured().values())
