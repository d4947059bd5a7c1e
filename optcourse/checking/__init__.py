"""Checking a learner's function: task -> probes -> answers -> findings -> diagnosis -> report."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from optcourse.arrays import Array
from optcourse.checking.answering import Answer, Fault, answer
from optcourse.checking.candidates import Part
from optcourse.checking.deadline import OverdueError, deadline
from optcourse.checking.hints import Ladder, Shown, solution_text
from optcourse.checking.judging import Task, judge_all
from optcourse.checking.naming import ENDINGS, name_of, spelt, task_of
from optcourse.checking.otherwise import forms_that_call, is_made_for_another, reorderings
from optcourse.checking.outside import kept_outside
from optcourse.checking.report import Report
from optcourse.checking.stored import Question, stored_rule
from optcourse.checking.writing import called_otherwise, in_another_order, keeping, write
from optcourse.errors import WrongTypeError
from optcourse.learner import keep
from optcourse.learner.progress import record
from optcourse.rules import RULES, Rule
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
    show: bool = False,
) -> Report:
    """Check a learner's function against its rule, and say exactly what is wrong.

    The rule is taken from the function's name (adam_step, adam, minibatch_grad) unless it is given. `dialect`
    asks for another form than the primary one; a right function in one of the dialects of `accepts`
    passes too. `constants` are hypers that the task fixes: the function does not take them. With `show`
    the report has the formula's lines beside what the function does in their place; homework has them on the
    page after its deadline. What the function does is reported, never raised; TypeError, KeyError or
    ValueError are for a `check` that can't be made.

    `step` is the function itself; `rule` is a name ("adam") or a `Rule`.

    >>> from optcourse import check
    >>> def gd_step(theta, grad, state, *, lr=0.1):
    ...     return theta - lr * grad, state
    >>> check(gd_step).passed
    True
    """
    return checked(step, rule, dialect, accepts, constants or {}, show, in_homework=False)


def checked(
    step: Callable[..., Any],
    rule: str | Rule | None,
    dialect: str | None,
    accepts: tuple[str, ...],
    constants: Mapping[str, float],
    show: bool,
    in_homework: bool,
) -> Report:
    """What `check` says in a lesson, or in homework, where the formula stays out of it."""
    if not callable(step):
        raise WrongTypeError(f"check takes the function itself, as in check(adam_step); got {step!r}.")
    if rule is not None and not isinstance(rule, (str, Rule)):
        raise WrongTypeError(f"rule is a name, as in check(step, 'adam'), or a Rule; got {rule!r}.")
    name = name_of(step)
    if isinstance(rule, str) and not name.isidentifier():
        name = rule  # a lambda
    found, part = task_of(name if rule is None else rule, name)
    fixed = tuple(constants.items())
    if found.kept:
        found = stored_rule(Question(found.name, dialect, fixed))
    else:
        found = with_constants(found, fixed)
        for key in accepts:
            found.form(key)  # KeyError for a dialect that does not exist
    task = Task(found.form(dialect), part)
    report = report_on(name, step, found, task, accepts)
    notes = []
    own = rule is None or spelt(name) == found.name
    if report.passed or (own and report.verdict != "NA"):  # an example of what is wrong is no try
        notes.append(record("check", full_name(found, part, name) if own else name, passed=report.passed))
    if report.passed and rule is None and task.form is found and not constants and found.name in RULES:
        notes.append(keep_under(full_name(found, part, name), step))
    report = report.with_notes(note for note in notes if note)
    if in_homework or found.name not in RULES:
        return report.without_formula()
    return replace(report, show=show)


def report_on(
    name: str, step: Callable[..., Any], rule: Rule, task: Task, accepts: tuple[str, ...]
) -> Report:
    """The report on a function as the asked form calls it, or as another does where only that can."""
    answers = answers_in_time(step, task)
    report = write(name, step, rule, task, answers, judge_all(task, answers), accepts)
    for other in forms_that_call(step, rule, task, answers):
        others = answers_in_time(step, other)
        as_other = write(name, step, rule, other, others, judge_all(other, others), ())
        if as_other.passed or (as_other.mistakes and is_made_for_another(answers[0].fault)):
            return called_otherwise(report, as_other, rule, task, other, accepts)
    if not report.passed and task.part == "step":
        for one in reorderings(step, task.form):
            if all(finding.points for finding in judge_all(task, answers_in_time(one.function, task))):
                return in_another_order(report, one.says, one.advice)
    if report.passed or report.verdict in ("NA", "TLE") or answers[0].fault:
        return report
    try:
        with deadline(SECONDS):
            where = kept_outside(step, task.probes()[0], answers[0])
    except OverdueError:
        return report
    return report if where is None else keeping(report, where, task)


def full_name(rule: Rule, part: Part, name: str) -> str:
    """What the function for a task is called: adam_step for one that is called adam, or Adam."""
    if rule.calls or name.endswith(ENDINGS):
        return name
    return f"{rule.name}_{'step' if part == 'step' else 'grad'}"


def keep_under(name: str, step: Callable[..., Any]) -> str | None:
    """Keep a function for later lessons, where it has the name that they ask for; a line for the report."""
    if getattr(step, "__name__", "") != name:
        return f"Later lessons use your own function where it is called {name}."
    return keep(step)


def answers_in_time(function: Callable[..., Any], task: Task) -> tuple[Answer, ...]:
    """The answers to the task's probes; when the time is up, one is cut short and that answers the rest."""
    probes = task.probes()
    answers: list[Answer] = []
    values: list[tuple[Array, ...]] = []
    try:
        with deadline(SECONDS):
            for probe in probes:
                values = []
                answers.append(answer(function, probe, values=values))
    except OverdueError as overdue:
        late = Fault("TLE", "too-long", str(overdue))
        if len(answers) < len(probes):
            answers.append(Answer(tuple(values), late))
        answers += [Answer((), late)] * (len(probes) - len(answers))
    return tuple(answers)


def hint(rule: str | Rule | Callable[..., Any]) -> Shown:
    """The next hint for a rule ("adam"), from a question to the shape of the line; one rung a call.

    `rule` may also be a `Rule` or the function that is being written. OptcourseError for what is no rule.

    >>> from optcourse import hint
    >>> hint("gd")  # doctest: +ELLIPSIS
    Hint 1 of ...
    """
    return next_hint(rule, in_homework=False)


def next_hint(rule: str | Rule | Callable[..., Any], in_homework: bool) -> Shown:
    """What `hint` says in a lesson, or in homework, where no rung names a solution."""
    found = task_of(rule if isinstance(rule, (str, Rule)) else name_of(rule))[0]
    return _LADDER.next_rung(found, solved=found.name in RULES and not in_homework)


def solution(rule: str | Rule | Callable[..., Any], *, dialect: str | None = None) -> Shown:
    """The reference's code for a rule ("adam") or a gradient estimate ("minibatch_grad").

    `rule` may also be a `Rule` or the function itself; `dialect` asks for another form than the primary one.
    OptcourseError for what is no rule, and for a dialect that it has not.

    >>> from optcourse import solution
    >>> solution("gd")
    def gd_step(theta, grad, state, *, lr=0.001):
        theta = theta - lr * grad
        return (theta, state)
    """
    found, part = task_of(rule if isinstance(rule, (str, Rule)) else name_of(rule))
    if found.kept:
        return Shown(f"{found.title} is homework: its solution is not part of the course that students get.")
    return solution_text(found, found.form(dialect), part)
