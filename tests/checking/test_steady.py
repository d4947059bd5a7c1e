"""No probe asks where rounding decides; and where it would, that is noticed."""

from collections.abc import Iterator

import numpy as np
import pytest

from optcourse.checking.answering import Probe
from optcourse.checking.judging import Task
from optcourse.checking.steady import shaken, unsteady_probes
from optcourse.homework import RULES as HOMEWORK
from optcourse.homework import TASKS
from optcourse.rules import RULES, Rule
from optcourse.rules.lion import step as lion_step

EVERY = {**RULES, **HOMEWORK, **TASKS}
# Rules that take a sign or compare, in numbers that are drawn.
SIGNS = ("lion", "signum", "rprop", "yogi", "clipped", "radam", "amsgrad", "adamax")


def tasks(rule: Rule, draw: int) -> Iterator[Task]:
    """A task for each right form of the rule, and for its gradient."""
    forms = [] if rule.calls else [rule, *rule.dialects.values()]
    yield from (Task(form, "step", draw) for form in forms)
    if rule.estimate:
        yield Task(rule, "estimate", draw)


@pytest.mark.parametrize("name", EVERY)
def test_no_public_probe_asks_where_rounding_decides(name: str) -> None:
    for task in tasks(EVERY[name], 0):
        assert not unsteady_probes(task, 3), task.form.key


@pytest.mark.parametrize("name", SIGNS)
def test_no_hidden_probe_asks_where_rounding_decides(name: str) -> None:
    for draw in (1, 2):
        for task in tasks(EVERY[name], draw):
            assert not unsteady_probes(task, 2), (task.form.key, draw)


def test_a_probe_where_rounding_decides_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.9 * 0.02 and 0.1 * -0.18 cancel: what is left is rounding, and Lion takes its sign."""
    probe = Probe("cancels", RULES["lion"].defaults, np.ones(1), (np.array([0.02]),), (np.array([-0.18]),))
    monkeypatch.setattr("optcourse.checking.judging.step_probes", lambda form, draw: (probe,))
    assert unsteady_probes(Task(RULES["lion"], "step", 987_654), 8) == ("cancels",)


def test_shaken_moves_by_rounding_and_no_more() -> None:
    random = np.random.default_rng(1)
    theta, grad, m = random.normal(size=(3, 50))
    wanted, (kept,) = lion_step(theta, grad, (m,))
    got, (average,) = shaken(lion_step, random)(theta, grad, (m,))
    assert np.allclose(got, wanted, rtol=1e-14)
    assert np.allclose(average, kept, rtol=1e-14)
    assert not np.array_equal(average, kept)


def test_shaken_keeps_zeros_counts_and_dtypes() -> None:
    rule = RULES["adam"]
    theta = np.zeros(3, np.float32)
    moved, state = shaken(rule.function, np.random.default_rng(1))(
        theta, theta, rule.init(theta), **{name: np.float32(value) for name, value in rule.defaults.items()}
    )
    assert moved.dtype == np.float32
    assert not moved.any()
    assert state.t == 1
