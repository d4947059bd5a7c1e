"""What grading shows in a terminal: a bar, a rate, a table. Strangers' texts lose what could steer it."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from optcourse.grading.exports.missing import NOTHING
from optcourse.grading.grades import Grade
from optcourse.grading.records import Result, Submission
from optcourse.grading.released import Student
from optcourse.grading.submissions import LeftOut
from optcourse.grading.workers import batched

Done = TypeVar("Done")
ROWS = 60  # of the table; a class of 500 is for results.json
NAMED = 8  # students in a sentence; the others are counted
ABREAST = 12  # names in a line; all of them are named
LONGEST = 1000  # characters of a line


def watched(results: Iterable[Done], total: int | None) -> Iterator[Done]:
    """The same results, with a bar and the rate while they come."""
    columns = (
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[rate]}"),
    )
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        bar = progress.add_task("", total=total, rate="")
        for result in results:
            speed = progress.tasks[0].speed
            progress.update(bar, advance=1, rate=f"{speed:.1f}/s" if speed else "")
            yield result


class Students:
    """How many they are, and the first of them as they are named in a sentence."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def add(self, name: str, says: str) -> None:
        """Count one."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(f"{name if len(name) <= 40 else name[:39] + '…'} {says}")

    def __str__(self) -> str:
        more = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {more} more" if more else "")


class Tally:
    """The first rows of the table, and what holds of all results."""

    def __init__(self, roster: Sequence[Student] = (), before: Collection[str] = ()) -> None:
        self.roster, self.before = roster, before  # of whom something was graded in an earlier run
        self.rows: list[Result] = []
        self.count, self.ran, self.flagged = 0, 0, 0
        self.verdicts: Counter[str] = Counter()
        self.ours, self.changed, self.other = Students(), Students(), Students()
        self.graded: set[str] = set()
        self.left_out: list[LeftOut] = []

    def add(self, result: Result, before: float | None = None) -> None:
        """Count one result; `before` is the score that held for the same submission until now."""
        self.count += 1
        self.flagged += bool(result.flags)
        self.verdicts.update(task.verdict for task in result.tasks)
        if len(self.rows) < ROWS:
            self.rows.append(result)
        if result.needs_a_person:
            self.ours.add(result.student, f"({result.file[:40]})")
        elif before is not None and not math.isclose(before, result.score):
            self.changed.add(result.student, f"{before:.4g} -> {result.score:.4g}")

    def weigh(self, grade: Grade) -> None:
        """Note where what counts is not what the submission earned: it was late, or a person set points."""
        late, person = grade.late < 1, any(task.override for task in grade.tasks)
        if late or person:
            counts = "?" if grade.earned is None else f"{grade.earned:.4g}"
            why = " and ".join(["late"] * late + ["set by a person"] * person)
            self.other.add(grade.student, f"{counts}/{grade.points:.4g} ({why})")

    def table(self) -> Table:
        """A row a submission, with what it earned."""
        table = Table(box=None, pad_edge=False)
        for name in ("student", "points", "verdicts", "what it is"):
            table.add_column(name, overflow="fold", justify="right" if name == "points" else "left")
        for one in self.rows:
            first = next((task for task in one.tasks if task.verdict != "AC"), None)
            words = [*([first.message] if first else []), *one.flags]
            points = f"{one.score:.4g}/{one.points:.4g}"
            verdicts = " ".join(task.verdict for task in one.tasks)
            table.add_row(plain(one.student), points, verdicts, plain(" · ".join(words)))
        levels = dict.fromkeys(one.circumstances.level for one in self.rows)
        table.caption, table.caption_justify = f"sandbox: {', '.join(levels)}" if levels else None, "left"
        return table

    def read(self, found: Iterable[Submission | LeftOut]) -> Iterator[Submission]:
        """What is graded of what was handed in; the rest is noted."""
        for one in found:
            if isinstance(one, LeftOut):
                self.left_out.append(one)
            else:
                self.graded.add(one.student)  # as the file was called, which a roster may change
                yield one

    def not_graded(self) -> list[LeftOut]:
        """Each file of somebody of whom nothing is graded, and who of the roster handed in nothing at all."""
        files = [one for one in self.left_out if one.student not in self.graded]
        came = self.seen() | set(self.before)
        return files + [LeftOut(one.id, "", NOTHING) for one in self.roster if one.id not in came]

    def seen(self) -> set[str]:
        """Everybody of whom there is any file in this run."""
        return self.graded | {one.student for one in self.left_out}

    def words_on_others(self) -> list[str]:
        """A line for each of those files, and who handed in nothing, some in a line: nobody is left out."""
        others = self.not_graded()
        names = {one.id: f"{one.id} ({one.name})" if one.name else one.id for one in self.roster}
        files = [one for one in others if one.file]
        nothing = [names[one.student] for one in others if not one.file]
        lines = [f"Not graded: {one.student}: {one.file}: {one.why}." for one in files[:ROWS]]
        lines += [f"Not graded: {len(files) - ROWS} files more."] * (len(files) > ROWS)
        lines += [f"Nothing from: {', '.join(some)}." for some in batched(nothing, ABREAST)]
        return lines

    def words(self, out: Path) -> list[str]:
        """What is said below the table."""
        counts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.most_common())
        lines = [f"{self.count} submissions ({counts or 'none'}); {self.flagged} flagged. Wrote {out}."]
        if self.count > len(self.rows):
            lines.insert(0, f"({self.count - len(self.rows)} more are in {out}.)")
        if self.count > self.ran:
            lines.append(f"{self.count - self.ran} were known already and not run again.")
        if self.changed.count:
            lines.append(
                f"{self.changed.count} have another score than before (both are kept): {self.changed}"
            )
        if self.other.count:
            lines.append(
                f"What counts is not what the table shows for {self.other.count}: {self.other}. "
                "(When something was handed in is what its file says.)"
            )
        if self.ours.count:
            lines.append(f"Not graded, through a fault of ours; run it again: {self.ours}")
        return lines + self.words_on_others()


def plain(text: str) -> Text:
    """A stranger's text for a terminal: no control or escape characters, no markup."""
    return Text(
        "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:LONGEST])
    )
