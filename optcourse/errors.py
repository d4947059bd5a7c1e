"""What a person did that can't be done, said in one sentence: one root for all of it."""

from collections.abc import Iterator
from contextlib import contextmanager


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
    """For the person at the keyboard: commands print the message alone, never a traceback."""


class WrongValueError(OptcourseError, ValueError):
    """A value that can't be used, as `run("no rule", "quadratic")` is given; a ValueError too."""


class WrongTypeError(OptcourseError, TypeError):
    """A thing of another kind than what is asked for, as `check("adam")` is given; a TypeError too."""


@contextmanager
def writing(where: object) -> Iterator[None]:
    """UserError where what stands in the block can't write; `where` is what follows "Cannot write"."""
    try:
        yield
    except OSError as error:
        raise UserError(f"Cannot write {where} ({error.strerror}): choose another --out.") from error
