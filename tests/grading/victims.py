"""Graders that are killed: run as `python -m tests.grading.victims SUBMISSIONS OUT URL LEVEL`.

Fifty graders, one after the other, go on with the same gradebook. Each is killed (SIGKILL) by its own hand
at the moment that is drawn for it: before or after a statement of SQL, a commit, or a submission; counted
from the first submission that it grades, or (every fifth) from its start. Prints, as JSON, how many
submissions were in the gradebook when each died, and at what it was.
"""

import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from optcourse.grading import command
from optcourse.grading.batches import Grading
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.showing import Tally
from optcourse.grading.submissions import submissions
from tests.grading.class_of_files import gd_grader

VICTIMS = 50
LONGEST = 45  # moments that one may live


def main(folder: str, out: str, address: str, level: str) -> None:
    grading = Grading(gd_grader(level))
    draw = random.Random(8)
    deaths = []
    for number in range(VICTIMS):
        moments = draw.randrange(LONGEST)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            live(grading, Path(folder), Path(out), address, moments, number % 5 == 0, writing)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            moment = pipe.read()
        _, status = os.waitpid(child, 0)
        with Gradebook(address, create=True) as book:
            deaths.append((book.count("gd"), moment, os.WIFSIGNALED(status)))
    print(json.dumps(deaths))


def live(
    grading: Grading, folder: Path, out: Path, address: str, moments: int, born: bool, pipe: int
) -> None:
    """Grade until so many moments are over."""
    left = moments

    def moment(name: str) -> None:
        nonlocal left, born
        born = born or name == "grading"
        left -= born
        if left < 0:
            os.write(pipe, name.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    grade = Grading.grade

    def counted(self: Grading, *arguments: Any) -> Any:
        moment("grading")
        return grade(self, *arguments)

    Grading.grade = counted  # type: ignore[method-assign]
    command.BATCH = 5
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    with Gradebook(address, create=True) as book:
        event.listen(book.engine, "before_cursor_execute", lambda *_: moment("before SQL"))
        event.listen(book.engine, "after_cursor_execute", lambda *_: moment("after SQL"))
        event.listen(book.engine, "commit", lambda *_: moment("before commit"))
        command.run(submissions(folder), None, grading, book, out, command.Place(workers=1), Tally())


if __name__ == "__main__":
    main(*sys.argv[1:])
