"""What an instructor does: grade what was handed in."""

from pathlib import Path
from typing import Annotated

import typer

from optcourse.cli.app import app, check_writable
from optcourse.errors import UserError

INSTALL = (
    "pip install 'optcourse[instructor]' (in a checkout: pip install -c constraints.txt -e '.[instructor]')"
)


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(metavar="SUBMISSIONS", help="A folder, a zip, a .py file or a notebook.")
    ],
    rule: Annotated[
        str | None, typer.Option(help="Grade any file with this rule's step function, as in adam.")
    ] = None,
    assignment: Annotated[
        str | None, typer.Option(metavar="hwN", help="Grade this assignment: its name or its source file.")
    ] = None,
    source: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The checkout that has the assignment. (default: here)")
    ] = Path("."),
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For results.json.")] = Path("feedback"),
    seed: Annotated[int, typer.Option(help="Another one draws other hidden probes.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Processes. (default: all processors)")] = None,
    cpu: Annotated[float, typer.Option(help="Seconds of processor time for one probe.")] = 2,
    wall: Annotated[float, typer.Option(help="Seconds that a probe may wait and do nothing.")] = 10,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="--no-sandbox is for your own code only.")
    ] = True,
) -> None:
    """Grade what others handed in, in a sandbox. Exits with 3 where a fault of ours left some ungraded."""
    if workers is not None and workers < 1:
        raise UserError(f"--workers is a number of processes, 1 or more; got {workers}.")
    if not (0 < cpu < float("inf") and 0 < wall < float("inf")):
        raise UserError(f"--cpu and --wall are seconds, more than 0; got {cpu:g} and {wall:g}.")
    try:
        from optcourse.grading.command import chosen_assignment, grader_for, run
        from optcourse.grading.sandbox.supervisor import Limits
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: {INSTALL}") from error
    check_writable(out)
    chosen = chosen_assignment(rule, assignment, source)
    tally = run(submissions, grader_for(chosen, seed, Limits(cpu=cpu, wall=wall), sandbox), out, workers)
    raise typer.Exit(3 if tally.ours else 0)
