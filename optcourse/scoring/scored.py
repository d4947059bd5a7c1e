"""`score`: a learner's rule on the six problems, beside its peers."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optcourse.learner.source import NotStandaloneError, standalone_source
from optcourse.rules import Form
from optcourse.scoring.board import keep
from optcourse.scoring.figure import all_steps, of_all, of_problem
from optcourse.scoring.form import Init, Range, fault_of, rule_of
from optcourse.scoring.measure import FULL, QUICK, Measured, Search, Setting, measured
from optcourse.scoring.peers import PEERS, Reference, peer_scores, references
from optcourse.scoring.report import ProblemScore, Score
from optcourse.scoring.six import six


def score(
    step: Callable[..., Any],
    init: Init | None = None,
    ranges: Mapping[str, Range] | None = None,
    *,
    quick: bool = False,
    seed: int = 0,
    name: str = "",
) -> Score:
    """Score a rule of your own beside Adam, SGD with momentum and Lion, on six problems.

    `step(theta, grad, state, *, lr=..., ...)` returns theta and state; theta is a vector. `init(theta)` makes
    the first state, a tuple (empty without it). `ranges` says for each hyper from where to where to search,
    as in {"lr": (1e-4, 1)}. For each problem, 20 settings (`quick`: 6) are drawn over the ranges,
    log-uniformly, as they were for the peers, and the best one runs from 5 starts (2). The score counts steps
    to losses: optcourse/scoring/figure.py has the formula, and `python -m optcourse.scoring.recompute` makes
    the peers' stored results. It is the same for the same `seed`, which draws the problems' constants,
    starts, batches and trials. A rule that breaks the form has no score, but a message. In a workspace the
    score is kept for the `leaderboard`. UserError for ranges that don't fit the step; what else the step
    raises while it runs is raised.

    `name` is what the tables call the rule: the function's name, less "_step", unless given.

    >>> from optcourse import score
    >>> def own_step(theta, grad, state, *, lr=0.1):
    ...     return theta
    >>> score(own_step, ranges={"lr": (1e-3, 1.0)}).score is None
    True
    """
    called = name or getattr(step, "__name__", "step").removesuffix("_step")
    setting = QUICK if quick else FULL
    if message := fault_of(step, init):
        return Score(called, setting.name, seed, None, peer_scores(setting.name), message=message)
    form = rule_of(step, init, ranges or {})
    return keep(scored(form, called, setting, seed, source=digest_of(step)))


def scored(
    form: Form, name: str, setting: Setting, seed: int, search: Search | None = None, source: str = ""
) -> Score:
    """The score of a rule whose form is right; nothing is kept."""
    known = references(setting.name)
    problems = tuple(
        problem_score(one, known[one.course.name]) for one in measured(form, setting, six(seed), seed, search)
    )
    total = of_all([one.score for one in problems])
    return Score(name, setting.name, seed, total, peer_scores(setting.name), problems, source=source)


def problem_score(one: Measured, reference: Reference) -> ProblemScore:
    """What the runs on one problem come to."""
    steps = all_steps(one.finals, reference.targets)
    return ProblemScore(
        problem=one.course.name,
        title=one.course.problem.title,
        score=of_problem(steps, reference.steps),
        peers={peer: reference.scores[peer] for peer in PEERS},
        best=dict(one.best),
        reached=int(np.sum(steps <= one.course.steps)),
        asked=steps.size,
        trials=one.trials,
        diverged=one.diverged_trials,
        lost=sum(record.diverged for record in one.finals),
        validation=float(np.median([record.validation[-1] for record in one.finals])),
    )


def digest_of(step: Callable[..., Any]) -> str:
    """What tells one version of a step from another: a hash of its source; empty where that is not known."""
    try:
        source = standalone_source(step)
    except NotStandaloneError:
        try:
            source = inspect.getsource(step)
        except (OSError, TypeError):
            return ""
    return hashlib.sha256(source.encode()).hexdigest()[:12]
