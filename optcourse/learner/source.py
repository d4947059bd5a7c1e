"""The source of a notebook's function as a file that runs alone. Knows nothing of workspaces."""

import ast
import inspect
import math
import symtable
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType
from typing import Any


class NotStandaloneError(Exception):
    """The function can't be saved as a file of its own; the message says what stands in the way."""


def standalone_source(function: Callable[..., Any]) -> str:
    """A file that defines `function`, with what it uses of the notebook: imports, helpers, constants.

    NotStandaloneError for what has no source, and where it uses anything else.
    """
    plain = inspect.unwrap(function)
    if not isinstance(plain, FunctionType):
        raise NotStandaloneError("only a function written with def can be kept")
    imports: list[str] = []
    body: list[str] = []
    _collect(plain, plain.__globals__, {plain.__name__}, imports, body)
    return "\n\n".join(filter(None, ["\n".join(imports), *body])) + "\n"


def _collect(
    function: FunctionType, names: dict[str, Any], seen: set[str], imports: list[str], body: list[str]
) -> None:
    """Add to `imports` and `body` what the function needs, and then the function itself."""
    if function.__closure__:
        raise NotStandaloneError(f"{function.__name__} uses variables of the function it stands in")
    try:
        source = textwrap.dedent(inspect.getsource(function))
        used = sorted(_global_names(symtable.symtable(source, "<cell>", "exec")))
    except (OSError, SyntaxError) as error:
        raise NotStandaloneError(
            f"the source of {function.__name__} can't be found; write it with def"
        ) from error
    for used_name in used:
        # What the notebook doesn't define is a builtin, or fails there as it will here.
        if used_name in seen or used_name not in names:
            continue
        seen.add(used_name)
        value = names[used_name]
        if isinstance(value, FunctionType) and value.__globals__ is names:
            current: Any = names.get(value.__name__)
            if current is not value:
                raise NotStandaloneError(
                    f"{function.__name__} uses {used_name}, which the notebook no longer defines; "
                    f"write it with def {used_name}"
                )
            _collect(inspect.unwrap(value), names, seen, imports, body)
            if value.__name__ != used_name:
                body.append(f"{used_name} = {value.__name__}")
        elif line := _import_line(used_name, value):
            imports.append(line)
        elif (literal := _literal(value)) is not None:
            body.append(f"{used_name} = {literal}")
        else:
            raise NotStandaloneError(
                f"{function.__name__} uses {used_name} ({type(value).__name__}) of the notebook; "
                f"make it an argument, or make it inside the function"
            )
    body.append(source.strip())


def _global_names(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that the source reads and does not define inside a function."""
    yield from (s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced())
    for inner in table.get_children():
        yield from _global_names(inner)


def _import_line(name: str, value: Any) -> str | None:
    """The line that imports `value` as `name`, or None for what no module holds."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__}" + (f" as {name}" if name != value.__name__ else "")
    module, own = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if module in (None, "__main__") or getattr(sys.modules.get(module), str(own), None) is not value:
        return None
    return f"from {module} import {own}" + (f" as {name}" if name != own else "")


def _literal(value: Any) -> str | None:
    """`value` as Python writes it, where it is a plain number, text, or a tuple, list or dict of such."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()  # a numpy number
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    try:
        return repr(value) if ast.literal_eval(repr(value)) == value else None
    except (ValueError, SyntaxError, TypeError):
        return None
