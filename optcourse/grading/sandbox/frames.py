"""The bytes that pass between the grader and a submission's process. numpy and the standard library only.

A frame is a head (magic, kind, number of the request it answers, length of what follows; little-endian)
and a body. Each side has a part of this: what a stranger's process sends is a claim, and the readers here
look at every length, dtype and shape before they read (or allocate) anything. Nothing is evaluated.
"""

import math
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

HEAD = struct.Struct("<4sBxxxIQ")
MAGIC = b"OPTC"
READY, VALUES, FAULT, REQUEST = 1, 2, 3, 4
# What a process sends before all frames, and before any of a submission runs: one of these bytes. That it is
# shut in and has read what it is to load; or that it can't be shut in, and why.
BEGUN, NOT_SHUT_IN = b"B", b"!"
# What the fork server says when it is ready: each process gets namespaces of its own, or shares the server's.
APART, TOGETHER = b"ready: apart", b"ready: together"
TEXTS = 65_536  # bytes that the texts of a frame may have together
FIELDS = 400  # texts that a frame may have
LINE = 64  # bytes: where arrays begin in sealed memory, as numpy's own do
# A text that tells of a call's fault: its place, this word, and what is told, with this between all parts.
FAILED, BETWEEN = "failed\0", "\0"

# What a number may be on the wire. Anything else was refused before (BF), or is forged.
DTYPES = tuple(
    np.dtype(name) for name in ("<f8", "<f4", "<f2", "<i8", "<i4", "<i2", "i1", "<u8", "<u4", "<u2", "u1")
)
CODES = {dtype: code for code, dtype in enumerate(DTYPES)}
FLOAT64, INT64 = CODES[np.dtype("<f8")], CODES[np.dtype("<i8")]
ARRAY, PYTHON, SCALAR = 0, 1, 2  # a numpy array, a Python number, a numpy scalar
# A Python float and int as `_packed` writes any value: kind, dtype, no axes, number.
FLOAT, INT = struct.Struct("<BBBd"), struct.Struct("<BBBq")


class FrameError(Exception):
    """Bytes that are no frame, or not the one that was asked for; `code` is the verdict."""

    def __init__(self, says: str, code: str = "BF") -> None:
        super().__init__(says)
        self.code = code


class Head(NamedTuple):
    """The head of a frame: what kind, which request it answers, how many bytes follow."""

    kind: int
    number: int
    length: int


class Asked(NamedTuple):
    """What one value of an answer has to be: its shape, and whether whole numbers will do."""

    shape: tuple[int, ...]
    counts: bool


def frame(kind: int, number: int, body: bytes) -> bytes:
    """A whole frame."""
    return HEAD.pack(MAGIC, kind, number, len(body)) + body


def head(data: bytes, number: int, most: int) -> Head:
    """The head in `data`; FrameError unless it answers request `number`, `most` bytes following."""
    if len(data) != HEAD.size:
        raise FrameError("its process sent half a frame")
    magic, kind, found, length = HEAD.unpack(data)
    if magic != MAGIC or kind not in (READY, VALUES, FAULT):
        raise FrameError("its process sent something that is no answer (protocol)")
    if found != number:
        raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    if length > most:
        raise FrameError(f"its process wanted to send {length} bytes, where {most} are the most", "OLE")
    return Head(kind, found, length)


def largest_body(asked: Iterable[Asked]) -> int:
    """How many bytes a right answer's body has at most."""
    return TEXTS + 4 * FIELDS + 8 + largest_values(asked)


def largest_values(asked: Iterable[Asked]) -> int:
    """How many bytes these values have at most."""
    return sum(3 + 8 * len(one.shape) + 8 * math.prod(one.shape) for one in asked)


def packed_texts(texts: Sequence[str]) -> bytes:
    """Texts as bytes: how many, then each with its length; cut where the room is used up."""
    parts, room = [struct.pack("<I", min(len(texts), FIELDS))], TEXTS
    for text in texts[:FIELDS]:
        data = text[:room].encode("utf-8", "replace")[:room]
        room -= len(data)
        parts.append(struct.pack("<I", len(data)) + data)
    return b"".join(parts)


def read_texts(body: bytes) -> tuple[tuple[str, ...], int]:
    """The texts at the start of a body, and where they end; FrameError where they are no texts."""
    count, at = _number(body, 0)
    if count > FIELDS:
        raise FrameError("its answer has too many texts (protocol)")
    texts, room = [], TEXTS
    for _ in range(count):
        length, at = _number(body, at)
        if length > min(room, len(body) - at):
            raise FrameError("its answer has a text that is not all there (protocol)")
        texts.append(body[at : at + length].decode("utf-8", "replace"))
        at, room = at + length, room - length
    return tuple(texts), at


def room(value: Any) -> int:
    """The bytes that a value takes in sealed memory, eight a number, up to where the next array begins."""
    return math.ceil(8 * np.size(value) / LINE) * LINE


def packed_values(values: Sequence[Any]) -> bytes:
    """Numbers and arrays as bytes; ValueError for anything else."""
    return b"".join(map(_packed, values))


def read_values(body: bytes, asked: Sequence[Asked], at: int = 0) -> tuple[Any, ...]:
    """The values in a body from `at` to its last byte, which must be as `asked`; FrameError where not."""
    values = []
    for one in asked:
        value, at = _read(body, at, one)
        values.append(value)
    if at != len(body):
        raise FrameError("its answer has more in it than was asked for (protocol)")
    return tuple(values)


class Layout(NamedTuple):
    """What stands before a value's numbers, their dtype, and how many there are."""

    head: bytes
    dtype: np.dtype[Any]
    size: int


@lru_cache
def _layout(kind: int, code: int, shape: tuple[int, ...]) -> Layout:
    head = struct.pack(f"<3B{len(shape)}Q", kind, code, len(shape), *shape)
    return Layout(head, DTYPES[code], math.prod(shape))


def _packed(value: Any) -> bytes:
    if type(value) is float:
        return FLOAT.pack(PYTHON, FLOAT64, 0, value)
    if type(value) is int and -(2**63) <= value < 2**63:
        return INT.pack(PYTHON, INT64, 0, value)
    kind = ARRAY if isinstance(value, np.ndarray) else SCALAR if isinstance(value, np.generic) else PYTHON
    array = np.asarray(value)
    code = CODES.get(array.dtype)
    if code is None:
        code = CODES.get(array.dtype.newbyteorder("<"))
        if code is None:
            raise ValueError(f"dtype {array.dtype} does not go through")
        array = array.astype(DTYPES[code])
    return _layout(kind, code, array.shape).head + array.tobytes()  # in C's order, whatever its own is


def _read(body: bytes, at: int, asked: Asked) -> tuple[Any, int]:
    if at + 3 > len(body):
        raise FrameError("its answer ends too early (protocol)")
    kind, code, ndim = body[at], body[at + 1], body[at + 2]
    if kind > SCALAR or code >= len(DTYPES) or ndim != len(asked.shape) or (kind != ARRAY and ndim):
        raise FrameError("its answer has a value of another kind than was asked for (protocol)")
    head, dtype, size = _layout(kind, code, asked.shape)
    begin = at + len(head)
    end = begin + dtype.itemsize * size
    if len(body) < end:
        raise FrameError("its answer ends too early (protocol)")
    if not body.startswith(head, at):
        raise FrameError("its answer has a value of another shape than was asked for (protocol)")
    if dtype.kind != "f" and not asked.counts:
        raise FrameError("its answer has a value of another dtype than was asked for (protocol)")
    values = np.frombuffer(body, dtype, size, begin)
    if kind != ARRAY:
        return (values.item() if kind == PYTHON else values[0]), end
    return values.reshape(asked.shape).copy(), end


def _number(body: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(body):
        raise FrameError("its answer ends too early (protocol)")
    return struct.unpack_from("<I", body, at)[0], at + 4
