"""The runs of a race, shared out over processes.

A worker is a Python process that reads descriptions of jobs, one a line, and writes records: nothing is
pickled, and it computes on one thread, so that it makes no difference how many there are. What no other
process can find (a learner's function, a problem made by hand) is run here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from queue import SimpleQueue

from optcourse.problems import PROBLEMS, Problem
from optcourse.processors import ONE_THREAD
from optcourse.racing.training import Job, Record, train
from optcourse.rounding import is_on

Worker = subprocess.Popen[str]


def made(jobs: Sequence[Job], portable: bool, workers: int) -> Iterator[tuple[Job, Record]]:
    """Make all runs, and yield each with its record as it ends.

    `portable`: whether another process finds the problem by its name. 0 workers make all runs here, as does
    a process whose results are moved, for no other has that switch.
    """
    portable = portable and not is_on()
    leaves = [bool(portable and workers and job.runner.catalogued) for job in jobs]
    elsewhere = [job for job, leave in zip(jobs, leaves, strict=True) if leave]
    here = [job for job, leave in zip(jobs, leaves, strict=True) if not leave]
    with _crew(min(workers, len(elsewhere))) as submit:
        running = {submit(job): job for job in elsewhere}
        for job in here:
            yield job, train(job)
            for future in [future for future in running if future.done()]:
                yield running.pop(future), future.result()
        for future in as_completed(running):
            yield running[future], future.result()


@contextmanager
def _crew(size: int) -> Iterator[Callable[[Job], "Future[Record]"]]:
    """So many workers, and a function that gives a job to the next that is free. All end with the block."""
    idle: SimpleQueue[Worker] = SimpleQueue()
    crew = [_hired() for _ in range(size)]
    for worker in crew:
        idle.put(worker)

    def delegated(job: Job) -> Record:
        worker = idle.get()
        try:
            return _asked(worker, job)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(max(1, size))
    try:
        yield lambda job: pool.submit(delegated, job)
    finally:
        for worker in crew:
            worker.kill()
        pool.shutdown(cancel_futures=True)
        for worker in crew:
            worker.communicate()


def _hired() -> Worker:
    return subprocess.Popen(
        [sys.executable, "-m", "optcourse.racing.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C is for the race, which then ends them
    )


def _asked(worker: Worker, job: Job) -> Record:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps(job.description()) + "\n")
        worker.stdin.flush()
    except OSError as error:
        raise RuntimeError(f"A worker of the race ended by itself (exit code {worker.poll()}).") from error
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError(f"A worker of the race ended by itself (exit code {worker.wait()}).")
    return Record.from_json(json.loads(line))


def is_portable(problem: str | Problem) -> bool:
    """Whether another process finds the problem by its name."""
    return isinstance(problem, str) and problem in PROBLEMS
