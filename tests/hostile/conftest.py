"""One sandbox for all rows, so that each row is also the next submission of the one before it."""

import os
from collections.abc import Iterator

import pytest

from optcourse.errors import UserError
from optcourse.grading.assignment import Asked, Assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Result
from optcourse.grading.sandbox import levels
from optcourse.grading.sandbox.proof import best_level, proved
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from tests.hostile.judged import VICTIMS
from tests.programs import missing

# CPU is what ends what hangs; `wall` only ends what does nothing, and a busy machine may be slow to give
# a process the twentieth of a processor that tells it from that.
LIMITS = Limits(cpu=1, wall=1, memory=400_000_000)


@pytest.fixture(scope="session")
def level() -> str:
    """The strongest level; or the one that `worlds.py` has the rows run at."""
    if chosen := os.environ.get("OPTCOURSE_TEST_LEVEL"):
        return chosen
    try:
        return best_level(LIMITS)
    except UserError as error:
        missing(str(error), "SANDBOX")


@pytest.fixture(scope="session")
def sandbox(level: str) -> Iterator[Sandbox]:
    """One fork server for all rows."""
    with pytest.MonkeyPatch.context() as patch:
        if level == levels.CONTAINER:
            patch.setattr(levels, "in_container", lambda: True)
        with proved(level, LIMITS) as made:
            yield made


@pytest.fixture(scope="session")
def grader(level: str) -> Grader:
    tasks = (Asked("adam", "adam_step", "adam", points=3), Asked("gd", "gd_step", "gd", points=1))
    draws = {task.task: draw_for(task, seed=8) for task in tasks}
    return Grader(Assignment("hw0", tasks, {"test-adam": "as it was given out"}), draws, 8, LIMITS, level)


@pytest.fixture(scope="session")
def undisturbed(level: str, grader: Grader) -> tuple[Result, ...]:
    """The victims' results from a sandbox in which nothing else was ever run."""
    with pytest.MonkeyPatch.context() as patch:
        if level == levels.CONTAINER:
            patch.setattr(levels, "in_container", lambda: True)
        with Sandbox(level, LIMITS) as fresh:
            results = tuple(grade(one, grader, fresh) for one in VICTIMS)
    assert [[task.verdict for task in one.tasks] for one in results] == [["AC", "AC"], ["PC", "AC"]]
    return results
