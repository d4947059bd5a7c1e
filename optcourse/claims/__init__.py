"""What everybody says about optimizers, on trial: each claim is one experiment, its verdict a rule's.

    from optcourse.claims import CLAIMS, measured, tried

`CLAIMS` are the claims by key; `tried("momentum-flat")` runs the experiment of one; `measured()` are the
results of all, as `python -m optcourse.claims.page` stored them. trial.py says how a verdict comes about.
`compared(beliefs, measured())` and `on_trial(experiment, ...)` are for a learner's own.
Knows rules, problems and running; the lessons and docs/measurements.md use it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from optcourse.claims import adam, adaptive, descent, momentum
from optcourse.claims.beliefs import compared
from optcourse.claims.own import on_trial
from optcourse.claims.results import Result, measured, tried_claim
from optcourse.claims.trial import Claim, Trial, verdict
from optcourse.errors import WrongNameError

__all__ = ["CLAIMS", "Claim", "Result", "Trial", "compared", "measured", "on_trial", "tried", "verdict"]

CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {claim.key: claim for module in (descent, momentum, adaptive, adam) for claim in module.CLAIMS}
)


def tried(key: str) -> Result:
    """Run the experiment of one claim, and give its result; KeyError for a claim that there is not."""
    if key not in CLAIMS:
        raise WrongNameError(f"There is no claim {key!r}; there are {', '.join(CLAIMS)}.")
    return tried_claim(CLAIMS[key])
