"""A race as a page of HTML that needs nothing beside it, and as what a notebook shows."""

from base64 import b64encode
from html import escape

from optcourse import __version__
from optcourse.racing.result import RaceResult
from optcourse.racing.table import ranked, remarks, rows, spread

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
@media (prefers-color-scheme: dark) {
  body { background: #16181c; color: #e8e8e8; }
  img { background: #fff; }
}
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #8886; white-space: nowrap; }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; }
img { max-width: 100%; height: auto; }
"""


def body(race: RaceResult) -> str:
    """The table and the remarks."""
    heading, *lines = _wide(race)
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heading)
    rest = "".join(
        f'<tr><th scope="row">{escape(label)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for label, *cells in lines
    )
    said = "".join(f"<li>{escape(remark)}</li>" for remark in remarks(race))
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rest}</tbody></table></div>'
        f"<ul>{said}</ul>"
    )


def _wide(race: RaceResult) -> list[list[str]]:
    """The rows with the long column, the best hypers, as the last."""
    table = [list(row) for row in rows(race)]
    place = table[0].index("best hypers")
    return [[*row[:place], *row[place + 1 :], row[place]] for row in table]


def description(race: RaceResult) -> str:
    """What the picture shows, in words."""
    lines = [
        f"{standing.runner.label} {spread(standing.final_train, '.3f') or 'diverged'}"
        for standing in ranked(race)
    ]
    return (
        "Losses by epoch with their bands, and losses by learning rate. Last training losses: "
        + "; ".join(lines)
    )


def page(race: RaceResult, picture: bytes) -> str:
    """The whole page, with its picture (PNG) inside."""
    title = escape(f"A race on: {race.problem.title}")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<img src="data:image/png;base64,{b64encode(picture).decode()}" alt="{escape(description(race))}">
{body(race)}
<p>Made with optcourse {escape(__version__)}.</p>
</body>
</html>
"""
