"""The command optcourse: one command per thing a person wants done.

What a command needs is imported when it runs, so that help comes at once.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from optcourse import __version__
from optcourse.errors import UserError


class Commands(TyperGroup):
    """Says a UserError in a sentence and exits with 2: what was asked for can't be done."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            typer.echo(f"optcourse: {error}", err=True)
            raise typer.Exit(2) from error


app = typer.Typer(cls=Commands, add_completion=False, pretty_exceptions_enable=False)

Folder = Annotated[
    str | None,
    typer.Option("--dir", metavar="FOLDER", help="Your workspace. (default: ~/optcourse-workspace)"),
]


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Deep-learning optimizers: derive them, write them, be told what is wrong, watch them run."""
    if version:
        typer.echo(f"optcourse {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def lab(
    options: Annotated[
        list[str] | None, typer.Argument(metavar="-- OPTIONS", help="Handed on to JupyterLab.")
    ] = None,
    folder: Folder = None,
    port: Annotated[int | None, typer.Option(help="The port. (default: JupyterLab chooses)")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
) -> None:
    """Make or update your workspace, and open the lessons in JupyterLab."""
    from optcourse.course.shipped import shipped_notebooks
    from optcourse.learner.lab import check_lab, lab_command, run_lab
    from optcourse.learner.workspace import chosen_workspace, fill

    check_lab(port)
    shipped = shipped_notebooks()
    workspace = chosen_workspace(folder)
    for sentence in fill(workspace, shipped):
        typer.echo(sentence)
    typer.echo(f"Your workspace is {workspace}.")
    first = next(iter(shipped))
    raise typer.Exit(
        run_lab(lab_command(workspace, first, port=port, browser=browser, options=options or ()))
    )


@app.command()
def reset(
    notebook: Annotated[str, typer.Argument(metavar="NN", help="Its number: 09, or hw1.")],
    folder: Folder = None,
) -> None:
    """Set one notebook back to how it was shipped; yours is kept beside it."""
    from optcourse.course.shipped import shipped_notebooks
    from optcourse.learner.workspace import chosen_workspace
    from optcourse.learner.workspace import reset as reset_notebook

    typer.echo(reset_notebook(chosen_workspace(folder), shipped_notebooks(), notebook))


@app.command()
def progress(folder: Folder = None) -> None:
    """Print what you have done: checks, predictions, quizzes, the clinic."""
    from rich.console import Console

    from optcourse.learner.progress import read
    from optcourse.learner.progress_table import table, totals
    from optcourse.learner.workspace import MARKER, chosen_workspace

    workspace = chosen_workspace(folder)
    if not (workspace / MARKER).is_dir():
        raise UserError(
            f"There is no workspace in {workspace}: make one with optcourse lab, or name it with --dir."
        )
    try:
        done, said = read(workspace)
    except OSError as error:
        raise UserError(f"Cannot read {error.filename} ({error.strerror}).") from error
    if said:
        typer.echo(said, err=True)
    if done:
        Console().print(table(done))
    typer.echo(totals(done))


@app.command()
def build(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="NN", help="Just these: 09, hw1. (default: all)")
    ] = None,
    stale: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail with a diff where stale.")
    ] = False,
) -> None:
    """Make lessons and exercises from the solutions (for authors, in a checkout)."""
    from optcourse.course.shipped import checkout

    root = checkout()
    if root is None:
        raise UserError(
            "There is nothing to build from: run this in a checkout of optcourse (pip install -e .)."
        )
    try:
        from optcourse.course.build import BuildError
        from optcourse.course.build import build as build_notebooks
        from optcourse.course.build import check as stale_notebooks
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: pip install -e '.[author]'") from error
    try:
        messages = (
            stale_notebooks(root) if stale else [str(path) for path in build_notebooks(root, only or None)]
        )
    except BuildError as error:
        raise UserError(str(error)) from error
    for message in messages:
        typer.echo(message)
    if stale and messages:
        raise typer.Exit(1)


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="A .py file or a notebook of yours.")
    ],
) -> None:
    """Check every step function of your files, and say exactly what is wrong."""
    from optcourse.checking import check as checked
    from optcourse.checking.files import functions_in

    passed = []
    for file in files:
        functions, notes = functions_in(file)
        if len(files) > 1:
            typer.echo(f"{file}:")
        for note in notes:
            typer.echo(f"Not run: {note}", err=True)
        for name, function in functions.items():
            report = checked(function, name)
            passed.append(report.passed)
            typer.echo(report)
    if not passed:
        names = ", ".join(str(file) for file in files)
        raise UserError(
            f"No step function to check in {names}; one is named after its rule, as adam_step is."
        )
    raise typer.Exit(0 if all(passed) else 1)


@app.command()
def race(
    rules: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Which rules, as in gd,adam. (default: all four)"),
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often each patient is seen.")] = 50,
    seeds: Annotated[
        int, typer.Option(help="How many starts, 0, 1, ...; the table gives mean and spread.")
    ] = 3,
    lr: Annotated[
        list[str] | None, typer.Option(metavar="[RULE=]NUMBER", help="Learning rate, of all rules or of one.")
    ] = None,
    target: Annotated[float, typer.Option(help="Training loss to reach.")] = 0.45,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where curves.png and losses.csv go.")] = Path(
        "optcourse-race"
    ),
) -> None:
    """Race GD, SGD, mini-batch SGD and Adam on real data: 442 patients, a network of 769 parameters."""
    from optcourse.race import chosen_racers, compete

    for name, number in (("--epochs", epochs), ("--seeds", seeds)):
        if number < 1:
            raise UserError(f"{name} must be at least 1; got {number}.")
    if not 0 < target < float("inf"):
        raise UserError(f"--target is a loss, a number above 0; got {target:g}.")
    racers = chosen_racers(rules or [], lr or [])
    _check_writable(out)

    from rich.console import Console
    from rich.progress import Progress

    from optcourse.race_report import draw_curves, remarks, table, write_numbers

    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        # Each run also reports its start.
        task = progress.add_task("racing", total=len(racers) * seeds * (epochs + 1))
        results = compete(racers, epochs=epochs, seeds=seeds, epoch_done=lambda: progress.advance(task))
    curves, numbers = out / "curves.png", out / "losses.csv"
    try:
        draw_curves(curves, results)
        write_numbers(numbers, results)
    except OSError as error:
        raise UserError(
            f"Cannot write {error.filename or out} ({error.strerror}): choose another --out."
        ) from error
    # A terminal narrower than the table wraps it; rich would leave out digits.
    Console(width=80).print(table(results, target))
    for remark in remarks(results, target):
        typer.echo(remark)
    typer.echo(f"Wrote {curves} and {numbers}.")


def _check_writable(folder: Path) -> None:
    """UserError before a long run, not after it."""
    from tempfile import TemporaryFile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"Cannot write in {folder} ({error.strerror}): choose another --out.") from error


def main() -> None:
    """The entry point."""
    app()
