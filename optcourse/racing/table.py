"""The tables of a race in words and figures, for a terminal, a page and a CSV file."""

from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from textwrap import fill
from types import MappingProxyType

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from optcourse.arrays import Array
from optcourse.racing.result import RaceResult
from optcourse.racing.standing import Standing

WIDTH = 80
Cell = Callable[[Standing, float], str]


def spread(values: Array, form: str) -> str:
    """The median and the range of the middle 80 % of what is finite; empty where nothing is."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ""
    middle, low, high = (format(value, form) for value in np.quantile(finite, [0.5, 0.1, 0.9]))
    return middle if low == high else f"{middle} ({low}–{high})"


def _times(unit: Callable[[Standing], float], form: str) -> Cell:
    def cell(standing: Standing, target: float) -> str:
        return spread(unit(standing) * standing.steps_to(target), form) or "never"

    return cell


def _reached(standing: Standing, target: float) -> str:
    steps = standing.steps_to(target)
    return f"{np.isfinite(steps).sum()}/{len(steps)}"


def _final(losses: Callable[[Standing], Array]) -> Cell:
    def cell(standing: Standing, target: float) -> str:
        if standing.diverged:
            return f"diverged {standing.diverged}/{len(standing.finals)}"
        return spread(losses(standing), ".3f") or "-"

    return cell


def _decades(standing: Standing, target: float) -> str:
    width, open_ended = standing.decades
    return f"{'≥ ' if open_ended else ''}{width:.2f}"


def best_hypers(standing: Standing) -> str:
    """The best hypers found, as one would write them in a call."""
    return ", ".join(f"{name}={value:g}" for name, value in standing.best.items())


# What the tables say: heading -> cell, and which of them depend on how fast this machine is.
TO_TARGET: Mapping[str, Cell] = MappingProxyType(
    {
        "reached": _reached,
        "steps to target": _times(lambda standing: 1, ".0f"),
        "examples to target": _times(lambda standing: standing.examples_per_step, ".0f"),
        "seconds to target": _times(lambda standing: standing.microseconds / 1e6, ".2f"),
        "µs per step": lambda standing, target: f"{standing.microseconds:.0f}",
    }
)
RESULTS: Mapping[str, Cell] = MappingProxyType(
    {
        "train loss": _final(lambda standing: standing.final_train),
        "validation loss": _final(lambda standing: standing.final_validation),
        "lr decades": _decades,
        "diverged trials": lambda standing, target: f"{standing.diverged_trials:.0%}",
    }
)
NEEDS: Mapping[str, Cell] = MappingProxyType(
    {
        "state bytes": lambda standing, target: f"{standing.state_bytes:.0f}",
        "adaptive": lambda standing, target: "yes" if standing.adaptive else "no",
        "best hypers": lambda standing, target: best_hypers(standing),
    }
)
COLUMNS: Mapping[str, Cell] = MappingProxyType({**TO_TARGET, **RESULTS, **NEEDS})
TIMES = ("seconds to target", "µs per step")


def ranked(race: RaceResult) -> list[Standing]:
    """The standings, the fewest examples to the target first, then the lowest final loss."""

    def rank(standing: Standing) -> tuple[float, float, float]:
        steps = standing.steps_to(race.target)
        reached = np.isfinite(steps)
        epochs = np.median(steps[reached]) / standing.epoch if reached.any() else np.inf
        final = standing.final_train
        return (-reached.sum(), float(epochs), float(np.median(np.where(np.isfinite(final), final, np.inf))))

    return sorted(race.standings, key=rank)


def tables(race: RaceResult, *, times: bool = True) -> list[Table]:
    """Three tables for a terminal, at most 80 columns wide: to the target, results, needs."""
    return [
        _table(race, {name: cell for name, cell in columns.items() if times or name not in TIMES})
        for columns in (TO_TARGET, RESULTS, NEEDS)
    ]


def _table(race: RaceResult, columns: Mapping[str, Cell]) -> Table:
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    made.add_column("rule", no_wrap=True)
    for heading in columns:
        made.add_column(
            heading.replace(" ", "\n", 1), justify="left" if heading == "best hypers" else "right"
        )
    for standing in ranked(race):
        made.add_row(standing.runner.label, *(cell(standing, race.target) for cell in columns.values()))
    return made


def remarks(race: RaceResult) -> list[str]:
    """What the tables can't say: what the figures are, and how they were come by."""
    budget, problem = race.budget, race.problem
    length = f"{budget.epochs} epochs" if problem.examples else f"{budget.steps} steps"
    said = [
        f"{problem.title}: {problem.start.size:,} parameters"
        + (f", {problem.examples:,} training examples." if problem.examples else "."),
        f"Each rule: {budget.trials} random trials of {length} over its own ranges, then {budget.seeds} "
        f"other starts with the best. Target: training loss {race.target:g}. Seed {race.seed}.",
        "Figures are the median and the middle 80 % of the starts that reached it or, for losses, of all.",
        "lr decades: width of the range of learning rates that come at least 0.9 of the best one's way down.",
        "Seconds: of computing on one thread. State: bytes kept for each parameter in float32. Adaptive: a "
        "rate of its own for each coordinate.",
    ]
    return said + [
        f"{standing.runner.label}: {standing.diverged} of {len(standing.finals)} starts diverged."
        for standing in ranked(race)
        if standing.diverged
    ]


def text(race: RaceResult, *, times: bool = True) -> str:
    """The tables and the remarks; without times it is the same for the same seed and versions."""
    output = StringIO()
    console = Console(file=output, width=WIDTH, color_system=None)
    for table in tables(race, times=times):
        console.print(table)
        console.print()
    return output.getvalue() + "\n".join(fill(remark, WIDTH) for remark in remarks(race))


def rows(race: RaceResult) -> list[Sequence[str]]:
    """Heading and one row for each runner, of all columns."""
    return [
        ("rule", *COLUMNS),
        *(
            (standing.runner.label, *(cell(standing, race.target) for cell in COLUMNS.values()))
            for standing in ranked(race)
        ),
    ]
