"""A busy or hanging machine is no student's fault: only what a process idles by itself counts, by fed clocks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from optcourse.grading import budget
from optcourse.grading.assignment import Asked, Assignment
from optcourse.grading.budget import Budget, OverBudgetError
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox import job as jobs
from optcourse.grading.sandbox.asking import load
from optcourse.grading.sandbox.endings import StoppedError
from optcourse.grading.sandbox.idling import TICK, Idling, Reading
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox, SandboxError

LIMITS = Limits(cpu=2, wall=0.5, memory=400_000_000)
SOURCE = "def gd_step(theta, grad, state, *, lr=0.01):\n    return theta - lr * grad, ()\n"
RIGHT = Submission("mia", "hw.py", (Cell("hw.py", SOURCE),), "script", "1")
TASK = Asked("gd", "gd_step", "gd")
CLASS = Assignment("hw0", (TASK,))


@pytest.fixture(scope="module")
def level() -> str:
    return best_level(LIMITS)


@pytest.fixture
def sandbox(level: str) -> Iterator[Sandbox]:
    with Sandbox(level, LIMITS) as made:
        yield made


def file(source: str) -> Submission:
    return Submission("mia", "hw.py", (Cell("hw.py", source),), "script", "1")


def grader(level: str) -> Grader:
    return Grader(CLASS, {"gd": draw_for(TASK, 1)}, 1, LIMITS, level)


def idled(each: Reading, stretch: float = TICK, ticks: int = 50) -> float:
    """Seconds of idling of a process of which the books say the same of each tick."""
    count = 0

    def read(_: float) -> Reading:
        nonlocal count
        count += 1
        return Reading(count * each.cpu, count * each.queued, each.asleep)

    idling = Idling(read, Reading(0.0, 0.0, False))
    for _ in range(ticks):
        idling.passed(stretch)
    return idling.seconds


@pytest.mark.parametrize(
    ("each", "idle"),
    [
        (Reading(0.0, 0.0, True), 5.0),  # sleeps
        (
            Reading(0.0, 0.0, False),
            0.0,
        ),  # stands in the queue since before the first tick, or waits for a disk
        (Reading(0.0, TICK, True), 0.0),  # stood in the queue, and has just gone to sleep
        (Reading(TICK, 0.0, True), 0.0),  # calculates
        (Reading(0.3 * TICK, 0.3 * TICK, True), 2.0),
        (Reading(TICK, TICK, True), 0.0),  # we stood in the queue while it calculated
    ],
)
def test_only_what_is_neither_calculating_nor_queueing_is_idling(each: Reading, idle: float) -> None:
    assert idled(each) == pytest.approx(idle)


def test_a_machine_that_sleeps_for_ten_minutes_adds_two_ticks() -> None:
    assert idled(Reading(0.0, 0.0, True), stretch=600.0, ticks=1) == pytest.approx(2 * TICK)


def test_naps_shorter_than_a_tick_add_up() -> None:
    assert idled(Reading(0.0, 0.0, True), stretch=TICK / 4, ticks=200) == pytest.approx(5.0)


def test_a_process_that_idles_is_stopped_and_one_that_gets_no_processor_is_our_fault(
    sandbox: Sandbox,
) -> None:
    with sandbox.job(1) as job:
        assert load(job, RIGHT, "gd_step").fault is None
        assert job.pid  # the kernel has said who it is
        job.idling = Idling(lambda _: Reading(0.0, 0.0, True), Reading(0.0, 0.0, True))
        job.allow()
        job.be_in_time(now=0.0, began=0.0)
        for _ in range(6):
            job.idling.passed(TICK)
        with pytest.raises(StoppedError, match="in which it did nothing") as stopped:
            job.be_in_time(now=0.0, began=0.0)
        assert stopped.value.code == "ILE"
    with sandbox.job(1) as job:
        assert load(job, RIGHT, "gd_step").fault is None
        job.idling = Idling(lambda _: Reading(0.0, 0.0, False), Reading(0.0, 0.0, False))
        for _ in range(1000):
            job.idling.passed(TICK)
        job.be_in_time(now=jobs.STARVED * LIMITS.wall - 1, began=0.0)
        with pytest.raises(SandboxError, match="hardly got a processor"):
            job.be_in_time(now=jobs.STARVED * LIMITS.wall + 1, began=0.0)


def test_right_work_that_stands_in_the_queue_for_longer_than_it_may_idle_is_right(
    level: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = file("import time\ntime.sleep(1)\n" + SOURCE)
    monkeypatch.setattr(jobs, "reading", lambda pid: Reading(0.0, 0.0, False))
    assert grade(slow, grader(level), sandbox).tasks[0].verdict == "AC"


def test_without_the_kernels_books_who_hardly_calculates_idles(
    level: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "reading", lambda pid: None)
    monkeypatch.setattr(jobs, "BLIND", 0.2)
    with Sandbox(level, replace(LIMITS, wall=60)) as patient:
        assert grade(RIGHT, grader(level), patient).tasks[0].verdict == "AC"
    waits = file("import os\nos.read(os.pipe()[0], 1)\n" + SOURCE)
    assert grade(waits, grader(level), sandbox).tasks[0].verdict == "ILE"


class Finished:
    """Stands for a process that has ended, and for the sandbox that it was in."""

    level, limits = "none", LIMITS

    def __init__(self, used: tuple[float, float]) -> None:
        self.used = used

    def job(self, seed: int, inputs: object = None) -> "Finished":
        return self


@pytest.mark.parametrize(
    ("used", "clock", "error"),
    [
        ((0.1, 0.0), 1.0, None),
        ((0.1, 0.0), 60.0, None),  # the machine is busy
        ((0.1, 0.0), 1000.0, SandboxError),  # and does nothing else
        ((1.0, 1.5), 60.0, OverBudgetError),  # it calculated, or idled
        ((0.0, 2.5), 1000.0, OverBudgetError),
    ],
)
def test_a_file_pays_for_what_it_does_and_not_for_what_the_machine_does(
    used: tuple[float, float],
    clock: float,
    error: type[Exception] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(budget.time, "monotonic", lambda: now[0])
    one = Budget(Finished(used), CLASS)  # type: ignore[arg-type]
    for _ in range(9):
        one.job(1)
    now[0] = clock
    if error is None:
        one.job(1)
    else:
        with pytest.raises(error):
            one.job(1)
