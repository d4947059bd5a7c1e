"""From source text to the function that is asked for; runs what was handed in, so only in the jail."""

import __future__

import ast
import difflib
import io
import linecache
import re
import sys
import types
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

from optcourse.checking.answering import Fault, described
from optcourse.checking.magics import parse
from optcourse.checking.slicing import (
    DEFINITIONS,
    Slicer,
    Statement,
    binds,
    statements_of,
    without_stubs,
)
from optcourse.grading.sandbox.inside.standins import NO_RULES, StandIn

NOTES = 20
NAMED = 8  # cells in a sentence
NEAR = 0.75  # how like the name that is asked for another is that may be meant
SAME = "same"  # the fault that says: with all that may bear on it, nothing else would be run


class Loaded(NamedTuple):
    """A function, or the fault that kept it from being there; and what a person should know."""

    function: Callable[..., Any] | None
    fault: Fault | None
    notes: tuple[str, ...]
    failed_import: str = ""


class Source(NamedTuple):
    """What was handed in, parsed: its statements in order, and what is no Python."""

    statements: list[Statement]
    stubs: list[Statement]  # which stand where the same function is written elsewhere
    failed: list[Fault]
    notes: list[str]


def load(cells: list[tuple[str, str]], kind: str, name: str, wide: bool = False) -> Loaded:
    """Run what was handed in and find the function.

    A script is run whole, and ends at its first exception. Of a notebook only that is run which the function
    needs (with `wide`, also what may bear on it), and what raises is left out.
    """
    source = parsed(cells, kind)
    if kind == "script":
        return in_script(source, cells, name)
    slicer = Slicer(source.statements)
    needed = slicer.needed(name)
    if wide:
        touched = slicer.touched(name)
        if touched == needed:
            return Loaded(None, Fault("NF", SAME, "nothing else bears on it"), ())
        return in_notebook(source, cells, slicer, name, touched)
    loaded = in_notebook(source, cells, slicer, name, needed)
    if loaded.fault and loaded.fault.code != "MLE" and (touched := slicer.touched(name)) != needed:
        return in_notebook(source, cells, slicer, name, touched)
    return loaded


def parsed(cells: list[tuple[str, str]], kind: str) -> Source:
    """The statements of all cells."""
    statements: list[Statement] = []
    failed: list[Fault] = []
    notes: list[str] = []
    for label, text in cells:
        tree = tree_of(label, text, kind, notes)
        if isinstance(tree, Fault):
            failed.append(tree)
        else:
            statements += statements_of(label, tree.body)
    return Source(*without_stubs(statements), failed, notes)


def in_script(source: Source, cells: list[tuple[str, str]], name: str) -> Loaded:
    """Run a script as Python would import it, and what it defines under if __name__ == "__main__" besides."""
    if source.failed:
        return Loaded(None, source.failed[0], ())
    namespace = fresh_namespace()
    body = [one.node for one in imported(source.statements, name)]
    try:
        exec(compile(ast.Module(body, []), cells[0][0], "exec", dont_inherit=True), namespace)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are a submission's own here
        return Loaded(None, load_fault(cells[0][0], error_line(cells[0][0], error), error), ())
    return found(source, cells, name, namespace, [])


def imported(statements: list[Statement], name: str) -> list[Statement]:
    """The statements of a script without those under its guard; but for definitions that are nowhere else."""
    if not any(one.guarded for one in statements):
        return statements
    outside = Slicer([one for one in statements if not one.guarded])
    own = [one for one in statements if not (one.guarded and binds(one.node) & outside.binders.keys())]
    needed = Slicer(own).needed(name)
    return [one for at, one in enumerate(own) if not one.guarded or at in needed]


def in_notebook(
    source: Source, cells: list[tuple[str, str]], slicer: Slicer, name: str, places: frozenset[int]
) -> Loaded:
    """Run the statements of these places one by one; what is printed is of no interest."""
    namespace = fresh_namespace()
    failed: list[Fault] = []
    flags = 0
    with redirect_stdout(Sink()), redirect_stderr(Sink()):
        for place in sorted(places):
            label, node, _ = source.statements[place]
            flags |= future(node)
            try:
                code = compile(ast.Module([node], []), label, "exec", flags, dont_inherit=True)
                exec(code, namespace)
            except BaseException as error:  # SystemExit and KeyboardInterrupt are a submission's own here
                fault = load_fault(label, error_line(label, error) or node.lineno, error)
                if fault.code == "MLE":
                    return Loaded(None, fault, ())
                failed.append(fault)
    return found(source._replace(notes=[*left_out(slicer.work_left(places), name), *source.notes]),
                 cells, name, namespace, failed)  # fmt: skip


def left_out(labels: list[str], name: str) -> list[str]:
    """A note that names the cells of which something was not run."""
    if not labels:
        return []
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return [f"not run, as {name} does not need it: {', '.join(labels[:NAMED])}{more}"]


class Sink(io.TextIOBase):
    """Takes what is printed, and keeps nothing."""

    def write(self, text: str) -> int:
        """Its length, as if it had been written."""
        return len(text)


def fresh_namespace() -> dict[str, Any]:
    """The names of a new module, with what a notebook has by itself."""
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    namespace = vars(module)
    namespace |= {"display": StandIn("display"), "get_ipython": lambda: StandIn("get_ipython()")}
    namespace["__builtins__"] = vars(sys.modules["builtins"])  # its own: see standins
    return namespace


def found(
    source: Source, cells: list[tuple[str, str]], name: str, namespace: dict[str, Any], failed: list[Fault]
) -> Loaded:
    """The function among the names that there are now, or why it is not there."""
    failed = [*source.failed, *failed]
    spare = [f"{one.label}: the empty {name} is passed over, as it is written elsewhere"
             for one in source.stubs if binds(one.node) == {name}]  # fmt: skip
    notes = (*spare, *source.notes, *(f"not run: {fault.says}" for fault in failed))[:NOTES]
    failed_import = next((fault.says for fault in failed if fault.kind == "import"), "")
    function = namespace.get(name)
    if callable(function) and not isinstance(function, StandIn):
        return Loaded(function, None, notes, failed_import)
    return Loaded(None, missing(function, name, source.statements, failed, cells), notes, failed_import)


def future(node: ast.stmt) -> int:
    """What `from __future__ import` switches on for all that follows."""
    if not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
        return 0
    features = [getattr(__future__, one.name, None) for one in node.names]
    return sum({one.compiler_flag for one in features if one})


def tree_of(label: str, source: str, kind: str, notes: list[str]) -> ast.Module | Fault:
    """One piece of source, parsed without what only Jupyter understands; each line left out gets a note."""
    try:
        found = parse(source, label, is_cell=kind == "notebook")
    except SyntaxError as error:
        return syntax_fault(label, error)
    except (ValueError, MemoryError, RecursionError) as error:
        return Fault("CE", "syntax", f"{label}: {described(error)}")
    notes += [f"{label}: {says}" for says in found.left_out]
    # So that a report can show the line in which an exception arose.
    linecache.cache[label] = (len(found.source), None, found.source.splitlines(keepends=True), label)
    return found.tree


def syntax_fault(label: str, error: SyntaxError) -> Fault:
    """Where a piece of source stops being Python."""
    python2 = (
        "; this is Python 2's print: write print(...)"
        if str(error.msg).startswith("Missing parentheses")
        else ""
    )
    text = (error.text or "").strip()[:200]
    return Fault("CE", "syntax", f"{label}, line {error.lineno}: {error.msg}{python2}", error.lineno, text)


def load_fault(label: str, line: int, error: BaseException) -> Fault:
    """What an exception outside the function means."""
    where = f"{label}, line {line}"
    if isinstance(error, MemoryError):
        return Fault("MLE", "stopped", f"{where}: it wanted more memory than there is")
    if isinstance(error, ImportError):
        says = described(error)
        kind = "rules" if NO_RULES in says else "import"
        if isinstance(error, ModuleNotFoundError) and error.name:
            root = error.name.partition(".")[0]
            says = (
                f"{root} is not available in this assignment: only numpy and Python's standard library are. "
                f"If {root}.py is a file of yours, copy what you need of it into what you hand in"
            )
        return Fault("CE", kind, f"{where}: {says}", line)
    if isinstance(error, SystemExit):
        return Fault("CE", "import", f"{where}: it exited during import ({described(error)})", line)
    return Fault("CE", "import-raised", f"{where}: {described(error)}", line)


def error_line(label: str, error: BaseException) -> int:
    """The last line of this piece of source that the exception came through."""
    line, trace = 0, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == label:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def missing(
    found: object, name: str, statements: list[Statement], failed: list[Fault], cells: list[tuple[str, str]]
) -> Fault:
    """Why there is no such function: it is something else, its cell failed, or it has another name."""
    if isinstance(found, StandIn):
        return Fault("CE", "rules", f"{name} is the course's own {found!r}: {NO_RULES}")
    if found is not None:
        return Fault("NF", "not-callable", f"{name} is of type {type(found).__name__}, not a function")
    definition = re.compile(rf"\b(def\s+{name}\b|{name}\s*=)")
    own = {label: source for label, source in cells if definition.search(source)}
    for fault in failed:
        if fault.kind == "rules" or fault.says.split(",")[0] in own:
            return fault
    for one in statements:
        if isinstance(one.node, ast.ClassDef) and name in set().union(*map(binds, one.node.body)):
            says = f"{name} is inside the class {one.node.name}: define it outside of any class"
            return Fault("NF", "inside", says)
    for label, source in own.items():
        if source.lstrip().startswith("%%writefile"):
            says = f"{name}: {label} begins with %%writefile, which writes it to a file and does not run it"
            return Fault("NF", "missing", says)
    if own:
        return Fault("NF", "missing", f"{name} is defined only inside something else, or was deleted again")
    names = [one.node.name for one in statements if isinstance(one.node, DEFINITIONS)]
    near = difflib.get_close_matches(name, [one for one in names if one[:1] != "_"], n=1, cutoff=NEAR)
    hint = f": did you mean to name {near[0]} so?" if near else ""
    if not near and (imports := [fault for fault in failed if fault.kind in ("import", "syntax")]):
        return imports[0]
    return Fault("NF", "missing", f"there is no function {name}{hint}")
