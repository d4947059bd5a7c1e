"""What a learner reads: a report as HTML, as plain text and as a dict. Its text is the same in each run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.judging import Divergence, Finding

# Where the formula's lines are, for who reads a report as text.
TO_SEE = "The formula's line: check(..., show=True), or optcourse check --show in a terminal"
# A sign and a colour for each kind of report; the words say it too.
LOOKS = {
    "right": ("✓", "#1b7f4b"),
    "not attempted": ("…", "#5b6b7b"),
    "another form": ("≈", "#2b6cb0"),
    "wrong": ("✗", "#b3441e"),
}


@dataclass(frozen=True)
class Line:
    """One paragraph of a report, with its heading: "Try", "Already right"."""

    heading: str
    text: str


@dataclass(frozen=True)
class Report:
    """All that checking one function says.

    `verdict` is a code (AC right, PC partly, WA wrong, BF bad form, RE exception, TLE too long, NA not
    attempted); `mistakes` holds keys of the rule's catalogue; `dialect` is the key of the form that the
    function follows where that is not the one asked for. `diff` has the formula's lines, each beside what the
    function acts like; the formula's are folded away, unless they are asked for by `show`.

    `name` is the function's, `rule` the rule's; `passed` is the verdict as a truth value, `score` the
    points in [0, 1], `message` the first sentence. `findings` say it for each probe, `lines` and `notes`
    are the paragraphs below the first, `divergence` is where the function and the rule first part, and
    `paths` are both ways on a bowl, arrays of shape (steps + 1, 2). Reports are made by `check`.

    >>> from optcourse import check
    >>> def gd_step(theta, grad, state, *, lr=0.1):
    ...     return theta + lr * grad, state
    >>> report = check(gd_step)
    >>> report.verdict, report.passed, report.mistakes
    ('WA', False, ('ascends',))
    """

    name: str
    rule: str
    verdict: str
    passed: bool
    score: float
    message: str
    mistakes: tuple[str, ...] = ()
    dialect: str | None = None
    findings: tuple[Finding, ...] = ()
    lines: tuple[Line, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    divergence: Divergence | None = None
    paths: tuple[Array, Array] | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()
    show: bool = False

    def without_formula(self) -> "Report":
        """The same report without the formula's lines, as homework has it until its deadline."""
        return replace(self, diff=own_lines(self.diff))

    def with_notes(self, notes: Iterable[str]) -> "Report":
        """The same report with these sentences at its end."""
        return replace(self, notes=(*self.notes, *notes))

    @property
    def look(self) -> tuple[str, str]:
        """The sign and the colour of this kind of report."""
        if self.passed:
            return LOOKS["right"]
        if self.verdict == "NA":
            return LOOKS["not attempted"]
        return LOOKS["another form" if self.dialect and not self.mistakes else "wrong"]

    def to_dict(self) -> dict[str, Any]:
        """For machines: plain types, the same in each run."""
        return {
            "function": self.name,
            "rule": self.rule,
            "verdict": self.verdict,
            "passed": self.passed,
            "score": self.score,
            "message": self.message,
            "mistakes": list(self.mistakes),
            "dialect": self.dialect,
            "diff": [list(pair) for pair in self.diff],
            "details": {line.heading: line.text for line in self.lines},
            "findings": [
                {
                    "name": one.name,
                    "verdict": one.verdict,
                    "points": one.points,
                    "message": one.message,
                    "divergence": one.divergence and one.divergence._asdict(),
                }
                for one in self.findings
            ],
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return "\n".join(self._text())

    def __repr__(self) -> str:
        return str(self)

    def _text(self) -> Iterator[str]:
        yield f"{self.look[0]} {self.message}"
        for was, becomes in self.diff:
            if self.show and was:
                yield f"    formula:   {was}"
            yield f"    acts like: {acts_like(was, becomes)}"
        for line in self.lines:
            yield f"  {line.heading}: {line.text}"
        if self.formula and not self.show:
            yield f"  {TO_SEE}"
        yield from self.notes

    @property
    def formula(self) -> tuple[str, ...]:
        """The lines of the formula that the function has not."""
        return tuple(was for was, _ in self.diff if was)

    def _repr_html_(self) -> str:
        mark, colour = self.look
        rows = [f'<p style="margin:0"><strong>{mark} {escape(self.message)}</strong></p>']
        if self.diff:
            own = (f"acts like: {acts_like(*pair)}" for pair in self.diff)
            rows.append(code("What your function behaves like", own))
        if self.paths:
            rows.append(picture(*self.paths))
        rows += [
            f'<p style="margin:0.2em 0"><em>{escape(line.heading)}:</em> {escape(line.text)}</p>'
            for line in self.lines
        ]
        if self.formula:
            lines = code("The formula", (f"formula:   {line}" for line in self.formula))
            summary = f"The formula's line{'s' if len(self.formula) > 1 else ''}"
            rows.append(f"<details{' open' * self.show}><summary>{summary}</summary>{lines}</details>")
        rows += [f'<p style="margin:0.2em 0">{escape(note)}</p>' for note in self.notes]
        return (
            f'<div role="status" style="border-left:4px solid {colour};padding:0.3em 0.8em;max-width:46em;'
            f'color:var(--jp-content-font-color1,inherit)">{"".join(rows)}</div>'
        )


def own_lines(diff: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What a function acts like, without the formula's lines beside it."""
    return tuple(("", acts_like(*pair)) for pair in diff)


def acts_like(was: str, becomes: str) -> str:
    """The line that a function behaves like; where it has none, for what one is missing."""
    if becomes:
        return becomes
    made, equals, _ = was.partition(" = ")
    return f"(no line for {made})" if equals else "(nothing of the kind)"


def code(label: str, lines: Iterable[str]) -> str:
    """Lines of code, with a label for who cannot see them."""
    return (
        f'<pre style="margin:0.4em 0;white-space:pre-wrap" aria-label="{label}">'
        f"{escape(chr(10).join(lines))}</pre>"
    )


DOT = 6  # pixels: a path that is no longer than this looks like a dot


def picture(reference: Array, yours: Array, width: int = 320, height: int = 100) -> str:
    """Two plane paths, (steps, 2) each, as a small SVG and a legend: the formula's dashed, yours solid.

    The formula's is drawn above, with a ring around it where it is too short to be seen as a line.
    """
    both = np.concatenate([reference, yours])
    low, span = both.min(axis=0), np.ptp(both, axis=0)
    scale = np.array([width - 20, height - 20]) / np.where(span > 0, span, 1.0)
    formula, own = (
        ((path - low) * scale * [1, -1] + [10, height - 10]).round().astype(int)
        for path in (reference, yours)
    )
    length, own_length = (int(np.ptp(path, axis=0).max()) for path in (formula, own))
    words = seen(length, own_length, int(np.abs(formula - own).max()))
    line, own_line = (" ".join(f"{x},{y}" for x, y in path) for path in (formula, own))
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.5"/>' for x, y in own)
    middle = formula.mean(axis=0).round().astype(int)
    ring = f'<circle cx="{middle[0]}" cy="{middle[1]}" r="7"/>' if length <= DOT else ""
    said = f"Both paths over the first steps; {words}"
    return (
        f'<svg role="img" aria-label="{said}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" style="display:block;margin-top:0.4em;max-width:100%;height:auto">'
        f"<title>{said}</title>"
        f'<g fill="#d55e00" stroke="#d55e00"><polyline points="{own_line}" '
        f'fill="none" stroke-width="2"/>{dots}</g><g fill="none" stroke="currentColor" stroke-width="1.5">'
        f'<polyline points="{line}" stroke-dasharray="5 4"/>{ring}</g></svg>'
        f'<p style="margin:0 10px 0.4em;font-size:0.8em" aria-hidden="true">{words}</p>'
    )


def seen(formula: int, yours: int, apart: int) -> str:
    """What the picture's lines are, and what can't be told apart in it; lengths and distance in pixels."""
    if apart <= 1:
        return "both lie on each other: dashed the formula, solid yours"
    if formula <= DOT:
        return "ring: the formula, far shorter; solid with dots: yours"
    if yours <= DOT:
        return "dashed: the formula, dot: yours, far shorter"
    return "dashed: the formula, solid with dots: yours"
