"""What a submission's process may use, how it ended, and what verdict that is. Starts and reads nothing."""

import os
import signal
from dataclasses import dataclass
from typing import NamedTuple

RUNNING = -1  # the wait status of what has not ended


@dataclass(frozen=True)
class Limits:
    """What one process may use: CPU and waiting in seconds, memory and output in bytes.

    `wall` is how long it may get nowhere. One that calculates has its CPU seconds, however long a busy
    machine takes to give them.
    """

    cpu: float = 2
    wall: float = 10
    memory: float = 1 << 30
    output: float = 1 << 20


class StoppedError(Exception):
    """A process ended, or was ended, without an answer; `code` is the verdict."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code, self.says = code, says


class Exit(NamedTuple):
    """How a process ended: its wait status, CPU seconds and peak memory in kB."""

    status: int
    cpu: float
    memory: int


def why(end: Exit, limits: Limits, ready: bool, half: bool) -> StoppedError | None:
    """The verdict on a process that ended by itself, or at a limit; None where somebody outside killed it.

    `ready`: it had been imported. `half`: it had begun an answer.
    """
    place = "" if ready else " during import"
    if not os.WIFSIGNALED(end.status):
        after = " in the middle of an answer" if half else " without an answer"
        return StoppedError("CR", f"exited{place}{after} (exit code {os.WEXITSTATUS(end.status)})")
    killed = os.WTERMSIG(end.status)
    if killed == signal.SIGKILL and end.cpu >= limits.cpu:
        return StoppedError("TLE", f"was stopped{place} after {end.cpu:.1f} seconds of calculating")
    if killed == signal.SIGKILL and not half and end.memory * 1024 > limits.memory / 2:
        return StoppedError("MLE", f"was stopped{place}: it took more memory than there is")
    if killed == signal.SIGKILL:  # it has no way to do this to itself
        return None
    return StoppedError("CR", f"ended its process{place} ({signal.Signals(killed).name})")
