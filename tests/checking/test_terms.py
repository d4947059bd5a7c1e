"""What the catalogue lacks, and what is made in another form, is explained term by term."""

import numpy as np
import pytest

from optcourse.checking import check
from optcourse.checking.terms.printing import names_in, shown
from optcourse.checking.terms.reading import lines_of
from optcourse.registry import known_rules
from optcourse.rules import RULES


@pytest.mark.parametrize(
    "rule", [one for one in known_rules().values() if not one.calls], ids=lambda one: one.name
)
def test_every_rule_can_be_read_as_expressions_and_so_can_nearly_all_its_forms(rule):
    unread = []
    for form in (rule, *rule.dialects.values(), *rule.mistakes.values()):
        if not lines_of(form.function, len(form.state_fields), rule.code(form.key)):
            unread.append(form.key)
    assert rule.key not in unread
    assert len(unread) <= 3, unread


def test_a_line_is_shown_as_it_would_be_written():
    rule = RULES["momentum"]
    lines = lines_of(rule.function, 1)
    assert [shown(line, names_in(("v",), term)) for term, line in enumerate(lines)] == [
        "beta * v + lr * grad",
        "theta - v",
    ]


def test_a_number_in_the_place_of_eps_is_named_whatever_it_is():
    def rmsprop_step(theta, grad, state, *, lr, beta, eps):
        v = beta * state[0] + (1 - beta) * grad**2
        return theta - lr * grad / (np.sqrt(v) + 3e-6), (v,)

    report = check(rmsprop_step)
    assert report.mistakes == ("eps-fixed",)
    assert "3e-06 stands where eps belongs" in report.message


def test_three_mistakes_in_another_form_are_named_as_three():
    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state
        m = beta1 * m + grad
        v = beta2 * v + (1 - beta2) * np.abs(grad)
        t = t + 1
        return theta + lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), (m, v, t)

    report = check(adam_step)
    assert set(report.mistakes) == {"m-weight-dropped", "absolute-grad", "ascends"}
    assert report.dialect == "eps-in-root"


def test_an_average_that_points_the_other_way_is_right_mathematics_with_another_state():
    def signum_step(theta, grad, state, *, lr, beta):
        down = beta * state[0] - (1 - beta) * grad
        return theta + lr * np.sign(down), (down,)

    report = check(signum_step, "signum")
    assert report.mistakes == ()
    assert report.dialect == "primary"
    assert "points the other way" in report.message


def test_a_decay_that_the_rule_lacks_is_told_with_its_size():
    def gd_step(theta, grad, state, *, lr):
        return theta - lr * grad - 3e-4 * theta, state

    message = check(gd_step).message
    assert "0.0003 of theta is taken off theta in each step as well" in message


def test_a_gradient_that_is_cut_off_is_told_with_the_bound():
    def momentum_step(theta, grad, state, *, lr, beta):
        v = beta * state[0] + lr * np.clip(grad, -0.7, 0.7)
        return theta - v, (v,)

    assert "he gradient is cut off at -0.7 and 0.7" in check(momentum_step).message


def test_what_nothing_explains_is_told_by_the_terms_that_are_right():
    def momentum_step(theta, grad, state, *, lr, beta):
        v = beta * state[0] + lr * grad
        return theta - np.tanh(np.sin(v) + theta**3), (v,)

    report = check(momentum_step)
    assert report.mistakes == ()
    assert "v is right; theta comes out otherwise" in report.message


def test_the_same_answer_gets_the_same_report():
    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state[0], state[1], state[2] + 1
        m = beta1 * m + (1 - beta1) * (grad + theta / 50)
        v = beta2 * v + (1 - beta2) * (grad + theta / 50) ** 2
        return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)

    assert str(check(adam_step)) == str(check(adam_step))
    assert "0.02 of theta is added to the gradient" in check(adam_step).message


def test_an_explanation_without_a_key_is_never_shown_as_another_right_form():
    def momentum_step(theta, grad, state, *, lr, beta):
        v = beta * state[0] + grad
        return theta - lr * v - 2e-4 * theta, (v,)

    report = check(momentum_step)
    assert (report.dialect, report.mistakes, report.passed) == (None, (), False)
    assert report.look[0] == "✗"
    assert "in the form 'pytorch'" in report.message


def test_two_forms_that_take_theta_the_same_way_are_told_no_difference():
    def momentum_step(theta, grad, state, *, lr, beta):
        v = beta * state[0] + grad
        return theta - lr * v, (v,)

    message = check(momentum_step).message
    assert "From the start the two take theta the same way" in message
    assert "differ by up to" not in message


def test_two_forms_that_move_otherwise_are_told_by_how_much():
    def rmsprop_step(theta, grad, state, *, lr, beta, eps):
        v = beta * state[0] + (1 - beta) * grad**2
        return theta - lr * grad / np.sqrt(v + eps), (v,)

    assert "differ by up to" in check(rmsprop_step).message


@pytest.mark.parametrize("name", sorted(known_rules()))
def test_no_term_is_both_right_and_to_be_worked_out(name):
    rule = known_rules()[name]
    for key, form in rule.mistakes.items():
        if rule.mistakes.declared(key).of != "step" or rule.calls:
            continue
        lines = {one.heading: one.text for one in check(form.function, f"{name}_step").lines}
        right = lines.get("Already right", "").split(", ")
        told = lines.get("Try", "").partition("your line for ")[2].partition(" ")[0]
        assert not told or told not in right, key


def test_two_mistakes_in_a_rule_that_compares_are_explained_too():
    def rprop_step(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
        previous, size = state
        agreement = np.sign(grad) * np.sign(previous)
        size = np.where(agreement > 0, lr * eta_plus, np.where(agreement < 0, lr * eta_minus, size))
        size = np.clip(size, step_min, step_max)
        grad = np.where(agreement < 0, 0, grad)
        return theta + np.sign(grad) * size, (grad, size)

    report = check(rprop_step)
    assert set(report.mistakes) == {"scaled-from-lr", "ascends"}
