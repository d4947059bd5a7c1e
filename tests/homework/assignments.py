"""The homeworks that ask for functions (the sixth trains, and has tests of its own), and how tests grade them."""

from functools import cache
from pathlib import Path

from optcourse.grading import variants
from optcourse.grading.assignment import Assignment, read_assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Result, Submission
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox

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
    draws = {asked.task: draw_for(asked, SEED) for asked in assignment(name).tasks}
    return Grader(assignment(name), draws, SEED, Limits(), best_level(Limits()))


def script(source: str, student: str = "ada") -> Submission:
    """A file that a student hands in."""
    return Submission(student, "handed_in.py", (Cell("handed_in.py", source),), "script", str(hash(source)))


def graded(name: str, *submissions: Submission) -> list[Result]:
    """The results of these submissions, in order; all are asked the same."""
    with Sandbox(grader(name).level, grader(name).limits) as sandbox:
        return [grade(one, grader(name), sandbox) for one in submissions]


def graded_with_variants(
    name: str, key: bytes, roster: tuple[str, ...], *submissions: Submission
) -> list[Result]:
    """The results of these submissions; each student is asked what was drawn for that student."""
    results = []
    with Sandbox(grader(name).level, grader(name).limits) as sandbox:
        for one in submissions:
            own = variants.own_grader(grader(name), one, key)
            result = grade(one, own, sandbox)
            results.append(variants.with_variant_flags(one, result, own, roster, key, sandbox))
    return results
