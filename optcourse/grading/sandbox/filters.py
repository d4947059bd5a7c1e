"""The seccomp filter of a submission's process, made by libseccomp: what calculating needs, and nothing else.

Everything not listed fails with EPERM: fork, exec, threads, sockets, kill, ptrace, memfd, io_uring, and
opening a file for writing.
"""

import contextlib
import errno
import os
import tempfile

from optcourse.errors import UserError

ALLOWED = [
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "lseek",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "fstat",
    "stat",
    "lstat",
    "newfstatat",
    "statx",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getdents64",
    "getcwd",
    "ioctl",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "brk",
    "madvise",
    "mincore",
    "futex",
    "futex_time64",
    "sched_yield",
    "sched_getaffinity",
    "getcpu",
    "membarrier",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "sigaltstack",
    "restart_syscall",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "times",
    "pause",
    "alarm",
    "setitimer",
    "getitimer",
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getgroups",
    "getrusage",
    "getrlimit",
    "setrlimit",
    "prlimit64",
    "getrandom",
    "uname",
    "sysinfo",
    "rseq",
    "set_robust_list",
    "set_tid_address",
    "exit",
    "exit_group",
]
OPENING = (("openat", 2), ("open", 1))  # and which argument holds the flags
WRITING = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC | os.O_APPEND


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
    for name in ALLOWED:
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:  # each processor has some of them
            chosen.add_rule(seccomp.ALLOW, name)
    for name, place in OPENING:
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            reading = seccomp.Arg(place, seccomp.MASKED_EQ, WRITING, os.O_RDONLY)
            chosen.add_rule(seccomp.ALLOW, name, reading)
    # glibc falls back on the older call only where it is told that there is no newer one.
    chosen.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    with tempfile.TemporaryFile() as file:
        chosen.export_bpf(file)
        file.seek(0)
        return file.read()
