"""The rows B01 to B40: broken files rather than hostile ones. Text and bytes only; nothing here is run here.

`gd` is the verdict of the right gd_step beside it; most rows are about adam_step alone.
"""

import io
import json
import stat
import zipfile
from typing import Any, NamedTuple

from tests.hostile.parts import ADAM, GD, HEAD, RETURN, RIGHT, SIGNATURE, at_import, in_step, returning


class Row(NamedTuple):
    """A file, by its name and bytes, and the answer that a right grader gives."""

    id: str
    content: str | bytes
    verdicts: str
    says: str = ""
    gd: str = "AC"
    flag: str = ""
    mistakes: str = ""
    file: str = "hw.py"


def code(source: str | list[str], **metadata: Any) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": metadata,
        "outputs": [],
        "execution_count": None,
    }


def notebook(*cells: Any, **parts: Any) -> bytes:
    """A notebook of these cells."""
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **parts}
    ).encode()


def adam_with(was: str, becomes: str) -> str:
    """Right functions with one edit in adam_step."""
    source = GD + ADAM
    assert was in source
    return source.replace(was, becomes)


def zipped(*files: tuple[str, str | bytes], link: bool = False) -> bytes:
    """A zip of these files; the first is a symbolic link where that is asked for."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(files):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if link and number == 0:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def without_a_name(name: str, content: str) -> bytes:
    """A zip of a file, and of one whose name is the end of all names."""
    unnamed = "that-has-a-name"
    return zipped((unnamed, b"x"), (name, content)).replace(unnamed.encode(), bytes(len(unnamed)))


RIGHT_FILE = GD + ADAM
MOVE = "lr * m_hat / (np.sqrt(v_hat) + eps)"
CELLS = (code(HEAD), code(GD), code(ADAM))

# A cell that trains, draws or tries something out, beside right functions: they stand, and the cell is named.
BESIDE = {
    "slow": "for step in range(10**9):\n    adam_step(np.ones(3), np.ones(3), (0, 0, step))",
    "endless": "while True:\n    pass",
    "endless, whatever is raised": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "waits": "import time\ntime.sleep(1e6)",
    "prints": "for step in range(10**6):\n    print('step', step, 'loss', 1 / (step + 1))",
    "raises": "raise RuntimeError('not yet')",
    "asks": "name = input('your name? ')\nnumber = int(name)",
    "exits": "import os, sys\nos._exit(3)",
    "takes memory": "kept = [np.ones(10**7) for _ in range(1000)]",
    "spoils a name": "beta = [adam_step(0, 0, (0, 0, n)) for n in range(10**9)]",
    "plots": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nwhile True: pass",
}
# Functions that lean on more than themselves, each with what they lean on.
LEANING = {
    "a helper": ("def root(v):\n    return np.sqrt(v)", "root(v_hat)"),
    "a table that is filled": (
        "TABLE = {}\ndef fill():\n    TABLE['root'] = np.sqrt\nfill()",
        "TABLE['root'](v_hat)",
    ),
    "a table that is updated": ("TABLE = {}\nTABLE.update(root=np.sqrt)", "TABLE['root'](v_hat)"),
    "another name for a table": (
        "TABLE = {}\nother = TABLE\nother['root'] = np.sqrt",
        "TABLE['root'](v_hat)",
    ),
    "a text that is run": ("exec('root = np.sqrt')", "root(v_hat)"),
    "a class": (
        "class Roots:\n    @staticmethod\n    def root(v): return np.sqrt(v)\nroots = Roots()",
        "roots.root(v_hat)",
    ),
    "a star": ("from numpy import *", "sqrt(v_hat)"),
    "a loop": ("power = 1\nfor _ in range(1):\n    power = power / 2", "v_hat**power"),
    "a guard": ("if __name__ == '__main__':\n    def root(v): return np.sqrt(v)\n    1 / 0", "root(v_hat)"),
}


def beside(more: str, leaning: tuple[str, str] = ("", "np.sqrt(v_hat)")) -> bytes:
    """A notebook of right functions and of a cell that nothing needs, before and behind."""
    adam = ADAM.replace("np.sqrt(v_hat)", leaning[1])
    return notebook(*map(code, (HEAD, more, leaning[0], GD, adam, more)))


BROKEN = (
    Row("B01", "", "NF", "no function adam_step", gd="NF"),
    Row("B02 misspelt", RIGHT_FILE.replace("adam_step", "adam_stepp"), "NF", "adam_stepp"),
    Row("B02 in a class", GD + HEAD + "class Mine:\n    " + (SIGNATURE + RIGHT + RETURN).replace("\n", "\n    "), "NF", "inside the class Mine"),
    Row("B03", GD + "adam_step = 3", "NF", "of type int, not a function"),
    Row("B04", RIGHT_FILE.replace(SIGNATURE, "def adam_step(theta, grad, lr):\n"), "BF", r"theta, grad, state, \*, lr"),
    Row("B05", RIGHT_FILE.replace(RETURN, ""), "BF", "return theta, "),
    Row("B06", adam_with("theta = theta - " + MOVE, "theta -= " + MOVE), "PC WA", "changes its input theta"),
    Row("B07", returning("alias(kept, theta), (m, v, t)", "def alias(given, value):\n    given[...] = value\n    return given").replace("m, v, t = state", "kept = theta\n    m, v, t = state"), "PC WA", "own memory|changes its input"),
    Row("B08 a list", returning("theta.tolist(), (m, v, t)"), "BF", "a list|a float"),
    Row("B08 a number", returning("float(np.sum(theta)), (m, v, t)"), "BF", "shape"),
    Row("B09", returning("theta.astype(np.float32), (m.astype(np.float32), v.astype(np.float32), t)"), "PC", "float32"),
    Row("B10", returning("theta.reshape(-1, 1), (m, v, t)"), "BF", "shape"),
    Row("B11 nan", adam_with("np.sqrt(v_hat)", "np.sqrt(-v_hat)"), "PC WA", "Not a finite|is not right|theta"),
    Row("B11 inf", adam_with("(np.sqrt(v_hat) + eps)", "(0 * v_hat)"), "PC WA", "theta"),
    Row("B12 complex", returning("theta.astype(complex), (m, v, t)"), "BF", "complex128"),
    Row("B12 bool", returning("theta > 0, (m, v, t)"), "BF", "bool"),
    Row("B13 big-endian", returning("theta.astype(theta.dtype.newbyteorder('>')), (m, v, t)"), "AC PC"),
    Row("B13 Fortran", returning("np.asfortranarray(theta) if theta.ndim else theta, (m, v, t)"), "AC"),
    Row("B13 negative strides", returning("theta[::-1].copy()[::-1] if theta.ndim else theta, (m, v, t)"), "AC"),
    Row("B14 masked", returning("np.ma.masked_array(theta), (m, v, t)"), "BF", "MaskedArray"),
    Row("B14 empty", returning("theta.ravel()[:0], (m, v, t)"), "BF", "shape"),
    Row("B14 0-d", returning("np.asarray(theta.sum()), (m, v, t)"), "BF", "shape"),
    Row("B15", adam_with("m / (1 - beta1**t)", "m").replace("v / (1 - beta2**t)", "v"), "WA PC", "uncorrected"),
    Row("B16 t from 0", adam_with("t = t + 1\n    m =", "m =").replace("    return theta, (m, v, t)", "    return theta, (m, v, t + 1)"), "WA PC", mistakes="t-stale"),
    Row("B16 sign", adam_with("theta - " + MOVE, "theta + " + MOVE), "WA PC", "", mistakes="ascends"),
    Row("B16 eps in the root", adam_with("(np.sqrt(v_hat) + eps)", "np.sqrt(v_hat + eps)"), "WA PC", "eps-in-root"),
    Row("B17", adam_with("m / (1 - beta1**t)", "m / (1 - beta1**t) * (1 + 3e-6)"), "PC"),
    Row("B18 syntax", GD + "def adam_step(theta:\n    pass", "CE", "line 4", gd="CE"),
    Row("B18 tabs", "def adam_step(theta):\n    x = 1\n\ty = 2\n", "CE", "line 3|tab", gd="CE"),
    Row("B18 Python 2", RIGHT_FILE + "\nprint 'hello'\n", "CE", "Python 2", gd="CE"),
    Row("B19 UTF-16", RIGHT_FILE.encode("utf-16"), "AC"),
    Row("B19 a byte order mark", b"\xef\xbb\xbf" + RIGHT_FILE.encode(), "AC"),
    Row("B19 Latin-1, declared", ("# coding: latin-1\n# für\n" + RIGHT_FILE).encode("latin-1"), "AC"),
    Row("B19 Latin-1, not declared", ("# für\n" + RIGHT_FILE).encode("latin-1"), "CE", "line 1.*UTF-8", gd="CE"),
    Row("B19 null bytes", RIGHT_FILE.encode() + b"\0", "CE", "null byte", gd="CE"),
    Row("B19 a coding line that unpacks", b"# coding: zlib\n" + RIGHT_FILE.encode(), "CE", "zlib", gd="CE"),
    Row("B20 no JSON", "hello", "CE", "not a notebook: line 1, column 1", gd="CE", file="hw.ipynb"),
    Row("B20 truncated", notebook(*CELLS)[:-40], "CE", "not a notebook: line", gd="CE", file="hw.ipynb"),
    Row("B20 merge", b"<<<<<<< HEAD\n" + notebook(*CELLS) + b"\n>>>>>>> other\n", "CE", "merge", gd="CE", file="hw.ipynb"),
    Row("B21 deep", b"[" * 100_000, "CE", "nested 100,000 deep", gd="CE", file="hw.ipynb"),
    Row("B21 deep within", notebook(*CELLS, extra=json.loads("[" * 500 + "]" * 500)), "CE", "nested", gd="CE", file="hw.ipynb"),
    Row("B21 huge", b'{"cells": "' + b"x" * 51_000_000, "CE", "more than 50,000,000 bytes", gd="CE", file="hw.ipynb"),
    Row("B21 outputs are not looked at", notebook(*CELLS, {**code("1"), "outputs": [{"data": {"text/plain": "x" * 1_000_000}}]}), "AC", file="hw.ipynb"),
    Row("B22 format 3", json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": RIGHT_FILE, "language": "python"}]}]}), "AC", file="hw.ipynb"),
    Row("B22 no cells", json.dumps({"nbformat": 4, "metadata": {}}), "CE", "no list of cells", gd="CE", file="hw.ipynb"),
    Row("B22 a list of lines", notebook(code(RIGHT_FILE.splitlines(keepends=True))), "AC", file="hw.ipynb"),
    Row("B22 a number as source", notebook({"cell_type": "code", "source": 3}), "CE", "source of cell 1", gd="CE", file="hw.ipynb"),
    Row("B23", notebook(*CELLS, metadata={"kernelspec": {"name": "julia-1.9", "language": "julia"}}), "AC", file="hw.ipynb"),
    Row("B24", notebook(code("%matplotlib inline\n!pip install torch\nimport numpy as np\nx = !ls\n?np"), code("%%bash\nrm -rf /"), code(GD), code("%%time\n" + ADAM)), "AC", "left out, as %%bash is not Python", file="hw.ipynb"),
    Row("B24 in a script", "%matplotlib inline\n!pip install torch\nfrom __future__ import annotations\n" + GD + ADAM + "get_ipython().system('ls')\nx = !ls\n", "AC", "left out, as it is not Python: !pip install torch"),
    Row("B24 a modulo is no magic", notebook(code(HEAD + "x = (7\n    % 4)\nassert x == 3\nthree = x"), code(GD), code(ADAM.replace("return theta,", "return theta + 0 * three,"))), "AC", file="hw.ipynb"),
    Row("B25", notebook(code(HEAD), code(GD)), "NF", "no function adam_step", file="hw.ipynb"),
    Row("B26", notebook(code(HEAD), code(GD), code(ADAM.replace("return theta", "return theta + 1"), nbgrader={"grade_id": "a"}), code(ADAM, nbgrader={"grade_id": "a"})), "AC", flag="more than once", file="hw.ipynb"),
    Row("B27", notebook(code(HEAD), code(GD), code(ADAM), code("assert True", nbgrader={"grade_id": "test-adam", "locked": True, "points": 1000})), "AC", flag="locked cell 'test-adam' was changed", file="hw.ipynb"),
    Row("B28", notebook(code("import matplotlib.pyplot as plt\n" + HEAD), code("plt.plot([1, 2]); plt.show()"), code(GD), code("1 / 0\nx = 1"), code(ADAM), code("raise SystemExit"), code("from optcourse import check, explore\ncheck(adam_step)\nexplore('adam')")), "AC", "does not need it: cell 4, cell 6", file="hw.ipynb"),
    *(Row(f"B28 {name}", beside(more), "AC", "does not need it: cell 2, cell 6", file="hw.ipynb") for name, more in BESIDE.items()),
    *(Row(f"B28 leans on {name}", beside(BESIDE["endless"], leaning), "AC", "does not need it: cell 2", file="hw.ipynb") for name, leaning in LEANING.items()),
    Row("B28 a needed cell is slow", notebook(*map(code, (HEAD, GD, "while True:\n    lr0 = 1e-3", ADAM.replace("lr=1e-3", "lr=lr0")))), "TLE", "during import", file="hw.ipynb"),
    Row("B28 a needed cell raises", notebook(*map(code, (HEAD, GD, "lr0 = 1 / 0", ADAM.replace("lr=1e-3", "lr=lr0")))), "CE NF", "ZeroDivisionError|lr0", file="hw.ipynb"),
    Row("B26 the stub again", notebook(*map(code, (HEAD, GD, ADAM, SIGNATURE + "    raise NotImplementedError\n"))), "AC", "empty adam_step is passed over", file="hw.ipynb"),
    Row("B24 %%writefile", notebook(*map(code, (HEAD, GD, "%%writefile adam.py\n" + ADAM))), "NF", "writes it to a file", file="hw.ipynb"),
    Row("B39 defined under a guard", GD + HEAD + 'if __name__ == "__main__":\n    ' + ADAM.replace("\n", "\n    ") + "\n    while True: pass", "AC"),
    Row("B29 traversal", zipped(("../../hw.py", RIGHT_FILE)), "CE", "leads out of it", gd="CE", file="hw.zip"),
    Row("B29 a link", zipped(("hw.py", "/etc/passwd"), link=True), "CE", "is a link", gd="CE", file="hw.zip"),
    Row("B29 a bomb", zipped(("hw.py", b"\0" * 24_000_000)), "CE", "unpacks to 24,000,000 bytes", gd="CE", file="hw.zip"),
    Row("B29 two candidates", zipped(("a.py", RIGHT_FILE), ("b.py", RIGHT_FILE)), "CE", "2 files that could be meant", gd="CE", file="hw.zip"),
    Row("B29 no zip", b"PK\x03\x04 and then nothing", "CE", "not a zip file", gd="CE", file="hw.zip"),
    Row("B29 a file without a name", without_a_name("hw.py", RIGHT_FILE), "AC", file="hw.zip"),
    Row("B29 a right one", zipped(("hw/__MACOSX/._hw.py", b"\0"), ("hw/hw.py", RIGHT_FILE)), "AC", file="hw.zip"),
    Row("B32", in_step(r"""print("<script>alert(1)</script> \x1b[31m ]]> \x00\x08")"""), "AC", "printed 1 lines|script"),
    Row("B35", at_import("import abc, bisect, collections, dataclasses, enum, functools, itertools, math, operator, statistics, typing\n"
        "@dataclasses.dataclass\nclass Config:\n    lr: float = 0.1\nassert math.isclose(Config().lr, 0.1)"), "AC"),
    Row("B36 import *", at_import("from utils import *"), "CE", r"utils is not available.*utils\.py", gd="CE"),
    Row("B36 a data file", at_import("open('helper.csv').read()"), "CE", "helper.csv", gd="CE"),
    Row("B37", in_step("import warnings, sys; warnings.warn('careful', RuntimeWarning); print('oh', file=sys.stderr); np.array(1.0) / 0"), "AC"),
    Row("B38 slow but in time", in_step("sum(i for i in range(20_000))"), "AC"),
    Row("B38 too slow", in_step("sum(i * i for i in range(300_000_000))"), "TLE", r"\d\.\d seconds"),
    Row("B39", at_import("x = 0\nfor epoch in range(10**9):\n    x = x + 1"), "TLE", "if __name__", gd="TLE"),
    Row("B39 under a guard", at_import('if __name__ == "__main__":\n    while True: pass'), "AC"),
    Row("B40 more values", returning("theta, (m, v, t), 1"), "BF", r"return theta, \(m, v, t\)"),
    Row("B40 a dict", returning("theta, dict(m=m, v=v, t=t)"), "BF", r"return theta, \(m, v, t\)"),
    Row("B40 a short state", returning("theta, (m, v)"), "BF", "2 parts, not 3"),
)  # fmt: skip
