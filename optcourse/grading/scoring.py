"""From answers to what one task is worth: the checker's report, partial credit, and no expected value."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import Answer, Fault, Probe, answer
from optcourse.checking.candidates import function_of, singles
from optcourse.checking.diagnosis import candidate_answer
from optcourse.checking.judging import Divergence, Finding, Task, expected, judge, judge_all, parts_off
from optcourse.checking.points import counted
from optcourse.checking.report import Report
from optcourse.checking.writing import write
from optcourse.grading.assignment import Asked
from optcourse.grading.records import FindingResult, TaskResult
from optcourse.grading.sandbox.asking import Handed
from optcourse.rules import Rule

# An answer that is wrong at the usual tolerance, and right at one this much looser, earns a part.
LADDER = ((1e3, 0.75), (1e5, 0.5))
SINGLE = 1e5  # from float64's tolerance to float32's


class Marked(NamedTuple):
    """A finding with what it earns."""

    finding: Finding
    score: float


def scored(
    asked: Asked, draw: int, handed: Handed, answers: tuple[Answer, ...], withdrawn: Iterable[str] = ()
) -> TaskResult:
    """The result of a task whose probes were all asked."""
    task = asked.question(draw)
    marked = [one for one in marks(asked.of(), task, answers) if one.finding.name not in set(withdrawn)]
    findings = tuple(one.finding for one in marked)
    report = write(asked.function, handed, asked.of(), task, answers, findings, asked.accepts)
    named = report.mistakes or report.dialect
    results = earned(task, marked, bool(named))
    score = 1.0 if report.passed else sum(one.score for one in results) / len(results)
    verdict = report.verdict
    if verdict in ("WA", "PC"):
        verdict = "PC" if score else "WA"
    return told(asked, replace(report, verdict=verdict), score, results)


def earned(task: Task, marked: Sequence[Marked], named: bool) -> tuple[FindingResult, ...]:
    """The findings with what they earn; where a mistake is `named`, nearly right is not right."""
    scores = [0.0 if named and one.score < 1 else one.score for one in marked]
    earns = counted(task, [one.finding.name for one in marked], scores)
    return tuple(
        FindingResult(one.finding.name, one.finding.verdict, score, says(one.finding))
        for one, score in zip(marked, earns, strict=True)
    )


def wrong_from(task: Task, answers: Sequence[Answer]) -> list[int]:
    """For each probe the step at which its answer is first wrong, counted from 1; 0 for a right answer."""
    steps = []
    for probe, reference, got in zip(task.probes(), expected(*task), answers, strict=True):
        first = None if got.fault else judge(task, probe, reference, got).divergence
        steps.append(len(got.values) + 1 if got.fault else first.step if first else 0)
    return steps


@cache
def blurred(rule: Rule, task: Task, number: int, looser: float) -> bool:
    """Whether a known mistake that shows at this probe is right there at a tolerance so much looser.

    Nearly a mistake is one, too.
    """
    asked = (task, task.probes()[number], expected(*task)[number])
    others = (candidate_answer(one.function, task, number) for one in singles(rule, task.form, task.part))
    return any(agrees(*asked, one, looser) and not agrees(*asked, one, 1.0) for one in others)


def marks(rule: Rule, task: Task, answers: tuple[Answer, ...]) -> list[Marked]:
    """Each finding with its score; what is float32 all through is judged so, and loses "dtype kept".

    Where float32 is too coarse to tell a mistake from what is right, it counts only for who is right wherever
    the rule itself is, worked out in float32: whoever rounds a mistake away earns no more than with it.
    """
    probes, references = task.probes(), expected(*task)
    marked: list[Marked] = []
    coarse: list[int] = []
    excused = True
    for number, finding in enumerate(judge_all(task, answers)):
        if number < len(probes) and narrowed(references[number], answers[number]):
            if blurred(rule, task, number, SINGLE):
                coarse.append(number)
            elif right_in_single(task, number):
                excused &= agrees(task, probes[number], references[number], answers[number], SINGLE)
        if number < len(probes) and finding.verdict == "WA":
            asked = (task, probes[number], references[number], answers[number])
            if in_single(answers[number]) and agrees(*asked, SINGLE):
                finding = Finding(finding.name, "AC")
            elif steps := [
                part
                for looser, part in LADDER
                if agrees(*asked, looser) and not blurred(rule, task, number, looser)
            ]:
                marked.append(Marked(replace(finding, verdict="PC"), steps[0]))
                continue
        elif finding.name == "dtype kept" and finding.verdict == "AC" and any(map(in_single, answers)):
            changed = [one for one in zip(references, answers, strict=True) if narrowed(*one)]
            if changed:
                finding = Finding(finding.name, "WA", "float64 goes in and float32 comes back")
        marked.append(Marked(finding, float(finding.points)))
    for place in () if excused else coarse:
        marked[place] = Marked(replace(marked[place].finding, verdict="WA"), 0.0)
    return marked


@cache
def right_in_single(task: Task, number: int) -> bool:
    """Whether the rule itself is right at a probe, as float32 goes, where all is worked out in float32."""
    probe = task.probes()[number]
    got = answer(in_float32(function_of(task.form, task.part)), probe)
    return agrees(task, probe, expected(*task)[number], got, SINGLE)


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """One of our functions, with float32 for every number that goes in or comes out."""

    def single(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(single, value))
        is_float = isinstance(value, float) or getattr(value, "dtype", np.dtype(int)).kind == "f"
        return np.asarray(value, np.float32)[()] if is_float else value

    def narrow(*args: Any, **hypers: Any) -> Any:
        return single(function(*map(single, args), **{name: single(one) for name, one in hypers.items()}))

    return narrow


def agrees(task: Task, probe: Probe, reference: Answer, got: Answer, looser: float) -> bool:
    """Whether an answer is right at a looser tolerance; float32's is loose enough as it is."""
    if in_single(reference) or got.fault or len(got.values) != len(reference.values):
        return False
    return not parts_off(task, probe, reference, got, looser)[0]


def in_single(answer: Answer) -> bool:
    """Whether theta is float32 (or less) in all steps."""
    return bool(answer.values) and all(step[-1].dtype.itemsize < 8 for step in answer.values)


def narrowed(reference: Answer, got: Answer) -> bool:
    """Whether float64 was asked for and float32 came."""
    return in_single(got) and not in_single(reference)


def told(asked: Asked, report: Report, score: float, findings: tuple[FindingResult, ...]) -> TaskResult:
    """A report as a result, without the values that were expected."""
    lines = tuple(
        (
            line.heading,
            place(report.divergence)
            if line.heading == "First difference" and report.divergence
            else line.text,
        )
        for line in report.lines
    )
    return TaskResult(
        task=asked.task,
        verdict=report.verdict,
        score=score,
        points=float(asked.points),
        message=report.message,
        mistakes=report.mistakes,
        dialect=report.dialect,
        findings=findings,
        lines=lines,
        diff=report.diff,
        paths=unit_paths(report),
        notes=report.notes,
    )


def says(finding: Finding) -> str:
    """What a finding says, which is a place and never a value."""
    return place(finding.divergence) if finding.divergence else finding.message


def place(one: Divergence) -> str:
    """Where an answer first differs."""
    coordinate = f"[{', '.join(map(str, one.coordinate))}]" if one.coordinate else ""
    term = f"{one.term}{coordinate}"
    return f"in the probe “{one.probe}”, at step {one.step}, {term} is not what the formula gives"


def unit_paths(report: Report) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The formula's path and the student's, moved and scaled into the unit square: for a picture only."""
    if report.paths is None:
        return ()
    both = np.concatenate(report.paths)
    low, span = both.min(axis=0), np.ptp(both, axis=0)
    scaled = [((path - low) / np.where(span > 0, span, 1.0)).round(2) for path in report.paths]
    return tuple(tuple((float(x), float(y)) for x, y in path) for path in scaled)


def without_answers(asked: Asked, fault: Fault, notes: tuple[str, ...] = ()) -> TaskResult:
    """The result of a task whose function never came to be asked."""
    return TaskResult(asked.task, fault.code, 0.0, float(asked.points), sentence(asked, fault), notes=notes)


def sentence(asked: Asked, fault: Fault) -> str:
    """What a fault outside the function says, and what to do."""
    advice = ""
    if fault.code in ("TLE", "ILE") and "import" in fault.says:
        advice = ' Put what trains or tries something out under if __name__ == "__main__":, which is not run.'
    begin = "your file " if fault.kind == "stopped" else ""
    line = f" ({fault.text})" if fault.text else ""
    return f"{asked.function}: {begin}{fault.says.rstrip('.')}{line}.{advice}"
