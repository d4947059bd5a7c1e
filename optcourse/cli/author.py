"""What an author does: build the notebooks, and slides of them."""

from typing import Annotated

import typer

from optcourse.cli.app import app, check_writable
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


@app.command()
def slides(
    lesson: Annotated[str, typer.Argument(metavar="NN", help="Its number: 09, or project1.")],
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="The .html file, or a folder for it. (default: here)")
    ] = None,
    solved: Annotated[
        bool, typer.Option("--solved", help="Show what learners are to write themselves.")
    ] = False,
) -> None:
    """Make slides of a lesson that need no network, with the instructor's notes (press S to see them)."""
    from optcourse.course.html import chosen_target
    from optcourse.course.shipped import checkout

    root = checkout()
    if root is None:
        raise UserError("Slides carry the instructor's notes: make them in a checkout (pip install -e .).")
    found = sorted((root / "solutions").glob(f"{lesson}_*.md"))
    if len(found) != 1:
        raise UserError(f"There is no lesson {lesson!r}; name it by its number, as in optcourse slides 09.")
    try:
        from optcourse.course.slides import slides as make_slides
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is missing: pip install -e '.[author,slides]'") from error
    target = chosen_target(found[0], out)
    if out is None:
        target = target.with_name(f"{found[0].stem}_slides.html")
    check_writable(target.parent)
    typer.echo(f"Running {found[0].name} ...", err=True)
    made = make_slides(found[0], target, solved)
    for remark in made.remarks:
        typer.echo(remark, err=True)
    typer.echo(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB): open it in a browser, S for notes.")
