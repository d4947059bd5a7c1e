"""What an instructor does with grades: look at the class, hand the points on."""

from pathlib import Path
from typing import Annotated

import typer

from optcourse.cli.app import app, needing, own_checkout, without_password
from optcourse.cli.instructor import INSTALL, URL, Book, Named
from optcourse.errors import UserError, writing

LISTED = 20  # students who were left out; the rest is a number


@app.command(rich_help_panel="Grading")
def report(
    assignment: Named,
    gradebook: Book,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page.")] = Path("report.html"),
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="id,name,email: the page shows names, and who of them handed in nothing."
        ),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Print of whom nothing is graded, too, each with the reason.")
    ] = False,
) -> None:
    """Make one page about the class: points, hard tasks, common mistakes, and what needs a person."""
    with needing(INSTALL):
        from optcourse.grading.gradebook import Gradebook
        from optcourse.grading.report import missing_of, names_of, write_report
        from optcourse.grading.showing import plain
    with Gradebook(gradebook) as book:
        name = book.assignment_named(assignment)
        late = book.settings(name).late
        names = names_of((one.student for one in book.grades(name)), roster) if roster else {}
        others = missing_of(book.students(name), book.not_graded(name), roster)
        with writing(out):
            figures = write_report(name, book.grades(name), out, late.due if late else None, names, others)
    nothing = f" Nothing is graded of {len(others)} more." if others else ""
    typer.echo(
        f"Wrote {out}: {figures.students} students of {name}.{nothing} It has names in it: keep it to "
        "yourself."
    )
    for one in others if missing else ():
        typer.echo(plain(f"{one.called}: {one.why}").plain)


@app.command(rich_help_panel="Grading")
def export(
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="canvas, moodle, gradescope, github, junit, csv, json; gradescope-autograder, nbgrader.",
        ),
    ],
    wanted: Annotated[str | None, typer.Argument(metavar="hwN", help="The same as --assignment.")] = None,
    assignment: Annotated[str | None, typer.Option(metavar="hwN", help="Its name.")] = None,
    gradebook: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"The gradebook: {URL} The last two formats need none.",
            envvar="OPTCOURSE_GRADEBOOK",
            callback=without_password,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The file; for gradescope, github and nbgrader a folder. (default: named after both, here)",
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What Canvas or Moodle exported: its columns, its students."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who is in the class: id,name,email.")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Which column of the template. (default: the assignment's name)")
    ] = None,
) -> None:
    """Write the points as another tool takes them. Who can have no row there is named and left out.

    gradescope-autograder writes the zip that grades the assignment at Gradescope; nbgrader writes the
    assignment's source into the folder of an nbgrader course (--out, else here).
    """
    assignment = assignment or wanted
    if not assignment:
        raise UserError("Which assignment? Say --assignment hw1.")
    if form in ("gradescope-autograder", "nbgrader"):
        _for_grading_there(form, assignment, out)
        return
    if not gradebook:
        raise UserError("Where are the grades? Say --gradebook, as in --gradebook sqlite:///grades.db.")
    with needing(INSTALL):
        from optcourse.grading.exports import ENDINGS, Options
        from optcourse.grading.exports import export as export_grades
        from optcourse.grading.gradebook import Gradebook
        from optcourse.grading.showing import plain
    with Gradebook(gradebook) as book:
        name = book.assignment_named(assignment)
        path = out or Path(f"{name}-{form}{ENDINGS.get(form, '')}")
        options = Options(template, roster, column, assignment, book.not_graded(name))
        done = export_grades(form, name, lambda: book.grades(name), path, options)
    typer.echo(f"Wrote {done.path}: {done.count} students.")
    if done.missing:
        typer.echo(
            f"Of {len(done.missing)} more nothing is graded: they have no points there "
            "(optcourse report --missing names them).",
            err=True,
        )
    for remark in done.remarks:
        typer.echo(plain(remark).plain, err=True)
    if done.left_out:
        typer.echo(f"Left out {len(done.left_out)}:", err=True)
    for one in done.left_out[:LISTED]:
        typer.echo(f"  {plain(one.student).plain}: {one.why}", err=True)
    if len(done.left_out) > LISTED:
        typer.echo(f"  and {len(done.left_out) - LISTED} more.", err=True)


def _for_grading_there(form: str, assignment: str, out: Path | None) -> None:
    """Write what another tool grades the assignment with."""
    from optcourse.grading.assignment import find_assignment

    root = own_checkout(f"--format {form} reads the sources")
    source = find_assignment(assignment, root)
    with needing(INSTALL):
        from optcourse.course.gradescope import autograder
        from optcourse.course.nbgrader_source import write_nbgrader_source
    if form == "nbgrader":
        written = write_nbgrader_source(source, out or Path("."))
        typer.echo(f"Wrote {written}: go on with nbgrader generate_assignment {source.stem}.")
        return
    target = out or Path(f"{source.stem}-gradescope.zip")
    autograder(root, source, target)
    typer.echo(f"Wrote {target}: upload it as the assignment's autograder.")
