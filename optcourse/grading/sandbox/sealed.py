"""Arguments of a call in memory that the grader writes and the submission's process can only read.

Who is handed them changes an argument in place only by ending itself, and what is returned of that memory
changes when the grader writes there: neither needs the word of the process. Knows nothing of what is right.
"""

import contextlib
import fcntl
import mmap
import os
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np

from optcourse.grading.sandbox.frames import LINE, room

# No other size, no other seals, and from now on no new way to write (linux/fcntl.h; Linux 5.1).
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL | 0x10


class Sealed:
    """Room for the arguments of one call at a time, each of `calls` by turns; OSError without memfd.

    Use it as a context. Its `descriptor` can be mapped for reading alone, whoever has it.
    """

    def __init__(self, calls: Iterable[Sequence[Any]]) -> None:
        self.descriptor = os.memfd_create("arguments", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self.descriptor, LINE + max(sum(map(room, one)) for one in calls))
            self.memory = mmap.mmap(self.descriptor, 0)  # ours, made before the seals
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, SEALS)
        except BaseException:
            os.close(self.descriptor)
            raise

    def write(self, arguments: Sequence[Any]) -> None:
        """Put the arrays of a call in, one after the other; other values need no sealing."""
        at = 0
        for value in arguments:
            if isinstance(value, np.ndarray):
                data = value.tobytes()
                self.memory[at : at + len(data)] = data
                at += room(value)

    def invert(self) -> None:
        """Change every bit: who still has an argument's own memory has other numbers now."""
        here = np.frombuffer(self.memory, np.uint8)
        np.invert(here, out=here)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.memory.close()
        os.close(self.descriptor)


def sealed(calls: Iterable[Sequence[Any]]) -> contextlib.AbstractContextManager[Sealed | None]:
    """Sealed memory, or none on a kernel that has no such thing."""
    try:
        return Sealed(calls)
    except OSError:
        return contextlib.nullcontext()
