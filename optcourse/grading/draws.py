"""Hidden probes: an assignment's seed -> a draw of the probes that tells every mistake from what is right.

The seed is a secret that the gradebook keeps. Each attempt is asked with one of `POOL` draws, chosen by the
seed, the student and the file: what somebody learns of one attempt's numbers seldom holds for the next.
"""

import hashlib
from functools import cache

from optcourse.checking.answering import Answer
from optcourse.checking.candidates import Candidate, singles
from optcourse.checking.diagnosis import candidate_answer, matching
from optcourse.checking.judging import Task, agrees, expected, judge_all
from optcourse.checking.steady import unsteady_probes
from optcourse.grading.assignment import Asked

TRIES = 50
# Draws of one seed. To find one takes some tenths of a second, to use it again nothing.
POOL = 4
# How often each probe is answered with another rounding.
TRIALS = 2


class DrawError(Exception):
    """No draw tells a rule's mistakes apart, or its reference fails: our fault, and nothing is graded."""


def attempt_number(seed: int, student: str, digest: str) -> int:
    """What decides which numbers an attempt is asked with: the same file of the same student has the same."""
    told = "\0".join((str(seed), student, digest)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(told).digest()[:8], "little")


def draw_for(asked: Asked, seed: int, attempt: int = 0) -> int:
    """A draw of this seed that will do; the same for the same seed and attempt. DrawError for none.

    The draws of what trains need no check: every attempt has its own.
    """
    if not asked.hidden:
        return 0
    if asked.trains:
        return asked.trains.draw(asked.task, seed, attempt)
    return pooled(asked, seed, attempt % POOL)


def pooled(asked: Asked, seed: int, number: int) -> int:
    """The draw of this number in the pool of a seed."""
    of = f"{seed}:{number}" if number else str(seed)
    for attempt in range(TRIES):
        digest = hashlib.sha256(f"{of}:{asked.rule}:{asked.dialect}:{attempt}".encode()).digest()
        draw = int.from_bytes(digest[:8], "little") or 1
        if tells_apart(asked, draw):
            return draw
    raise DrawError(
        f"{asked.task}: none of {TRIES} draws of the probes tells all mistakes of {asked.rule} apart."
    )


def tells_apart(asked: Asked, draw: int) -> bool:
    """Whether each mistake fails with this draw, named as with the public probes, and right work passes.

    (It could, where rounding decides, in the form that is asked for or in one that passes too.)
    """
    task = asked.question(draw)
    if any(reference.fault for reference in expected(*task)):
        raise DrawError(
            f"{asked.task}: the reference of {asked.rule} itself fails on a probe; nothing is graded."
        )
    passing = [task, *(task._replace(form=asked.of().form(key)) for key in asked.accepts)]
    if any(unsteady_probes(one, TRIALS) for one in passing):
        return False
    public = named_mistakes(asked, task._replace(draw=0))
    return named_mistakes(asked, task) == public


@cache
def named_mistakes(asked: Asked, task: Task) -> tuple[tuple[bool, tuple[str, ...], str | None], ...]:
    """For each mistake and dialect of the rule: whether it fails, and as what it is named."""
    rule = asked.of()
    found = []
    for candidate in singles(rule, task.form, task.part):
        answers = tuple(
            candidate_answer(candidate.function, task, number) for number in range(len(task.probes()))
        )
        fails = not all_right(task, answers)
        named: Candidate | None = next(matching(rule, task, answers), None) if fails else None
        found.append((fails, named.mistakes if named else (), named.dialect if named else None))
    return tuple(found)


def all_right(task: Task, answers: tuple[Answer, ...]) -> bool:
    """Whether the judge finds nothing; most mistakes show at the first probe, and no more is looked at."""
    asked = zip(task.probes(), expected(*task), answers, strict=True)
    return all(agrees(task, *one) for one in asked) and all(
        finding.verdict == "AC" for finding in judge_all(task, answers)
    )
