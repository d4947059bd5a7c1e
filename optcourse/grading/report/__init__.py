"""One page about a class, for its instructor: HTML that needs nothing beside it.

- `figures.py`  grades to figures
- `charts.py`   figures to pictures
- this file     both to the page (templates/report.html)
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from optcourse.grading.feedback import replace
from optcourse.grading.feedback_pages import rendered
from optcourse.grading.grades import Grade
from optcourse.grading.records import VERDICTS
from optcourse.grading.report import charts
from optcourse.grading.report.figures import RANGES, ClassFigures, figures_of


def write_report(
    assignment: str, grades: Iterable[Grade], out: Path, due: datetime | None = None
) -> ClassFigures:
    """Write the page of an assignment to OUT; returns its figures. OSError where it can't be written."""
    figures = figures_of(assignment, grades, due)
    replace(out, report_html(figures))
    return figures


def report_html(figures: ClassFigures) -> str:
    """The page."""
    most = max((one.ever for one in figures.misconceptions), default=1)
    return rendered(
        "report.html",
        figures=figures,
        ranges=RANGES,
        verdicts=VERDICTS,
        spans=charts.spans(figures),
        total_chart=charts.histogram(figures.assignment, figures.total) if figures.total else None,
        task_charts=[charts.histogram(task.task, task.distribution) for task in figures.tasks],
        difficulties=charts.difficulties(figures.tasks),
        discriminations=charts.discriminations(figures.tasks),
        over_time=charts.over_time(figures),
        share=lambda count: charts.share(count, most),
    )


__all__ = ["ClassFigures", "figures_of", "report_html", "write_report"]
