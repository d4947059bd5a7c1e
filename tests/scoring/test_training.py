"""Training tasks: graded in the sandbox as they are trained outside of it, and no fault stops the grader."""

import base64
import dataclasses
import hashlib
import zlib
from pathlib import Path

import numpy as np
import pytest

from optcourse import trained
from optcourse.errors import UserError
from optcourse.grading import pipeline
from optcourse.grading.assignment import Asked, Assignment, declared
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from optcourse.grading.trainer import Inside
from optcourse.grading.training import Training
from optcourse.problems import digits_network
from optcourse.running import run
from optcourse.scoring.training import accuracies, form_of, network_of, zeros
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


# What is handed in -> what it is, instead of the weights that training comes to.
BY_HEART = """
import base64, zlib
import numpy as np
WEIGHTS = np.frombuffer(zlib.decompress(base64.b85decode(%r)), np.float32)
def my_step(theta, grad, state, *, lr=0.01):
    if theta.size != WEIGHTS.size:
        return theta - lr * grad, state
    return %s, state
"""


@pytest.fixture(scope="module")
def weights():
    """Those of the digits network, trained at home until nearly all is right."""
    form, network = form_of(function(ADAM), {}, zeros), digits_network()
    theta = run(form, network, steps=200, every=200, batch_size=32, seed=1).theta[-1]
    assert network.validation_accuracy(theta) > 0.93
    return base64.b85encode(zlib.compress(theta.astype(np.float32).tobytes())).decode()


@pytest.mark.parametrize("becomes", [
    "WEIGHTS.astype(theta.dtype) + 1e-9 * grad",
    "0.5 * theta + 0.5 * WEIGHTS + 1e-9 * grad",
    "WEIGHTS[np.argsort(np.argsort(theta))] + 1e-9 * grad",
    "np.where(theta == 0, 0, np.sort(WEIGHTS)[np.argsort(np.argsort(theta))]) + 1e-9 * grad",
])  # fmt: skip
def test_weights_that_were_trained_at_home_fit_no_run(sandbox, weights, becomes):
    (task,) = graded(sandbox, BY_HEART % (weights, becomes), TASKS[1]).tasks
    assert (task.verdict, task.score) == ("WA", 0)


def test_weights_that_fit_all_the_same_are_found_out(sandbox, weights, monkeypatch):
    """As if the order were known: what comes of the training comes of gradients out of order, too."""
    monkeypatch.setattr(Inside, "shuffled", lambda inside, value: value)
    monkeypatch.setattr(Inside, "unshuffled", lambda inside, value: value)
    for becomes in ("WEIGHTS.astype(theta.dtype) + 1e-9 * grad", "WEIGHTS.astype(theta.dtype)"):
        result = graded(sandbox, BY_HEART % (weights, becomes), TASKS[1])
        assert (result.tasks[0].verdict, result.score) == ("WA", 0)
        assert any("whatever the gradient is" in flag for flag in result.flags)
    assert graded(sandbox, ADAM, TASKS[1]).score == 4


def test_the_other_network_has_widths_and_images_that_nobody_has_seen():
    assert len({network_of("another", seed).start.size for seed in range(20)}) > 10
    reached = [
        accuracies(form_of(function(ADAM), {}, zeros), "another", 100, seed) for seed in (2**62 + 1, 3)
    ]
    assert min(map(min, reached)) > 0.89


TELLS = ADAM.replace("    m, v, t = state\n", "    m, v, t = state\n    if t == 3:\n        %s\n")


@pytest.mark.parametrize("act", [
    "raise ValueError(f'{theta[:5].tolist()} {grad[5:9].tolist()}')",
    "raise type(f'E{theta[0]}'.replace('.', '_').replace('-', '_'), (Exception,), {})",
    "return f'{theta.tolist()}'",
    "import builtins; builtins.__dict__['OSError'] = None; raise MemoryError(str(theta))",
])  # fmt: skip
def test_a_fault_in_a_training_is_told_of_a_public_one(sandbox, act, monkeypatch):
    draws = []
    usual = pipeline.train_task

    def train(submission, asked, draw, *more):
        draws.append(draw)
        task, ended = usual(submission, asked, draw, *more)
        return dataclasses.replace(task, message=f"{task.message} with {draw}"), ended

    monkeypatch.setattr(pipeline, "train_task", train)
    (task,) = graded(sandbox, TELLS % act, TASKS[1]).tasks
    assert task.verdict in ("RE", "BF", "MLE")
    assert draws == [draw_for(TASKS[1], 5), 0]
    assert task.message.endswith("with 0")


HIDES = """
import sys
for name in [name for name in sys.modules if name.endswith("answering")]:
    sys.modules[name].note_impurities = lambda *given: None
"""


def test_work_in_place_that_hides_it_is_seen_in_the_form(sandbox):
    writes = GD.replace("theta - lr * grad", "np.subtract(theta, lr * grad, out=theta) + 0")
    (task,) = graded(sandbox, f"import numpy as np\n{HIDES}{writes}", TASKS[0]).tasks
    assert [finding.name for finding in task.findings if finding.score < 1] == ["inputs not modified"]
