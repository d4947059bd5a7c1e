"""Progress as a table for the terminal."""

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
                heading if number == 0 else "", key, result(entry, well), str(entry.get("last", ""))
            )
        if progress.get(kind):
            found.add_section()
    return found


def result(entry: dict[str, object], well: str) -> str:
    """How often it went well: "passed", "right 2 of 3", "not yet found (2 tries)"."""
    times, good = entry.get("times"), entry.get(well, 0)
    if not good:
        return f"not yet {well} ({times} {'try' if times == 1 else 'tries'})"
    return f"✓ {well}" if times == good else f"✓ {well} {good} of {times}"


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
