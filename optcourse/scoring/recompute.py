"""The peers' results, made again.

python -m optcourse.scoring.recompute     run the peers (a minute or two) and store peers.json
"""

import json
import platform
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from optcourse.racing.training import Record
from optcourse.rules import RULES
from optcourse.scoring.figure import all_steps, geometric_mean, of_problem, targets
from optcourse.scoring.measure import FULL, SETTINGS, Measured, Setting, measured
from optcourse.scoring.peers import FILE, PEERS, Reference
from optcourse.scoring.six import six

RUN_SEEDS = (0, 1, 2)  # of the score; more than one, so that no peer is judged by a lucky draw

Runs = dict[str, list[Measured]]  # for each peer its problems, those of one seed after those of another


def runs_of(setting: Setting, seeds: tuple[int, ...] = RUN_SEEDS) -> Runs:
    """The peers' runs."""
    return {
        peer: [one for seed in seeds for one in measured(RULES[peer], setting, six(seed), seed)]
        for peer in PEERS
    }


def targets_of(runs: Runs) -> dict[str, tuple[float, ...]]:
    """For each problem the targets: from the median first loss to the median last one of the best peer."""
    found = {}
    for problem in problems_of(runs):
        finals = {peer: finals_of(runs, peer, problem) for peer in PEERS}
        start = float(np.median([record.train[0] for records in finals.values() for record in records]))
        ends = [np.nanmedian([record.train[-1] for record in records]) for records in finals.values()]
        found[problem] = targets(start, float(min(ends)))
    return found


def reference(runs: Runs, problem: str, losses: tuple[float, ...]) -> Reference:
    """What the peers' runs on a problem come to."""
    steps = {peer: all_steps(finals_of(runs, peer, problem), losses) for peer in PEERS}
    means = geometric_mean([geometric_mean(one, axis=0) for one in steps.values()], axis=0)
    rounded = tuple(float(f"{mean:.4g}") for mean in means)
    return Reference(losses, rounded, {peer: round(of_problem(steps[peer], rounded), 3) for peer in PEERS})


def finals_of(runs: Runs, peer: str, problem: str) -> list[Record]:
    """A peer's runs on a problem that count."""
    return [record for one in runs[peer] if one.course.name == problem for record in one.finals]


def problems_of(runs: Runs) -> list[str]:
    """The problems' names, in their order."""
    return list(dict.fromkeys(one.course.name for one in runs[PEERS[0]]))


def stored_text(results: Mapping[str, Mapping[str, Reference]]) -> str:
    """Results as they are stored."""
    content = {
        "about": "Made by `python -m optcourse.scoring.recompute`; figure.py says what it is.",
        "seeds": RUN_SEEDS,
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
        "settings": {
            setting: {problem: vars(one) for problem, one in its.items()} for setting, its in results.items()
        },
    }
    return json.dumps(content, indent=1) + "\n"


def main() -> None:
    """Run the peers and store what they did. The targets are the full setting's in all settings."""
    runs = {name: runs_of(setting) for name, setting in SETTINGS.items()}
    losses = targets_of(runs[FULL.name])
    results = {
        name: {problem: reference(its, problem, losses[problem]) for problem in losses}
        for name, its in runs.items()
    }
    Path(__file__).with_name(FILE).write_text(stored_text(results), encoding="utf-8", newline="\n")
    for name, its in results.items():
        for problem, one in its.items():
            print(name, problem, one)


if __name__ == "__main__":
    main()
