"""Many submissions: on a cluster with a real PostgreSQL, and without more memory for more of them."""

import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from optcourse.errors import UserError
from optcourse.grading import cluster
from optcourse.grading.batches import BATCH, Grading
from optcourse.grading.command import Place, kept, run
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.records import Result, Submission
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.showing import Tally
from optcourse.grading.submissions import submissions
from tests.grading.class_of_files import content, gd_grader, write_class
from tests.grading.graded import handed_in
from tests.grading.postgres import Server


class Dask:
    """A scheduler and two workers, in processes of their own."""

    def __init__(self, folder: Path) -> None:
        file, self.log = folder / "scheduler.json", (folder / "log").open("w")
        where = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
        self.scheduler = self.started("dask_scheduler", *where, "--port", "0")
        worker = ["--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        self.workers = [
            self.started("dask_worker", *worker, "--local-directory", str(folder)) for _ in range(2)
        ]
        import distributed

        client: Any = distributed.Client(scheduler_file=str(file), set_as_default=False)  # type: ignore[no-untyped-call]
        with client:
            client.wait_for_workers(2, timeout=120)
            self.address: str = client.scheduler.address

    def started(self, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *arguments], stderr=self.log
        )

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self.log.close()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    made = Dask(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def grading() -> Grading:
    return Grading(gd_grader(best_level(gd_grader("none").limits)))


def test_a_cluster_grades_500_once_each_though_a_worker_is_killed_in_the_middle(
    grading: Grading, server: Server, dask: Dask, tmp_path: Path
) -> None:
    folder, address = write_class(tmp_path / "in", 500), server.new_database()

    def with_a_death() -> Iterator[Submission]:
        for number, one in enumerate(submissions(folder)):
            if number == 300:
                dask.workers[0].send_signal(signal.SIGKILL)
            yield one

    with Gradebook(address, create=True) as book:
        tally = run(
            with_a_death(), 500, grading, book, tmp_path / "out", Place(scheduler=dask.address), Tally()
        )
        assert dask.workers[0].wait() == -signal.SIGKILL
        assert (tally.count, tally.ours.count) == (500, 0)
        attempts = [one.result for grade in book.grades("gd") for one in grade.attempts]
        assert [one.student for one in attempts] == [f"student-{number:05}" for number in range(500)]
        again = run(submissions(folder), 500, grading, book, tmp_path / "out", Place(workers=1), Tally())
        assert (again.count, again.ran) == (500, 0)
        first = write_class(tmp_path / "first", 50)
    with Gradebook(f"sqlite:///{tmp_path}/here.db", create=True) as book:
        run(submissions(first), 50, grading, book, tmp_path / "out", Place(workers=1), Tally())
    assert content(address)[:50] == content(f"sqlite:///{tmp_path}/here.db")


def test_what_a_scheduler_that_dies_leaves_is_graded_here_once_each(
    grading: Grading, dask: Dask, tmp_path: Path
) -> None:
    folder, address = write_class(tmp_path / "in", 200), f"sqlite:///{tmp_path}/grades.db"

    def with_a_death() -> Iterator[Submission]:
        for number, one in enumerate(submissions(folder)):
            if number == 120:
                dask.scheduler.send_signal(signal.SIGKILL)
            yield one

    import dask as dask_itself

    patience = dask_itself.config.set(
        {"distributed.comm.timeouts.connect": "1s"}
    )  # how long it is looked for
    with patience, Gradebook(address, create=True) as book:
        tally = run(
            with_a_death(), 200, grading, book, tmp_path / "out", Place(scheduler=dask.address), Tally()
        )
        assert dask.scheduler.wait() == -signal.SIGKILL
        assert (tally.count, tally.ours.count) == (200, 0)
        attempts = [one.result for grade in book.grades("gd") for one in grade.attempts]
    assert [one.student for one in attempts] == [f"student-{number:05}" for number in range(200)]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x"])
def test_a_scheduler_that_is_not_there_is_told_in_a_sentence(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    dask_config: Any = dask
    with (
        dask_config.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        pytest.raises(UserError, match=f"There is no scheduler at {address}"),
        cluster.cluster(address),
    ):
        pass


class Instantly(Executor):
    """An executor that grades without running anything."""

    def submit(self, work: Any, grading: Grading, todo: tuple[Submission, ...]) -> Future[list[Result]]:  # type: ignore[override]
        future: Future[list[Result]] = Future()
        future.set_result([grading.our_fault(one, RuntimeError("not run")) for one in todo])
        return future


@pytest.mark.parametrize("count", [20 * BATCH, 60 * BATCH])
def test_as_many_submissions_are_in_memory_for_a_class_three_times_as_large(
    grading: Grading, tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive, most, ahead = 0, 0, 4

    def gone() -> None:
        nonlocal alive
        alive -= 1

    def found() -> Iterator[Submission]:
        nonlocal alive, most
        for number in range(count):
            one = handed_in(f"student {number}")
            weakref.finalize(one, gone)
            alive += 1
            most = max(most, alive)
            yield one

    monkeypatch.setattr("optcourse.grading.batches.pool", lambda workers: Instantly())
    with Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True) as book:
        results = kept(Place(workers=ahead).graded(grading, book, found()), book, Tally())
        assert sum(1 for _ in results) == count
    assert most <= (3 * ahead + 2) * BATCH
