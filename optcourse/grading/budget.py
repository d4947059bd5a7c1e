"""What grading one submission may cost in all, in processes and seconds, whatever it is asked."""

import time

from optcourse.grading.assignment import Assignment
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.sealed import Sealed
from optcourse.grading.sandbox.supervisor import Sandbox, SandboxError

# What a task may take: one process for each probe, hidden and public, and some to confirm; a training makes
# runs of its own.
PROCESSES, SECONDS = 60, 20.0
TRAINING_PROCESSES, TRAINING_SECONDS = 120, 100.0
STARVED = 5  # times these seconds that all may take by the clock, on a machine that has no processor for it


class OverBudgetError(Exception):
    """A submission has used up what it may cost."""


class Budget(Sandbox):
    """A sandbox for one submission; `job` raises OverBudgetError where all together cost too much.

    The seconds are those in which its processes calculated or idled; what a busy machine took in between is
    not theirs. Where that is most of the time, SandboxError.
    """

    def __init__(self, sandbox: Sandbox, assignment: Assignment) -> None:
        self.sandbox, self.level, self.limits = sandbox, sandbox.level, sandbox.limits
        trainings = sum(bool(asked.trains) for asked in assignment.tasks)
        others = len(assignment.tasks) - trainings
        self.jobs, self.most = 0, PROCESSES * others + TRAINING_PROCESSES * trainings
        self.seconds = SECONDS * others + TRAINING_SECONDS * trainings
        self.began, self.used = time.monotonic(), 0.0
        self.last: Job | None = None

    def job(self, seed: int, inputs: Sealed | None = None) -> Job:
        """A fresh process of the sandbox; the one before it has ended."""
        self.jobs += 1
        self.used += sum(self.last.used) if self.last else 0.0
        self.last = None
        if self.jobs > self.most or self.used > self.seconds:
            raise OverBudgetError(
                f"was stopped: all tasks of the file together may take {self.most} processes and "
                f"{self.seconds:g} seconds"
            )
        elapsed = time.monotonic() - self.began
        if elapsed > STARVED * self.seconds:
            raise SandboxError(f"{elapsed:.0f} seconds went by, {self.used:.0f} of them for the submission")
        self.last = self.sandbox.job(seed, inputs)
        return self.last

    def close(self) -> None:
        """Nothing: the sandbox serves the next submission."""
