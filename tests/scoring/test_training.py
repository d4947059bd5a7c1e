"""Training tasks: graded in the sandbox as they are trained outside of it, and no fault stops the grader."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from optcourse import trained
from optcourse.errors import UserError
from optcourse.grading.assignment import Asked, Assignment, declared
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from optcourse.grading.training import Training
from tests.scoring.submitted import ADAM, FAULTS, GD, REMEMBERS, STUB

LIMITS = Limits(cpu=1, wall=1)
LADDER = ((0.8, 0.4), (0.87, 0.7), (0.91, 1.0))
TASKS = (
    Asked("form", "my_step", "", trains=Training("form")),
    Asked("digits", "my_step", "", points=4, trains=Training("digits", 100, LADDER)),
    Asked("another", "my_step", "", points=2, trains=Training("another", 100, ((0.75, 0.4), (0.89, 1.0)))),
)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(best_level(LIMITS), LIMITS) as one:
        yield one


def submission(source):
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Submission("mia", "my.py", (Cell("my.py", source),), "script", digest)


def grader(sandbox, *tasks, seed=5):
    assignment = Assignment("training", tasks)
    draws = {task.task: draw_for(task, seed) for task in tasks}
    return Grader(assignment, draws, seed, LIMITS, sandbox.level)


def graded(sandbox, source, *tasks, seed=5):
    return grade(submission(source), grader(sandbox, *tasks, seed=seed), sandbox)


def function(source):
    names = {"np": np}
    exec(source, names)
    return names["my_step"]


def test_a_good_rule_gets_all_points_of_all_tasks_and_a_stub_none(sandbox):
    good, stub = graded(sandbox, ADAM, *TASKS), graded(sandbox, STUB, *TASKS)
    assert [task.verdict for task in good.tasks] == ["AC"] * 3
    assert good.score == good.points == 7
    assert [task.verdict for task in stub.tasks] == ["NA"] * 3
    assert stub.score == 0
    assert all("not attempted" in task.message for task in stub.tasks)


def test_plain_descent_gets_a_part_for_each_start_by_the_ladder(sandbox):
    (task,) = graded(sandbox, GD, TASKS[1]).tasks
    assert task.verdict == "PC"
    assert {finding.score for finding in task.findings} <= {0.0, 0.4, 0.7, 1.0}
    assert task.score == pytest.approx(np.mean([finding.score for finding in task.findings]))


@pytest.mark.parametrize("kind", ["digits", "another"])
def test_the_sandbox_trains_to_the_accuracy_that_the_same_step_has_outside(sandbox, kind):
    task = Asked("t", "my_step", "", trains=Training(kind, 30, ((0.0, 0.5), (2.0, 1.0))))
    (result,) = graded(sandbox, ADAM, task).tasks
    outside = trained(function(ADAM), kind, steps=30, seed=draw_for(task, 5)).reached
    assert [finding.message for finding in result.findings] == [
        f"validation accuracy {value:.2f}" for value in outside
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_keeps_its_verdict_and_the_next_submission_is_graded(sandbox, fault):
    source, verdict = FAULTS[fault]
    (task,) = graded(sandbox, source, TASKS[1]).tasks
    assert task.verdict == verdict, task.message
    assert task.score == 0
    (after,) = graded(sandbox, ADAM, TASKS[1]).tasks
    assert after.verdict == "AC"


def test_every_run_has_a_process_of_its_own(sandbox):
    assert graded(sandbox, REMEMBERS, TASKS[1]).tasks[0].verdict == "WA"


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        (GD.replace("theta - lr * grad", "np.subtract(theta, lr * grad, out=theta)"), "inputs not modified"),
        (
            GD.replace("lr * grad", "np.random.normal(size=theta.shape).astype(theta.dtype)"),
            "the same answer twice",
        ),
        (GD.replace("theta - lr", "np.float64(1) * theta - lr"), "float32 kept"),
        (GD.replace("lr=0.1", "lr=1e308"), "three steps"),
    ],
)
def test_the_form_is_four_findings_each_with_its_part(sandbox, source, lost):
    (task,) = graded(sandbox, f"import numpy as np\n{source}", TASKS[0]).tasks
    assert [finding.name for finding in task.findings if finding.score < 1] == [lost]
    assert task.score == 0.75
    assert lost in task.message


def test_another_seed_of_the_grader_draws_other_starts_and_the_same_seed_the_same(sandbox):
    first, same, other = (graded(sandbox, GD, TASKS[2], seed=seed).tasks[0] for seed in (1, 1, 2))
    assert first == same
    assert first.findings != other.findings


def test_a_withdrawn_start_does_not_count(sandbox):
    one = grader(sandbox, TASKS[1])
    less = Assignment("training", one.assignment.tasks, withdrawn=frozenset({("digits", "start 2")}))
    result = grade(submission(GD), Grader(less, one.draws, 5, LIMITS, sandbox.level), sandbox)
    assert [finding.name for finding in result.tasks[0].findings] == ["start 1", "start 3"]
    assert less.version != one.assignment.version


def test_a_training_is_read_from_metadata_and_a_wrong_one_is_refused():
    given = {"kind": "digits", "steps": 50, "ladder": [[0.8, 0.5], [0.9, 1]]}
    task = declared({"task": "digits", "function": "my_step", "trains": given}, Path("hw6.md"))
    assert task.trains == Training("digits", 50, ((0.8, 0.5), (0.9, 1.0)))
    for wrong in (
        {**given, "kind": "mnist"},
        {**given, "steps": 0},
        {**given, "ladder": []},
        {**given, "ladder": [[0.9, 0.5], [0.8, 1]]},
        {**given, "epochs": 3},
        ["digits"],
    ):
        with pytest.raises(UserError, match="trains"):
            declared({"task": "digits", "function": "my_step", "trains": wrong}, Path("hw6.md"))


@pytest.mark.parametrize(
    "lr", ["1e999", "-1e999", "0", "-0.1", "None", "True", "10**300", "1e-320", "float('nan')"]
)
def test_a_default_that_is_no_learning_rate_is_not_searched_around_and_stops_nothing(lr):
    from optcourse.scoring.training import around, form_of, zeros

    step = function(GD.replace("lr=0.1", f"lr={lr}"))
    form = form_of(step, step.__kwdefaults__, zeros)
    for hypers in around(form, 0):
        form.check_hypers(hypers)
    assert len(around(form, 0)) in (1, 5)


def test_at_home_a_rule_is_told_what_is_wrong_with_its_form():
    assert "not attempted" in str(trained(function(STUB))).lower()
    assert trained(function(STUB), "score").score == 0
    assert trained(function(ADAM), "form").score == 1
    with pytest.raises(UserError, match="problem is"):
        trained(function(GD), "mnist")
