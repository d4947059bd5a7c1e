"""The plainest slips get the plainest words: what other courses hand over, and what is kept in the wrong place."""

import inspect
from functools import partial

import numpy as np
import pytest

from optcourse import checking
from optcourse.checking import check
from optcourse.checking.naming import is_asked_for, name_of, rule_named
from optcourse.checking.signatures import advice_on_signature
from optcourse.rules import RULES

TUPLE = "state comes in and goes out as the tuple (m, v, t): begin with m, v, t = state"

# A signature as strangers write it, the rule it is meant for, and what has to be said of it.
SIGNATURES = [
    ("(w, dw, config=None)", "adam", ["no dictionary config: each hyper comes by its name", TUPLE]),
    ("(x, dx, hyper_params)", "adam", ["no dictionary hyper_params", TUPLE]),
    ("(params, states, hyperparams)", "adam", ["the second argument is grad; states comes third", TUPLE]),
    ("(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-08)", "adam",
     ["learning_rate is called lr here", "epsilon is called eps here", "v and s and t come in together", TUPLE]),
    ("(p, g, m, v, t, *, lr, beta1, beta2, eps)", "adam", ["m and v and t come in together", TUPLE]),
    ("(self, theta, grad)", "adam", ["outside any class", TUPLE]),
    ("(theta, grad, state, lr, betas=(0.9, 0.999), eps=1e-8)", "adam", ["betas is called beta1 here"]),
    ("(theta, lr, beta)", "momentum", ["the gradient comes in as grad", "begin with (v,) = state"]),
    ("(theta, grad, state, *, learning_rate)", "gd", ["learning_rate is called lr here"]),
    ("(theta, grad, state, *, lr)", "momentum", ["it has to take beta by name"]),
    ("(theta, grad, state, *, lr, momentum)", "momentum", ["momentum is called beta here"]),
]  # fmt: skip


@pytest.mark.parametrize(("signature", "rule", "words"), SIGNATURES)
def test_who_can_t_be_called_is_told_what_to_change_in_the_first_line(signature, rule, words):
    namespace = {}
    exec(f"def f{signature}: pass", namespace)
    report = check(namespace["f"], rule)
    assert report.verdict == "BF"
    for one in words:
        assert one in str(report)
    assert f"It should take: (theta, grad, state, *, {', '.join(RULES[rule].hypers)})" in str(report)


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_changed_in_a_signature_that_is_right(rule):
    form = RULES[rule]
    says = f"yours takes (theta, grad, state, *, {', '.join(form.hypers)})"
    assert all(one.startswith("state comes in") for one in advice_on_signature(says, form))


class Adam:
    def __init__(self, params, lr=1e-3):
        self.params = params

    def step(self):
        for group in self.param_groups:
            group["params"] -= group["lr"]

    def update(self, theta, grad):
        return theta - grad


@pytest.mark.parametrize(
    ("handed", "rule", "words"),
    [
        (Adam, None, "Adam is a class, and check takes a function"),
        (Adam([]).step, None, "Adam.step is a method, and check takes a function"),
        (Adam.update, None, "Adam.update is a method, and check takes a function"),
        (Adam([]).update, "adam", "Adam.update is a method"),
    ],
)
def test_a_class_or_a_method_is_told_to_be_one(handed, rule, words):
    report = check(handed, rule)
    assert words in report.message
    assert TUPLE in str(report)


def test_a_method_that_is_a_right_step_passes():
    class Steps:
        def gd_step(self, theta, grad, state, *, lr):
            return theta - lr * grad, state

    assert check(Steps().gd_step).passed
    assert check(partial(Steps().gd_step)).passed


BODIES = [
    ("v = state['v']", "as a tuple, not as a dictionary or an object: (v,) = state"),
    ("v = state.get('v', 0)", "as a tuple, not as a dictionary or an object: (v,) = state"),
    ("v = state; v = beta * v", "parts have to be taken out of it first: (v,) = state"),
    ("state['v'] = grad", "as a tuple, not as a dictionary or an object"),
    ("theta['W1'] = grad['dW1']", "no dictionaries of layers or names"),
    ("for p in self.param_groups: pass", "what an object would keep in self is the state"),
    ("for p in theta: p -= lr * p.grad", "the gradient is the argument grad"),
    ("theta.sub_(lr * grad)", "numpy arrays, no tensors"),
    ("v = torch.zeros_like(theta)", "use np in the place of torch"),
    ("for p, v in zip(theta, state): p[:] -= lr * v", "numpy arrays, no tensors"),
    ("theta -= lr * grad", "returned None, and changed theta in place"),
    ("return theta, (state[0])", "a name in brackets is no tuple, a comma makes it one"),
    ("return theta, state[0]", "its state is an array, not the tuple (v,)"),
    ("return theta", "returned an array alone"),
    ("return theta, state[0], 1", "returned 3 values"),
    ("return state, theta", "the state first and theta second"),
    ("return theta, {'v': state[0]}", "its state is a dict"),
    ("return theta, (state,)", "v (part 0 of the state) is a tuple"),
    ("return theta, (state[0], 1)", "its state has 2 parts, not 1: it is (v,)"),
]


@pytest.mark.parametrize(("line", "words"), BODIES, ids=[line for line, _ in BODIES])
def test_a_slip_in_the_body_is_told_in_plain_words(line, words):
    namespace = {"np": np}
    exec(f"def f(theta, grad, state, *, lr, beta):\n    {line}", namespace)
    report = check(namespace["f"], "momentum")
    assert words in str(report)
    assert not report.mistakes


COUNT = {"t": 0}
AVERAGES = []


def in_a_global(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, _ = state
    COUNT["t"] += 1
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    moved = m / (1 - beta1 ** COUNT["t"]) / (np.sqrt(v / (1 - beta2 ** COUNT["t"])) + eps)
    return theta - lr * moved, (m, v, COUNT["t"])


def in_a_list(theta, grad, state, *, lr, beta1, beta2, eps):
    AVERAGES.append(grad.sum())
    return theta - lr * sum(AVERAGES), state


def in_a_default(theta, grad, state, *, lr, beta1, beta2, eps, memory={"t": 0}):  # noqa: B006
    memory["t"] += 1
    return theta - lr * grad / memory["t"], state


def in_itself(theta, grad, state, *, lr, beta1, beta2, eps):
    in_itself.t = getattr(in_itself, "t", 0) + 1
    return theta - lr * grad / in_itself.t, state


def around_it():
    t = 0

    def step(theta, grad, state, *, lr, beta1, beta2, eps):
        nonlocal t
        t += 1
        return theta - lr * grad / t, state

    return step


class Object:
    t = 0

    def step(self, theta, grad, state, *, lr, beta1, beta2, eps):
        self.t += 1
        return theta - lr * grad / self.t, state


def by_chance(theta, grad, state, *, lr, beta1, beta2, eps):
    return theta - lr * grad * np.random.uniform(), state


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (in_a_global, "it keeps something in the global COUNT"),
        (in_a_list, "it keeps something in the global AVERAGES"),
        (in_a_default, "it keeps something in its default argument memory"),
        (in_itself, "it keeps something in in_itself.t"),
        (around_it(), "it keeps something in t of the function around it"),
        (Object().step, "it keeps something in self.t"),
        (by_chance, "it draws random numbers"),
    ],
)
def test_what_is_kept_outside_the_state_is_told_and_no_formula_is_blamed(function, words):
    report = check(function, "adam")
    assert words in report.message
    assert not report.mistakes
    assert report.diff == ()
    if "random" not in words:
        assert "begin with m, v, t = state, and return theta, (m, v, t)" in str(report)


def test_a_global_that_changes_nothing_costs_nothing():
    seen = []

    def gd_step(theta, grad, state, *, lr):
        seen.append(1)
        return theta - lr * grad, state

    assert check(gd_step).passed


def centered(theta, grad, state, *, lr, beta, eps):
    v, m = state
    v, m = beta * v + (1 - beta) * grad**2, beta * m + (1 - beta) * grad
    return theta - lr * grad / (np.sqrt(np.maximum(v - m * m, 0)) + eps), (v, m)


def centered_uphill(theta, grad, state, *, lr, beta, eps):
    v, m = state
    v, m = beta * v + (1 - beta) * grad**2, beta * m + (1 - beta) * grad
    return theta + lr * grad / (np.sqrt(np.maximum(v - m * m, 0)) + eps), (v, m)


def test_a_form_with_another_state_is_found_told_and_passes_where_it_is_accepted():
    report = check(centered, "rmsprop")
    assert not report.passed
    assert report.dialect == "centered"
    assert "is correct as RMSProp in the form 'centered'" in report.message
    assert "whose state is (v, m); but this task asks for its primary form" in report.message
    assert check(centered, "rmsprop", accepts=("centered",)).passed
    assert not check(centered_uphill, "rmsprop", accepts=("centered",)).passed


OTHER_HYPERS = [
    (name, key)
    for name, rule in RULES.items()
    for key, form in rule.dialects.items()
    if set(form.hypers) != set(rule.hypers)
]


@pytest.mark.parametrize(("name", "key"), OTHER_HYPERS)
def test_a_form_that_takes_other_hypers_is_found_by_its_signature(name, key):
    form = RULES[name].dialects[key]
    inspect.signature(form.function).bind(0, 0, 0, **form.defaults)
    report = check(form.function, name)
    # A form that can be called with the asked hypers as well is judged so.
    assert report.dialect == key or report.passed or report.verdict == "PC"
    assert not report.mistakes


def test_a_slow_step_is_diagnosed_by_what_it_answered_before(monkeypatch):
    def momentum_step(theta, grad, state, *, lr, beta):
        while theta.shape == (1000,):
            pass
        v = beta * state[0] + lr * grad
        return theta + v, (v,)

    monkeypatch.setattr(checking, "SECONDS", 1.0)
    report = check(momentum_step)
    assert report.verdict == "TLE"
    assert "stopped after 1 seconds" in report.message
    assert report.mistakes == ("ascends",)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("adam", "adam"), ("adam_step", "adam"), ("Adam", "adam"), ("AdamW", "adamw"), ("RMSProp", "rmsprop"),
     ("ScheduleFree", "schedule_free"), ("sgd_grad", "sgd"), ("logistic_grad", "logistic"),
     ("largest_lr", "largest_lr")],
)  # fmt: skip
def test_a_rule_is_found_however_it_is_spelt(name, rule):
    assert rule_named(name).name == rule


def test_a_name_with_a_rule_s_in_it_is_asked_back():
    with pytest.raises(ValueError, match=r"Did you mean adam\?"):
        rule_named("update_parameters_with_adam")


def test_a_method_goes_by_its_class_and_a_lambda_by_nothing():
    assert name_of(Adam([]).step) == "Adam"
    assert name_of(in_a_global) == "in_a_global"
    assert name_of(partial(in_a_global)) == "in_a_global"


def test_a_helper_that_only_shares_its_name_with_a_rule_is_not_checked():
    assert not is_asked_for("slope", lambda theta: 2 * theta)
    assert is_asked_for("adam", lambda w, dw, config: None)
    assert is_asked_for("momentum", lambda *args, **hypers: None)
    assert not is_asked_for("no_rule", lambda w, dw, config: None)
