"""The JSON files of a workspace: what each is called, its format, and how it is read and written.

Does not know what the content means.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from optcourse.formats import Format
from optcourse.learner.files import free_name

Content = TypeVar("Content")


NOTEBOOKS = Format(  # in .optcourse: name -> hash of the version that was last written for the learner
    file="notebooks.json",
    number=1,
    key="notebooks",
    about="The version (sha256) of each notebook that optcourse last wrote; it tells your edits from ours.",
)
PROGRESS = Format(
    file="progress.json",
    number=1,
    key="done",
    about=(
        "What you have done in optcourse; `optcourse progress` prints it. times: how often you tried; "
        "passed, right, found, beaten: how often it was; at_try: the try that first was; in_a_row: how "
        "many of the kind, this one the last, were right at the first try; first, last: days (UTC). "
        "Delete this file to start anew."
    ),
)
LEADERBOARD = Format(
    file="leaderboard.json",
    number=1,
    key="scores",
    about=(
        "Scores of rules of your own; leaderboard() and `optcourse score` show them. Each version of a rule "
        "has its best score of a setting and seed. Delete this file to start anew."
    ),
)


def written(form: Format, content: object) -> bytes:
    """The whole file with this content."""
    whole = {"about": form.about, **form.numbered({form.key: content})}
    return f"{json.dumps(whole, indent=2, ensure_ascii=False)}\n".encode()


def read(form: Format, path: Path, parse: Callable[[Any], Content]) -> tuple[Content | None, str | None]:
    """What `parse` makes of the content of the file at `path`, and what is to be said about the file.

    Nothing for a file that is not there. One that is no such file, or that `parse` raises ValueError,
    KeyError, TypeError or AttributeError for, is set aside, which the sentence says. UserError for a file
    of a later version; OSError where it can't be read or set aside.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        form.refuse_later(whole, path)
        return parse(whole if unwrapped(form, whole) else whole[form.key]), None
    except FileNotFoundError:
        return None, None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        aside = free_name(path, "damaged")
        path.rename(aside)
        return None, f"{path.name} was damaged and is now {aside.name}"


def unwrapped(form: Format, whole: dict[str, Any]) -> bool:
    """Whether the file is its content alone: the notebooks.json of a bundle was, in version 0.1.0."""
    return form is NOTEBOOKS and bool(whole) and all(name.endswith(".ipynb") for name in whole)
