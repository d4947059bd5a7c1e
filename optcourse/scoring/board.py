"""The leaderboard: a small JSON file in the learner's workspace. It never costs a score, or a lesson."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from optcourse.errors import UserError, WrongTypeError
from optcourse.learner import formats
from optcourse.learner.files import write_atomically
from optcourse.learner.formats import LEADERBOARD
from optcourse.learner.mine import own_workspace
from optcourse.learner.progress import alone
from optcourse.scoring.measure import SETTINGS
from optcourse.scoring.peers import peer_scores
from optcourse.scoring.report import Score, aligned, table

FILE = LEADERBOARD.file
KEY = ("name", "setting", "seed", "source")


@dataclass(frozen=True)
class Entry:
    """One line: whose rule, the score, and how it came about."""

    name: str
    score: float
    setting: str
    seed: int | None = None
    source: str = ""
    day: str = ""


@dataclass(frozen=True)
class Board:
    """Rules by their scores, the best first, the peers among them; printed it is a table.

    `entries` are its lines, `notes` what is to be said below them. Made by `leaderboard`.

    >>> from optcourse.scoring import leaderboard
    >>> len(leaderboard().entries)  # the peers
    3
    """

    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    def _rows(self) -> list[list[str]]:
        rows = [["", "rule", "score", "setting", "seed", "version", "day"]]
        for place, one in enumerate(self.entries, start=1):
            seed = "0 to 2" if one.seed is None else str(one.seed)
            rows.append(
                [f"{place}.", one.name, f"{one.score:.2f}", one.setting, seed, one.source[:6], one.day]
            )
        return rows

    def __str__(self) -> str:
        return "\n".join([*aligned(self._rows()), *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return table(self._rows(), "Leaderboard") + "".join(f"<p>{escape(note)}</p>" for note in self.notes)


def leaderboard(*scores: Score) -> Board:
    """The leaderboard of your workspace, with `scores` in it, and the peers.

    Quick and full scores stand in it together, each beside the peers of its setting: compare like with like.

    WrongTypeError for what is no score.

    >>> from optcourse import leaderboard
    >>> print(str(leaderboard()).splitlines()[0].split())
    ['rule', 'score', 'setting', 'seed', 'version', 'day']
    """
    for one in scores:
        if not isinstance(one, Score):
            raise WrongTypeError(f"leaderboard takes what `score` returns; got {one!r}.")
    try:
        kept, said = read(own_workspace())
    except UserError as error:
        kept, said = [], [str(error)]
    shown = merged(kept, [entry_of(one) for one in scores if one.score is not None])
    settings = dict.fromkeys(one.setting for one in shown) or {"full": None}
    peers = [
        Entry(f"({peer})", value, setting)
        for setting in settings
        for peer, value in peer_scores(setting).items()
    ]
    return Board(tuple(sorted([*shown, *peers], key=lambda one: -one.score)), tuple(said))


def keep(score: Score) -> Score:
    """Write a score to the leaderboard, where there is a workspace; a note says what could not be done."""
    workspace = own_workspace()
    if workspace is None or score.score is None:
        return score
    try:
        with alone(workspace):
            kept, said = read(workspace)
            entries = merged(kept, [entry_of(score, datetime.now(UTC).date().isoformat())])
            write_atomically(workspace / FILE, formats.written(LEADERBOARD, [vars(one) for one in entries]))
    except UserError as error:
        said = [f"Not on the leaderboard: {error}"]
    except OSError as error:
        why = error.strerror or str(error)
        said = [f"Not on the leaderboard: {error.filename or workspace / FILE} can't be used ({why})."]
    return replace(score, notes=(*score.notes, *said))


def entry_of(score: Score, day: str = "") -> Entry:
    """A score's line."""
    assert score.score is not None
    return Entry(score.name, round(score.score, 4), score.setting, score.seed, score.source, day)


def merged(kept: Iterable[Entry], new: Iterable[Entry]) -> list[Entry]:
    """The entries; the same version of a rule in the same setting has one line."""
    found: dict[tuple[Any, ...], Entry] = {}
    for one in (*kept, *new):
        key = tuple(getattr(one, name) for name in KEY)
        if key not in found or one.score > found[key].score:
            found[key] = one
    return list(found.values())


def read(workspace: Path | None) -> tuple[list[Entry], list[str]]:
    """What is kept, and what is to be said about it: a damaged file is set aside and counts as empty.

    UserError for the file of a later version.
    """
    if workspace is None:
        return [], []
    path = workspace / FILE
    try:
        entries, damaged = formats.read(LEADERBOARD, path, all_checked)
    except OSError as error:
        return [], [f"{path} can't be read or set aside ({error.strerror})."]
    return entries or [], [f"{damaged}; your leaderboard begins anew."] if damaged else []


def all_checked(scores: list[dict[str, Any]]) -> list[Entry]:
    """The entries that these are; ValueError or TypeError for what is none."""
    return [checked(Entry(**one)) for one in scores]


def checked(entry: Entry) -> Entry:
    """The entry, if it is one; ValueError or TypeError otherwise."""
    texts = all(isinstance(text, str) for text in (entry.name, entry.source, entry.day))
    if not (texts and entry.setting in SETTINGS and 0 < float(entry.score) < float("inf")):
        raise ValueError(f"no score: {entry!r}")
    return replace(entry, score=float(entry.score), seed=int(entry.seed or 0))
