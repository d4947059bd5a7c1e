"""The files that a race leaves behind."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from optcourse.racing.page import page
from optcourse.racing.picture import figure
from optcourse.racing.result import RaceResult
from optcourse.racing.search import Hypers
from optcourse.racing.table import rows
from optcourse.racing.training import Record


def write(race: RaceResult, folder: Path) -> list[Path]:
    """Write table.csv, trials.csv, losses.csv, race.png and race.html, and say which."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("table.csv", "trials.csv", "losses.csv", "race.png", "race.html")
    table, trials, losses, picture, html = (folder / name for name in names)
    _write_rows(table, rows(race))
    _write_rows(trials, [("rule", "kind", "number", "score", "diverged", "hypers"), *_tried(race)])
    _write_rows(losses, [("rule", "seed", "step", "epoch", "train_loss", "validation_loss"), *_losses(race)])
    figure(race).savefig(picture, dpi=120, format="png")
    html.write_text(page(race, picture.read_bytes()), encoding="utf-8")
    return [table, trials, losses, picture, html]


def _write_rows(path: Path, lines: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(lines)


def _tried(race: RaceResult) -> Iterator[Sequence[Any]]:
    """One line for each setting that was tried."""

    def line(label: str, kind: str, number: int, hypers: Hypers, record: Record) -> Sequence[Any]:
        written = " ".join(f"{name}={value!r}" for name, value in hypers.items())
        return (label, kind, number, record.score, record.diverged, written)

    for standing in race.standings:
        label = standing.runner.label
        for number, (hypers, record) in enumerate(standing.trials):
            yield line(label, "trial", number, hypers, record)
        for number, (lr, record) in enumerate(standing.scan):
            yield line(label, "scan", number, {**standing.best, "lr": lr}, record)


def _losses(race: RaceResult) -> Iterator[Sequence[Any]]:
    """One line for each start and each record (the first is the start)."""
    for standing in race.standings:
        for number, record in enumerate(standing.finals):
            for step, train, validation in np.column_stack(
                [record.steps, record.train, record.validation]
            ).tolist():
                yield (
                    standing.runner.label,
                    race.seed + number,
                    int(step),
                    step / standing.epoch,
                    train,
                    validation,
                )
