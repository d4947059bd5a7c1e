"""Checking a learner's function: task -> probes -> answers -> findings -> diagnosis -> report."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from optcourse.checking.answering import Answer, Fault, answer
from optcourse.checking.candidates import Part
from optcourse.checking.deadline import OverdueError, deadline
from optcourse.checking.hints import Ladder, Shown, solution_text
from optcourse.checking.judging import Task, judge_all
from optcourse.checking.report import Report
from optcourse.checking.stored import Question, any_stored, known_names, stored_rule
from optcourse.checking.writing import write
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.learner import keep
from optcourse.learner.progress import record
from optcourse.rules import RULES, Rule, known_tasks
from optcourse.rules.fixed import with_constants

__all__ = ["Report", "check", "hint", "solution"]

SECONDS = 5.0  # for all probes together; a right step needs some milliseconds
_LADDER = Ladder()


def check(
    step: Callable[..., Any],
    rule: str | Rule | None = None,
    *,
    dialect: str | None = None,
    accepts: tuple[str, ...] = (),
    constants: Mapping[str, float] | None = None,
) -> Report:
    """Check a learner's function against its rule, and say exactly what is wrong.

    The rule is taken from the function's name (adam_step, minibatch_grad) unless it is given. `dialect`
    asks for another form than the primary one; a right function in one of the dialects of `accepts`
    passes too. `constants` are hypers that the task fixes: the function does not take them. What the
    function does is reported, never raised; TypeError, KeyError or ValueError are for a `check` that can't
    be made.
    """
    if not callable(step):
        raise WrongTypeError(f"check takes the function itself, as in check(adam_step); got {step!r}.")
    name = getattr(step, "__name__", type(step).__name__)
    if isinstance(rule, str) and not name.isidentifier():
        name = rule  # a lambda
    found, part = task_of(name if rule is None else rule, name)
    fixed = tuple((constants or {}).items())
    if found.kept:
        found = stored_rule(Question(found.name, dialect, fixed))
    else:
        found = with_constants(found, fixed)
        for key in accepts:
            found.form(key)  # KeyError for a dialect that does not exist
    task = Task(found.form(dialect), part)
    answers = answers_in_time(step, task)
    report = write(name, step, found, task, answers, judge_all(task, answers), accepts)
    notes = []
    own = name.removesuffix("_step").removesuffix("_grad") == found.name or rule is None
    if report.passed or (own and report.verdict != "NA"):  # an example of what is wrong is no try
        notes.append(record("check", name, passed=report.passed))
    if report.passed and rule is None and task.form is found and not constants:
        notes.append(keep(step))
    return report.with_notes(note for note in notes if note)


def answers_in_time(function: Callable[..., Any], task: Task) -> tuple[Answer, ...]:
    """The answers to the task's probes; when the time is up, that is the answer to the rest."""
    probes = task.probes()
    answers: list[Answer] = []
    try:
        with deadline(SECONDS):
            for probe in probes:
                answers.append(answer(function, probe))
    except OverdueError as overdue:
        late = Answer((), Fault("TLE", "too-long", str(overdue)))
        answers += [late] * (len(probes) - len(answers))
    return tuple(answers)


def task_of(rule: str | Rule, function_name: str = "") -> tuple[Rule, Part]:
    """The rule and the part that a name stands for; ValueError with the nearest names for an unknown one."""
    if isinstance(rule, Rule):
        found, asked = rule, ""
    else:
        found, asked = rule_named(rule), rule
    if asked.endswith("_grad") and found.estimate is None:
        raise WrongValueError(
            f"{found.title} has no gradient estimate of its own; check its step, {found.name}_step."
        )
    named_so = asked.endswith("_grad") or (function_name.endswith("_grad") and not asked.endswith("_step"))
    return found, "estimate" if found.calls or (named_so and found.estimate) else "step"


def rule_named(name: str) -> Rule:
    """The rule that "adam", "adam_step" or "adam_grad" means; ValueError with the nearest names."""
    if name == "<lambda>":
        raise WrongValueError(
            'A lambda has no name: write def adam_step(...), or name the rule: check(f, "adam").'
        )
    name = name.removesuffix("_step").removesuffix("_grad")
    rules = known_tasks()
    if name not in rules and (kept := any_stored(name)):
        return kept
    if name not in rules:
        near = get_close_matches(name, [*rules, *known_names()], n=2)
        wanted = f"Did you mean {' or '.join(near)}?" if near else f"The rules are {', '.join(RULES)}."
        raise WrongValueError(
            f"There is no rule {name!r}. {wanted} A step function is named after its rule (adam_step), "
            'or name the rule: check(f, "adam").'
        )
    return rules[name]


def hint(rule: str | Rule | Callable[..., Any]) -> Shown:
    """The next hint for a rule ("adam"), from a question to the shape of the line; one rung a call."""
    name = rule if isinstance(rule, (str, Rule)) else getattr(rule, "__name__", "")
    return _LADDER.next_rung(task_of(name)[0])


def solution(rule: str | Rule | Callable[..., Any], *, dialect: str | None = None) -> Shown:
    """The reference's code for a rule ("adam") or a gradient estimate ("minibatch_grad")."""
    name = rule if isinstance(rule, (str, Rule)) else getattr(rule, "__name__", "")
    found, part = task_of(name)
    if found.kept:
        return Shown(f"{found.title} is homework: its solution is not part of the course that students get.")
    return solution_text(found, found.form(dialect), part)
