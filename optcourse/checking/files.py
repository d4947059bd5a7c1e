"""The functions of a learner's own file or notebook, to be checked in a terminal.

The file is the learner's own and is run as it stands. (Strangers' files are for grading's sandbox.)
"""

import ast
import inspect
import linecache
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from optcourse.checking.answering import described, quietly
from optcourse.checking.deadline import deadline
from optcourse.checking.magics import parse
from optcourse.checking.naming import ENDINGS, is_asked_for, spelt
from optcourse.errors import UserError
from optcourse.registry import known_rules

SECONDS = 10.0  # for one statement outside the functions
SLIP = 0.82  # how near a rule's name is that was meant: adamm is, momentum_ema is not


def functions_in(path: Path) -> tuple[dict[str, Callable[..., Any]], list[str]]:
    """The functions of a .py or .ipynb file that bear a rule's name or a task's, and what could not be run.

    A class of such a name is one of them where no function is: `check` says what to write instead. What is
    named after no rule is a lesson's own, or a try, and is passed over. A note says so where the name may be
    a slip, or where there is no other function.
    """
    namespace, notes = definitions(path)
    own = {
        name: value
        for name, value in namespace.items()
        if getattr(getattr(value, "func", value), "__module__", "") == "__main__" and callable(value)
    }
    known = {name: value for name, value in own.items() if is_asked_for(name, value)}
    functions = {spelt(name) for name, value in known.items() if not inspect.isclass(value)}
    known = {
        name: value
        for name, value in known.items()
        if not inspect.isclass(value) or spelt(name) not in functions
    }
    rules = known_rules()
    for name in own:
        if name in known or not name.endswith(ENDINGS):
            continue
        rule, _, kind = name.rpartition("_")
        if near := get_close_matches(rule, rules, n=1, cutoff=0.6 if not known else SLIP):
            notes.append(f"{name}: there is no rule {rule!r}; did you mean {near[0]}_{kind}?")
        elif not known:
            notes.append(f"{name}: there is no rule {rule!r}")
    return known, notes


def definitions(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What a .py or .ipynb file defines, by name, and what could not be run.

    All statements but bare expressions (calls that check, print or draw) are run in order; where one raises
    or takes too long, that is noted and the others go on. UserError where the file can't be read.
    """
    namespace, notes = executed(path)
    return namespace, notes


def executed(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The names that a file or notebook defines, and what could not be run, as for `functions_in`."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    notes: list[str] = []
    for label, source in sources(path):
        try:
            tree, source, _ = parse(source, label, is_cell=path.suffix == ".ipynb")
        except SyntaxError as error:
            notes.append(f"{label}, line {error.lineno}: {error.msg}; nothing of it was run")
            continue
        # So that a report can show the line in which an exception arose.
        linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
        for statement in tree.body:
            if not isinstance(statement, ast.Expr):
                notes += run_statement(statement, namespace, label)
    return namespace, notes


def run_statement(statement: ast.stmt, namespace: dict[str, Any], label: str) -> list[str]:
    """Run one statement; a note where it raised."""
    try:
        with quietly(), deadline(SECONDS):
            exec(compile(ast.Module([statement], []), label, "exec"), namespace)
    except (Exception, SystemExit) as error:
        return [f"{label}, line {statement.lineno}: {described(error)}"]
    return []


def sources(path: Path) -> Iterator[tuple[str, str]]:
    """The code of a file in its pieces, each with a label: the file's name, or the number of a cell."""
    if path.suffix not in (".py", ".ipynb"):
        raise UserError(f"{path.name} is neither a .py nor an .ipynb file.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} can't be read: {(error.strerror or 'unknown reason').lower()}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} can't be read: it is no text in UTF-8.") from error
    if path.suffix == ".py":
        yield path.name, text
        return
    import nbformat

    try:
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat raises many kinds
        raise UserError(f"{path.name} is not a notebook: {error}") from error
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            yield f"{path.name} cell {number}", cell.source
