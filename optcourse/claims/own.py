"""A learner's own experiment on trial: is it one that could have come out otherwise? Knows no claims."""

from collections.abc import Callable, Sequence
from typing import Any

from optcourse.claims.results import Result, tried_claim
from optcourse.claims.trial import Claim, Trial

LEAST = 10  # repetitions
Experiment = Callable[[str, str], Sequence[Trial]]


def on_trial(
    experiment: Experiment, rule: str, rival: str, *, says: str, axis: str, change: str
) -> Result | None:
    """The verdict of `experiment(rule, rival)`; None, after a sentence that says why, where it is no trial.

    It is none where it does not give trials of ten repetitions each, where a rule that runs against itself
    "holds", or where a setting holds for the rule and, the two exchanged, for the rival as well.
    """
    try:
        trials = experiment(rule, rival)
    except NotImplementedError:
        print("Your experiment is not attempted yet.")
        return None
    trouble = shape_trouble(trials) or fairness_trouble(trials, experiment, rule, rival)
    if trouble:
        print(trouble)
        return None
    return tried_claim(Claim("own", rule, says, axis, lambda: trials, change))


def shape_trouble(trials: Any) -> str | None:
    """What is wrong with what an experiment returned, or None."""
    if (
        not isinstance(trials, (list, tuple))
        or not all(isinstance(one, Trial) for one in trials)
        or not trials
    ):
        return f"The experiment should return a list of Trial(...), one for each setting; it gave {trials!r}."
    for trial in trials:
        count = len(trial.values) if hasattr(trial.values, "__len__") else 0
        if count < LEAST:
            return f"{trial.where!r} has {count} repetitions; it needs ten, from other seeds or starts."
        if trial.holds == trial.fails:
            return (
                f"{trial.where!r} holds and fails at {trial.holds:g}: leave a gap between the limits, "
                "where the effect is too small to matter."
            )
    return None


def fairness_trouble(trials: Sequence[Trial], experiment: Experiment, rule: str, rival: str) -> str | None:
    """Whether the experiment says "holds" whatever runs in it: of what, in a sentence."""
    for other in (rule, rival):
        for trial in experiment(other, other):
            if trial.outcome == "holds":
                return (
                    f"{trial.where!r} also holds for {other} against {other} itself. So it says nothing "
                    "about the two rules: is `holds` a limit that no difference at all does not reach?"
                )
    exchanged = {trial.where: trial.outcome for trial in experiment(rival, rule)}
    for trial in trials:
        if trial.outcome == "holds" and exchanged.get(trial.where) == "holds":
            return (
                f"{trial.where!r} holds for {rule} against {rival}, and for {rival} against {rule} as well."
            )
    return None
