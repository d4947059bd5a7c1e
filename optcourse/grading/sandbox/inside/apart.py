"""Forks a process into namespaces of its own, where it is number 1 and can name no other process.

Must know nothing of jobs or submissions. A namespace of users comes with it, as that is what an ordinary
user may make the others in. The call has no wrapper in the C library; its number and its record are the
kernel's own interface (linux/sched.h), the same on every processor.
"""

import ctypes
import os
import signal
import struct

CLONE3 = 435
NEW_IPC, NEW_USER, NEW_PID = 0x0800_0000, 0x1000_0000, 0x2000_0000
CAPABILITIES = struct.pack("<Ii", 0x2008_0522, 0)  # as version 3 has them, of this process
PR_SET_DUMPABLE = 4


def fork() -> int:
    """Like os.fork, with processes and System V's shared things of its own; OSError where it can't be had."""
    libc = ctypes.PyDLL(None, use_errno=True)  # which keeps the interpreter's lock, as os.fork does
    record = struct.pack("<8Q", NEW_USER | NEW_PID | NEW_IPC, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = libc.syscall(CLONE3, record, len(record))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, os.strerror(number))
    return int(pid)


def is_possible() -> bool:
    """Whether this kernel lets this process fork so: it is tried."""
    try:
        pid = fork()
    except OSError:
        return False
    if pid == 0:
        os._exit(0 if os.getpid() == 1 else 1)
    return os.waitpid(pid, 0)[1] == 0


def renounce() -> None:
    """Give up all capabilities, and be seen by no other process of the same user; OSError where it fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.capset(CAPABILITIES, bytes(24))
    if done != 0 or libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "capabilities can't be given up")
