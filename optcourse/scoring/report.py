"""What a learner sees of a score."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class ProblemScore:
    """One problem: the score, the peers' scores, and what was seen on the way.

    `reached` of `asked` targets were reached, over all starts; `diverged` of `trials` trials diverged, and
    `lost` of the starts that count. `validation` is the median last validation loss, nan where there is none.
    """

    problem: str
    title: str
    score: float
    peers: Mapping[str, float]
    best: Mapping[str, float]
    reached: int
    asked: int
    trials: int
    diverged: int
    lost: int
    validation: float

    @property
    def hypers(self) -> str:
        """The best trial's, as they are written."""
        return ", ".join(f"{name}={value:g}" for name, value in self.best.items())


@dataclass(frozen=True)
class Score:
    """The score of a rule; printed it is a table. `message` says what is wrong where there is no score.

    `name` is the rule's; `setting` ("quick" or "full") and `seed` say how it was measured; `score` is the
    figure, 1 for the best of the `peers`, which have theirs by name; None where there is none. `problems`
    says it for each of the six. `source` tells one version of a step from another, `notes` are sentences to
    be read. Made by `score`.

    >>> from optcourse.scoring import Score
    >>> Score("mine", "quick", 0, None, {"adam": 1.0}, message="Not attempted yet.").score is None
    True
    """

    name: str
    setting: str
    seed: int
    score: float | None
    peers: Mapping[str, float]
    problems: tuple[ProblemScore, ...] = ()
    message: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything, in JSON's types (a validation loss that is no number is None)."""
        return {
            **asdict(self),
            "problems": [
                {**asdict(one), "validation": one.validation if isfinite(one.validation) else None}
                for one in self.problems
            ],
        }

    def _headline(self) -> str:
        if self.score is None:
            return f"{self.name}: no score. {self.message}"
        return (
            f"{self.name}: score {self.score:.2f} ({self.setting}, seed {self.seed}). "
            "1 is the peers' average; 2 needs half as many steps."
        )

    def _rows(self) -> list[list[str]]:
        rows = [["problem", "yours", *self.peers, "targets", "diverged", "best of its trials"]]
        for one in self.problems:
            peers = [f"{one.peers[peer]:.2f}" for peer in self.peers]
            reached, diverged = f"{one.reached} of {one.asked}", f"{one.diverged} of {one.trials}"
            rows.append([one.problem, f"{one.score:.2f}", *peers, reached, diverged, one.hypers])
        overall = "" if self.score is None else f"{self.score:.2f}"
        rows.append(["all six", overall, *(f"{value:.2f}" for value in self.peers.values()), "", "", ""])
        return rows

    def __str__(self) -> str:
        if self.score is None:
            return "\n".join([self._headline(), *self.notes])
        return "\n".join([self._headline(), "", *aligned(self._rows()), *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        body = "" if self.score is None else table(self._rows(), "The score on each problem")
        return f'<div role="status"><p><strong>{escape(self._headline())}</strong></p>{body}{notes}</div>'


def aligned(rows: list[list[str]]) -> list[str]:
    """The rows as text: the first column to the left, the last as it is, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    last = len(widths) - 1
    return [
        "  ".join(
            cell.ljust(width) if at == 0 else cell if at == last else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def table(rows: list[list[str]], caption: str) -> str:
    """The rows as an HTML table, the first row and the first column being headings."""
    head, *body = rows
    cells = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in body
    )
    title = f"<caption>{escape(caption)}</caption>"
    return f"<table>{title}<thead><tr>{cells}</tr></thead><tbody>{lines}</tbody></table>"
