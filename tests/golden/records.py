"""The golden records, and a rule replayed on one of them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES, Form, Rule
from optcourse.rules.compose import with_l2, with_weight_decay

from .coverage import COVERAGE, Covered
from .problems import PROBLEMS

FOLDER = Path(__file__).parent
FILES = ("torch", "optax", "keras", "added")  # the last: dialects that the others have no record of
ALL_RULES: Mapping[str, Rule] = {**RULES, **HOMEWORK}


class Record(NamedTuple):
    """A trajectory of a framework's optimizer; `steps` and `eval` are {t: flattened parameters}."""

    framework: str
    version: str
    optimizer: str
    hyper: dict[str, Any]
    problem: str
    steps: dict[str, list[float]]
    reliable_to: int
    tol: float = 1e-12
    eval: dict[str, list[float]] | None = None

    def __str__(self) -> str:
        passed = ", ".join(f"{name}={value}" for name, value in self.hyper.items())
        return f"{self.framework} {self.optimizer}({passed}) on {self.problem}"


def stored(file: str) -> list[dict[str, Any]]:
    """The records of one file, as they stand in it."""
    listed: list[dict[str, Any]] = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return listed


@cache
def records() -> tuple[Record, ...]:
    """All records, file after file."""
    return tuple(Record(**fields) for file in FILES for fields in stored(file))


def coverage_of(record: Record) -> Covered | str:
    """How the course writes what a record's optimizer does; a sentence where it doesn't."""
    told = COVERAGE[record.framework, record.optimizer]
    if isinstance(told, str):
        return told
    return told(**{name: value for name, value in record.hyper.items() if name != "lr_drop"})


def form_of(covered: Covered, dialect: str) -> Form:
    """The form that is to reproduce a record, with its weight decay."""
    form = ALL_RULES[covered.rule].form(dialect)
    if covered.l2:
        return with_l2(form, covered.l2)
    return with_weight_decay(form, covered.decoupled) if covered.decoupled else form


def relative_error(ours: Array, theirs: list[float]) -> float:
    """Largest absolute difference, over the largest absolute parameter (at least 1e-3); inf for nan."""
    expected = np.array(theirs)
    error = np.abs(ours.ravel() - expected).max() / max(np.abs(expected).max(), 1e-3)
    return float(error) if np.isfinite(error) else np.inf


@cache
def deviation(index: int, dialect: str) -> float:
    """The largest relative error of a dialect on a covered record, up to the step that is reliable to."""
    record = records()[index]
    covered = coverage_of(record)
    assert isinstance(covered, Covered)
    form, problem = form_of(covered, dialect), PROBLEMS[record.problem]
    grad = problem.grad(np)
    drop = record.hyper.get("lr_drop")
    hypers: dict[str, Any] = {**form.defaults, **covered.hypers}
    form.check_hypers(hypers)
    theta = np.array(problem.start)
    state = form.init(theta, **hypers)
    worst = 0.0
    for t in range(1, record.reliable_to + 1):
        if drop and t == drop["after"] + 1:
            hypers["lr"] *= drop["factor"]
        theta, state = form.function(theta, grad(form.grad_at(theta, state, **hypers), t), state, **hypers)
        if str(t) in record.steps:
            worst = max(worst, relative_error(theta, record.steps[str(t)]))
        if record.eval and str(t) in record.eval:
            judged = form.evaluate(theta, state, **hypers)
            worst = max(worst, relative_error(judged, record.eval[str(t)]))
    return worst
