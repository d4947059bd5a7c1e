"""Templates to pages of HTML: everything that is put into one is escaped."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from optcourse.grading.feedback_text import number, one_line, shown


@cache
def environment() -> Environment:
    """The templates of this folder; a name that a template has and its caller does not is an error."""
    made = Environment(
        loader=PackageLoader("optcourse.grading", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown=shown, line=one_line, number=number)
    return made


def rendered(template: str, **values: Any) -> str:
    """The page that a template makes of these values."""
    return environment().get_template(template).render(**values)
