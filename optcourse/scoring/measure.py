"""The runs of a score: trials over the ranges that a rule declares, then starts with the best of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optcourse.racing.runners import Runner
from optcourse.racing.search import Hypers, drawn
from optcourse.racing.standing import best_trial
from optcourse.racing.training import Job, Record, train
from optcourse.rules import Form
from optcourse.scoring.six import SEEDS, Course

TUNING = SEEDS - 1  # the start that trials see, and that never counts
WHOLE = 2**63  # numbers that fit into eight bytes: what starts a run is one

Search = Callable[[Form, int], Sequence[Hypers]]  # (the rule, a seed) -> the hypers to try


@dataclass(frozen=True)
class Setting:
    """How much is run, the same for a learner's rule and for its peers."""

    name: str
    trials: int
    starts: int


QUICK, FULL = Setting("quick", 6, 2), Setting("full", 20, 5)
SETTINGS: Mapping[str, Setting] = {setting.name: setting for setting in (QUICK, FULL)}


@dataclass(frozen=True)
class Measured:
    """A rule on one problem: the hypers of the best trial, its runs, and how many trials diverged."""

    course: Course
    best: Hypers
    finals: tuple[Record, ...]
    trials: int
    diverged_trials: int


def measured(
    form: Form, setting: Setting, courses: Sequence[Course], seed: int, search: Search | None = None
) -> Iterator[Measured]:
    """The rule on each problem. Trials are log-random over the form's ranges, unless `search` says which."""
    hypers = search(form, seed) if search else random_search(form, setting.trials, seed)
    for course in courses:
        tried = replace(course, problem=replace(course.problem, validation_loss=None))  # takes time
        trials = [(one, run_of(form, tried, one, seed_of(seed, TUNING))) for one in hypers]
        best, _ = best_trial(trials)
        finals = tuple(run_of(form, course, best, seed_of(seed, start)) for start in range(setting.starts))
        yield Measured(course, best, finals, len(trials), sum(record.diverged for _, record in trials))


def seed_of(seed: int, start: int) -> int:
    """What one start of a score's seed is drawn with."""
    return (SEEDS * seed + start) % WHOLE


def random_search(form: Form, trials: int, seed: int) -> list[Hypers]:
    """So many draws; one, of nothing, where the rule has no hypers."""
    return [drawn(form, trial, seed) for trial in range(trials if form.hypers else 1)]


def run_of(form: Form, course: Course, hypers: Hypers, seed: int) -> Record:
    """One run."""
    job = Job(
        Runner(form.name, form, None),
        course.problem,
        tuple(hypers.items()),
        seed,
        course.steps,
        course.every,
        course.batch_size,
    )
    return train(job)
