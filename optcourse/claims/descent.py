"""Claims about gradient descent, stochastic gradient descent and mini-batches."""

from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.claims.searches import RATES, SEEDS, averaged, problem_of, searched
from optcourse.claims.trial import Claim, Trial
from optcourse.problems import Problem, linear_regression
from optcourse.problems.base import always
from optcourse.rules import RULES
from optcourse.running import run

FULL: dict[str, Any] = {"batch_size": None, "steps": 100}  # each step reads everything: fewer of them
FULL_SETTINGS = ("linear model, diabetes", "network, diabetes", "words, two novels")
RIVALS = ("gd", "momentum", "rmsprop", "adam")


def works_well() -> list[Trial]:
    """How far down gradient descent comes, beside the best of four rules, all data in each step."""
    trials = []
    for setting in FULL_SETTINGS:
        last = {rule: searched(rule, setting, **FULL) for rule in RIVALS}
        start = last["gd"].curves[0]
        best = np.min([found.last for found in last.values()], axis=0)
        trials.append(
            Trial(setting, "part of the way down", (start - last["gd"].last) / (start - best), 0.9, 0.7)
        )
    return trials


def made_up(examples: int) -> Problem:
    """Linear regression with ten inputs of unequal spread, and noise."""
    random = np.random.default_rng(0)
    x = random.standard_normal((examples, 10)) * np.linspace(0.5, 2, 10)
    return linear_regression(x, x @ np.ones(10) + 0.5 * random.standard_normal(examples))


def examples_to_target(problem: Problem, batch_size: int | None, rates: Array, steps: int) -> Array:
    """For each seed the fewest examples read, over all rates, until the excess loss is 1 % of the start's."""
    floor = problem.loss(problem.optimum)
    done = run("minibatch", problem, batch_size=batch_size, lr=rates[:, None], seed=SEEDS, steps=steps)
    below = done.loss - floor <= 0.01 * (done.loss[0] - floor)
    first = np.where(below.any(axis=0), np.argmax(below, axis=0), np.inf)
    fewest: Array = first.min(axis=0) * (batch_size or problem.examples)
    return fewest


def fewer_examples(batch_size: int) -> list[Trial]:
    """Examples that full gradients read over those that small batches read, as the data grow."""
    rates = 10.0 ** np.arange(-3, 0.01, 0.25)
    trials = []
    for examples in (100, 1000, 10_000):
        problem = made_up(examples)
        full = examples_to_target(problem, None, rates, 60)
        small = examples_to_target(problem, batch_size, rates, 400)
        trials.append(Trial(f"{examples:,} examples", "times as many examples read", full / small, 2.0, 1.0))
    return trials


def slow_on_large_data() -> list[Trial]:
    return [trial for trial in fewer_examples(8) if trial.where != "100 examples"]


def sgd_faster() -> list[Trial]:
    """In examples, and in steps."""
    problem, rates = made_up(10_000), 10.0 ** np.arange(-3, 0.01, 0.25)
    full = examples_to_target(problem, None, rates, 60)
    one = examples_to_target(problem, 1, rates, 1000)
    return [
        Trial("counted in examples", "GD's count / SGD's", full / one, 2.0, 1.0),
        Trial("counted in steps", "GD's count / SGD's", full / problem.examples / one, 2.0, 1.0),
    ]


def sensitive_to_rate() -> list[Trial]:
    return [
        Trial(
            setting,
            "decades of rates within 10 % of the best",
            searched("gd", setting, **FULL).width(),
            1.0,
            2.0,
        )
        for setting in FULL_SETTINGS
    ]


def two_wells() -> Problem:
    """x^4/4 - x^2/2 + x/5 on a line: the deep minimum at x = -1.09, the shallow one at 0.88."""
    return Problem(
        name="two wells",
        title="Two wells",
        loss=lambda theta, batch=None: (theta**4 / 4 - theta**2 / 2 + theta / 5).sum(axis=-1),
        grad=lambda theta, batch=None: theta**3 - theta + 0.2,
        initial=always([0.88]),
    )


def escaped(noise: float, lr: float = 0.05, steps: int = 1000) -> Array:
    """The share of paths that left the shallow well for the deep one: ten groups of 20 seeds."""
    done = run("sgd", two_wells(), noise=noise, seed=np.arange(200), lr=lr, steps=steps, every=steps)
    return averaged((done.theta[-1, :, 0] < 0.2).reshape(10, 20), axis=1)


NOISES = (0.5, 1.0, 2.0, 4.0)


def escapes() -> list[Trial]:
    return [
        Trial(f"gradient noise {noise:g}", "share that left", escaped(noise), 0.5, 0.05) for noise in NOISES
    ]


def stuck() -> list[Trial]:
    return [
        Trial(f"gradient noise {noise:g}", "share that stayed", 1 - escaped(noise), 0.5, 0.05)
        for noise in NOISES
    ]


def rises(rule: str, setting: str, batch_size: int | None) -> Array:
    """For each seed the share of 200 steps at the best rate in which the loss over all data rises."""
    rate = RATES[searched(rule, setting, batch_size).best]
    done = run(rule, problem_of(setting), batch_size=batch_size, lr=rate, seed=SEEDS, steps=200)
    return averaged(np.diff(done.loss, axis=0) > 0, axis=0)


def noisy() -> list[Trial]:
    return [
        Trial(setting, "share of steps that raise the loss (batch 1)", rises("sgd", setting, 1), 0.2, 0.05)
        for setting in ("network, diabetes", "network, digits")
    ]


def turning(setting: str) -> Array:
    """For each seed the mean cosine between a step of SGD and the next, in the second half of 300 steps."""
    rate = RATES[searched("sgd", setting, 1).best]
    path = run("sgd", problem_of(setting), batch_size=1, lr=rate, seed=SEEDS, steps=300).theta[150:]
    moved = np.diff(path, axis=0)
    length = np.linalg.norm(moved, axis=-1) + 1e-300
    return averaged(np.sum(moved[1:] * moved[:-1], axis=-1) / (length[1:] * length[:-1]), axis=0)


def oscillates() -> list[Trial]:
    """Oscillation turns back (a cosine well below 0); noise turns anywhere (about 0)."""
    return [
        Trial(setting, "mean cosine between successive steps", turning(setting), -0.2, -0.1)
        for setting in ("linear model, diabetes", "network, diabetes", "network, digits")
    ]


def numbers_kept(rule: str) -> float:
    """How many numbers the state holds for each parameter, for many parameters."""
    theta = np.zeros(10_000)
    return sum(np.size(part) for part in RULES[rule].init(theta)) / theta.size


def little_memory() -> list[Trial]:
    return [Trial("any", "numbers kept for each parameter", np.full(10, numbers_kept("sgd")), 0.5, 1.0)]


def gradient_variance(setting: str, batch_size: int) -> Array:
    """For ten groups of 200 batches: the variance of the batch's gradient about the whole one."""
    problem, random = problem_of(setting), np.random.default_rng(1)
    theta = problem.start
    batches = random.integers(problem.examples, size=(10, 200, batch_size))
    grads = np.array([[problem.grad(theta, batch=batch) for batch in group] for group in batches])
    return averaged(np.sum((grads - problem.grad(theta)) ** 2, axis=-1), axis=-1)


def less_noise() -> list[Trial]:
    return [
        Trial(
            setting,
            "variance at batch 1 / at batch 32",
            gradient_variance(setting, 1) / gradient_variance(setting, 32),
            16.0,
            2.0,
        )
        for setting in ("network, diabetes", "network, digits")
    ]


def batch_size_matters() -> list[Trial]:
    """The same number of examples in batches of 8, 32 and 128, each at its own best rate."""
    trials = []
    for setting in ("network, diabetes", "network, digits", "words, two novels"):
        last = np.array([searched("minibatch", setting, size, 9600 // size).last for size in (8, 32, 128)])
        trials.append(Trial(setting, "worst loss / best loss", last.max(axis=0) / last.min(axis=0), 2.0, 1.2))
    return trials


CLAIMS = (
    Claim(
        "gd-can-work",
        "gd",
        "Plain gradient descent can work well with a well-tuned rate.",
        "the problem",
        works_well,
        "a longer budget, or a problem with a larger condition number",
    ),
    Claim(
        "gd-slow-large",
        "gd",
        "Gradient descent converges slowly on large data.",
        "the size of the data",
        slow_on_large_data,
        "a machine that reads all examples at once for the price of a few",
    ),
    Claim(
        "gd-sensitive",
        "gd",
        "Gradient descent is sensitive to the learning rate.",
        "the problem",
        sensitive_to_rate,
        "another meaning of sensitive: here, less than a decade of rates comes within 10 % of the best",
    ),
    Claim(
        "sgd-faster",
        "sgd",
        "SGD is faster than gradient descent on large data.",
        "what is counted",
        sgd_faster,
        "counting seconds: see the race, where a step of one example costs far more than its share",
    ),
    Claim(
        "sgd-escapes",
        "sgd",
        "SGD escapes local minima more easily.",
        "the noise",
        escapes,
        "another depth of the well, another rate, more steps: gradient descent itself never leaves",
    ),
    Claim(
        "sgd-stuck",
        "sgd",
        "SGD gets stuck in local minima.",
        "the noise",
        stuck,
        "the same as for the claim above, of which it is the other half",
    ),
    Claim(
        "sgd-noisy",
        "sgd",
        "SGD is noisy.",
        "the problem",
        noisy,
        "a smaller rate: the loss then rises less often",
    ),
    Claim(
        "sgd-oscillates",
        "sgd",
        "SGD oscillates.",
        "the problem",
        oscillates,
        "a rate near the border: then the steep directions do swing",
    ),
    Claim(
        "sgd-memory",
        "sgd",
        "SGD uses little memory.",
        "the problem",
        little_memory,
        "counting what every rule holds for a moment, the gradient: that is one number for each parameter",
    ),
    Claim(
        "minibatch-noise",
        "minibatch",
        "Mini-batches reduce the noise.",
        "the problem",
        less_noise,
        "batches drawn from similar examples, which average less",
    ),
    Claim(
        "minibatch-size",
        "minibatch",
        "Mini-batches are sensitive to the batch size.",
        "the problem",
        batch_size_matters,
        "a rate that is not tuned for each size: then they are",
    ),
)
