"""Nothing wrong passes where a form is accepted: a fault of form counts in every dialect of every rule."""

import numpy as np
import pytest

from optcourse.checking import check
from optcourse.rules import RULES

DIALECTS = [(name, key) for name, rule in RULES.items() for key in rule.dialects]


def raises_for_matrices(step):
    def faulty(theta, grad, state, **hypers):
        if np.ndim(theta) > 1 and theta.shape != (4, 3):
            raise ValueError("no matrices")
        return step(theta, grad, state, **hypers)

    return faulty


def changes_theta(step):
    def faulty(theta, grad, state, **hypers):
        new, state = step(theta, grad, state, **hypers)
        theta[...] = new
        return theta, state

    return faulty


def in_double(step):
    def faulty(theta, grad, state, **hypers):
        new, state = step(theta, grad, state, **hypers)
        return new.astype(np.float64), state

    return faulty


@pytest.mark.parametrize("spoilt", [raises_for_matrices, changes_theta, in_double])
@pytest.mark.parametrize(("name", "key"), DIALECTS)
def test_a_fault_of_form_passes_in_no_dialect(name, key, spoilt):
    form = RULES[name].dialects[key]
    for how in ({"accepts": (key,)}, {"dialect": key}):
        assert not check(spoilt(form.function), name, **how).passed
