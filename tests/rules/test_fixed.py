"""A rule with a hyper fixed takes the steps that the rule takes with that value, in every form."""

import numpy as np
import pytest

from optcourse.rules import RULES
from optcourse.rules.fixed import with_constants

FIXED = [
    ("momentum", "beta", 0.8),
    ("adagrad", "initial", 0.3),
    ("adam", "beta2", 0.99),
    ("adadelta", "lr", 0.5),
]


@pytest.mark.parametrize(("name", "hyper", "value"), FIXED)
def test_each_form_steps_as_it_does_with_the_value_given(name, hyper, value):
    rule, fixed = RULES[name], with_constants(RULES[name], ((hyper, value),))
    for key in ("primary", *rule.dialects):
        form, other = rule.form(key), fixed.form(key)
        assert hyper not in other.hypers
        given = {hyper: value} if hyper in form.hypers else {}
        theta = mine = np.array([1.0, -2.0, 0.5])
        state, own = form.init(theta, **given), other.init(mine)
        for grad in np.random.default_rng(1).normal(size=(5, 3)):
            theta, state = form.step(theta, grad, state, **given)
            mine, own = other.step(mine, grad, own)
            assert np.array_equal(theta, mine)


def test_a_fixed_hyper_is_no_argument_any_more_and_its_mistake_is_gone():
    fixed = with_constants(RULES["momentum"], (("beta", 0.8),))
    with pytest.raises(TypeError, match="no hyper 'beta'"):
        fixed.step(np.ones(2), np.ones(2), fixed.init(np.ones(2)), beta=0.9)
    assert "beta-fixed" in RULES["momentum"].mistakes
    assert "beta-fixed" not in fixed.mistakes
    assert "lr-fixed" in fixed.mistakes


def test_what_the_rule_does_not_have_cannot_be_fixed():
    with pytest.raises(ValueError, match="gd has no hyper beta"):
        with_constants(RULES["gd"], (("beta", 0.9),))
    assert with_constants(RULES["gd"], ()) is RULES["gd"]
