"""The learner's own functions: kept when their check passed, and handed out to later lessons."""

import os
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from traceback import format_exception_only
from typing import Any

from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.learner.files import write_atomically
from optcourse.learner.source import NotStandaloneError, standalone_source
from optcourse.learner.workspace import enclosing_workspace
from optcourse.rounding import moving
from optcourse.rules import RULES


def mine(name: str) -> Callable[..., Any]:
    """The learner's own function, saved when its check passed, or else the reference; prints which it is.

    `name` is a rule ("adam", or "adam_step") or a gradient estimate ("minibatch_grad").
    ValueError for a name that no rule has.

    >>> from optcourse import mine
    >>> adam_step = mine("adam")
    adam_step: the reference (yours takes its place once its check has passed)
    """
    if not isinstance(name, str):
        raise WrongTypeError(f"mine takes a rule's name, as in mine('adam'); got {name!r}.")
    full_name = name if name.endswith(("_step", "_grad")) else f"{name}_step"
    reference = _reference(full_name)
    workspace = own_workspace()
    path = _path(workspace, full_name) if workspace else None
    if path is None or not path.exists():
        print(f"{full_name}: the reference (yours takes its place once its check has passed)")
        return reference
    try:
        function = _loaded(path.read_text(encoding="utf-8"), full_name, path)
    except (Exception, SystemExit) as error:  # a learner's file may raise anything; no lesson stops for it
        print(
            f"{full_name}: the reference, as {path} can't be loaded ({_brief(error)}); pass its check again"
        )
        return reference
    print(f"{full_name}: your own, from mine/{path.name}")
    return function


def keep(function: Callable[..., Any]) -> str | None:
    """Save a function that passed its check under its own name; returns a line for the report.

    None where there is no workspace, and for the reference. The file runs alone (standalone_source) and
    replaces the previous one in one go; that one is kept as adam_step.old.py. What can't be saved is
    said, never raised.

    `function` is a step or an estimate that `check` passed.

    >>> from optcourse import RULES
    >>> from optcourse.learner import keep
    >>> keep(RULES["adam"].step) is None
    True
    """
    workspace = own_workspace()
    is_reference = str(getattr(function, "__module__", "")).startswith("optcourse.")
    if workspace is None or is_reference:
        return None
    name = getattr(function, "__name__", type(function).__name__)
    path = _path(workspace, name)
    try:
        code = standalone_source(function)
        source = f'"""Your {name}, kept by optcourse when its check passed."""\n\n{code}'
        _loaded(source, name, path)
    except NotStandaloneError as error:
        return f"Not kept for later lessons: {error}."
    except (Exception, SystemExit) as error:  # the learner's code runs here: it may raise anything
        return f"Not kept for later lessons: alone in a file it fails ({_brief(error)})."
    try:
        before = path.read_bytes() if path.exists() else b""
        if before and before != source.encode():
            write_atomically(path.with_name(f"{name}.old.py"), before)
        write_atomically(path, source.encode())
    except OSError as error:
        return f"Not kept for later lessons: {path} can't be written ({error.strerror})."
    return f"Kept as mine/{path.name}: later lessons get it from mine({name.removesuffix('_step')!r})."


def own_workspace() -> Path | None:
    """$OPTCOURSE_WORKSPACE, or the workspace we are in; none in a test run, where outputs must not differ."""
    if asked := os.environ.get("OPTCOURSE_WORKSPACE"):
        return Path(asked)
    return None if "PYTEST_VERSION" in os.environ else enclosing_workspace()


def _path(workspace: Path, name: str) -> Path:
    return workspace / "mine" / f"{name}.py"


def _reference(full_name: str) -> Callable[..., Any]:
    """RULES' own function of that name."""
    functions: dict[str, Callable[..., Any]] = {f"{rule.name}_step": rule.step for rule in RULES.values()}
    functions |= {f"{rule.name}_grad": moving(rule.estimate) for rule in RULES.values() if rule.estimate}
    if full_name in functions:
        return functions[full_name]
    names = [known.removesuffix("_step") for known in functions]
    near = get_close_matches(full_name.removesuffix("_step"), names, n=2)
    raise WrongValueError(
        f"mine() knows no {full_name!r}: "
        + (f"did you mean {' or '.join(map(repr, near))}?" if near else f"it knows {', '.join(names)}.")
    )


def _brief(error: BaseException) -> str:
    """The exception in one line, whatever its message is."""
    return format_exception_only(error)[-1].strip().split("\n")[0]


def _loaded(source: str, name: str, path: Path) -> Callable[..., Any]:
    """The function that a saved file defines; raises whatever running the file does."""
    namespace: dict[str, Any] = {"__name__": f"mine.{name}"}
    exec(compile(source, str(path), "exec"), namespace)
    function = namespace.get(name)
    if not callable(function):
        raise NameError(f"it does not define {name}")
    return function  # type: ignore[no-any-return]
