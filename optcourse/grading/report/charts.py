"""Figures as places in a picture, in pixels. What is drawn also stands in a table beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from optcourse.grading.feedback_text import one_line
from optcourse.grading.report.figures import RANGES, ClassFigures, Distribution, TaskFigures

WIDTH, HEIGHT = 330, 150
LEFT, RIGHT, TOP, BOTTOM = 10, 10, 20, 24
ROW = 26
MOST_BARS = 40


@dataclass(frozen=True)
class Bar:
    """A rectangle and what stands above it."""

    x: float
    y: float
    width: float
    height: float
    says: str = ""


@dataclass(frozen=True)
class Label:
    """A text at a place; `anchor` as SVG has it."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """One picture: `words` is its text alternative, `second` are bars of the other kind."""

    width: int
    height: int
    words: str
    bars: tuple[Bar, ...]
    second: tuple[Bar, ...] = ()
    labels: tuple[Label, ...] = ()
    axes: tuple[tuple[float, float, float, float], ...] = ()


def histogram(name: str, of: Distribution) -> Chart:
    """How many students have which part of the points; above, outlined, who lost some by being late."""
    counts = of.columns
    most = max(max(counts), 1)
    step = (WIDTH - LEFT - RIGHT) / len(counts)
    floor = HEIGHT - BOTTOM
    unit = (floor - TOP) / most
    bars, second, said = [], [], []
    for at, (count, late) in enumerate(zip(counts, of.late, strict=True)):
        x, wide, full = LEFT + at * step + 2, step - 4, (count - late) * unit
        bars.append(Bar(x, floor - full, wide, full, "" if late else say(count)))
        if late:
            second.append(Bar(x, floor - count * unit, wide, late * unit, say(count)))
        if count:
            said.append(f"{count}: {RANGES[at]}{f' ({late} of them late)' if late else ''}")
    labels = (
        Label(LEFT + step / 2, HEIGHT - 8, "none"),
        Label(LEFT + 6 * step, HEIGHT - 8, "50 %"),
        Label(WIDTH - RIGHT - step / 2, HEIGHT - 8, "all"),
    )
    return Chart(
        WIDTH,
        HEIGHT,
        f"Students of {one_line(name)} by their part of the points. {', '.join(said) or 'Nobody yet'}.",
        tuple(bars),
        tuple(second),
        labels,
        ((LEFT, floor, WIDTH - RIGHT, floor),),
    )


def difficulties(tasks: Sequence[TaskFigures]) -> Chart:
    """The mean mark of each task, as bars from the left."""
    shown = [(task, task.difficulty) for task in tasks if task.difficulty is not None]
    bars, labels = [], []
    for at, (task, mean) in enumerate(shown):
        y = TOP + at * 2 * ROW
        part = min(max(mean, 0.0), 1.0)
        bars.append(Bar(LEFT, y + 6, part * (WIDTH - LEFT - 60), ROW - 8))
        labels.append(Label(LEFT, y, short(task.task), "start"))
        labels.append(Label(LEFT + part * (WIDTH - LEFT - 60) + 6, y + 19, f"{100 * mean:.0f} %", "start"))
    said = ", ".join(f"{one_line(task.task)} {100 * mean:.0f} %" for task, mean in shown)
    height = TOP + len(shown) * 2 * ROW
    axes = ((LEFT, 4, LEFT, height - 14),)
    return Chart(
        WIDTH, height, f"Mean mark of each task: {said or 'none'}.", tuple(bars), (), tuple(labels), axes
    )


def discriminations(tasks: Sequence[TaskFigures]) -> Chart:
    """The corrected item-total correlation of each task, as bars from the middle; below 0 outlined."""
    middle = WIDTH / 2
    reach = middle - 50
    bars, second, labels = [], [], []
    for at, task in enumerate(tasks):
        y = TOP + at * 2 * ROW
        labels.append(Label(LEFT, y, short(task.task), "start"))
        value = task.discrimination
        if value is None:
            labels.append(Label(middle + 6, y + 19, "none", "start"))  # the table says why
        elif value >= 0:
            bars.append(Bar(middle, y + 6, value * reach, ROW - 8))
            labels.append(Label(middle + value * reach + 6, y + 19, signed(value), "start"))
        else:
            second.append(Bar(middle + value * reach, y + 6, -value * reach, ROW - 8))
            labels.append(Label(middle + value * reach - 6, y + 19, signed(value), "end"))
    said = ", ".join(
        f"{one_line(task.task)} {signed(task.discrimination)}"
        for task in tasks
        if task.discrimination is not None
    )
    height = TOP + len(tasks) * 2 * ROW
    axes = ((middle, 4, middle, height - 14),)
    words = f"Corrected item-total correlation of each task: {said or 'none yet'}."
    return Chart(WIDTH, height, words, tuple(bars), tuple(second), tuple(labels), axes)


def share(count: int, most: int) -> Chart:
    """One bar for a line of a table, which says the figure itself."""
    return Chart(120, 14, "", (Bar(0, 1, 120 * count / max(most, 1), 12),))


@dataclass(frozen=True)
class Span:
    """So many days from a day, and how much was handed in then."""

    first: date
    last: date
    in_time: int
    late: int

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


def spans(figures: ClassFigures) -> list[Span]:
    """The days between the first and the last attempt, several together where they are many."""
    if not figures.days:
        return []
    first, last = figures.days[0][0], figures.days[-1][0]
    length = math.ceil(((last - first).days + 1) / MOST_BARS)
    made = []
    for place in range(math.ceil(((last - first).days + 1) / length)):
        start = first + timedelta(days=place * length)
        end = min(start + timedelta(days=length - 1), last)
        inside = [one for one in figures.days if start <= one[0] <= end]
        made.append(Span(start, end, sum(one[1] for one in inside), sum(one[2] for one in inside)))
    return made


def over_time(figures: ClassFigures, width: int = 660) -> Chart:
    """Attempts by day: in time below, after the due time above and outlined."""
    days = spans(figures)
    most = max((one.in_time + one.late for one in days), default=1)
    step = min((width - LEFT - RIGHT) / max(len(days), 1), 80)
    floor = HEIGHT - BOTTOM
    scale = (floor - TOP) / max(most, 1)
    bars, second = [], []
    for at, one in enumerate(days):
        x, wide = LEFT + at * step + 1, max(step - 2, 1)
        whole = one.in_time + one.late
        bars.append(
            Bar(x, floor - one.in_time * scale, wide, one.in_time * scale, "" if one.late else say(whole))
        )
        if one.late:
            second.append(Bar(x, floor - whole * scale, wide, one.late * scale, say(whole)))
    labels = []
    if days:
        labels.append(Label(LEFT, HEIGHT - 6, str(days[0].first), "start"))
        if len(days) * step > 180:
            labels.append(Label(LEFT + len(days) * step, HEIGHT - 6, str(days[-1].last), "end"))
    busiest = max(days, key=lambda one: one.in_time + one.late, default=None)
    words = "Attempts over time. " + (
        f"From {days[0].first} to {days[-1].last}; most, {most}, on {busiest}."
        if days
        else "None with a time."
    )
    axes = ((LEFT, floor, LEFT + max(len(days) * step, 60), floor),)
    return Chart(width, HEIGHT, words, tuple(bars), tuple(second), tuple(labels), axes)


def say(count: int) -> str:
    """A count above a bar; nothing above none."""
    return str(count) if count else ""


def signed(value: float) -> str:
    """A correlation: +0.42."""
    return f"{value:+.2f}"


def short(name: str) -> str:
    """A task's name beside a bar."""
    return one_line(name, 34)
