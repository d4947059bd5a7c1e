"""What an author does: build the notebooks."""

from typing import Annotated

import typer

from optcourse.cli.app import app
from optcourse.errors import UserError


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
