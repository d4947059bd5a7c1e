"""The progress card: which rules are derived, what was predicted and answered, and the badges."""

from dataclasses import dataclass
from html import escape

from optcourse.errors import UserError
from optcourse.learner.badges import badges, rules_derived
from optcourse.learner.mine import own_workspace
from optcourse.learner.progress import KINDS, Progress, read
from optcourse.rules import RULES

NOWHERE = "Nothing is recorded here. `optcourse lab` makes the folder that your progress is kept in."


def progress() -> "Card":
    """What you have done so far, as a card; `optcourse progress` prints every entry.

    Never raises: where there is nothing, or nothing that can be read, the card says so.

    >>> from optcourse import progress
    >>> print(str(progress()).splitlines()[0])
    Nothing is recorded here. `optcourse lab` makes the folder that your progress is kept in.
    """
    workspace = own_workspace()
    if workspace is None:
        return Card({}, NOWHERE)
    try:
        done, said = read(workspace)
    except UserError as error:
        return Card({}, str(error))
    return Card(done, said or "")


@dataclass(frozen=True)
class Card:
    """The progress, with a sentence where something is to be said of it."""

    progress: Progress
    note: str

    def lines(self) -> list[tuple[bool, str, str]]:
        """One line for each thing: whether it is done, what it is, and how far it is."""
        derived = rules_derived(self.progress)
        lines = [
            (name in derived, f"Rule: {rule.title}", "derived" if name in derived else "not yet")
            for name, rule in RULES.items()
        ]
        for kind, (heading, well) in KINDS.items():
            entries = self.progress.get(kind, {}).values()
            good = sum(bool(entry.get(well)) for entry in entries)
            if kind != "check":
                lines.append(
                    (good > 0, heading, f"{good} of {len(entries)} {well}" if entries else "none yet")
                )
        lines += [
            (badge.earned, f"Badge: {badge.name}", "earned" if badge.earned else badge.how)
            for badge in badges(self.progress)
        ]
        return lines

    def __repr__(self) -> str:
        width = max(len(what) for _, what, _ in self.lines())
        lines = [f"[{'x' if done else ' '}] {what:{width}}  {how}" for done, what, how in self.lines()]
        return "\n".join([*([self.note] if self.note else []), *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left'>{'✓' if done else '–'}</td>"
            f"<td style='text-align:left'>{escape(what)}</td>"
            f"<td style='text-align:left'>{escape(how)}</td></tr>"
            for done, what, how in self.lines()
        )
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        heads = ("done", "what", "how far")
        head = "".join(f"<th style='text-align:left'>{name}</th>" for name in heads)
        return (
            f"{note}<table><caption>Your progress</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
