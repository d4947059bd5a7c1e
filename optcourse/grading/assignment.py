"""What is asked: tasks with points, from a homework's source or exercise notebook, or one rule alone."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from optcourse.checking.judging import Task
from optcourse.checking.naming import task_of
from optcourse.errors import UserError
from optcourse.grading.notebooks import NotebookCell, NotebookError, read_notebook
from optcourse.grading.training import Training, training_of
from optcourse.marks import default_values, filled, without_hidden_tests
from optcourse.rules import Rule
from optcourse.rules.fixed import with_constants


@dataclass(frozen=True)
class Variants:
    """What a task draws for each student: one of the dialects, each with its text, and one of the values.

    `dialects` are (key, what the notebook says); `constants` are (name, values).
    """

    dialects: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, tuple[float, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.dialects or self.constants)


@dataclass(frozen=True)
class Asked:
    """One task: which function is wanted, of which rule and in which form, for how many points.

    `accepts` are dialects that pass too; `hidden` asks with probes that nobody has seen; `needs` are tasks
    without which this one is not run (SK). `constants` are hypers of the rule that the task fixes. `variants`
    has what is drawn for each student, as in the metadata; `shown` says whether a student's own `check`
    may tell right from wrong. What `trains` is no rule's ("" then), and judged by how well it does.
    """

    task: str
    function: str
    rule: str
    dialect: str | None = None
    accepts: tuple[str, ...] = ()
    points: float = 1.0
    hidden: bool = True
    needs: tuple[str, ...] = ()
    constants: tuple[tuple[str, float], ...] = ()
    variants: Variants = Variants()
    shown: bool = True
    trains: Training | None = None

    def of(self) -> Rule:
        """The rule, with the task's constants fixed in it."""
        return with_constants(task_of(self.rule, self.function)[0], self.constants)

    def question(self, draw: int) -> Task:
        """What the checker is asked, with this draw of the probes."""
        part = task_of(self.rule, self.function)[1]
        return Task(self.of().form(self.dialect), part, draw if self.hidden else 0)


@dataclass(frozen=True)
class Assignment:
    """Several tasks; `locked` has the digest of each cell that students may not change, by its grade_id.

    `withdrawn` are (task, probe) that no longer count: a new version, beside the scores given before.
    """

    name: str
    tasks: tuple[Asked, ...]
    locked: Mapping[str, str] = field(default_factory=dict)
    withdrawn: frozenset[tuple[str, str]] = frozenset()

    @cached_property
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
    try:
        needed_first(tasks)
    except CycleError as error:
        raise UserError(f"{path}: these tasks need each other: {', '.join(error.args[1])}.") from error
    values = default_values(cell.metadata for cell in cells)
    locked = {
        cell.grade_id: hashlib.sha256(filled(without_hidden_tests(cell.source), values).encode()).hexdigest()
        for cell in cells
        if cell.grade_id and cell.metadata["nbgrader"].get("locked") is True
    }
    return Assignment(path.stem, tasks, locked)


def needed_first(tasks: Iterable[Asked]) -> tuple[Asked, ...]:
    """The tasks, each after those that it needs. CycleError where that can't be."""
    named = {task.task: task for task in tasks}
    order = TopologicalSorter({task.task: task.needs for task in named.values()})
    return tuple(named[name] for name in order.static_order())


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
    wanted = {"task", "function", *(() if isinstance(metadata, dict) and "trains" in metadata else ("rule",))}
    if not isinstance(metadata, dict) or not wanted <= set(metadata):
        raise UserError(f"{path}: an `optcourse` entry has no task, function and rule: {metadata!r}.")
    if unknown := set(metadata) - set(Asked.__dataclass_fields__):
        raise UserError(
            f"{path}: {metadata['task']} has {', '.join(sorted(unknown))}, which is not known here."
        )
    given: dict[str, Any] = {name: tuple(metadata.get(name, ())) for name in ("accepts", "needs")}
    try:
        given["constants"] = tuple(dict(metadata.get("constants", {})).items())
        given["variants"] = variants_of(metadata.get("variants", {}))
        given["trains"] = training_of(metadata.get("trains"))
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{path}: {metadata['task']}: {error}.") from error
    return checked(Asked(**{"rule": "", **metadata, **given}))


def variants_of(given: Any) -> Variants:
    """Variants as the metadata states them: {dialect: {key: text}, constants: {name: [value, ...]}}."""
    if unknown := set(given) - {"dialect", "constants"}:
        raise ValueError(f"variants has {', '.join(sorted(unknown))}; it may have dialect and constants")
    constants = {name: tuple(map(float, values)) for name, values in given.get("constants", {}).items()}
    return Variants(tuple(given.get("dialect", {}).items()), tuple(constants.items()))


def checked(task: Asked) -> Asked:
    """The task, if there are such a rule, dialects and points; else UserError."""
    try:
        for key in () if task.trains else (task.dialect, *task.accepts, *dict(task.variants.dialects)):
            task.of().form(key)
    except (ValueError, KeyError) as error:
        raise UserError(f"task {task.task}: {error.args[0]}") from error
    if not isinstance(task.points, int | float) or not 0 < task.points < 1e6:
        raise UserError(f"task {task.task}: points are a number above 0, not {task.points!r}.")
    return task


def find_assignment(name: str, folder: Path) -> Path:
    """The source of "hw1" in a checkout: solutions/hw1_*.md; or the file that `name` is."""
    if Path(name).suffix in (".md", ".ipynb"):
        return Path(name)
    found = [
        path
        for kind, ending in (("solutions", "md"), ("exercises", "ipynb"))
        for pattern in (f"{name}.{ending}", f"{name}_*.{ending}")
        for path in sorted((folder / kind).glob(pattern))
    ]
    if not found:
        raise UserError(
            f"There is no assignment {name!r} in {folder} (solutions/{name}_*.md); name its file instead."
        )
    return found[0]
