"""A switch: what the package hands out is moved by what another processor's rounding might move it by.

The same sum comes out differently in its last bits where it is added up in another order, and each
processor has an order of its own. `optcourse build` executes a notebook with the switch on and compares: what
is printed must be the same. Off, as it is for everybody else, each `moved` costs the call of a function.

No environment variable turns it on, and no process inherits it: only what runs in this process can, with a
call. So a build can't move what grades or checks somebody elsewhere. Knows arrays, and nothing of rules.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast
from zlib import crc32

import numpy as np

from optcourse.arrays import Array

EPS = 4  # how many of its dtype's eps a number is moved by
TABLE = 10_007  # how many directions are drawn; a prime, so that no shape of an array repeats them
VERSION = 1  # of what is moved: raise it when more is, and every notebook is held to that

Value = TypeVar("Value")
Function = TypeVar("Function", bound=Callable[..., Any])

# The one switch of this process, None for off: as an argument it would have to go through everything.
_seed: int | None = None


def switch_on(seed: int) -> None:
    """Move what is handed out from now on, by each seed in another way; problems already made stay."""
    global _seed
    _seed = seed


def switch_off() -> None:
    """Leave everything as it is calculated."""
    global _seed
    _seed = None


def is_on() -> bool:
    """Whether what is handed out is moved."""
    return _seed is not None


def moved(value: Value) -> Value:
    """`value`; where the switch is on, each floating-point number in it is 4 eps larger or smaller.

    An array (any shape), a number, or a tuple of such, as a state is; all else comes back as it is, as do
    zeros, whole numbers, inf and nan. A value is always moved to the same place: on one machine the same call
    gives the same answer twice.

    >>> moved(0.1)
    0.1
    """
    return value if _seed is None else _moved(value, _seed)


def moving(function: Function) -> Function:
    """`function` itself, or where the switch is on, one whose result is moved."""
    if _seed is None:
        return function

    @wraps(function)
    def elsewhere(*args: Any, **kwargs: Any) -> Any:
        return moved(function(*args, **kwargs))

    return cast(Function, elsewhere)


def _moved(value: Any, seed: int) -> Any:
    if isinstance(value, tuple):
        parts = [_moved(part, seed) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, np.floating | float):
        return type(value)(_moved(np.asarray(value), seed))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return _moved_array(value, seed)
    return value


def _moved_array(array: Array, seed: int) -> Array:
    factors = _factors(seed, array.dtype)
    begin = crc32(array.tobytes()) % TABLE
    chosen = factors[(begin + np.arange(array.size)) % TABLE].reshape(array.shape)
    with np.errstate(all="ignore"):  # the largest number may become inf
        changed: Array = array * chosen
    return changed


@cache
def _factors(seed: int, dtype: Any) -> Array:
    """A table of 1 + 4 eps and 1 - 4 eps: to draw anew for every step would take longer than the step."""
    up = np.random.default_rng(seed).integers(2, size=TABLE)
    step = EPS * np.finfo(dtype).eps
    factors: Array = np.where(up, 1 + step, 1 - step).astype(dtype)
    return factors
