"""The second list: what somebody who has read the grader's source hands in, and siblings of it.

Source text for one sandbox as in rows_h.py, files as in rows_b.py, and piles: what lies in a class's folder
with names and places that are the attack. Nothing here is ever run here.
"""

import io
import zipfile
from typing import NamedTuple

from tests.hostile import rows_b, rows_h
from tests.hostile.parts import ADAM, GD, HEAD, SIGNATURE, at_import, in_step, returning
from tests.hostile.rows_b import RIGHT_FILE, code, notebook, zipped


class Pile(NamedTuple):
    """Files as they lie in a class's folder, by their paths."""

    id: str
    files: dict[str, str]


def refused(*acts: str) -> str:
    """A right file that tries these acts when it is imported, each of which has to fail."""
    head = """
import ctypes, fcntl, os, resource, signal, struct
libc = ctypes.CDLL(None, use_errno=True)
near = [pid for pid in (os.getppid(), os.getppid() + 1, os.getpid() - 1, os.getpid() + 1, 1, 2) if pid not in (0, os.getpid())]
def call(function, *given):
    if function(*given) < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""
    tried = (
        f"try:\n    {act}\nexcept (OSError, ValueError):\n    pass\nelse:\n    raise RuntimeError({act!r})"
        for act in acts
    )
    each = "\n".join(tried).replace("\n", "\n    ")
    return at_import(f"{head}for pid in near:\n    {each}")


def lying(method: int, packed: int, says: int) -> bytes:
    """A zip whose one file has `packed` null bytes and whose table says that it has `says`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("hw.py", bytes(packed))
    return buffer.getvalue().replace(packed.to_bytes(4, "little"), says.to_bytes(4, "little"))


def nested(times: int) -> bytes:
    """A zip in a zip in a zip."""
    data = zipped(("hw.py", RIGHT_FILE))
    for _ in range(times):
        data = zipped(("inner.zip", data))
    return data


def with_text(place: str) -> bytes:
    """A notebook with a text of a million characters somewhere."""
    long = "A" * 1_000_000
    cells = [code(HEAD), code(GD), code(ADAM)]
    parts: dict[str, object] = {}
    if place == "format":
        parts["nbformat"] = long
    elif place == "kind":
        cells[0]["cell_type"] = long
    elif place == "name":
        cells += [code("1", nbgrader={"grade_id": long})] * 2
    elif place == "kernel":
        parts["metadata"] = {"kernelspec": {"name": long, "language": long}}
    return notebook(*cells, **parts)


KEPT_WARGS = "adam_step.__kwdefaults__"
JAILED = (
    rows_h.Row("2C1 limits others' memory", refused(
        "resource.prlimit(pid, resource.RLIMIT_AS, (900 << 20, 900 << 20))",
        "resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3))"), "AC"),
    rows_h.Row("2C1 by libc", refused(
        "call(libc.prlimit64, pid, resource.RLIMIT_CPU, struct.pack('<QQ', 1, 1), None)",
        "call(libc.prlimit64, pid, resource.RLIMIT_FSIZE, None, ctypes.create_string_buffer(16))"), "AC"),
    rows_h.Row("2C1 slows others down", refused(
        "os.setpriority(os.PRIO_PROCESS, pid, 19)", "os.sched_setaffinity(pid, {0})",
        "os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))"), "AC"),
    rows_h.Row("2H5 signals by fcntl", refused(
        "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, pid)", "fcntl.fcntl(3, 15, struct.pack('<ii', 1, pid))",
        "fcntl.fcntl(3, fcntl.F_SETSIG, signal.SIGKILL)", "fcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC)"), "AC"),
    rows_h.Row("2H5 signals by ioctl", refused(
        "fcntl.ioctl(3, 0x8901, struct.pack('<i', pid))", "fcntl.ioctl(3, 0x8902, struct.pack('<i', pid))",
        "fcntl.ioctl(3, 0x5452, struct.pack('<i', 1))"), "AC"),
    rows_h.Row("2H5 signals in other ways", refused(
        "signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGSTOP)", "call(libc.sigqueue, pid, 19, None)",
        "call(libc.killpg, pid, 19)", "call(libc.tgkill, pid, pid, 19)"), "AC"),
    rows_h.Row("2H6 one word, often", "#" + " RULES" * 66_000 + "\n" + RIGHT_FILE, "AC"),
    rows_h.Row("2H6 blanks", f"# from{' ' * 400_000}optcourse\n# np.random.seed{' ' * 400_000}\n{RIGHT_FILE}", "AC"),
    rows_h.Row("2H6 a coding line", f"#{'coding ' * 60_000}\n#{'coding:' * 60_000}\n{RIGHT_FILE}", "AC CE", gd="AC CE"),
    rows_h.Row("2M1b arguments in an exception", in_step("raise ValueError(f'{theta.tolist()} {grad.tolist()}')"), "RE", "ValueError"),
    rows_h.Row("2M2 leaves a message in a limit", refused("resource.prlimit(pid, resource.RLIMIT_SIGPENDING, (12345, 12345))"), "AC"),
    rows_h.Row("2M2 reads it", at_import("""
        import resource
        kinds = [kind for name, kind in vars(resource).items() if name.startswith("RLIMIT_")]
        if any(12345 in resource.getrlimit(kind) for kind in kinds):
            raise RuntimeError("there is a message")"""), "AC"),
    rows_h.Row("2M3 much text beside each answer", in_step("print('x' * 60_000)"), "AC OLE"),
    rows_h.Row("2M4 a default that is a keyword", f"{RIGHT_FILE}{KEPT_WARGS}['class'] = 1.0\n", "AC BF"),
    rows_h.Row("2M4 a default without end", f"{RIGHT_FILE}{KEPT_WARGS}['more'] = 9**9999\n{KEPT_WARGS}['most'] = float('inf')\n", "AC BF RE"),
    rows_h.Row("2M4 names that are none", f"{RIGHT_FILE}{KEPT_WARGS} |= {{'': 1.0, 'a b': 1.0, 'x' * 10**6: 2.0, chr(0xD800): 3.0}}\n", "AC BF RE"),
    rows_h.Row("2M6 copies its inputs", GD + HEAD + SIGNATURE + "    return theta.copy(), state\n", "WA", most=0.0),
    rows_h.Row("2M6b a small factor over a mistake", RIGHT_FILE.replace("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat) * (1 + 3e-9)"), "WA PC", most=0.3),
    rows_h.Row("2M7d right in the first process only", returning("theta if first else 3 * theta, (m, v, t)", "first = np.random.get_state()[1][0] == 1"), "ND PC WA"),
    rows_h.Row("2L leases and watches", refused(
        "fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), 1024, 0)", "fcntl.fcntl(os.open(os.path.dirname(os.__file__), os.O_RDONLY), 1026, 1)"), "AC"),
)  # fmt: skip

FILES = (
    rows_b.Row("2H1 bzip2", lying(zipfile.ZIP_BZIP2, 40_000_001, 1001), "CE", "method that is not read", gd="CE", file="hw.zip"),
    rows_b.Row("2H1 LZMA", lying(zipfile.ZIP_LZMA, 40_000_001, 1001), "CE", "method that is not read", gd="CE", file="hw.zip"),
    rows_b.Row("2H1 deflated, and more than it says", lying(zipfile.ZIP_DEFLATED, 40_000_001, 1001), "CE", "more than|damaged|unpacks", gd="CE", file="hw.zip"),
    rows_b.Row("2H1 a zip in a zip", nested(3), "CE", "no .py or .ipynb", gd="CE", file="hw.zip"),
    rows_b.Row("2H2 a format of a million letters", with_text("format"), "CE", "its format is .{1,60};", gd="CE", file="hw.ipynb"),
    rows_b.Row("2H2 a kind of a million letters", with_text("kind"), "AC", file="hw.ipynb"),
    rows_b.Row("2H2 a name of a million letters", with_text("name"), "AC", flag="more than once", file="hw.ipynb"),
    rows_b.Row("2H2 a kernel of a million letters", with_text("kernel"), "AC", file="hw.ipynb"),
    rows_b.Row("2H2 a coding line without end", f"# coding: {'a' * 900_000}\n{RIGHT_FILE}", "CE", "coding line", gd="CE"),
)  # fmt: skip

# A module that a process of ours may want, which leaves a mark where it is run outside.
MARK = "open('{mark}', 'a').write(__name__)\n"
PILES = (
    Pile("2C2 a module in the class's folder", {f"{name}.py": MARK for name in ("pickle", "_pickle", "json", "sitecustomize", "usercustomize", "selectors", "numpy")}),
    Pile("2C2 a student called pickle", {"pickle/__init__.py": MARK, "pickle/hw.py": RIGHT_FILE}),
    Pile("2C2 a student called optcourse", {"optcourse/__init__.py": MARK, "optcourse/grading/__init__.py": MARK}),
    Pile("2H4 another's name in Canvas' way", {"w-canvas/{victim}_1_2_hw.py": RIGHT_FILE}),
    Pile("2H4 another's name in Moodle's way", {"w-moodle/{victim}_1_assignsubmission_file_/hw.py": RIGHT_FILE}),
    Pile("2H4 another's name as a folder", {"w-folder/{victim}/hw.py": RIGHT_FILE}),
    Pile("2H4 a student called submitted", {"submitted/{victim}/hw.py": "x = 1\n"}),
    Pile("2M8 forty files", {f"w-many/hw-{number}.py": f"# {number}\n{RIGHT_FILE}" for number in range(40)}),
    Pile("2L another ending, a hidden folder", {"w-ending/HW.PY": RIGHT_FILE, ".w-hidden/hw.py": RIGHT_FILE}),
    Pile("2L two ways to write a name", {"w-\u00e9/hw.py": RIGHT_FILE, "w-e\u0301/hw.py": f"# 2\n{RIGHT_FILE}"}),
)  # fmt: skip
