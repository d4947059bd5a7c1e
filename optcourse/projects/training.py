"""Project 1's long training, each rule on each task at each learning rate, and its stored results.

python -m optcourse.projects.training          train everything (some minutes on two cores) and store it
python -m optcourse.projects.training TASK ... these only; the stored results of the others are kept
"""

import json
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongNameError
from optcourse.learner.files import write_atomically
from optcourse.problems import (
    Problem,
    adding_network,
    character_network,
    diabetes_network,
    digits_network,
)
from optcourse.running import run

FILE = "trained.json"
RULES = ("gd", "momentum", "rmsprop", "adam")
RATES = tuple(float(f"{rate:.2g}") for rate in np.logspace(-4, 1, 11))
BATCH = 32


@dataclass(frozen=True)
class Task:
    """What is trained, for how long, and over which seeds (each with a start and batches of its own)."""

    problem: Callable[[], Problem]
    epochs: int
    seeds: int


TASKS: Mapping[str, Task] = {
    "diabetes": Task(diabetes_network, 40, 10),
    "digits": Task(digits_network, 10, 5),
    "deep sigmoid": Task(partial(digits_network, (32,) * 6, "sigmoid"), 10, 3),
    "deep relu": Task(partial(digits_network, (32,) * 6, "relu"), 10, 3),
    "adding": Task(adding_network, 30, 3),
    "adding gru": Task(partial(adding_network, "gru"), 30, 3),
    "characters": Task(partial(character_network, "elman"), 6, 3),
}


@dataclass(frozen=True)
class Trained:
    """A rule on a task. `final` holds the last training losses, (rates, seeds), inf where they overflowed.

    The rest is at the best rate, the one with the lowest mean of these: `loss` and `validation` after each
    epoch, (epochs + 1, seeds), and with classes the final `accuracy` on what was kept back, (seeds,).
    """

    task: str
    rule: str
    rates: Array
    final: Array
    best: float
    loss: Array
    validation: Array
    accuracy: Array | None

    def working(self, level: float) -> int:
        """How many of the rates end with a mean training loss of at most `level`."""
        return int(np.sum(self.final.mean(axis=1) <= level))


def one_training(task: str, rule: Any, rate: float, seeds: Any = None) -> tuple[Array, Array, Array | None]:
    """Training and validation losses after each epoch, (epochs + 1, seeds), and the final accuracy."""
    chosen = TASKS[task]
    problem = chosen.problem()
    each = -(-problem.examples // BATCH)
    ran = run(
        rule,
        problem,
        steps=chosen.epochs * each,
        every=each,
        batch_size=BATCH,
        lr=rate,
        seed=np.arange(chosen.seeds) if seeds is None else np.asarray(seeds),
    )
    assert problem.validation_loss is not None
    with np.errstate(all="ignore"):
        validation = problem.validation_loss(ran.theta)
        right = problem.validation_accuracy
        return ran.loss, validation, right(ran.theta[-1]) if right else None


def tried(task: str, rule: str) -> dict[str, Any]:
    """All rates, and the best of them in full, as it is stored."""
    losses = {rate: one_training(task, rule, rate) for rate in RATES}
    final = np.array([loss[-1] for loss, _, _ in losses.values()])
    best = RATES[int(np.argmin(np.where(np.isfinite(final), final, np.inf).mean(axis=1)))]
    loss, validation, accuracy = losses[best]
    return {
        "task": task,
        "rule": rule,
        "final": digits(final),
        "best": best,
        "loss": digits(loss),
        "validation": digits(validation),
        "accuracy": None if accuracy is None else digits(accuracy),
    }


def digits(values: Array) -> Any:
    """Five digits of each number; None for what is not finite, as JSON has no infinity."""
    if values.ndim:
        return [digits(value) for value in values]
    return float(f"{values:.5g}") if np.isfinite(values) else None


def finite(stored: Any) -> Array:
    """Stored numbers as an array, with inf for None."""
    values = np.array(stored, dtype=float)
    return np.where(np.isnan(values), np.inf, values)


def trained(task: str, rule: str) -> Trained:
    """The stored results of a rule on a task; KeyError where there are none."""
    for one in stored()["trained"]:
        if (one["task"], one["rule"]) == (task, rule):
            accuracy = one["accuracy"]
            return Trained(
                task=task,
                rule=rule,
                rates=np.array(RATES),
                final=finite(one["final"]),
                best=one["best"],
                loss=finite(one["loss"]),
                validation=finite(one["validation"]),
                accuracy=None if accuracy is None else finite(accuracy),
            )
    raise WrongNameError(f"No results of {rule!r} on {task!r}: tasks are {', '.join(TASKS)}.")


def stored() -> dict[str, Any]:
    """The file of stored results."""
    text = files("optcourse.projects").joinpath(FILE).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def main(only: Sequence[str]) -> None:
    """Train what is asked for (default: all) and store it."""
    for task in only or TASKS:
        for rule in RULES:
            found = tried(task, rule)
            print(task, rule, found["best"], found["loss"][-1], flush=True)
            keep(found)


def keep(found: dict[str, Any]) -> None:
    """Store one result beside the others that the file holds."""
    done = {(one["task"], one["rule"]): one for one in [*stored()["trained"], found]}
    content = {
        "about": "Made by `python -m optcourse.projects.training`: batches of 32, seeds from 0.",
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "rates": RATES,
        "trained": [done[task, rule] for task in TASKS for rule in RULES if (task, rule) in done],
    }
    lines = json.dumps(content, indent=1).replace("\n     ", " ").replace("\n    ]", " ]")
    write_atomically(Path(__file__).parent / FILE, (lines + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
