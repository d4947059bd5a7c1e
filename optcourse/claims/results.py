"""The result of a claim: computed, stored with the package, and read again."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from optcourse.claims.trial import Claim, Trial, verdict

FILE = "measured.json"


@dataclass(frozen=True)
class Measure:
    """One trial in figures: the lowest, the median and the highest of its repetitions.

    `spread` is over those that decide something, so many as `decided` says; empty where none does.
    """

    where: str
    what: str
    spread: tuple[float, ...]
    repetitions: int
    decided: int
    holds: float
    fails: float
    outcome: str

    @property
    def median(self) -> str:
        """The median in words."""
        return f"{self.spread[1]:.3g}" if self.spread else "not decided"

    @property
    def span(self) -> str:
        """From the lowest to the highest, and how many repetitions decide nothing."""
        words = f"{self.spread[0]:.3g} to {self.spread[2]:.3g}" if self.spread else "-"
        undecided = self.repetitions - self.decided
        return f"{words}; {undecided} of {self.repetitions} not decided" if undecided else words

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.median} ({self.span}); {self.outcome}"


@dataclass(frozen=True)
class Result:
    """A claim's verdict, and the figures that it rests on."""

    key: str
    says: str
    verdict: str
    measures: tuple[Measure, ...]
    change: str

    def __repr__(self) -> str:
        lines = [f"{self.says}  {self.verdict.capitalize()}.", *(f"  {measure}" for measure in self.measures)]
        return "\n".join([*lines, f"  What would change it: {self.change}."])


def tried_claim(claim: Claim) -> Result:
    """The result of a claim's experiment, run now."""
    trials = claim.trials()
    return Result(
        claim.key, claim.says, verdict(trials, claim.axis), tuple(map(figures, trials)), claim.change
    )


def figures(trial: Trial) -> Measure:
    """A trial in three figures of three digits."""
    return Measure(
        trial.where,
        trial.what,
        tuple(float(f"{value:.3g}") + 0.0 for value in trial.spread or ()),  # + 0.0: no minus zero
        len(trial.values),
        len(trial.decided),
        trial.holds,
        trial.fails,
        trial.outcome,
    )


def stored_text(results: Iterable[Result], versions: Mapping[str, str]) -> str:
    """Results as they are stored."""
    about = (
        "Made by `python -m optcourse.claims.page`. spread: the lowest, the median and the highest of the "
        "repetitions (seeds 0 to 9)."
    )
    claims = [asdict(result) for result in results]
    return json.dumps({"about": about, "versions": dict(versions), "claims": claims}, indent=1) + "\n"


def measured() -> dict[str, Result]:
    """The stored results, by the claims' keys."""
    stored = json.loads(files("optcourse.claims").joinpath(FILE).read_text(encoding="utf-8"))
    return {claim["key"]: result_of(claim) for claim in stored["claims"]}


def result_of(stored: dict[str, Any]) -> Result:
    """A result from its stored form."""
    measures = tuple(
        Measure(**{**measure, "spread": tuple(measure["spread"])}) for measure in stored["measures"]
    )
    return Result(**{**stored, "measures": measures})
