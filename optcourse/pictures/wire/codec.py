"""Values, bytes and paths as one text, for a page that is read without Python. codec.js unpacks it.

Knows nothing of widgets. What is drawn is rounded, far below what an eye can see: how far is said here.
"""

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.pictures.engine.view import View

REACH = 2**20  # codes lie below this, either way
NAN, PLUS, MINUS = REACH, REACH - 1, -REACH  # the codes of what is no finite number
PLACES = 2048  # codes from the middle of the picture to asinh(1) half-widths from it
EXPONENTS = 2048  # codes for a decade


@dataclass(frozen=True)
class Curves:
    """Whole numbers within REACH, shape (..., records), each row a curve."""

    codes: NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Paths in a picture, theta of shape (..., records, 2).

    A place is known to 1 part in 2,900 of the half-width (or half-height) or, outside the picture, of its
    distance from the middle: a segment that enters or leaves is then drawn as exactly as one within.
    """

    theta: Array
    view: View

    @property
    def curves(self) -> Curves:
        """The area hyperbolic sine of the places in half-widths: even inside, logarithmic outside."""
        low, high = np.array(self.view, dtype=float).T
        with np.errstate(all="ignore"):
            places = (self.theta - (low + high) / 2) / ((high - low) / 2)
            codes = coded(np.arcsinh(np.clip(places, -1e60, 1e60)) * PLACES)
        return Curves(np.moveaxis(codes, -1, -2))


@dataclass(frozen=True)
class Exponents:
    """Decimal logarithms, shape (..., records), known to 1 / 4096: a loss to 0.06 %."""

    values: Array

    @property
    def curves(self) -> Curves:
        """The logarithms as codes."""
        return Curves(coded(np.asarray(self.values, float) * EXPONENTS))


def coded(values: Array) -> NDArray[np.int64]:
    """Rounded values; NAN, PLUS or MINUS for what is no finite number."""
    finite = np.rint(np.clip(np.where(np.isfinite(values), values, 0), MINUS + 1, PLUS - 1)).astype(np.int64)
    return np.select([np.isnan(values), np.isposinf(values), np.isneginf(values)], [NAN, PLUS, MINUS], finite)


def packed(value: Any) -> str:
    """`value` (mappings, lists, text, numbers, None, bytes and the classes above) as base64.

    Deflated: the length of a JSON text (4 bytes), that text, and after it the bytes to which its
    {"$bytes": [start, length]} and {"$curves": [start, shape], ...} point. ValueError for nan and infinity.
    """
    parts: list[bytes] = []
    text = json.dumps(_plain(value, parts), allow_nan=False, separators=(",", ":")).encode()
    whole = len(text).to_bytes(4, "little") + text + b"".join(parts)
    return b64encode(zlib.compress(whole, 9)).decode()


def _plain(value: Any, parts: list[bytes]) -> Any:
    """`value` with its bytes and curves moved into `parts`."""
    match value:
        case Mapping():
            return {str(name): _plain(part, parts) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part, parts) for part in value]
        case bytes() | memoryview():
            return {"$bytes": _added(bytes(value), parts)}
        case Curves():
            return {"$curves": [_added(_planes(value.codes), parts)[0], list(value.codes.shape)]}
        case Places():
            return {**_plain(value.curves, parts), "view": value.view}
        case Exponents():
            return {**_plain(value.curves, parts), "decade": EXPONENTS}
        case _:
            return value


def _added(part: bytes, parts: list[bytes]) -> list[int]:
    """Where a part begins, and its length."""
    start = sum(map(len, parts))
    parts.append(part)
    return [start, len(part)]


def _planes(codes: NDArray[np.int64]) -> bytes:
    """Second differences along the curves, zigzag (0, -1, 1, -2, ...), low, middle and high bytes apart.

    What is smooth becomes small numbers, which deflate far better than the curves do.
    """
    twice = np.diff(np.diff(codes, axis=-1, prepend=0), axis=-1, prepend=0)
    zigzag = ((twice << 1) ^ (twice >> 63)).astype("<u4").ravel()
    return b"".join(((zigzag >> shift) & 255).astype("u1").tobytes() for shift in (0, 8, 16))
