"""The race: the same budget for every runner, and what comes of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optcourse.arrays import Step
from optcourse.errors import UserError, WrongTypeError, real_number, whole_number
from optcourse.problems import Problem, problem_named
from optcourse.processors import usable_cores
from optcourse.racing.budget import TUNING_SEED, Budget, epoch_steps, target_for
from optcourse.racing.journal import Journal
from optcourse.racing.page import body
from optcourse.racing.result import RaceResult
from optcourse.racing.runners import Runner, runners_of
from optcourse.racing.search import Hypers, drawn, scanned
from optcourse.racing.standing import Standing, best_trial, is_adaptive, state_bytes
from optcourse.racing.table import text
from optcourse.racing.training import Job, Record, fingerprint, key
from optcourse.racing.workers import is_portable, made
from optcourse.rules import Form

Advance = Callable[[int, int], None]


@dataclass(frozen=True, repr=False)
class Race(RaceResult):
    """A finished race. Printed it is its tables; `draw()` and `write(folder)` give pictures and files.

    `standings` has a line for each runner, in the order given, made with `budget` on `problem` from `seed`;
    `target` is the training loss that was to be reached. `write` raises UserError where it can't.

    >>> from optcourse.racing import Budget, race
    >>> done = race(["gd"], "parabola", budget=Budget(1, seeds=1, scan=0), workers=0, progress=False)
    >>> done.problem.name, len(done.standings)
    ('parabola', 1)
    """

    def __str__(self) -> str:
        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return body(self)

    def draw(self) -> Any:
        """A matplotlib figure: losses over the epochs with their bands, and the learning rates tried."""
        from optcourse.racing.picture import figure  # matplotlib, which nobody needs who only wants the table

        return figure(self)

    def write(self, folder: str | Path) -> list[Path]:
        """Write table.csv, trials.csv, losses.csv, race.png and race.html there, and say which."""
        from optcourse.racing.files import write  # draws too

        return write(self, Path(folder))


def race(
    runners: Sequence[str | Form | Step],
    problem: str | Problem = "digits",
    *,
    budget: Budget | None = None,
    target: float | None = None,
    seed: int = 0,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: bool | Advance = True,
) -> Race:
    """Race rules against one another: the same number of trials, epochs and seeds for each.

    A runner is the name of a rule, a dialect (`RULES["adam"].dialects["eps-hat"]`), your own step function,
    named after its rule as adam_step is, or `own_rule(...)`. Each draws `budget.trials` settings at random
    over the ranges that its hypers declare (its sliders'), trains with each for `budget.epochs`, and runs
    with the best from `budget.seeds` other starts. The result is the same for the same `seed`, however many
    `workers` there are (processes; as many as processors unless given), times apart. Own functions run in
    this process. With a folder `out`, each run is kept there as it ends, a race that was stopped goes on
    where it was, and the tables and pictures are written there. `progress` is a bar, or a function of (runs
    done, runs in all). UserError for what is no rule.

    `runners` are these, `problem` a name or a `Problem`, `target` a training loss to be reached: the
    problem's own unless given.

    >>> from optcourse import race
    >>> from optcourse.racing import Budget
    >>> small = Budget(trials=2, seeds=2, scan=0, steps=20)
    >>> done = race(["gd", "adam"], "quadratic", budget=small, workers=0, progress=False)
    >>> [standing.runner.label for standing in done.standings]
    ['gd', 'adam']
    """
    budget = Budget() if budget is None else budget
    if not isinstance(budget, Budget):
        raise WrongTypeError(f"budget is a Budget, as Budget(trials=5); got {budget!r}.")
    seed = whole_number("seed", seed, least=0)
    workers = usable_cores() if workers is None else whole_number("workers", workers, least=0)
    if out is not None and not isinstance(out, (str, Path)):
        raise WrongTypeError(f"out is a folder, by its path; got {out!r}.")
    if target is not None:
        real_number("target", target, above=0)
    field = runners_of(runners)
    portable = is_portable(problem)
    course = problem_named(problem)
    folder = Path(out) if out is not None else None
    if folder:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"{folder} can't be a race's folder ({error.strerror}): choose another."
            ) from error
    office = _Office(course, budget, portable, workers, seed, folder)
    with _bar(progress, len(field) * budget.runs()) as office.advance:
        standings = office.standings(field)
    finished = Race(course, budget, target or target_for(course), seed, standings)
    if folder:
        finished.write(folder)
    return finished


@contextmanager
def _bar(progress: bool | Advance, total: int) -> Iterator[Callable[[], None]]:
    """A function to be called after each run."""
    done = 0
    if callable(progress):

        def advance() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        yield advance
        return
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    with tqdm(total=total, desc="racing", unit="run", disable=not progress, leave=False) as bar:
        yield lambda: bar.update() and None


class _Office:
    """Makes the runs of a race, or finds them where they are kept."""

    def __init__(
        self, problem: Problem, budget: Budget, portable: bool, workers: int, seed: int, folder: Path | None
    ) -> None:
        self.problem, self.budget, self.seed = problem, budget, seed
        self.portable, self.workers = portable, workers
        self.journal = Journal(folder)
        self.advance: Callable[[], None] = lambda: None

    def job(self, runner: Runner, hypers: Hypers, seed: int) -> Job:
        """The run of a runner with these hypers and this seed."""
        size = runner.batch_size(self.budget.batch_size, self.problem.examples)
        steps, every = self.budget.length(self.problem, size)
        return Job(runner, self.problem, tuple(hypers.items()), seed, steps, every, size)

    def records(self, heaps: Sequence[Sequence[Job]]) -> list[list[Record]]:
        """The records of these heaps of jobs, likewise in heaps."""
        jobs = [job for heap in heaps for job in heap]
        prints = {job.runner.label: fingerprint(job.runner, self.problem) for job in jobs}
        keys = {id(job): (made_of := prints[job.runner.label]) and key(job, made_of) for job in jobs}
        kept = self.journal.records
        found = {id(job): kept[name] for job in jobs if (name := keys[id(job)]) in kept}
        missing = [job for job in jobs if id(job) not in found]
        for _ in range(len(jobs) - len(missing)):
            self.advance()
        for job, record in made(missing, self.portable, self.workers):
            found[id(job)] = record
            self.journal.add(keys[id(job)], record)
            self.advance()
        return [[found[id(job)] for job in heap] for heap in heaps]

    def standings(self, field: Sequence[Runner]) -> list[Standing]:
        """Trials first; then, with the best hypers of each, the scan of learning rates and the starts."""
        budget, tuning = self.budget, self.seed + TUNING_SEED
        hypers = [[drawn(each.form, trial, self.seed) for trial in range(budget.trials)] for each in field]
        records = self.records(
            [[self.job(each, one, tuning) for one in its] for each, its in zip(field, hypers, strict=True)]
        )
        trials = [list(zip(*both, strict=True)) for both in zip(hypers, records, strict=True)]
        bests = [best_trial(its)[0] for its in trials]
        rates = [scanned(best["lr"], budget.scan) if "lr" in best else [] for best in bests]
        scans = self.records(
            [
                [self.job(each, {**best, "lr": lr}, tuning) for lr in around]
                for each, best, around in zip(field, bests, rates, strict=True)
            ]
        )
        finals = self.records(
            [
                [self.job(each, best, self.seed + number) for number in range(budget.seeds)]
                for each, best in zip(field, bests, strict=True)
            ]
        )
        return [
            self.standing(runner, its_trials, list(zip(around, scan, strict=True)), its_finals)
            for runner, its_trials, around, scan, its_finals in zip(
                field, trials, rates, scans, finals, strict=True
            )
        ]

    def standing(
        self,
        runner: Runner,
        trials: Sequence[tuple[Hypers, Record]],
        scan: Sequence[tuple[float, Record]],
        finals: Sequence[Record],
    ) -> Standing:
        """What these runs of one runner come to."""
        size = runner.batch_size(self.budget.batch_size, self.problem.examples)
        best, at_best = best_trial(trials)
        return Standing(
            runner=runner,
            examples=self.problem.examples,
            epoch=epoch_steps(self.problem, size),
            trials=trials,
            scan=sorted([*scan, (best.get("lr", 0.0), at_best)], key=lambda pair: pair[0]),
            finals=finals,
            best=best,
            state_bytes=state_bytes(runner, self.problem),
            adaptive=is_adaptive(runner),
        )
