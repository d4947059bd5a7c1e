"""A rule of one's own trains a network for so many steps: what homework 6 asks, and what grades it.

The state is agreed on, so that a grader knows its shape: (m, v, t), two arrays of theta's shape and a count,
all zero at first. A rule that needs less hands them back as they came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import UserError
from optcourse.problems import Problem, digits_network
from optcourse.problems.data import digits
from optcourse.problems.losses import CROSS_ENTROPY
from optcourse.problems.networks import perceptron
from optcourse.racing.search import Hypers
from optcourse.rules import Form, Hyper
from optcourse.scoring.contract import fault_of
from optcourse.scoring.measure import QUICK
from optcourse.scoring.report import Score
from optcourse.scoring.scored import scored

BATCH = 32
STARTS = 3
SHAPES: Sequence[tuple[tuple[int, ...], str]] = (  # of the hidden problem: layers between, what bends them
    ((32,), "tanh"),
    ((48,), "relu"),
    ((96,), "tanh"),
    ((32, 32), "relu"),
)
AROUND = (1.0, 1 / 3, 3.0, 0.1, 10.0)  # times the default lr: what is tried where nobody tunes


@dataclass(frozen=True)
class Trained:
    """The share of validation digits that a network got right after `steps`, from each start."""

    problem: str
    steps: int
    accuracies: tuple[float, ...]
    message: str = ""

    def __str__(self) -> str:
        if self.message:
            return self.message
        values = ", ".join(f"{value:.2f}" for value in self.accuracies)
        return f"{self.problem}, {self.steps} steps: validation accuracy {values} (one for each start)"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<div role="status">{escape(str(self))}</div>'


def zeros(theta: Array) -> tuple[Array, Array, int]:
    """The first state of every rule here."""
    return np.zeros_like(theta), np.zeros_like(theta), 0


def trained(
    step: Callable[..., Any], problem: str = "digits", *, steps: int = 100, seed: int = 0
) -> Trained | Score:
    """Train with a step of your own and its default hypers, as homework 6 is graded, with seeds of your own.

    `step(theta, grad, state, *, lr=...)` gets and returns the state (m, v, t), zeros at first. `problem` is
    "digits"; "another", a network on the digits that the seed draws; or "score", the third project's six
    problems with five learning rates around the default one. UserError for another problem.
    """
    if problem not in ("digits", "another", "score"):
        raise UserError(f"problem is 'digits', 'another' or 'score'; got {problem!r}.")
    name = getattr(step, "__name__", "step")
    message = fault_of(step, zeros)
    if problem == "score":
        if message:
            return Score(name, QUICK.name, seed, None, {}, message=message)
        return score_of(form_of(step, getattr(step, "__kwdefaults__", None) or {}, zeros), seed)
    if message:
        return Trained(problem, steps, (), f"{name}: {message}")
    form = form_of(step, {}, zeros)
    return Trained(problem, steps, accuracies(form, problem, steps, seed))


def form_of(step: Callable[..., Any], defaults: Hypers, init: Callable[..., Any]) -> Form:
    """The rule, its lr as its only hyper; the others stay at their defaults."""
    name = getattr(step, "__name__", "step").removesuffix("_step")
    hypers = {}
    if defaults.get("lr", 0) > 0:
        lr = float(defaults["lr"])
        slider = (lr * min(AROUND), lr * max(AROUND))
        hypers["lr"] = Hyper("lr", "learning rate", "[0, inf)", slider, probe=lr, default=lr)
    return Form(name=name, function=step, hypers=hypers, init_function=lambda theta, **_: init(theta))


def score_of(form: Form, seed: int) -> Score:
    """The third project's score, with five learning rates around the default one in place of a search."""
    return scored(form, form.name, QUICK, seed, around)


def around(form: Form, seed: int) -> list[Hypers]:
    """The settings to try: a few times the default lr; one of nothing for a rule without."""
    defaults = form.defaults
    return [{"lr": float(f"{defaults['lr'] * factor:.3g}")} for factor in AROUND] if defaults else [{}]


def accuracies(form: Form, problem: str, steps: int, seed: int, starts: int = STARTS) -> tuple[float, ...]:
    """The validation accuracy after `steps`, from so many starts of this seed; 0 where theta overflowed."""
    network = network_of(problem, seed)
    return tuple(accuracy(form, network, steps, seed + start) for start in range(starts))


def accuracy(form: Form, network: Problem, steps: int, seed: int) -> float:
    """The same from one start."""
    from optcourse.running import run

    done = run(form, network, steps=steps, every=steps, batch_size=BATCH, seed=seed)
    theta = done.theta[-1]
    assert network.validation_accuracy is not None
    return float(network.validation_accuracy(theta)) if np.isfinite(theta).all() else 0.0


def network_of(problem: str, seed: int) -> Problem:
    """The network on the digits; or another one, which a seed draws with the digits that are kept back."""
    if problem == "digits":
        return digits_network()
    hidden, activation = SHAPES[seed % len(SHAPES)]
    data = digits(seed=1 + seed)
    flat = data._replace(
        x=data.x.reshape(len(data.x), -1), x_validation=data.x_validation.reshape(len(data.x_validation), -1)
    )
    widths = "-".join(map(str, (64, *hidden, 10)))
    return perceptron(
        flat,
        hidden,
        name="another",
        title=f"Network {widths} on the digits",
        activation=activation,
        loss=CROSS_ENTROPY,
        outputs=10,
    )
