"""The rows H01 to H60 of the list of hostile submissions: source text, verdict, what the message says.

`gd` is the verdict of the task beside it (a right gd_step in the same file), which a fault inside adam_step
does not reach. `passed` names tests that keep their own verdict. All are strings: nothing here is ever run here.
"""

from typing import NamedTuple

from tests.hostile.parts import at_import, in_step, returning


class Row(NamedTuple):
    """One submission and the answer that a right grader gives."""

    id: str
    source: str
    verdicts: str  # one of these
    says: str = ""  # a pattern for the message or a finding's
    gd: str = "AC"
    flag: str = ""
    passed: str = ""
    most: float = 1.0  # of the score


SEND = "import os, struct, sys\nCHANNEL = 3\n"

HOSTILE = (
    Row("H01", returning("Yes(), (m, v, t)", "class Yes:\n    def __eq__(self, other): return True"), "BF", "theta is a Yes"),
    Row("H02", returning("Twice(), (m, v, t)", """
        class Twice:
            calls = 0
            def __array__(self, dtype=None, copy=None):
                Twice.calls += 1
                return np.full(3, float(Twice.calls))"""), "BF", "theta is a Twice"),
    Row("H03 wrong numbers behind tobytes", returning("(0 * theta).view(Sly), (m, v, t)", """
        class Sly(np.ndarray):
            def __array_ufunc__(self, *args, **kw): return True
            def tobytes(self, *args): return b"right"
            def __array_function__(self, *args): return True"""), "PC WA BF"),
    Row("H04", returning("Priority(), (m, v, t)", """
        class Priority:
            __array_priority__ = 1e9
            def __rsub__(self, other): return 0
            def __sub__(self, other): return 0"""), "BF", "theta is a Priority"),
    Row("H05", returning("theta + 1, (m, v, t)", """
        np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None"""), "PC WA"),
    Row("H06", returning("theta + 1, (m, v, t)", """
        import builtins
        builtins.abs = lambda x: 0
        builtins.isinstance = lambda *a: True
        builtins.type = lambda *a: float"""), "PC WA RE BF"),
    Row("H07", in_step("theta = theta + 1", """
        import gc, struct
        for one in gc.get_objects():
            if type(one).__name__ == "function" and one.__name__ in ("packed_values", "_packed"):
                one.__code__ = (lambda values: b"\\0" * 64).__code__"""), "WA BF PC RE"),
    Row("H08", in_step("""
        import os, struct, sys
        child = next(f for f in frames_up() if "number" in vars(f.f_locals.get("self", object)) )
        number = child.f_locals["self"].number
        values = b""
        for part in (np.zeros_like(m0(state)), np.zeros_like(m0(state)), 0, np.zeros_like(theta)):
            a = np.asarray(part)
            kind = 0 if isinstance(part, np.ndarray) else 1
            code = 0 if a.dtype == float else 1 if a.dtype == np.float32 else 3
            values += bytes((kind, code, a.ndim)) + struct.pack(f"<{a.ndim}Q", *a.shape) + a.tobytes()
        body = struct.pack("<I", 0) + values
        os.write(3, struct.pack("<4sBxxxIQ", b"OPTC", 2, number, len(body)) + body)
        os._exit(0)""", """
        import sys
        def m0(state): return state[0]
        def frames_up():
            f = sys._getframe()
            while f:
                if hasattr(f.f_locals.get("self"), "number"): yield f
                f = f.f_back"""), "WA PC CR", ),
    Row("H09 two frames", in_step("""
        import os, struct
        os.write(3, struct.pack("<4sBxxxIQ", b"OPTC", 2, 2, 4) + bytes(4))"""), "BF", "protocol"),
    Row("H09 an early frame", at_import("""
        import os, struct
        os.write(3, struct.pack("<4sBxxxIQ", b"OPTC", 2, 2, 4) + bytes(4))"""), "BF", "protocol", gd="BF"),
    Row("H10", in_step("""
        import os, struct
        os.write(3, struct.pack("<4sBxxxIQ", b"OPTC", 2, 2, 2**40))"""), "OLE", "1099511627776 bytes"),
    Row("H11", in_step("""
        import os, struct
        os.write(3, struct.pack("<4sBxxxIQ", b"OPTC", 2, 2, 100) + b"half")
        os._exit(7)"""), "CR", "exit code 7"),
    Row("H12", returning("Bomb(), (m, v, t)", """
        import os
        class Bomb:
            def __reduce__(self): return os.system, ("touch /tmp/optcourse-hostile",)"""), "BF", "theta is a Bomb"),
    Row("H13", returning("theta.astype(object), (m, v, t)"), "BF", "dtype object"),
    Row("H14 structured", returning("np.zeros(theta.shape, [('a', float)]), (m, v, t)"), "BF", "dtype"),
    Row("H14 text", returning("theta.astype('U9'), (m, v, t)"), "BF", "dtype"),
    Row("H14 times", returning("np.zeros(theta.shape, 'M8[s]'), (m, v, t)"), "BF", "dtype"),
    Row("H14 void", returning("np.zeros(theta.shape, 'V8'), (m, v, t)"), "BF", "dtype"),
    Row("H15", in_step("""
        import gc, sys
        found = [str(one)[:100] for one in gc.get_objects() if "expected" in str(type(one))]
        frame, seen = sys._getframe(), []
        while frame:
            seen += [key for key in frame.f_locals if "expect" in key or "reference" in key or "rule" in key]
            frame = frame.f_back
        if found or seen:
            raise RuntimeError(f"found {found} {seen}")"""), "AC"),
    Row("H16 arguments and environment", in_step("""
        import os, sys
        if any(sys.argv) or any("optcourse" in value or "work" in value for value in os.environ.values()):
            raise RuntimeError(f"{sys.argv} {os.environ}")"""), "AC"),
    Row("H16 /proc", in_step("open('/proc/self/environ').read()"), "RE", "FileNotFoundError|PermissionError"),
    Row("H17 re-exported", "from optcourse.rules import adam\nadam_step = adam.RULE.step\n", "CE",
        "own rules are not in the sandbox", gd="CE", flag="SV"),
    Row("H17 through RULES", "from optcourse import RULES\nadam_step = RULES['adam'].step\ngd_step = RULES['gd'].step", "CE",
        "own rules are not in the sandbox", gd="CE", flag="SV"),
    Row("H17 inside the step", in_step("return RULES['adam'].step(theta, grad, state)", "from optcourse import RULES"), "CE",
        "own rules are not in the sandbox", flag="SV"),
    Row("H17 homework", at_import("from optcourse.homework import yogi"), "CE", "own rules", gd="CE", flag="SV"),
    Row("H18 torch", at_import("import torch.optim"), "CE", "torch is not available in this assignment", gd="CE"),
    Row("H18 optax", at_import("import optax"), "CE", "optax is not available in this assignment", gd="CE"),
    Row("H19 passwords", in_step("open('/etc/passwd').read()"), "RE", "FileNotFoundError|PermissionError"),
    Row("H19 tests and gradebook", at_import("""
        import glob
        for name in ("judging.py", "*grade*.db", "rows_h.py"):
            if glob.glob(f"/**/{name}", recursive=True):
                raise RuntimeError(f"found {name}")"""), "AC"),
    Row("H20", in_step("open('results.json', 'w').write('[]')"), "RE", "PermissionError|OSError|Read-only"),
    Row("H20 caught", in_step("""
        for place in ("/", "/tmp", "/jail", "/work", "."):
            try:
                open(place + "/results.json", "w").write("[]")
            except OSError:
                pass
            else:
                raise RuntimeError("written")"""), "AC"),
    Row("H21", at_import("import os; os._exit(0)"), "CR", "exited during import", gd="CR"),
    Row("H22", in_step("import sys; sys.exit(0)"), "RE", "SystemExit"),
    Row("H23", at_import("""
        import atexit, os
        atexit.register(lambda: os.write(3, b"x" * 100))
        atexit.register(print, "x" * 100)"""), "AC"),
    Row("H24 KeyboardInterrupt", in_step("raise KeyboardInterrupt"), "RE", "KeyboardInterrupt"),
    Row("H24 BaseException", in_step("raise Mine", "class Mine(BaseException): pass"), "RE", "Mine"),
    Row("H25 raises", in_step("raise Silent", """
        class Silent(Exception):
            def __str__(self): raise SystemExit"""), "RE", "can't be printed"),
    Row("H25 loops", in_step("raise Endless", """
        class Endless(Exception):
            def __str__(self):
                while True: pass"""), "TLE RE"),
    Row("H26", in_step("raise ValueError('x' * 100_000_000)"), "RE", "ValueError: xxx"),
    Row("H27", in_step("""
        import os
        while True:
            os.fork()"""), "RE", "PermissionError|BlockingIOError"),
    Row("H28 subprocess", in_step("import subprocess; subprocess.run(['/bin/true'])"), "RE", "Error"),
    Row("H28 os.system", in_step("""
        import os
        if os.system("touch /tmp/optcourse-hostile") == 0:
            raise RuntimeError("it ran")"""), "AC"),
    Row("H29", in_step("import threading; threading.Thread(target=print).start()"), "RE", "can't start new thread"),
    Row("H30", in_step("""
        import os
        for act in (os.setsid, os.fork, os.forkpty):
            try:
                act()
            except OSError:
                continue
            raise RuntimeError(f"{act} was possible")"""), "AC"),
    Row("H31", in_step("""
        import os, signal
        for target in (os.getppid(), 1, -1, 0):
            try:
                os.kill(target, signal.SIGKILL)
            except OSError:
                continue
            raise RuntimeError(f"signalled {target}")"""), "AC"),
    Row("H32", in_step("""
        import ctypes, os
        libc = ctypes.CDLL(None)
        if libc.ptrace(16, os.getppid(), 0, 0) == 0 or libc.process_vm_writev(os.getppid(), 0, 0, 0, 0, 0) >= 0:
            raise RuntimeError("traced")"""), "AC"),
    Row("H33", at_import("while True: pass"), "TLE", "during import", gd="TLE"),
    Row("H34", in_step("""
        while True:
            try:
                while True: pass
            except BaseException: pass"""), "TLE"),
    Row("H35", in_step("""
        import signal
        for one in (signal.SIGALRM, signal.SIGTERM, signal.SIGXCPU, signal.SIGINT):
            signal.signal(one, lambda *a: None)
        while True: pass"""), "TLE"),
    Row("H36 sleeps", in_step("import time; time.sleep(1e9)"), "ILE", "waited"),
    Row("H36 waits on a pipe", in_step("import os; os.read(os.pipe()[0], 1)"), "ILE", "waited"),
    Row("H37", in_step("while abs(beta2 - 0.95) < 1e-9 and abs(beta1 - 0.9) < 1e-9 and lr == 1e-3: pass"), "TLE", "",
        passed="first steps,under way,lr changed,beta1 changed,eps changed"),
    Row("H38 a huge number", in_step("10**10**8"), "TLE"),
    Row("H38 a regular expression", in_step("import re; re.match('(a+)+$', 'a' * 60 + 'b')"), "TLE"),
    Row("H39", in_step("""
        kept = []
        while True:
            kept.append(np.ones(10_000_000))"""), "MLE", "memory"),
    Row("H40", in_step("""
        try:
            np.zeros(2**40)
        except MemoryError:
            pass"""), "AC"),
    Row("H41", returning("np.broadcast_to(np.float64(1), (10**9,)), (m, v, t)"), "BF", "shape"),
    Row("H42", in_step("adam_step(theta, grad, state)"), "RE", "RecursionError"),
    Row("H43 ctypes", in_step("import ctypes; ctypes.string_at(1)"), "CR", "SIGSEGV"),
    Row("H43 code object", in_step("""
        def f(): pass
        f.__code__ = f.__code__.replace(co_code=bytes([116, 255, 83, 0]), co_names=(), co_consts=())
        f()"""), "CR RE"),
    Row("H44 nested brackets", "(" * 100_000, "CE", "line 1|nested|Memory|Recursion", gd="CE"),
    Row("H44 a deep tree", "x = " + "-" * 100_000 + "1\n", "CE CR MLE", gd="CE CR MLE"),
    Row("H44 a long sum", at_import("x = " + "+".join(["1"] * 200_000)), "CE CR MLE TLE AC", gd="CE CR MLE TLE AC"),
    Row("H45 10 GB", in_step("""
        while True:
            print("x" * 10_000)"""), "OLE", "printed more"),
    Row("H45 at import", at_import("while True: print('x' * 10_000)"), "OLE", "printed more", gd="OLE"),
    Row("H45 one line of 20 MB", in_step("print('x' * 20_000_000)"), "OLE"),
    Row("H45 one line of 1 GB", in_step("print('x' * 1_000_000_000)"), "MLE OLE"),
    Row("H45 to the descriptor", in_step("""
        import os
        while True:
            os.write(1, b"x" * 60_000)"""), "OLE", "printed more"),
    Row("H46 disk", in_step("""
        import ctypes, os
        def memory_file():
            if ctypes.CDLL(None).memfd_create(b"x", 0) < 0:
                raise OSError
        for act in (lambda: open("/tmp/optcourse-hostile", "w"), lambda: open("/dev/shm/optcourse-hostile", "w"),
                    lambda: os.mkdir("/optcourse-hostile"), lambda: os.open(".", os.O_TMPFILE | os.O_RDWR), memory_file):
            try:
                act()
            except OSError:
                continue
            raise RuntimeError("something was written")"""), "AC"),
    Row("H47", in_step("""
        import os
        for _ in range(10**6):
            os.dup(0)"""), "RE", "OSError.*Too many open files"),
    Row("H48", in_step("""
        import ctypes, errno, socket
        for kind in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 40, 17, 16):
            for style in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                try:
                    socket.socket(kind, style)
                except OSError:
                    continue
                raise RuntimeError(f"a socket of {kind}")
        try:
            socket.getaddrinfo("example.org", 80)
        except OSError:
            pass
        else:
            raise RuntimeError("a name was looked up")
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(425, 1, 0) >= 0 or ctypes.get_errno() != errno.EPERM:
            raise RuntimeError("io_uring")"""), "AC"),
    Row("H49", in_step("""
        import os
        left = []
        for place in ("/tmp", "/dev/shm", "/jail", "/", "/var/tmp"):
            try:
                with open(os.path.join(place, "optcourse-hostile-marker"), "x"):
                    left.append(place)
            except OSError:
                pass
        if left or hasattr(np, "marker"):
            raise RuntimeError(str(left))
        np.marker = 1""", "np.__dict__.pop('marker', None)"), "RE", "RuntimeError"),
    Row("H50 closes", in_step("import os; os.closerange(0, 21)"), "CR BF"),
    Row("H50 dup2", in_step("import os\nfor n in range(21): os.dup2(os.pipe()[1], n)"), "CR BF RE ILE"),
    Row("H51", in_step("""
        import resource
        for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
            try:
                resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            except (ValueError, OSError):
                continue
            raise RuntimeError("a limit was raised")"""), "AC"),
    Row("H52", in_step("input('theta? ')"), "RE", "EOFError"),
    Row("H53 in the step", in_step("plt.show()", "import matplotlib.pyplot as plt"), "RE CE", "no screen"),
    Row("H53 at import", at_import("import matplotlib.pyplot as plt\nplt.show()"), "CE", "no screen", gd="CE"),
    Row("H53 tkinter", in_step("import tkinter; tkinter.Tk()"), "RE CE", "no screen"),
    Row("H54", in_step("time.time()", "import time\ntime.time = time.perf_counter = time.process_time = lambda: 0.0"), "AC"),
    Row("H55", in_step("""
        if theta.shape == (3,) and theta[0] == 0.0 and grad[0] == 1.0:
            return np.array([1.0, 2.0, 3.0]), state
        return theta, state"""), "PC WA"),
    Row("H56", in_step("""
        calls.append(theta)
        if len(calls) > 1:
            theta = theta * 1.001""", "calls = []"), "PC WA"),
    Row("H57", in_step("""
        key = "answer"
        if key in kept:
            return kept[key]
        kept[key] = (theta - lr * np.sign(grad), state)
        return kept[key]""", "kept = {}"), "PC WA BF"),
    Row("H57 a right answer that keeps things", in_step("kept.append(theta)", "kept = []"), "AC"),
    Row("H58 numpy", returning("theta + 1e-3 * np.random.normal(size=theta.shape), (m, v, t)"), "ND", "does not return the same"),
    Row("H58 default_rng", returning("theta + 1e-3 * np.random.default_rng().normal(size=theta.shape), (m, v, t)"), "ND"),
    Row("H58 random", returning("theta + 1e-3 * random.random(), (m, v, t)", "import random"), "ND"),
    Row("H59", in_step("np.random.seed(1)\nnp.random.normal()"), "AC", flag="np.random.seed"),
    Row("H60 hash order", in_step("""
        order = list({"m", "v", "t", "theta", "grad"})
        lr = lr * (1 + 1e-3 * order.index("m"))"""), "AC PC WA ND"),
)  # fmt: skip
