"""Whatever a learner's function does, the report says it in its own words and with its own code."""

import threading
from importlib import import_module

import numpy as np
import pytest

from optcourse import checking
from optcourse.checking import check

limit = import_module("optcourse.checking.deadline")  # checking.deadline is its function


def untouched(theta, grad, state, *, lr):
    """The contract."""
    raise NotImplementedError


def only_pass(theta, grad, state, *, lr):
    pass


def begun(theta, grad, state, *, lr):
    theta = theta - lr * grad
    raise NotImplementedError


def returns_nothing(theta, grad, state, *, lr):
    theta = theta - lr * grad


def theta_alone(theta, grad, state, *, lr):
    return theta - lr * grad


def three_values(theta, grad, state, *, lr):
    return theta - lr * grad, state, lr


def dict_state(theta, grad, state, *, lr):
    return theta - lr * grad, {}


def longer_state(theta, grad, state, *, lr):
    return theta - lr * grad, (grad,)


def too_few_arguments(theta, grad, *, lr):
    return theta - lr * grad, ()


def no_such_hyper(theta, grad, state, *, rate=0.1):
    return theta - rate * grad, state


def wrong_shape(theta, grad, state, *, lr):
    return (theta - lr * grad)[None], state


def a_list(theta, grad, state, *, lr):
    return list(np.atleast_1d(theta - lr * grad)), state


def complex_numbers(theta, grad, state, *, lr):
    return theta - lr * grad + 0j, state


def masked(theta, grad, state, *, lr):
    return np.ma.masked_array(theta - lr * grad), state


def raises(theta, grad, state, *, lr):
    return theta - lr * gradient, state  # noqa: F821


def raises_unprintable(theta, grad, state, *, lr):
    class UnprintableError(Exception):
        def __str__(self):
            raise ValueError

    raise UnprintableError


def recursion(theta, grad, state, *, lr):
    return recursion(theta, grad, state, lr=lr)


def in_place(theta, grad, state, *, lr):
    theta -= lr * grad
    return theta, state


def own_input(theta, grad, state, *, lr):
    theta[...] = theta - lr * grad
    return theta[...], state


def changes_grad(theta, grad, state, *, lr):
    grad *= lr
    return theta - grad, state


def always_double(theta, grad, state, *, lr):
    return theta.astype(np.float64) - lr * grad, state


def not_a_number(theta, grad, state, *, lr):
    return theta - lr * grad * np.nan, state


def prints(theta, grad, state, *, lr):
    print("theta is", theta)
    return theta - lr * grad, state


@pytest.mark.parametrize(
    ("function", "verdict", "words"),
    [
        (untouched, "NA", "is not attempted yet"),
        (only_pass, "NA", "is not attempted yet"),
        (begun, "NA", "begun, but not attempted yet to its end: raise NotImplementedError is still there"),
        (returns_nothing, "BF", "returned None"),
        (theta_alone, "BF", "returned an array alone"),
        (three_values, "BF", "returned 3 values"),
        (dict_state, "BF", "its state is a dict"),
        (longer_state, "BF", "its state has 1 part, not 0"),
        (too_few_arguments, "BF", "It should take: (theta, grad, state, *, lr)"),
        (no_such_hyper, "BF", "unexpected keyword argument 'lr'"),
        (wrong_shape, "BF", "theta has shape (1, 3), not (3,)"),
        (a_list, "BF", "theta is a list"),
        (complex_numbers, "BF", "theta has dtype complex128"),
        (masked, "BF", "theta is a MaskedArray"),
        (raises, "RE", "raised NameError: name 'gradient' is not defined (line"),
        (raises, "RE", "return theta - lr * gradient, state"),
        (raises_unprintable, "RE", "its message can't be printed"),
        (recursion, "RE", "calls itself without end"),
        (in_place, "PC", "changes its input theta in place"),
        (own_input, "PC", "changes its input theta in place"),
        (changes_grad, "PC", "changes its input grad in place"),
        (always_double, "PC", "theta comes back as float64 for float32"),
        (not_a_number, "WA", "something was divided by zero"),
        (prints, "AC", "your function printed"),
    ],
)
def test_each_fault_has_its_own_words(function, verdict, words):
    report = check(function, "gd")
    assert words in str(report)
    assert report.verdict == verdict
    assert report.passed == (verdict == "AC")
    assert (report.score == 0) == (verdict in ("NA", "BF", "RE", "WA"))
    assert "optcourse/" not in str(report)  # no traceback through our files


def test_a_fault_for_one_shape_only_keeps_the_other_points():
    def gd_step(theta, grad, state, *, lr):
        return np.array([one - lr * g for one, g in zip(theta, grad, strict=True)]), state

    report = check(gd_step)
    assert report.verdict == "RE"
    assert 0.5 < report.score < 1
    assert "This was for: a single number" in report.message


def test_a_loop_without_end_is_stopped(monkeypatch):
    def gd_step(theta, grad, state, *, lr):
        while True:
            pass

    monkeypatch.setattr(checking, "SECONDS", 0.2)
    report = check(gd_step)
    assert report.verdict == "TLE"
    assert "stopped after 0.2 seconds" in report.message


def test_a_busy_machine_does_not_cut_an_answer_short(monkeypatch):
    looks, looked_again = [], threading.Event()

    def stands_still():
        looks.append(0.0)
        if len(looks) > 1:
            looked_again.set()
        return 0.0

    monkeypatch.setattr(limit, "PATIENCE", 1e6)
    monkeypatch.setattr(limit.time, "process_time", stands_still)
    with limit.deadline(0.01):
        assert looked_again.wait(60)


def test_a_check_that_cannot_be_made_is_an_error_that_says_what_to_do():
    with pytest.raises(TypeError, match=r"check takes the function itself, as in check\(adam_step\)"):
        check("adam")
    with pytest.raises(ValueError, match="Did you mean adam"):
        check(untouched, "adm")
    with pytest.raises(ValueError, match="There is no rule 'untouched'"):
        check(untouched)
    with pytest.raises(KeyError, match="There is no dialect of adam 'tensorflow'"):
        check(untouched, "adam", dialect="tensorflow")


def test_returning_a_view_of_an_input_is_a_finding_of_its_own():
    def gd_step(theta, grad, state, *, lr):
        return theta[...], state

    findings = {finding.name: finding for finding in check(gd_step).findings}
    assert findings["new arrays returned"].verdict == "WA"
    assert findings["new arrays returned"].message == "the theta it returns is an input's own memory"
    assert findings["inputs left alone"].verdict == "AC"


def test_leaving_the_program_is_reported_and_does_not_end_the_checking():
    def gd_step(theta, grad, state, *, lr):
        raise SystemExit(0)

    report = check(gd_step)
    assert report.verdict == "RE"
    assert "leave exit() and sys.exit() out" in str(report)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("theta - lr * grad ^ 2", "a power is written **"),
        ("theta - lr * sqrt(grad)", "np.sqrt"),
        ("theta - lr * grd", "is grd spelt"),
        ("theta if grad > 0 else theta", "np.where"),
        ("theta - math.sqrt(theta)", "np.sqrt, not math.sqrt"),
        ("theta - lr @ grad", "@ multiplies matrices"),
    ],
)
def test_an_exception_gets_advice_in_plain_words(source, advice):
    namespace = {}
    exec(f"import math\ndef gd_step(theta, grad, state, *, lr):\n    return {source}, state", namespace)
    report = check(namespace["gd_step"])
    assert report.verdict == "RE"
    assert advice in str(report)


def test_other_defaults_than_the_rules_are_mentioned_and_cost_nothing():
    def gd_step(theta, grad, state, *, lr=0.5):
        return theta - lr * grad, state

    report = check(gd_step)
    assert report.passed
    assert "lr=0.5 (the rule: 0.001)" in str(report)


def test_theta_and_state_in_the_wrong_order_are_said_to_be():
    def gd_step(theta, grad, state, *, lr):
        return state, theta - lr * grad

    assert "the state first and theta second" in check(gd_step).message


def test_nan_everywhere_is_said_and_no_mistake_is_blamed_for_it():
    def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
        m, v, t = state
        return theta * np.nan, (m * np.nan, v * np.nan, t + 1)

    report = check(adam_step)
    assert report.mistakes == ()
    assert "nan" in str(report)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("v = beta * state + lr * grad", "have to be taken out of it first: (v,) = state"),
        ("v = beta * state['v'] + lr * grad", "as a tuple, not as a dictionary or an object: (v,) = state"),
        ("v = beta * state.v + lr * grad", "as a tuple, not as a dictionary or an object: (v,) = state"),
    ],
)
def test_a_state_that_is_taken_for_something_else_is_told_to_be_a_tuple(line, words):
    namespace = {}
    exec(f"def f(theta, grad, state, *, lr, beta):\n    {line}\n    return theta - v, (v,)", namespace)
    assert words in str(check(namespace["f"], "momentum"))


def keras_in_place(theta, grad, state, *, lr, beta):
    v = beta * state[0] - lr * grad
    theta += v
    return theta, (v,)


def keras_for_vectors(theta, grad, state, *, lr, beta):
    v = np.array([beta * old - lr * g for old, g in zip(state[0], grad, strict=True)])
    return theta + v, (v,)


def keras_in_double(theta, grad, state, *, lr, beta):
    v = beta * state[0] - lr * grad
    return (theta + v).astype(np.float64), (v,)


@pytest.mark.parametrize("function", [keras_in_place, keras_for_vectors, keras_in_double])
def test_a_fault_of_form_counts_in_every_dialect(function):
    report = check(function, "momentum", accepts=("keras",))
    assert not report.passed
    assert report.score < 1
    assert report.dialect == "keras"
    assert report.diff == ()


def test_right_numbers_made_in_place_are_shown_no_formula():
    def momentum_step(theta, grad, state, *, lr, beta):
        v = beta * state[0] + lr * grad
        theta -= v
        return theta, (v,)

    report = check(momentum_step)
    assert "gives the right numbers, but it changes its input theta in place" in report.message
    assert report.diff == ()


DEFAULTS = ("9**9999", "-(9**9999)", "'x' * 10**5", "[0] * 10**4", "EVIL", "1j", "True", "np.zeros(10**4)")
SIGNATURES = (
    "theta, grad, state, *, lr={}",
    "theta, grad, state, *, lr=0.01, x={}",
    "theta, grad, state, lr={}, *, y",
    "theta={}, *, lr={}",
    "theta: EVIL, grad={}, state={}",
)


class Unwritable:
    """What ends everything when somebody writes or compares it."""

    def __repr__(self):
        raise SystemExit

    def __eq__(self, other):
        raise SystemExit

    __hash__ = None


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("default", DEFAULTS)
def test_a_default_of_any_kind_and_size_is_told_of_in_a_few_lines(signature, default):
    names = {"np": np, "EVIL": Unwritable()}
    exec(f"def gd_step({signature.format(default, default)}):\n    return theta - lr * grad, state", names)
    report = check(names["gd_step"])
    assert report.passed == signature.startswith("theta, grad, state, *, lr")
    assert len(str(report)) < 3000
