"""Right frames, damaged ones, and all that the trusted side does with the bytes of a process."""

import itertools
import struct
from collections import Counter

import numpy as np

from optcourse.checking.answering import Fault
from optcourse.grading.sandbox import claims, frames
from optcourse.grading.sandbox.replies import returned

SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (4, 3), (0,), (1000,))


def asked_by(first: int) -> tuple[frames.Asked, ...]:
    """What is asked for, as one byte says it."""
    shape = SHAPES[first % 5]
    return (frames.Asked(shape, False), frames.Asked((), True), frames.Asked(shape, bool(first & 128)))


def decode(data: bytes) -> str:
    """All that the trusted side does with a process' bytes; what came of it, in a word."""
    if not data:
        return "nothing"
    asked = asked_by(data[0])
    calls = [asked] * (1 + bool(data[0] & 64))
    most = frames.largest_body([one for wanted in calls for one in wanted])
    try:
        found = frames.head(data[1 : 1 + frames.HEAD.size], 1, most)
        assert found.length <= most
        body = data[1 + frames.HEAD.size :][: found.length]
        texts, _ = frames.read_texts(body)
        assert sum(len(text) for text in texts) <= frames.TEXTS
        outcomes = returned(found.kind, body, calls, [set() for _ in calls])
    except frames.FrameError as error:
        return str(error)[:48]
    for outcome, wanted in zip(outcomes, calls, strict=True):
        if isinstance(outcome, Fault):
            assert outcome.code in claims.CODES
            continue
        for value, one in zip(outcome, wanted, strict=True):
            assert np.shape(value) == one.shape
            assert np.asarray(value).dtype.kind in ("fiu" if one.counts else "f")
    return " and ".join("fault" if isinstance(outcome, Fault) else "values" for outcome in outcomes)


def right_frames() -> list[bytes]:
    """Frames that are taken, each after the byte that says what is asked."""
    random, made = np.random.default_rng(0), []
    for first, shape in enumerate(SHAPES):
        for dtype in ("f8", "f4", "f2"):
            values = (random.normal(size=shape).astype(dtype), 3, np.ones(shape, dtype))
            body = frames.packed_texts(["0 changed theta", "0 printed a"]) + frames.packed_values(values)
            made.append(bytes([first]) + frames.frame(frames.VALUES, 1, body))
    fault = ["RE", "raised", "ValueError", "3", "x = 1", "untouched"]
    texts = ["0 changed theta", "1 " + frames.FAILED + frames.BETWEEN.join(fault)]
    values = frames.packed_values((np.ones(3), 3, np.ones(3)))
    one_of_two = frames.frame(frames.VALUES, 1, frames.packed_texts(texts) + values)
    whole = frames.frame(frames.FAULT, 1, frames.packed_texts(fault))
    return [*made, b"\0" + whole, bytes([64 + 2]) + one_of_two]


def damaged(frame: bytes, random: np.random.Generator) -> bytes:
    """The frame with bytes changed, cut, doubled, or with huge lengths in them."""
    data = bytearray(frame)
    for _ in range(int(random.integers(1, 5))):
        at = int(random.integers(0, len(data) + 1))
        how = int(random.integers(0, 5))
        if how == 0 and at < len(data):
            data[at] = int(random.integers(0, 256))
        elif how == 1:
            del data[at:]
        elif how == 2:
            data[at:at] = data[at : at + 40]
        elif how == 3:
            data[at : at + 8] = struct.pack("<Q", int(random.choice([2**40, 2**63 - 1, 2**32 - 1, 0, 401])))
        else:
            data += random.bytes(8)
    return bytes(data)


def mutated(count: int, seed: int = 0) -> Counter[str]:
    """Decode that many: random bytes, and damaged frames in turn; what came of them."""
    random = np.random.default_rng(seed)
    outcomes: Counter[str] = Counter()
    for number, frame in zip(range(count), itertools.cycle(right_frames()), strict=False):
        data = random.bytes(int(random.integers(0, 200))) if number % 4 == 0 else damaged(frame, random)
        outcomes[decode(data)] += 1
    return outcomes
