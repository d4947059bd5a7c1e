"""What an instructor does: grade what was handed in."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optcourse.cli.app import app, check_writable, needing, without_password
from optcourse.errors import UserError
from optcourse.grading.sandbox.endings import Limits
from optcourse.processors import usable_cores

if TYPE_CHECKING:
    from optcourse.grading.command import Work

INSTALL = (
    "pip install 'optcourse[instructor]' (in a checkout: pip install -c constraints.txt -e '.[instructor]')"
)


class Level(StrEnum):
    """The sandbox's levels, from the strongest."""

    bubblewrap = "bubblewrap"
    landlock = "landlock"
    container = "container"


Rule = Annotated[str | None, typer.Option(help="Grade any file with this rule's step function, as in adam.")]
Assignment = Annotated[
    str | None, typer.Option(metavar="hwN", help="Grade this assignment: its name or its source file.")
]
Named = Annotated[str, typer.Option("--assignment", metavar="hwN", help="Its name.")]
Source = Annotated[
    Path, typer.Option(metavar="FOLDER", help="The checkout that has the assignment. (default: here)")
]
URL = "sqlite:///grades.db, or postgresql://user@host/name."
Book = Annotated[
    str,
    typer.Option(
        "--gradebook",
        metavar="URL",
        help=f"The gradebook: {URL}",
        envvar="OPTCOURSE_GRADEBOOK",
        callback=without_password,
    ),
]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="For results.json and everybody's feedback.")]
Seed = Annotated[
    int | None,
    typer.Option(help="Fix what hidden probes are drawn from. (first: a secret, which the gradebook keeps)"),
]
Workers = Annotated[int | None, typer.Option(help="Processes. (default: all processors)")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="Let the workers of this Dask scheduler grade.")
]
Cpu = Annotated[float, typer.Option(help="Seconds of processor time for one probe.")]
Wall = Annotated[float, typer.Option(help="Seconds that a probe may wait and do nothing.")]
InSandbox = Annotated[
    bool, typer.Option("--sandbox/--no-sandbox", help="--no-sandbox is for your own code only.")
]
Required = Annotated[
    Level | None,
    typer.Option(
        "--require-level", help="Grade in a sandbox of this level or a stronger one, or not at all."
    ),
]
Weaker = Annotated[
    bool,
    typer.Option("--allow-weaker", help="The sandbox may be weaker than in the assignment's last run."),
]
Release = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="What optcourse release wrote: its roster, and everybody's variant."),
]
# What follows is remembered by the gradebook.
KEPT = "What the gradebook remembers of the assignment"
Policy = Annotated[
    str | None,
    typer.Option(help="Which attempt counts: latest or best. (first: latest)", rich_help_panel=KEPT),
]
Due = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="When it is late, as in 2026-11-21T23:59:59+01:00, or with a zone's name, as in "
        "'2026-11-21 23:59 Europe/Berlin'; or never.",
        rich_help_panel=KEPT,
    ),
]
Grace = Annotated[
    float | None, typer.Option(metavar="MINUTES", help="Lateness that costs nothing.", rich_help_panel=KEPT)
]
PerDay = Annotated[
    float | None,
    typer.Option(
        metavar="PART", help="What each day begun costs of the points. (first: 0.1)", rich_help_panel=KEPT
    ),
]
Closes = Annotated[
    int | None, typer.Option(metavar="DAYS", help="After so many it is 0. (first: 7)", rich_help_panel=KEPT)
]
Withdraw = Annotated[
    list[str] | None,
    typer.Option(metavar="TASK:PROBE", help="This probe no longer counts.", rich_help_panel=KEPT),
]
Restore = Annotated[
    list[str] | None, typer.Option(metavar="TASK:PROBE", help="It counts again.", rich_help_panel=KEPT)
]
Again = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STUDENT",
        help="Grade all that this student handed in again, though nothing changed: what was known was our "
        "fault. It stays in the gradebook, and counts no more.",
    ),
]


@app.command(rich_help_panel="Grading")
def grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="A folder, a zip, a .py file or a notebook.")
    ],
    rule: Rule = None,
    assignment: Assignment = None,
    source: Source = Path("."),
    gradebook: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"Keep the grades: {URL} What is in it is not run again.",
            envvar="OPTCOURSE_GRADEBOOK",
            callback=without_password,
        ),
    ] = None,
    out: Out = Path("feedback"),
    seed: Seed = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    cpu: Cpu = Limits.cpu,
    wall: Wall = Limits.wall,
    sandbox: InSandbox = True,
    require_level: Required = None,
    allow_weaker: Weaker = False,
    release: Release = None,
    policy: Policy = None,
    due: Due = None,
    grace: Grace = None,
    per_day: PerDay = None,
    closes: Closes = None,
) -> None:
    """Grade what others handed in, in a sandbox. Exits with 3 where a fault of ours left some ungraded."""
    at = (sandbox, require_level, allow_weaker)
    work = begun(cpu, wall, workers, scheduler, at, rule, assignment, source, out, release)
    from optcourse.grading.settings import Changes

    tally = work.grade(submissions, gradebook, Changes(policy, due, grace, per_day, closes, seed))
    raise typer.Exit(3 if tally.ours.count else 0)


@app.command(rich_help_panel="Grading")
def regrade(
    gradebook: Book,
    rule: Rule = None,
    assignment: Assignment = None,
    source: Source = Path("."),
    out: Out = Path("feedback"),
    seed: Seed = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    cpu: Cpu = Limits.cpu,
    wall: Wall = Limits.wall,
    sandbox: InSandbox = True,
    require_level: Required = None,
    allow_weaker: Weaker = False,
    release: Release = None,
    policy: Policy = None,
    due: Due = None,
    grace: Grace = None,
    per_day: PerDay = None,
    closes: Closes = None,
    withdraw: Withdraw = None,
    restore: Restore = None,
    again: Again = None,
    why: Annotated[str, typer.Option(help="Why --again, for whoever asks later.")] = "",
) -> None:
    """Grade again what a gradebook has: where the assignment, the grader or a limit changed, or we failed."""
    at = (sandbox, require_level, allow_weaker)
    work = begun(cpu, wall, workers, scheduler, at, rule, assignment, source, out, release)
    from optcourse.grading.settings import Changes

    withdrawn, restored = tuple(withdraw or ()), tuple(restore or ())
    changes = Changes(policy, due, grace, per_day, closes, seed, withdrawn, restored)
    tally = work.regrade(gradebook, changes, tuple(again or ()), why)
    raise typer.Exit(3 if tally.ours.count else 0)


@app.command(rich_help_panel="Grading")
def override(
    student: str,
    task: str,
    points: float,
    why: Annotated[str, typer.Option(help="For whoever asks later.")],
    assignment: Named,
    gradebook: Book,
    by: Annotated[str | None, typer.Option(help="Who says so. (default: your user name)")] = None,
    bonus: Annotated[bool, typer.Option("--bonus", help="More points than the task has.")] = False,
) -> None:
    """Give a student's task these points, whatever the grader says, now and after each regrade."""
    with needing(INSTALL):
        from optcourse.grading import overriding
        from optcourse.grading.gradebook import Gradebook
        from optcourse.grading.showing import plain
    with Gradebook(gradebook) as book:
        name = book.assignment_named(assignment)
        typer.echo(plain(overriding.override(book, name, student, task, points, why, by, bonus)).plain)


def begun(
    cpu: float,
    wall: float,
    workers: int | None,
    scheduler: str | None,
    at: tuple[bool, Level | None, bool],
    rule: str | None,
    assignment: str | None,
    source: Path,
    out: Path,
    release: Path | None,
) -> "Work":
    """What is to be graded, and how; UserError for options that make no sense.

    `at`: in a sandbox or not, the level that it must have, and whether it may be weaker than before.
    """
    from optcourse.grading.workers import preload

    if workers is not None and workers < 1:
        raise UserError(f"--workers is a number of processes, 1 or more; got {workers}.")
    if workers is not None and scheduler is not None:
        raise UserError("--workers are processes here; a --scheduler has workers of its own.")
    if not (0 < cpu < float("inf") and 0 < wall < float("inf")):
        raise UserError(f"--cpu and --wall are seconds, more than 0; got {cpu:g} and {wall:g}.")
    if scheduler is None and (workers or usable_cores()) > 1:
        preload()  # beside what is imported here
    with needing(INSTALL):
        from optcourse.grading.command import Place, Work, chosen_assignment
    check_writable(out)
    chosen = chosen_assignment(rule, assignment, source)
    sandboxed, level, weaker = at
    if level and not sandboxed:
        raise UserError(f"--no-sandbox has no level, and --require-level {level.value} asks for one.")
    return Work(
        assignment=chosen,
        limits=Limits(cpu=cpu, wall=wall),
        sandboxed=sandboxed,
        out=out,
        place=Place(workers, scheduler),
        release=release,
        required=level.value if level else None,
        weaker=weaker,
    )
