"""The line to the fork server: short messages there and back. What fails on it is our fault."""

import select
import socket
import struct

from optcourse.grading.sandbox.endings import Exit

EXIT = struct.Struct("<IidQ")  # as the server packs it
PATIENCE = 20.0  # seconds for the server to answer; it does nothing but fork and wait


class SandboxError(Exception):
    """The sandbox itself failed: our fault, never the submission's."""


class Control:
    """Our end of the line."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def send(self, message: bytes, descriptors: tuple[int, ...] = ()) -> None:
        """Say something, and hand over descriptors."""
        try:
            socket.send_fds(self.line, [message], descriptors)
        except OSError as error:
            raise SandboxError("the sandbox has ended") from error

    def waits(self, seconds: float) -> bool:
        """Whether the server says something, or ends, within this time."""
        return bool(select.select([self.line], [], [], seconds)[0])

    def message(self) -> bytes:
        """The server's next message; empty where it has ended. SandboxError after PATIENCE."""
        if not self.waits(PATIENCE):
            raise SandboxError("the sandbox does not answer")
        try:
            return self.line.recv(4096)
        except ConnectionError:
            return b""

    def exit_of(self, job: int) -> Exit:
        """What the server tells of a job: how it ended, or that it is RUNNING."""
        message = self.message()
        if len(message) != EXIT.size or EXIT.unpack(message)[0] != job:
            raise SandboxError("the sandbox has ended")
        return Exit(*EXIT.unpack(message)[1:])

    def close(self) -> None:
        """Hang up: the server ends."""
        self.line.close()
