"""Every mistake that a task's catalogue has is found, and named as what it is, in each variant of the task."""

import numpy as np
import pytest

from optcourse.checking import check
from optcourse.checking.candidates import singles
from optcourse.grading.variants import every_variant
from optcourse.registry import known_tasks
from tests.homework.assignments import NAMES, assignment, graded, script

# Mistakes that this task's constants or form make right, or another one's twin.
NO_MISTAKE = {
    "adadelta": {"lr-in-S", "no-lr", "lr-squared"},  # lr is 1
    "average": {
        "average-without-lr",
        "lr-squared",
    },  # an average is asked for; lr stands once, in another line
    "dampened": {"lr-squared"},
    "nesterov": {"ascends", "grad-ascends", "velocity-ascends"},  # Keras' velocity has the other sign
    "radam": {"choice-by-t"},  # from rho > 4 on it is the same choice
}
TASKS = [
    pytest.param(one, id=f"{name}-{one.task}-{one.dialect}-{one.constants}")
    for name in NAMES
    for asked in assignment(name).tasks
    for one in {one.dialect: one for one in every_variant(asked)}.values()
]


@pytest.mark.parametrize("asked", TASKS)
def test_each_mistake_of_a_task_fails_and_is_named(asked):
    rule, task = asked.of(), asked.question(0)
    named = 0
    for candidate in singles(rule, task.form, task.part):
        report = check(candidate.function, rule, dialect=asked.dialect)
        words = f"{candidate.mistakes or candidate.dialect}: {report}"
        if not candidate.mistakes:
            # Another dialect: named as such, unless it has another state, or the task's constants make it this one.
            assert (
                report.passed
                or report.dialect == candidate.dialect
                or report.verdict == "BF"
                or not report.mistakes
            )
        elif report.passed:
            assert set(candidate.mistakes) <= NO_MISTAKE.get(asked.task, set()), words
        elif report.verdict not in ("RE", "BF"):  # a mistake that this form's state has no room for
            assert report.mistakes == candidate.mistakes, words
            named += 1
    assert named >= 4


def test_every_function_that_is_no_rule_of_the_literature_has_its_mistakes_named_in_the_sandbox_too():
    # One file with a mistake in every task; each is found by its name in what the grader says.
    sources = {
        "logistic_grad": ("residual-reversed", "return x.T @ (1 / (1 + np.exp(-x @ theta)) - y) / -len(y)"),
        "largest_lr": ("rows-forgotten", "return 2 / (np.linalg.eigvalsh(x.T @ x)[-1] + penalty)"),
        "best_lr": ("limit", "return 2 / (np.linalg.eigvalsh(x.T @ x / len(x))[-1] + penalty)"),
    }
    arguments = {"logistic_grad": "theta, x, y", "largest_lr": "x, penalty", "best_lr": "x, penalty"}
    text = "import numpy as np\n" + "\n".join(
        f"def {name}({arguments[name]}):\n    {line}" for name, (_, line) in sources.items()
    )
    text += "\ndef clipped_step(theta, grad, state, *, lr, clip):\n"
    text += "    return theta - lr * min(1.0, clip / (np.max(np.abs(grad)) + 1e-6)) * grad, ()\n"
    text += "def decaying_step(theta, grad, state, *, lr):\n    t = state[0] + 1\n"
    text += "    return theta - lr / (1 + 0.1 * t) * grad, (t,)\n"
    (result,) = graded("hw1_gradients", script(text))
    wanted = {key for key, _ in sources.values()} | {"largest-entry", "falls-at-once"}
    assert {key for task in result.tasks for key in task.mistakes} == wanted
    assert result.score < 1  # what is right in them, a function that does nothing has right, too


def test_the_check_in_a_notebook_and_the_grader_name_the_same():
    rule = known_tasks()["signum"]
    for key in ("sign-missing", "m-stale", "never-fades"):
        code = rule.code(key).replace("def step", "def signum_step").replace("SignumState(m)", "(m,)")
        code = code.replace("SignumState(m_new)", "(m_new,)")
        names = {"np": np}
        exec(code, names)
        here = check(names["signum_step"])
        (result,) = graded("hw2_momentum", script(f"import numpy as np\n{code}"))
        (there,) = [task for task in result.tasks if task.task == "signum"]
        assert here.mistakes == there.mistakes == (key,)
