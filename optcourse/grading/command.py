"""What `optcourse grade` and `regrade` do: read, grade, keep, write results.json and feedback, say so."""

import json
import os
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from optcourse.errors import UserError, writing
from optcourse.grading.assignment import Assignment, find_assignment, read_assignment, rule_assignment
from optcourse.grading.batches import (
    BATCH,
    Batch,
    Finished,
    Grading,
    Seen,
    graded,
    through,
)
from optcourse.grading.draws import DrawError, draw_for
from optcourse.grading.gradebook import Gradebook, Kept
from optcourse.grading.handing_back import handed_back
from optcourse.grading.overriding import user
from optcourse.grading.pipeline import Grader
from optcourse.grading.records import RESULTS, Submission
from optcourse.grading.released import Release, read_release, under_their_ids
from optcourse.grading.sandbox import levels
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits
from optcourse.grading.settings import Changes, changed
from optcourse.grading.showing import Tally, plain, watched
from optcourse.grading.submissions import LeftOut, handed_in
from optcourse.grading.workers import batched
from optcourse.processors import usable_cores

LONG = 50_000  # characters of code; a homework has some thousand


@dataclass(frozen=True)
class Place:
    """Where grading is done: in so many processes here, or by a Dask scheduler's workers."""

    workers: int | None = None
    scheduler: str | None = None

    @property
    def processes(self) -> int:
        """How many processes work here."""
        return self.workers or usable_cores()

    def graded(
        self, grading: Grading, book: Gradebook, found: Iterable[Submission]
    ) -> Generator[Finished, None, None]:
        """The submissions in their order, batch by batch; what the gradebook knows is not run again."""
        if self.scheduler is None:
            yield from graded(grading, prepared(grading, book, found, BATCH), self.processes)
            return
        from optcourse.grading import cluster

        with cluster.cluster(self.scheduler) as (executor, slots):
            batches = prepared(grading, book, found, cluster.BATCH)
            yield from through(executor, grading, batches, 2 * slots + 1)


def chosen_assignment(rule: str | None, assignment: str | None, folder: Path) -> Assignment:
    """The assignment that the options name."""
    if (rule is None) == (assignment is None):
        raise UserError("Say what is graded: --rule adam, or --assignment hw1 (one of the two).")
    return rule_assignment(rule) if rule else read_assignment(find_assignment(assignment or "", folder))


def grader_for(assignment: Assignment, seed: int, limits: Limits, sandboxed: bool = True) -> Grader:
    """What submissions are graded with: the level is proved, the draws are checked. UserError if not.

    The proof is another process's work, for which its thread waits; the draws are made in the meantime.
    """
    with ThreadPoolExecutor(1) as beside:
        level = beside.submit(best_level if sandboxed else unproved, limits)
        try:
            draws = {asked.task: draw_for(asked, seed) for asked in assignment.tasks}
        except DrawError as error:
            raise UserError(f"IE: {error}") from error
        return Grader(assignment, draws, seed, limits, level.result())


def unproved(limits: Limits) -> str:
    """The level of no sandbox."""
    return levels.NONE


@contextmanager
def gradebook(address: str | None) -> Iterator[Gradebook]:
    """The gradebook of a URL, made where there is none; without a URL one that is thrown away."""
    with ExitStack() as stack:
        if address is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="optcourse-"))
            address = f"sqlite:///{folder}/grades.db"
        yield stack.enter_context(closing(Gradebook(address, create=True)))


def without_withdrawn(assignment: Assignment, withdrawn: frozenset[tuple[str, str]]) -> Assignment:
    """The assignment without these (task, probe); UserError where it has no such."""
    probes = {
        asked.task: asked.trains.tests
        if asked.trains
        else [probe.name for probe in asked.question(0).probes()]
        for asked in assignment.tasks
    }
    for task, probe in sorted(withdrawn):
        if task not in probes:
            raise UserError(f"{assignment.name} has no task {task!r}: it has {', '.join(probes)}.")
        if probe not in probes[task]:
            raise UserError(f"{task} has no probe {probe!r}: it has {'; '.join(probes[task])}.")
    return replace(assignment, withdrawn=assignment.withdrawn | withdrawn)


@dataclass(frozen=True)
class Work:
    """One command's work: what is asked, under which limits, where it is done and where to it is written.

    `required` is the weakest level of the sandbox that will do; with `weaker` it may be weaker than in the
    assignment's last run.
    """

    assignment: Assignment
    limits: Limits
    sandboxed: bool
    out: Path
    place: Place
    release: Path | None = None
    required: str | None = None
    weaker: bool = False

    def grade(self, path: Path, address: str | None, changes: Changes) -> Tally:
        """Grade all that lies under `path`."""
        with gradebook(address) as book:
            release = self.released()
            grading = self.grading(book, changes, release)
            found = handed_in(path, self.assignment.name)
            name = self.assignment.name
            tally = Tally(release.roster if release else (), book.students(name))
            if release:
                found = under_their_ids(found, release)
            run(tally.read(found), None, grading, book, self.out, self.place, tally)
            book.leave_out(name, tally.seen(), [one for one in tally.not_graded() if one.file])
            return tally

    def regrade(self, address: str, changes: Changes, again: Sequence[str] = (), why: str = "") -> Tally:
        """Grade again what a gradebook has, where something changed; and all of the students in `again`."""
        with Gradebook(address) as book:
            name = book.assignment_named(self.assignment.name)
            for student in again:
                if not book.forget(name, student, why, user()):
                    raise UserError(f"{plain(student)} has no attempt at {name} to be made again.")
            release = self.released()
            grading = self.grading(book, changes, release)
            tally = Tally(release.roster if release else (), book.students(name))
            tally.left_out += book.not_graded(name)
            found = tally.read(book.submissions(name))
            return run(found, book.count(name), grading, book, self.out, self.place, tally)

    def released(self) -> Release | None:
        """What was released for this class; None where the command was not told."""
        return read_release(self.release) if self.release else None

    def grading(self, book: Gradebook, changes: Changes, release: Release | None) -> Grading:
        """How to grade by the gradebook's settings, which take the changes, and by what was released."""
        if release is None:
            return Grading(self.grader(book, changes))
        return Grading(self.grader(book, changes), release.key, release.ids)

    def grader(self, book: Gradebook, changes: Changes) -> Grader:
        """The grader of everybody, or of those without variants of their own."""
        settings = changed(book.begun(self.assignment.name), changes)
        assignment = without_withdrawn(self.assignment, settings.withdrawn)
        grader = grader_for(assignment, settings.seed, self.limits, self.sandboxed)
        levels.check(grader.level, self.required, book.last_level(assignment.name), self.weaker)
        book.set_settings(assignment.name, settings)
        return grader


def run(
    found: Iterable[Submission],
    total: int | None,
    grading: Grading,
    book: Gradebook,
    out: Path,
    place: Place,
    tally: Tally,
) -> Tally:
    """Grade these submissions into the gradebook and OUT/results.json, and write everybody's feedback."""
    screen, grader = Console(stderr=True), grading.grader
    warning = grader.level == levels.NONE
    screen.print(
        f"Sandbox: {levels.SAYS[grader.level]}.", style="bold red" if warning else None, highlight=False
    )
    if grader.level == levels.CONTAINER:
        found = of_one_student(found)
    with interruptible(book, grader.assignment.name, out):
        with closing(place.graded(grading, book, found)) as batches:
            written(watched(kept(batches, book, tally), total), out, tally)
        grades = handed_back(book.grades(grader.assignment.name), out, place.processes)
        with writing(f"in {out}"), closing(grades):
            for grade in grades:
                tally.weigh(grade)
    Console().print(tally.table())
    for line in tally.words(out / "results.json"):
        Console().print(plain(line))
    return tally


@contextmanager
def interruptible(book: Gradebook, assignment: str, out: Path) -> Iterator[None]:
    """UserError in the place of Ctrl-C: what is kept, and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        count = book.count(assignment)
        raise UserError(
            f"Stopped. {count} submissions of {assignment} are graded and in the gradebook: the same command "
            f"goes on from there (without --gradebook nothing is kept). {out} is not complete."
        ) from None


def of_one_student(found: Iterable[Submission]) -> Iterator[Submission]:
    """The submissions of one student; UserError where there is a second one."""
    first = None
    for one in found:
        first = first or one.student
        if one.student != first:
            raise UserError(
                "The container level is for one student's work, as at Gradescope: a submission can read the "
                f"container's files, and here are at least two students ({plain(first)[:40]} and "
                f"{plain(one.student)[:40]}). Use a machine with bubblewrap, or a container for each."
            )
        yield one


def weight(one: Submission) -> float:
    """What a submission adds to a batch: a long one as much as several, as whole batches wait in memory."""
    return 1 + sum(len(cell.source) for cell in one.cells) / LONG


def prepared(grading: Grading, book: Gradebook, found: Iterable[Submission], size: int) -> Iterator[Batch]:
    """Batches, with what the gradebook knows of them."""
    for some in batched(found, size, weight):
        versions = {grading.version(one.student) for one in some}
        with_flags = grading.key is not None  # on variants, which only running it shows
        known = book.known(some, grading.grader.circumstances, versions)
        seen = {grading.question(*one[:5]): Seen(one.tasks, one.flags if with_flags else ()) for one in known}
        yield Batch(some, seen)


def kept(batches: Iterable[Finished], book: Gradebook, tally: Tally) -> Iterator[Kept]:
    """The results once they are in the gradebook, a batch at a time."""
    for batch in batches:
        tally.ran += batch.ran
        yield from book.keep(batch.results)


def written(results: Iterator[Kept], out: Path, tally: Tally) -> None:
    """Write results.json while they come; only a complete one gets its name."""
    partial = out / "results.json.part"
    with writing(f"in {out}"):
        out.mkdir(parents=True, exist_ok=True)
        file = partial.open("w", encoding="utf-8")
    try:
        file.write("[")
        for one in results:
            line = "\n" + json.dumps(one.result.summary(), allow_nan=False)
            with writing(f"in {out}"):
                file.write(f",{line}" if tally.count else line)
                file.flush()
            tally.add(one.result, one.before)
        with writing(f"in {out}"):
            for count, left in enumerate(tally.not_graded(), start=tally.count):
                line = "\n" + json.dumps(summary(left), allow_nan=False)
                file.write(f",{line}" if count else line)
            file.write("\n]\n")
            file.flush()
    finally:
        with writing(f"in {out}"):  # which it tries again when it is closed
            file.close()
    with writing(f"in {out}"):
        os.replace(partial, out / "results.json")


def summary(left: LeftOut) -> dict[str, Any]:
    """The object of results.json for somebody of whom nothing is graded, in the form of the others."""
    return RESULTS.numbered(
        {"student": left.student, "file": left.file, "tasks": [], "flags": [], "not_graded": left.why}
    )
