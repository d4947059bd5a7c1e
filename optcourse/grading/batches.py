"""Many submissions: in batches, each with a sandbox of its own, through any concurrent.futures executor."""

import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

from optcourse.grading.pipeline import Grader, grade, our_fault
from optcourse.grading.records import Result, Submission
from optcourse.grading.sandbox.supervisor import Sandbox

BATCH = 25
RETRIES = 2
# A worker that is no more, or has no room.
LOST = (BrokenExecutor, CancelledError, OSError, MemoryError)


def grade_batch(grader: Grader, batch: tuple[Submission, ...]) -> list[Result]:
    """The results of a batch, in order; where a sandbox fails, a new one tries again, up to twice."""
    results = []
    sandbox: Sandbox | None = None
    try:
        for submission in batch:
            for attempt in range(RETRIES + 1):
                try:
                    sandbox = sandbox or Sandbox(grader.level, grader.limits)
                    results.append(grade(submission, grader, sandbox))
                    break
                except Exception as error:  # whatever it is, it is ours: a submission ends in a verdict
                    if sandbox:
                        sandbox.close()
                    sandbox = None
                    if attempt == RETRIES:
                        results.append(our_fault(submission, grader, error))
    finally:
        if sandbox:
            sandbox.close()
    return results


def graded(
    grader: Grader, submissions: Iterable[Submission], workers: int, batch: int = BATCH
) -> Iterator[Result]:
    """The results in the order of the submissions, from processes here; one worker is this process."""
    batches = batched(submissions, batch)
    if workers == 1:
        for one in batches:
            yield from grade_batch(grader, one)
        return
    with pool(workers) as executor:
        yield from through(executor, grader, batches, 3 * workers)


def through(
    executor: Executor, grader: Grader, batches: Iterator[tuple[Submission, ...]], ahead: int
) -> Iterator[Result]:
    """The results of batches that an executor works on, at most `ahead` of them handed in at once.

    A worker that dies takes all batches with it that are in its executor: these are graded one submission
    at a time, each in a process of its own, which also finds the one that it was.
    """
    waiting: deque[tuple[Future[list[Result]] | None, tuple[Submission, ...]]] = deque()
    for one in itertools.chain(batches, itertools.repeat(())):
        if one:
            waiting.append((submitted(executor, grader, one), one))
            if len(waiting) < ahead:
                continue
        if not waiting:
            return
        future, oldest = waiting.popleft()
        results = [] if future is None else finished(future)
        yield from results or (alone(grader, submission) for submission in oldest)


def submitted(
    executor: Executor, grader: Grader, batch: tuple[Submission, ...]
) -> Future[list[Result]] | None:
    """The batch on its way; None where the executor takes no more."""
    try:
        return executor.submit(grade_batch, grader, batch)
    except LOST:
        return None


def finished(future: Future[list[Result]]) -> list[Result]:
    """The results of a batch; none where its worker was lost."""
    try:
        return future.result()
    except LOST:
        return []


def alone(grader: Grader, submission: Submission) -> Result:
    """One submission in a worker of its own, tried three times."""
    error: Exception = RuntimeError("no attempt was made")
    for _ in range(RETRIES + 1):
        with pool(1) as executor:
            try:
                return executor.submit(grade_batch, grader, (submission,)).result()[0]
            except LOST as failure:
                error = failure
    return our_fault(submission, grader, error)


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes that start with nothing of this one's but its modules."""
    return ProcessPoolExecutor(workers, mp_context=get_context("forkserver"))


def batched(submissions: Iterable[Submission], size: int) -> Iterator[tuple[Submission, ...]]:
    """Tuples of `size`, the last one shorter; no more are read than are needed."""
    source = iter(submissions)
    while batch := tuple(itertools.islice(source, size)):
        yield batch


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
