"""How good the checker is: what it catches, what it names, whom it accuses, and how long it takes.

python -m benchmarks.check_quality    (in the checkout, with the [dev] extra; about a minute)

One Markdown table, a row a rule. The catalogue's mistakes are checked as the catalogue makes them; those
written anew, and the pairs of mistakes, are the functions in tests/checking/wrong; false alarms are among the
right ones in tests/checking/right; mutants are those of tests/checking/mutants.py that are other functions,
beside how many are the same function. Milliseconds are those of a whole verdict: the best of three for each
function, when all that is computed once is there, and of these the median.
"""

import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any, NamedTuple

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from optcourse.checking import Report, check
from optcourse.rules import RULES, Rule
from tests.checking.tally import TASKS, tally
from tests.checking.test_right_styles import ASKED
from tests.checking.wrong import PAIRS, SINGLES
from tests.checking.wrong.table import Wrong

COLUMNS = (
    "rule",
    "mistakes caught",
    "named",
    "anew: caught",
    "named",
    "pairs: caught",
    "named",
    "false alarms",
    "mutants caught",
    "equivalent",
    "ms right",
    "ms wrong",
    "ms pair",
)


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        return f"{self.part:,} / {self.whole:,}" if self.whole else ""


class Verdict(NamedTuple):
    """The report on a function, how long it took in milliseconds, and the keys that it should name."""

    report: Report
    milliseconds: float
    keys: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether a single is named by its own key first, and a pair by both of its keys."""
        named = self.report.mistakes
        return named[:1] == self.keys if len(self.keys) == 1 else set(named) == set(self.keys)


def verdict(function: Callable[..., Any], task: str, keys: tuple[str, ...] = ()) -> Verdict:
    """The verdict on a function, and the shortest time that it takes again."""
    report = check(function, task)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        check(function, task)
        times.append(1000 * (time.perf_counter() - began))
    return Verdict(report, min(times), keys)


def catalogued(rule: Rule) -> Iterable[Verdict]:
    """The verdict on each mistake of the catalogue."""
    for key, form in rule.mistakes.items():
        if rule.mistakes.declared(key).of == "step":
            yield verdict(form.function, f"{rule.name}_step", (key,))
        elif form.estimate:
            yield verdict(form.estimate, f"{rule.name}_grad", (key,))


def written(rule: Rule, entries: Iterable[Wrong]) -> list[Verdict]:
    """The verdict on each wrong function that was written for this rule."""
    return [
        verdict(one.function, one.task, one.keys)
        for one in entries
        if one.task.removesuffix("_grad") == rule.name
    ]


def accepted(rule: Rule) -> list[Verdict]:
    """The verdict on each right function that was written for this rule."""
    tasks = [name for name in (f"{rule.name}_step", f"{rule.name}_grad") if name in ASKED]
    return [verdict(function, task) for task in tasks for function in ASKED[task]]


def caught_and_named(verdicts: Iterable[Verdict]) -> tuple[Share, Share]:
    """How many did not pass, and how many were named right."""
    known = list(verdicts)
    caught = sum(not one.report.passed for one in known)
    return Share(caught, len(known)), Share(sum(one.named for one in known), len(known))


def mutants_of(rule: Rule) -> tuple[Share, int]:
    """How many of the mutants that are other functions were caught, and how many are the same function."""
    tallies = [tally(name) for name in (f"{rule.name}_step", f"{rule.name}_grad") if name in TASKS]
    caught = sum(len(one.caught) for one in tallies)
    missed = sum(len(one.missed) for one in tallies)
    return Share(caught, caught + missed), sum(len(one.equivalent) + len(one.accused) for one in tallies)


def row(rule: Rule) -> list[Any]:
    """The cells of a rule, in the order of COLUMNS."""
    right, wrong, pairs = accepted(rule), list(catalogued(rule)), written(rule, PAIRS)
    return [
        rule.name,
        *caught_and_named(wrong),
        *caught_and_named(written(rule, SINGLES)),
        *caught_and_named(pairs),
        Share(sum(not one.report.passed for one in right), len(right)),
        *mutants_of(rule),
        *(median([one.milliseconds for one in some] or [0.0]) for some in (right, wrong, pairs)),
    ]


def text(cell: Any) -> str:
    """A cell as it is printed: a time with one decimal, nothing where there was nothing to measure."""
    if isinstance(cell, float):
        return f"{cell:.1f}" if cell else ""
    return str(cell)


def totals(rows: list[list[Any]]) -> list[str]:
    """The sums of the columns of counts; times have none."""
    cells = ["all"]
    for column in list(zip(*rows, strict=True))[1:]:
        if isinstance(column[0], Share):
            cells.append(str(Share(sum(one.part for one in column), sum(one.whole for one in column))))
        else:
            cells.append(str(sum(column)) if isinstance(column[0], int) else "")
    return cells


def main() -> None:
    """Measure every rule and print the table."""
    table = Table(*COLUMNS, box=MARKDOWN)
    for column in table.columns[1:]:
        column.justify = "right"
    rows = [row(rule) for rule in RULES.values()]
    for cells in rows:
        table.add_row(*map(text, cells))
    table.add_row(*totals(rows))
    Console(width=200).print(table)


if __name__ == "__main__":
    main()
