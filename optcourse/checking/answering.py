"""What a function answers to a probe: the only file that ever runs beside a submission.

Imports numpy and the standard library and nothing else, and knows no expected value.
"""

import ast
import contextlib
import inspect
import io
import linecache
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

Array = Any  # np.ndarray; the annotation is not worth an import beside a submission


LONGEST = 300  # characters of a signature that are shown
NOTHING = "it returned None"  # how the fault of who forgets to return begins


class Probe(NamedTuple):
    """A question put to a function.

    A step is started at `theta` and `state` and stepped through `grads` with `hypers`; any other function
    is called once with `args` and has to return an array (or a number) of shape `returns`.
    """

    name: str
    hypers: Mapping[str, float]
    theta: Array = None
    state: tuple[Any, ...] = ()
    grads: tuple[Array, ...] = ()
    args: tuple[Any, ...] = ()
    returns: tuple[int, ...] = ()


class Fault(NamedTuple):
    """How a function failed to answer: a code (BF, RE, NA, TLE), what happened, and the line it was in."""

    code: str
    kind: str
    says: str
    line: int | None = None
    text: str = ""


class Answer(NamedTuple):
    """What came back.

    `values` holds the parts of the state and then theta, for each step that was made (the value alone, for
    a call). `changed` names inputs that were modified, `aliased` outputs that share memory with an input.
    """

    values: tuple[tuple[Array, ...], ...]
    fault: Fault | None = None
    changed: frozenset[str] = frozenset()
    aliased: frozenset[str] = frozenset()
    printed: str = ""


class BadFormError(Exception):
    """What was returned has the wrong form; `kind` says in which way."""

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(says)
        self.kind = kind


@contextlib.contextmanager
def quietly(buffer: io.StringIO | None = None) -> Iterator[io.StringIO]:
    """Neither warnings nor printing; what was printed is in the buffer (the caller's, where there is one)."""
    buffer = io.StringIO() if buffer is None else buffer
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(buffer),
    ):
        warnings.simplefilter("ignore")
        yield buffer


def answer(
    function: Callable[..., Any],
    probe: Probe,
    buffer: io.StringIO | None = None,
    values: list[tuple[Array, ...]] | None = None,
    copies: bool = True,
) -> Answer:
    """What `function` returns when it is asked `probe`; never raises for what the function does.

    What it prints goes to `buffer`, and what each step returns to `values`, where those are given: a function
    that is stopped leaves there what it answered before. Without `copies` it is handed the probe's own
    arrays, and what it returns is in `values` as it came.
    """
    values = [] if values is None else values
    changed: set[str] = set()
    aliased: set[str] = set()
    fault = None
    with quietly(buffer) as printed:
        try:
            if probe.args:
                values.append((called(function, probe, changed, aliased, copies),))
            else:
                stepped(function, probe, values, changed, aliased, copies)
        except BadFormError as error:
            fault = Fault("BF", error.kind, str(error))
        except NotImplementedError as error:
            fault = Fault("NA", "not-attempted", "", *line_of(function, error))
        except RecursionError as error:
            fault = Fault(
                "RE", "raised", "RecursionError: it calls itself without end", *line_of(function, error)
            )
        except KeyboardInterrupt:  # the learner's own, or the notebook's limit of time
            raise
        except BaseException as error:  # SystemExit too: it must not end the checking
            fault = misfit(function, probe) if isinstance(error, TypeError) else None
            fault = fault or Fault("RE", "raised", described(error), *line_of(function, error))
    return Answer(tuple(values), fault, frozenset(changed), frozenset(aliased), printed.getvalue())


def stepped(
    function: Callable[..., Any],
    probe: Probe,
    values: list[tuple[Array, ...]],
    changed: set[str],
    aliased: set[str],
    copies: bool,
) -> None:
    """Step through the probe's gradients, feeding back the function's own theta and state."""
    theta, state = probe.theta, probe.state
    for grad in probe.grads:
        theta, grad, *parts = copied(theta, grad, *state) if copies else (theta, grad, *state)
        given = {"theta": theta, "grad": grad}
        given |= {f"state[{i}]": part for i, part in enumerate(parts) if isinstance(part, np.ndarray)}
        before = {name: array.tobytes() for name, array in given.items()}
        returned = function(theta, grad, tuple(parts), **probe.hypers)
        if returned is None and given["theta"].tobytes() != before["theta"]:
            raise BadFormError("none", f"{NOTHING}, and changed theta in place")
        theta, state = theta_and_state(returned, probe)
        note_impurities(given, before, {"theta": theta, "state": state}, changed, aliased)
        theta, *parts = copied(theta, *state) if copies else (theta, *state)
        state = tuple(parts)
        values.append((*(np.asarray(part) for part in state), theta))


def called(
    function: Callable[..., Any], probe: Probe, changed: set[str], aliased: set[str], copies: bool
) -> Array:
    """One call with the probe's arguments."""
    names = require_signature(function, probe.args, probe.hypers)
    args = copied(*probe.args) if copies else probe.args
    given = {name: arg for name, arg in zip(names, args, strict=False) if isinstance(arg, np.ndarray)}
    before = {name: array.tobytes() for name, array in given.items()}
    value = number_array(
        function(*args, **probe.hypers), "the value", probe.returns, counts=not probe.returns
    )
    note_impurities(given, before, {"the value": value}, changed, aliased)
    return np.array(value) if copies else np.asarray(value)


def copied(*values: Any) -> tuple[Any, ...]:
    """The values, of which each array is a new one."""
    return tuple(np.array(value) if isinstance(value, np.ndarray) else value for value in values)


def misfit(function: Callable[..., Any], probe: Probe) -> Fault | None:
    """The fault of a function that can't be called as a step is; None where it can.

    Looked for only after a TypeError: looking at a signature takes longer than a step.
    """
    try:
        require_signature(function, ("theta", "grad", "state"), probe.hypers)
    except BadFormError as error:
        return Fault("BF", error.kind, str(error))
    return None


def require_signature(
    function: Callable[..., Any], arguments: tuple[Any, ...], hypers: Mapping[str, float]
) -> tuple[str, ...]:
    """BadFormError unless the function can be called like this; the names of its own arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # builtins have none; calling them will tell
        return ()
    try:
        signature.bind(*arguments, **hypers)
    except TypeError as error:
        raise BadFormError("signature", f"yours takes {written(signature)}: {error}") from None
    return tuple(signature.parameters)


def written(signature: inspect.Signature) -> str:
    """A signature as text; its names alone where a default can't be written, or not in a line or two."""
    bare = signature.replace(
        parameters=[
            one.replace(default=... if one.default is not one.empty else one.empty, annotation=one.empty)
            for one in signature.parameters.values()
        ],
        return_annotation=signature.empty,
    )
    try:
        text = str(signature)
    except BaseException:  # a number of too many digits; a stranger's repr may raise SystemExit, too
        return str(bare)
    return text if len(text) <= LONGEST else str(bare)[:LONGEST]


def theta_and_state(returned: Any, probe: Probe) -> tuple[Any, tuple[Any, ...]]:
    """What a step returned, as theta and a tuple of state parts; BadFormError if it is something else."""
    if returned is None:
        raise BadFormError("none", NOTHING)
    if not isinstance(returned, (tuple, list)):
        raise BadFormError("structure", f"it returned {named_type(returned)} alone")
    if len(returned) != 2:
        raise BadFormError("structure", f"it returned {len(returned)} values")
    theta, state = returned
    if isinstance(theta, (tuple, list)) and isinstance(state, np.ndarray):
        raise BadFormError("swapped", "it returned the state first and theta second")
    if not isinstance(state, (tuple, list)):
        raise BadFormError("state", f"its state is {named_type(state)}")
    if len(state) != len(probe.state):
        count = "1 part" if len(state) == 1 else f"{len(state)} parts"
        raise BadFormError("state", f"its state has {count}, not {len(probe.state)}")
    theta = number_array(theta, "theta", probe.theta.shape)
    parts = tuple(
        number_array(part, f"part {i} of the state", *shape_and_counts(given))
        for i, (part, given) in enumerate(zip(state, probe.state, strict=True))
    )
    return theta, parts


def shape_and_counts(given: Any) -> tuple[tuple[int, ...], bool]:
    """The shape of a part of the state; and whether a whole number will do for it."""
    shape = getattr(given, "shape", ())
    return shape, not shape


def number_array(value: Any, name: str, shape: tuple[int, ...], counts: bool = False) -> Any:
    """`value` if it is made of real numbers in that shape, else BadFormError; `counts` allows integers."""
    if type(value) is np.ndarray and value.shape == shape and value.dtype.kind == "f":
        return value
    if value is None:
        raise BadFormError("none", f"{name} is None")
    if not isinstance(value, (np.ndarray, np.generic, float, int)) or isinstance(
        value, (np.ma.MaskedArray, np.matrix)
    ):
        raise BadFormError("type", f"{name} is {named_type(value)}")
    array = np.asarray(value)
    if array.shape != shape:
        raise BadFormError("shape", f"{name} has shape {array.shape}, not {shape}")
    if array.dtype.kind != "f" and not (counts and array.dtype.kind in "iu"):
        raise BadFormError("dtype", f"{name} has dtype {array.dtype}")
    return value if counts else array


def note_impurities(
    given: Mapping[str, Array],
    before: Mapping[str, bytes],
    returned: Mapping[str, Any],
    changed: set[str],
    aliased: set[str],
) -> None:
    """Add the names of inputs that are not what they were, and of outputs that are an input's memory."""
    for name, array in given.items():
        if array.tobytes() != before[name]:
            changed.add(name)
    for name, value in returned.items():
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, np.ndarray) and is_memory_of(part, given.values()):
                aliased.add(name)


def is_memory_of(part: Array, inputs: Iterable[Array]) -> bool:
    """Whether an array shares memory with an input. (An array without a base has its own.)"""
    if part.base is None:
        return any(part is array for array in inputs)
    return any(np.shares_memory(part, array) for array in inputs)


def named_type(value: Any) -> str:
    """'a dict', 'an int', 'None'."""
    if value is None:
        return "None"
    name = "array" if type(value) is np.ndarray else type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def described(error: BaseException) -> str:
    """The type and the message of an exception, at most 300 characters; a message that raises is left out."""
    try:
        message = str(error)
    except BaseException:  # SystemExit too
        message = "(its message can't be printed)"
    return f"{type(error).__name__}: {message}"[:300] if message else type(error).__name__


def line_of(function: Callable[..., Any], error: BaseException) -> tuple[int | None, str]:
    """The number and text of the line of the function's own file in which the exception arose."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if not isinstance(code, CodeType):
        return None, ""
    frames = [(frame.f_code.co_filename, number) for frame, number in traceback.walk_tb(error.__traceback__)]
    own = [number for file, number in frames if file == code.co_filename]
    if not own:
        return None, ""
    return own[-1], linecache.getline(code.co_filename, own[-1]).strip()


def is_untouched(function: Callable[..., Any]) -> bool:
    """Whether the body is still the stub: a docstring, m, v, t = state, raise NotImplementedError or pass.

    What stands for a function that only a sandbox can call says it itself, in `untouched`.
    """
    if isinstance(told := getattr(function, "untouched", None), bool):
        return told
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # no source to look at
        return False
    definition = tree.body[0]
    return isinstance(definition, ast.FunctionDef) and all(map(belongs_to_a_stub, definition.body))


def belongs_to_a_stub(line: ast.stmt) -> bool:
    """Whether a line says nothing about the answer."""
    if isinstance(line, ast.Assign):
        return isinstance(line.value, ast.Name) and line.value.id == "state"
    if isinstance(line, ast.Expr):
        return isinstance(line.value, ast.Constant)
    return isinstance(line, (ast.Raise, ast.Pass))
