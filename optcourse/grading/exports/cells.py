"""CSV that a spreadsheet opens without running anything in it, whatever separator it expects.

After OWASP's "CSV Injection": a cell that begins like a formula gets an apostrophe, all cells are quoted, no
cell has a line end, and what follows a semicolon (a separator in much of Europe) is looked at as well.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from optcourse.errors import UserError
from optcourse.grading.feedback_text import one_line

STARTS = "=+\\-@＝＋－＠"  # the wide ones are formulas in East Asian spreadsheets
FORMULA = re.compile(f"^(?=[{STARTS}])|(?<=;)(?=[\"'\\s]*[{STARTS}])")
LARGEST = 50_000_000  # bytes of a template


def cell(text: str) -> str:
    """A stranger's text as a cell: one line, no formula. A dash alone is none, and platforms write it."""
    line = one_line(text)
    return line if line == "-" else FORMULA.sub("'", line)


def row_text(cells: Iterable[str]) -> str:
    """A line of CSV; cells that are strangers' texts were through `cell`."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def read_table(path: Path) -> list[list[str]]:
    """The rows of a CSV file that a platform or a person wrote; UserError where it is none.

    UTF-8, with or without a mark; comma or semicolon, whichever its first line has more of. Rows that are
    shorter than the first are filled, empty ones left out.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{path} is too large for a table of students.")
        text = path.read_text(encoding="utf-8-sig")
        first = text.partition("\n")[0]
        separator = ";" if first.count(";") > first.count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except OSError as error:
        raise UserError(f"{path} can't be read ({error.strerror}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is no CSV file in UTF-8: {error}.") from error
    rows = [row for row in rows if any(one.strip() for one in row)]
    if not rows:
        raise UserError(f"{path} is empty.")
    width = len(rows[0])
    return [[*row, *[""] * (width - len(row))][:width] for row in rows]


def column(header: Sequence[str], name: str) -> int | None:
    """Where a column of this name is, whatever its capitals; None where there is none."""
    wanted = " ".join(name.split()).casefold()
    return next((at for at, title in enumerate(header) if " ".join(title.split()).casefold() == wanted), None)
