"""A million frames, random ones and damaged ones, into the decoder: no crash, no more memory than is allowed.

    python -m tests.grading.fuzz_frames [--count 1000000]

Half are damaged by `damaged_frames.py`, half by atheris (libFuzzer), which is steered by what code is reached.
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=[f"optcourse.grading.sandbox.{name}" for name in ("frames", "claims", "replies")]
):
    from tests.grading.damaged_frames import decode, mutated, right_frames

ROOM = 64 << 20  # bytes that decoding may take beyond what the process has; a frame may claim 2^64


def within(room: int) -> None:
    """From here on this process can take only so much more memory: MemoryError, which is a crash."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room,) * 2)


def main() -> None:
    """Half of them own mutations, half by atheris, which ends the process at the first crash."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000_000)
    options = parser.parse_args()
    within(ROOM)
    half = options.count // 2
    outcomes = mutated(half)
    print(f"{half:,} random and damaged frames: no crash, and this is what came of them:")
    for outcome, count in outcomes.most_common():
        print(f"{count:>10,}  {outcome}")
    sys.stdout.flush()

    with tempfile.TemporaryDirectory() as corpus:
        for number, frame in enumerate(right_frames()):
            Path(corpus, str(number)).write_bytes(frame)
        arguments = [f"-runs={options.count - half}", "-max_len=4096", "-rss_limit_mb=0", "-seed=1", corpus]
        atheris.Setup([sys.argv[0], *arguments], decode)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
