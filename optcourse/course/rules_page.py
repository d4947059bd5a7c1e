"""Writes docs/rules.md, the reference page of all rules, from the rules' own files.

python -m optcourse.course.rules_page
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES, Form, Rule

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"

INTRODUCTION = """\
# The rules

Every update rule of the course: what it computes, where it was published, what it is called elsewhere, in
which other forms it is right (its dialects), and how people get it wrong (its mistakes). This page is made
from the files in `optcourse/rules` and `optcourse/homework` by `python -m optcourse.course.rules_page`;
the tests check that it is up to date. How closely each rule follows the frameworks stands in
[golden.md](golden.md).

In the formulas $\\theta$ is theta, $g_t$ the gradient in step $t = 1, 2, \\ldots$, $\\eta$ is `lr`, and
$\\beta$, $\\epsilon$, $\\lambda$ and $\\mu$ are `beta`, `eps`, `weight_decay` and `momentum`. All operations
are coordinate by coordinate, unless a rule is said to mix coordinates. What a rule remembers starts at zero,
unless its file says otherwise.
"""

SPEED = """\
## What bounds the speed of a step

A step of many parameters spends its time moving arrays through memory. Adam, written as in its file, reads or
writes an array of theta's size 32 times: 7 times for `m`, 9 for `v`, 4 for the two corrections and 12 for the
last line, since each operation reads its arguments and writes a new array. With a million float32 parameters
(4 MB an array) that is 128 MB a step. PyTorch's default step changes its arrays in place and moves 18 arrays,
72 MB; no form can move fewer than 7, which are theta, the gradient, m and v read and theta, m and v written.
So the plain form takes about 32 / 18 of PyTorch's time, and `benchmarks/rules.py` prints the measured ratio.
Below some 10,000 parameters the arrays stay in the cache, the cost of a call decides, and plain numpy wins.
"""


def page() -> str:
    """The whole page, as Markdown that code-hosting sites render."""
    every = [*RULES.values(), *HOMEWORK.values()]
    parts = [
        INTRODUCTION,
        table(
            ("rule", "state", "hypers", "dialects", "mistakes"),
            (
                (
                    f"[{rule.title}](#{anchor(rule.title)})",
                    f"({', '.join(rule.state_fields)})",
                    ", ".join(rule.hypers),
                    str(len(rule.dialects)),
                    str(len(rule.mistakes)),
                )
                for rule in every
            ),
        ),
        "## Taught\n",
        *(section(rule) for rule in RULES.values()),
        "## For homework only\n",
        *(section(rule) for rule in HOMEWORK.values()),
        SPEED,
    ]
    return "\n".join(parts)


def section(rule: Rule) -> str:
    """What there is to say of one rule."""
    return "\n".join(
        [
            f"### {rule.title}\n",
            mathematics(rule.formula),
            f"Source: {linked(str(rule.source))}\n",
            f"Name `{rule.name}`, state `({', '.join(rule.state_fields)})`"
            + ("." if rule.elementwise else "; it mixes the coordinates of a part.")
            + "\n",
            table(
                ("hyper", "meaning", "interval", "default"),
                (
                    (f"`{hyper.name}`", plain(hyper.meaning), hyper.interval, f"{hyper.default:g}")
                    for hyper in rule.hypers.values()
                ),
            ),
            *([bullets(called(*one) for one in rule.frameworks.items())] if rule.frameworks else []),
            *(dialect(form, rule) for form in rule.dialects.values()),
            "<details><summary>"
            f"{len(rule.mistakes)} mistakes, and what each does</summary>\n\n"
            + table(
                ("mistake", "what is wrong"),
                ((f"`{form.key}`", plain(form.says)) for form in rule.mistakes.values()),
            )
            + "\n</details>\n",
        ]
    )


def dialect(form: Form, rule: Rule) -> str:
    """A dialect: what it is, the lines in which it differs, its other defaults."""
    changed = [
        f"`{name}` = {hyper.default:g}"
        for name, hyper in form.hypers.items()
        if name not in rule.hypers or hyper.default != rule.hypers[name].default
    ]
    defaults = f" (Defaults: {', '.join(changed)}.)" if changed else ""
    return f"Dialect **`{form.key}`**: {plain(form.says)}.{defaults}\n\n```diff\n{difference(form)}```\n"


def difference(form: Form) -> str:
    """The lines that go and the lines that come, marked as diffs are."""
    lines = [f"- {was}\n" for was, _ in form.diff if was] + [f"+ {line}\n" for _, line in form.diff if line]
    return "".join(lines)


def called(framework: str, call: str) -> str:
    """A framework's call, as code, and what is to be said of it; or that it has none."""
    if not re.match(r"[\w.]+\(", call):
        return f"{framework}: {call}"
    code, closing, note = call.partition(")")
    while note.count("(") < note.count(")"):  # the bracket that closes the call is the last one
        more, _, note = note.partition(")")
        code += closing + more
    return f"{framework}: `{code}{closing}`{note}"


def mathematics(formula: str) -> str:
    r"""A displayed formula: the pieces between `,\quad` stand below one another."""
    lines = " \\\\\n".join(formula.split(r",\quad "))
    return f"```math\n\\begin{{gathered}}\n{lines}\n\\end{{gathered}}\n```\n"


def plain(text: str) -> str:
    """Text whose stars are stars: `beta**t` twice in a line would else be bold."""
    return text.replace("*", r"\*")


def linked(source: str) -> str:
    """arXiv numbers as links."""
    return re.sub(r"arXiv:(\d{4}\.\d{4,5})", r"[arXiv:\1](https://arxiv.org/abs/\1)", source)


def anchor(title: str) -> str:
    """What code-hosting sites make of a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""

    def lines() -> Iterator[str]:
        yield " | ".join(head)
        yield " | ".join("---" for _ in head)
        for row in rows:
            yield " | ".join(cell.replace("|", "\\|") for cell in row)

    return "".join(f"| {line} |\n" for line in lines())


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list."""
    return "".join(f"- {line}\n" for line in lines)


def write(path: Path = PAGE) -> None:
    """Write the page where it is kept."""
    path.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
