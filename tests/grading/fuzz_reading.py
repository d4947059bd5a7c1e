"""Random and damaged archives, notebooks and names into the reader of what is handed in, under limits.

    python -m tests.grading.fuzz_reading [--count 20000] [--seed 0]

Whatever comes in, the reader ends with somebody's submission or with why there is none: no exception, no
more memory than ROOM, no more than SECONDS of the processor for one input. What fails is named by its number,
and `--only NUMBER` reads it again.
"""

import argparse
import io
import json
import os
import re
import resource
import signal
import tempfile
import time
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from optcourse.grading.bounds import CODE, packed_size
from optcourse.grading.naming import LONGEST
from optcourse.grading.records import Submission
from optcourse.grading.submissions import FLAG, FLAGS, PROBLEM, LeftOut, handed_in

ROOM = 200 << 20  # bytes that reading may take beyond what the process has
SECONDS = 10  # of the processor, for one input; most take a hundredth of one
GROWN = 3_000_000  # bytes up to which damage may lengthen an input
SOURCE = "import numpy as np\n\ndef adam_step(theta, grad, state, *, lr=1e-3):\n    return theta, state\n"
WORDS = (
    "hw", "hw1_", ".py", ".ipynb", ".zip", ".IPYNB", "submitted", "_1_2_", "_LATE_", "_7_assignsubmission_file_",
    "/", "/", "..", "\\", "C:", "\0", "\n", "\x1b[31m", "\u202e", "\u200d", "\ud800", "\u00e9", "e\u0301",
    "\u0301" * 100, "\N{GRINNING FACE}" * 30, "A" * 250, " ", ".", "-rf", "=1+1", "<b>", "%s", "{x}", ".git",
    "__MACOSX", "nbgrader_config.py", "gradebook.db", "source", "s001", "\ufdfa" * 20,
)  # fmt: skip
SKIPPED = {".git", "__MACOSX"}  # what computers make by themselves, and nobody hands in
METHODS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
)
EXTREMES = (
    b"\0" * 4,
    b"\xff" * 4,
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\xff" * 8,
    b"PK\x01\x02",
    b"PK\x05\x06",
)


class SlowError(BaseException):
    """An input takes too long; nothing that is read may catch it."""


@contextmanager
def limited() -> Iterator[None]:
    """So much more memory and processor time than now, and no more: MemoryError, SlowError."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + ROOM,
        resource.RLIMIT_CPU: int(time.process_time()) + SECONDS,
    }
    before = {kind: resource.getrlimit(kind) for kind in most}
    signal.signal(signal.SIGXCPU, too_slow)
    for kind, limit in most.items():
        resource.setrlimit(kind, (limit, before[kind][1]))
    try:
        yield
    finally:
        for kind, limits in before.items():
            resource.setrlimit(kind, limits)


def too_slow(*_: object) -> NoReturn:
    """At the limit of the processor's time."""
    raise SlowError


def name(random: Random) -> str:
    """A name out of what has been, or looks like, somebody's trick."""
    return "".join(random.choices(WORDS, k=random.randint(1, 5)))


def damaged(data: bytes, random: Random, around: bytes = b"") -> bytes:
    """The bytes with some of them changed, left out, doubled or a great many times there; or all as they are.

    Half of the places are where `around` stands.
    """
    for _ in range(random.choice((0, 0, 1, 1, 2, 5))):
        place, length = random.randrange(len(data) + 1), random.randint(1, 40)
        marks = [found.start() for found in re.finditer(re.escape(around), data)] if around else []
        if marks and random.random() < 0.5:
            place = random.choice(marks) + random.randrange(48)
        begin, piece, rest = data[:place], data[place : place + length], data[place + length :]
        change = random.randrange(6)
        if change == 0:
            piece = random.randbytes(len(piece))
        elif change == 1:
            extreme = random.choice(EXTREMES)
            piece = extreme + piece[len(extreme) :]
        elif change == 2:
            piece = b""
        elif change == 3:
            piece *= 2
        elif change == 4:
            piece *= random.randint(0, GROWN // length)
        else:
            rest = b""
        data = begin + piece + rest
    return data


def value(random: Random) -> Any:
    """A value that a notebook has in no place, or in another one."""
    deep: Any = 0
    for _ in range(random.choice((3, 70, 400))):
        deep = [deep] if random.random() < 0.5 else {"x": deep}
    long = (random.choice(WORDS) * random.choice((1, 100, 100_000)))[:1_000_000]
    return random.choice(
        (None, True, -1, 1e400, 10**4000, long, [], {}, [SOURCE] * 3, deep, [long] * 20, {long: long})
    )


def notebook(random: Random) -> bytes:
    """A notebook, some of whose values are others, in some encoding, then damaged."""
    cells = [
        {"cell_type": "code", "source": SOURCE, "metadata": {"nbgrader": {"grade_id": "a"}}, "outputs": [{}]}
        for _ in range(random.randint(1, 4))
    ]
    content = {"nbformat": random.choice((3, 4, 5)), "metadata": {"kernelspec": {}}, "cells": cells}
    for _ in range(random.randrange(4)):
        place: Any = content
        while place:
            key = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
            if not isinstance(place[key], (dict, list)) or random.random() < 0.3:
                place[key] = value(random)
                break
            place = place[key]
    text = json.dumps(content, ensure_ascii=random.random() < 0.5)
    return damaged(
        text.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "surrogatepass"), random, b'"'
    )


def content(random: Random, deep: int = 0) -> bytes:
    """What may be in a file."""
    kind = random.randrange(12)
    if kind < 4:
        return notebook(random)
    if kind < 7:
        return damaged(
            f"# coding: {random.choice(('utf-8', 'latin-1', 'rot13', 'zlib'))}\n{SOURCE}".encode(), random
        )
    if kind < 9 and deep < 3:
        return archive(random, deep + 1)
    if kind == 9:
        return bytes(random.choice((1000, 100_000, 20_000_000)))
    return random.randbytes(random.choice((0, 10, 10_000)))


def archive(random: Random, deep: int = 0) -> bytes:
    """A zip of some files, by any method, whose names and table are damaged."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as made:
        warnings.simplefilter("ignore")  # two files of the same name
        for _ in range(random.choice((0, 1, 1, 2, 5))):
            info = zipfile.ZipInfo(name(random).encode("utf-8", "replace").decode() or "x")
            info.compress_type = random.choice(METHODS)
            info.external_attr = random.choice((0, 0, 0o100644 << 16, 0o120777 << 16, 0o20666 << 16))
            made.writestr(info, content(random, deep))
    return damaged(buffer.getvalue(), random, b"PK")


def in_names(random: Random, folder: Path) -> int:
    """A class's folder of such names; how many of them must be answered for."""
    made = set()
    for _ in range(random.randint(1, 6)):
        parts = [
            part.encode("utf-8", "surrogatepass").replace(b"\0", b"")[:200]
            for part in name(random).split("/")
        ]
        parts = [part for part in parts if part not in (b"", b".", b"..")] or [b"x"]
        path = Path(os.fsdecode(os.path.join(os.fsencode(folder), *parts)))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content(random, 2))
        except OSError:  # a folder is called so already
            continue
        made.add(path.relative_to(folder).parts[0])
    return 0 if "submitted" in made else len(made - SKIPPED)


def in_one_file(make: Callable[[Random], bytes], ending: str) -> Callable[[Random, Path], int]:
    """A class's folder with one such file."""

    def write(random: Random, folder: Path) -> int:
        (folder / f"mia{ending}").write_bytes(make(random))
        return 1

    return write


def of_a_class(random: Random, folder: Path) -> int:
    """A zip of a class in a folder of that alone, which is what is given to the command."""
    folder.rmdir()
    folder.write_bytes(archive(random))
    return 0


KINDS = (
    in_one_file(archive, ".zip"),
    of_a_class,
    in_one_file(notebook, ".ipynb"),
    in_one_file(content, ".py"),
    in_names,
)


def sound(one: Submission | LeftOut) -> None:
    """AssertionError for what must not come out of the reader."""
    for text, longest in ((one.student, LONGEST), (one.file, LONGEST)):
        assert 0 < len(text) <= longest, text
        assert not [char for char in text if unicodedata.category(char)[0] == "C" and char != "\u200d"], text
    if isinstance(one, LeftOut):
        assert one.why
        return
    assert bool(one.cells) != bool(one.problem) or one.kind == "notebook"
    assert len(one.problem) <= PROBLEM
    assert len(one.flags) <= FLAGS
    assert all(len(flag) <= FLAG for flag in one.flags)
    assert packed_size(one.cells) <= CODE


def outcomes(number: int, seed: int) -> list[str]:
    """Read one input: a word for each that comes of it."""
    random = Random(f"{seed}:{number}")
    with tempfile.TemporaryDirectory(prefix="optcourse-fuzz-") as place:
        path = Path(place, "class.zip" if number % len(KINDS) == 1 else "class")
        path.mkdir()
        least = KINDS[number % len(KINDS)](random, path)
        with limited():
            said = [word(one) for one in handed_in(path, "hw1_gradient_descent")]
    assert len(said) >= least, f"{least} were handed in, {len(said)} are answered for"
    return said


def word(one: Submission | LeftOut) -> str:
    """What came of somebody's file, which is sound."""
    sound(one)
    return "left out" if isinstance(one, LeftOut) else one.problem[:24] or "taken"


def main() -> None:
    """Read them all, and say what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    said: Counter[str] = Counter()
    for number in range(options.count) if options.only is None else [options.only]:
        try:
            said.update(outcomes(number, options.seed))
        except BaseException as error:
            error.add_note(f"This is number {number} of seed {options.seed}.")
            raise
    for outcome, count in said.most_common():
        print(f"{count:>8,}  {outcome!r}")


if __name__ == "__main__":
    main()
