"""`optcourse progress` says how good predictions are."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from optcourse import predict
from optcourse.cli import app
from optcourse.learner.progress import read
from optcourse.learner.progress_table import calibration


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    (tmp_path / ".optcourse").mkdir()
    return tmp_path


def test_each_kind_is_counted_and_numbers_have_their_typical_factor(workspace: Path) -> None:
    behaves = predict("gd", lr=0.19)
    behaves.answered = {"given": [0], "said": "converge", "right": False}
    behaves.answered = {"given": [1], "said": "oscillate", "right": True}
    for lr, said in ((0.1, 43 * 3), (0.05, 44), (0.02, "never")):
        number = predict("gd", lr=lr, quantity="steps to 1e-3")
        right = number.asked["truth"] == said
        number.answered = {"given": str(said), "said": said, "right": right}
    done, _ = read(workspace)
    truth = predict("gd", lr=0.05, quantity="steps to 1e-3").asked["truth"]
    factor = (3 + max(truth / 44, 44 / truth)) / 2
    assert calibration(done) == [
        "Predicting what a path does: right in 1 of 2 tries.",
        f"Predicting steps to a loss: right in 0 of 3 tries; a typical guess is off by a factor of {factor:.2g}.",
    ]
    printed = CliRunner().invoke(app, ["progress"]).output
    assert "Predicting what a path does: right in 1 of 2 tries." in printed


@pytest.mark.parametrize(
    ("guess", "truth", "ending"),
    [
        (10, 40.0, "; a typical guess is off by a factor of 4."),
        (40, 10.0, "; a typical guess is off by a factor of 4."),
        (0, 10.0, "."),
        ("never", 10.0, "."),
        (10, "inf", "."),
    ],
)
def test_a_factor_is_of_two_positive_numbers(guess: object, truth: object, ending: str) -> None:
    entry = {"quantity": "loss after", "times": 1, "right": 0, "guess": guess, "truth": truth}
    assert calibration({"prediction": {"q": entry}}) == [
        f"Predicting the loss after some steps: right in 0 of 1 try{ending}"
    ]


def test_without_predictions_nothing_is_said() -> None:
    assert calibration({}) == []
    assert calibration({"prediction": {"an old entry": {"times": 2, "right": 1}}}) == []
