"""The trusted end: a fork server in its jail, and one process in it after the other.

Bytes that come from a submission's process are read here and nowhere else, under a limit of size and time.
"""

import base64
import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

from optcourse.grading.sandbox import frames, levels
from optcourse.grading.sandbox.filters import program
from optcourse.grading.sandbox.places import places

EXIT = struct.Struct("<IidQ")  # as the server packs it
RUNNING = -1  # its wait status while it has not ended
PATIENCE = 60.0  # seconds for the server to answer; it does nothing but fork and wait
IDLE = 0.05  # less than this part of a processor is waiting, not working on a busy machine


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


class SandboxError(Exception):
    """The sandbox itself failed: our fault, never the submission's."""


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


class Sandbox:
    """A fork server at one level. Use it as a context, or `close` it; `job` starts a process."""

    def __init__(self, level: str, limits: Limits) -> None:
        self.level, self.limits = level, limits
        self.jobs = 0
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = ours
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the sandbox)
        self.process = subprocess.Popen(
            levels.command(level, places(), theirs.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            pass_fds=[theirs.fileno()],
            env=levels.ENVIRONMENT if level != levels.BUBBLEWRAP else None,
            start_new_session=True,
        )
        theirs.close()
        try:
            self.configure()
        except BaseException:
            self.close()
            raise

    def configure(self) -> None:
        """Send the server its limits and filter; SandboxError where it doesn't come up."""
        config = {
            "limits": asdict(self.limits),
            "filter": base64.b64encode(program()).decode(),
            "confine": levels.confinement(self.level, places()),
        }
        with contextlib.suppress(OSError):  # it may have ended at once; the reason is found below
            self.control.send(json.dumps(config).encode())
        reply = self.message()
        if reply != b"ready":
            self.errors.seek(0)
            said = (
                reply.decode("utf-8", "replace") or self.errors.read(2000).decode("utf-8", "replace").strip()
            )
            raise SandboxError(
                f"the {self.level} sandbox does not start: {said or 'it ended without a word'}"
            )

    def message(self) -> bytes:
        """The server's next message; empty where it has ended. SandboxError after PATIENCE."""
        if not select.select([self.control], [], [], PATIENCE)[0]:
            raise SandboxError("the sandbox does not answer")
        try:
            return self.control.recv(4096)
        except ConnectionError:
            return b""

    def job(self) -> "Job":
        """A fresh process."""
        self.jobs += 1
        return Job(self, self.jobs)

    def close(self) -> None:
        """End the server and all that is in it."""
        self.control.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class Job:
    """One process in the jail: `request` asks it something; leaving the context ends it, whatever it does."""

    def __init__(self, sandbox: Sandbox, number: int) -> None:
        self.sandbox, self.number = sandbox, number
        self.requests, self.printed, self.cpu, self.ready = 0, 0, 0.0, False
        self.exit: Exit | None = None
        self.channel, theirs = socket.socketpair()
        self.output, output = os.pipe()
        try:
            message = b"J" + number.to_bytes(4, "little")
            socket.send_fds(sandbox.control, [message], [theirs.fileno(), output])
        except OSError as error:
            self.channel.close()
            os.close(self.output)
            raise SandboxError("the sandbox has ended") from error
        finally:
            theirs.close()
            os.close(output)
        self.channel.setblocking(False)
        os.set_blocking(self.output, False)
        self.deadline = time.monotonic() + sandbox.limits.wall

    def request(self, asked: dict[str, Any], values: Iterable[Any], most: int) -> tuple[int, bytes]:
        """The kind and body of the answer, of at most `most` bytes; else StoppedError or FrameError."""
        self.requests += 1
        text = json.dumps(asked).encode()
        body = struct.pack("<I", len(text)) + text + frames.packed_values(tuple(values))
        data = frames.frame(frames.REQUEST, self.requests, body)
        head = frames.head(self.exchange(data, frames.HEAD.size), self.requests, most)
        answer = self.exchange(b"", head.length)
        self.ready = True
        return head.kind, answer

    def exchange(self, data: bytes, count: int) -> bytes:
        """Send `data` and read `count` bytes, while reading off what is printed."""
        received = bytearray()
        view = memoryview(data)
        poll = select.poll()
        poll.register(self.output, select.POLLIN)
        poll.register(self.channel, select.POLLIN | (select.POLLOUT if data else 0))
        while view or len(received) < count:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                self.still_calculating()
                continue
            events = dict(poll.poll(remaining * 1000))
            happened = events.get(self.channel.fileno(), 0)
            if self.output in events and not self.drain():
                poll.unregister(self.output)
            if happened & select.POLLOUT and view:
                try:
                    view = view[self.channel.send(view[: 1 << 18]) :]
                except OSError:
                    raise self.ended() from None
                if not view:
                    poll.modify(self.channel, select.POLLIN)
            if happened & ~select.POLLOUT:
                if len(received) == count:  # an answer before the question was all sent
                    raise frames.FrameError(
                        "its process sent an answer that nothing had asked for (protocol)"
                    )
                try:
                    more = self.channel.recv(min(count - len(received), 1 << 18))
                except OSError:
                    more = b""
                if not more:
                    raise self.ended(bool(received))
                received += more
        return bytes(received)

    def drain(self) -> bool:
        """Count and throw away what was printed; StoppedError (OLE) at the limit; False at its end."""
        try:
            data = os.read(self.output, 1 << 16)
        except BlockingIOError:
            return True
        self.printed += len(data)
        if self.printed > self.sandbox.limits.output:
            self.finish(kill=True)
            raise StoppedError("OLE", f"printed more than {self.sandbox.limits.output:g} bytes")
        return bool(data)

    def still_calculating(self) -> None:
        """The time is up: give it as much again if it calculated; else kill it: StoppedError (ILE)."""
        wall = self.sandbox.limits.wall
        try:
            self.sandbox.control.send(b"C")
        except OSError as error:
            raise SandboxError("the sandbox has ended") from error
        now = self.answer()
        if now.status != RUNNING:
            self.exit = now
        elif now.cpu - self.cpu < IDLE * wall:
            self.finish(kill=True)
            raise StoppedError(
                "ILE", f"waited: it was stopped after {wall:g} seconds in which it did nothing"
            )
        self.cpu, self.deadline = now.cpu, time.monotonic() + wall

    def answer(self) -> Exit:
        """The server's answer about this job."""
        message = self.sandbox.message()
        if len(message) != EXIT.size or EXIT.unpack(message)[0] != self.number:
            raise SandboxError("the sandbox has ended")
        return Exit(*EXIT.unpack(message)[1:])

    def ended(self, half: bool = False) -> StoppedError:
        """Its end of the channel is closed: why, by the way in which it ended."""
        ended = self.finish(kill=True)
        cpu, status = self.sandbox.limits.cpu, ended.status
        place = "" if self.ready else " during import"
        by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if by_signal == signal.SIGXCPU or (by_signal == signal.SIGKILL and ended.cpu >= cpu):
            return StoppedError("TLE", f"was stopped{place} after {ended.cpu:.1f} seconds of calculating")
        if by_signal:
            name = signal.Signals(by_signal).name
            if name == "SIGKILL" and not half and ended.memory * 1024 > self.sandbox.limits.memory / 2:
                return StoppedError("MLE", f"was stopped{place}: it took more memory than there is")
            return StoppedError("CR", f"ended its process{place} ({name})")
        after = " in the middle of an answer" if half else " without an answer"
        return StoppedError("CR", f"exited{place}{after} (exit code {os.WEXITSTATUS(status)})")

    def finish(self, kill: bool = False) -> Exit:
        """End the process, if it has not ended, and wait for it."""
        if self.exit is None:
            if kill:
                try:
                    self.sandbox.control.send(b"K" + self.number.to_bytes(4, "little"))
                except OSError as error:
                    raise SandboxError("the sandbox has ended") from error
            self.exit = self.answer()
        return self.exit

    def surplus(self) -> bool:
        """After the last answer: close our end, and whether anything more came before its process ended."""
        self.channel.shutdown(socket.SHUT_WR)
        while True:
            try:
                if not select.select(
                    [self.channel], [], [], min(1.0, max(0.0, self.deadline - time.monotonic()))
                )[0]:
                    return False
                return bool(self.channel.recv(1))
            except OSError:
                return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.finish(kill=True)
        finally:
            self.channel.close()
            os.close(self.output)
