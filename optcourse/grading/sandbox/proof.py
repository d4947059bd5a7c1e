"""A sandbox proves itself before it is used: forbidden acts are tried in it, and each of them must fail."""

import logging
import os
import tempfile
from pathlib import Path

from optcourse.checking.answering import Probe
from optcourse.errors import UserError
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox import levels
from optcourse.grading.sandbox.asking import ask
from optcourse.grading.sandbox.places import places
from optcourse.grading.sandbox.supervisor import Limits, Sandbox, SandboxError

LOG = logging.getLogger(__name__)
# Each function does what no submission may; that it is refused is what is wanted. Anything else that
# goes wrong (no such function, say) proves nothing, and the sandbox counts as one that can't be tried.
ATTEMPTS = """
import ctypes, errno, os, signal, socket, threading, tempfile
import numpy as np

def any_of(act, places):
    for place in places:
        try:
            return act(place)
        except OSError:
            continue
    raise OSError

def read(): any_of(lambda path: open(path).read(), PATHS)
def list_folder(): any_of(os.listdir, FOLDERS)
def write(): [open(os.path.join(place, "optcourse-proof"), "x") for place in ("/tmp",)]
def write_here(): open("optcourse-proof", "x")
def write_in_memory(): os.memfd_create("proof")
def write_shared(): open("/dev/shm/optcourse-proof", "x")
def connect(): socket.create_connection(("127.0.0.1", 9), 0.1)
def listen(): socket.socketpair()
def fork():
    if os.fork() == 0:
        os._exit(0)
def thread(): threading.Thread(target=print).start()
def execute(): os.execv("/bin/true", ["true"])
def signal_parent(): os.kill(os.getppid(), 0)
def signal_first(): os.kill(1, 0)
def signal_all(): os.kill(-1, 0)
def signal_grader(): os.kill(GRADER, 0)
def limit_grader():
    import resource
    if ctypes.CDLL(None).prlimit(GRADER, resource.RLIMIT_CPU, None, None) != 0:
        raise OSError
def trace():
    if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) != 0:
        raise OSError
def io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 1, 0) < 0 and ctypes.get_errno() == errno.EPERM:  # EFAULT: it was let through
        raise OSError
def more_files():
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
def limit_parent():
    import resource
    if ctypes.CDLL(None).prlimit(os.getppid() or 1, resource.RLIMIT_CPU, None, None) != 0:
        raise OSError
def signal_by_fcntl():
    import fcntl
    fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid() or 1)
def signal_by_ioctl():
    import fcntl
    fcntl.ioctl(3, 0x8901, (os.getppid() or 1).to_bytes(4, "little"))
def lease():
    import fcntl
    fcntl.fcntl(os.open(np.__file__, os.O_RDONLY), 1024, 0)
def watch_folder():
    import fcntl
    fcntl.fcntl(os.open(os.path.dirname(np.__file__), os.O_RDONLY), 1026, 1)
def share_memory():
    import mmap
    mmap.mmap(-1, 4096)

ACTS = (read, list_folder, write, write_here, write_in_memory, write_shared, connect, listen, fork, thread,
        execute, signal_parent, signal_first, signal_all, signal_grader, limit_grader, trace, io_uring,
        more_files, limit_parent, signal_by_fcntl, signal_by_ioctl, lease, watch_folder, share_memory)

def succeeded(x):
    done = []
    for act in ACTS:
        try:
            act()
        except (OSError, RuntimeError, ValueError):  # no such right, no new thread, no higher limit
            done.append(0.0)
        else:
            done.append(1.0)
    return np.array(done) * x
"""
ACTS = (
    "reading files outside",
    "listing a folder outside",
    "writing to /tmp",
    "writing where it stands",
    "making a file in memory",
    "writing to /dev/shm",
    "connecting",
    "opening a socket",
    "forking",
    "starting a thread",
    "executing a program",
    "signalling its parent",
    "signalling process 1",
    "signalling all processes",
    "signalling the grader",
    "limiting the grader",
    "tracing its parent",
    "using io_uring",
    "raising its limits",
    "limiting its parent",
    "having its parent signalled by fcntl",
    "having its parent signalled by ioctl",
    "leasing a file",
    "watching a folder",
    "sharing memory",
)
REMEDY = {
    levels.BUBBLEWRAP: "apt-get install bubblewrap libseccomp2, and allow user namespaces "
    "(sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu)",
    levels.LANDLOCK: "use a kernel with Landlock (5.13 or later, switched on)",
    levels.CONTAINER: "take reading optcourse from others: chmod -R o= on the folder that it is installed in",
}


def attempts(sandbox: Sandbox) -> tuple[str, ...]:
    """The forbidden acts that succeed in a sandbox; SandboxError where they can't be tried.

    What they are tried on is the course's own, and what the grader makes for it: a file in a folder that
    nobody else may enter, as what students hand in should lie. Any one of them is enough.
    """
    kept_out, process = places().kept_out, os.getpid()
    with tempfile.TemporaryDirectory(prefix="optcourse-proof-") as beside:
        handed_in = Path(beside, "handed-in.py")
        handed_in.write_text("another student's\n")
        handed_in.chmod(0o600)
        paths = [kept_out / "rules" / "adam.py", kept_out / "checking" / "judging.py", handed_in]
        paths.append(Path(f"/proc/{process}/environ"))
        told = {"PATHS": [*map(str, paths)], "FOLDERS": [str(kept_out), beside], "GRADER": process}
        source = "".join(f"{name} = {value!r}\n" for name, value in told.items())
        return succeeded(sandbox, f"{source}{ATTEMPTS}")


def succeeded(sandbox: Sandbox, source: str) -> tuple[str, ...]:
    """The acts of this source that succeed in a sandbox; SandboxError where they can't be tried."""
    trial = Submission("proof", "proof.py", (Cell("proof.py", source),), "script", "")
    probe = Probe("proof", {}, args=(1.0,), returns=(len(ACTS),))
    loaded, answers = ask(sandbox, trial, "succeeded", [probe], seed=0)
    fault = loaded.fault or answers[0].fault
    if fault:
        raise SandboxError(f"the {sandbox.level} sandbox can't be tried: {fault.says} {fault.text}")
    return tuple(act for act, done in zip(ACTS, answers[0].values[0][0], strict=True) if done)


def proved(level: str, limits: Limits) -> Sandbox:
    """A sandbox of this level that has proved itself; SandboxError with the reason and the remedy."""
    if obstacle := levels.obstacle(level):
        raise SandboxError(obstacle)
    sandbox = Sandbox(level, limits)
    try:
        if done := attempts(sandbox):
            raise SandboxError(f"{level}: {', '.join(done)} was possible; {REMEDY[level]}")
    except BaseException:
        sandbox.close()
        raise
    return sandbox


def best_level(limits: Limits) -> str:
    """The strongest level to be had here; UserError with what is in the way of each where there is none.

    What keeps a stronger level away is logged as a warning.
    """
    reasons = []
    for level in levels.LEVELS:
        try:
            proved(level, limits).close()
        except SandboxError as error:
            reasons.append(f"  {level}: {error}")
        else:
            for reason in reasons:
                LOG.warning("no stronger sandbox:%s", reason)
            return level
    listed = "\n".join(dict.fromkeys(reasons))
    raise UserError(
        f"There is no sandbox here, so nothing is graded:\n{listed}\nOr grade in Docker. "
        "(--no-sandbox is for code that is your own.)"
    )
