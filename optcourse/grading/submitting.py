"""Handing in: what of a homework is done, as far as can be seen here, and one zip to hand in.

The learner's own file, and run here as it stands; a stranger's is for the sandbox. It is read and taken apart
by what grades it, under the same limits, so that this word and the grader's are one.
"""

import ast
import importlib.machinery
import io
import json
import platform
import sys
import time
import types
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import optcourse
from optcourse.checking.answering import Fault
from optcourse.checking.deadline import OverdueError, deadline
from optcourse.checking.files import run_statement
from optcourse.checking.names import Reader
from optcourse.checking.report import Report
from optcourse.checking.slicing import Slicer, Statement
from optcourse.errors import UserError, writing
from optcourse.formats import Format
from optcourse.grading.notebooks import NotebookCell, NotebookError, read_notebook
from optcourse.grading.records import Submission
from optcourse.grading.sandbox.endings import Limits
from optcourse.grading.sandbox.inside import loading, standins
from optcourse.grading.submissions import Found, LeftOut, in_file, in_students_zip, kind_of, read
from optcourse.learner.files import sha256, write_atomically

UNSEEN = "only the grader can tell"
ENTRY = "manifest.json"
MANIFEST = Format(ENTRY, 1)
LIMITS = Limits()  # the grader's usual ones
STOPPED = ("TLE", "OLE", "MLE")  # the grader's process ends there
AGAIN = ("PC", "WA", "BF", "RE")  # what may be otherwise with more of a notebook


class Task(NamedTuple):
    """A task of an exercise: its function, its points, and the cell that checks it."""

    function: str
    points: float
    test: str


class Exercise(NamedTuple):
    """What a notebook asks for: its tasks, and the statements of its cells, which tests build on."""

    tasks: tuple[Task, ...]
    slicer: Slicer


class Work(NamedTuple):
    """What is to be handed in: as the grader reads it, and its bytes."""

    submission: Submission
    data: bytes


@dataclass(frozen=True)
class Standing:
    """What is seen here of a task: a `fault` that keeps the function from being there, or the `report`.

    There is no report where only the grader can tell.
    """

    task: Task
    fault: Fault | None
    report: Report | None
    notes: tuple[str, ...] = ()
    left: frozenset[str] = frozenset()  # cells of which something is not run for this task

    @property
    def verdict(self) -> str | None:
        """The grader's word for it; None where only the grader can tell."""
        if self.fault:
            return self.fault.code
        return self.report.verdict if self.report else None

    @property
    def says(self) -> str:
        """It in a sentence."""
        if self.fault:
            return self.fault.says[:1].upper() + self.fault.says[1:] + "."
        return self.report.message if self.report else UNSEEN

    @property
    def missing(self) -> bool:
        """Whether nothing is handed in for it."""
        return self.verdict in ("NF", "NA")


def own_work(path: Path, assignment: str = "") -> Work:
    """The learner's file as the grader reads it; UserError, with the grader's reason, where it would not."""
    if not path.is_file():
        raise UserError(f"There is no file {path}.")
    found = next(in_file(path.resolve(), "you"))
    one = read(found, assignment)
    if isinstance(one, LeftOut):
        raise UserError(f"{path.name} would not be graded: {one.why}.")
    if one.problem or not isinstance(found, Found):
        raise UserError(f"{path.name} can't be graded: {one.problem}.")
    return Work(one, found.data)


def exercise_in(notebook: Path) -> Exercise:
    """What a notebook asks for, as it was given out or as a learner has it; nothing, of another file.

    UserError where it can't be read.
    """
    if kind_of(notebook.name) != ".ipynb":
        return Exercise((), Slicer(()))
    try:
        cells = read_notebook(notebook.read_bytes())
    except OSError as error:
        raise UserError(f"Cannot read {notebook} ({error.strerror}).") from error
    except NotebookError as error:
        raise UserError(f"{notebook.name} can't be read: {error}.") from error
    code = [(f"cell {at}", one.source) for at, one in enumerate(cells, start=1) if one.kind == "code"]
    return Exercise(tuple(tasks_in(cells)), Slicer(loading.parsed(code, "notebook").statements))


def tasks_in(cells: Sequence[NotebookCell]) -> Iterator[Task]:
    """The tasks that the exercise's cells declare, each with the locked cell after it."""
    asked: dict[str, Any] = {}
    for cell in cells:
        declared, nbgrader = cell.metadata.get("optcourse"), cell.metadata.get("nbgrader")
        if isinstance(declared, dict):
            asked = declared
        elif asked and isinstance(nbgrader, dict) and nbgrader.get("grade"):
            if isinstance(asked.get("function"), str) and isinstance(asked.get("points"), int | float):
                yield Task(asked["function"], asked["points"], cell.source)
            asked = {}


def standings(
    work: Work, exercise: Exercise, progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Standing], list[str]]:
    """How each task stands, and what of the file is not run, and why; UserError where there is no task.

    `progress` is told how many tasks of how many are checked.
    """
    if not exercise.tasks:
        raise UserError(
            f"{work.submission.file} is no homework: none of its cells has a task, and its name does not "
            "begin with a homework's, as hw1_gradients.ipynb does."
        )
    source = loading.parsed([(one.label, one.source) for one in work.submission.cells], work.submission.kind)
    found = []
    for place, task in enumerate(exercise.tasks):
        progress(place, len(exercise.tasks))
        found.append(standing(task, exercise, work.submission, source))
    unneeded = frozenset.intersection(*(one.left for one in found))
    labels = [one.label for one in work.submission.cells if one.label in unneeded]
    notes = [f"{label}: no task needs it" for label in labels]
    notes += [*source.notes, *(note for one in found for note in one.notes)]
    return found, list(dict.fromkeys(notes))


def standing(task: Task, exercise: Exercise, one: Submission, source: loading.Source) -> Standing:
    """How a task stands; of a notebook, more is run where what the function seems to need does not do."""
    if one.kind == "script":
        if source.failed:
            return Standing(task, source.failed[0], None)
        return tried(task, exercise, one, source, loading.imported(source.statements, task.function))
    slicer = Slicer(source.statements)
    needed, touched = slicer.needed(task.function), slicer.touched(task.function)
    first = tried(task, exercise, one, source, at_places(source, needed))
    left = frozenset(slicer.work_left(touched))
    if needed != touched and (first.verdict in AGAIN or (first.fault and first.verdict not in STOPPED)):
        again = tried(task, exercise, one, source, at_places(source, touched))
        first = again if first.fault or score(again) > score(first) else first
    return replace(first, left=left)


def at_places(source: loading.Source, places: frozenset[int]) -> list[Statement]:
    """The statements of these places, in order."""
    return [source.statements[at] for at in sorted(places)]


def score(one: Standing) -> float:
    """What part of the points the check here gives."""
    return one.report.score if one.report else 0.0


def tried(
    task: Task, exercise: Exercise, one: Submission, source: loading.Source, statements: Sequence[Statement]
) -> Standing:
    """How a task stands when these statements are run."""
    namespace = loading.fresh_namespace()
    failed = not_there(statements) or executed(statements, namespace, one.kind)
    if failed and (one.kind == "script" or failed[-1].code in STOPPED):
        return Standing(task, failed[-1], None)
    cells = [(cell.label, cell.source) for cell in one.cells]
    loaded = loading.found(source, cells, task.function, namespace, failed)
    notes = tuple(fault.says for fault in failed)
    if loaded.function is None:
        return Standing(task, loaded.fault, None, notes)
    return Standing(task, None, checked(task, exercise, loaded.function), notes)


def executed(statements: Sequence[Statement], namespace: dict[str, Any], kind: str) -> list[Fault]:
    """Run statements one by one, and what of them failed; a script ends there.

    All ends at a limit of the grader's: so much calculating, and of a script so much output.
    """
    failed: list[Fault] = []
    flags, began, paper = 0, time.process_time(), Paper(LIMITS.output if kind == "script" else float("inf"))
    with redirect_stdout(paper), redirect_stderr(paper), imports_as_graded(statements):
        for label, node, _ in statements:
            flags |= loading.future(node)
            fault = None
            try:
                code = compile(ast.Module([node], []), label, "exec", flags, dont_inherit=True)
                with deadline(LIMITS.wall):
                    exec(code, namespace)
            except OverdueError:
                fault = Fault("TLE", "stopped", f"{label}, line {node.lineno}: it does not end")
            except (Exception, SystemExit) as error:
                fault = loading.load_fault(label, loading.error_line(label, error) or node.lineno, error)
            if paper.full:
                fault = Fault("OLE", "stopped", f"{label} prints more than {LIMITS.output:,} bytes")
            elif time.process_time() - began > LIMITS.cpu:
                says = (
                    f"{label}, line {node.lineno}: more than {LIMITS.cpu:g} seconds of calculating outside "
                )
                fault = Fault("TLE", "stopped", f"{says}the functions, which the grader does not wait for")
            if fault:
                failed.append(fault)
                if kind == "script" or fault.code in STOPPED:
                    break
    return failed


class Paper(io.TextIOBase):
    """Takes what is printed, counts it, and keeps nothing."""

    def __init__(self, most: float) -> None:
        self.left = most

    @property
    def full(self) -> bool:
        """Whether more was printed than is taken."""
        return self.left < 0

    def write(self, text: str) -> int:
        """Its length, as if it had been written; OSError where it is too much."""
        self.left -= len(text)
        if self.full:
            raise OSError("too much is printed")
        return len(text)


def foreign(node: ast.AST) -> Iterator[str]:
    """The modules that are imported somewhere in it, but for Python's own and numpy."""
    for one in ast.walk(node):
        names = [alias.name for alias in one.names] if isinstance(one, ast.Import) else []
        names += [one.module or ""] if isinstance(one, ast.ImportFrom) else []
        yield from (name for name in names if root(name) not in sys.stdlib_module_names | {"numpy"})


def root(module: str) -> str:
    """The package that a module is of."""
    return module.partition(".")[0]


def not_there(statements: Sequence[Statement]) -> list[Fault]:
    """The fault of a function that imports, each time it is called, what is not where homework is graded."""
    for label, node, _ in statements:
        for line in node.body if isinstance(node, ast.FunctionDef) else ():
            if isinstance(line, ast.Import | ast.ImportFrom):
                for name in foreign(line):
                    try:
                        AsGraded({root(name)}).find_spec(name)
                    except ImportError as error:
                        return [loading.load_fault(label, line.lineno, error)]
    return []


@contextmanager
def imports_as_graded(statements: Sequence[Statement]) -> Iterator[None]:
    """What these statements import is there, or not, as where homework is graded."""
    roots = {root(name) for one in statements for name in foreign(one.node)}

    def of_them() -> list[str]:
        return [name for name in sys.modules if root(name) in roots]

    hidden = {name: sys.modules.pop(name) for name in of_them()}
    finder = AsGraded(roots)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in of_them():
            del sys.modules[name]
        sys.modules.update(hidden)


class AsGraded(standins.Finder):
    """Finds the grader's stand-ins, and nothing else of what it does not have."""

    def __init__(self, roots: set[str]) -> None:
        self.roots = roots

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A module of stand-ins, None for what is the same there; ImportError for what is not there."""
        spec = super().find_spec(name, path, target)
        if spec is None and root(name) in self.roots:
            raise ModuleNotFoundError(f"No module named {root(name)!r}", name=name)
        return spec


def checked(task: Task, exercise: Exercise, function: Callable[..., Any]) -> Report | None:
    """What the task's own cell finds, with what the exercise gives: it leaves it in `report`."""
    try:
        test = ast.parse(task.test).body
    except SyntaxError:
        return None  # the learner changed it; the grader has its own
    reader = Reader()
    for statement in test:
        reader.visit(statement)
    names = reader.now.loads - {task.function}
    places = frozenset[int]().union(*map(exercise.slicer.needed, names))
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for at in sorted(places):
        run_statement(exercise.slicer.statements[at].node, namespace, "the homework")
    namespace[task.function] = function
    for statement in test:
        if not isinstance(statement, ast.Expr):
            run_statement(statement, namespace, task.function)
    report = namespace.get("report")
    return report if isinstance(report, Report) else None


def pack(work: Work, target: Path, student: str, found: Sequence[Standing]) -> None:
    """Write the zip: the file and a manifest of what it is. UserError where it can't be written or read."""
    one = work.submission
    manifest = {
        "assignment": Path(one.file).stem,
        "student": student,
        "file": one.file,
        "sha256": sha256(work.data),
        "packed": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "optcourse": optcourse.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "checks": {one.task.function: one.verdict for one in found},
    }
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):  # what shrinks too well would be no zip to it
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            archive.writestr(one.file, work.data)
            archive.writestr(ENTRY, json.dumps(MANIFEST.numbered(manifest), indent=1))
        whole = next(in_students_zip(Found("you", target.name, packed.getvalue(), None)))
        graded = read(whole, "")
        if isinstance(graded, Submission) and not graded.problem:
            break
    else:
        raise UserError(f"{one.file} is too large to be packed for the grader: clear its outputs.")
    with writing(target):
        write_atomically(target, packed.getvalue())
