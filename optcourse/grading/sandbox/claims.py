"""What a submission's process claims: texts, held against the list of what can be claimed."""

import keyword
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from optcourse.checking.answering import Fault
from optcourse.grading.sandbox.frames import FrameError

# The codes and kinds that a submission's process may claim; anything else is a forged frame.
CODES = ("BF", "CE", "MLE", "NA", "NF", "OLE", "RE")
KINDS = (
    "none", "structure", "swapped", "state", "type", "shape", "dtype", "signature", "not-attempted", "raised",
    "stopped", "import", "import-raised", "syntax", "rules", "missing", "inside", "not-callable",
    "same",
)  # fmt: skip
LARGEST = 1e18  # of a default: what has more digits is no setting of a step, and no int64
NAME = re.compile(r"(theta|grad|state|the value|[a-z_]\w{0,30})(\[\d{1,6}\])?")
SAID, TEXTS = 200, 20  # what is remembered of a function's calls, and of what they printed
LONGEST = 2000  # characters of one text that was printed
UNTOUCHED = "untouched"  # beside a fault: the function is still the stub that was given out
NUMBER = re.compile(r"([A-Za-z_]\w{0,30})=([-+.\deE]{1,30})")


class Claim(NamedTuple):
    """That the function failed, as its process says; and notes."""

    fault: Fault
    notes: tuple[str, ...]


def claimed_fault(texts: Sequence[str]) -> Claim:
    """What these texts tell of a fault; FrameError where they tell of none."""
    if len(texts) < 5 or texts[0] not in CODES or texts[1] not in KINDS:
        raise FrameError("its process sent something that is no answer (protocol)")
    code, kind, says, line, text = texts[:5]
    number = int(line) if re.fullmatch(r"[0-9]{1,6}", line) else None
    return Claim(
        Fault(code, kind, says[:2000], number, text[:300]), tuple(note[:300] for note in texts[5:25])
    )


def number(text: str) -> tuple[str, float] | None:
    """The (name, value) in "lr=0.001"; None where it is no name of an argument, or no finite number."""
    found = NUMBER.fullmatch(text)
    if not found or not found[1].isidentifier() or keyword.iskeyword(found[1]):
        return None
    try:
        value = float(found[2]) if set(found[2]) & set(".eE") else int(found[2])
    except ValueError:  # "1e2e3"
        return None
    return (found[1], value) if abs(value) < LARGEST else None


def heard(said: set[str], words: Iterable[str]) -> None:
    """Add to `said` what can be said of a call, and no more than is ever read of it.

    A training is many thousand calls: whatever their process says beside them, this does not grow.
    """
    for text in words:
        kind, _, rest = text.partition(" ")
        if kind == "printed":
            room = sum(one.startswith("printed ") for one in said) < TEXTS
        else:
            room = text == UNTOUCHED or (kind in ("changed", "aliased") and bool(NAME.fullmatch(rest)))
        if room and len(said) < SAID:
            said.add(text[: len("printed ") + LONGEST])


def named(word: str, said: set[str]) -> frozenset[str]:
    """The inputs that were said to be changed or aliased."""
    names = {text[len(word) + 1 :] for text in said if text.startswith(f"{word} ")}
    return frozenset(name for name in names if NAME.fullmatch(name))


def printed(said: set[str]) -> str:
    """What the function printed."""
    begin = len("printed ")
    return "".join(sorted(text[begin:] for text in said if text.startswith("printed ")))
