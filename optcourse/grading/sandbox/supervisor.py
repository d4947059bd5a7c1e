"""The trusted end: a fork server in its jail, and one process in it after the other."""

import base64
import json
import socket
import subprocess
import tempfile
from dataclasses import asdict
from typing import Self

from optcourse.grading.sandbox import frames, levels
from optcourse.grading.sandbox.control import Control, SandboxError
from optcourse.grading.sandbox.endings import Limits
from optcourse.grading.sandbox.filters import program
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.places import places
from optcourse.grading.sandbox.sealed import Sealed


class Sandbox:
    """A fork server at one level. Use it as a context, or `close` it; `job` starts a process."""

    def __init__(self, level: str, limits: Limits) -> None:
        self.level, self.limits = level, limits
        self.jobs = 0
        self.apart = False  # whether no process can name the server or another process
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control = Control(ours)
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
        except BaseException:  # an interrupt too: no server is left behind
            self.close()
            raise

    def configure(self) -> None:
        """Send the server its limits and filter; SandboxError where it doesn't come up."""
        config = {
            "limits": asdict(self.limits),
            "filter": base64.b64encode(program()).decode(),
            "confine": levels.confinement(self.level, places()),
        }
        try:
            self.control.send(json.dumps(config).encode())
            reply = self.control.message()
        except SandboxError as error:
            reply = str(error).encode()
        self.apart = reply == frames.APART
        if reply not in (frames.APART, frames.TOGETHER):
            self.errors.seek(0)
            written = self.errors.read(2000).decode("utf-8", "replace").strip()
            says = written or reply.decode("utf-8", "replace") or "it ended without a word"
            raise SandboxError(f"the {self.level} sandbox does not start: {says}")

    def job(self, seed: int, inputs: Sealed | None = None) -> Job:
        """A fresh process, whose global random generators start from `seed`; `inputs` holds its arguments."""
        self.jobs += 1
        return Job(self.control, self.limits, self.jobs, seed, inputs)

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


__all__ = ["Limits", "Sandbox", "SandboxError"]
