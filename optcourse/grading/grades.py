"""What counts for a student: attempts, the late policy and a person's overrides, put together.

Pure data and pure functions. The gradebook makes Grades when it is read; reports and exports show them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from optcourse.checking.report import own_lines
from optcourse.grading.attempts import LatePolicy, best, latest
from optcourse.grading.records import Result, TaskResult

Policy = Literal["latest", "best"]
DIGITS = 4  # of points, so that all who show them show the same


@dataclass(frozen=True)
class Override:
    """A person's word on one task of one student: it stands, whatever is graded again or was late.

    `by` and `why` are for whoever asks later; `when` is in UTC.
    """

    assignment: str
    student: str
    task: str
    points: float
    why: str
    by: str
    when: datetime


@dataclass(frozen=True)
class Attempt:
    """One submission as it was graded once. `graded` is in UTC.

    A submission that is graded again has several; the one that holds now is `current`. One of IE (our fault)
    is there only until grading succeeds, and is current only where no other grading is there.
    """

    result: Result
    graded: datetime
    current: bool


@dataclass(frozen=True)
class TaskGrade:
    """What counts for one task. `result` has the verdict, message and findings that feedback shows.

    `earned` are points after the late policy, or the override's; None where the task is still to be graded.
    """

    result: TaskResult
    earned: float | None
    override: Override | None = None

    @property
    def task(self) -> str:
        """The task's name."""
        return self.result.task

    @property
    def verdict(self) -> str:
        """The grader's verdict, which an override leaves as it is."""
        return self.result.verdict

    @property
    def score(self) -> float:
        """The grader's score in [0, 1], before the late policy and the override."""
        return self.result.score

    @property
    def points(self) -> float:
        """What the task is worth."""
        return self.result.points


@dataclass(frozen=True)
class Grade:
    """What counts for one student in one assignment.

    `result` is the attempt that counts, `late` the fraction that its lateness leaves of the points (1: in
    time), `due` the deadline where there is one, `attempts` all of them in the order in which they were
    handed in. `flags` are texts that a person should read. Strangers' texts (student, file, flags, messages)
    are to be escaped where they are shown.
    """

    student: str
    assignment: str
    result: Result
    tasks: tuple[TaskGrade, ...]
    late: float
    attempts: tuple[Attempt, ...]
    flags: tuple[str, ...]
    needs_a_person: bool
    due: datetime | None = None

    def before_deadline(self, now: datetime) -> bool:
        """Whether better work may still be handed in for all of its points; always, where none is known."""
        return self.due is None or now < self.due

    def without_formula(self) -> "Grade":
        """The same without the formula's lines: what its student may see before the deadline."""
        tasks = (
            replace(task, result=replace(task.result, diff=own_lines(task.result.diff)))
            for task in self.tasks
        )
        return replace(self, tasks=tuple(tasks))

    @property
    def earned(self) -> float | None:
        """The points that count; None, never 0, where a task is still to be graded (IE)."""
        earned = [task.earned for task in self.tasks]
        known = [points for points in earned if points is not None]
        return rounded(sum(known)) if len(known) == len(earned) else None

    @property
    def points(self) -> float:
        """The points to be had."""
        return rounded(sum(task.points for task in self.tasks))


def grade_of(
    attempts: Sequence[Attempt],
    overrides: Iterable[Override] = (),
    policy: Policy = "latest",
    late: LatePolicy | None = None,
) -> Grade:
    """What one student's attempts at one assignment come to; at least one of them is current.

    Of several overrides of a task the last one holds. With "best", an attempt that is still to be graded
    counts only where there is no other.
    """
    held = [attempt.result for attempt in attempts if attempt.current]
    whole = [result for result in held if not result.needs_a_person]
    counts = latest(held) if policy == "latest" else best(whole or held, late)
    factor = late.factor(counts.submitted) if late else 1.0
    words = {override.task: override for override in overrides}
    tasks = tuple(task_grade(task, factor, words.get(task.task)) for task in counts.tasks)
    lost = words.keys() - {task.task for task in tasks}
    faults = {task.task for one in attempts for task in one.result.tasks if task.verdict == "IE"}
    return Grade(
        counts.student,
        counts.circumstances.assignment,
        counts,
        tasks,
        factor,
        tuple(attempts),
        (*counts.flags, *(f"an override for {task!r}, which is no task any more" for task in sorted(lost))),
        bool(faults - words.keys()),
        late.due if late else None,
    )


def task_grade(task: TaskResult, late: float, override: Override | None) -> TaskGrade:
    """What counts for a task: a person's word, else what it earned, less what being late costs."""
    if override:
        return TaskGrade(task, rounded(override.points), override)
    return TaskGrade(task, None if task.verdict == "IE" else rounded(task.earned * late))


def rounded(points: float) -> float:
    """Points without the noise of binary fractions."""
    return round(points, DIGITS)


@dataclass(frozen=True)
class Settings:
    """What a gradebook remembers of an assignment, until it is told otherwise.

    `withdrawn` are (task, probe) that no longer count.
    """

    policy: Policy = "latest"
    late: LatePolicy | None = None
    seed: int = 0
    withdrawn: frozenset[tuple[str, str]] = frozenset()
