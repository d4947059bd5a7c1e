"""The peers of the score, and what they did: stored with the package (recompute.py makes it again)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from optcourse.scoring.figure import of_all

PEERS = ("adam", "momentum", "lion")
FILE = "peers.json"


@dataclass(frozen=True)
class Reference:
    """What the peers did on one problem.

    `steps` is for each target the geometric mean over the peers and their starts; `scores` has each peer's
    own score.
    """

    targets: tuple[float, ...]
    steps: tuple[float, ...]
    scores: Mapping[str, float]


@cache
def references(setting: str) -> Mapping[str, Reference]:
    """The stored results of a setting, by problem."""
    stored = json.loads(files("optcourse.scoring").joinpath(FILE).read_text(encoding="utf-8"))
    return {
        problem: Reference(tuple(one["targets"]), tuple(one["steps"]), one["scores"])
        for problem, one in stored["settings"][setting].items()
    }


def peer_scores(setting: str) -> dict[str, float]:
    """Each peer's score in all."""
    stored = references(setting).values()
    return {peer: of_all([one.scores[peer] for one in stored]) for peer in PEERS}
