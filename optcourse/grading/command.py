"""What `optcourse grade` does: read, grade, write results.json, show a table."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from optcourse.errors import UserError
from optcourse.grading.assignment import Assignment, find_assignment, read_assignment, rule_assignment
from optcourse.grading.attempts import flagged
from optcourse.grading.batches import cores, graded
from optcourse.grading.draws import DrawError, draw_for
from optcourse.grading.pipeline import Grader
from optcourse.grading.records import Result
from optcourse.grading.sandbox import levels
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits
from optcourse.grading.showing import Tally, plain, watched
from optcourse.grading.submissions import submissions


def chosen_assignment(rule: str | None, assignment: str | None, folder: Path) -> Assignment:
    """The assignment that the options name."""
    if (rule is None) == (assignment is None):
        raise UserError("Say what is graded: --rule adam, or --assignment hw1 (one of the two).")
    return rule_assignment(rule) if rule else read_assignment(find_assignment(assignment or "", folder))


def grader_for(assignment: Assignment, seed: int, limits: Limits, sandboxed: bool = True) -> Grader:
    """What submissions are graded with: the level is proved, the draws are checked. UserError if not."""
    level = best_level(limits) if sandboxed else levels.NONE
    try:
        draws = {asked.task: draw_for(asked, seed) for asked in assignment.tasks}
    except DrawError as error:
        raise UserError(f"IE: {error}") from error
    return Grader(assignment, draws, seed, limits, level)


def run(path: Path, grader: Grader, out: Path, workers: int | None) -> Tally:
    """Grade all that lies under `path` into OUT/results.json, which is replaced when all is done."""
    screen = Console(stderr=True)
    warning = grader.level == levels.NONE
    screen.print(
        f"Sandbox: {levels.SAYS[grader.level]}.", style="bold red" if warning else None, highlight=False
    )
    tally = Tally()
    found = flagged(submissions(path))
    results = watched(graded(grader, found, workers or cores()), None)
    written(results, out, tally)
    Console().print(tally.table())
    for line in tally.words(out / "results.json"):
        Console().print(plain(line))
    return tally


def written(results: Iterator[Result], out: Path, tally: Tally) -> None:
    """Write results.json while they come; only a complete one gets its name."""
    partial = out / "results.json.part"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            file.write("[")
            for result in results:
                file.write(
                    ("," if tally.count else "") + "\n" + json.dumps(result.summary(), allow_nan=False)
                )
                tally.add(result)
            file.write("\n]\n")
        os.replace(partial, out / "results.json")
    except OSError as error:
        raise UserError(f"Cannot write in {out} ({error.strerror}): choose another --out.") from error
