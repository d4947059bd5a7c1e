"""The seccomp filter of a submission's process, made by libseccomp: what calculating needs, and nothing else.

Everything not listed fails with EPERM: fork, exec, threads, sockets, kill, ptrace, memfd, io_uring, and
opening a file for writing. What is listed reaches only the process itself: where a call could reach further
by an argument (another process' number, a command, a mapping), only the values that can't are let through.
"""

import contextlib
import errno
import os
import tempfile
from typing import NamedTuple

from optcourse.errors import UserError


class Allowed(NamedTuple):
    """Calls that are let through with any argument, and why none of them reaches beyond the process."""

    calls: tuple[str, ...]
    why: str


class Value(NamedTuple):
    """An argument by its place (from 0); `bits` of it (all, without them) are to be this value."""

    place: int
    value: int
    bits: int | None = None


class Limited(NamedTuple):
    """A call that is let through where all of one of these `ways` holds, and what any other way could do."""

    call: str
    ways: tuple[tuple[Value, ...], ...]
    why: str


ALLOWED = (
    Allowed(("read", "readv", "pread64", "lseek", "close", "close_range", "dup", "dup2", "dup3"),
            "its own descriptors: what it opened for reading, its pipes, its end of the channel"),
    Allowed(("write", "writev"), "as above; only the grader is at the other end"),
    Allowed(("poll", "ppoll", "select", "pselect6", "pipe"), "waiting for these, and pipes that only it has"),
    Allowed(("fstat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink",
             "readlinkat", "getdents64", "getcwd"), "looking at files, of which the jail has only Python's"),
    Allowed(("munmap", "mremap", "mprotect", "brk"), "its own memory; what is shared is sealed"),
    Allowed(("sched_yield", "getcpu", "restart_syscall", "pause", "nanosleep"), "its own turn to calculate"),
    Allowed(("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "sigaltstack", "alarm",
             "setitimer", "getitimer"), "what signals do to itself; timers signal only who set them"),
    Allowed(("gettimeofday", "time", "times", "getrusage", "uname", "sysinfo", "getrandom"),
            "read what is the same for all; a clock can't be set"),
    Allowed(("getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "getgroups"),
            "who it is"),
    Allowed(("getrlimit",), "reads its own limits"),
    Allowed(("exit", "exit_group"), "its own end"),
)  # fmt: skip

COMMAND = 1  # the place of a command, in fcntl and ioctl
DUPLICATE, GET_FLAGS, SET_FLAGS, DUPLICATE_CLOSED = 0, 3, 4, 1030
TERMINAL, NEWER_TERMINAL, WINDOW, CLOSED, NOT_CLOSED, BLOCKING = (
    0x5401, 0x802C542A, 0x5413, 0x5451, 0x5450, 0x5421,
)  # fmt: skip
PRIVATE, KIND_OF_MAPPING, HUGE_PAGES = 2, 0xF, 0x40000
ADVICE = (0, 1, 2, 3, 4, 8, 14, 15)  # normal, random, sequential, needed, not needed, free, (no) huge pages
FUTEXES = (0, 1, 3, 4, 5, 9, 10)  # wait, wake, requeue, compare, operate; with a bit set
CLOCKS = range(12)  # the system's, and this process' and thread's own
WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_ASYNC


def one_of(place: int, *values: int, bits: int | None = None) -> tuple[tuple[Value, ...], ...]:
    """The ways in which one argument has one of these values."""
    return tuple((Value(place, value, bits),) for value in values)


LIMITED = (
    Limited("prlimit64", ((Value(0, 0), Value(2, 0)),),
            "set limits: of another process of the same user, or its own, to end as if we had ended it"),
    Limited("sched_getaffinity", one_of(0, 0), "ask about another process"),
    Limited("fcntl", (
        *one_of(COMMAND, DUPLICATE, 1, 2, GET_FLAGS, DUPLICATE_CLOSED),
        (Value(COMMAND, SET_FLAGS), Value(2, 0, os.O_ASYNC)),
    ), "send signals (F_SETOWN, F_SETSIG, O_ASYNC), lock or lease files, watch folders, grow pipes"),
    Limited("ioctl", one_of(COMMAND, TERMINAL, NEWER_TERMINAL, WINDOW, CLOSED, NOT_CLOSED, BLOCKING),
            "send signals (FIOSETOWN, SIOCSPGRP, FIOASYNC), type into a terminal, steer devices"),
    Limited("openat", one_of(2, os.O_RDONLY, bits=WRITING), "write"),
    Limited("open", one_of(1, os.O_RDONLY, bits=WRITING), "write"),
    Limited("pipe2", one_of(1, 0, bits=0xFFFFFFFF & ~(os.O_CLOEXEC | os.O_NONBLOCK)),
            "get notifications of the kernel"),
    Limited("mmap", one_of(3, PRIVATE, bits=KIND_OF_MAPPING | HUGE_PAGES),
            "share memory, on which others wait; take the machine's huge pages"),
    Limited("madvise", one_of(2, *ADVICE), "poison, merge or page out what others have too"),
    Limited("futex", one_of(1, *FUTEXES, bits=0x7F), "raise the priority of another process (PI)"),
    Limited("clock_gettime", one_of(0, *CLOCKS), "read another process' clock"),
    Limited("clock_getres", one_of(0, *CLOCKS), "find out which processes there are"),
    Limited("clock_nanosleep", one_of(0, *CLOCKS), "wait on another process' clock"),
)  # fmt: skip


def program() -> bytes:
    """The filter as the kernel takes it. UserError where libseccomp is missing."""
    try:
        import pyseccomp as seccomp  # type: ignore[import-untyped]
    except ModuleNotFoundError as error:
        raise UserError("pyseccomp is missing: pip install 'optcourse[instructor]'") from error
    except (OSError, RuntimeError) as error:
        raise UserError(
            "libseccomp is missing: apt-get install libseccomp2 (or dnf install libseccomp)."
        ) from error
    chosen = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    # A tree, where libseccomp can (2.5): the kernel tries a filter out for each call when it is loaded.
    with contextlib.suppress(OSError, RuntimeError, ValueError, AttributeError):
        chosen.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)

    def exists(name: str) -> bool:  # each processor has some of them
        return bool(seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0)

    def compared(one: Value) -> object:
        if one.bits is None:
            return seccomp.Arg(one.place, seccomp.EQ, one.value)
        return seccomp.Arg(one.place, seccomp.MASKED_EQ, one.bits, one.value)

    for name in (name for group in ALLOWED for name in group.calls):
        if exists(name):
            chosen.add_rule(seccomp.ALLOW, name)
    for limited in LIMITED:
        if exists(limited.call):
            for way in limited.ways:
                chosen.add_rule(seccomp.ALLOW, limited.call, *map(compared, way))
    # glibc falls back on the older call only where it is told that there is no newer one.
    chosen.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        chosen.export_bpf(file)
        file.seek(0)
        return file.read()
