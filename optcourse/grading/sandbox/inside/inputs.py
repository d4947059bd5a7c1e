"""In a submission's process: the arguments of its calls, in memory that can't be written to.

The arrays look as others do, and say that they may be written: who does not is none the wiser, and who does
ends the process, whatever it has made of Python.
"""

import ctypes
import mmap
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from optcourse.grading.sandbox.frames import room


class Inputs:
    """The grader's memory, as this process sees it. Made before the process is shut in."""

    def __init__(self, descriptor: int) -> None:
        self.memory = mmap.mmap(descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ)
        begin = np.frombuffer(self.memory, np.uint8).ctypes.data
        self.bytes = memoryview((ctypes.c_ubyte * len(self.memory)).from_address(begin))

    def holding(self, values: Iterable[Any]) -> Iterator[Any]:
        """The values of a call, of which each array is the grader's own."""
        at = 0
        for value in values:
            if isinstance(value, np.ndarray) and value.size:
                yield np.frombuffer(self.bytes, value.dtype, value.size, at).reshape(value.shape)
                at += room(value)
            else:
                yield value
