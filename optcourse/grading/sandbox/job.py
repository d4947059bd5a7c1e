"""One process in the jail. Bytes that come from it are read here and nowhere else, under limits."""

import json
import os
import select
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any, Self

from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.control import Control, SandboxError
from optcourse.grading.sandbox.endings import RUNNING, Exit, Limits, StoppedError, why

IDLE = 0.05  # less than this part of a processor is waiting, not working on a busy machine
LEAVING = 1.0  # seconds from a channel's end to that of its process, if that is why it ended
START = 30.0  # seconds for a process to begin, which takes it milliseconds
CHUNK = 1 << 18  # bytes sent or received at once


class Job:
    """`request` asks the process something; leaving the context ends it, whatever it does.

    Until it has `begun` (it is shut in, and has read what it is to load) nothing of a submission has run in
    it: what goes wrong before is our fault, a SandboxError.
    """

    def __init__(self, control: Control, limits: Limits, number: int, seed: int) -> None:
        self.control, self.limits, self.number = control, limits, number
        self.requests, self.printed, self.cpu = 0, 0, 0.0
        self.begun, self.ready = False, False
        self.patience, self.most = limits.wall, float("inf")
        self.exit: Exit | None = None
        self.calls: dict[Any, int] = {}  # what it has been told of how the function is called, by number
        self.channel, theirs = socket.socketpair()
        self.output, output = os.pipe()
        try:
            control.send(b"J" + struct.pack("<II", number, seed), (theirs.fileno(), output))
        except BaseException:
            self.channel.close()
            os.close(self.output)
            raise
        finally:
            theirs.close()
            os.close(output)
        self.channel.setblocking(False)
        os.set_blocking(self.output, False)
        self.poll = select.poll()
        self.poll.register(self.output, select.POLLIN)
        self.poll.register(self.channel, select.POLLIN)
        self.began = time.monotonic()
        self.deadline = self.began + START

    def hurry(self, seconds: float) -> None:
        """From now on it has only so long to calculate (about), and to get nowhere."""
        now = time.monotonic()
        self.patience, self.most = seconds, now - self.began + seconds  # it can't have calculated for longer
        self.deadline = now + seconds

    def request(self, asked: dict[str, Any], values: Iterable[Any], most: int) -> tuple[int, bytes]:
        """The kind and body of the answer, of at most `most` bytes; else StoppedError or FrameError."""
        self.requests += 1
        text = json.dumps(asked).encode()
        body = struct.pack("<I", len(text)) + text + frames.packed_values(tuple(values))
        head, answer = self.exchange(frames.frame(frames.REQUEST, self.requests, body), most)
        self.ready = True
        return head.kind, answer

    def exchange(self, data: bytes, most: int) -> tuple[frames.Head, bytes]:
        """Send `data` and read the frame that answers it, while reading off what is printed."""
        left = self.sent(memoryview(data))
        received, head, wanted = bytearray(), None, frames.HEAD.size
        while left or len(received) < wanted:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                self.out_of_time()
                continue
            self.poll.modify(self.channel, select.POLLIN | (select.POLLOUT if left else 0))
            events = dict(self.poll.poll(remaining * 1000))
            happened = events.get(self.channel.fileno(), 0)
            if self.output in events and not self.drain():
                self.poll.unregister(self.output)
            if happened & select.POLLOUT:
                left = self.sent(left)
            if happened & ~select.POLLOUT:
                received += self.received(bool(received))
                if left:
                    raise frames.FrameError(
                        "its process sent an answer that nothing had asked for (protocol)"
                    )
                if head is None and len(received) >= wanted:
                    head = frames.head(bytes(received[:wanted]), self.requests, most)
                    wanted += head.length
                if len(received) > wanted:
                    raise frames.FrameError("its process sent more answers than it was asked for (protocol)")
        assert head
        return head, bytes(received[frames.HEAD.size :])

    def sent(self, data: memoryview) -> memoryview:
        """Send what goes through at once; what is left."""
        try:
            return data[self.channel.send(data[:CHUNK]) :]
        except BlockingIOError:
            return data
        except OSError:
            raise self.ended() from None

    def received(self, half: bool) -> bytes:
        """What has come; StoppedError where that is the end, with an answer begun (`half`) or not."""
        try:
            more = self.channel.recv(CHUNK)
        except OSError:
            more = b""
        if not more:
            raise self.ended(half)
        return more if self.begun else self.without_begin(more)

    def without_begin(self, more: bytes) -> bytes:
        """The first bytes without the one that says that it has begun; SandboxError for any other."""
        if not more.startswith(frames.BEGUN):
            self.finish(kill=True)
            says = more[len(frames.NOT_SHUT_IN) :][:300].decode("utf-8", "replace")
            raise SandboxError(f"a process of the sandbox can't be shut in: {says}")
        self.begun, self.deadline = True, time.monotonic() + self.patience
        return more[len(frames.BEGUN) :]

    def drain(self) -> bool:
        """Count and throw away what was printed; StoppedError (OLE) at the limit; False at its end."""
        try:
            data = os.read(self.output, 1 << 16)
        except BlockingIOError:
            return True
        self.printed += len(data)
        if self.printed > self.limits.output:
            self.finish(kill=True)
            raise StoppedError("OLE", f"printed more than {self.limits.output:g} bytes")
        return bool(data)

    def out_of_time(self) -> None:
        """Give it as much time again if it calculated; else kill it: StoppedError (ILE)."""
        now = self.now()
        if not self.begun:
            self.finish(kill=True)
            raise SandboxError(f"a process of the sandbox did not begin within {START:g} seconds")
        if now.status == RUNNING and now.cpu - self.cpu < IDLE * self.patience:
            self.finish(kill=True)
            raise StoppedError(
                "ILE", f"waited: it was stopped after {self.patience:g} seconds in which it did nothing"
            )
        if now.status == RUNNING and now.cpu > self.most:
            self.finish(kill=True)
            raise StoppedError("TLE", f"was stopped after {now.cpu:.1f} seconds of calculating")
        self.cpu, self.deadline = now.cpu, time.monotonic() + self.patience

    def now(self) -> Exit:
        """What it has used so far; how it ended, where it has."""
        if self.exit is None:
            self.control.send(b"C")
            end = self.control.exit_of(self.number)
            if end.status == RUNNING:
                return end
            self.exit = end
        return self.exit

    def ended(self, half: bool = False) -> StoppedError:
        """Its end of the channel is closed: why. SandboxError where that is our fault."""
        hung_up = self.exit is None and not self.control.waits(LEAVING)
        end = self.finish(kill=hung_up)
        if not self.begun:
            raise SandboxError(f"a process of the sandbox ended before it began (wait status {end.status})")
        if hung_up:
            return StoppedError("CR", "closed its channel, and went on without an answer")
        if stopped := why(end, self.limits, self.ready, half):
            return stopped
        raise SandboxError("a process of the sandbox was killed from outside")

    def finish(self, kill: bool = False) -> Exit:
        """End the process, if it has not ended, and wait for it."""
        if self.exit is None:
            if kill:
                self.control.send(b"K" + self.number.to_bytes(4, "little"))
            self.exit = self.control.exit_of(self.number)
        return self.exit

    def surplus(self) -> bool:
        """After the last answer: close our end, and whether anything more came before its process ended."""
        try:
            self.channel.shutdown(socket.SHUT_WR)
            patience = min(1.0, max(0.0, self.deadline - time.monotonic()))
            return bool(select.select([self.channel], [], [], patience)[0] and self.channel.recv(1))
        except ConnectionError:  # it has ended, which is what it should
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.finish(kill=True)
        finally:
            self.channel.close()
            os.close(self.output)
