"""From a submission to its result: which tasks are run, and when one process' word is enough."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from optcourse.checking.answering import Answer, Probe, answer
from optcourse.grading import collecting
from optcourse.grading.assignment import Asked, Assignment
from optcourse.grading.budget import Budget
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Submission, TaskResult
from optcourse.grading.sandbox.proof import best_level, proved
from optcourse.grading.sandbox.supervisor import Limits, Sandbox

LIMITS = Limits(cpu=2, wall=5, memory=400_000_000)
GD = Asked("gd", "gd_step", "gd")
MOMENTUM = Asked("momentum", "momentum_step", "momentum")
TASKS = (replace(MOMENTUM, needs=("gd",)), GD)
RIGHT_GD = "def gd_step(theta, grad, state, *, lr=0.01):\n    return theta - lr * grad, ()\n"
RIGHT = """\
def momentum_step(theta, grad, state, *, lr=0.01, beta=0.9):
    (v,) = state
    v = beta * v + lr * grad
    return theta - v, (v,)
"""


@pytest.fixture(scope="module")
def grader() -> Grader:
    draws = {task.task: draw_for(task, 1) for task in TASKS}
    return Grader(Assignment("hw0", TASKS), draws, 1, LIMITS, best_level(LIMITS))


@pytest.fixture(scope="module")
def sandbox(grader: Grader) -> Iterator[Sandbox]:
    with proved(grader.level, LIMITS) as made:
        yield made


def results(source: str, grader: Grader, sandbox: Sandbox) -> dict[str, TaskResult]:
    handed_in = Submission("mia", "hw.py", (Cell("hw.py", source),), "script", "1")
    return {task.task: task for task in grade(handed_in, grader, sandbox).tasks}


def test_a_task_that_needs_a_later_one_waits_for_it_and_keeps_its_place(
    grader: Grader, sandbox: Sandbox
) -> None:
    right = results(RIGHT_GD + RIGHT, grader, sandbox)
    assert {name: task.verdict for name, task in right.items()} == {"momentum": "AC", "gd": "AC"}
    assert list(right) == ["momentum", "gd"]
    wrong = results(RIGHT_GD.replace("-", "+") + RIGHT, grader, sandbox)
    assert wrong["momentum"].verdict == "SK"
    assert "gd" in wrong["momentum"].message


# What a function answers when it is asked all in one process, and how often another has to be asked: what is
# not right is asked as often again with the public numbers, which have all the words.
@pytest.mark.parametrize(("source", "verdicts", "processes"), [
    (RIGHT, ("AC",), 2),  # what is right is asked once more, from its middle
    (RIGHT.replace("v + lr * grad", "v + grad").replace("theta - v", "theta - lr * v"), ("WA", "PC"), 2),
    (RIGHT.replace("theta - v", "theta + v"), ("WA", "PC"), 2),  # a known mistake, and before it a known form
    (RIGHT.replace("lr * grad", "1.07 * lr * grad"), ("WA", "PC"), 6),  # nobody's; and what earns a part is looked at once more
    (RIGHT.replace("(v,) = state", "(w,) = state"), ("RE",), 2),  # at each first call
    (RIGHT.replace("    v = beta", "    assert abs(v).sum() == 0\n    v = beta"), ("RE",), 4),  # at a later one
    (RIGHT + "    raise NotImplementedError\n", ("AC",), 2),
    ("def momentum_step(theta, grad, state, *, lr=0.01, beta=0.9):\n    raise NotImplementedError\n",
     ("NA",), 2),
])  # fmt: skip
def test_another_process_is_asked_where_what_was_kept_could_be_at_fault(
    source: str,
    verdicts: tuple[str, ...],
    processes: int,
    grader: Grader,
    sandbox: Sandbox,
) -> None:
    before = sandbox.jobs
    found = results(RIGHT_GD + source, grader, sandbox)
    assert found["momentum"].verdict in verdicts, found["momentum"]
    assert sandbox.jobs - before == 2 + processes  # two for gd, which is right


KEEPING = """\
import numpy as np
KEPT = {}
def momentum_step(theta, grad, state, *, lr=0.01, beta=0.9):
    (v,) = state
    %s
    v = beta * v + lr * grad
    return theta - v, (v,)
"""


@pytest.mark.parametrize("line", [
    "lr = KEPT.setdefault('lr', lr)",  # right for the first probe, and for each alone
    "beta = KEPT.setdefault('beta', beta)",
    "v = v + 1e-3 * KEPT.get(v.shape, 0); KEPT[v.shape] = 0.0 if v.any() else 0.0",  # keeps, to no effect
])  # fmt: skip
def test_what_is_right_for_each_probe_alone_is_right_whatever_it_keeps(
    line: str, grader: Grader, sandbox: Sandbox
) -> None:
    found = results(RIGHT_GD + KEEPING % line, grader, sandbox)
    assert found["momentum"].verdict == "AC", found["momentum"]


def test_a_wrong_probe_is_asked_again_up_to_its_first_wrong_step(
    grader: Grader, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[Probe]] = []
    usual = collecting.ask_together

    def counted(*arguments: object) -> object:
        asked.append(list(arguments[3]))  # type: ignore[call-overload]
        return usual(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(collecting, "ask_together", counted)
    results(RIGHT_GD + RIGHT.replace("lr * grad", "1.07 * lr * grad"), grader, sandbox)
    *_, first, again = asked
    assert max(len(probe.grads) for probe in first) > 1
    assert {len(probe.grads) for probe in again} == {1}
    assert [probe.name for probe in again] == [
        probe.name for probe in reversed(first) if probe.name in {one.name for one in again}
    ]


@pytest.mark.parametrize("factor", [0.9, 2.0])
def test_whichever_probe_is_asked_again_and_wherever_luck_is_found_out(grader: Grader, factor: float) -> None:
    probes = MOMENTUM.question(grader.draws["momentum"]).probes()
    written: dict[str, Any] = {}
    exec(RIGHT, written)
    right = written["momentum_step"]
    exec(RIGHT.replace("lr * grad", f"{factor} * lr * grad"), written)
    answers = [answer(right, probe) for probe in probes]
    asked_again = collecting.telling(probes, answers, range(len(probes)))
    assert len(asked_again) > len(probes) / 2
    for number in asked_again:
        probe, values = probes[number], answers[number].values
        for step in range(1, len(values)):
            *state, theta = values[step - 1]
            middle = probe._replace(theta=theta, state=tuple(state), grads=probe.grads[step:])
            again = answer(written["momentum_step"], middle)
            assert not collecting.close(Answer(values[step:]), again), (probe.name, step)


# Right in the process that is asked first, and nowhere else.
@pytest.mark.parametrize("source", [
    "VELOCITY = {}\n" + RIGHT.replace("(v,) = state", "(v,) = state\n    v = VELOCITY.get('v', v * 0 + v) if v.any() else v").replace(
        "theta - v, (v,)", "theta - VELOCITY.setdefault('v', v), (v * 0 + 1,)"),
    "import numpy as np\nLUCKY = np.random.get_state()[1][0] in (1, 2, 3)\n" + RIGHT.replace("lr * grad", "(lr if LUCKY else 0.9 * lr) * grad"),
    "import random\nLUCKY = random.getstate()[1][:3] == random.Random(1).getstate()[1][:3]\n" + RIGHT.replace("lr * grad", "(lr if LUCKY else 2 * lr) * grad"),
])  # fmt: skip
def test_luck_and_what_is_kept_elsewhere_is_not_right(source: str, grader: Grader, sandbox: Sandbox) -> None:
    found = results(RIGHT_GD + source, grader, sandbox)
    assert found["momentum"].verdict != "AC", found["momentum"]
    assert found["momentum"].score < 0.5


# What takes back what is said of work in place: nothing is noted, or nothing of it is told.
UNSAID = {
    "module": """
import sys
for name in [name for name in sys.modules if name.endswith("answering")]:
    sys.modules[name].note_impurities = lambda *given: None
""",
    "gc": """
import gc
for one in gc.get_objects():
    if getattr(one, "__name__", "") == "note_impurities":
        one.__code__ = (lambda given, before, returned, changed, aliased: None).__code__
""",
    "builtins": """
import builtins
builtins.sorted = lambda *given, **named: []
""",
    "sets": """
import sys
for module in list(sys.modules.values()):
    if hasattr(module, "note_impurities"):
        module.frozenset = lambda *given: ()
        module.sorted = lambda *given: []
    if hasattr(module, "fault_texts"):
        module.sorted = lambda *given: []
""",
    "restored": """
import sys
import numpy as np
for name in [name for name in sys.modules if name.endswith("answering")]:
    def note_impurities(given, before, *more):
        for name, array in given.items():
            array.ravel()[:] = np.frombuffer(before[name], array.dtype)
    sys.modules[name].note_impurities = note_impurities
""",
    "frames": "",
}
AT_CALL = "    import sys; sys._getframe(1).f_globals['note_impurities'] = lambda *given: None\n"
KEPT, NEW = "inputs left alone", "new arrays returned"


@pytest.mark.parametrize("head", UNSAID.values(), ids=UNSAID)
@pytest.mark.parametrize(("line", "lost"), [
    ("theta -= v; return theta.copy(), (v,)", KEPT),
    ("theta[...] = theta - v; return theta + 0, (v,)", KEPT),
    ("grad *= 0; return theta - v, (v,)", KEPT),
    ("np.copyto(state[0], v); return theta - v, (v,)", KEPT),
    ("theta = theta - v if v.any() else theta; return theta, (v,)", NEW),
    ("return theta - v, (v if (v != state[0]).any() else state[0],)", NEW),
])  # fmt: skip
def test_work_in_place_that_takes_back_what_is_said_of_it_loses_what_it_should(
    head: str, line: str, lost: str, grader: Grader, sandbox: Sandbox
) -> None:
    source = RIGHT.replace("return theta - v, (v,)", line)
    source = source.replace("    (v,) = state", ("" if head else AT_CALL) + "    (v,) = state")
    honest, lying = (
        results(f"import numpy as np\n{RIGHT_GD}{text}", grader, sandbox)["momentum"]
        for text in (source.replace(AT_CALL, ""), head + source)
    )
    assert (lying.verdict, lying.score) == (honest.verdict, honest.score), lying
    assert honest.verdict == "PC"
    assert [one.name for one in lying.findings if one.score < 1] == [lost]


@pytest.mark.parametrize("line", [
    "theta = theta.copy(); theta -= v; v = v * 1; return theta, (v,)",
    "theta = np.array(theta); theta[...] -= v; return theta, (v,)",
    "out = np.empty_like(theta); np.subtract(theta, v, out=out); return out, (v,)",
    "grad[~np.isfinite(grad)] = 0; return theta - v, (v,)",
    "theta.flags.writeable = grad.flags.writeable = False; return theta - v, (v,)",
    "return np.require(theta, requirements='A') - v, (v,)",
    "import copy; theta = copy.deepcopy(theta); theta -= v; return theta, (v,)",
])  # fmt: skip
def test_who_works_on_copies_keeps_the_points(line: str, grader: Grader, sandbox: Sandbox) -> None:
    source = f"import numpy as np\n{RIGHT_GD}" + RIGHT.replace("return theta - v, (v,)", line)
    assert results(source, grader, sandbox)["momentum"].verdict == "AC"


@pytest.mark.parametrize("answer", [
    "theta.copy(), (state[0].copy(),)",
    "0 * theta, (0 * state[0],)",
    "np.ones_like(theta), (np.ones_like(theta),)",
])  # fmt: skip
def test_a_function_that_knows_nothing_earns_nothing(answer: str, grader: Grader, sandbox: Sandbox) -> None:
    source = f"import numpy as np\n{RIGHT_GD}{RIGHT}    \n".replace("theta - v, (v,)", answer)
    assert results(source, grader, sandbox)["momentum"].score == 0


def test_nearly_a_mistake_earns_no_more_than_the_mistake(grader: Grader, sandbox: Sandbox) -> None:
    mistake = RIGHT.replace("theta - v", "theta + v")
    near = mistake.replace("lr * grad", "lr * (1 + 3e-9) * grad")
    scores = [results(RIGHT_GD + one, grader, sandbox)["momentum"].score for one in (mistake, near)]
    assert scores[1] <= scores[0]


def test_a_submission_has_one_budget_for_all_its_tasks(grader: Grader, sandbox: Sandbox) -> None:
    budget = Budget(sandbox, grader.assignment)
    budget.most = 1
    found = results(RIGHT_GD + RIGHT, grader, budget)
    assert {one.verdict for one in found.values()} == {"TLE", "SK"}
    assert any("together" in one.message for one in found.values())
