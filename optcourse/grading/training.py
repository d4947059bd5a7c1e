"""What a training task asks: which training, how many steps, and what earns which part of the points."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from optcourse.scoring.training import FORM, KINDS, STARTS, part_of


@dataclass(frozen=True)
class Training:
    """A submission's step trains, and the trainer runs outside of its sandbox.

    `kind` is "form" (what a step has to keep to), "digits" or "another" (validation accuracy after `steps`),
    or "score" (the third project's). `ladder` has (what is reached, the part of the points), ascending.
    """

    kind: str
    steps: int = 100
    ladder: tuple[tuple[float, float], ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """The names of what is tested, each of which can be withdrawn."""
        if self.kind == "form":
            return FORM
        if self.kind == "score":
            return ("the six problems",)
        return tuple(f"start {number}" for number in range(1, STARTS + 1))

    def draw(self, task: str, seed: int, attempt: int = 0) -> int:
        """The hidden seed of a task, for one attempt; 63 bits, as numpy's whole numbers have."""
        told = f"training:{seed}:{task}:{attempt}"
        return int.from_bytes(hashlib.sha256(told.encode()).digest()[:8], "little") >> 1

    def part(self, reached: float) -> float:
        """The part of the points that is earned."""
        return part_of(self.ladder, reached)


def training_of(given: Any) -> Training | None:
    """A training as the metadata states it: {kind: digits, steps: 100, ladder: [[0.85, 0.5], [0.92, 1]]}.

    None for none; ValueError for one that can't be.
    """
    if given is None:
        return None
    if not isinstance(given, dict) or not set(given) <= {"kind", "steps", "ladder"}:
        raise ValueError(f"trains has kind, steps and ladder, and not {given!r}")
    kind, steps = given.get("kind"), given.get("steps", 100)
    if kind not in KINDS:
        raise ValueError(f"trains has a kind of {', '.join(KINDS)}, not {kind!r}")
    if not isinstance(steps, int) or not 1 <= steps <= 1000:
        raise ValueError(f"trains takes 1 to 1000 steps, not {steps!r}")
    ladder = tuple((float(least), float(part)) for least, part in given.get("ladder", ()))
    rises = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(ladder))
    if kind != "form" and not (ladder and rises and ladder[0][1] > 0 and ladder[-1][1] == 1):
        raise ValueError("trains has a ladder that rises to the part 1, as in [[0.85, 0.5], [0.92, 1]]")
    return Training(kind, steps, ladder)
