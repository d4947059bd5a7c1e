"""What is asked: tasks with points, from a homework's source or exercise notebook, or one rule alone."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from optcourse.checking import task_of
from optcourse.checking.judging import Task
from optcourse.errors import UserError
from optcourse.grading.notebooks import NotebookCell, NotebookError, read_notebook
from optcourse.rules import Rule


@dataclass(frozen=True)
class Asked:
    """One task: which function is wanted, of which rule and in which form, for how many points.

    `accepts` are dialects that pass too; `hidden` asks with probes that nobody has seen; `needs` are tasks
    without which this one is not run (SK).
    """

    task: str
    function: str
    rule: str
    dialect: str | None = None
    accepts: tuple[str, ...] = ()
    points: float = 1.0
    hidden: bool = True
    needs: tuple[str, ...] = ()

    def of(self) -> Rule:
        """The rule."""
        return task_of(self.rule, self.function)[0]

    def question(self, draw: int) -> Task:
        """What the checker is asked, with this draw of the probes."""
        rule, part = task_of(self.rule, self.function)
        return Task(rule.form(self.dialect), part, draw if self.hidden else 0)


@dataclass(frozen=True)
class Assignment:
    """Several tasks; `locked` has the digest of each cell that students may not change, by its grade_id.

    `withdrawn` are (task, probe) that no longer count: a new version, beside the scores given before.
    """

    name: str
    tasks: tuple[Asked, ...]
    locked: Mapping[str, str] = field(default_factory=dict)
    withdrawn: frozenset[tuple[str, str]] = frozenset()

    @property
    def version(self) -> str:
        """Changes whenever the tasks do."""
        content = [asdict(task) for task in self.tasks], sorted(self.withdrawn)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


def rule_assignment(name: str) -> Assignment:
    """One task: the step of a rule ("adam"), or another function of it ("sgd_grad")."""
    try:
        rule, part = task_of(name)
    except ValueError as error:
        raise UserError(str(error)) from error
    function = (
        f"{rule.name}_step"
        if part == "step"
        else name
        if name.endswith("_grad") or rule.calls
        else f"{rule.name}_grad"
    )
    return Assignment(name, (checked(Asked(function, function, rule.name)),))


def read_assignment(path: Path) -> Assignment:
    """The tasks of a homework's source (.md) or notebook (.ipynb); UserError for none, or wrong ones."""
    try:
        cells = read_source(path) if path.suffix == ".md" else read_notebook(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} can't be read ({error.strerror}).") from error
    except NotebookError as error:
        raise UserError(f"{path} is no notebook: {error}") from error
    tasks = tuple(
        declared(cell.metadata["optcourse"], path) for cell in cells if "optcourse" in cell.metadata
    )
    if not tasks:
        raise UserError(f"{path} asks for nothing: no cell's metadata has an `optcourse` entry.")
    names = [task.task for task in tasks]
    for task in tasks:
        if names.count(task.task) > 1:
            raise UserError(f"{path}: two tasks are called {task.task!r}.")
        if unknown := set(task.needs) - set(names):
            raise UserError(
                f"{path}: {task.task} needs {', '.join(sorted(unknown))}, which is no task of it."
            )
    locked = {
        cell.grade_id: hashlib.sha256(cell.source.encode()).hexdigest()
        for cell in cells
        if cell.grade_id and cell.metadata["nbgrader"].get("locked") is True
    }
    return Assignment(path.stem, tasks, locked)


def read_source(path: Path) -> tuple[NotebookCell, ...]:
    """The cells of a MyST Markdown notebook."""
    try:
        import jupytext  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise UserError("jupytext is missing: pip install 'optcourse[author]', or name the .ipynb") from error
    notebook = jupytext.read(path, fmt="md:myst")
    return tuple(NotebookCell(cell.cell_type, cell.source, dict(cell.metadata)) for cell in notebook.cells)


def declared(metadata: Any, path: Path) -> Asked:
    """The task of one cell's metadata."""
    if not isinstance(metadata, dict) or not {"task", "function", "rule"} <= set(metadata):
        raise UserError(f"{path}: an `optcourse` entry has no task, function and rule: {metadata!r}.")
    if unknown := set(metadata) - set(Asked.__dataclass_fields__):
        raise UserError(
            f"{path}: {metadata['task']} has {', '.join(sorted(unknown))}, which is not known here."
        )
    lists = {name: tuple(metadata.get(name, ())) for name in ("accepts", "needs")}
    return checked(Asked(**{**metadata, **lists}))


def checked(task: Asked) -> Asked:
    """The task, if there are such a rule, dialects and points; else UserError."""
    try:
        rule, _ = task_of(task.rule, task.function)
        for key in (task.dialect, *task.accepts):
            rule.form(key)
    except (ValueError, KeyError) as error:
        raise UserError(f"task {task.task}: {error.args[0]}") from error
    if not isinstance(task.points, int | float) or not 0 < task.points < 1e6:
        raise UserError(f"task {task.task}: points are a number above 0, not {task.points!r}.")
    return task


def find_assignment(name: str, folder: Path) -> Path:
    """The source of "hw1" in a checkout: solutions/hw1_*.md; or the file that `name` is."""
    if Path(name).suffix in (".md", ".ipynb"):
        return Path(name)
    found = sorted((folder / "solutions").glob(f"{name}_*.md")) or sorted(
        (folder / "exercises").glob(f"{name}_*.ipynb")
    )
    if len(found) != 1:
        raise UserError(
            f"There is no assignment {name!r} in {folder} (solutions/{name}_*.md); name its file instead."
        )
    return found[0]
