"""How long a process did nothing of its own: what it, or we, waited for a processor is taken off.

Must know nothing of verdicts. The books are the kernel's: /proc/PID/schedstat (proc(5)) has
how long a process has calculated and how long it stood in the queue for a processor, in nanoseconds.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

TICK = 0.1  # seconds from one look at the books to the next
SLEEPING = "STt"  # states of proc(5): waits of its own will, or is stopped; not for a processor or a disk


class Reading(NamedTuple):
    """What the books say at one moment."""

    cpu: float  # seconds that the process has calculated
    queued: float  # seconds that it and we have stood in the queue for a processor, in all
    asleep: bool  # whether it now waits for something else than a processor or a disk


def reading(pid: int) -> Reading | None:
    """What the kernel says of a process; None where it says nothing (it has ended, or /proc hides it)."""
    try:
        cpu, queued, _ = map(int, Path(f"/proc/{pid}/schedstat").read_text().split())
        ours = int(Path("/proc/thread-self/schedstat").read_text().split()[1])
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except (OSError, ValueError, IndexError):
        return None
    return Reading(cpu / 1e9, (queued + ours) / 1e9, state in SLEEPING)


class Idling:
    """Counts the `seconds` in which a process was asked for something and did nothing of its own.

    `read` opens the books; it is given how long was waited for an answer since it last did. Between the
    stretches that `passed` is told of, the process may wait as long as it likes.
    """

    def __init__(self, read: Callable[[float], Reading], first: Reading, tick: float = TICK) -> None:
        self.read, self.last, self.tick = read, first, tick
        self.seconds = self.since = 0.0

    def passed(self, seconds: float) -> None:
        """So long was waited for an answer; many ticks at once are the machine's own sleep."""
        self.since += min(seconds, 2 * TICK)
        if self.since < self.tick:
            return
        now = self.read(self.since)
        if now.asleep:
            own = now.cpu - self.last.cpu + now.queued - self.last.queued
            self.seconds += max(0.0, self.since - own)
        self.last, self.since = now, 0.0
