"""Results and grades of students who do not exist, for the tests of feedback, report and exports."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from optcourse.grading.attempts import LatePolicy
from optcourse.grading.grades import Attempt, Grade, Override, grade_of
from optcourse.grading.records import Circumstances, FindingResult, Result, TaskResult

DUE = datetime(2026, 11, 10, 23, 59, tzinfo=UTC)
CIRCUMSTANCES = Circumstances(
    "hw2_momentum", "0123456789ab", "0.1.0", 20261110, "bubblewrap", {"cpu": 2.0}, 1e-9
)
POINTS = {"ema": 2.0, "dampened": 3.0, "nesterov": 5.0}

# Names that steer, break out of or run in something when they are not escaped.
NASTY = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tTab",
    '<script>alert("1")</script>',
    'O\'Brien, "Bob"; Jr.',
    "]]> <![CDATA[",
    "../../etc/passwd",
    "Zoë 李小龍 \N{GRINNING FACE}",
    "שלום עולם",
    "مرحبا",
    "{{ 7 * 7 }} {% raw %}",
    "&amp; &lt;b&gt;",
    "\x1b[31mred\x1b[0m",
    "x" * 200,
)
PATHS = (((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)), ((0.0, 0.0), (0.4, 0.6), (0.7, 0.9)))


def task(name: str, score: float, verdict: str | None = None, **more: object) -> TaskResult:
    """One task's result; the verdict follows from the score where none is given."""
    code = verdict or ("AC" if score == 1 else "PC" if score else "WA")
    given = {"message": f"{name}: the message of {code}", **more}
    return TaskResult(name, code, score, POINTS[name], **given)  # type: ignore[arg-type]


def result(
    student: str,
    scores: Iterable[float] = (1, 1, 1),
    days: float = -1,
    digest: str = "",
    tasks: tuple[TaskResult, ...] | None = None,
    flags: tuple[str, ...] = (),
) -> Result:
    """One student's result, handed in so many days after the due time."""
    done = tasks or tuple(task(name, score) for name, score in zip(POINTS, scores, strict=True))
    when = DUE + timedelta(days=days)
    return Result(student, "hw2.ipynb", digest or f"digest of {student}", done, flags, CIRCUMSTANCES, when)


def grade(*results: Result, overrides: tuple[Override, ...] = (), late: LatePolicy | None = None) -> Grade:
    """What these attempts of one student come to."""
    attempts = [Attempt(one, one.submitted or DUE, current=True) for one in results]
    return grade_of(attempts, overrides, "latest", late)


def override(student: str, name: str, points: float, why: str = "spoke with them") -> Override:
    """A person's word."""
    return Override("hw2_momentum", student, name, points, why, "an instructor", DUE)


def wrong(name: str, score: float = 0.0, mistake: str = "sign", **more: object) -> TaskResult:
    """A task with a named mistake, a diff, a picture and findings."""
    given = {
        "mistakes": (mistake,),
        "message": f"{name}_step: the step goes uphill: theta + lr * v",
        "lines": (
            ("First difference", "in the probe “plain”, at step 1, theta[0] is not what the formula gives"),
        ),
        "diff": (("theta - lr * v", "theta + lr * v"),),
        "paths": PATHS,
        "findings": (
            FindingResult("plain", "WA", score, "at step 1, theta[0] is not what the formula gives"),
            FindingResult("inputs kept", "AC", 1.0),
        ),
        "notes": ("cell 3: %matplotlib was left out",),
        **more,
    }
    return task(name, score, "WA" if not score else "PC", **given)
