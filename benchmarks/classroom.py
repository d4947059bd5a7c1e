"""A simulated class of 100,000, or a stated fraction of it: graded, kept in a gradebook, and read again.

    python -m benchmarks.classroom [--fraction 0.01] [--workers N | --scheduler tcp://H:P] [--gradebook URL]

Nothing is written but the gradebook (a temporary one without --gradebook). Submissions are made as they are
needed and forgotten when they are kept: it prints how many were there at once, and its peak memory.
"""

import argparse
import hashlib
import platform
import random
import resource
import time
import weakref
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from optcourse.grading.assignment import rule_assignment
from optcourse.grading.batches import Grading
from optcourse.grading.command import Place, gradebook, grader_for, kept
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox.supervisor import Limits
from optcourse.grading.showing import Tally
from optcourse.processors import usable_cores

CLASS = 100_000
RIGHT = """\
def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (v_hat**0.5 + eps)
    return theta, (m, v, t)
"""
BEGIN = RIGHT.partition("    t = t + 1")[0]
# In a thousand students: how many hand in what.
MIX = (
    (700, "right", RIGHT),
    (120, "wrong: v is not corrected", RIGHT.replace("v_hat = v / (1 - beta2**t)", "v_hat = v")),
    (60, "wrong: the sign", RIGHT.replace("theta - lr", "theta + lr")),
    (40, "raises", RIGHT.replace("m, v, t = state", "m, v, t = states")),
    (40, "not attempted", BEGIN + "    raise NotImplementedError\n"),
    (25, "no Python", RIGHT.replace("return", "retrun")),
    (5, "slow: never ends", BEGIN + "    while True:\n        pass\n"),
    (4, "hostile: ends its process", "import os\nos._exit(0)\n"),
    (3, "hostile: takes all memory", BEGIN + "    x = [0]\n    while True:\n        x = x + x\n"),
    (3, "hostile: prints without end", BEGIN + "    while True:\n        print('x' * 10_000)\n"),
)  # fmt: skip
COPIES = 20  # in a thousand hand in what the one before them did
START = datetime(2026, 11, 2, tzinfo=UTC)


def classroom(count: int, seed: int = 0) -> Iterator[Submission]:
    """The submissions of this many students; the same for the same seed."""
    draw = random.Random(seed)
    source = RIGHT
    for number in range(count):
        if number == 0 or draw.randrange(1000) >= COPIES:
            (source,) = draw.choices([text for _, _, text in MIX], [share for share, _, _ in MIX])
            source = f"# {number}\n{source}"
        digest = hashlib.sha256(source.encode()).hexdigest()
        when = START + timedelta(seconds=draw.randrange(10 * 86_400))
        cells = (Cell("adam.py", source),)
        yield Submission(f"student {number:06}", "adam.py", cells, "script", digest, when)


class Present:
    """How many submissions there are at once."""

    def __init__(self) -> None:
        self.now, self.most = 0, 0

    def counted(self, submissions: Iterator[Submission]) -> Iterator[Submission]:
        for one in submissions:
            weakref.finalize(one, self.gone)
            self.now += 1
            self.most = max(self.most, self.now)
            yield one

    def gone(self) -> None:
        self.now -= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--fraction", type=float, default=0.01, help=f"of {CLASS:,} (default: 0.01)")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--scheduler")
    parser.add_argument("--gradebook")
    options = parser.parse_args()
    count, present, verdicts = round(CLASS * options.fraction), Present(), Counter[str]()
    grading = Grading(grader_for(rule_assignment("adam"), 0, Limits(cpu=1)))
    with gradebook(options.gradebook) as book:
        begun, tally = time.perf_counter(), Tally()
        place = Place(options.workers, options.scheduler)
        for one in kept(place.graded(grading, book, present.counted(classroom(count))), book, tally):
            verdicts.update(task.verdict for task in one.result.tasks)
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        again = sum(1 for _ in kept(place.graded(grading, book, classroom(count)), book, Tally()))
        repeated = time.perf_counter() - begun
        begun = time.perf_counter()
        grades = sum(1 for _ in book.grades("adam"))
        reading = time.perf_counter() - begun
    assert count == again == grades == verdicts.total()
    print(
        f"{platform.machine()}, {usable_cores()} cores, Python {platform.python_version()}; "
        "Adam's step, 1 s of CPU a probe"
    )
    print(
        f"A class of {CLASS:,}: a fraction of {options.fraction:g}, so {count:,} submissions. In a thousand:"
    )
    for share, name, _ in MIX:
        print(f"  {share:4}  {name}")
    print("Verdicts:", ", ".join(f"{number:,} {name}" for name, number in verdicts.most_common()))
    print(f"Graded and kept: {seconds:.1f} s, {count / seconds:.1f} a second ({tally.ran:,} were run)")
    print(f"The same again, all known: {repeated:.1f} s, {count / repeated:,.0f} a second")
    print(f"Read as grades: {reading:.1f} s, {grades / reading:,.0f} a second")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"At most {present.most} submissions at once; peak memory of the grader {peak:.0f} MB")


if __name__ == "__main__":
    main()
