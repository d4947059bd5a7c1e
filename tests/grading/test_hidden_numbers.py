"""No number that a hidden probe hands to a submission comes back on anything that its student is shown."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from optcourse.grading.assignment import Asked, Assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.feedback import as_grade, feedback_html, feedback_json
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Result, Submission
from optcourse.grading.sandbox.proof import best_level, proved
from optcourse.grading.sandbox.supervisor import Limits, Sandbox

LIMITS = Limits(cpu=2, wall=5, memory=400_000_000)
TASKS = (Asked("gd", "gd_step", "gd"), Asked("hypers", "pytorch_hypers", "pytorch_hypers"))
TELL = """
import os, sys
def tell(*values):
    texts = []
    for value in values:
        for one in np.ravel(np.asarray(value, float)).tolist():
            texts += [f"{one:.3f}", f"{one:.4g}", repr(one), one.hex(), repr(one)[::-1]]
    return " ".join(texts)
"""
STEP = (
    "import numpy as np\n"
    + TELL
    + """
def gd_step(theta, grad, state, *, lr=0.01):
    told = tell(theta, grad)
    %s
    return theta - lr * grad, ()
def pytorch_hypers(*given):
    told = tell(given)
    %s
    return 0.0
"""
)


@pytest.fixture(scope="module")
def grader() -> Grader:
    draws = {task.task: draw_for(task, 5) for task in TASKS}
    return Grader(Assignment("hw0", TASKS), draws, 5, LIMITS, best_level(LIMITS))


@pytest.fixture(scope="module")
def sandbox(grader: Grader) -> Iterator[Sandbox]:
    with proved(grader.level, LIMITS) as made:
        yield made


def arguments(grader: Grader) -> set[float]:
    """The hidden probes' numbers, but for those that public ones have too."""

    def of(draws: dict[str, int]) -> set[float]:
        found: set[float] = set()
        for asked in grader.assignment.tasks:
            for probe in asked.question(draws[asked.task]).probes():
                for part in (probe.theta, *probe.grads, *probe.args):
                    found |= set() if part is None else set(np.ravel(np.asarray(part, float)).tolist())
        return found

    return of(dict(grader.draws)) - of(dict.fromkeys(grader.draws, 0))


def spellings(grader: Grader) -> set[str]:
    """The hidden numbers as they may be written, where a writing is long enough to be no chance."""
    found = set()
    for one in arguments(grader):
        found |= {f"{one:.4g}", f"{one:.6g}", repr(one), one.hex(), repr(one)[::-1]}
    return {text for text in found if sum(map(str.isdigit, text)) > 5}


def shown(result: Result) -> str:
    """All that a student gets, and more: pages, rows, files for others."""
    graded = as_grade(result)
    parts = [result.to_dict()["tasks"], result.summary(), feedback_json(graded), list(result.flags)]
    return json.dumps(parts) + feedback_html(graded)


@pytest.mark.parametrize("act", [
    "raise ValueError(told)",  # 2M1b
    "raise type('E' + told.replace('.', '_').replace('-', '_').split()[0], (Exception,), {})(told)",
    "print(told)",
    "print(told); theta = theta * 1.5 if 'theta' in dir() else 0",
    "return told",
    "return type(told[:60], (), {})(), ()",
    "exec(compile('1 / 0', told[:200], 'exec'))",
    "import linecache; linecache.cache['hw.py'] = (1, None, [told + chr(10)] * 99, 'hw.py'); 1 / 0",
    "os._exit(int(abs(float(told.split()[0])) * 100) % 256)",
    "os.write(3, told.encode()[:200]); 1 / 0",
    "sys.exit(told)",
    "raise MemoryError(told)",
    "raise ModuleNotFoundError(told)",
    "raise NameError(told)",
    "raise NotImplementedError(told)",
    "globals().update(__doc__=told); gd_step.__kwdefaults__['lr'] = float(told.split()[2]); 1 / 0",
])  # fmt: skip
@pytest.mark.parametrize("when", ["True", "'unseen'"], ids=["always", "with hidden numbers alone"])
def test_what_a_submission_is_told_does_not_come_back(
    act: str, when: str, grader: Grader, sandbox: Sandbox
) -> None:
    if when != "True":
        act = f"told = told if any(len(one) > 6 for one in told.split()[2::5]) else ''\n    if told:\n        {act.replace('; ', chr(10) + ' ' * 8)}"
    submission = Submission("mia", "hw.py", (Cell("hw.py", STEP % (act, act)),), "script", "1")
    result = grade(submission, grader, sandbox)
    text = shown(result)
    assert not sorted(one for one in spellings(grader) if one in text)[:5]


def test_there_are_many_numbers_to_look_for(grader: Grader) -> None:
    assert len(spellings(grader)) > 500


def test_a_function_that_is_right_with_public_numbers_alone_is_told_so(
    grader: Grader, sandbox: Sandbox
) -> None:
    few = "theta.shape != (3,) or theta.dtype != float or abs(grad).max() > 1e6"
    act = f"assert {few} or abs(grad - grad.round(6)).max() < 1e-10  # public numbers have few decimals"
    submission = Submission("mia", "hw.py", (Cell("hw.py", STEP % (act, "pass")),), "script", "1")
    task = grade(submission, grader, sandbox).tasks[0]
    assert task.verdict == "RE"
    assert "is right with the numbers that check asks with" in task.message
    assert not task.lines
