"""The homeworks that ask for functions (the sixth trains, and has tests of its own), and how tests grade them."""

from functools import cache
from pathlib import Path

from optcourse.grading.assignment import Assignment, read_assignment
from optcourse.grading.batches import Grading, grade_batch
from optcourse.grading.command import grader_for
from optcourse.grading.pipeline import Grader
from optcourse.grading.records import Cell, Result, Submission
from optcourse.grading.sandbox.supervisor import Limits

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "solutions").glob("hw[1-5]_*.md"))
NAMES = [path.stem for path in SOURCES]
SEED = 7


@cache
def assignment(name: str) -> Assignment:
    """The homework, read from its source."""
    return read_assignment(ROOT / "solutions" / f"{name}.md")


@cache
def grader(name: str) -> Grader:
    """What the homework is graded with."""
    return grader_for(assignment(name), SEED, Limits())


def script(source: str, student: str = "ada") -> Submission:
    """A file that a student hands in."""
    return Submission(student, "handed_in.py", (Cell("handed_in.py", source),), "script", str(hash(source)))


def graded(grading: Grading, *submissions: Submission) -> list[Result]:
    """The results of these submissions, in order."""
    return grade_batch(grading, submissions)
