"""What a submission's process leaves reaches no other's: neither the next one's nor one that runs beside it.

Each kind is tried behind the usual filter, and once more behind one that lets every call through: what
holds then is held by the namespaces and the jail alone.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from optcourse.checking.answering import Probe
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox import filters, supervisor
from optcourse.grading.sandbox.asking import ask, load
from optcourse.grading.sandbox.supervisor import Sandbox
from tests.hostile.conftest import LIMITS
from tests.hostile.judged import processes


class Trace(NamedTuple):
    """A kind of thing that is left: how, and what is true for who finds it.

    `jailed`: it can't be left at all in the jail, whatever the filter. `filtered`: only the filter keeps it off.
    """

    kind: str
    leave: str
    found: str
    jailed: bool = False
    filtered: bool = False


HEAD = """
import ctypes, fcntl, mmap, os, resource, signal, socket, sys
import numpy as np
libc = ctypes.CDLL(None, use_errno=True)
kept = []

def file(path):
    kept.append(open(path, "x"))

def lock():
    kept.append(open(np.__file__))
    fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)

def is_locked():
    try:
        lock()
    except BlockingIOError:
        return True
    return False

def bound(name):
    kept.append(socket.socket(socket.AF_UNIX))
    kept[-1].bind(name)
    kept[-1].listen()

def answers(name):
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(name)
    return True

def limit_all():
    for pid in range(200):
        for kind in (resource.RLIMIT_SIGPENDING, resource.RLIMIT_STACK, resource.RLIMIT_NOFILE):
            try:
                resource.prlimit(pid, kind, (21, resource.prlimit(pid, kind)[1]))
            except OSError:
                pass

def signal_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    for pid in (-1, 0, *range(1, 200)):
        try:
            os.kill(pid, signal.SIGUSR1)
        except OSError:
            pass
"""
TRACES = (
    Trace("a file in /tmp", "file('/tmp/left')", "os.path.exists('/tmp/left')", jailed=True),
    Trace("a file where it stands", "file('left')", "os.path.exists('left')", jailed=True),
    Trace("a file in shared memory", "file('/dev/shm/left')", "os.path.exists('/dev/shm/left')", jailed=True),
    Trace("shared memory", "libc.shmget(77, 4096, 0o1666)", "libc.shmget(77, 0, 0) >= 0"),
    Trace("a semaphore", "libc.semget(77, 1, 0o1666)", "libc.semget(77, 0, 0) >= 0"),
    Trace("a queue", "libc.msgget(77, 0o1666)", "libc.msgget(77, 0) >= 0"),
    Trace("a named queue", "libc.syscall(240, b'left', 0o102, 0o666, None)", "libc.syscall(240, b'left', 0, 0, None) >= 0", jailed=True),
    Trace("an abstract socket", "bound('\\0left')", "answers('\\0left')"),
    Trace("a lock on a file", "lock()", "is_locked()", filtered=True),
    Trace("a key of the user", "libc.syscall(248, b'user', b'left', b'x', 1, -4)", "libc.syscall(250, 10, -4, b'user', b'left', 0) >= 0"),
    Trace("a key of the session", "libc.syscall(248, b'user', b'left', b'x', 1, -3)", "libc.syscall(250, 10, -3, b'user', b'left', 0) >= 0", filtered=True),
    Trace("limits", "limit_all()", "21 in [resource.getrlimit(kind)[0] for kind in range(16)]"),
    Trace("signals", "signal_all()", "signal.SIGUSR1 in signal.sigpending()"),
    Trace("priority", "libc.setpriority(0, 0, 7) or libc.setpriority(1, 0, 7) or libc.setpriority(2, 0, 7)", "os.getpriority(0, 0) == 7"),
    Trace("a timer", "signal.setitimer(signal.ITIMER_REAL, 999)", "signal.getitimer(signal.ITIMER_REAL)[0] > 0"),
    Trace("a mask for files", "os.umask(0o123)", "os.umask(0) == 0o123"),
    Trace("a current folder", "os.chdir('/jail')", "os.getcwd() == '/jail'"),
    Trace("a name of the machine", "socket.sethostname('left')", "socket.gethostname() == 'left'", jailed=True),
    Trace("a module", "sys.modules['left'] = np", "'left' in sys.modules"),
    Trace("an attribute", "np.left = 1", "hasattr(np, 'left')"),
    Trace("a variable of the environment", "os.environ['left'] = '1'", "'left' in os.environ"),
    Trace("an open file", "kept.append(os.dup2(os.pipe()[1], 50))", "os.fstat(50)"),
)  # fmt: skip


def asked(sandbox: Sandbox, source: str) -> float:
    """What `look` of this source returns in a process of its own."""
    probe = Probe("look", {}, args=(1.0,), returns=(1,))
    loaded, answers = ask(sandbox, submission(source), "look", [probe], seed=0)
    assert not loaded.fault, loaded.fault
    assert not answers[0].fault, answers[0].fault
    return float(answers[0].values[0][0][0])


def submission(source: str) -> Submission:
    return Submission("mia", "hw.py", (Cell("hw.py", HEAD + source),), "script", "")


def leaving(trace: Trace) -> str:
    """A source that leaves something if it can, when it is imported."""
    return f"try:\n    {trace.leave}\nexcept OSError:\n    pass\n"


def looking(trace: Trace) -> str:
    """A source whose `look` tells whether something was left."""
    return f"""
def look(x):
    try:
        return np.array([float(bool({trace.found}))])
    except OSError:
        return np.zeros(1)
"""


def everything() -> bytes:
    """A filter that lets every call through."""
    return b"\x06\x00\x00\x00\x00\x00\xff\x7f"


@pytest.fixture(scope="module", params=["the usual filter", "no filter"])
def two(request: pytest.FixtureRequest, level: str) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two workers' sandboxes."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        if request.param == "no filter":
            patch.setattr(supervisor, "program", everything)
        yield stack.enter_context(Sandbox(level, LIMITS)), stack.enter_context(Sandbox(level, LIMITS))


@pytest.fixture
def is_filtered(request: pytest.FixtureRequest) -> bool:
    return "no filter" not in request.node.name


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.kind)
def test_nothing_is_left_for_the_next_process_or_for_one_beside(
    trace: Trace, two: tuple[Sandbox, Sandbox], is_filtered: bool
) -> None:
    first, second = two
    if trace.filtered and not is_filtered:
        assert asked(first, leaving(trace) + looking(trace)) == 1.0
        return
    with first.job(1) as job:
        assert not load(job, submission(leaving(trace) + looking(trace)), "look").fault
        assert asked(second, looking(trace)) == 0.0
    assert asked(first, looking(trace)) == 0.0


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.kind)
def test_who_left_something_finds_it_unless_it_can_t_be_left_in_the_jail(
    trace: Trace, two: tuple[Sandbox, Sandbox], is_filtered: bool
) -> None:
    if not is_filtered:
        assert asked(two[0], leaving(trace) + looking(trace)) == float(not trace.jailed)


def test_a_process_shares_no_memory_that_it_can_write(two: tuple[Sandbox, Sandbox]) -> None:
    with two[0].job(1) as job:
        assert not load(job, submission(looking(TRACES[0])), "look").fault
        for pid in processes(two[0]):
            maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
            assert maps or pid == two[0].process.pid
            assert not [line for line in maps if line.split()[1][1::2] == "ws"]


ALONE = """
def look(x):
    seen = [os.getpid() == 1, os.getppid() == 0, os.getpgid(0) == 1, os.getsid(0) == 1]
    return np.array([float(all(seen))])
"""


def test_a_process_is_alone_in_its_namespace_and_leads_its_group(level: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(supervisor, "program", everything)
        with Sandbox(level, LIMITS) as sandbox:
            assert sandbox.apart
            assert asked(sandbox, ALONE) == 1.0


def test_the_filter_of_these_tests_is_not_the_usual_one() -> None:
    assert len(filters.program()) > 100 > len(everything())
