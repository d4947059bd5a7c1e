"""Many submissions: in batches, each with a sandbox of its own, through any concurrent.futures executor."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from optcourse.grading.budget import Budget
from optcourse.grading.pipeline import Grader, grade, our_fault, result
from optcourse.grading.records import Result, Submission, TaskResult
from optcourse.grading.sandbox.supervisor import Sandbox
from optcourse.grading.variants import assignment_for, own_grader, with_variant_flags
from optcourse.grading.workers import LOST, in_order, pool, submitted, working

BATCH = 25
RETRIES = 2


class Question(NamedTuple):
    """What two submissions share that must be graded alike: the bytes, how they are read, what is asked.

    `file` is empty for a notebook (a script's name is in messages). Each student's hidden numbers are
    others, so the same file of two students is run twice.
    """

    digest: str
    kind: str
    file: str
    version: str
    student: str


@dataclass(frozen=True)
class Grading:
    """How each submission is graded; with a `key`, each student of the `roster` has variants of their own."""

    grader: Grader
    key: bytes | None = None
    roster: tuple[str, ...] = ()

    def version(self, student: str) -> str:
        """The version of this student's assignment."""
        if self.key is None:
            return self.grader.assignment.version
        return assignment_for(self.grader.assignment, student, self.key).version

    def question(self, student: str, digest: str, kind: str, file: str, version: str) -> Question:
        """The question of a submission."""
        return Question(digest, kind, "" if kind == "notebook" else file, version, student)

    def asked(self, one: Submission) -> Question:
        """The question of a submission as it is now."""
        return self.question(one.student, one.digest, one.kind, one.file, self.version(one.student))

    def grade(self, submission: Submission, sandbox: Sandbox) -> Result:
        """The result of one submission. SandboxError where the sandbox failed: to be tried again."""
        own = own_grader(self.grader, submission, self.key)
        sandbox = Budget(sandbox, own.assignment)
        result = grade(submission, own, sandbox)
        if self.key is None:
            return self.noted(result)
        return self.noted(with_variant_flags(submission, result, own, self.roster, self.key, sandbox))

    def noted(self, result: Result) -> Result:
        """The result, with a flag where there is a roster and nobody on it is called so."""
        if not self.roster or result.student in self.roster:
            return result
        return replace(result, flags=(*result.flags, "nobody on the roster is called so"))

    def repeated(self, submission: Submission, seen: "Seen") -> Result:
        """The result of a submission whose question is answered."""
        version = self.version(submission.student)
        again = self.noted(result(submission, self.grader, seen.tasks))
        flags = tuple(dict.fromkeys((*again.flags, *seen.flags)))
        return replace(again, flags=flags, circumstances=replace(again.circumstances, version=version))

    def our_fault(self, submission: Submission, error: Exception) -> Result:
        """The result where grading itself failed."""
        return self.repeated(submission, Seen(our_fault(submission, self.grader, error).tasks))


class Seen(NamedTuple):
    """The answer to a question."""

    tasks: tuple[TaskResult, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Submissions that are graded together, and what is known of some of them."""

    submissions: tuple[Submission, ...]
    known: Mapping[Question, Seen] = field(default_factory=dict)

    def todo(self, grading: Grading) -> tuple[Submission, ...]:
        """Those that are to be run: the first of each question that is not known."""
        first: dict[Question, Submission] = {}
        for one in self.submissions:
            first.setdefault(grading.asked(one), one)
        return tuple(one for asked, one in first.items() if asked not in self.known)


class Finished(NamedTuple):
    """A batch with its results, in order; `ran` is how many of them were run."""

    results: list[tuple[Submission, Result]]
    ran: int


class Warm:
    """A sandbox that one batch after the other is graded in; it starts when it is first needed."""

    def __init__(self) -> None:
        self.sandbox: Sandbox | None = None

    def close(self) -> None:
        """End the sandbox."""
        if self.sandbox:
            self.sandbox.close()
        self.sandbox = None

    def grade(self, grading: Grading, batch: tuple[Submission, ...]) -> list[Result]:
        """The results of a batch, in order; where a sandbox fails, a new one tries again, up to twice."""
        return [self.result(grading, one) for one in batch]

    def result(self, grading: Grading, submission: Submission) -> Result:
        """The result of one submission."""
        for attempt in range(RETRIES + 1):
            try:
                sandbox = self.fitting(grading.grader)
                result = grading.grade(submission, sandbox)
                if not sandbox.apart:  # the next student's processes are forked from what none has been in
                    self.close()
                return result
            except Exception as error:  # whatever it is, it is ours: a submission ends in a verdict
                self.close()
                if attempt == RETRIES:
                    return grading.our_fault(submission, error)
        raise AssertionError

    def fitting(self, grader: Grader) -> Sandbox:
        """The sandbox of this level and limits."""
        if self.sandbox and (self.sandbox.level, self.sandbox.limits) != (grader.level, grader.limits):
            self.close()
        self.sandbox = self.sandbox or Sandbox(grader.level, grader.limits)
        return self.sandbox


@cache
def warm_worker() -> Warm:
    """This process's own; its sandbox ends with the process."""
    return Warm()


def grade_in_worker(grading: Grading, batch: tuple[Submission, ...]) -> list[Result]:
    """The results of a batch, in order; for processes that do nothing but grade."""
    return warm_worker().grade(grading, batch)


def graded(grading: Grading, batches: Iterable[Batch], workers: int) -> Iterator[Finished]:
    """The batches in their order, from processes here; one worker is this process."""
    if workers == 1:
        with closing(Warm()) as warm:
            for batch in batches:
                todo = batch.todo(grading)
                yield together(grading, batch, todo, warm.grade(grading, todo))
        return
    with working(workers) as executor:
        yield from through(executor, grading, batches, 3 * workers)


def through(executor: Executor, grading: Grading, batches: Iterable[Batch], ahead: int) -> Iterator[Finished]:
    """The batches in their order from an executor, at most `ahead` of them handed in at once.

    A worker that dies takes all batches with it that are in its executor: these are graded one submission
    at a time in a worker here, which also finds the one that it was.
    """

    def sent(batch: Batch) -> tuple[tuple[Submission, ...], Future[list[Result]] | None]:
        todo = batch.todo(grading)
        return todo, submitted(executor, grade_in_worker, grading, todo) if todo else None

    with closing(Spare()) as spare:
        for batch, (todo, future) in in_order(sent, batches, ahead):
            results = finished(future) if future else []
            yield together(grading, batch, todo, results or [spare.grade(grading, one) for one in todo])


def together(grading: Grading, batch: Batch, ran: tuple[Submission, ...], results: list[Result]) -> Finished:
    """All results of a batch: of those that were run, and of those that are the same."""
    own = dict(zip(ran, results, strict=True))
    seen = {**batch.known, **{grading.asked(one): Seen(result.tasks) for one, result in own.items()}}
    pairs = [
        (one, own[one] if one in own else grading.repeated(one, seen[grading.asked(one)]))
        for one in batch.submissions
    ]
    return Finished(pairs, len(ran))


def finished(future: Future[list[Result]]) -> list[Result]:
    """The results of a batch; none where its worker was lost."""
    try:
        return future.result()
    except Exception as error:
        if isinstance(error, LOST) or type(error).__name__ == "KilledWorker":  # Dask's, which may not be here
            return []
        raise


class Spare:
    """A worker for what others were lost with, one submission at a time; a new one where it is lost too."""

    def __init__(self) -> None:
        self.executor: Executor | None = None

    def close(self) -> None:
        """End the worker."""
        if self.executor:
            self.executor.shutdown()
        self.executor = None

    def grade(self, grading: Grading, submission: Submission) -> Result:
        """The result of one submission, tried three times."""
        for attempt in range(RETRIES + 1):
            try:
                self.executor = self.executor or pool(1)
                return self.executor.submit(grade_in_worker, grading, (submission,)).result()[0]
            except LOST as error:
                self.close()
                if attempt == RETRIES:
                    return grading.our_fault(submission, error)
        raise AssertionError
