"""Keeping a learner's function, and getting it back."""

import linecache
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optcourse.learner import keep, mine
from optcourse.rules import RULES

NUMBERS = count()
STEP = "def adam_step(theta, grad, state, *, lr=0.1):\n    return theta - {}, state\n"


def notebook(*cells: str) -> dict[str, Any]:
    """The globals after running cells as a kernel does: the source of each stays known."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells:
        file = f"<cell {next(NUMBERS)}>"
        linecache.cache[file] = (len(cell), None, cell.splitlines(keepends=True), file)
        exec(compile(cell, file, "exec"), names)
    return names


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    return tmp_path


def kept_alone(path: Path, call: str) -> str:
    """What `call` prints in a fresh Python that runs the kept file and nothing else."""
    code = f"import runpy; names = runpy.run_path({str(path)!r}); print(eval({call!r}, names))"
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


STEP_OF_HALF = """
def adam_step(theta, grad, state, *, lr=0.1):
    return theta - half * grad, state
"""
# Notebooks of which `half` is 0.5 in the last cell; cells are parted by # %%.
USES = {
    "a number": "half = 0.5",
    "a number of numpy's": "import numpy as np\nhalf = np.float64(0.5)",
    "a module under a short name": "import numpy as np" + STEP_OF_HALF.replace("half", "np.abs(0.5)"),
    "a module of a package": "import numpy.linalg" + STEP_OF_HALF.replace("half", "numpy.linalg.norm(0.5)"),
    "a function of a module": "from math import sqrt" + STEP_OF_HALF.replace("half", "sqrt(0.25)"),
    "a renamed function of numpy's": "from numpy import sqrt as root"
    + STEP_OF_HALF.replace("half", "root(0.25)"),
    "a type": "from typing import Any\nhalf = 0.5" + STEP_OF_HALF.replace("theta,", "theta: Any,"),
    "a list and infinity": "halves = (0.5, ['a', {'b': None}])\nfar = float('inf')"
    + STEP_OF_HALF.replace("half", "(halves[0] + 1 / far)"),
    "helpers of helpers": """
import math
quarter = 0.25
# %%
def root():
    return math.sqrt(quarter)

def halve(x):
    return root() * x
"""
    + STEP_OF_HALF.replace("half * grad", "halve(grad)"),
    "helpers that call each other": """
def even(n):
    return n == 0 or odd(n - 1)

def odd(n):
    return n != 0 and even(n - 1)
"""
    + STEP_OF_HALF.replace("half", "0.5 * even(2)"),
    "a helper's other name": """
def times(x):
    return 0.5 * x
halve = times
"""
    + STEP_OF_HALF.replace("half * grad", "halve(grad)"),
    "a default": "half = 0.5" + STEP_OF_HALF.replace("lr=0.1", "lr=half").replace("half *", "lr *"),
    "a decorated helper": """
import functools
def plain(function):
    @functools.wraps(function)
    def wrapped(*arguments):
        return function(*arguments)
    return wrapped
@plain
def halve(x):
    return 0.5 * x
"""
    + STEP_OF_HALF.replace("half * grad", "halve(grad)"),
    "only names of its own": "theta = x = object()"
    + STEP_OF_HALF.replace("half * grad", "[0.5 * x for x in [grad]][0]"),
    "a decorator": """
import functools
half = 0.5
# %%
def plain(step):
    @functools.wraps(step)
    def wrapped(*arguments):
        return step(*arguments)
    return wrapped
# %%
@plain"""
    + STEP_OF_HALF,
}


@pytest.mark.parametrize("cells", USES.values(), ids=USES)
def test_a_kept_function_runs_alone_with_what_it_uses(workspace: Path, cells: str) -> None:
    if "def adam_step" not in cells:
        cells += "\n# %%" + STEP_OF_HALF
    said = keep(notebook(*cells.split("# %%"))["adam_step"])
    assert said == "Kept as mine/adam_step.py: later lessons get it from mine('adam')."
    assert kept_alone(workspace / "mine" / "adam_step.py", "float(adam_step(1.0, 1.0, ())[0])") == "0.5"
    theta, _ = mine("adam")(1.0, 1.0, ())
    assert theta == 0.5


STUCK = {
    "an object": ("half = object()" + STEP_OF_HALF, "uses half (object) of the notebook"),
    "an array": (
        "import numpy as np\nhalf = np.ones(3)" + STEP_OF_HALF,
        "uses half (ndarray) of the notebook",
    ),
    "a function in a function": (
        """
def make(half):
    def adam_step(theta, grad, state):
        return theta - half * grad, state
    return adam_step
adam_step = make(0.5)
""",
        "adam_step uses variables of the function it stands in",
    ),
    "a callable object": (
        """
class Step:
    def __call__(self, theta, grad, state):
        return theta, state
adam_step = Step()
""",
        "only a function written with def can be kept",
    ),
    "no source": ("exec('def adam_step(theta): return theta')", "the source of adam_step can't be found"),
    "another function of that name": (
        """
def half(x):
    return 0.5 * x
halve = half
def half(x):
    return None
"""
        + STEP_OF_HALF.replace("half * grad", "halve(grad) + 0 * len(str(half))"),
        "uses halve, which the notebook no longer defines; write it with def halve",
    ),
    "a decorator changed since": (
        "import functools\nf = functools.cache\n@f" + STEP_OF_HALF + "f = half = None",
        "alone in a file it fails (TypeError",
    ),
}


@pytest.mark.parametrize(("cell", "why"), STUCK.values(), ids=STUCK)
def test_what_cannot_run_alone_is_not_kept_and_the_report_says_why(
    workspace: Path, cell: str, why: str
) -> None:
    said = keep(notebook(cell)["adam_step"])
    assert said is not None
    assert said.startswith("Not kept for later lessons: ")
    assert why in said
    assert not (workspace / "mine").exists()


def test_the_previous_one_is_kept_beside_and_keeping_the_same_again_changes_nothing(workspace: Path) -> None:
    for change in ("1 * grad", "2 * grad", "2 * grad"):
        keep(notebook(STEP.format(change))["adam_step"])
    files = {path.name: path.read_text() for path in (workspace / "mine").iterdir()}
    assert set(files) == {"adam_step.py", "adam_step.old.py"}
    assert "2 * grad" in files["adam_step.py"]
    assert "1 * grad" in files["adam_step.old.py"]


def test_keeping_what_mine_handed_out_changes_nothing(workspace: Path) -> None:
    keep(notebook("import numpy as np\nHALF = 0.5\n", STEP.format("np.abs(HALF) * grad"))["adam_step"])
    before = (workspace / "mine" / "adam_step.py").read_text()
    assert "Kept" in str(keep(mine("adam")))
    assert (workspace / "mine" / "adam_step.py").read_text() == before


@pytest.mark.parametrize(
    "damage",
    [
        "def adam_step(",
        "raise ValueError('two\\nlines')",
        "x = 1\n",
        "1 / 0\n",
        "raise SystemExit(3)\n",
        "import nothing_like_it\n",
        "adam_step = 3\n",
        "\0",
    ],
)
def test_a_damaged_file_gives_the_reference_and_says_so(
    workspace: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(notebook(STEP.format("grad"))["adam_step"])
    (workspace / "mine" / "adam_step.py").write_text(damage)
    assert mine("adam") is RULES["adam"].step
    said = capsys.readouterr().out
    assert said.startswith("adam_step: the reference, as ")
    assert said.count("\n") == 1


def test_mine_says_which_one_it_hands_out(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mine("adam") is RULES["adam"].step
    assert capsys.readouterr().out.startswith("adam_step: the reference (yours")
    keep(notebook(STEP.format("grad"))["adam_step"])
    assert mine("adam_step") is not RULES["adam"].step
    assert capsys.readouterr().out == "adam_step: your own, from mine/adam_step.py\n"


def test_the_reference_is_never_kept_as_the_learners_own(workspace: Path) -> None:
    assert keep(mine("adam")) is None
    assert keep(mine("minibatch_grad")) is None
    assert not (workspace / "mine").exists()


def test_gradient_estimates_are_kept_under_their_own_name(workspace: Path) -> None:
    assert mine("minibatch_grad") is RULES["minibatch"].estimate
    own = notebook("def minibatch_grad(theta, x, y):\n    return (x @ theta - y) @ x / len(y)\n")
    assert "mine('minibatch_grad')" in str(keep(own["minibatch_grad"]))
    x, y, theta = np.ones((2, 3)), np.zeros(2), np.ones(3)
    np.testing.assert_array_equal(mine("minibatch_grad")(theta, x, y), [3, 3, 3])


@pytest.mark.parametrize(("name", "near"), [("adm", "'adam'"), ("minibach_grad", "'minibatch_grad'")])
def test_an_unknown_name_is_answered_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean {near}"):
        mine(name)


def test_the_workspace_around_the_notebook_is_used_but_not_in_a_test_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPTCOURSE_WORKSPACE", raising=False)
    (tmp_path / ".optcourse").mkdir()
    (tmp_path / "lessons").mkdir()
    monkeypatch.chdir(tmp_path / "lessons")
    own = notebook(STEP.format("grad"))["adam_step"]
    assert keep(own) is None
    monkeypatch.delenv("PYTEST_VERSION")
    assert "Kept" in str(keep(own))
    assert mine("adam") is not RULES["adam"].step
    monkeypatch.setenv("PYTEST_VERSION", "9")
    assert mine("adam") is RULES["adam"].step


def test_a_workspace_that_cannot_be_written_is_said_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path / "file"))
    assert "can't be written" in str(keep(notebook(STEP.format("grad"))["adam_step"]))
