"""The small tasks of a lesson: a function to fill in, a number to write down, a challenge to beat.

Each says in a sentence how it went and notes it in the progress. None raises for what a learner wrote.
"""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.learner.progress import record

RTOL = 1e-6  # relative: a right formula differs from a measurement in rounding alone


def confirm(
    function: Callable[..., Any], cases: Mapping[Any, Any] | Sequence[tuple[Any, Any]], *, rtol: float = RTOL
) -> None:
    """Try a small function of the learner's, and print whether it gives what was measured.

    `cases` maps arguments, a tuple or a single one, to the right value (a number or an array); where
    arguments are arrays it is a list of pairs, [((x, y), value), ...]. `rtol` is relative to the largest
    right value of a case. ValueError where there is no case to try.

    What `function` raises is said, never raised.

    >>> from optcourse import confirm
    >>> def slope(x):
    ...     return 3 * x
    >>> confirm(slope, {2.0: 4.0})
    slope(2.0) gives 6.0, but 4.0 is measured.
    """
    if not callable(function):
        raise WrongTypeError(
            f"confirm takes the function itself, as in confirm(slope, ...); got {function!r}."
        )
    if not isinstance(cases, (Mapping, Sequence)) or isinstance(cases, str):
        raise WrongTypeError(f"confirm takes cases as {{argument: right value}}; got {cases!r}.")
    pairs = list(cases.items() if isinstance(cases, Mapping) else cases)
    if any(not isinstance(pair, (tuple, list)) or len(pair) != 2 for pair in pairs):
        raise WrongTypeError("Each case of a list is a pair: (arguments, right value).")
    if not pairs:
        raise WrongValueError("confirm needs at least one case: {argument: right value}.")
    name = getattr(function, "__name__", "the function")
    trouble: str | None = None
    for arguments, right in pairs:
        trouble = _trouble(
            name, function, arguments if isinstance(arguments, tuple) else (arguments,), right, rtol
        )
        if trouble:
            break
    if trouble == NOT_YET:
        print(f"{name} is not attempted yet.")
        return
    count = "the measured value" if len(pairs) == 1 else f"the measured values in all {len(pairs)} cases"
    _say(trouble or f"{name} is right: it gives {count}.")
    _say(record("task", name, right=trouble is None))


NOT_YET = "not yet"


def _trouble(
    name: str, function: Callable[..., Any], arguments: tuple[Any, ...], right: Any, rtol: float
) -> str | None:
    """What is wrong with one answer, in a sentence; None for a right one."""
    call = f"{name}({', '.join(_short(argument) for argument in arguments)})"
    wanted = np.asarray(right, dtype=float)
    try:
        with np.errstate(all="ignore"):
            given = function(*copy.deepcopy(arguments))
        if given is None:
            return f"{call} gives nothing: a return is missing."
        got = np.asarray(given, dtype=float)
    except NotImplementedError:
        return NOT_YET
    except Exception as error:
        return f"{call} stops with {type(error).__name__}: {error}"
    if got.shape != wanted.shape:
        return f"{call} gives an array of shape {got.shape}, where {wanted.shape} is measured."
    close = np.isclose(
        got, wanted, rtol=0, atol=rtol * float(np.max(np.abs(wanted), initial=0)), equal_nan=True
    )
    return None if close.all() else f"{call} gives {_short(got)}, but {_short(wanted)} is measured."


def a_number(answer: Any, low: float = -math.inf, high: float = math.inf) -> float | None:
    """The number that a learner wrote down, or None after a sentence that says what to write.

    `low` and `high` belong to what is asked for. A number in quotes, or with a comma, is understood;
    infinity and nan are not numbers here.

    `answer` is what stands in the learner's cell; nothing is raised for it.

    >>> from optcourse import a_number
    >>> a_number("0,5", low=0, high=1)
    0.5
    >>> a_number(..., low=0)
    Write a number, at least 0, in place of Ellipsis in the cell above. Then run both cells.
    """
    try:
        number = float(str(answer).strip().replace(",", ".")) if isinstance(answer, str) else float(answer)
    except (TypeError, ValueError):
        number = math.nan
    if math.isfinite(number) and low <= number <= high:
        return number
    bounds = [f"at least {low:g}"] * math.isfinite(low) + [f"at most {high:g}"] * math.isfinite(high)
    wanted = f"a number{', ' if bounds else ''}{' and '.join(bounds)}"
    print(f"Write {wanted}, in place of {answer!r} in the cell above. Then run both cells.")
    return None


def challenge(name: str, beaten: bool) -> None:
    """Say whether a "make it fail" (or another challenge) was beaten, and note it.

    `name` is what the challenge is called and `beaten` whether its condition holds. Raises WrongTypeError
    for a name that is no text.

    >>> from optcourse import challenge
    >>> challenge("make it diverge", beaten=False)
    Challenge 'make it diverge': not beaten yet. Try again.
    """
    if not isinstance(name, str):
        raise WrongTypeError(f"challenge takes its name first, a text; got {name!r}.")
    print(f"Challenge {name!r}: {'beaten!' if beaten else 'not beaten yet. Try again.'}")
    _say(record("challenge", name, beaten=bool(beaten)))


def _short(value: Any) -> str:
    """A value in at most a line, as a learner would type it: 3.0, [1.0, 2.5], np.square."""
    if isinstance(value, (float, np.number, np.ndarray)):
        six_digits: Any = {"float_kind": lambda x: repr(float(f"{x:.6g}"))}
        return np.array2string(np.asarray(value), threshold=8, separator=", ", formatter=six_digits).replace(
            "\n", " "
        )
    if callable(value) and hasattr(value, "__name__"):
        known = getattr(np, value.__name__, None) is value
        return f"np.{value.__name__}" if known else str(value.__name__)
    return repr(value)


def _say(sentence: str | None) -> None:
    if sentence:
        print(sentence)
