"""The race: gradient descent's family and Adam train one network on real data, from the same starts."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import ceil
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.errors import UserError
from optcourse.problems import Problem, diabetes_network
from optcourse.rules import RULES
from optcourse.running import run


@dataclass(frozen=True)
class Racer:
    """A rule with its learning rate; `batch_size` None takes the whole training set for each step."""

    rule: str
    lr: float
    batch_size: int | None

    def steps_per_epoch(self, examples: int) -> int:
        """How many steps see each of so many examples once."""
        return ceil(examples / (self.batch_size or examples))


# The learning rates are those that benchmarks/race_lr.py found best.
RACERS: Mapping[str, Racer] = MappingProxyType(
    {
        racer.rule: racer
        for racer in (
            Racer("gd", 0.2, None),
            Racer("sgd", 0.005, 1),
            Racer("minibatch", 0.02, 32),
            Racer("adam", 0.005, 32),
        )
    }
)


@dataclass(frozen=True)
class Result:
    """What one racer did: losses of shape (epochs + 1, seeds), the start first."""

    racer: Racer
    train: Array
    validation: Array
    step_microseconds: float  # one step of a single run: its batch, gradient and update
    state_per_parameter: float  # numbers the rule remembers for each parameter

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """For each seed, whether its training loss overflowed or ended above where it began."""
        overflowed = ~np.isfinite(self.train).all(axis=0)
        return np.asarray(overflowed | (self.train[-1] > self.train[0]))

    def epochs_to(self, target: float) -> Array:
        """For each seed, the first epoch whose training loss is at most `target`; nan for never."""
        reached = self.train <= target
        return np.where(reached.any(axis=0), reached.argmax(axis=0), np.nan)


def chosen_racers(names: Sequence[str], lrs: Sequence[str]) -> list[Racer]:
    """The racers named ("gd", "sgd,adam"; all for none), with learning rates as in "0.01" or "adam=0.01".

    UserError for a rule that does not exist or does not race, and for a learning rate that is none.
    """
    wanted = dict.fromkeys(name.strip() for some in names for name in some.split(",")) or list(RACERS)
    racers = {name: _racer(name) for name in wanted}
    for given in lrs:
        rule, _, text = given.rpartition("=")
        if rule and rule not in racers:
            raise UserError(f"--lr {given}: {rule!r} is not in this race; there are {', '.join(racers)}.")
        for name in [rule] if rule else racers:
            racers[name] = replace(racers[name], lr=_learning_rate(name, text, given))
    return list(racers.values())


def _racer(name: str) -> Racer:
    if name in RACERS:
        return RACERS[name]
    racing = f"the race is between {', '.join(RACERS)}."
    if name in RULES:
        raise UserError(f"{name} is a rule, but it does not race: {racing}")
    near = get_close_matches(name, RACERS, n=2)
    raise UserError(
        f"There is no rule {name!r}: " + (f"did you mean {' or '.join(near)}?" if near else racing)
    )


def _learning_rate(rule: str, text: str, given: str) -> float:
    try:
        value = float(text)
        RULES[rule].check_hypers({"lr": value})
    except ValueError as error:
        raise UserError(f"--lr {given}: the learning rate must be a number in [0, inf).") from error
    return value


def compete(
    racers: Sequence[Racer], *, epochs: int, seeds: int, epoch_done: Callable[[], None] = lambda: None
) -> list[Result]:
    """Train the 10-64-1 network with each racer, from the starts of seeds 0, 1, ...

    A seed gives every racer the same first weights. `epoch_done` is called after each epoch of each run.
    """
    problem = diabetes_network()

    # run asks for the loss at the start and once an epoch, as it keeps these records only.
    def loss(theta: Array, batch: Array | None = None) -> Array:
        epoch_done()
        return problem.loss(theta, batch)

    ticking = replace(problem, loss=loss)
    return [_result(racer, ticking, epochs, seeds) for racer in racers]


def _result(racer: Racer, problem: Problem, epochs: int, seeds: int) -> Result:
    every = racer.steps_per_epoch(problem.examples)
    assert problem.validation_loss is not None
    train, validation = [], []
    for seed in range(seeds):
        done = run(
            racer.rule,
            problem,
            steps=epochs * every,
            every=every,
            batch_size=racer.batch_size,
            seed=seed,
            lr=racer.lr,
        )
        train.append(done.loss)
        with np.errstate(all="ignore"):
            validation.append(problem.validation_loss(done.theta))
    state = RULES[racer.rule].init(problem.start)
    return Result(
        racer=racer,
        train=np.stack(train, axis=1),
        validation=np.stack(validation, axis=1),
        step_microseconds=_step_microseconds(racer),
        state_per_parameter=sum(map(np.size, state)) / problem.start.size,
    )


def _step_microseconds(racer: Racer, steps: int = 300, tries: int = 3) -> float:
    """The time of one step of one run: the best of a few tries, as whatever else runs only adds to it."""
    problem = diabetes_network()

    def seconds() -> float:
        begin = time.perf_counter()
        run(racer.rule, problem, steps=steps, every=steps, batch_size=racer.batch_size, lr=racer.lr)
        return time.perf_counter() - begin

    return min(seconds() for _ in range(tries)) / steps * 1e6
