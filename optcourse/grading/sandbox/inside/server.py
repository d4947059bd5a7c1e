"""A warm fork server: numpy is imported once, and each probe gets a fresh process that dies after it.

Runs no submission; where the kernel lets it, each process has namespaces of its own, and can't name it.
On the control socket come a configuration, then for each job b"J" with its number, a seed and descriptors
(the channel, where output goes, sealed memory where arguments are in it), b"C" to ask for its CPU time, b"K"
to kill it; its end is told in an EXIT message. Who has calculated for too long is killed here, by the clock
that EXIT tells of.
"""

import base64
import ctypes
import fcntl
import gc
import json
import math
import os
import random
import resource
import select
import signal
import socket
import struct
import time
from typing import Any

import numpy as np

from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.inside import apart, confine, standins
from optcourse.grading.sandbox.inside.child import Child
from optcourse.grading.sandbox.inside.inputs import Inputs
from optcourse.grading.sandbox.inside.warm import practise, warm_up

EXIT = struct.Struct("<IidQ")  # job, wait status, CPU seconds, peak memory in kB
RUNNING = -1  # no wait status: the answer to b"C"
CHANNEL = 3  # the child's descriptor for requests and answers
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


class Program(ctypes.Structure):
    """A seccomp filter as the kernel takes it; libseccomp made it, on the trusted side."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def serve(control_fd: int) -> None:
    """Configure, then fork for each job until the control socket is closed."""
    control = socket.socket(fileno=control_fd)
    config = json.loads(control.recv(65536))
    warm_up()
    try:
        confine.confine(config["confine"])
        apart.renounce()
    except OSError as error:
        control.send(f"{config['confine']['level']}: {error}".encode())
        return
    standins.install()
    lock = Lock(base64.b64decode(config["filter"]))
    practise()
    gc.collect()
    gc.freeze()  # so that collecting in a child does not copy every page
    gc.set_threshold(20_000)  # what a submission leaves behind is seldom worth looking for
    fork = apart.fork if apart.is_possible() else os.fork
    control.send(frames.APART if fork is apart.fork else frames.TOGETHER)
    seeded = None
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 3)
        if not message:
            return
        if message[:1] == b"J":
            job, seed = struct.unpack("<II", message[1:9])
            if seed != seeded:
                np.random.seed(seed)  # here, as most jobs have the seed of the one before
                seeded = seed
            pid = fork()
            if pid == 0:
                random.seed(seed)
                become_child(descriptors, config["limits"], lock)
            for descriptor in descriptors:
                os.close(descriptor)
            if not watch(control, job, pid, config["limits"]["cpu"]):
                return


def watch(control: socket.socket, job: int, pid: int, most: float) -> bool:
    """Wait for the end of a job; kill it after `most` CPU seconds, or where that is asked for.

    False when the control socket is closed.
    """
    process = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(process, select.POLLIN)
    served = True
    while True:
        left = most - time.clock_gettime(cpu_clock(pid))
        if left <= 0:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        ready = [descriptor for descriptor, _ in poll.poll(1000 * left + 1 if left > 0 else None)]
        if process in ready:
            break
        if control.fileno() not in ready:
            continue
        message = control.recv(64)
        served = bool(message)
        if message[:1] == b"C":
            control.send(EXIT.pack(job, RUNNING, time.clock_gettime(cpu_clock(pid)), 0))
        if not served or message == b"K" + job.to_bytes(4, "little"):
            signal.pidfd_send_signal(process, signal.SIGKILL)
        if not served:
            break
    _, status, usage = os.wait4(pid, 0)
    os.close(process)
    if served:
        control.send(EXIT.pack(job, status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss))
    return served


def cpu_clock(pid: int) -> int:
    """The clock that counts a process' CPU time (clock_getcpuclockid, which Python does not have)."""
    return (~pid << 3) | 2


def become_child(descriptors: list[int], limits: dict[str, float], lock: "Lock") -> None:
    """In the forked process: keep three descriptors and the channel, give up all else, answer, and end."""
    try:
        channel, output, *sealed = descriptors
        inputs = Inputs(sealed[0]) if sealed else None
        nothing, _ = os.pipe()  # its other end is closed below: reading finds the end at once
        high = [fcntl.fcntl(one, fcntl.F_DUPFD, 40) for one in (nothing, output, output, channel)]
        os.closerange(0, 40)
        for place, descriptor in enumerate(high):
            os.dup2(descriptor, place)
        os.closerange(CHANNEL + 1, 256)
        try:
            os.setsid()  # a group of its own: a signal to the group would reach the server in any namespace
            apart.renounce()
            limit(limits)
            lock.close()
        except Exception as error:
            os.write(CHANNEL, frames.NOT_SHUT_IN + str(error).encode())
            raise
        Child(CHANNEL, int(limits["output"]), inputs).serve()
    finally:  # whatever happened: no handler, no clean-up of Python's, no second return into the server
        os._exit(70)


def limit(limits: dict[str, float]) -> None:
    """The hard limits of this process; nothing in it can raise them."""
    cpu, memory = math.ceil(limits["cpu"]) + 1, int(limits["memory"])
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu),  # if the server can't end it; SIGXCPU would not end process 1
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_MEMLOCK, 0, 0),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ):
        resource.setrlimit(kind, (soft, hard))


class Lock:
    """The filter, ready to be loaded: from then on only what calculating needs is let through."""

    def __init__(self, program: bytes) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.program = Program(len(program) // 8, program)
        self.control(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # without it no filter can be loaded

    def close(self) -> None:
        """Load it; it can't be taken off again."""
        self.control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self.program), 0, 0)

    def control(self, *arguments: Any) -> None:
        """Call prctl; OSError where it fails."""
        if self.libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "the seccomp filter can't be loaded")
