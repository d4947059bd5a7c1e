"""Everybody's feedback, written by as many processes as grade."""

from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

from optcourse.grading.batches import BATCH
from optcourse.grading.feedback import write_feedback
from optcourse.grading.grades import Grade
from optcourse.grading.workers import batched, in_order, submitted, working


def handed_back(grades: Iterable[Grade], out: Path, workers: int) -> Generator[Grade, None, None]:
    """The grades, in order, once their pages are in OUT; OSError where they can't be written."""
    batches = batched(grades, BATCH)
    if workers == 1:
        for batch in batches:
            write_pages(out, batch)
            yield from batch
        return
    with working(workers) as executor:
        sent = partial(submitted, executor, write_pages, out)
        for batch, future in in_order(sent, batches, 3 * workers):
            if future is None or future.exception():
                write_pages(out, batch)  # which also says why, where it is the folder's fault
            yield from batch


def write_pages(out: Path, grades: Iterable[Grade]) -> None:
    """Write the page of each."""
    for grade in grades:
        write_feedback(grade, out)
