"""Which mistake an answer shows: the form of the catalogue that answers the same probes alike.

Runs no learner's code: it compares answers that were given before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Probe, answer
from optcourse.checking.judging import Finding, Part, Task, agrees, expected
from optcourse.rules import Edit, Form, Rule
from optcourse.rules.base import compiled, differing_lines, edited


@dataclass(frozen=True)
class Candidate:
    """A form of the catalogue, or two at once: what it is called and how it would answer."""

    mistakes: tuple[str, ...]
    dialect: str | None
    says: tuple[str, ...]
    form: Form
    code: str


@dataclass(frozen=True)
class Diagnosis:
    """What an answer that disagrees shows."""

    candidate: Candidate | None
    diff: tuple[tuple[str, str], ...]
    effect: str
    right: tuple[str, ...]
    ignored: tuple[str, ...]
    agrees_until: str


def diagnose(rule: Rule, task: Task, answers: tuple[Answer, ...], findings: tuple[Finding, ...]) -> Diagnosis:
    """Name the mistake behind answers of which at least one is wrong."""
    candidate = next(matching(rule, task, answers), None)
    asked = rule.code(task.form.key, task.part)
    return Diagnosis(
        candidate=candidate,
        diff=differing_lines(asked, candidate.code) if candidate else (),
        effect=effect(task, answers),
        right=right_terms(task, findings),
        ignored=ignored_hypers(task, answers),
        agrees_until=agrees_until(task, findings),
    )


def matching(rule: Rule, task: Task, answers: tuple[Answer, ...]) -> Iterator[Candidate]:
    """The candidates that answer as the learner did: dialects first, then mistakes, then pairs."""
    for candidate in singles(rule, task.form, task.part):
        if answers_alike(task, candidate, answers):
            yield candidate
    for candidate in pairs(rule, task.form, task.part):
        if answers_alike(task, candidate, answers):
            yield candidate


def answers_alike(task: Task, candidate: Candidate, answers: tuple[Answer, ...]) -> bool:
    """Whether the candidate gives these answers to every probe that was answered, and at least one was."""
    function = candidate.form.function if task.part == "step" else candidate.form.estimate
    assert function is not None
    answered = 0
    for number, (probe, got) in enumerate(zip(task.probes(), answers, strict=True)):
        if got.fault:
            continue
        if not agrees(task, probe, variant_answer(function, task, number), got):
            return False
        answered += 1
    return answered > 0


@cache
def variant_answer(function: object, task: Task, number: int) -> Answer:
    """What a form of the catalogue answers to one probe; computed once."""
    assert callable(function)
    return answer(function, task.probes()[number])


@cache
def singles(rule: Rule, asked: Form, part: Part) -> tuple[Candidate, ...]:
    """The other dialects (the primary form among them), and each mistake in the form that is asked for."""
    dialects = [
        Candidate((), form.key, (form.says,), form, rule.code(form.key, part))
        for form in (rule, *rule.dialects.values())
        if form.key != asked.key and part == "step" and set(form.hypers) == set(asked.hypers)
    ]
    made = (with_mistakes(rule, asked, (key,), part) for key in mistake_keys(rule, part))
    return (*dialects, *(one for one in made if one))


@cache
def pairs(rule: Rule, asked: Form, part: Part) -> tuple[Candidate, ...]:
    """Two mistakes at once, and a mistake made in another dialect."""
    keys = mistake_keys(rule, part)
    twos = (with_mistakes(rule, asked, two, part) for two in combinations(keys, 2))
    others = [
        form
        for form in (rule, *rule.dialects.values())
        if part == "step" and form.key != asked.key and set(form.hypers) == set(asked.hypers)
    ]
    mixed = (with_mistakes(rule, form, (key,), part, form.key) for form in others for key in keys)
    return tuple(one for one in (*twos, *mixed) if one)


def mistake_keys(rule: Rule, part: Part) -> tuple[str, ...]:
    """The keys of the mistakes that are made in this part."""
    return tuple(key for key in rule.mistakes if rule.mistakes.declared(key).of == part)


def with_mistakes(
    rule: Rule, base: Form, keys: tuple[str, ...], part: Part, dialect: str | None = None
) -> Candidate | None:
    """`base` with these mistakes made in it, or None where they can't be made there together."""
    says = tuple(rule.mistakes.declared(key).says for key in keys)
    if len(keys) == 1 and base is rule:
        return Candidate(keys, dialect, says, rule.mistakes[keys[0]], rule.code(keys[0], part))
    code = rule.code(base.key, part)
    original = base.function if part == "step" else base.estimate
    assert original is not None
    label = f"{rule.name}:{'+'.join((base.key, *keys))}"
    try:
        for key in keys:
            declared = rule.mistakes.declared(key)
            if not isinstance(declared, Edit):
                return None
            code = edited(code, declared.replacements, label)
        function = compiled(code, original, label)
    except (ValueError, SyntaxError):  # the second mistake is in a line that the first one changed
        return None
    form = replace(base, function=function) if part == "step" else replace(base, estimate=function)
    return Candidate(keys, dialect, says, form, code)


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
    """The hypers that change the expected answer but not the one given."""
    by_name = {probe.name: number for number, probe in enumerate(task.probes())}
    if "under way" not in by_name:
        return ()
    references, base = expected(*task), by_name["under way"]
    ignored = []
    for name in task.form.hypers:
        number = by_name[f"{name} changed"]
        matters = not same_values(references[base], references[number])
        if matters and answers[number].values and same_values(answers[base], answers[number]):
            ignored.append(name)
    return tuple(ignored)


def same_values(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same to the last bit."""
    return len(one.values) == len(other.values) and all(
        np.array_equal(a, b, equal_nan=True)
        for mine, yours in zip(one.values, other.values, strict=True)
        for a, b in zip(mine, yours, strict=True)
    )


def agrees_until(task: Task, findings: tuple[Finding, ...]) -> str:
    """The one hyper at whose change an answer that was right until then goes wrong, or nothing."""
    verdicts = {finding.name: finding.verdict for finding in findings}
    if any(verdicts.get(name) != "AC" for name in ("first steps", "under way")):
        return ""
    failing = [name for name in task.form.hypers if verdicts.get(f"{name} changed") != "AC"]
    return failing[0] if len(failing) == 1 else ""
