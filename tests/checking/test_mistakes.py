"""Each mistake of each catalogue is caught, and named with its own key."""

import pytest

from optcourse.checking import check
from optcourse.registry import known_rules
from optcourse.rules import Form

CATALOGUE = [
    pytest.param(rule, key, id=f"{name}:{key}")
    for name, rule in known_rules().items()
    for key in rule.mistakes
]


# Dialects that differ from the primary form in their defaults, or in the order of the arithmetic, alone.
SAME_FUNCTION = {("adadelta", "keras"), ("lion", "decay-before")}


def function_of(rule_form: Form, of: str):
    """The bare function that a form changes, under the name a learner gives it."""
    function = rule_form.function if of == "step" else rule_form.estimate

    def learners(*args, **hypers):
        return function(*args, **hypers)

    learners.__name__ = f"{rule_form.name}_{'step' if of == 'step' else 'grad'}"
    return learners


@pytest.mark.parametrize(("rule", "key"), CATALOGUE)
def test_a_catalogued_mistake_fails_under_its_own_name(rule, key):
    of = rule.mistakes.declared(key).of
    report = check(function_of(rule.mistakes[key], of))
    assert not report.passed
    assert report.score < 1
    assert report.mistakes == (key,)
    assert report.dialect is None
    assert rule.mistakes.declared(key).says[1:] in report.message


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        pytest.param(rule, key, id=f"{name}:{key}")
        for name, rule in known_rules().items()
        for key in rule.dialects
    ],
)
def test_a_dialect_is_told_so_and_passes_only_where_it_is_asked_for_or_accepted(rule, key):
    form = rule.dialects[key]
    report = check(function_of(form, "step"), dialect=key)
    assert report.passed, str(report)
    assert report.dialect is None
    if set(form.hypers) != set(rule.hypers) or form.state_fields != rule.state_fields:
        return  # such a form can't be mistaken for the primary one
    if (rule.name, key) in SAME_FUNCTION:
        assert check(function_of(form, "step")).passed
        return
    report = check(function_of(form, "step"))
    assert not report.passed
    assert report.dialect == key
    assert report.mistakes == ()
    assert check(function_of(form, "step"), accepts=(key,)).passed
    primary = check(function_of(rule, "step"), dialect=key)
    assert not primary.passed
    assert primary.dialect == "primary"


def test_two_mistakes_at_once_are_named_as_two():
    import numpy as np

    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state
        t += 1
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return theta + lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)

    report = check(adam_step)
    assert set(report.mistakes) == {"v-not-corrected", "ascends"}
    assert "; and " in report.message


def test_the_figures_in_the_message_are_those_of_this_answer():
    import numpy as np

    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state
        t += 1
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return theta - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)

    message = check(adam_step).message
    assert "v is not bias-corrected" in message
    assert "your first step is 31.6 times too long, your tenth is 10 times too long" in message


def test_a_mistake_made_in_another_dialect_is_named_in_that_dialect():
    import numpy as np

    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state
        t += 1
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return theta - lr * m / np.sqrt(v / (1 - beta2**t) + eps), (m, v, t)

    report = check(adam_step)
    assert report.mistakes == ("m-not-corrected",)
    assert report.dialect == "eps-in-root"
    assert not report.passed


def test_what_is_not_in_the_catalogue_is_explained_in_its_term_with_the_first_difference():
    def gd_step(theta, grad, state, *, lr):
        return theta - lr * grad - 0.01 * lr, state

    report = check(gd_step)
    assert report.mistakes == ()
    assert "in the line of theta" in report.message
    assert report.diff
    assert "at step 1, theta" in str(report)


def test_a_hyper_that_is_not_used_is_found_out():
    def gd_step(theta, grad, state, *, lr):
        return theta - 0.25 * grad, state

    report = check(gd_step)
    assert report.mistakes == ("lr-fixed",)  # though the catalogue's number there is another
    assert "0.25 stands where lr belongs, so lr changes nothing there" in report.message


def test_an_answer_that_is_right_until_a_hyper_changes_says_which():
    def gd_step(theta, grad, state, *, lr):
        return theta - (lr + (lr - 1e-3) ** 2) * grad, state

    assert "agrees until lr is changed" in str(check(gd_step))
