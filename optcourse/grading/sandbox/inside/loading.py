"""From source text to the function that is asked for; runs what was handed in, so only in the jail."""

import ast
import difflib
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from optcourse.checking.answering import Fault, described
from optcourse.grading.sandbox.inside.standins import NO_RULES, StandIn

MAGIC = re.compile(r"\s*(%{1,2}[A-Za-z]|!|\?)|.*[\w)\]]\?{1,2}\s*$|\s*[\w, ]+=\s*(%[A-Za-z]|!)")
KEPT_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python
NOTES = 20


class Loaded(NamedTuple):
    """A function, or the fault that kept it from being there; and what a person should know."""

    function: Callable[..., Any] | None
    fault: Fault | None
    notes: tuple[str, ...]
    failed_import: str = ""


def load(cells: list[tuple[str, str]], kind: str, name: str) -> Loaded:
    """Run the cells in order and find the function; a script ends at its first exception, no notebook."""
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    namespace = vars(module)
    namespace |= {"display": StandIn("display"), "get_ipython": lambda: StandIn("get_ipython()")}
    namespace["__builtins__"] = vars(sys.modules["builtins"])  # its own: see standins
    notes: list[str] = []
    failed: list[Fault] = []
    for label, source in cells:
        for fault in failures(label, source, kind, namespace, notes):
            if kind == "script" or fault.code == "MLE":
                return Loaded(None, fault, tuple(notes))
            failed.append(fault)
            notes.append(f"not run: {fault.says}")
    failed_import = next((fault.says for fault in failed if fault.kind == "import"), "")
    function = namespace.get(name)
    if callable(function) and not isinstance(function, StandIn):
        return Loaded(function, None, tuple(notes[:NOTES]), failed_import)
    return Loaded(None, missing(function, name, namespace, failed, cells), tuple(notes[:NOTES]))


def failures(
    label: str, source: str, kind: str, namespace: dict[str, Any], notes: list[str]
) -> Iterator[Fault]:
    """Run one piece of source, statement by statement in a notebook; yield what could not be run."""
    try:
        tree = ast.parse(source, label)
    except SyntaxError as error:
        source = without_magics(label, source, notes) if kind == "notebook" else source
        try:
            tree = ast.parse(source, label)
        except SyntaxError:
            yield syntax_fault(label, error)
            return
        except Exception as again:
            yield Fault("CE", "syntax", f"{label}: {described(again)}")
            return
    except (ValueError, MemoryError, RecursionError, UnicodeError) as error:
        yield Fault("CE", "syntax", f"{label}: {described(error)}")
        return
    # So that a report can show the line in which an exception arose.
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
    for part in [tree.body] if kind == "script" else [[statement] for statement in tree.body]:
        line = part[0].lineno if part else 0
        try:
            exec(compile(ast.Module(part, []), label, "exec", dont_inherit=True), namespace)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are a submission's own here
            yield load_fault(label, error_line(label, error) or line, error)


def without_magics(label: str, source: str, notes: list[str]) -> str:
    """The cell without what only Jupyter understands; each line left out gets a note."""
    lines = source.splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%") and first.split()[0] not in KEPT_MAGICS:
        notes.append(f"{label}: left out, as {first.split()[0]} is not Python")
        return ""
    kept = []
    for line in lines:
        if MAGIC.match(line):
            notes.append(f"{label}: left out, as it is not Python: {line.strip()[:60]}")
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(f"{indent}pass")
        else:
            kept.append(line)
    return "\n".join(kept)


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
    found: object, name: str, namespace: dict[str, Any], failed: list[Fault], cells: list[tuple[str, str]]
) -> Fault:
    """Why there is no such function: it is something else, its cell failed, or it has another name."""
    if isinstance(found, StandIn):
        return Fault("CE", "rules", f"{name} is the course's own {found!r}: {NO_RULES}")
    if found is not None:
        return Fault("NF", "not-callable", f"{name} is of type {type(found).__name__}, not a function")
    definition = re.compile(rf"\b(def\s+{name}\b|{name}\s*=)")
    own = {label for label, source in cells if definition.search(source)}
    for fault in failed:
        if fault.kind == "rules" or fault.says.split(",")[0] in own:
            return fault
    for key, value in namespace.items():
        if isinstance(value, type) and hasattr(value, name):
            return Fault("NF", "inside", f"{name} is inside the class {key}: define it outside of any class")
    if own:
        return Fault("NF", "missing", f"{name} is defined only inside something else, or was deleted again")
    names = [key for key, value in namespace.items() if callable(value) and not key.startswith("_")]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f": did you mean to name {near[0]} so?" if near else ""
    if not near and (imports := [fault for fault in failed if fault.kind in ("import", "syntax")]):
        return imports[0]
    return Fault("NF", "missing", f"there is no function {name}{hint}")
