"""One submission from its source text to its Result. The only place that puts the pieces together.

Whatever a submission does ends in a verdict; what goes wrong on our side is IE, never a zero.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

import numpy as np

from optcourse import __version__
from optcourse.checking.answering import Answer, Fault
from optcourse.checking.judging import RELATIVE, Task
from optcourse.grading.assignment import Asked, Assignment, needed_first
from optcourse.grading.bounds import bounded
from optcourse.grading.budget import OverBudgetError
from optcourse.grading.collecting import GIVE_UP, Case, confirmed, each_alone, together, upheld
from optcourse.grading.public_words import in_public_words
from optcourse.grading.records import Circumstances, Result, Submission, TaskResult
from optcourse.grading.sandbox.asking import Loaded
from optcourse.grading.sandbox.supervisor import Limits, Sandbox, SandboxError
from optcourse.grading.scoring import scored, without_answers, wrong_from
from optcourse.grading.trainer import WHATEVER, train_task


@dataclass(frozen=True)
class Grader:
    """What every submission of a batch is graded with; `draws` has the draw of each task's probes."""

    assignment: Assignment
    draws: Mapping[str, int]
    seed: int
    limits: Limits
    level: str

    @property
    def circumstances(self) -> Circumstances:
        """What is kept with each result."""
        return Circumstances(
            self.assignment.name,
            self.assignment.version,
            __version__,
            self.seed,
            self.level,
            asdict(self.limits),
            RELATIVE[np.dtype(np.float64)],
        )


# What may be built on: what is right; and what is not attempted, as then this task says the same of itself.
BUILT_ON = ("AC", "NA")
# What is said of a training in our own words; all else may repeat what a step was told.
TRAINED = ("AC", "PC", "WA", "NA")
# What may be otherwise with the rest of a notebook: the function was there, and was asked.
AGAIN = ("PC", "WA", "BF", "RE")


def grade(submission: Submission, grader: Grader, sandbox: Sandbox) -> Result:
    """The result of one submission. SandboxError where the sandbox failed: to be tried again."""
    done: dict[str, TaskResult] = {}
    at_import: Fault | None = None  # of a script, which is run whole whatever is asked
    for asked in needed_first(grader.assignment.tasks):
        if submission.problem:
            done[asked.task] = without_answers(asked, Fault("CE", "file", submission.problem))
        elif failed := [name for name in asked.needs if done[name].verdict not in BUILT_ON]:
            says = f"not run, as it builds on {', '.join(failed)}, which is not right yet"
            done[asked.task] = without_answers(asked, Fault("SK", "needs", says))
        elif at_import:
            done[asked.task] = without_answers(asked, at_import)
        else:
            try:
                done[asked.task], ended = grade_task(submission, asked, grader, sandbox)
                at_import = ended if submission.kind == "script" else None
            except OverBudgetError as error:
                at_import = Fault("TLE", "stopped", str(error))
                done[asked.task] = without_answers(asked, at_import)
    if submission.kind == "notebook":
        with suppress(OverBudgetError):
            for asked in needed_first(grader.assignment.tasks):
                done[asked.task] = second(submission, asked, grader, sandbox, done)
    return result(submission, grader, tuple(done[asked.task] for asked in grader.assignment.tasks))


def second(
    submission: Submission, asked: Asked, grader: Grader, sandbox: Sandbox, done: Mapping[str, TaskResult]
) -> TaskResult:
    """What a task of a notebook comes to when more of it is run than the function seems to need.

    Whatever else may bear on the function is run then, as long as anything does: the better result counts.
    """
    first = done[asked.task]
    if first.verdict == "SK" and all(done[name].verdict in BUILT_ON for name in asked.needs):
        return grade_task(submission, asked, grader, sandbox)[0]
    if first.verdict not in AGAIN:
        return first
    again = judge_task(submission, asked, grader, sandbox, wide=True)
    return worded(again, submission, asked, grader, sandbox) if again.task.score > first.score else first


def result(submission: Submission, grader: Grader, tasks: tuple[TaskResult, ...]) -> Result:
    """A result with its flags."""
    flags = list(submission.flags)
    if any("not in the sandbox that grades" in task.message for task in tasks):
        flags.append("SV: asks for the course's own rules")
    flags += [f"{task.task}: {WHATEVER}" for task in tasks if WHATEVER in task.message]
    for cell in submission.cells:
        locked = grader.assignment.locked.get(cell.grade_id)
        if locked and hashlib.sha256(cell.source.encode()).hexdigest() != locked:
            flags.append(
                f"the locked cell {cell.grade_id!r} was changed; the assignment's own values were used"
            )
    return Result(
        submission.student,
        submission.file,
        submission.digest,
        bounded(tasks),
        tuple(dict.fromkeys(flags)),
        grader.circumstances,
        submission.submitted,
    )


def grade_task(
    submission: Submission, asked: Asked, grader: Grader, sandbox: Sandbox
) -> tuple[TaskResult, Fault | None]:
    """The result of one task; and the fault, where a script ends its process when it is imported."""
    judged = judge_task(submission, asked, grader, sandbox)
    return worded(judged, submission, asked, grader, sandbox), judged.ended


class Judged(NamedTuple):
    """How a task went, and whether it was run with more of a notebook (`wide`).

    `ended` is the fault, where a script ends its process when it is imported. `ours` says that there is no
    word in it that a process could have said after it had been told an argument.
    """

    task: TaskResult
    wide: bool = False
    ended: Fault | None = None
    ours: bool = False


def worded(
    judged: Judged, submission: Submission, asked: Asked, grader: Grader, sandbox: Sandbox
) -> TaskResult:
    """What a student is told of it: what is said of hidden numbers, the public ones have to say."""
    if judged.ours or not grader.draws[asked.task]:
        return judged.task
    public = replace(grader, draws={asked.task: 0})
    try:
        said = judge_task(submission, asked, public, sandbox, judged.wide, give_up=1).task
    except OverBudgetError as error:
        said = without_answers(asked, Fault("TLE", "stopped", str(error)))
    return in_public_words(asked.function, judged.task, said)


def judge_task(
    submission: Submission,
    asked: Asked,
    grader: Grader,
    sandbox: Sandbox,
    wide: bool = False,
    give_up: int = GIVE_UP,
) -> Judged:
    """How one task goes with this grader's numbers; after `give_up` limits no more is asked."""
    draw = grader.draws[asked.task]
    withdrawn = [probe for task, probe in grader.assignment.withdrawn if task == asked.task]
    if asked.trains:
        task, ended = train_task(submission, asked, draw, sandbox, withdrawn, wide)
        return Judged(task, wide, ended, ours=task.verdict in TRAINED)
    question = asked.question(draw)
    case = Case(sandbox, submission, asked.function, question.probes(), wide)
    loaded, answers = together(case)

    def scored_now(answers: tuple[Answer, ...]) -> TaskResult:
        return scored(asked, draw, loaded.function, answers, withdrawn)

    first = scored_now(answers) if answers else None
    if first and stands(case, question, first, answers):
        task = first
    else:
        if not loaded.fault:
            loaded, answers = each_alone(case, give_up)
        if loaded.fault:
            ends = loaded.fault if loaded.fault.kind == "stopped" else None
            return Judged(without_answers(asked, loaded.fault, loaded.notes), wide, ends, ours=True)
        task = scored_now(answers)
    if task.score and not any(one.changed for one in answers):
        fault, seen = upheld(case, answers)
        if fault and task.verdict == "AC":
            return Judged(without_answers(asked, fault), wide, ours=True)
        if any(one is not other for one, other in zip(answers, seen, strict=True)):
            task = scored_now(seen)
    return Judged(annotated(task, loaded), wide, ours=is_fixed(task, answers))


def stands(case: Case, question: Task, task: TaskResult, answers: tuple[Answer, ...]) -> bool:
    """Whether what one process answered to all probes counts: it is right, or sure to be wrong."""
    if task.verdict == "AC":
        return True
    wrong = wrong_from(question, answers)
    return not any(wrong) or settled(task, answers, wrong) or confirmed(case, answers, wrong)


def is_fixed(task: TaskResult, answers: tuple[Answer, ...]) -> bool:
    """Whether a result says only what every right function's does, or what was known before it was asked."""
    return task.verdict == "AC" and not task.dialect and not any(one.printed for one in answers)


def settled(task: TaskResult, answers: tuple[Answer, ...], wrong: Sequence[int]) -> bool:
    """Whether what one process answered to all probes stands, without another that says the same.

    So it is where the very first call is wrong, when nothing could be kept yet, and all others are wrong in
    the same known way, or fail as it does. `wrong` has the step from which each answer is wrong.
    """
    if any(one.fault for one in answers):
        return all(one.fault == answers[0].fault and not one.values for one in answers)
    return wrong[0] == 1 and bool(task.mistakes or task.dialect)


def annotated(task: TaskResult, loaded: Loaded) -> TaskResult:
    """The result with what was noted when the source ran."""
    return TaskResult(**{**vars(task), "notes": (*task.notes, *loaded.notes)}) if loaded.notes else task


def our_fault(submission: Submission, grader: Grader, error: Exception) -> Result:
    """The result where grading itself failed, three times: for a person to look at."""
    says = f"Grading failed, which is no fault of the submission: {type(error).__name__}: {error}"[:500]
    tasks = tuple(TaskResult(one.task, "IE", 0.0, float(one.points), says) for one in grader.assignment.tasks)
    return result(submission, grader, tasks)


__all__ = ["Grader", "SandboxError", "grade", "our_fault"]
