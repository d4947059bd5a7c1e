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
    """One trial in figures: the lowest, the median and the highest of its repetitions."""

    where: str
    what: str
    low: float
    median: float
    high: float
    repetitions: int
    holds: float
    fails: float
    outcome: str

    def __str__(self) -> str:
        span = f"{self.median:.2g} ({self.low:.2g} to {self.high:.2g})"
        return f"{self.where}: {self.what} {span}; {self.outcome}"


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
    low, median, high = (float(f"{value:.3g}") for value in trial.spread)
    return Measure(
        trial.where, trial.what, low, median, high, len(trial.values), trial.holds, trial.fails, trial.outcome
    )


def stored_text(results: Iterable[Result], versions: Mapping[str, str]) -> str:
    """Results as they are stored."""
    about = (
        "Made by `python -m optcourse.claims.page`: low, median and high over the repetitions (seeds 0 to 9)."
    )
    claims = [asdict(result) for result in results]
    return json.dumps({"about": about, "versions": dict(versions), "claims": claims}, indent=1) + "\n"


def measured() -> dict[str, Result]:
    """The stored results, by the claims' keys."""
    stored = json.loads(files("optcourse.claims").joinpath(FILE).read_text(encoding="utf-8"))
    return {claim["key"]: result_of(claim) for claim in stored["claims"]}


def result_of(stored: dict[str, Any]) -> Result:
    """A result from its stored form."""
    return Result(**{**stored, "measures": tuple(Measure(**measure) for measure in stored["measures"])})
