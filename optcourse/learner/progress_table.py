"""Progress as a table for the terminal."""

from collections.abc import Mapping
from statistics import median

from rich.table import Table

from optcourse.learner.progress import KINDS, Progress


def table(progress: Progress) -> Table:
    """One row for each thing that was tried, the kinds in the order of KINDS."""
    found = Table(title="Your progress", title_justify="left")
    for heading in ("", "what", "result", "last"):
        found.add_column(heading, overflow="fold")
    for kind, (heading, well) in KINDS.items():
        for number, (key, entry) in enumerate(sorted(progress.get(kind, {}).items())):
            found.add_row(
                heading if number == 0 else "", plain(key), result(entry, well), str(entry.get("last", ""))
            )
        if progress.get(kind):
            found.add_section()
    return found


def plain(text: str) -> str:
    """A text with mathematics as a terminal can show it: $\\beta_1 = 0.9$ as beta_1 = 0.9."""
    return text.replace("$", "").replace("\\", "")


def result(entry: dict[str, object], well: str) -> str:
    """When it first went well: "✓ passed on try 3"; "not found in 2 tries" where it never did.

    An entry of an earlier version does not know the try: "✓ passed, in 6 tries".
    """
    tries = counted(entry.get("times"))
    if not entry.get(well):
        return f"not {well} in {tries}"
    if "at_try" in entry:
        return f"✓ {well} on try {entry['at_try']}"
    return f"✓ {well}" if entry["times"] == entry[well] else f"✓ {well}, in {tries}"


def counted(tries: object) -> str:
    """1 try, 2 tries."""
    return f"{tries} {'try' if tries == 1 else 'tries'}"


def totals(progress: Progress) -> str:
    """A sentence: how many of each kind went well."""
    parts = []
    for kind, (heading, well) in KINDS.items():
        entries = progress.get(kind, {})
        if entries:
            good = sum(bool(entry.get(well)) for entry in entries.values())
            parts.append(f"{heading.lower()}: {good} of {len(entries)} {well}")
    said = "; ".join(parts)
    return (
        f"{said[0].upper()}{said[1:]}."
        if said
        else "Nothing is recorded yet: pass a check, or answer a quiz."
    )


QUANTITIES = {  # what a prediction was of -> how it is called
    "behaviour": "what a path does",
    "steps to": "steps to a loss",
    "loss after": "the loss after some steps",
}


def calibration(progress: Progress) -> list[str]:
    """How good the predictions are: a line for each kind of quantity that was predicted, none without any.

    Of numbers also the typical factor between guess and truth: its median over the questions, from the
    latest guess of each.
    """
    lines = []
    for quantity, name in QUANTITIES.items():
        entries = [
            entry for entry in progress.get("prediction", {}).values() if entry.get("quantity") == quantity
        ]
        if not entries:
            continue
        tries, right = (sum(int(entry.get(count, 0)) for entry in entries) for count in ("times", "right"))
        factors = [factor for entry in entries if (factor := factor_off(entry)) is not None]
        typical = f"; a typical guess is off by a factor of {median(factors):.2g}" if factors else ""
        lines.append(f"Predicting {name}: right in {right} of {counted(tries)}{typical}.")
    return lines


def factor_off(entry: Mapping[str, object]) -> float | None:
    """The larger of guess and truth over the smaller one; None where one is no positive number."""
    guess, truth = entry.get("guess"), entry.get("truth")
    if not (isinstance(guess, (int, float)) and isinstance(truth, (int, float)) and guess > 0 and truth > 0):
        return None
    return float(max(guess / truth, truth / guess))
