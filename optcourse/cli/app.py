"""The command itself, and what its commands share."""

import errno
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from optcourse import __version__
from optcourse.errors import UserError, writing


class Commands(TyperGroup):
    """Says a UserError in a sentence and exits with 2: what was asked for can't be done."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            typer.echo(f"optcourse: {error}", err=True)
            raise typer.Exit(2) from error
        except OSError as error:  # of what is said, or of a place that no other sentence knows
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            where = f"for {error.filename}" if error.filename else "where this is written to"
            typer.echo(f"optcourse: There is no space left {where}: make some, and try again.", err=True)
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


def without_password(context: typer.Context, option: typer.CallbackParam, address: str | None) -> str | None:
    """The URL of a gradebook; UserError for one with a password on the command line, which all users see."""
    from urllib.parse import parse_qsl, urlsplit

    source = context.get_parameter_source(option.name or "")
    if not address or source is None or source.name != "COMMANDLINE":
        return address
    try:
        parts = urlsplit(address)
        has_one = bool(parts.password)
    except ValueError:
        return address  # no URL at all, which is said when it is opened
    if has_one or any("password" in name.lower() for name, _ in parse_qsl(parts.query)):
        raise UserError(
            "--gradebook has a password in it, and every user of this machine can read a command line. Leave "
            "it out, and give it as PGPASSWORD or in ~/.pgpass (PGPASSFILE); or give the whole URL as the "
            "environment variable OPTCOURSE_GRADEBOOK."
        )
    return address


def check_writable(folder: Path) -> None:
    """UserError before a long run, not after it."""
    from tempfile import TemporaryFile

    with writing(f"in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass


@contextmanager
def needing(install: str) -> Iterator[None]:
    """UserError where what is imported here is not installed; `install` is the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: {install}") from error


def own_checkout(why: str) -> Path:
    """The checkout that optcourse runs from; UserError where there is none, with `why` it is needed."""
    from optcourse.course.shipped import checkout

    root = checkout()
    if root is None:
        raise UserError(f"{why}: run this in a checkout of optcourse (pip install -e .).")
    return root


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar while something works, in a terminal only; call it with how many of how many are done."""
    from rich.console import Console
    from rich.progress import Progress

    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def say_not_run(notes: Iterable[str]) -> None:
    """Say what of a learner's file was not run, and why."""
    for note in notes:
        typer.echo(f"Not run: {note}", err=True)
