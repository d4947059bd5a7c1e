"""The stored results of project 1 are complete, and what is recomputed of them is what is stored."""

import os
from importlib.util import find_spec

import numpy as np
import pytest

from optcourse.errors import UserError
from optcourse.projects import frameworks
from optcourse.projects.training import RATES, RULES, TASKS, digits, finite, one_training, stored, trained


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("task", TASKS)
def test_every_rule_is_stored_on_every_task_at_its_best_rate(task: str, rule: str) -> None:
    found, plan = trained(task, rule), TASKS[task]
    assert found.final.shape == (len(RATES), plan.seeds)
    assert found.loss.shape == found.validation.shape == (plan.epochs + 1, plan.seeds)
    means = found.final.mean(axis=1)
    assert found.best == found.rates[np.argmin(means)]
    assert np.array_equal(found.loss[-1], found.final[np.argmin(means)])
    assert found.working(means.min()) >= 1
    assert (found.accuracy is None) == (plan.problem().validation_accuracy is None)


@pytest.mark.parametrize("rule", RULES)
def test_seed_0_on_the_diabetes_data_trains_again_as_it_is_stored(rule: str) -> None:
    found = trained("diabetes", rule)
    loss, validation, _ = one_training("diabetes", rule, found.best, seeds=[0])
    np.testing.assert_allclose(loss[:, 0], found.loss[:, 0], rtol=1e-3)
    np.testing.assert_allclose(validation[:, 0], found.validation[:, 0], rtol=1e-3)


def test_what_overflowed_is_stored_as_nothing_and_read_as_infinite() -> None:
    written = digits(np.array([[1.234567, np.inf], [np.nan, 2.0]]))
    assert written == [[1.2346, None], [None, 2.0]]
    assert finite(written).tolist() == [[1.2346, np.inf], [np.inf, 2.0]]


def test_the_file_says_how_it_was_made() -> None:
    content = stored()
    assert "python -m optcourse.projects.training" in content["about"]
    assert set(content["versions"]) == {"python", "numpy"}
    with pytest.raises(KeyError, match="tasks are diabetes"):
        trained("imagenet", "adam")


def test_in_every_framework_a_wrapped_rule_is_its_own_to_rounding() -> None:
    found = frameworks.stored()
    assert [(one["framework"], one["rule"]) for one in found] == [
        (framework, rule) for framework in ("torch", "keras") for rule in RULES
    ]
    assert all(one["wrapped"] < 1e-12 for one in found)
    assert all(one["numpy"] < 1e-12 for one in found if one["framework"] == "torch")


@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_what_is_compared_again_is_as_stored(framework: str, rule: str) -> None:
    pytest.importorskip("torch", reason="the extra [torch] is not installed")
    if framework == "keras":
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("keras", reason="the extra [keras] is not installed")
    again = frameworks.compared(framework, rule)
    kept = next(one for one in frameworks.stored() if (one["framework"], one["rule"]) == (framework, rule))
    assert again["loss"] == pytest.approx(kept["loss"], rel=2e-3)
    assert again["wrapped"] < 1e-12
    assert again["numpy"] < (1e-12 if framework == "torch" else 1e-5)


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is installed")
def test_without_the_framework_one_is_told_what_to_install() -> None:
    with pytest.raises(UserError, match=r"pip install 'optcourse\[torch\]'"):
        frameworks.compared("torch", "adam")
