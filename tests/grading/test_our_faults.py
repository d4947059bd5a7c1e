"""What goes wrong on our side is tried again, then told to a person; it is never a student's zero."""

import os
import select
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from optcourse.checking.answering import Answer, Fault
from optcourse.errors import UserError
from optcourse.grading import draws, pipeline
from optcourse.grading.assignment import Asked, Assignment, rule_assignment
from optcourse.grading.batches import RETRIES, Grading, Warm
from optcourse.grading.command import grader_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Result, Submission
from optcourse.grading.sandbox.asking import load
from optcourse.grading.sandbox.claims import number
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.sealed import Sealed
from optcourse.grading.sandbox.supervisor import Limits, Sandbox, SandboxError

LIMITS = Limits(cpu=2, wall=5, memory=400_000_000)
SOURCE = "def gd_step(theta, grad, state, *, lr=0.01):\n    return theta - lr * grad, ()\n"
RIGHT = Submission("mia", "hw.py", (Cell("hw.py", SOURCE),), "script", "1")
WRONG = Submission("tom", "hw.py", (Cell("hw.py", SOURCE.replace("-", "+")),), "script", "2")


@pytest.fixture(scope="module")
def grader() -> Grader:
    task = Asked("gd", "gd_step", "gd")
    return Grader(Assignment("hw0", (task,)), {"gd": draws.draw_for(task, 1)}, 1, LIMITS, best_level(LIMITS))


def kill(sandbox: Sandbox) -> None:
    """Kill bubblewrap, and wait for the server in it, which ends a little later than its parent."""
    os.kill(sandbox.process.pid, signal.SIGKILL)
    sandbox.process.wait()
    assert select.select([sandbox.control.line], [], [], 60)[0]  # it is closed: nobody has the other end


def both(grader: Grader) -> list[Result]:
    with closing(Warm()) as warm:
        return warm.grade(Grading(grader), (RIGHT, WRONG))


def verdicts(grader: Grader) -> list[str]:
    return [one.tasks[0].verdict for one in both(grader)]


@pytest.mark.row("G02")
def test_a_fork_server_that_was_killed_fails_as_ours(grader: Grader) -> None:
    with Sandbox(grader.level, LIMITS) as sandbox:
        assert grade(RIGHT, grader, sandbox).tasks[0].verdict == "AC"
        kill(sandbox)
        with pytest.raises(SandboxError, match="has ended"):
            grade(RIGHT, grader, sandbox)


@pytest.mark.row("G02")
def test_a_fork_server_that_dies_in_the_middle_of_a_job_fails_as_ours(grader: Grader) -> None:
    with Sandbox(grader.level, LIMITS) as sandbox:
        job = sandbox.job(1)
        kill(sandbox)
        with pytest.raises(SandboxError):
            job.__exit__()


@pytest.mark.row("G02")
@pytest.mark.parametrize("failures", range(RETRIES + 2))
def test_a_failing_sandbox_is_tried_again_twice_and_then_a_person_is_asked(
    failures: int, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, left = Sandbox.job, [failures]

    def job(sandbox: Sandbox, seed: int, inputs: Sealed | None = None) -> object:
        if left[0] > 0:
            left[0] -= 1
            kill(sandbox)
        return usual(sandbox, seed, inputs)

    monkeypatch.setattr(Sandbox, "job", job)
    first, second = both(grader)
    assert first.tasks[0].verdict == ("AC" if failures <= RETRIES else "IE")
    assert first.needs_a_person == (failures > RETRIES)
    assert second.tasks[0].verdict in ("WA", "PC")  # the next submission is graded as ever


@pytest.mark.row("G03")
def test_a_reference_that_raises_halts_the_assignment(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Answer((), Fault("RE", "raised", "ZeroDivisionError"))
    monkeypatch.setattr(draws, "expected", lambda *task: (failed,))
    with pytest.raises(UserError, match=r"IE: .*reference of gd itself fails.*nothing is graded"):
        grader_for(rule_assignment("gd"), 1, LIMITS)


@pytest.mark.row("G03")
def test_a_reference_that_raises_while_grading_is_no_students_zero(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*arguments: object) -> None:
        raise ZeroDivisionError("in the reference")

    monkeypatch.setattr(pipeline, "scored", raises)
    assert verdicts(grader) == ["IE", "IE"]


def test_a_process_that_ends_before_it_begins_is_our_fault_and_no_zero(grader: Grader) -> None:
    with Sandbox(grader.level, LIMITS) as sandbox, sandbox.job(1) as job:
        job.finish(kill=True)
        with pytest.raises(SandboxError, match="ended before it began"):
            load(job, RIGHT, "gd_step")


def test_a_process_that_cannot_be_shut_in_is_our_fault_and_says_why(grader: Grader) -> None:
    too_much = replace(LIMITS, memory=2.0**70)  # no limit that the kernel knows
    with (
        Sandbox(grader.level, too_much) as sandbox,
        pytest.raises(SandboxError, match="can't be shut in: "),
    ):
        grade(RIGHT, grader, sandbox)


def test_an_end_at_import_stays_the_submissions_whatever_its_exit_code(grader: Grader) -> None:
    for code in (0, 70):
        leaves = replace(RIGHT, cells=(Cell("hw.py", f"import os; os._exit({code})"),))
        with Sandbox(grader.level, LIMITS) as sandbox:
            task = grade(leaves, grader, sandbox).tasks[0]
        assert (task.verdict, f"exit code {code}" in task.message) == ("CR", True)


@pytest.mark.parametrize(
    "text",
    ["class=1.0", "None=1", "a\u00b2=1.0", "lr=1e999", "lr=-1e999", "lr=" + "9" * 30, "lr=1e2e3", "=1"],
)
def test_a_default_that_no_function_can_have_is_passed_over(text: str) -> None:
    assert number(text) is None
    assert number("lr=0.1") == ("lr", 0.1)


LIMITING = """
import os, resource
for target in (os.getppid(), os.getppid() + 1, 1, 2):
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_SIGPENDING):
        try:
            resource.prlimit(target, kind, (300 << 20, 300 << 20))
        except OSError:
            pass
"""


def test_nobody_after_a_submission_that_limits_its_parent_gets_another_result(grader: Grader) -> None:
    attacker = replace(RIGHT, cells=(Cell("hw.py", LIMITING + SOURCE),), digest="3")
    with closing(Warm()) as warm:
        before, attack, after = warm.grade(Grading(grader), (WRONG, attacker, WRONG))
    assert before == after
    assert attack.tasks[0].verdict == "AC"


def test_without_namespaces_of_its_own_a_server_serves_one_submission(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, served = Sandbox.configure, list[Sandbox]()

    def together(sandbox: Sandbox) -> None:
        usual(sandbox)
        sandbox.apart = False
        served.append(sandbox)

    with closing(Warm()) as warm:
        expected = warm.grade(Grading(grader), (RIGHT, WRONG, RIGHT))
        monkeypatch.setattr(Sandbox, "configure", together)
        warm.close()
        assert warm.grade(Grading(grader), (RIGHT, WRONG, RIGHT)) == expected
        assert len(served) == 3
        assert all(one.process.returncode is not None for one in served)  # each has ended


def test_a_job_leaves_no_descriptor_whatever_happens_in_it(grader: Grader) -> None:
    with Sandbox(grader.level, LIMITS) as sandbox:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with pytest.raises(ZeroDivisionError), sandbox.job(1):
                raise ZeroDivisionError
        assert len(os.listdir("/proc/self/fd")) == before
    assert not Path(f"/proc/{sandbox.process.pid}").exists()
