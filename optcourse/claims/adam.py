"""Claims about Adam, and about adaptive rules as a whole."""

from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.claims.descent import numbers_kept
from optcourse.claims.searches import (
    MEANINGS,
    NETWORKS,
    RATES,
    SEEDS,
    SPARSE,
    floored,
    problem_of,
    searched,
)
from optcourse.claims.trial import Claim, Trial
from optcourse.problems import Problem
from optcourse.problems.networks import views
from optcourse.running import run

OTHERS = ("minibatch", "momentum", "adagrad", "rmsprop", "adadelta")
SETTINGS = (*NETWORKS, *SPARSE)


def sgd_needs_more_tuning() -> list[Trial]:
    """Width of the range of good rates: Adam's minus the other's, in decades."""
    return [
        Trial(
            f"{other}; {setting}; {meaning}",
            "decades of good rates: Adam's - its",
            searched("adam", setting).width(meaning) - searched(other, setting).width(meaning),
            0.5,
            0.0,
        )
        for meaning in MEANINGS
        for other in ("minibatch", "momentum")
        for setting in (*NETWORKS, SPARSE[0])
    ]


def adam_less_tuning() -> list[Trial]:
    return tuning("Adam's - the others' median", 1.0)


def adam_more_tuning() -> list[Trial]:
    return tuning("the others' median - Adam's", -1.0)


def tuning(words: str, sign: float) -> list[Trial]:
    """Adam's width beside the median of the other rules' widths."""
    trials = []
    for meaning in MEANINGS:
        for setting in (*NETWORKS, SPARSE[0]):
            others = np.median([searched(other, setting).width(meaning) for other in OTHERS], axis=0)
            wider = sign * (searched("adam", setting).width(meaning) - others)
            trials.append(Trial(f"{setting}; {meaning}", f"decades of good rates: {words}", wider, 0.5, 0.0))
    return trials


def adam_fastest() -> list[Trial]:
    return [trial for setting in SETTINGS for trial in fastest(setting)]


def fastest(setting: str) -> list[Trial]:
    """Adam's last loss beside the lowest of all others in the same steps."""
    last = np.min([searched(other, setting).last for other in OTHERS], axis=0)
    return [
        Trial(
            setting,
            "lowest last loss of the others / Adam's",
            last / searched("adam", setting).last,
            1.05,
            1.0,
        )
    ]


def copes_with_noise() -> list[Trial]:
    """The last loss with noise in the gradients, momentum's beside Adam's, each at its best rate."""
    trials = []
    for setting in ("network, diabetes", "network, digits"):
        problem = problem_of(setting)
        size = float(np.std(problem.grad(problem.start)))
        losses = {rule: noisy_loss(rule, setting, size) for rule in ("adam", "momentum")}
        trials.append(
            Trial(
                setting,
                "momentum's last loss / Adam's, noise as large as the gradient",
                losses["momentum"] / losses["adam"],
                1.05,
                1.0,
            )
        )
    return trials


def noisy_loss(rule: str, setting: str, noise: float) -> Array:
    """For each seed the last of 300 losses with noise in the gradients, at the best rate for that."""
    done = run(
        rule,
        problem_of(setting),
        lr=RATES[:, None],
        seed=SEEDS,
        noise=noise,
        batch_size=32,
        steps=300,
        every=300,
    )
    last = np.nan_to_num(done.loss[-1], nan=np.inf)
    chosen: Array = last[np.argmin(last.mean(axis=1))]
    return chosen


def more_memory() -> list[Trial]:
    return [
        Trial(
            f"beside {other}",
            "numbers kept: Adam's - its",
            np.full(10, numbers_kept("adam") - numbers_kept(other)),
            0.5,
            0.0,
        )
        for other in ("sgd", "momentum", "rmsprop", "adagrad")
    ]


def best_default() -> list[Trial]:
    """Every rule with its own default hypers: the lowest last loss of the others beside Adam's."""
    trials = []
    for setting in SETTINGS:
        last = {
            rule: floored(
                run(rule, problem_of(setting), batch_size=32, steps=300, every=300, seed=SEEDS).loss
            )[-1]
            for rule in (*OTHERS, "adam")
        }
        others = np.min([last[rule] for rule in OTHERS], axis=0)
        trials.append(
            Trial(
                setting,
                "lowest last loss of the others / Adam's, all at defaults",
                others / last["adam"],
                1.0,
                0.95,
            )
        )
    return trials


def validation_at_best(rule: str, setting: str) -> Array:
    """For each seed the lowest validation loss over all rates, after 300 steps."""
    lowest: Array = np.nan_to_num(searched(rule, setting).validation, nan=np.inf).min(axis=0)[: len(SEEDS)]
    return lowest


def small_data() -> list[Trial]:
    trials = []
    for setting in ("network, 40 patients", "network, diabetes"):
        others = np.min(
            [validation_at_best(rule, setting) for rule in ("minibatch", "momentum", "rmsprop")], axis=0
        )
        ratio = others / validation_at_best("adam", setting)
        trials.append(Trial(setting, "lowest validation loss of three others / Adam's", ratio, 1.05, 1.0))
    return trials


def large_simple() -> list[Trial]:
    """A linear softmax model with 7,242 parameters on word counts."""
    setting = SPARSE[1]
    adam, momentum = searched("adam", setting), searched("momentum", setting)
    judged = validation_at_best("adam", setting) / validation_at_best("momentum", setting)
    return [
        Trial("training", "Adam's last loss / momentum's", adam.last / momentum.last, 1.05, 1.0),
        Trial("validation", "Adam's validation loss / momentum's", judged, 1.02, 1.0),
    ]


def vanishing() -> list[Trial]:
    """A network of four sigmoid layers: the loss, Adam's steps, and the gradients, by layer."""
    setting = "deep sigmoid network, digits"
    problem, adam, plain = problem_of(setting), searched("adam", setting), searched("minibatch", setting)
    arguments: dict[str, Any] = {"lr": RATES[adam.best], "batch_size": 32, "seed": SEEDS}
    begun = run("adam", problem, steps=1, **arguments).theta
    trained = run("adam", problem, steps=300, every=300, **arguments).theta[-1]
    layers = "root mean square in the first layer / in the last"
    parts = {
        "the first step": begun[1] - begun[0],
        "the gradient at the start": problem.grad(begun[0]),
        "the gradient after training": problem.grad(trained),
    }
    return [
        Trial("the loss comes down", "plain descent's last loss / Adam's", plain.last / adam.last, 1.5, 1.0),
        *(
            Trial(where, layers, first_beside_last(problem, vector), 0.5, 0.1)
            for where, vector in parts.items()
        ),
    ]


def first_beside_last(problem: Problem, vector: Array) -> Array:
    """Root mean square of a vector like theta in the weights of the first of five layers, over the last's."""
    parts = views(vector, problem.parts)
    first, last = (np.sqrt(np.mean(parts[name] ** 2, axis=(-2, -1))) for name in ("W1", "W5"))
    ratio: Array = first / last
    return ratio


CLAIMS = (
    Claim(
        "sgd-tuning",
        "sgd",
        "SGD and momentum need more tuning.",
        "the rule, the problem and what counts as good",
        sgd_needs_more_tuning,
        "counting trials of a search in place of decades; the race's table has both",
    ),
    Claim(
        "adam-fastest",
        "adam",
        "Adam converges faster than the others.",
        "the problem",
        adam_fastest,
        "another number of steps: here 300, each rule at its own best rate",
    ),
    Claim(
        "adam-noise",
        "adam",
        "Adam copes with noisy data.",
        "the problem",
        copes_with_noise,
        "heavy tails in place of normal noise",
    ),
    Claim(
        "adam-less-tuning",
        "adam",
        "Adam needs less tuning.",
        "the problem and what counts as good",
        adam_less_tuning,
        "starting from the default rates in place of a search over five decades",
    ),
    Claim(
        "adam-more-tuning",
        "adam",
        "Adam needs more tuning.",
        "the problem and what counts as good",
        adam_more_tuning,
        "tuning its betas and eps as well, which hardly anybody does",
    ),
    Claim(
        "adam-memory",
        "adam",
        "Adam costs more memory.",
        "the rival",
        more_memory,
        "a factored second moment, as Adafactor's",
    ),
    Claim(
        "adam-default",
        "adam",
        "Adam is the best default.",
        "the problem",
        best_default,
        "other default hypers: those here are the frameworks'",
    ),
    Claim(
        "adam-small-data",
        "adam",
        "Adam is best for small data sets.",
        "the size of the data",
        small_data,
        "regularisation, or stopping early",
    ),
    Claim(
        "momentum-large-simple",
        "momentum",
        "Large simple models want SGD with momentum.",
        "what is measured",
        large_simple,
        "images in place of word counts",
    ),
    Claim(
        "adaptive-vanishing",
        "adam",
        "Adaptive rules mitigate vanishing gradients.",
        "what is meant",
        vanishing,
        "another start or activation: ReLU layers have less to mitigate",
    ),
)
