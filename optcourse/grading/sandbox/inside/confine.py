"""What the server gives up where bubblewrap can't do it: Landlock, or another user. Before any submission.

Landlock has no wrapper in the C library; its three system calls and their numbers are the kernel's own
interface (linux/landlock.h), the same on every processor.
"""

import ctypes
import os
import struct
from typing import Any

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
# Rights to files by version of Landlock: 1 has 13 of them, 2 refer, 3 truncate, 5 ioctl on devices.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
PR_SET_NO_NEW_PRIVS = 38


def confine(how: dict[str, Any]) -> None:
    """Give up what the level says; OSError where that is not possible."""
    libc = ctypes.CDLL(None, use_errno=True)
    if how["level"] in ("landlock", "container"):
        os.chdir("/")
        called(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        if how["level"] == "landlock":
            landlock(libc, how["readable"])
        else:
            os.setgroups([])
            os.setresgid(how["user"], how["user"], how["user"])
            os.setresuid(how["user"], how["user"], how["user"])


def landlock(libc: Any, readable: list[str]) -> None:
    """Only these files and folders can be read; nothing can be written, and no port be used."""
    version = called(libc.syscall(CREATE, None, 0, VERSION))
    rights = FILE_RIGHTS.get(version, (1 << 16) - 1)
    attribute = struct.pack("<Q", rights)
    if version >= 4:
        attribute += struct.pack("<Q", 3)  # bind and connect
    if version >= 6:
        attribute += struct.pack("<Q", 3)  # abstract sockets and signals to others
    rules = called(libc.syscall(CREATE, attribute, len(attribute), 0))
    for path in readable:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = READ_FILE | (READ_FOLDER if os.path.isdir(path) else 0)
        called(libc.syscall(ADD, rules, PATH_BENEATH, struct.pack("<Qi", allowed, place), 0))
        os.close(place)
    called(libc.syscall(RESTRICT, rules, 0))
    os.close(rules)


def called(result: int) -> int:
    """The result of a system call; OSError where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
