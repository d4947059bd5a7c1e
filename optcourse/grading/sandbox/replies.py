"""What a process answers to calls, read from a frame's body: values as they were asked for, or faults."""

import itertools
from collections.abc import Sequence
from typing import Any

from optcourse.checking.answering import Fault
from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.claims import claimed_fault, heard
from optcourse.grading.sandbox.frames import Asked, FrameError

Values = tuple[Any, ...]


def returned(
    kind: int, body: bytes, calls: Sequence[Sequence[Asked]], said: Sequence[set[str]]
) -> list[Values | Fault]:
    """What each call returned, of which so many values were asked for, or its fault; FrameError for neither.

    What else is told of a call (that it changed an input, what it printed) is added to its `said`.
    """
    texts, at = frames.read_texts(body)
    if kind == frames.FAULT and len(calls) == 1:
        fault, notes = claimed_fault(texts)
        heard(said[0], notes)
        return [fault]
    if kind != frames.VALUES:
        raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    faults = told(texts, said)
    wanted = [one for place, asked in enumerate(calls) if place not in faults for one in asked]
    found = iter(frames.read_values(body, wanted, at))
    return [
        faults[place] if place in faults else tuple(itertools.islice(found, len(asked)))
        for place, asked in enumerate(calls)
    ]


def told(texts: Sequence[str], said: Sequence[set[str]]) -> dict[int, Fault]:
    """The faults that these texts tell of, by the call's place; the rest of them is added to `said`."""
    places = {str(place): place for place in range(len(said))}
    faults = {}
    for text in texts:
        number, _, words = text.partition(" ")
        place = places.get(number)
        if place is not None and words.startswith(frames.FAILED):
            faults[place], notes = claimed_fault(words.split(frames.BETWEEN)[1:])
            heard(said[place], notes)
        elif place is not None:
            heard(said[place], [words])
    return faults
