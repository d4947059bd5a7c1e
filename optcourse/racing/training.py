"""One run of a race: what is to be trained, and the record of it."""

import hashlib
import json
from dataclasses import dataclass, replace
from time import thread_time
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.problems import Problem
from optcourse.racing.budget import RECORDS
from optcourse.racing.runners import Runner
from optcourse.running import run


@dataclass(frozen=True)
class Job:
    """A run to make: the runner with these hypers, from the start and with the batches of `seed`."""

    runner: Runner
    problem: Problem
    hypers: tuple[tuple[str, float], ...]
    seed: int
    steps: int
    every: int
    batch_size: int | None

    def description(self) -> dict[str, Any]:
        """All that another process needs for a catalogued rule on a named problem, in JSON's types."""
        return {
            "rule": self.runner.catalogued,
            "problem": self.problem.name,
            "hypers": dict(self.hypers),
            "seed": self.seed,
            "steps": self.steps,
            "every": self.every,
            "batch_size": self.batch_size,
        }


CURVES = ("steps", "train", "validation")


@dataclass(frozen=True)
class Record:
    """What a run did: the losses of all training and of all validation examples after `steps`.

    The start comes first. Losses that overflowed are inf or nan; `validation` is nan for problems without
    examples kept back. `seconds` is how long this thread computed to make all steps, without these losses.
    """

    steps: Array
    train: Array
    validation: Array
    seconds: float = 0.0

    @property
    def diverged(self) -> bool:
        """Whether the training loss overflowed, or ended above where it began."""
        return not (np.isfinite(self.train).all() and self.train[-1] <= self.train[0])

    @property
    def score(self) -> float:
        """What trials are ranked by: the mean training loss of the last epoch, inf where it diverged."""
        return float("inf") if self.diverged else float(self.train[-RECORDS:].mean())

    def steps_to(self, target: float) -> float:
        """After how many steps the training loss was first recorded at `target` or below; nan for never."""
        reached = self.train <= target
        return float(self.steps[reached.argmax()]) if reached.any() else float("nan")

    def to_json(self) -> dict[str, Any]:
        """In JSON's types; exact."""
        curves = {name: getattr(self, name).tolist() for name in CURVES}
        return {**curves, "seconds": self.seconds}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Record":
        """The inverse of `to_json`."""
        steps, train, validation = (np.array(content[name], dtype=float) for name in CURVES)
        return cls(steps, train, validation, float(content["seconds"]))


def train(job: Job) -> Record:
    """Make the run."""
    problem, hypers = job.problem, dict[str, Any](job.hypers)
    validation: list[Array] = []
    stepped: list[float] = []
    began = thread_time()

    # run makes all steps, and then asks for the losses of its records in their order, at the point where the
    # rule wants to be judged.
    def loss(theta: Array, batch: Any = None) -> Array:
        stepped.append(thread_time() - began)
        if problem.validation_loss is not None:
            validation.extend(problem.validation_loss(one) for one in theta)
        return problem.loss(theta)

    done = run(
        job.runner.form,
        replace(problem, loss=loss),
        steps=job.steps,
        every=job.every,
        batch_size=job.batch_size,
        seed=job.seed,
        **hypers,
    )
    kept_back = np.array(validation) if validation else np.full(len(done.loss), np.nan)
    return Record(done.steps.astype(float), np.asarray(done.loss), kept_back, stepped[0])


def fingerprint(runner: Runner, problem: Problem) -> str | None:
    """What a record depends on besides the job's description; None where a function's source is unknown."""
    source = runner.source()
    if source is None:
        return None
    start = problem.start
    about = [runner.label.encode(), source.encode(), np.__version__.encode(), problem.grad(start).tobytes()]
    return hashlib.sha256(b"\0".join(about)).hexdigest()


def key(job: Job, print_: str) -> str:
    """What a record of this job is filed under."""
    return hashlib.sha256((print_ + json.dumps(job.description(), sort_keys=True)).encode()).hexdigest()[:24]
