"""One process in the jail. Bytes that come from it are read here and nowhere else, under limits."""

import json
import os
import select
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from typing import Any, Self

from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.control import Control, SandboxError
from optcourse.grading.sandbox.endings import RUNNING, Exit, Limits, StoppedError, why
from optcourse.grading.sandbox.idling import TICK, Idling, Reading, reading
from optcourse.grading.sandbox.sealed import Sealed

IDLE = 0.05  # less than this part of a processor is waiting, where the kernel does not say for what
BLIND = 1.0  # seconds over which that is looked at
STARVED = 30  # times its patience that an answer may take, on a machine that has no processor for it
LEAVING = 1.0  # seconds from a channel's end to that of its process, if that is why it ended
START = 30.0  # seconds for a process to begin, which takes it milliseconds
WHO = struct.Struct("iII")  # a process, its user and group, as the kernel says them
CHUNK = 1 << 18  # bytes sent or received at once


class Job:
    """`request` asks the process something; leaving the context ends it, whatever it does.

    Until it has `begun` (it is shut in, and has read what it is to load) nothing of a submission has run in
    it: what goes wrong before is our fault, a SandboxError.
    """

    def __init__(
        self, control: Control, limits: Limits, number: int, seed: int, inputs: Sealed | None = None
    ) -> None:
        self.control, self.limits, self.number, self.inputs = control, limits, number, inputs
        self.requests, self.printed, self.pid = 0, 0, 0
        self.begun, self.ready = False, False
        self.patience, self.most = limits.wall, float("inf")
        self.idling = Idling(self.books, Reading(0.0, 0.0, False))
        self.until = self.patience  # seconds of idling, in all
        self.exit: Exit | None = None
        self.calls: dict[Any, int] = {}  # what it has been told of how the function is called, by number
        self.channel, theirs = socket.socketpair()
        self.channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)  # the kernel says who sends
        self.output, output = os.pipe()
        descriptors = (theirs.fileno(), output, *([inputs.descriptor] if inputs else []))
        try:
            control.send(b"J" + struct.pack("<II", number, seed), descriptors)
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

    def hurry(self, seconds: float) -> None:
        """From now on it has only so long to calculate (about), and to get nowhere."""
        elapsed = time.monotonic() - self.began  # it can't have calculated for longer
        self.patience, self.most = seconds, elapsed + seconds
        self.allow()

    def allow(self) -> None:
        """It got somewhere: from now on it may idle for its whole patience again."""
        self.until = self.idling.seconds + self.patience

    @property
    def used(self) -> tuple[float, float]:
        """Seconds that it has calculated, up to the last look at the books, and idled."""
        return self.exit.cpu if self.exit else self.idling.last.cpu, self.idling.seconds

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
        began = now = time.monotonic()
        while left or len(received) < wanted:
            self.be_in_time(now, began)
            self.poll.modify(self.channel, select.POLLIN | (select.POLLOUT if left else 0))
            events = dict(self.poll.poll(TICK * 1000))
            before, now = now, time.monotonic()
            if self.begun:
                self.idling.passed(now - before)
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
            more, said, _, _ = self.channel.recvmsg(CHUNK, 0 if self.begun else socket.CMSG_SPACE(WHO.size))
        except OSError:
            more, said = b"", []
        if not more:
            raise self.ended(half)
        return more if self.begun else self.without_begin(more, said)

    def without_begin(self, more: bytes, said: Sequence[tuple[int, int, bytes]]) -> bytes:
        """The first bytes without the one that says that it has begun; SandboxError for any other.

        `said` is the kernel's word on who sent them, by the numbers that processes have here.
        """
        if not more.startswith(frames.BEGUN):
            self.finish(kill=True)
            says = more[len(frames.NOT_SHUT_IN) :][:300].decode("utf-8", "replace")
            raise SandboxError(f"a process of the sandbox can't be shut in: {says}")
        for level, kind, data in said:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                self.pid = WHO.unpack(data)[0]
        first = reading(self.pid)
        tick = TICK if first else BLIND
        self.begun, self.idling = True, Idling(self.books, first or Reading(0.0, 0.0, False), tick)
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

    def be_in_time(self, now: float, began: float) -> None:
        """StoppedError where it has idled, or in a hurry calculated, for too long.

        SandboxError where it did neither, and no answer came all the same: then the machine is at fault.
        """
        if not self.begun:
            if now - self.began > START:
                self.finish(kill=True)
                raise SandboxError(f"a process of the sandbox did not begin within {START:g} seconds")
        elif self.idling.seconds >= self.until:
            self.finish(kill=True)
            raise StoppedError(
                "ILE", f"waited: it was stopped after {self.patience:g} seconds in which it did nothing"
            )
        elif self.idling.last.cpu > self.most:
            self.finish(kill=True)
            raise StoppedError("TLE", f"was stopped after {self.idling.last.cpu:.1f} seconds of calculating")
        elif now - began > STARVED * self.limits.wall:
            self.finish(kill=True)
            raise SandboxError(
                f"in {now - began:.0f} seconds a process of the sandbox hardly got a processor"
            )

    def books(self, waited: float) -> Reading:
        """What the kernel says of the process; else what the server does: who hardly calculates sleeps."""
        if found := reading(self.pid):
            return found
        cpu = self.now().cpu
        return Reading(cpu, 0.0, cpu - self.idling.last.cpu < IDLE * waited)

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
            return bool(select.select([self.channel], [], [], LEAVING)[0] and self.channel.recv(1))
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
