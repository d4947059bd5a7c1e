"""What is made of the sources: notebooks, slides, what students get."""

from pathlib import Path
from typing import Annotated

import typer

from optcourse.cli.app import app, check_writable, needing, own_checkout, progress_bar
from optcourse.errors import UserError


@app.command(rich_help_panel="Making notebooks, slides and bundles")
def build(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="NN", help="Just these: 09, hw1. (default: all)")
    ] = None,
    stale: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail with a diff where stale.")
    ] = False,
    rounding: Annotated[
        bool, typer.Option("--rounding", help="Write nothing; fail where rounding changes an output.")
    ] = False,
) -> None:
    """Make lessons and exercises from the solutions (for authors, in a checkout)."""
    root = own_checkout("There is nothing to build from")
    with needing("pip install -e '.[author]'"):
        from optcourse.course.build import BuildError, check_rounding
        from optcourse.course.build import build as build_notebooks
        from optcourse.course.build import check as stale_notebooks
    try:
        if stale:
            messages = stale_notebooks(root)
        elif rounding:
            messages = check_rounding(root, only or None, say=typer.echo)
        else:
            messages = [str(path) for path in build_notebooks(root, only or None)]
    except BuildError as error:
        raise UserError(str(error)) from error
    for message in messages:
        typer.echo(message)
    if (stale or rounding) and messages:
        raise typer.Exit(1)


@app.command(rich_help_panel="Making notebooks, slides and bundles")
def release(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the bundles go.")],
    students: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The roster, id,name,email: a bundle a student.")
    ] = None,
    variants: Annotated[
        bool, typer.Option("--variants", help="Draw everybody their own variant of the homework.")
    ] = False,
) -> None:
    """Make what students get: lessons, exercises and the package, without any solution."""
    root = own_checkout("Bundles are made from the sources")
    with needing("pip install -e '.[instructor]'"):
        from optcourse.course.release import release as make_release
    with progress_bar("writing bundles") as progress:
        made = make_release(root, folder, students, variants, progress)
    count = len(made.paths)
    typer.echo(f"Wrote {count} bundle{'s' * (count > 1)}, the first is {made.paths[0]}.")
    if made.whose:
        typer.echo(f"Whose each is stands in {made.whose}, for a mail merge.")
    typer.echo(f"Keep {made.kept} to yourself: grading reads it (optcourse grade --release {folder}).")


@app.command(rich_help_panel="Making notebooks, slides and bundles")
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

    root = own_checkout("Slides carry the instructor's notes")
    found = sorted((root / "solutions").glob(f"{lesson}_*.md"))
    if len(found) != 1:
        raise UserError(f"There is no lesson {lesson!r}; name it by its number, as in optcourse slides 09.")
    with needing("pip install -e '.[author,slides]'"):
        from optcourse.course.slides import slides as make_slides
    target = chosen_target(Path(f"{found[0].stem}_slides"), out)
    check_writable(target.parent)
    typer.echo(f"Running {found[0].name} ...", err=True)
    made = make_slides(found[0], target, solved)
    for remark in made.remarks:
        typer.echo(remark, err=True)
    typer.echo(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB): open it in a browser, S for notes.")
