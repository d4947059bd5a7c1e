"""What flows through grading, from a file to a gradebook row. Pure data: knows nothing of how it is made."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from optcourse.formats import Format

RESULTS = Format("results.json", 1)  # each of its objects says it

# In the order in which a person wants to know of them; the words are for tables and pages.
VERDICTS = {
    "AC": "right",
    "PC": "partly right",
    "WA": "wrong",
    "BF": "bad form: shape, dtype or type",
    "NF": "no such function",
    "CE": "cannot be parsed or imported",
    "RE": "raised an exception",
    "TLE": "too much processor time",
    "ILE": "waited too long",
    "MLE": "too much memory",
    "OLE": "too much output",
    "SV": "not allowed",
    "NA": "not attempted",
    "ND": "not deterministic",
    "CR": "ended without an answer",
    "SK": "not run",
    "IE": "our fault: to be graded again",
}


@dataclass(frozen=True)
class Cell:
    """A piece of source: a whole .py file, or one code cell. `label` is what a message calls it."""

    label: str
    source: str
    grade_id: str = ""


@dataclass(frozen=True)
class Submission:
    """What one student handed in, as text.

    `student` and `file` are strangers' texts: escape them wherever they are shown, and make no path of
    them. `digest` is the SHA-256 of the file's bytes. `submitted` is in UTC; None where it is not known.
    `problem` says why the file can't be graded (then it is a CE), `flags` what a person should know.
    """

    student: str
    file: str
    cells: tuple[Cell, ...]
    kind: Literal["script", "notebook"]
    digest: str
    submitted: datetime | None = None
    problem: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingResult:
    """One test of a task: a probe or a property. `score` is in [0, 1]."""

    name: str
    verdict: str
    score: float
    message: str = ""


@dataclass(frozen=True)
class TaskResult:
    """How one task went. Nothing in it tells an expected value.

    `score` is in [0, 1], `points` what the task is worth, whatever was handed in. `mistakes` are
    keys of the rule's catalogue, `dialect` the form that the function follows where that is not the one
    asked for. `lines` are (heading, text); `diff` (the formula, what the function acts like); `paths` the
    formula's path and the student's, scaled into the unit square, for a picture.
    """

    task: str
    verdict: str
    score: float
    points: float
    message: str
    mistakes: tuple[str, ...] = ()
    dialect: str | None = None
    findings: tuple[FindingResult, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    paths: tuple[tuple[tuple[float, float], ...], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def earned(self) -> float:
        """The points that it earned."""
        return self.score * self.points


@dataclass(frozen=True)
class Circumstances:
    """Under which conditions a result came about; kept with it."""

    assignment: str
    version: str  # changes with the assignment's tasks and withdrawn probes
    grader: str  # optcourse's version
    seed: int
    level: str  # of the sandbox
    limits: dict[str, float]
    tolerance: float  # relative, of float64


@dataclass(frozen=True)
class Result:
    """One graded submission: an attempt, for the gradebook."""

    student: str
    file: str
    digest: str
    tasks: tuple[TaskResult, ...]
    flags: tuple[str, ...]
    circumstances: Circumstances
    submitted: datetime | None = None

    @property
    def score(self) -> float:
        """The points earned."""
        return sum(task.earned for task in self.tasks)

    @property
    def points(self) -> float:
        """The points to be had."""
        return sum(task.points for task in self.tasks)

    @property
    def needs_a_person(self) -> bool:
        """Whether a fault of ours keeps it from counting."""
        return any(task.verdict == "IE" for task in self.tasks)

    def summary(self) -> dict[str, Any]:
        """The object of results.json."""
        keys = ("task", "verdict", "score", "points", "mistakes", "dialect", "message")
        tasks = [{key: getattr(task, key) for key in keys} for task in self.tasks]
        flags, level = list(self.flags), self.circumstances.level
        return RESULTS.numbered(
            {"student": self.student, "file": self.file, "tasks": tasks, "flags": flags, "level": level}
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it; times in ISO 8601."""
        return {**asdict(self), "submitted": self.submitted.isoformat() if self.submitted else None}
