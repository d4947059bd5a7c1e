"""From the options of a command to the settings of an assignment, which the gradebook remembers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.grades import Settings


@dataclass(frozen=True)
class Changes:
    """What a command says; None leaves a setting as it is. `grace` is in minutes."""

    policy: str | None = None
    due: str | None = None
    grace: float | None = None
    per_day: float | None = None
    closes: int | None = None
    seed: int | None = None
    withdraw: tuple[str, ...] = ()
    restore: tuple[str, ...] = ()


def changed(now: Settings, changes: Changes) -> Settings:
    """The settings with the changes; UserError for one that makes no sense."""
    if changes.policy not in (None, "latest", "best"):
        raise UserError(f"--policy is latest or best; got {changes.policy!r}.")
    withdrawn = (now.withdrawn | set(pairs(changes.withdraw))) - set(pairs(changes.restore))
    return Settings(
        "best" if (changes.policy or now.policy) == "best" else "latest",
        late_policy(now.late, changes),
        now.seed if changes.seed is None else changes.seed,
        frozenset(withdrawn),
    )


def late_policy(now: LatePolicy | None, changes: Changes) -> LatePolicy | None:
    """The late policy with the changes; `--due never` ends it."""
    if changes.due == "never":
        return None
    if changes.due is not None:
        try:
            due = time_of(changes.due)
            now = replace(now, due=due) if now else LatePolicy(due)
        except ValueError as error:
            raise UserError(
                "--due is a time with its zone, as in 2026-11-21T23:59:59+01:00 or "
                f"'2026-11-21 23:59 Europe/Berlin', or never; got {changes.due!r}."
            ) from error
    grace, per_day, closes = changes.grace, changes.per_day, changes.closes
    if (grace, per_day, closes) == (None, None, None):
        return now
    if now is None:
        raise UserError("--grace, --per-day and --closes need a --due.")
    if grace is not None and not 0 <= grace < 1e6:
        raise UserError(f"--grace is in minutes, 0 or more; got {grace:g}.")
    if per_day is not None and not 0 <= per_day <= 1:
        raise UserError(f"--per-day is the part that a day costs, from 0 to 1; got {per_day:g}.")
    if closes is not None and not 0 <= closes < 10_000:
        raise UserError(f"--closes is in days, 0 or more; got {closes}.")
    return LatePolicy(
        now.due,
        now.grace if grace is None else timedelta(minutes=grace),
        now.per_day if per_day is None else per_day,
        now.closes if closes is None else closes,
    )


def time_of(text: str) -> datetime:
    """A time with its offset, or with the name of a zone whose clocks it goes by; ValueError for neither."""
    begin, _, name = text.strip().rpartition(" ")
    if not begin or not name[:1].isalpha():
        return datetime.fromisoformat(text)
    try:
        zone = ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"no zone {name}") from error
    at = datetime.fromisoformat(begin)
    if at.tzinfo is not None:
        raise ValueError("a zone twice")
    return at.replace(tzinfo=zone)


def pairs(texts: Iterable[str]) -> list[tuple[str, str]]:
    """(task, probe) of each "TASK:PROBE"."""
    found = []
    for one in texts:
        task, colon, probe = one.partition(":")
        if not colon:
            raise UserError(f"A probe is named as TASK:PROBE, as in 'adam:under way'; got {one!r}.")
        found.append((task.strip(), probe.strip()))
    return found
