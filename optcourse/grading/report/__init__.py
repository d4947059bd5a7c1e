"""One page about a class, for its instructor: HTML that needs nothing beside it.

- `figures.py`  grades to figures
- `charts.py`   figures to pictures
- `names.py`    ids to names, where there is a roster, and who of it is not among them
- this file     all to the page (templates/report.html)
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from optcourse.grading.exports.missing import Missing
from optcourse.grading.feedback import replace
from optcourse.grading.feedback_legend import legend
from optcourse.grading.feedback_pages import rendered
from optcourse.grading.grades import Grade
from optcourse.grading.records import VERDICTS
from optcourse.grading.report import charts
from optcourse.grading.report.figures import RANGES, ClassFigures, figures_of
from optcourse.grading.report.names import missing_of, names_of

NAMELESS: Mapping[str, str] = MappingProxyType({})


def write_report(
    assignment: str,
    grades: Iterable[Grade],
    out: Path,
    due: datetime | None = None,
    names: Mapping[str, str] = NAMELESS,
    others: Sequence[Missing] = (),
) -> ClassFigures:
    """Write the page of an assignment to OUT; returns its figures. OSError where it can't be written."""
    figures = figures_of(assignment, grades, due)
    replace(out, report_html(figures, names, others))
    return figures


def report_html(
    figures: ClassFigures, names: Mapping[str, str] = NAMELESS, others: Sequence[Missing] = ()
) -> str:
    """The page. `names` say what to call a student whose id is among them; of `others` nothing is graded."""
    most = max((one.ever for one in figures.misconceptions), default=1)
    reasons = {task.why for task in figures.tasks}
    return rendered(
        "report.html",
        figures=figures,
        others=others,
        who=lambda student: names.get(student, student),
        rows=rows(figures),
        verdicts=VERDICTS,
        legend_lines=legend(code for task in figures.tasks for code in task.verdicts),
        spans=charts.spans(figures),
        total_chart=charts.histogram(figures.assignment, figures.total) if figures.total else None,
        task_charts=[charts.histogram(task.task, task.distribution) for task in figures.tasks],
        difficulties=charts.difficulties(figures.tasks),
        discriminations=charts.discriminations(figures.tasks),
        no_discrimination=reasons.pop() if len(reasons) == 1 else "",
        over_time=charts.over_time(figures),
        share=lambda count: charts.share(count, most),
    )


def rows(figures: ClassFigures) -> list[tuple[str, list[tuple[int, int]]]]:
    """The ranges of points that anybody is in: how many of all tasks and of each, and how many were late."""
    if figures.total is None:
        return []
    columns = [figures.total, *(task.distribution for task in figures.tasks)]
    table = [(name, [(one.columns[at], one.late[at]) for one in columns]) for at, name in enumerate(RANGES)]
    return [(name, row) for name, row in table if any(count for count, _ in row)]


__all__ = ["ClassFigures", "figures_of", "missing_of", "names_of", "report_html", "write_report"]
