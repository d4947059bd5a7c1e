"""Source with what only Jupyter understands (%matplotlib, !pip, ?name), parsed without it. Runs nothing.

A notebook has such lines, and so has a script that was made of one, as Colab downloads it. The others keep
their numbers. A sandbox has this file too: it must know nothing of the rest of the package.
"""

import ast
import re
from typing import NamedTuple

MAGIC = re.compile(r"\s*(?:%{1,2}[A-Za-z]|!|\?)|\s*[\w.*\[\]]+\?{1,2}\s*$|\w[\w, ]*=\s*(?:%[A-Za-z]|!)")
TIMED = re.compile(r"^(\s*)%time\s+(?=[^\s-])")  # which runs the rest of its line
KEPT = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python
TOKEN = re.compile(r"""#.*|\"""|'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[(\[{]|[)\]}]""")
ENDS = {quotes: re.compile(rf"(?:[^\\]|\\.)*?{quotes}") for quotes in ('"""', "'''")}


class Parsed(NamedTuple):
    """Source and its tree, and for each line that was left out why."""

    tree: ast.Module
    source: str
    left_out: tuple[str, ...] = ()


class Reached(NamedTuple):
    """How a line ends: in so many brackets, in a text between these quotes, or to be continued."""

    depth: int = 0
    quotes: str = ""
    continued: bool = False


def parse(source: str, label: str, is_cell: bool) -> Parsed:
    """The tree of a script or of one cell. SyntaxError where it is no Python without magics either.

    What `ast.parse` raises besides (ValueError, MemoryError, RecursionError) comes through.

    >>> parse("!pip install x\\nstep = 1", "hw1.py", is_cell=False).tree.body[0].lineno
    2
    """
    try:
        return Parsed(ast.parse(source, label), source)
    except SyntaxError:
        python, left_out = without_magics(source, is_cell)
        return Parsed(ast.parse(python, label), python, left_out)


def without_magics(source: str, is_cell: bool) -> tuple[str, tuple[str, ...]]:
    """The source, with as many lines, and what was left out. A %%magic takes its whole cell with it."""
    lines = re.split("\r\n|\r|\n", source)  # as Python does; a form feed ends no line
    first = next((line.split()[0] for line in lines if line.strip()), "")
    if is_cell and first.startswith("%%") and first not in KEPT:
        return "\n" * (len(lines) - 1), (f"left out, as {first} is not Python",)
    kept: list[str] = []
    left_out = []
    reached, goes_on = Reached(), False
    for whole in lines:
        begins = reached == Reached()
        line = TIMED.sub(r"\1", whole, count=1) if begins else whole
        if goes_on:
            kept.append("")
            goes_on = line.endswith("\\")
        elif begins and MAGIC.match(line):
            left_out.append(f"left out, as it is not Python: {line.strip()[:60]}")
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(indent and f"{indent}pass")  # so that a block is not empty
            goes_on = line.endswith("\\")
        else:
            kept.append(line)
            reached = after(line, reached)
    return "\n".join(kept), tuple(left_out)


def after(line: str, reached: Reached) -> Reached:
    """Where a line of Python leads to."""
    depth, quotes, at = reached.depth, reached.quotes, 0
    comment = False
    while at < len(line):
        found = ENDS[quotes].match(line, at) if quotes else TOKEN.search(line, at)
        if found is None:
            break
        at, token = found.end(), found[0]
        if quotes:
            quotes = ""
        elif token in ENDS:
            quotes = token
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(0, depth - 1)
        comment = not quotes and token.startswith("#")
    return Reached(depth, quotes, line.endswith("\\") and not comment)
