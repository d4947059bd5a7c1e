"""The processes here that grade: how they start, where they run, and that they end with what started them.

Imports little, so that they can start importing what grading needs while the command itself still does.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_all_start_methods, get_context, parent_process
from multiprocessing.forkserver import ensure_running
from multiprocessing.queues import SimpleQueue
from typing import TypeVar

from optcourse.processors import ONE_THREAD, usable_cores

PRELOADED = ["optcourse.grading.batches", "optcourse.grading.handing_back"]
# A worker that is no more, or has no room.
LOST = (BrokenExecutor, CancelledError, OSError, MemoryError)
One = TypeVar("One")
Sent = TypeVar("Sent")


def preload() -> None:
    """Start the process that others are forked from; it imports all this beside what is done here."""
    if "forkserver" not in get_all_start_methods():  # nor is there a sandbox, which is said later
        return
    get_context("forkserver").set_forkserver_preload(PRELOADED)  # once, not once in each of them
    # For good: whatever is started from here on (Python starts its resource tracker again where that ends)
    # looks for no module in the current folder, in which students' files may lie.
    os.environ["PYTHONSAFEPATH"] = "1"
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes that start with nothing of this one's but its modules, and end when it does."""
    preload()
    context = get_context("forkserver")
    cores: SimpleQueue[int | None] = context.SimpleQueue()
    for core in own_cores(workers):
        cores.put(core)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(cores,))


@contextmanager
def working(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that ends with the block; where that ends early, what is still worked at is given up."""
    executor = pool(workers)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in active_children():
            process.kill()
        raise
    finally:
        executor.shutdown()


def batched(
    items: Iterable[One], size: int, weight: Callable[[One], float] = lambda item: 1
) -> Iterator[tuple[One, ...]]:
    """Tuples that weigh `size`, or a little more; the last one less. No more are read than are needed."""
    batch: list[One] = []
    weighs = 0.0
    for item in items:
        batch.append(item)
        weighs += weight(item)
        if weighs >= size:
            yield tuple(batch)
            batch, weighs = [], 0.0
    if batch:
        yield tuple(batch)


def in_order(submit: Callable[[One], Sent], items: Iterable[One], ahead: int) -> Iterator[tuple[One, Sent]]:
    """Each item with what came of submitting it, in order; at most `ahead` are submitted at once."""
    waiting: deque[tuple[One, Sent]] = deque()
    for item in items:
        waiting.append((item, submit(item)))
        if len(waiting) == ahead:
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def submitted(executor: Executor, work: Callable[..., One], *given: object) -> "Future[One] | None":
    """Work on its way; None where the executor takes no more."""
    try:
        return executor.submit(work, *given)
    except LOST:
        return None


def own_cores(workers: int) -> Sequence[int | None]:
    """A core for each worker where there is exactly one for each; otherwise none has its own.

    A worker and its sandbox take turns: on one core the one wakes the other up sooner than from core to core.
    """
    if workers == usable_cores() and hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return [None] * workers


def begin(cores: "SimpleQueue[int | None]") -> None:
    """Take a core, and end with the process that started this one, however that ends; so does the sandbox.

    A key that is pressed (Ctrl-C) reaches all processes of a terminal: what comes of it, the first one says.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    core = cores.get()
    if core is not None:
        os.sched_setaffinity(0, {core})
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
