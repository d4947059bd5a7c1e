"""Badges: what a learner has earned, told from the progress alone."""

from collections.abc import Callable
from typing import NamedTuple

from optcourse.learner.progress import Progress
from optcourse.rules import RULES

ROW = 5  # predictions


class Badge(NamedTuple):
    """A badge: its name, how it is earned, and whether it is."""

    name: str
    how: str
    earned: bool


def badges(progress: Progress) -> list[Badge]:
    """All badges, earned or not, in the order in which most people meet them."""
    return [Badge(name, how, bool(earned(progress))) for name, how, earned in BADGES]


def rules_derived(progress: Progress) -> list[str]:
    """The taught rules whose step passed its check, in the order of the lessons."""
    checks = progress.get("check", {})
    return [name for name in RULES if checks.get(f"{name}_step", {}).get("passed")]


def _any(kind: str, fact: str) -> Callable[[Progress], bool]:
    return lambda progress: any(entry.get(fact) for entry in progress.get(kind, {}).values())


def _prediction_row(progress: Progress) -> bool:
    return any(entry.get("in_a_row", 0) >= ROW for entry in progress.get("prediction", {}).values())


BADGES: tuple[tuple[str, str, Callable[[Progress], object]], ...] = (
    ("First rule", "pass the check of a rule that you derived", rules_derived),
    ("Foresight", f"predict right {ROW} times in a row, each at the first try", _prediction_row),
    ("Diagnosis", "name a broken rule's fault in the clinic", _any("clinic", "found")),
    ("Breaker", "beat a challenge", _any("challenge", "beaten")),
    (
        "All rules",
        "pass the check of every rule",
        lambda progress: len(rules_derived(progress)) == len(RULES),
    ),
)
