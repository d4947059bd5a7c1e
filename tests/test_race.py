"""The race: its numbers, its table, its files, and what it refuses."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.problems import diabetes_network
from optcourse.race import RACERS, Racer, Result, chosen_racers, compete
from optcourse.race_report import remarks, table
from optcourse.rules import RULES

RUNNER = CliRunner()
QUICK = ["race", "--epochs", "2", "--seeds", "2"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def result(train: list[list[float]], rule: str = "gd") -> Result:
    """Made-up losses, (epochs + 1, seeds)."""
    losses = np.array(train)
    return Result(Racer(rule, 0.01, None), losses, losses, 1.0, 0.0)


def test_the_race_prints_a_table_and_writes_curves_and_numbers(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    done = RUNNER.invoke(app, [*QUICK, "--out", str(out)])
    assert done.exit_code == 0, done.output
    for rule in RACERS:
        assert re.search(rf"^{rule} +[\d.]+ +(all|\d+)( +[\d.]+ ± [\d.]+){{2}} ", done.output, re.MULTILINE)
    assert max(map(len, done.output.split("Target:")[0].splitlines())) <= 80
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    numbers = rows(out / "losses.csv")
    assert list(numbers[0]) == ["rule", "lr", "batch_size", "seed", "epoch", "train_loss", "validation_loss"]
    assert len(numbers) == 4 * 2 * 3
    assert {row["batch_size"] for row in numbers} == {"354", "1", "32"}


def test_the_same_seeds_give_the_same_numbers_and_more_seeds_do_not_change_them(tmp_path: Path) -> None:
    files = []
    for name, seeds in (("a", "1"), ("b", "1"), ("c", "2")):
        RUNNER.invoke(
            app,
            [
                "race",
                "--rules",
                "adam,minibatch",
                "--epochs",
                "2",
                "--seeds",
                seeds,
                "--out",
                str(tmp_path / name),
            ],
        )
        files.append([row for row in rows(tmp_path / name / "losses.csv") if row["seed"] == "0"])
    assert files[0] == files[1] == files[2]


def test_all_racers_start_from_the_same_weights_and_descend() -> None:
    results = compete(list(RACERS.values()), epochs=2, seeds=1)
    assert len({one.train[0, 0] for one in results}) == 1
    for one in results:
        assert one.train[-1, 0] < one.train[0, 0]
        assert one.train.shape == one.validation.shape == (3, 1)
        assert one.step_microseconds > 0


def test_losses_are_those_of_the_whole_training_and_validation_sets() -> None:
    problem = diabetes_network()
    (one,) = compete([RACERS["gd"]], epochs=1, seeds=1)
    theta = problem.start
    after = theta - RACERS["gd"].lr * problem.grad(theta)
    assert problem.validation_loss is not None
    assert one.train[:, 0] == pytest.approx([problem.loss(theta), problem.loss(after)])
    assert one.validation[1, 0] == pytest.approx(problem.validation_loss(after))


def test_the_progress_ends_when_every_epoch_of_every_run_is_done() -> None:
    ticks: list[None] = []
    compete([RACERS["gd"], RACERS["adam"]], epochs=3, seeds=2, epoch_done=lambda: ticks.append(None))
    assert len(ticks) == 2 * 2 * (3 + 1)


def test_state_kept_is_what_the_rules_remember() -> None:
    kept = {
        one.racer.rule: round(one.state_per_parameter)
        for one in compete(chosen_racers([], []), epochs=1, seeds=1)
    }
    assert kept == {"gd": 0, "sgd": 0, "minibatch": 0, "adam": 2}  # fmt: skip


@pytest.mark.parametrize(
    ("names", "lrs", "chosen"),
    [
        ([], [], {name: racer.lr for name, racer in RACERS.items()}),
        (["gd, adam"], [], {"gd": RACERS["gd"].lr, "adam": RACERS["adam"].lr}),
        (["adam", "gd,adam"], [], {"adam": RACERS["adam"].lr, "gd": RACERS["gd"].lr}),
        (["gd,adam"], ["0.5"], {"gd": 0.5, "adam": 0.5}),
        (["gd,adam"], ["0.5", "adam=1e-4"], {"gd": 0.5, "adam": 1e-4}),
    ],
)
def test_rules_and_learning_rates_are_chosen_as_asked(
    names: list[str], lrs: list[str], chosen: dict[str, float]
) -> None:
    assert {racer.rule: racer.lr for racer in chosen_racers(names, lrs)} == chosen


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rules", "adm"], "There is no rule 'adm': did you mean adam?"),
        (["--rules", "gd,minibach"], "did you mean minibatch?"),
        (["--rules", "zzz"], "the race is between gd, sgd, minibatch, adam."),
        (["--epochs", "0"], "--epochs must be at least 1; got 0."),
        (["--seeds", "-1"], "--seeds must be at least 1; got -1."),
        (["--target", "nan"], "--target is a loss, a number above 0; got nan."),
        (["--lr", "-0.1"], "--lr -0.1: the learning rate must be a number in [0, inf)."),
        (["--lr", "fast"], "--lr fast: the learning rate must be a number"),
        (["--lr", "adam=inf"], "--lr adam=inf: the learning rate must be a number"),
        (["--rules", "gd", "--lr", "adam=1"], "'adam' is not in this race; there are gd."),
    ],
)
def test_what_cannot_be_raced_is_one_sentence_and_exit_code_2(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    done = RUNNER.invoke(app, ["race", *arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_rule_that_does_not_race_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optcourse.race.RULES", {**RULES, "lion": RULES["gd"]})
    done = RUNNER.invoke(app, ["race", "--rules", "lion"])
    assert done.exit_code == 2
    assert "lion is a rule, but it does not race" in done.stderr


def test_an_out_that_cannot_be_written_is_said_before_the_race(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = RUNNER.invoke(app, ["race", "--epochs", "1000000", "--out", str(tmp_path / "file")])
    assert done.exit_code == 2
    assert "Cannot write in" in done.stderr


def test_divergence_is_said_in_words_and_still_drawn_and_written(tmp_path: Path) -> None:
    done = RUNNER.invoke(
        app, [*QUICK, "--epochs", "20", "--rules", "gd,adam", "--lr", "gd=50", "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    assert re.search(r"^gd +50 +all +diverged +diverged +never", done.stdout, re.MULTILINE)
    assert "gd diverged with lr 50 in 2 of 2 runs" in done.stdout
    assert "try --lr gd=5" in done.stdout
    assert done.stderr == ""
    assert {row["train_loss"] for row in rows(tmp_path / "losses.csv")} & {"inf", "nan"}


@pytest.mark.parametrize(
    ("train", "diverged"),
    [
        ([[1.0], [0.5]], [False]),
        ([[1.0], [1.5]], [True]),
        ([[1.0, 1.0], [0.5, np.inf], [0.4, np.nan]], [False, True]),
        ([[1.0], [9.0], [0.5]], [False]),
    ],
)
def test_a_run_diverged_where_it_overflowed_or_ended_above_its_start(
    train: list[list[float]], diverged: list[bool]
) -> None:
    assert result(train).diverged.tolist() == diverged


def test_epochs_to_the_target_count_from_the_start_and_are_nan_where_it_was_never_reached() -> None:
    one = result([[1.0, 1.0, 0.3], [0.4, 1.0, 0.9], [0.6, 0.9, 0.9]])
    np.testing.assert_array_equal(one.epochs_to(0.4), [1, np.nan, 0])


@pytest.mark.parametrize(
    ("train", "cell"),
    [
        ([[1.0, 1.0], [0.4, 0.9]], "1 of 2"),
        ([[1.0, 1.0], [0.4, 0.4]], "1.0"),
        ([[1.0, 1.0], [0.9, 0.9]], "never"),
    ],
)
def test_the_table_says_in_how_many_runs_the_target_was_reached(train: list[list[float]], cell: str) -> None:
    assert list(table([result(train)], 0.5).columns[5].cells) == [cell]


def test_learning_rates_stand_with_their_decimal_points_in_line() -> None:
    results = [
        Result(Racer("gd", lr, None), np.ones((2, 1)), np.ones((2, 1)), 1.0, 0.0) for lr in (0.2, 5, 0.005)
    ]
    cells = [f"{cell:>6}" for cell in map(str, table(results, 0.4).columns[1].cells)]
    assert cells == [" 0.2  ", " 5    ", " 0.005"]


def test_the_remarks_say_where_the_validation_loss_was_lowest() -> None:
    one = result([[1.0, 1.0], [0.5, 0.7], [0.8, 0.8]])
    assert remarks([one], 0.4)[-1] == "gd: lowest validation loss 0.600, after epoch 1"
