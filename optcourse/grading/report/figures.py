"""What a class's grades say, as plain figures: no page, no picture, and no number that is not finite.

Every figure about points is of what counts in the gradebook. Difficulty and discrimination are of how well
the tasks were done, before lateness: a task's mark is its score in [0, 1], or an override's part of it.
"""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from optcourse.grading.grades import Grade, TaskGrade
from optcourse.grading.records import VERDICTS, TaskResult

BINS = 10  # of a distribution; what has all the points is counted apart
RANGES = ("none", *(f"{10 * at} to {10 * at + 10} %" for at in range(BINS)), "all")
LISTED = 200  # names in a list
FEWEST = 5  # students with whom a correlation says anything
EPS = 1e-9

Name = tuple[str, str, bool]  # a task, a key of its rule's catalogue, whether that is a dialect


@dataclass(frozen=True)
class Distribution:
    """How many students have how much of the points: none, in ten equal parts, all.

    `late` are those of each column who would have more, had they not been late.
    """

    none: int
    parts: tuple[int, ...]
    whole: int
    mean: float
    median: float
    late: tuple[int, ...] = (0,) * len(RANGES)

    @property
    def count(self) -> int:
        """All of them."""
        return self.none + sum(self.parts) + self.whole

    @property
    def columns(self) -> tuple[int, ...]:
        """All of it in order, for which RANGES has the words."""
        return (self.none, *self.parts, self.whole)


@dataclass(frozen=True)
class TaskFigures:
    """One task.

    `difficulty` is the mean mark (1: everybody had it), `discrimination` the corrected item-total
    correlation, None where `why` says that it can't be had; `verdicts` are counted.
    """

    task: str
    points: float
    graded: int
    distribution: Distribution
    difficulty: float | None
    discrimination: float | None
    why: str
    verdicts: dict[str, int]


@dataclass(frozen=True)
class Misconception:
    """A named mistake (or another form of the rule) in a task.

    `students` have it in the attempt that counts, `ever` have it in any; `excerpt` is what most reports say.
    """

    task: str
    key: str
    dialect: bool
    students: int
    ever: int
    excerpt: str
    acts_like: str


@dataclass(frozen=True)
class ClassFigures:
    """All that the page shows. Lists of names are cut at LISTED; their counts are whole."""

    assignment: str
    students: int
    graded: int
    points: float
    total: Distribution | None
    tasks: tuple[TaskFigures, ...]
    misconceptions: tuple[Misconception, ...]
    attempts: int
    days: tuple[tuple[date, int, int], ...]  # with how many in time, and how many after the due time
    unknown_times: int
    due: datetime | None
    identical: tuple[tuple[str, ...], ...]
    late: tuple[tuple[str, float, str], ...]
    late_count: int
    person: tuple[tuple[str, str], ...]
    person_count: int
    flagged: tuple[tuple[str, str], ...]
    flagged_count: int
    overridden: int
    levels: tuple[tuple[str, int], ...]  # of the sandbox, with how many of the attempts that count


@dataclass
class Seen:
    """What is kept of the grades while they pass: numbers, and short lists of names."""

    marks: dict[str, list[float | None]] = field(default_factory=lambda: defaultdict(list))
    earned: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    points: dict[str, float] = field(default_factory=dict)
    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    totals: list[float] = field(default_factory=list)
    totals_lost: list[bool] = field(default_factory=list)
    of: float = 0.0
    students: int = 0
    has: Counter[Name] = field(default_factory=Counter)
    ever: Counter[Name] = field(default_factory=Counter)
    excerpts: dict[Name, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    days: Counter[tuple[date, bool]] = field(default_factory=Counter)
    attempts: int = 0
    unknown_times: int = 0
    digests: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    late: list[tuple[str, float, str]] = field(default_factory=list)
    late_count: int = 0
    person: list[tuple[str, str]] = field(default_factory=list)
    person_count: int = 0
    flagged: list[tuple[str, str]] = field(default_factory=list)
    flagged_count: int = 0
    overridden: int = 0
    levels: Counter[str] = field(default_factory=Counter)


def figures_of(assignment: str, grades: Iterable[Grade], due: datetime | None = None) -> ClassFigures:
    """The figures of a class; its grades are passed through once."""
    seen = Seen()
    for grade in grades:
        add(seen, grade, due)
    return ClassFigures(
        assignment,
        seen.students,
        len(seen.totals),
        seen.of,
        distribution(seen.totals, seen.of, seen.totals_lost) if seen.totals else None,
        tuple(task_figures(seen, task) for task in seen.points),
        misconceptions(seen),
        seen.attempts,
        tuple(
            (day, seen.days[day, False], seen.days[day, True])
            for day in sorted({day for day, _ in seen.days})
        ),
        seen.unknown_times,
        due,
        tuple(tuple(names) for names in seen.digests.values() if len(names) > 1),
        tuple(seen.late),
        seen.late_count,
        tuple(seen.person),
        seen.person_count,
        tuple(seen.flagged),
        seen.flagged_count,
        seen.overridden,
        tuple(seen.levels.most_common()),
    )


def add(seen: Seen, grade: Grade, due: datetime | None) -> None:
    """One student's grade."""
    seen.students += 1
    seen.levels[grade.result.circumstances.level] += 1
    seen.overridden += any(task.override for task in grade.tasks)
    if grade.earned is not None:
        seen.totals.append(grade.earned)
        seen.totals_lost.append(any(lost(grade, task) for task in grade.tasks))
        seen.of = max(seen.of, grade.points)
    for task in grade.tasks:
        seen.points.setdefault(task.task, task.points)
        seen.verdicts[task.task][task.verdict] += 1
        if task.earned is not None:
            seen.earned[task.task].append(task.earned)
            seen.lost[task.task].append(lost(grade, task))
    for name in seen.points.keys() | seen.marks.keys():
        column = seen.marks[name]
        column += [None] * (seen.students - 1 - len(column))
        column.append(next((mark(task) for task in grade.tasks if task.task == name), None))
    add_mistakes(seen, grade)
    add_times(seen, grade, due)
    add_lists(seen, grade)


def mark(task: TaskGrade) -> float | None:
    """How well a task was done, in [0, 1] or a little beyond; None where it is still to be graded."""
    if task.override:
        return task.override.points / task.points if task.points else None
    return None if task.verdict == "IE" else task.score


def lost(grade: Grade, task: TaskGrade) -> bool:
    """Whether being late cost points of this task."""
    return grade.late < 1 and task.override is None and task.result.earned > EPS


def add_mistakes(seen: Seen, grade: Grade) -> None:
    """The named mistakes of one student: of the attempt that counts, and of any."""
    for task in grade.tasks:
        seen.has.update(named(task.result))
    said = {
        (key, task.message, acts_like(task))
        for attempt in grade.attempts
        for task in attempt.result.tasks
        for key in named(task)
    }
    seen.ever.update({key for key, *_ in said})
    for key, message, acts in said:
        seen.excerpts[key][message, acts] += 1


def named(task: TaskResult) -> set[Name]:
    """What a task's report names: mistakes, else the form that the function follows."""
    if task.mistakes:
        return {(task.task, key, False) for key in task.mistakes}
    return {(task.task, task.dialect, True)} if task.dialect else set()


def acts_like(task: TaskResult) -> str:
    """What the function does in the formula's place."""
    return task.diff[0][1] if task.diff else ""


def add_times(seen: Seen, grade: Grade, due: datetime | None) -> None:
    """When a student handed in what; and whose bytes it was."""
    for digest, when in {one.result.digest: one.result.submitted for one in grade.attempts}.items():
        seen.attempts += 1
        if when is None:
            seen.unknown_times += 1
        else:
            seen.days[when.date(), due is not None and when > due] += 1
        seen.digests[digest][grade.student] = None


def add_lists(seen: Seen, grade: Grade) -> None:
    """The lists of names."""
    if grade.late < 1:
        seen.late_count += 1
        when = grade.result.submitted
        if len(seen.late) < LISTED:
            seen.late.append(
                (grade.student, grade.late, when.strftime("%Y-%m-%d %H:%M") if when else "unknown")
            )
    if grade.needs_a_person:
        seen.person_count += 1
        if len(seen.person) < LISTED:
            ours = [task for task in grade.tasks if task.verdict == "IE"]
            seen.person.append((grade.student, ours[0].result.message if ours else VERDICTS["IE"]))
    if grade.flags:
        seen.flagged_count += 1
        if len(seen.flagged) < LISTED:
            seen.flagged.append((grade.student, "; ".join(grade.flags)))


def distribution(points: Sequence[float], of: float, late: Sequence[bool] = ()) -> Distribution:
    """How the points are distributed between none and all; `late` says of each whether lateness cost some."""
    counts, less = [0] * len(RANGES), [0] * len(RANGES)
    for one, cost in zip(points, late or [False] * len(points), strict=True):
        column = column_of(one, of)
        counts[column] += 1
        less[column] += cost
    none, *parts, whole = counts
    mean, median = statistics.fmean(points), statistics.median(points)
    return Distribution(none, tuple(parts), whole, mean, median, tuple(less))


def column_of(points: float, of: float) -> int:
    """Which of RANGES some points are in."""
    if points <= EPS:
        return 0
    if points >= of - EPS:
        return len(RANGES) - 1
    return 1 + min(int(points / of * BINS + EPS), BINS - 1)


def task_figures(seen: Seen, task: str) -> TaskFigures:
    """One task's figures."""
    marks = [one for one in seen.marks[task] if one is not None]
    discrimination, why = item_total(seen, task)
    earned = seen.earned[task]
    of = seen.points[task]
    return TaskFigures(
        task,
        of,
        len(earned),
        distribution(earned, of, seen.lost[task]) if earned else Distribution(0, (0,) * BINS, 0, 0.0, 0.0),
        statistics.fmean(marks) if marks else None,
        discrimination,
        why,
        {code: seen.verdicts[task][code] for code in VERDICTS if seen.verdicts[task][code]},
    )


def item_total(seen: Seen, task: str) -> tuple[float | None, str]:
    """The correlation of a task's mark with the points of all other tasks; or why there is none.

    "Corrected": the task itself is not in the total, which it would agree with. Of students all of whose
    tasks are graded.
    """
    others = [name for name in seen.points if name != task]
    if not others:
        return None, "there is only one task"
    pairs = []
    for at, one in enumerate(seen.marks[task]):
        rest = [seen.marks[name][at] for name in others]
        if one is not None and all(other is not None for other in rest):
            whole = sum(
                other * seen.points[name]
                for name, other in zip(others, rest, strict=True)
                if other is not None
            )
            pairs.append((one, whole))
    if len(pairs) < FEWEST:
        return None, f"fewer than {FEWEST} students"
    marks, totals = zip(*pairs, strict=True)
    if max(marks) - min(marks) < EPS:
        return None, "everybody did it equally well"
    if max(totals) - min(totals) < EPS:
        return None, "everybody did the other tasks equally well"
    return max(-1.0, min(1.0, correlation(marks, totals))), ""


def correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Pearson's correlation of two samples, each of which varies."""
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    product = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return product / math.sqrt(
        math.fsum((a - mean_x) ** 2 for a in x) * math.fsum((b - mean_y) ** 2 for b in y)
    )


def misconceptions(seen: Seen) -> tuple[Misconception, ...]:
    """The named mistakes, task by task, the most frequent first."""
    made = []
    for key, ever in seen.ever.items():
        excerpts = seen.excerpts[key]
        message, acts = max(excerpts, key=lambda said: (excerpts[said], said))
        made.append(Misconception(*key, seen.has[key], ever, message, acts))
    order = {task: at for at, task in enumerate(seen.points)}
    return tuple(
        sorted(made, key=lambda one: (order.get(one.task, len(order)), -one.students, -one.ever, one.key))
    )
