"""What a learner does: open lessons, check, race, look back."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from optcourse.cli.app import Folder, app, check_writable, progress_bar, say_not_run
from optcourse.errors import UserError


@app.command(rich_help_panel="Learning")
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
    from optcourse.learner.lab import check_lab, lab_command, lesson_in_hub, run_lab
    from optcourse.learner.workspace import chosen_workspace, fill

    shipped = shipped_notebooks()
    workspace = chosen_workspace(folder)
    first = next(iter(shipped))
    in_hub = lesson_in_hub(os.environ, workspace / first)
    if not in_hub:
        check_lab(port)
    for sentence in fill(workspace, shipped):
        typer.echo(sentence)
    typer.echo(f"Your workspace is {workspace}.")
    if in_hub:  # a second server could not be reached from outside
        typer.echo(f"JupyterLab is running already, in this hub. Open {in_hub} at the hub's address.")
        return
    raise typer.Exit(
        run_lab(lab_command(workspace, first, port=port, browser=browser, options=options or ()))
    )


@app.command(rich_help_panel="Learning")
def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="A .py file or a notebook of yours; or its number: 09, hw1."),
    ],
    show: Annotated[
        bool, typer.Option("--show", help="The formula's line too, beside what yours does. (not in homework)")
    ] = False,
    folder: Folder = None,
) -> None:
    """Check every step function of your files, and say exactly what is wrong."""
    from optcourse.checking import Report

    passed = []
    for file in files:
        if len(files) > 1:
            typer.echo(f"{file}:")
        for said in _reports_on(_own_file(file, folder), show):
            typer.echo(said)
            passed.append(isinstance(said, Report) and said.passed)
    if not passed:
        raise UserError(
            f"No step function to check in {', '.join(files)}; one is named after its rule, as adam_step is."
        )
    raise typer.Exit(0 if all(passed) else 1)


def _own_file(named: str, folder: str | None) -> Path:
    """The file of that path, or the notebook of a workspace with that number."""
    from optcourse.course.shipped import shipped_notebooks
    from optcourse.learner.workspace import chosen_workspace, own_notebook

    if Path(named).suffix or Path(named).exists():
        return Path(named)
    return own_notebook(chosen_workspace(folder), shipped_notebooks(), named)


def _reports_on(file: Path, show: bool) -> Iterator[Any]:
    """The report on each function of a file, or a sentence on one that has none.

    Homework's notebook asks by its own cells, which say what form is wanted.
    """
    from optcourse.checking import check as checked
    from optcourse.checking.files import functions_in
    from optcourse.grading.submitting import exercise_in, own_work, standings

    if file.suffix == ".ipynb" and file.is_file() and (exercise := exercise_in(file)).tasks:
        found, notes = standings(own_work(file), exercise)
        say_not_run(notes)
        yield from (one.report or f"… {one.task.function}: {one.says}" for one in found)
        return
    functions, notes = functions_in(file)
    say_not_run(notes)
    for name, function in functions.items():
        try:
            yield checked(function, name, show=show)
        except ValueError as error:  # of homework that a student's copy knows by its own cells alone
            yield f"… {name}: {error}"


@app.command(rich_help_panel="Learning")
def reset(
    notebook: Annotated[str, typer.Argument(metavar="NN", help="Its number: 09, or hw1.")],
    folder: Folder = None,
) -> None:
    """Set one notebook back to how it was shipped; yours is kept beside it."""
    from optcourse.course.shipped import shipped_notebooks
    from optcourse.learner.workspace import chosen_workspace
    from optcourse.learner.workspace import reset as reset_notebook

    typer.echo(reset_notebook(chosen_workspace(folder), shipped_notebooks(), notebook))


@app.command(rich_help_panel="Learning")
def html(
    notebook: Annotated[str, typer.Argument(metavar="NN", help="Its number (09, hw1), or a notebook file.")],
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="The .html file, or a folder for it. (default: here)")
    ] = None,
    folder: Folder = None,
) -> None:
    """Make one page of a lesson of yours that needs no network: run it, and keep its sliders moving."""
    from optcourse.course.html import chosen_notebook, chosen_target, export
    from optcourse.course.shipped import shipped_notebooks

    path = chosen_notebook(notebook, folder, shipped_notebooks())
    target = chosen_target(path, out)
    check_writable(target.parent)
    typer.echo(f"Running {path} ...", err=True)
    exported = export(path, target)
    for remark in exported.remarks:
        typer.echo(remark, err=True)
    typer.echo(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB): open it in a browser.")


@app.command(rich_help_panel="Learning")
def progress(folder: Folder = None) -> None:
    """Print what you have done: checks, predictions, quizzes, the clinic."""
    from rich.console import Console

    from optcourse.learner.progress import read
    from optcourse.learner.progress_table import calibration, table, totals
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
    typer.echo("\n".join([totals(done), *calibration(done)]))


@app.command(rich_help_panel="Learning")
def submit(
    homework: Annotated[str, typer.Argument(metavar="hwN", help="Its number, or a notebook or script.")],
    folder: Folder = None,
    student: Annotated[
        str | None, typer.Option(metavar="ID", help="Who you are. (default: as your workspace says)")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="For the zip. (default: submitted, in your workspace)"),
    ] = None,
) -> None:
    """Check your homework here as the grader reads it, say what is missing, and write the file to hand in."""
    from rich.console import Console
    from rich.table import Table

    from optcourse.course.shipped import shipped_notebooks
    from optcourse.grading.submitting import exercise_in, own_work, pack, standings
    from optcourse.learner.workspace import (
        chosen_workspace,
        given_out,
        keep_student,
        own_notebook,
        student_of,
    )

    workspace = chosen_workspace(folder)
    file = own_notebook(workspace, shipped_notebooks(), homework)
    asked = given_out(workspace, shipped_notebooks(), file)
    work = own_work(file, asked.stem if asked else "")
    exercise = exercise_in(asked or file)
    who = student or student_of(workspace)
    if not who:
        raise UserError("Say who you are, as your instructor knows you: --student ID.")
    if student and keep_student(workspace, student):
        typer.echo(f"Your workspace keeps your id, {student}, for the next time.")
    with progress_bar("checking") as progress:
        found, notes = standings(work, exercise, progress)
    say_not_run(notes)
    table = Table(box=None, pad_edge=False)
    for name in ("task", "points", "here"):
        table.add_column(name, justify="right" if name == "points" else "left", overflow="fold")
    for one in found:
        points = f"{one.report.score * one.task.points:.4g}/{one.task.points:g}" if one.report else "?"
        table.add_row(one.task.function, points, one.says)
    Console().print(table)
    if missing := [one.task.function for one in found if one.missing]:
        typer.echo(f"Not attempted: {', '.join(missing)}. You can hand in again until it closes.")
    target = Path(out or workspace / "submitted", (asked or file).stem, f"{file_name(who)}.zip")
    pack(work, target, who, found)
    typer.echo(f"Wrote {target}: hand in this file. (The grader asks with other numbers; its points count.)")


def file_name(student: str) -> str:
    """An id as the name of a file."""
    return "".join(char if char.isalnum() or char in "-_.@" else "-" for char in student).strip(".") or "me"


@app.command(rich_help_panel="Learning")
def race(
    rules: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Which rules, as in gd,adam. (default: twelve that are taught)"),
    ] = None,
    own: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A .py file or a notebook with step functions of yours; they race too."
        ),
    ] = None,
    problem: Annotated[str, typer.Option(help="What they train.")] = "digits",
    trials: Annotated[int, typer.Option(help="How many settings each rule may try.")] = 20,
    epochs: Annotated[int, typer.Option(help="How often each example is seen in a run.")] = 10,
    seeds: Annotated[
        int, typer.Option(help="How many starts each rule runs from with its best setting.")
    ] = 10,
    batch_size: Annotated[int, typer.Option(help="Examples in a step; gd takes all, sgd one.")] = 32,
    target: Annotated[
        float | None, typer.Option(help="Training loss to reach. (default: the problem's)")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another one draws other trials and starts.")] = 0,
    workers: Annotated[
        int | None, typer.Option(help="Processes; makes no difference but in time. (default: all processors)")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="For tables, picture and page; a race goes on from there.")
    ] = Path("optcourse-race"),
) -> None:
    """Race the rules on real data: the same tuning budget for each, then many starts."""
    from optcourse.problems import PROBLEMS
    from optcourse.racing import DEFAULT_RULES, Budget
    from optcourse.racing import race as run_race

    if problem not in PROBLEMS:
        raise UserError(f"There is no problem {problem!r}; there are {', '.join(PROBLEMS)}.")
    if target is not None and not 0 < target < float("inf"):
        raise UserError(f"--target is a loss, a number above 0; got {target:g}.")
    budget = Budget(trials=trials, epochs=epochs, seeds=seeds, batch_size=batch_size)
    runners: list[Any] = [name.strip() for some in rules or [] for name in some.split(",")]
    runners = (runners or list(DEFAULT_RULES)) + _own_functions(own or [])
    check_writable(out)

    with progress_bar("racing") as progress:
        try:
            finished = run_race(
                runners,
                problem,
                budget=budget,
                target=target,
                seed=seed,
                out=out,
                workers=workers,
                progress=progress,
            )
        except KeyboardInterrupt:
            raise UserError(f"Stopped. The same command goes on from what is in {out}.") from None
        except OSError as error:
            raise UserError(
                f"Cannot write {error.filename or out} ({error.strerror}): choose another --out."
            ) from error
    typer.echo(finished)
    typer.echo(f"Tables, picture and page are in {out}.")


@app.command(rich_help_panel="Learning")
def score(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A .py file or notebook with my_step, my_hypers (and my_init)."),
    ],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer trials and starts.")] = False,
    seed: Annotated[int, typer.Option(help="Another one draws other problems, starts and trials.")] = 0,
) -> None:
    """Score a rule that you invented, beside Adam, momentum and Lion; then the leaderboard."""
    from optcourse.scoring import leaderboard
    from optcourse.scoring import score as scored
    from optcourse.scoring.files import rules_in

    if seed < 0:
        raise UserError(f"--seed is a whole number, 0 or more; got {seed}.")
    found, notes = rules_in(file)
    say_not_run(notes)
    scores = []
    for one in found:
        try:
            scores.append(scored(one.step, one.init, one.ranges, quick=quick, seed=seed, name=one.name))
        except UserError:
            raise
        except Exception as error:
            raise UserError(f"{one.name}_step can't be run: {type(error).__name__}: {error}") from error
        typer.echo(scores[-1])
        typer.echo()
    typer.echo(leaderboard(*scores))
    raise typer.Exit(0 if all(one.score is not None for one in scores) else 1)


def _own_functions(files: list[Path]) -> list[Any]:
    """The step functions of a learner's files; UserError where there are none."""
    from optcourse.checking.files import functions_in

    functions = []
    for file in files:
        found, notes = functions_in(file)
        say_not_run(notes)
        steps = [function for name, function in found.items() if name.endswith("_step")]
        if not steps:
            raise UserError(f"No step function in {file}; one is named after its rule, as adam_step is.")
        functions += steps
    return functions
