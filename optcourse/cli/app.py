"""The command itself, and what its commands share."""

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


def check_writable(folder: Path) -> None:
    """UserError before a long run, not after it."""
    from tempfile import TemporaryFile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(f"Cannot write in {folder} ({error.strerror}): choose another --out.") from error
