"""Claims about Adagrad, RMSProp and AdaDelta."""

import numpy as np

from optcourse.arrays import Array
from optcourse.claims.searches import (
    NETWORKS,
    RATES,
    SEEDS,
    SPARSE,
    lowest,
    problem_of,
    searched,
    times_faster,
)
from optcourse.claims.trial import Claim, Trial
from optcourse.problems.data import austen
from optcourse.rules import RULES
from optcourse.running import run


def against(slow: str, fast: str, settings: tuple[str, ...], least: float = 1.1) -> list[Trial]:
    """How many times fewer steps `fast` needs than `slow`, each at the best rate of the search."""
    return [
        Trial(
            f"{setting}, beside {slow}",
            f"{slow}'s steps / {fast}'s",
            times_faster(searched(slow, setting), searched(fast, setting)),
            least,
            1.0,
        )
        for setting in settings
    ]


def adagrad_sparse() -> list[Trial]:
    return against("minibatch", "adagrad", SPARSE)


def rates_by_frequency() -> list[Trial]:
    """Adagrad's rate, lr over the root of its sum, for the commonest tenth of words beside the rarest."""
    found = run(
        "adagrad",
        problem_of(SPARSE[0]),
        lr=0.1,
        batch_size=32,
        steps=300,
        every=300,
        seed=SEEDS,
        keep_states=True,
    )
    words = austen().x.shape[1]
    divisor = np.sqrt(next(iter(found.states.values()))[-1][..., :words]) + 1e-10
    order = np.argsort(np.mean(austen().x != 0, axis=0))
    tenth = words // 10
    ratio = np.median(1 / divisor[:, order[-tenth:]], axis=1) / np.median(
        1 / divisor[:, order[:tenth]], axis=1
    )
    return [Trial(SPARSE[0], "rate of the commonest tenth / of the rarest", ratio, 0.5, 1.0)]


def adagrad_slow() -> list[Trial]:
    return against("adagrad", "adam", NETWORKS)


def way(rule: str, before: int, steps: int, **hypers: float) -> Array:
    """How far the last 1,000 of `steps` constant gradients move theta, after `before` large ones.

    Ten coordinates have gradients from 0.1 to 10; the large ones are 1,000 times as large.
    """
    form = RULES[rule]
    theta: Array = np.zeros(10)
    begin, state, grad = theta, form.init(theta), np.logspace(-1, 1, 10)
    for t in range(before + steps):
        if t == before + steps - 1000:
            begin = theta
        theta, state = form.step(theta, grad * (1000 if t < before else 1), state, **hypers)
    return np.abs(theta - begin)


def still_moving(rule: str, **hypers: float) -> list[Trial]:
    """Steps 9,001 to 10,000 along a constant gradient beside the first 1,000, from the start or later on."""
    fresh = way(rule, 0, 1000, **hypers)
    return [
        Trial(
            where,
            "way in the last 1,000 of 10,000 steps / in a fresh run's first 1,000",
            way(rule, before, 10_000, **hypers) / fresh,
            0.01,
            0.1,
        )
        for where, before in (("constant gradient", 0), ("after 100 gradients 1,000 times as large", 100))
    ]


def adagrad_stops() -> list[Trial]:
    return still_moving("adagrad", lr=0.1)


def adadelta_stops() -> list[Trial]:
    return still_moving("adadelta")


def rmsprop_faster() -> list[Trial]:
    return against("adagrad", "rmsprop", (*NETWORKS, *SPARSE))


def rmsprop_sparse() -> list[Trial]:
    return against("minibatch", "rmsprop", SPARSE) + against("adagrad", "rmsprop", SPARSE)


def tracking_error(rule: str, sizes: Array) -> Array:
    """For each seed the mean squared distance from a minimum that jumps every 200 steps, best of RATES.

    The gradient is the distance times `sizes` (curvatures), with noise of half of them; steps 1,001 to 2,000.
    """
    form = RULES[rule]
    lr = RATES[:, None, None]
    random = [np.random.default_rng(seed) for seed in SEEDS]
    jumps = np.stack([one.normal(0, 3, size=(10, len(sizes))) for one in random], axis=1)
    noises = np.stack([one.normal(0, 0.5, size=(2000, len(sizes))) for one in random], axis=1)
    theta: Array = np.zeros((len(RATES), len(SEEDS), len(sizes)))
    state = form.init(theta)
    errors = np.zeros(theta.shape[:2])
    with np.errstate(all="ignore"):
        for t in range(2000):
            away = theta - jumps[t // 200]
            errors += np.mean(away**2, axis=-1) if t >= 1000 else 0
            theta, state = form.function(
                theta, sizes * (away + noises[t]), state, **{**form.defaults, "lr": lr}
            )
    best: Array = errors[lowest(errors.mean(axis=1))] / 1000
    return best


def rmsprop_nonstationary() -> list[Trial]:
    sizes = np.array([0.01, 1.0])
    mine = tracking_error("rmsprop", sizes)
    return [
        Trial(
            f"against {other}",
            f"{other}'s mean squared error / rmsprop's",
            tracking_error(other, sizes) / mine,
            1.1,
            1.0,
        )
        for other in ("adagrad", "gd")
    ]


def rmsprop_recurrent() -> list[Trial]:
    settings = ("Elman network, adding", "GRU network, adding")
    return against("momentum", "rmsprop", settings) + against("minibatch", "rmsprop", settings)


def beta_matters() -> list[Trial]:
    """The worst of four betas beside the best, each at its own best rate."""
    trials = []
    for setting in ("network, diabetes", "network, digits", "words, two novels"):
        last = np.array([searched("rmsprop", setting, beta=beta).last for beta in (0.5, 0.9, 0.99, 0.999)])
        trials.append(
            Trial(
                setting,
                "worst last loss / best, beta 0.5 to 0.999",
                last.max(axis=0) / last.min(axis=0),
                1.5,
                1.2,
            )
        )
    return trials


def needs_no_rate() -> list[Trial]:
    """AdaDelta with lr = 1, as its authors have it, beside its best lr of the search."""
    one = int(np.flatnonzero(np.isclose(RATES, 1.0))[0])
    trials = []
    for setting in (*NETWORKS, *SPARSE):
        found = searched("adadelta", setting)
        ratio = found.loss[-1, one, : len(SEEDS)] / found.last
        trials.append(Trial(setting, "last loss at lr 1 / at the best lr", ratio, 1.1, 1.5))
    return trials


def adadelta_sparse() -> list[Trial]:
    return against("minibatch", "adadelta", SPARSE) + against("adagrad", "adadelta", SPARSE)


def adadelta_slow() -> list[Trial]:
    """With lr = 1, beside Adam at its best rate: Adam's last loss is reached how late?"""
    one = int(np.flatnonzero(np.isclose(RATES, 1.0))[0])
    trials = []
    for setting in (*NETWORKS, SPARSE[0]):
        found, adam = searched("adadelta", setting), searched("adam", setting)
        start = adam.curves[0]
        way = (start - found.loss[-1, one, : len(SEEDS)]) / (start - adam.last)
        trials.append(Trial(setting, "part of Adam's way down in the same steps", way, 0.8, 0.95))
    return trials


def rmsprop_slow() -> list[Trial]:
    return against("rmsprop", "adam", (*NETWORKS, *SPARSE))


CLAIMS = (
    Claim(
        "adagrad-sparse",
        "adagrad",
        "Adagrad suits sparse data.",
        "the data",
        adagrad_sparse,
        "features of one frequency: then all have one rate",
    ),
    Claim(
        "adagrad-rates",
        "adagrad",
        "Adagrad lowers the rate of often-updated parameters.",
        "the data",
        rates_by_frequency,
        "rare words with far larger gradients than common ones",
    ),
    Claim(
        "adagrad-slow",
        "adagrad",
        "Adagrad converges too slowly.",
        "the problem",
        adagrad_slow,
        "more steps: the longer the run, the smaller its rates",
    ),
    Claim(
        "adagrad-stops",
        "adagrad",
        "Adagrad can stop learning altogether.",
        "what came before",
        adagrad_stops,
        "early gradients no larger than later ones: then it slows down like 1/sqrt(t), and never stops",
    ),
    Claim(
        "rmsprop-faster",
        "rmsprop",
        "RMSProp is faster than Adagrad.",
        "the problem",
        rmsprop_faster,
        "a longer run, or a problem without sparse features",
    ),
    Claim(
        "rmsprop-sparse",
        "rmsprop",
        "RMSProp suits sparse data.",
        "the rival",
        rmsprop_sparse,
        "another rival: beside Adagrad it looks worse than beside plain descent",
    ),
    Claim(
        "rmsprop-drift",
        "rmsprop",
        "RMSProp suits non-stationary problems.",
        "the rival",
        rmsprop_nonstationary,
        "curvatures that are all alike: then plain descent with a good rate follows as well",
    ),
    Claim(
        "rmsprop-recurrent",
        "rmsprop",
        "RMSProp suits recurrent networks.",
        "the rival and the cell",
        rmsprop_recurrent,
        "longer sequences, other cells, clipping",
    ),
    Claim(
        "rmsprop-beta",
        "rmsprop",
        "RMSProp needs tuning of beta.",
        "the problem",
        beta_matters,
        "a fixed learning rate: here each beta has its own best one",
    ),
    Claim(
        "adadelta-no-rate",
        "adadelta",
        "AdaDelta needs no learning rate.",
        "the problem",
        needs_no_rate,
        "a longer run, in which its slow start matters less",
    ),
    Claim(
        "adadelta-sparse",
        "adadelta",
        "AdaDelta suits sparse data.",
        "the rival",
        adadelta_sparse,
        "a larger eps, which shortens its slow start",
    ),
    Claim(
        "adadelta-slow",
        "adadelta",
        "AdaDelta can converge slowly.",
        "the problem",
        adadelta_slow,
        "a larger eps or lr",
    ),
    Claim(
        "adadelta-stops",
        "adadelta",
        "AdaDelta can stop learning altogether.",
        "what came before",
        adadelta_stops,
        "nothing that we found: its averages forget",
    ),
    Claim(
        "rmsprop-slow",
        "rmsprop",
        "RMSProp can still converge too slowly.",
        "the problem",
        rmsprop_slow,
        "another problem: beside Adam at its own best rate",
    ),
)
