"""Variants: which dialect and constants of a task are whose, drawn from a keyed hash of the roster's id.

What is one student's is right for that student alone; a hand-in that carries another's is for a person.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from optcourse.checking.stored import Question
from optcourse.grading.assignment import Asked, Assignment
from optcourse.grading.budget import OverBudgetError
from optcourse.grading.draws import attempt_number, draw_for
from optcourse.grading.pipeline import Grader, judge_task
from optcourse.grading.records import Result, Submission, TaskResult
from optcourse.grading.sandbox.supervisor import Sandbox
from optcourse.marks import NOBODY, places

SHORTEST = 16  # bytes of a key
PRINTED = re.compile(r"^VARIANT\s*=\s*[\"']([^\"'\n]{1,40})[\"']", re.MULTILINE)


def digest(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 of these parts; ValueError for a key that could be guessed."""
    if len(key) < SHORTEST:
        raise ValueError(f"The key of the variants needs {SHORTEST} bytes or more; it has {len(key)}.")
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).digest()


def drawn(asked: Asked, student: str, key: bytes) -> Asked:
    """The task as this student has it; the task itself where it has no variants."""
    if not asked.variants:
        return asked

    def number(what: str) -> int:
        return int.from_bytes(digest(key, student, asked.task, what)[:8], "big")

    dialects = asked.variants.dialects
    dialect = dialects[number("dialect") % len(dialects)][0] if dialects else asked.dialect
    constants = dict(asked.constants) | {
        name: values[number(name) % len(values)] for name, values in asked.variants.constants
    }
    return replace(asked, dialect=dialect, constants=tuple(constants.items()))


def every_variant(asked: Asked) -> tuple[Asked, ...]:
    """The task in each of its variants."""
    dialects: list[str | None] = [key for key, _ in asked.variants.dialects]
    names = [name for name, _ in asked.variants.constants]
    choices = product(*(values for _, values in asked.variants.constants))
    return tuple(
        replace(asked, dialect=dialect, constants=tuple({**dict(asked.constants), **constants}.items()))
        for constants in [dict(zip(names, values, strict=True)) for values in choices]
        for dialect in dialects or [asked.dialect]
    )


def assignment_for(assignment: Assignment, student: str, key: bytes) -> Assignment:
    """The assignment as this student has it."""
    return replace(assignment, tasks=tuple(drawn(asked, student, key) for asked in assignment.tasks))


def own_grader(grader: Grader, submission: Submission, key: bytes | None = None) -> Grader:
    """The grader for this submission: with the student's variant, and with this attempt's hidden numbers."""
    own = grader.assignment if key is None else assignment_for(grader.assignment, submission.student, key)
    number = attempt_number(grader.seed, submission.student, submission.digest)
    return replace(
        grader,
        assignment=own,
        draws={asked.task: draw_for(asked, grader.seed, number) for asked in own.tasks},
    )


def questions(assignments: Iterable[Assignment]) -> Iterator[Question]:
    """What the checks in the notebooks of these assignments ask, in every variant, where they may tell."""
    for assignment in assignments:
        for asked in assignment.tasks:
            for one in every_variant(asked) if asked.shown and not asked.trains else ():
                yield Question(one.of().name, one.dialect, one.constants)


def printed_id(assignment: str, student: str, key: bytes) -> str:
    """What the student's notebook says beside VARIANT: it tells nobody who the student is."""
    return digest(key, student, assignment, "printed")[:6].hex()


def values_for(assignment: Assignment, student: str, key: bytes) -> dict[str, str]:
    """What stands in the places of this student's notebook; nothing where nothing is drawn."""
    values: dict[str, str] = {}
    for asked in assignment_for(assignment, student, key).tasks:
        if asked.variants:
            texts = {"dialect": dict(asked.variants.dialects)}
            values |= places(asked.task, asked.dialect or "primary", texts, dict(asked.constants))
    return {**values, "variant": printed_id(assignment.name, student, key)} if values else {}


def carried(submission: Submission) -> str | None:
    """The id that the notebook has beside VARIANT; None where it has none."""
    found = [match[1] for cell in submission.cells for match in PRINTED.finditer(cell.source)]
    return found[-1] if found else None


def others_id(
    submission: Submission, assignment: Assignment, roster: Iterable[str], key: bytes
) -> str | None:
    """A flag where the notebook carries the id of another student's variant, or of nobody's."""
    if not any(asked.variants for asked in assignment.tasks):
        return None
    found = carried(submission)
    if found in (None, printed_id(assignment.name, submission.student, key)):
        return None
    if found == NOBODY:
        return "variant: the notebook is not the one that was made for this student; a person should look"
    owner = next((one for one in roster if printed_id(assignment.name, one, key) == found), None)
    whose = f"made for {owner}" if owner else "made for nobody on the roster"
    return f"variant: the notebook was {whose}; a person should look"


def fitting(
    submission: Submission, asked: Asked, given: TaskResult, grader: Grader, sandbox: Sandbox
) -> Asked | None:
    """The other variant of a task in which a function that is wrong in its own is right; None for none.

    `asked` is the student's own task and `given` how it went.
    """
    if given.verdict not in ("WA", "PC", "BF", "RE"):  # another form may have another state
        return None
    for other in every_variant(asked):
        if other != asked:
            number = attempt_number(grader.seed, submission.student, submission.digest)
            draws = {**grader.draws, other.task: draw_for(other, grader.seed, number)}
            try:
                judged = judge_task(submission, other, replace(grader, draws=draws), sandbox)
            except OverBudgetError:
                return None
            if judged.task.verdict == "AC":
                return other
    return None


def with_variant_flags(
    submission: Submission,
    result: Result,
    grader: Grader,
    roster: Sequence[str],
    key: bytes,
    sandbox: Sandbox,
) -> Result:
    """The result with a flag for each sign that the work was made for another student's variant.

    `grader` is the one of this student (`own_grader`).
    """
    flags = [others_id(submission, grader.assignment, roster, key)]
    for asked, given in zip(grader.assignment.tasks, result.tasks, strict=True):
        if asked.variants and (other := fitting(submission, asked, given, grader, sandbox)):
            owners = sum(drawn(asked, one, key) == other for one in roster)
            whose = f"that {owners} on the roster have" if owners else "that nobody on the roster has"
            flags.append(
                f"variant: {asked.function} solves another variant than the student's own ({words(other)}, "
                f"{whose}); a person should look"
            )
    return replace(result, flags=tuple(dict.fromkeys((*result.flags, *filter(None, flags)))))


def words(asked: Asked) -> str:
    """A variant in a few words."""
    varied = {name for name, _ in asked.variants.constants}
    constants = [f"{name} {value:g}" for name, value in asked.constants if name in varied]
    return ", ".join([asked.dialect or "primary"] * bool(asked.variants.dialects) + constants)
