"""The loop of project 1, and when the learner's takes its place."""

import numpy as np
import pytest

from optcourse.problems import linear_regression
from optcourse.projects.loop import epoch_batches, train, yours_or_ours
from optcourse.rules import RULES
from optcourse.running import run


@pytest.mark.parametrize("name", ["gd", "momentum", "adam"])
def test_the_loop_walks_as_run_does(name: str) -> None:
    problem, rule = linear_regression(), RULES[name]
    random = np.random.default_rng([3, 1])
    epochs = [epoch_batches(problem.examples, 8, random) for _ in range(4)]
    start = problem.initial(3)
    thetas = train(rule.step, rule.init(start), problem, start, epochs, {"lr": 0.02})
    each = len(epochs[0])
    ran = run(name, problem, steps=4 * each, every=each, batch_size=8, seed=3, lr=0.02)
    np.testing.assert_allclose(thetas, ran.theta, rtol=1e-12)


def unwritten(*_):
    raise NotImplementedError


def without_the_last(examples, size, random):
    return epoch_batches(examples, size, random)[:-1]


def always_the_same(examples, size, random):
    return epoch_batches(examples, size, np.random.default_rng(0))


def drawn_with_replacement(examples, size, random):
    return [random.integers(examples, size=n) for n in (4, 4, 2)]


def forgets_the_state(step, state, problem, theta, epochs, hypers):
    kept = [theta]
    for batches in epochs:
        for batch in batches:
            theta, _ = step(theta, problem.grad(theta, batch=batch), state, **hypers)
        kept.append(theta)
    return np.array(kept)


def forgets_the_start(step, state, problem, theta, epochs, hypers):
    return train(step, state, problem, theta, epochs, hypers)[1:]


@pytest.mark.parametrize(
    "wrong", [unwritten, without_the_last, always_the_same, drawn_with_replacement, lambda *_: None]
)
def test_batches_that_are_wrong_are_not_used(wrong, capsys) -> None:
    assert yours_or_ours(wrong, unwritten)[0] is epoch_batches
    assert "epoch_batches: the course's (yours takes its place once it is right)" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [unwritten, forgets_the_state, forgets_the_start, lambda *_: None])
def test_a_loop_that_is_wrong_is_not_used(wrong) -> None:
    assert yours_or_ours(unwritten, wrong)[1] is train


def test_what_is_right_is_used(capsys) -> None:
    def own_batches(examples, size, random):
        order = np.arange(examples)
        random.shuffle(order)
        return np.split(order, range(size, examples, size))

    def own_train(step, state, problem, theta, epochs, hypers):
        return list(train(step, state, problem, theta, epochs, hypers))

    assert yours_or_ours(own_batches, own_train) == (own_batches, own_train)
    assert capsys.readouterr().out == "epoch_batches: your own\ntrain: your own\n"
