"""The catalogue of dialects and mistakes: complete, readable, and without two names for one function."""

import re
from collections import Counter

import numpy as np
import pytest

from optcourse.rules import Form, Rule

from .forms import ALL, arrays

SIMPLE = {"slope", "gd", "sgd", "minibatch", "momentum", "nesterov", "schedule_free", "signum"}
EXAMPLES = {  # x and y of an estimate
    "sgd": (np.array([0.5, -1.5, 2.0]), np.array(4.7)),
    "minibatch": (
        np.array([[0.5, -1.5, 2.0], [1, 0.25, -0.5], [0, 3, 1], [-1, 1, 0.5]]),
        np.array([0.7, -2, 1, 4]),
    ),
}

rules = pytest.mark.parametrize("rule", ALL.values(), ids=ALL)


def forms(rule: Rule) -> dict[str, Form]:
    """All forms of a rule, right and wrong, by key."""
    return {rule.key: rule, **rule.dialects, **rule.mistakes}


@rules
def test_every_edit_applies_once_and_compiles_and_shows_what_it_changes(rule):
    for key, form in forms(rule).items():
        assert callable(form.function), key
        same_code = form.function is rule.function and form.estimate is rule.estimate
        assert form.diff or same_code or key == "primary" or not rule.dialects[key].diff, key
    assert all(rule.mistakes[key].diff for key in rule.mistakes)


@rules
def test_a_mistake_is_shown_in_a_few_lines(rule):
    assert {key: len(form.diff) for key, form in rule.mistakes.items() if len(form.diff) > 6} == {}


@rules
def test_there_are_at_least_eight_mistakes_and_twelve_for_an_adaptive_rule(rule):
    assert len(rule.mistakes) >= (8 if rule.name in SIMPLE else 12)


@rules
def test_every_form_says_what_it_is_in_words_of_its_own(rule):
    said = [form.says for key, form in forms(rule).items() if key != rule.key]
    assert all(len(says.split()) >= 3 for says in said)
    assert [says for says, times in Counter(said).items() if times > 1] == []


@rules
def test_a_mistake_is_told_in_a_clause_without_a_capital_or_a_full_stop(rule):
    code = rule.code() + (rule.code(of="estimate") if rule.estimate else "")
    for form in rule.mistakes.values():
        first = re.findall(r"\w+", form.says)[0]
        assert not form.says.endswith("."), form.key
        assert form.says[0].islower() or first[0].isdigit() or first in re.findall(r"\w+", code), form.says


@rules
def test_no_mistake_has_the_key_of_a_dialect(rule):
    assert not {rule.key, *rule.dialects} & set(rule.mistakes)
    assert all(re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", key) for key in forms(rule))


@rules
def test_every_rule_has_a_formula_a_source_three_hints_and_its_name_in_some_framework(rule):
    assert rule.title
    assert "\\theta_t" in rule.formula
    assert 1800 < rule.source.year < 2100
    assert len(rule.hints) >= 3
    assert rule.frameworks
    assert all(rule.frameworks.values())


@rules
def test_every_hyper_has_a_slider_and_a_probe_within_its_interval_and_eps_may_be_zero(rule):
    for form in forms(rule).values():
        for name, hyper in form.hypers.items():
            for value in (hyper.default, hyper.probe, *hyper.slider):
                hyper.check(value)
            assert hyper.slider[0] < hyper.slider[1], name
            assert hyper.probe != hyper.default, name
            assert hyper.meaning, name
            if name.startswith("eps"):
                hyper.check(0.0)


def fingerprint(form: Form, rule: Rule, hypers: dict[str, float]) -> list[np.ndarray]:
    """What a form does: a path from its own start, steps from the primary form's state, its estimate.

    Gradients of all sizes, and a learning rate that changes, so that forms differ where they can.
    """
    shapes = [(3,)] if rule.name in EXAMPLES else [(5, 3), (2, 4)]
    seen = [seen for shape in shapes for seen in path(form, rule, hypers, shape)]
    if form.estimate is not None:
        seen.append(form.estimate(np.array([0.3, -0.6, 1.1]), *EXAMPLES[rule.name]))
    return seen


def path(form: Form, rule: Rule, hypers: dict[str, float], shape: tuple[int, ...]) -> list[np.ndarray]:
    """The points that a form passes through, from its own start and from the primary form's state."""
    seen: list[np.ndarray] = []
    theta, *grads = arrays(shape, 41, seed=7)
    grads = [grad * size for grad, size in zip(grads, [1, 0.1, 3, 1, 10, 0.3, 1, 1] * 5, strict=True)]
    grads.append(np.zeros(shape))
    mine = {name: hypers[name] for name in form.hypers}
    common = {name: hypers[name] for name in rule.hypers}
    now, state = theta, form.init_function(theta, **mine)
    for t, grad in enumerate(grads, start=1):
        changed = {name: value * (1 + t % 3) if name == "lr" else value for name, value in mine.items()}
        seen.append(form.grad_at(now, state, **changed))
        try:
            now, state = form.function(now, grad, state, **changed)
        except ZeroDivisionError:  # some mistakes divide by a plain number that is zero
            return [*seen, np.empty(0)]
        seen += [now, form.evaluate(now, state, **changed)]
    if form.state_fields == rule.state_fields:
        now, state = theta, rule.init_function(theta, **common)
        for grad in grads[:3]:
            now, state = rule.function(now, grad, state, **common)
        for grad in grads[3:6]:
            now, state = form.function(now, grad, state, **mine)
            seen += [now, *(np.asarray(part) for part in state)]
    return seen


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    """Whether two fingerprints agree to rounding, as far as both go."""
    return all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)
        for a, b in zip(one, other, strict=False)
    )


def settings(rule: Rule, what: str) -> dict[str, float]:
    """Each hyper of any form of a rule, at its default or its probe."""
    return {
        name: getattr(hyper, what) for form in forms(rule).values() for name, hyper in form.hypers.items()
    }


@rules
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # mistakes divide by zero and overflow
def test_no_two_forms_of_a_rule_are_the_same_function(rule):
    hypers = settings(rule, "probe")
    prints = {key: fingerprint(form, rule, hypers) for key, form in forms(rule).items()}
    keys = list(prints)
    alike = [
        (a, b)
        for i, a in enumerate(keys)
        for b in keys[i + 1 :]
        if called_alike(rule, a, b) and same(prints[a], prints[b])
    ]
    # A dialect may be the same function with other defaults, or walk the same path with another state.
    assert [pair for pair in alike if not differ_in_start(rule, *pair)] == []


def called_alike(rule: Rule, *pair: str) -> bool:
    """Whether two forms take the same hypers and the same state: else they are told apart by that."""
    one, other = (forms(rule)[key] for key in pair)
    return set(one.hypers) == set(other.hypers) and one.state_fields == other.state_fields


def differ_in_start(rule: Rule, *pair: str) -> bool:
    """Whether two right forms have other defaults, or a state that begins otherwise."""
    one, other = (forms(rule)[key] for key in pair)
    apart = one.defaults != other.defaults or one.init_function is not other.init_function
    return not set(pair) & set(rule.mistakes) and apart


@rules
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_most_mistakes_show_at_the_defaults_too(rule):
    hypers = {**settings(rule, "default"), **rule.defaults}
    right = fingerprint(rule, rule, hypers)
    hidden = [key for key, form in rule.mistakes.items() if same(fingerprint(form, rule, hypers), right)]
    assert len(hidden) <= len(rule.mistakes) / 2, hidden
