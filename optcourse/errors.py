"""What a person did that can't be done, said in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """The message is for the person at the keyboard: what was wrong, and what to do. Never a traceback."""


@contextmanager
def writing(where: object) -> Iterator[None]:
    """UserError where what stands in the block can't write; `where` is what follows "Cannot write"."""
    try:
        yield
    except OSError as error:
        raise UserError(f"Cannot write {where} ({error.strerror}): choose another --out.") from error
