"""What grading one submission may cost in all, in processes and seconds, whatever it is asked."""

import time

from optcourse.grading.assignment import Assignment
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.supervisor import Sandbox

# What a task may take: one process for each probe and some to confirm; a training makes runs of its own.
PROCESSES, SECONDS = 30, 20.0
TRAINING_PROCESSES, TRAINING_SECONDS = 120, 100.0


class OverBudgetError(Exception):
    """A submission has used up what it may cost."""


class Budget(Sandbox):
    """A sandbox for one submission; `job` raises OverBudgetError where all together cost too much.

    The seconds are the clock's: of processes that mostly wait, too.
    """

    def __init__(self, sandbox: Sandbox, assignment: Assignment) -> None:
        self.sandbox, self.level, self.limits = sandbox, sandbox.level, sandbox.limits
        trainings = sum(bool(asked.trains) for asked in assignment.tasks)
        others = len(assignment.tasks) - trainings
        self.jobs, self.most = 0, PROCESSES * others + TRAINING_PROCESSES * trainings
        self.seconds = SECONDS * others + TRAINING_SECONDS * trainings
        self.began = time.monotonic()

    def job(self, seed: int) -> Job:
        """A fresh process of the sandbox."""
        self.jobs += 1
        if self.jobs > self.most or time.monotonic() - self.began > self.seconds:
            raise OverBudgetError(
                f"was stopped: all tasks of the file together may take {self.most} processes and "
                f"{self.seconds:g} seconds"
            )
        return self.sandbox.job(seed)

    def close(self) -> None:
        """Nothing: the sandbox serves the next submission."""
