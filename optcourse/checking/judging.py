"""Whether an answer is right: the only place that knows expected values. Runs no learner's code."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Probe, answer
from optcourse.checking.candidates import Part
from optcourse.checking.probes import estimate_probes, step_probes
from optcourse.rules import Form

# Two right ways to write a rule differ by rounding alone: a few units in the last place of a few operations.
RELATIVE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}
ULPS = 16


class Task(NamedTuple):
    """What is asked: a form of a rule, which of its functions, and with which draw of the probes."""

    form: Form
    part: Part
    draw: int = 0

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of an answer's values at each step."""
        if self.part == "step":
            return (*self.form.state_fields, "theta")
        return ("the value",) if self.form.calls else ("gradient",)

    def probes(self) -> tuple[Probe, ...]:
        """The questions for this task."""
        if self.form.kept:
            return tuple(self.form.kept.probes)
        asked = step_probes if self.part == "step" else estimate_probes
        return asked(self.form, self.draw)


def begins_at_the_start(task: Task, probe: Probe) -> bool:
    """Whether a probe in float64 begins with the state that the form begins with."""
    blank = tuple(task.form.init_function(probe.theta, **probe.hypers))
    same = (np.array_equal(one, other) for one, other in zip(blank, probe.state, strict=True))
    return probe.theta.dtype == np.float64 and all(same)


class Divergence(NamedTuple):
    """Where an answer first leaves the expected one; steps are counted from 1."""

    probe: str
    step: int
    term: str
    coordinate: tuple[int, ...]
    expected: float
    got: float


@dataclass(frozen=True)
class Finding:
    """What judging one answer says; `wrong` holds the terms that were not as expected."""

    name: str
    verdict: str
    message: str = ""
    divergence: Divergence | None = None
    wrong: frozenset[str] = frozenset()

    @property
    def points(self) -> int:
        """1 where the answer was right."""
        return int(self.verdict == "AC")


@cache
def expected(form: Form, part: Part, draw: int = 0) -> tuple[Answer, ...]:
    """The form's own answers to its probes."""
    task = Task(form, part, draw)
    if form.kept:
        return tuple(form.kept.answers)
    function = form.function if part == "step" else form.estimate
    assert function is not None
    return tuple(answer(function, probe) for probe in task.probes())


class Scale:
    """How far the values of one term may be off, step by step.

    Relative to the update for theta, to the size for anything else; the largest since the probe began, as
    a step may undo what those before it added but not their rounding.
    """

    def __init__(self, before: Array, is_theta: bool) -> None:
        self.before, self.is_theta = before, is_theta
        self.size, self.update = largest(before), 0.0

    def allows(self, now: Array) -> float:
        """The tolerance for the next value, of which the expected one is `now`."""
        dtype = now.dtype if now.dtype in RELATIVE else np.dtype(np.float64)
        self.size = max(self.size, largest(now))
        if not self.is_theta:
            return RELATIVE[dtype] * self.size
        with np.errstate(all="ignore"):  # a candidate may be at infinity already
            self.update = max(self.update, largest(np.asarray(now - self.before)))
        self.before = now
        return RELATIVE[dtype] * self.update + ULPS * float(np.finfo(dtype).eps) * self.size


def largest(array: Array) -> float:
    """The largest finite absolute value, 0 where there is none."""
    finite = np.abs(array[np.isfinite(array)]) if array.ndim else np.abs(array)
    return float(np.max(finite, initial=0.0)) if np.all(np.isfinite(finite)) else 0.0


def scales(task: Task, probe: Probe) -> tuple[Scale, ...]:
    """One for each term, at the size that it has before the first step.

    For a declared call that is a little of what goes in: a value of 0 may come out as 1e-17, which only the
    size of the arguments can tell from a mistake. (A gradient has another unit than what it is made from.)
    """
    if task.part == "estimate":
        given = max(largest(np.asarray(arg)) for arg in probe.args) if task.form.calls else 0.0
        return (Scale(np.asarray(1e-4 * given), False),)
    start = (*probe.state, probe.theta)
    return tuple(
        Scale(np.asarray(part), term == "theta") for part, term in zip(start, task.terms, strict=True)
    )


class Itself:
    """A probe or an answer as a key: it is equal to itself alone (and has arrays in it, with no hash)."""

    def __init__(self, one: Probe | Answer) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and self.one is other.one


@dataclass(frozen=True)
class Yardstick:
    """What an answer is held against: all values in one row, each with what it may be off.

    `ends` says where each part of the row ends: the terms of the first step, those of the second, and so on.
    """

    row: NDArray[np.float64]
    allowed: NDArray[np.float64]
    ends: NDArray[np.intp]

    def off(self, got: Answer, looser: float) -> NDArray[np.bool_]:
        """Which values of an answer are off; nan equals nan, inf equals inf. It may have fewer steps."""
        row = in_a_row(got)
        reference, allowed = self.row[: len(row)], self.allowed[: len(row)]
        with np.errstate(all="ignore"):
            off: NDArray[np.bool_] = ~(np.abs(row - reference) <= looser * allowed)
            if off.any():
                off &= (row != reference) & ~(np.isnan(row) & np.isnan(reference))
        return off

    def parts(self, off: NDArray[np.bool_]) -> list[int]:
        """The numbers of the parts in which something is off."""
        before = np.concatenate([[0], np.cumsum(off)])  # how many are off before each value
        ends = self.ends[self.ends <= len(off)]
        return [int(part) for part in np.flatnonzero(np.diff(before[ends], prepend=0))]


def in_a_row(got: Answer) -> NDArray[np.float64]:
    """All values of an answer, one after the other."""
    return np.concatenate([np.empty(0), *(part for step in got.values for part in step)], axis=None)


@lru_cache(maxsize=2048)
def measured(task: Task, probe: Itself, reference: Itself) -> Yardstick:
    """The tolerances of a reference's answer: each answer to the probe is held against the same ones."""
    assert isinstance(probe.one, Probe)
    assert isinstance(reference.one, Answer)
    of_terms = scales(task, probe.one)
    values = reference.one.values
    allowed = [
        scale.allows(np.asarray(part)) for step in values for scale, part in zip(of_terms, step, strict=True)
    ]
    sizes = [np.size(part) for step in values for part in step]
    return Yardstick(
        in_a_row(reference.one), np.repeat(np.asarray(allowed, float), sizes), np.cumsum(sizes, dtype=np.intp)
    )


def parts_off(
    task: Task, probe: Probe, reference: Answer, got: Answer, looser: float
) -> tuple[list[int], NDArray[np.bool_]]:
    """The parts (number of a step times that of the terms, plus the term's) that are off, and all that is.

    Grading gives partial credit to what agrees under a tolerance that is `looser` times the usual one.
    """
    yardstick = measured(task, Itself(probe), Itself(reference))
    off = yardstick.off(got, looser)
    return yardstick.parts(off) if off.any() else [], off


def divergence(
    task: Task, probe: Probe, reference: Answer, got: Answer, part: int, off: NDArray[np.bool_]
) -> Divergence:
    """The first coordinate in a part that is off; rather one that is not finite, which says more."""
    step, place = divmod(part, len(task.terms))
    wanted, value = np.asarray(reference.values[step][place]), np.asarray(got.values[step][place])
    end = measured(task, Itself(probe), Itself(reference)).ends[part]
    here = off[end - wanted.size : end].reshape(wanted.shape)
    lost = here & ~np.isfinite(value)
    index = tuple(int(i) for i in np.argwhere(lost if lost.any() else here)[0])
    return Divergence(
        probe.name, step + 1, task.terms[place], index, float(wanted[index]), float(value[index])
    )


def agrees(task: Task, probe: Probe, reference: Answer, got: Answer) -> bool:
    """Whether two answers to one probe are the same, up to rounding."""
    if reference.fault or got.fault or len(reference.values) != len(got.values):
        return False
    return reference is got or not parts_off(task, probe, reference, got, 1.0)[0]


def judge(task: Task, probe: Probe, reference: Answer, got: Answer) -> Finding:
    """One finding for one answer."""
    parts, off = parts_off(task, probe, reference, got, 1.0)
    first = divergence(task, probe, reference, got, parts[0], off) if parts else None
    wrong = frozenset(task.terms[part % len(task.terms)] for part in parts)
    if got.fault:
        return Finding(probe.name, got.fault.code, got.fault.says, first, wrong)
    if first:
        return Finding(probe.name, "WA", f"{first.term} differs at step {first.step}", first, wrong)
    return Finding(probe.name, "AC")


def judge_all(task: Task, answers: tuple[Answer, ...]) -> tuple[Finding, ...]:
    """A finding for each probe, and three for what holds across all of them."""
    references = expected(*task)
    findings = [
        judge(task, probe, reference, got)
        for probe, reference, got in zip(task.probes(), references, answers, strict=True)
    ]
    if any(one.values for one in answers):
        findings += [
            judge_inputs_kept(answers),
            judge_outputs_new(references, answers),
            judge_dtype(task, references, answers),
        ]
    return tuple(findings)


def judge_inputs_kept(answers: tuple[Answer, ...]) -> Finding:
    """Whether the function left its inputs as they were."""
    changed = sorted(set().union(*(one.changed for one in answers)))
    message = f"it changes its input {', '.join(changed)} in place" if changed else ""
    return Finding("inputs left alone", "WA" if changed else "AC", message)


def judge_outputs_new(references: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding:
    """Whether what is returned is new memory, wherever the reference's is."""
    aliased = sorted(
        set().union(*(got.aliased - wanted.aliased for wanted, got in zip(references, answers, strict=True)))
    )
    message = f"the {aliased[0]} it returns is an input's own memory" if aliased else ""
    return Finding("new arrays returned", "WA" if aliased else "AC", message)


def judge_dtype(task: Task, references: tuple[Answer, ...], answers: tuple[Answer, ...]) -> Finding:
    """Whether float32 in gives float32 out.

    Nobody is asked for it where the task has constants: np.sqrt of a Python number is float64, which wins.
    """
    if task.form.constants:
        return Finding("dtype kept", "AC")
    for probe, wanted, got in zip(task.probes(), references, answers, strict=True):
        if not probe.name.startswith("float32") or not got.values:
            continue
        for term, reference, value in zip(task.terms, wanted.values[0], got.values[0], strict=True):
            if reference.shape == wanted.values[0][-1].shape and value.dtype != reference.dtype:
                return Finding(
                    "dtype kept", "WA", f"{term} comes back as {value.dtype} for {reference.dtype}"
                )
    return Finding("dtype kept", "AC")
