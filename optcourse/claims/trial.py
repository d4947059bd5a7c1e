"""A claim, what is measured for it, and the rule that makes a verdict of the figures. Knows no experiment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optcourse.arrays import Array

MOST = 0.9  # of the repetitions: as many must agree before a trial says anything


@dataclass(frozen=True)
class Trial:
    """One setting in which a claim was tried: a value for each repetition (seed or start).

    The claim holds in a repetition whose value is beyond `holds`, and fails in one beyond `fails` on the
    other side; where holds < fails, small values speak for the claim. A value that is nan decides nothing
    (two runs, say, of which neither moves). `what` says what the values are.
    """

    where: str
    what: str
    values: Array
    holds: float
    fails: float

    @property
    def outcome(self) -> str:
        """ "holds" or "fails" where nine of ten repetitions say so, else "open"."""
        sign = 1 if self.holds >= self.fails else -1
        values = sign * np.asarray(self.values, dtype=float)
        if np.mean(values >= sign * self.holds) >= MOST:
            return "holds"
        return "fails" if np.mean(values <= sign * self.fails) >= MOST else "open"

    @property
    def decided(self) -> Array:
        """The values that are not nan, ascending."""
        values = np.asarray(self.values, dtype=float)
        return np.sort(values[~np.isnan(values)])

    @property
    def spread(self) -> tuple[float, float, float] | None:
        """The lowest, the median and the highest value of those that decide something; None if none does."""
        ordered = self.decided
        if not ordered.size:
            return None
        return float(ordered[0]), float(ordered[(len(ordered) - 1) // 2]), float(ordered[-1])


@dataclass(frozen=True)
class Claim:
    """What is said, and how it is tried.

    `axis` names what differs between the trials, for a verdict "depends on ..."; `change` says what would
    change the verdict. `rule` is the rule that the claim is about.
    """

    key: str
    rule: str
    says: str
    axis: str
    trials: Callable[[], Sequence[Trial]]
    change: str


def verdict(trials: Sequence[Trial], axis: str) -> str:
    """ "supported" if the claim holds in all trials, "refuted" if it fails in all, else "depends on ...".

    Trials that are open (fewer than nine of ten repetitions agree) make it depend as well: on `axis`, or,
    where no trial says anything, on the draw.
    """
    outcomes = {trial.outcome for trial in trials}
    if outcomes == {"holds"}:
        return "supported"
    if outcomes == {"fails"}:
        return "refuted"
    return "depends on the draw" if outcomes == {"open"} else f"depends on {axis}"
