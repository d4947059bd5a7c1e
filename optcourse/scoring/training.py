"""A rule of one's own trains a network for so many steps: what homework 6 asks, and what grades it.

The state is agreed on, so that a grader knows its shape: (m, v, t), two arrays of theta's shape and a count,
all zero at first. A rule that needs less hands them back as they came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple, Protocol

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.answering import Probe, answer
from optcourse.errors import UserError
from optcourse.problems import Problem, digits_network
from optcourse.problems.data import digits
from optcourse.problems.losses import CROSS_ENTROPY
from optcourse.problems.networks import perceptron
from optcourse.racing.search import Hypers
from optcourse.rules import Form, Hyper
from optcourse.scoring.measure import QUICK
from optcourse.scoring.report import Score
from optcourse.scoring.scored import scored

BATCH = 32
PIXELS = 64  # of an image of the digits
STARTS = 3
WIDTHS = (32, 96)  # of the hidden problem's layers, of which it has one or two
LARGEST = 1e100  # lr that is tried with others around it
AROUND = (1.0, 1 / 3, 3.0, 0.1, 10.0)  # times the default lr: what is tried where nobody tunes


Ladder = Sequence[tuple[float, float]]  # (what is reached, the part of the points), ascending
KINDS = ("form", "digits", "another", "score")
KEPT = "inputs not modified"
FORM = ("three steps", "float32 kept", KEPT, "the same answer twice")


@dataclass(frozen=True, repr=False)
class Trained:
    """What training came to.

    `reached` is the share of validation digits that were right at the end, for each start, or the score of
    the six problems; `score` the part of the points, in [0, 1]; `says` all of it in words.

    Made by `trained`.

    >>> from optcourse.scoring import Trained
    >>> Trained((0.9, 0.8), 0.5, "Half of the points.")
    Half of the points.
    """

    reached: tuple[float, ...]
    score: float
    says: str

    def __repr__(self) -> str:
        return self.says

    def _repr_html_(self) -> str:
        return f'<pre role="status" style="white-space:pre-wrap">{escape(self.says)}</pre>'


class Found(NamedTuple):
    """One finding about the form: its name, whether it is well, and what is wrong otherwise."""

    name: str
    good: bool
    says: str


class Stepper(Protocol):
    """Where a step is made: here, or in a sandbox. `changed` are the inputs that it was seen to change."""

    @property
    def changed(self) -> frozenset[str]: ...

    def init(self, theta: Array, seed: int = 1) -> tuple[Any, ...]:
        """The state before the first step; `seed` starts the random numbers that a step should not draw."""

    def step(self, theta: Array, grad: Array, state: tuple[Any, ...]) -> tuple[Array, tuple[Any, ...]]:
        """One step."""


class NoStepError(Exception):
    """A step could not be made."""


class Here:
    """A step that is made in this process."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.changed: frozenset[str] = frozenset()

    def init(self, theta: Array, seed: int = 1) -> tuple[Any, ...]:
        """Zeros."""
        return zeros(theta)

    def step(self, theta: Array, grad: Array, state: tuple[Any, ...]) -> tuple[Array, tuple[Any, ...]]:
        """One step; NoStepError where there is none."""
        given = answer(self.function, Probe("form", {}, theta=theta, state=state, grads=(grad,)))
        self.changed |= given.changed
        if fault := given.fault:
            raise NoStepError("it is not attempted yet" if fault.code == "NA" else fault.says)
        *parts, theta = given.values[0]
        return theta, tuple(part if np.ndim(part) else part.item() for part in parts)


def zeros(theta: Array) -> tuple[Array, Array, int]:
    """The first state of every rule here."""
    return np.zeros_like(theta), np.zeros_like(theta), 0


def trained(
    step: Callable[..., Any],
    problem: str = "digits",
    *,
    steps: int = 100,
    ladder: Ladder = ((0.0, 1.0),),
    seed: int = 0,
) -> Trained:
    """Train with a step of your own and its default hypers, as homework 6 is graded, with a seed of your own.

    `step(theta, grad, state, *, lr=...)` gets and returns the state (m, v, t), zeros at first. `problem` is
    "digits"; "another", a network on the digits that the seed draws; "score", the third project's six
    problems with five learning rates around the default one; or "form", which only looks at three steps.
    `ladder` says which part of the points is earned from where on. UserError for another problem.

    `steps` is how many are made from each start, of which `seed` draws the numbers; each rung of `ladder` is
    (what has to be reached, the part of the points), ascending.

    >>> from optcourse import trained
    >>> def own_step(theta, grad, state, *, lr=0.1):
    ...     return theta - lr * grad, state
    >>> trained(own_step, "form").score
    1.0
    """
    if problem not in KINDS:
        raise UserError(f"problem is one of {', '.join(KINDS)}; got {problem!r}.")
    name = getattr(step, "__name__", "step")
    try:
        findings = form_findings(Here(step))
    except NoStepError as error:
        return Trained((), 0.0, f"{name}: {error}.")
    wrong = "; ".join(f"{one.name}: {one.says}" for one in findings if not one.good)
    if problem == "form":
        share = sum(one.good for one in findings) / len(findings)
        return Trained((share,), share, f"{name}: {wrong or 'keeps to the form'}.")
    if problem == "score":
        found = score_of(form_of(step, getattr(step, "__kwdefaults__", None) or {}, zeros), seed)
        return Trained((found.score or 0.0,), part_of(ladder, found.score or 0.0), str(found))
    reached = accuracies(form_of(step, {}, zeros), problem, steps, seed)
    values = ", ".join(f"{value:.2f}" for value in reached)
    says = f"{name} on {problem}: validation accuracy {values} after {steps} steps, one for each start."
    return Trained(reached, float(np.mean([part_of(ladder, value) for value in reached])), says)


def part_of(ladder: Ladder, reached: float) -> float:
    """The part of the points that is earned."""
    return max((part for least, part in ladder if reached >= least), default=0.0)


def form_findings(stepper: Stepper) -> tuple[Found, ...]:
    """Four findings about a step; what the stepper raises where it can't be made is raised."""
    double, again = three_steps(stepper, np.float64, 1), three_steps(stepper, np.float64, 2)
    changed = ", ".join(sorted(stepper.changed))
    single = three_steps(stepper, np.float32, 1)
    results = (
        (bool(np.isfinite(double[-1]).all()), "theta is no number any more"),
        (all(part.dtype == np.float32 for part in single), "float32 goes in and float64 comes back"),
        (not changed, f"it changes {changed} in place"),
        (
            all(a.tobytes() == b.tobytes() for a, b in zip(double, again, strict=True)),
            "it does not return the same for the same arguments (does it draw random numbers?)",
        ),
    )
    return tuple(Found(name, good, says) for name, (good, says) in zip(FORM, results, strict=True))


def three_steps(stepper: Stepper, dtype: type, seed: int) -> list[Array]:
    """The arrays of the state and theta after each of three steps."""
    theta: Array = np.linspace(-1, 1, 7).astype(dtype)
    grads: list[Array] = [np.cos(theta + number).astype(dtype) for number in range(3)]
    state = stepper.init(theta, seed)
    arrays: list[Array] = []
    for grad in grads:
        theta, state = stepper.step(theta, grad, state)
        arrays += [*(part for part in state if np.ndim(part)), theta]
    return arrays


def form_of(step: Callable[..., Any], defaults: Hypers, init: Callable[..., Any]) -> Form:
    """The rule, its lr as its only hyper; the others stay at their defaults."""
    name = getattr(step, "__name__", "step").removesuffix("_step")
    hypers = {}
    lr = defaults.get("lr")
    if isinstance(lr, int | float) and 0 < lr < LARGEST:
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
    with np.errstate(all="ignore"):
        return float(network.validation_accuracy(theta)) if np.isfinite(theta).all() else 0.0


def network_of(problem: str, seed: int) -> Problem:
    """The network on the digits; or for "another" one that a seed draws, on other digits.

    Its images are turned in the space of their pixels: as hard to learn, and no weights of elsewhere fit.
    """
    if problem != "another":
        return digits_network()
    random = np.random.default_rng([seed, 24])
    drawn = random.integers(*WIDTHS, size=random.integers(1, 3), endpoint=True)
    hidden = tuple(map(int, drawn))
    activation = str(random.choice(["tanh", "relu"]))
    turn, _ = np.linalg.qr(random.standard_normal((PIXELS, PIXELS)))
    data = digits(seed=1 + seed)
    flat = data._replace(
        x=data.x.reshape(-1, PIXELS) @ turn, x_validation=data.x_validation.reshape(-1, PIXELS) @ turn
    )
    widths = "-".join(map(str, (PIXELS, *hidden, 10)))
    return perceptron(
        flat,
        hidden,
        name="another",
        title=f"Network {widths} on the digits",
        activation=activation,
        loss=CROSS_ENTROPY,
        outputs=10,
    )
