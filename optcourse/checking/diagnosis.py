"""Which mistake an answer shows: the form of the catalogue that answers the same probes alike.

Runs no learner's code: it compares answers that were given before.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Probe, answer, quietly
from optcourse.checking.candidates import Candidate, pairs, singles
from optcourse.checking.judging import Finding, Task, agrees, expected, largest
from optcourse.checking.terms import Explanation, explain
from optcourse.rules import Rule
from optcourse.rules.base import differing_lines


@dataclass(frozen=True)
class Diagnosis:
    """What an answer that disagrees shows; `unexplained` are terms that no formula was found for."""

    candidate: Candidate | None
    diff: tuple[tuple[str, str], ...]
    effect: str
    right: tuple[str, ...]
    ignored: tuple[str, ...]
    agrees_until: str
    unexplained: tuple[str, ...] = ()


def diagnose(rule: Rule, task: Task, answers: tuple[Answer, ...], findings: tuple[Finding, ...]) -> Diagnosis:
    """Name the mistake behind answers of which at least one is wrong."""
    candidate, diff, unexplained = whole_or_by_term(rule, task, answers)
    return Diagnosis(
        candidate=candidate,
        diff=diff,
        unexplained=unexplained,
        effect=effect(task, answers),
        right=right_terms(task, findings),
        ignored=ignored_hypers(task, answers),
        agrees_until=agrees_until(task, findings),
    )


Diff = tuple[tuple[str, str], ...]


def whole_or_by_term(
    rule: Rule, task: Task, answers: tuple[Answer, ...]
) -> tuple[Candidate | None, Diff, tuple[str, ...]]:
    """The candidate that answers alike, the lines that differ, and the terms that nothing explains.

    One form of the catalogue that is the whole answer comes first. Then a step is explained term by term;
    where that takes words that the catalogue lacks, two of its mistakes come before that.
    """
    by_term = task.part == "step" and not task.form.kept
    candidate = next(matching(rule, task, answers, most=1), None)
    found = explain(rule, task, answers) if by_term and candidate is None else None
    if candidate is None and (found is None or found.unlisted or found.unexplained):
        candidate = next(matching(rule, task, answers), None)
    if candidate is not None:
        asked = "" if task.form.kept else rule.code(task.form.key, task.part)
        was, becomes = (as_learners_write(code, task) for code in (asked, candidate.code))
        return candidate, differing_lines(was, becomes), ()
    if found is None:
        return None, (), ()
    if not (found.right or found.keys or found.unlisted):
        return None, (), found.unexplained
    return of_explanation(found, task), found.lines, found.unexplained


def of_explanation(found: Explanation, task: Task) -> Candidate:
    """An explanation as a candidate: a form of several keys, or in another unit, has their names joined."""
    form = " + ".join(found.form)
    return Candidate(
        mistakes=found.keys,
        dialect=form if found.right or form != task.form.key else None,
        says=(found.says,) if found.right else (*found.listed, *found.unlisted),
        code="",
        original=task.form.function,
        unlisted=found.unlisted,
    )


def as_learners_write(code: str, task: Task) -> str:
    """AdamState(m, v, t) is (m, v, t) to a learner, and MuonState(m) is (m,)."""
    name = re.escape(task.form.state_name)
    return re.sub(rf"\b{name}\(", "(", re.sub(rf"\b{name}\((\w+)\)", r"(\1,)", code))


def matching(rule: Rule, task: Task, answers: tuple[Answer, ...], most: int = 2) -> Iterator[Candidate]:
    """The candidates that answer as the learner did: dialects first, then mistakes, then pairs.

    `most` is how many mistakes at once are tried.
    """
    answered = [number for number, got in enumerate(answers) if not got.fault]
    if not any(np.isfinite(step[-1]).any() for number in answered for step in answers[number].values):
        return  # nan everywhere tells nothing apart
    if task.form.kept:
        yield from kept_matching(task, answers, answered)
        return
    first = answered[0]
    for candidates in (singles, pairs)[:most]:
        known = candidates(rule, task.form, task.part)
        seen = near(
            fingerprints(candidates, rule, task, first), fingerprint(task, first, answers[first].values)
        )
        for number in np.flatnonzero(seen):
            if answers_alike(task, known[number], answers):
                yield known[number]


def kept_matching(task: Task, answers: tuple[Answer, ...], answered: list[int]) -> Iterator[Candidate]:
    """The candidates of a form without code whose answers are known to start like the learner's."""
    kept = task.form.kept
    alike = np.ones(len(kept.candidates), dtype=bool)
    for number in answered:
        alike &= near(kept.rows[number], fingerprint(task, number, answers[number].values))
    yield from (candidate for candidate, matches in zip(kept.candidates, alike, strict=True) if matches)


def answers_alike(task: Task, candidate: Candidate, answers: tuple[Answer, ...]) -> bool:
    """Whether the candidate gives these answers to every probe that was answered."""
    return all(
        agrees(task, probe, candidate_answer(candidate.function, task, number), got)
        for number, (probe, got) in enumerate(zip(task.probes(), answers, strict=True))
        if not got.fault
    )


@cache
def candidate_answer(function: Callable[..., Any], task: Task, number: int) -> Answer:
    """What a form of the catalogue answers to one probe; computed once."""
    return answer(function, task.probes()[number])


# How many steps of a probe go into a fingerprint: enough to tell most candidates apart.
STEPS = 3


@cache
def fingerprints(
    candidates: Callable[..., tuple[Candidate, ...]], rule: Rule, task: Task, number: int
) -> Array:
    """The start of each candidate's answer to one probe, a row each: one look finds what could match."""
    probe = task.probes()[number]
    size = fingerprint(task, number, expected(*task)[number].values).size
    rows = np.full((len(candidates(rule, task.form, task.part)), size), np.inf)
    with quietly():
        for row, candidate in zip(rows, candidates(rule, task.form, task.part), strict=True):
            with suppress(Exception):  # a form that can't answer stays at inf, where nothing is near
                row[:] = fingerprint(task, number, plain_values(candidate.function, probe))
    return rows


def plain_values(function: Callable[..., Any], probe: Probe) -> tuple[tuple[Any, ...], ...]:
    """The values of one of our own functions, without the care that a stranger's needs."""
    if probe.args:
        return ((function(*probe.args),),)
    theta, state, values = probe.theta, probe.state, []
    for grad in probe.grads[:STEPS]:
        theta, state = function(theta, grad, state, **probe.hypers)
        values.append((*state, theta))
    return tuple(values)


def fingerprint(task: Task, number: int, values: tuple[tuple[Any, ...], ...]) -> Array:
    """The first values of an answer in one row."""
    return np.concatenate([np.ravel(value) for step in values[:STEPS] for value in step]).astype(float)


def near(rows: Array, row: Array) -> NDArray[np.bool_]:
    """The rows that could be this one: looser than the judge, who has the last word."""
    if rows.shape[1:] != row.shape:
        return np.zeros(len(rows), dtype=bool)
    with np.errstate(all="ignore"):
        close: NDArray[np.bool_] = np.abs(rows - row) <= 1e-5 * np.abs(row) + 1e-9
        close |= (rows == row) | (np.isnan(rows) & np.isnan(row))
    return np.asarray(close.all(axis=1))


def effect(task: Task, answers: tuple[Answer, ...]) -> str:
    """What the answer does to the length and direction of the first and the tenth step, in words."""
    if task.part != "step" or len(answers[0].values) < 10:
        return ""
    probe, wanted, got = task.probes()[0], expected(*task)[0], answers[0]
    first, tenth = (step_effect(probe, wanted, got, step) for step in (1, 10))
    if not first and not tenth:
        return ""
    if first == tenth:
        return f"each step {first}"
    return f"your first step {first or 'is as it should be'}, your tenth {tenth or 'is as it should be'}"


def step_effect(probe: Probe, wanted: Answer, got: Answer, step: int) -> str:
    """How one step of the answer compares with the expected one; empty where they are alike."""
    ours, theirs = (change(probe, one, step) for one in (wanted, got))
    if not np.isfinite(theirs).all():
        return "is not a finite number"
    length, own = float(np.linalg.norm(ours)), float(np.linalg.norm(theirs))
    if length == 0 or own == 0:
        return "does not move" if own == 0 < length else ""
    cosine = float(np.sum(ours * theirs)) / (length * own)
    ratio = own / length
    if cosine < -0.5:
        return "goes the opposite way"
    if abs(ratio - 1) < 0.005:
        return "" if cosine > 0.999 else "goes another way"
    return (
        f"is {figure(ratio)} times too long" if ratio > 1 else f"has only {figure(ratio)} of the right length"
    )


def figure(ratio: float) -> str:
    """Three digits, without an exponent where that can be read: 1,000 and 0.0316, but 4.2e-07."""
    return f"{ratio:,.0f}" if 100 <= ratio < 1e6 else f"{ratio:.3g}"


def change(probe: Probe, one: Answer, step: int) -> Array:
    """By how much theta moves in a step, counted from 1."""
    before = probe.theta if step == 1 else one.values[step - 2][-1]
    with np.errstate(all="ignore"):
        moved: Array = one.values[step - 1][-1] - before
    return moved


def right_terms(task: Task, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """The terms that are as expected wherever an answer was given."""
    wrong = set().union(*(finding.wrong for finding in findings))
    if any(finding.verdict not in ("AC", "WA") for finding in findings):
        return ()
    return tuple(term for term in task.terms if term not in wrong)


def ignored_hypers(task: Task, answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """The hypers that change the expected answer much, and the one given not at all."""
    probes, references = task.probes(), expected(*task)
    numbers = {probe.name: number for number, probe in enumerate(probes)}
    base = numbers.get("under way")
    if base is None:
        return ()

    def change(given: tuple[Answer, ...], name: str) -> float:
        return relative_change(probes[base], given[base], given[numbers[f"{name} changed"]])

    return tuple(
        name for name in task.form.hypers if change(references, name) > 0.1 and change(answers, name) == 0
    )


def relative_change(probe: Probe, one: Answer, other: Answer) -> float:
    """How far two answers end apart, relative to what the steps did; nan where that can't be said."""
    if not one.values or len(one.values) != len(other.values):
        return np.nan
    sizes = [*(largest(part) for part in one.values[-1][:-1]), largest(one.values[-1][-1] - probe.theta)]
    with np.errstate(all="ignore"):
        apart = [
            float(np.max(np.abs(a - b), initial=0))
            for a, b in zip(one.values[-1], other.values[-1], strict=True)
        ]
    return float(np.max([gap / max(size, 1e-300) for gap, size in zip(apart, sizes, strict=True)]))


def agrees_until(task: Task, findings: tuple[Finding, ...]) -> str:
    """The one hyper at whose change an answer that was right until then goes wrong, or nothing."""
    verdicts = {finding.name: finding.verdict for finding in findings}
    if any(verdicts.get(name) != "AC" for name in ("first steps", "under way")):
        return ""
    failing = [name for name in task.form.hypers if verdicts.get(f"{name} changed") != "AC"]
    return failing[0] if len(failing) == 1 else ""
