"""What a race leaves behind, and the command."""

import csv
import re

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.racing import Budget, race

RUNNER = CliRunner()
QUICK = ["race", "--problem", "diabetes", "--trials", "3", "--epochs", "2", "--seeds", "2", "--workers", "0"]


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A race with a rule that diverges at its large rates."""
    out = tmp_path_factory.mktemp("race")
    budget = Budget(trials=4, epochs=2, seeds=3, scan=8)
    race(["sgd", "adam"], "diabetes", budget=budget, out=out, workers=0, progress=False, target=0.6)
    return out


def test_the_table_has_every_column_asked_for(folder):
    (adam,) = [row for row in rows(folder / "table.csv") if row["rule"] == "adam"]
    assert {
        "steps to target", "examples to target", "seconds to target", "train loss", "validation loss",
        "lr decades", "diverged trials", "state bytes", "adaptive",
    } <= set(adam)  # fmt: skip
    assert adam["state bytes"] == "8"
    assert adam["adaptive"] == "yes"
    assert re.fullmatch(r"[\d.]+ \([\d.]+–[\d.]+\)", adam["train loss"])


def test_every_trial_and_every_loss_is_written(folder):
    trials = rows(folder / "trials.csv")
    assert len(trials) == 2 * (4 + 9)
    assert {"True", "False"} == {row["diverged"] for row in trials}
    written = rows(folder / "losses.csv")
    assert {(row["rule"], row["seed"]) for row in written} == {(r, s) for r in ("sgd", "adam") for s in "012"}
    assert {row["epoch"] for row in written} >= {"0.0", "2.0"}


def test_the_page_needs_nothing_beside_it_and_says_its_picture_in_words(folder):
    page = (folder / "race.html").read_text(encoding="utf-8")
    assert (folder / "race.png").read_bytes().startswith(b"\x89PNG")
    assert re.search(r'<img src="data:image/png;base64,[^"]{1000,}" alt="Losses by epoch[^"]*adam', page)
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert '<html lang="en">' in page


def test_names_are_escaped_in_the_page():
    finished = race(["gd"], "regression", budget=Budget(1, 1, 1, 0), workers=0, progress=False)
    label = finished.standings[0].runner
    object.__setattr__(label, "label", "<b>")
    assert "&lt;b&gt;" in finished._repr_html_()
    assert "<b>" not in finished._repr_html_()


def test_the_command_prints_the_tables_and_writes_the_files(tmp_path):
    out = tmp_path / "new" / "folder"
    done = RUNNER.invoke(app, [*QUICK, "--rules", "gd, adam", "--out", str(out)])
    assert done.exit_code == 0, done.output
    for rule in ("gd", "adam"):
        assert re.search(rf"^{rule} +\d/2 ", done.stdout, re.MULTILINE)
    assert max(map(len, done.stdout.split("Tables,")[0].splitlines())) <= 80
    assert {path.name for path in out.iterdir()} == {
        "table.csv", "trials.csv", "losses.csv", "race.png", "race.html", "runs.jsonl",
    }  # fmt: skip


def test_functions_of_a_file_race_too(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("def gd_step(theta, grad, state, *, lr=1e-3):\n    return theta - lr * grad, state\n")
    done = RUNNER.invoke(app, [*QUICK, "--rules", "gd", "--own", str(file), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "gd_step (own)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rules", "adm"], "There is no rule 'adm': did you mean adam"),
        (["--rules", "gd,gd"], "gd runs twice"),
        (["--epochs", "0"], "epochs must be at least 1; got 0."),
        (["--seeds", "-1"], "seeds must be at least 1; got -1."),
        (["--target", "nan"], "--target is a loss, a number above 0; got nan."),
        (["--problem", "digit"], "There is no problem 'digit'; there are "),
    ],
)
def test_what_cannot_be_raced_is_one_sentence_and_exit_code_2(tmp_path, arguments, sentence):
    done = RUNNER.invoke(app, ["race", *arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_without_a_step_is_refused_in_words(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("x = 1\n")
    done = RUNNER.invoke(app, ["race", "--own", str(file)])
    assert done.exit_code == 2
    assert "No step function in" in done.stderr


def test_an_out_that_cannot_be_written_is_said_before_the_race(tmp_path):
    (tmp_path / "file").write_text("")
    done = RUNNER.invoke(app, ["race", "--epochs", "1000000", "--out", str(tmp_path / "file")])
    assert done.exit_code == 2
    assert "Cannot write in" in done.stderr
