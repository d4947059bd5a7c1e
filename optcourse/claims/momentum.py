"""Claims about momentum."""

from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.claims.descent import two_wells
from optcourse.claims.searches import averaged, crossing, searched, times_faster
from optcourse.claims.trial import Claim, Trial
from optcourse.problems import Problem, quadratic
from optcourse.problems.base import always
from optcourse.running import run

CONDITIONS = (10, 100, 1000)


def flat_shelf() -> Problem:
    """1 - exp(-x^2 / 2) on a line: a hole at 0 in a plain that is nearly flat beyond 3."""
    return Problem(
        name="shelf",
        title="A hole in a flat plain",
        loss=lambda theta, batch=None: 1 - np.exp(-(theta**2) / 2)[..., 0],
        grad=lambda theta, batch=None: theta * np.exp(-(theta**2) / 2),
        initial=always([3.0]),
    )


def across_the_shelf(rule: str, lr: float, **hypers: Any) -> Array:
    """For ten starts from 2.6 to 3.5, the steps until the loss is 0.5."""
    done = run(rule, flat_shelf(), start=np.linspace(2.6, 3.5, 10)[:, None], steps=6000, lr=lr, **hypers)
    return np.array([crossing(done.steps, curve, 0.5) for curve in done.loss.T])


def through_flat_regions() -> list[Trial]:
    plain = across_the_shelf("gd", 0.1)
    ways = {
        "the same learning rate": across_the_shelf("momentum", 0.1, beta=0.9),
        "the same effective rate, lr / (1 - beta)": across_the_shelf("momentum", 0.01, beta=0.9),
    }
    return [Trial(where, "GD's steps / momentum's", plain / steps, 1.5, 1.1) for where, steps in ways.items()]


def best_descent(condition: int) -> dict[str, Any]:
    """Gradient descent's best rate on a bowl with curvatures 1 and `condition`."""
    return {"lr": 2 / (condition + 1)}


def best_momentum(condition: int) -> dict[str, Any]:
    """Polyak's best rate and beta on that bowl (lesson 04)."""
    root = np.sqrt(condition)
    return {"lr": 4 / (root + 1) ** 2, "beta": ((root - 1) / (root + 1)) ** 2}


def starts(count: int = 10) -> Array:
    """Starts around the bowl, all at distance 4."""
    angles = np.linspace(0.2, 1.4, count)
    return 4 * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def sides(path: Array) -> Array:
    """How often the coordinates change sides of the minimum, for each start."""
    changes: Array = np.sum(path[1:] * path[:-1] < 0, axis=(0, -1))
    return changes


def travelled(path: Array) -> Array:
    """The way that the coordinates go in all, for each start: what swings goes far."""
    way: Array = np.sum(np.abs(np.diff(path, axis=0)), axis=(0, -1))
    return way


def fewer_oscillations() -> list[Trial]:
    """On the bowl with curvatures 1 and 10, whose border is lr 0.2: changes of sides, and the way in all."""
    bowl, counted, measured = quadratic(10), [], []
    for name, lr in (
        ("at GD's border, lr 0.199", 0.199),
        ("below it, lr 0.18", 0.18),
        ("far below, lr 0.03", 0.03),
    ):
        plain = run("gd", bowl, start=starts(), steps=100, lr=lr).theta
        rolling = run("momentum", bowl, start=starts(), steps=100, lr=lr, beta=0.9).theta
        fewer, shorter = sides(plain) - sides(rolling), travelled(plain) / travelled(rolling)
        counted.append(Trial(f"{name}: number", "GD's changes of sides - momentum's", fewer, 1.0, -1.0))
        measured.append(Trial(f"{name}: size", "GD's way / momentum's", shorter, 1.1, 1.0))
    return counted + measured


def faster() -> list[Trial]:
    """On bowls at the best rates that theory knows, on networks at the best of the search."""
    trials = []
    for condition in CONDITIONS:
        counts = []
        for rule, hypers in (("gd", best_descent(condition)), ("momentum", best_momentum(condition))):
            path = run(rule, quadratic(condition), start=starts(), steps=12 * condition, **hypers).theta
            distance = np.linalg.norm(path, axis=-1)
            counts.append(np.argmax(distance <= distance[0] / 1000, axis=0))
        trials.append(
            Trial(
                f"bowl, condition {condition:,}", "GD's steps / momentum's", counts[0] / counts[1], 1.1, 1.0
            )
        )
    for setting in ("network, diabetes", "network, digits", "words, two novels"):
        ratio = times_faster(searched("minibatch", setting), searched("momentum", setting))
        trials.append(Trial(setting, "mini-batch descent's steps / momentum's", ratio, 1.1, 1.0))
    return trials


def overshoots() -> list[Trial]:
    """How far past the minimum a coordinate goes, as a part of the way to it."""
    trials = []
    for beta in (0.9, 0.99):
        path = run("momentum", quadratic(10), start=starts(), steps=600, lr=0.03, beta=beta).theta
        past = np.max(-path, axis=(0, 2)) / 4
        trials.append(
            Trial(f"beta = {beta}", "way past the minimum / distance of the start", past, 0.1, 0.01)
        )
    return trials


def rolls_on(rule: str, lr: float, **hypers: Any) -> Array:
    """The share of 200 starts uphill of the shallow well that end in the deep one, in ten groups."""
    begin = np.linspace(1.2, 2.2, 200).reshape(20, 10).T.reshape(200, 1)  # each group spans all starts
    done = run(rule, two_wells(), start=begin, steps=3000, every=3000, lr=lr, **hypers)
    return averaged((done.theta[-1, :, 0] < 0.2).reshape(10, 20), axis=1)


def escapes_shallow() -> list[Trial]:
    return [
        Trial(
            f"lr {lr}, beta {beta}",
            "share that ends in the deep well",
            rolls_on("momentum", lr, beta=beta),
            0.5,
            0.05,
        )
        for lr, beta in ((0.01, 0.5), (0.01, 0.9), (0.01, 0.99))
    ]


CLAIMS = (
    Claim(
        "momentum-flat",
        "momentum",
        "Momentum moves through flat regions.",
        "how the learning rates are matched",
        through_flat_regions,
        "a shelf whose slope changes faster: on a flat one momentum is a rate 1/(1 - beta) times as large",
    ),
    Claim(
        "momentum-oscillations",
        "momentum",
        "Momentum reduces oscillations.",
        "the learning rate, and whether swings are counted or measured",
        fewer_oscillations,
        "a smaller beta, with which fewer directions swing",
    ),
    Claim(
        "momentum-faster",
        "momentum",
        "Momentum is faster.",
        "the problem",
        faster,
        "a larger condition number (more gain), or more noise (less)",
    ),
    Claim(
        "momentum-overshoots",
        "momentum",
        "Momentum can overshoot if beta is too high.",
        "beta",
        overshoots,
        "a beta at or below critical damping, (1 - sqrt(lr lambda))^2",
    ),
    Claim(
        "momentum-shallow",
        "momentum",
        "Momentum escapes shallow minima.",
        "beta",
        escapes_shallow,
        "a lower start, or a deeper well: the speed of arrival decides",
    ),
)
