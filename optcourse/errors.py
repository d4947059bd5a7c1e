"""What a person did that can't be done, said in one sentence: one root for all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from numbers import Integral, Real


class OptcourseError(Exception):
    """The root of what people cause: what was wrong with which value, and what to do about it.

    >>> from optcourse import OptcourseError, race
    >>> try:
    ...     race(["adm"])
    ... except OptcourseError as error:
    ...     print(type(error).__name__)
    UserError
    """


class UserError(OptcourseError):
    """For the person at the keyboard: commands print the message alone, never a traceback.

    >>> from optcourse.racing import Budget
    >>> Budget(trials=0)
    Traceback (most recent call last):
    optcourse.errors.UserError: trials must be at least 1; got 0.
    """


class WrongValueError(OptcourseError, ValueError):
    """A value that can't be used, as `run("no rule", "quadratic")` is given; a ValueError too."""


class WrongTypeError(OptcourseError, TypeError):
    """A thing of another kind than what is asked for, as `check("adam")` is given; a TypeError too."""


class WrongNameError(OptcourseError, KeyError):
    """A name that isn't there, as in `RULES["adm"]`, with the nearest one that is; a KeyError too."""

    def __str__(self) -> str:  # KeyError's own would put the sentence in quotes
        return str(self.args[0])


def whole_number(name: str, value: object, *, least: int) -> int:
    """The value of an argument that counts something; WrongTypeError or WrongValueError where it can't be."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise WrongTypeError(f"{name} must be a whole number, at least {least}; got {value!r}.")
    if value < least:
        raise WrongValueError(f"{name} must be at least {least}; got {value!r}.")
    return int(value)


def real_number(name: str, value: object, *, above: float) -> float:
    """The value of an argument that measures something, finite; else WrongTypeError or WrongValueError."""
    wanted = f"{name} must be a finite number" + (f" above {above:g}" if isfinite(above) else "")
    if isinstance(value, bool) or not isinstance(value, Real):
        raise WrongTypeError(f"{wanted}; got {value!r}.")
    number = float(value)
    if not above < number < float("inf"):
        raise WrongValueError(f"{wanted}; got {value!r}.")
    return number


@contextmanager
def writing(where: object) -> Iterator[None]:
    """UserError where what stands in the block can't write; `where` is what follows "Cannot write"."""
    try:
        yield
    except OSError as error:
        raise UserError(f"Cannot write {where} ({error.strerror}): choose another --out.") from error
