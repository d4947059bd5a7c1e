"""Everybody's feedback, written by as many processes as grade."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path

from optcourse.grading.batches import BATCH, LOST
from optcourse.grading.feedback import write_feedback
from optcourse.grading.grades import Grade
from optcourse.grading.workers import batched, in_order, pool


def handed_back(grades: Iterable[Grade], out: Path, workers: int) -> Iterator[Grade]:
    """The grades, in order, once their pages are in OUT; OSError where they can't be written."""
    batches = batched(grades, BATCH)
    if workers == 1:
        for batch in batches:
            write_pages(batch, out)
            yield from batch
        return
    with pool(workers) as executor:

        def sent(batch: tuple[Grade, ...]) -> Future[None] | None:
            try:
                return executor.submit(write_pages, batch, out)
            except LOST:
                return None

        for batch, future in in_order(sent, batches, 3 * workers):
            if future is None or future.exception():
                write_pages(batch, out)  # which also says why, where it is the folder's fault
            yield from batch


def write_pages(grades: Iterable[Grade], out: Path) -> None:
    """Write the page of each."""
    for grade in grades:
        write_feedback(grade, out)
