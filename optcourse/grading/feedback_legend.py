"""What each verdict means, in a sentence, for the pages that show verdicts."""

from collections.abc import Iterable
from typing import NamedTuple

from optcourse.grading.records import VERDICTS

MEANS = {
    "AC": "it does what was asked for, in every test",
    "PC": "some tests are right and others are not, or it goes a part of the way",
    "WA": "it gives other values than were asked for",
    "BF": "what it returns has another shape, dtype or type than was asked for",
    "NF": "what was handed in has no function of the name that was asked for",
    "CE": "the file or a cell that the task needs cannot be read or run",
    "RE": "the function was called as asked for, and raised an exception",
    "TLE": "it computed for longer than it may",
    "ILE": "it waited, or slept, for longer than it may",
    "MLE": "it asked for more memory than it may have",
    "OLE": "it printed or returned more than it may",
    "SV": "it asked for something that the sandbox bars, as a file or the network; it got nothing",
    "NA": "it is as it was handed out",
    "ND": "called again with the same arguments, it returns other values",
    "CR": "its process ended before it answered",
    "SK": "a task that it builds on is missing, so it was not run",
    "IE": "a fault of the grader, never a zero: it is graded again",
}


class Meaning(NamedTuple):
    """One line of a legend."""

    code: str
    word: str
    means: str


def legend(codes: Iterable[str]) -> tuple[Meaning, ...]:
    """What these verdicts mean, each once, from right to our fault."""
    found = set(codes)
    return tuple(Meaning(code, word, MEANS[code]) for code, word in VERDICTS.items() if code in found)
