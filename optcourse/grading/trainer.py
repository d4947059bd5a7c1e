"""Training tasks: the trainer runs here, and asks the submission in its sandbox for one step after the other.

Into the sandbox go its own theta and state, and the gradient at that theta; problems, losses, validation
examples and seeds stay here. Every run has a process of its own, so that nothing learnt in one helps another.
"""

import time
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from optcourse.arrays import Array
from optcourse.checking.answering import Fault
from optcourse.grading.assignment import Asked as Task
from optcourse.grading.records import FindingResult, Submission, TaskResult
from optcourse.grading.sandbox import asking
from optcourse.grading.sandbox.asking import Handed, Loaded, Question
from optcourse.grading.sandbox.claims import ClaimedFaultError, named
from optcourse.grading.sandbox.endings import StoppedError
from optcourse.grading.sandbox.frames import Asked, FrameError
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.supervisor import Sandbox
from optcourse.grading.training import FORM, Training
from optcourse.scoring.training import STARTS, accuracy, form_of, network_of, score_of, zeros

SECONDS = 60.0  # on the clock, that all steps of one task may take


class FaultError(Exception):
    """The submission failed to make a step."""

    def __init__(self, fault: Fault, loaded: Loaded | None = None) -> None:
        super().__init__(fault.says)
        self.fault, self.loaded = fault, loaded


class Inside:
    """The submission's step, as a function of this side. `init` begins a run, in a fresh process."""

    def __init__(self, sandbox: Sandbox, submission: Submission, function: str) -> None:
        self.sandbox, self.submission, self.function = sandbox, submission, function
        self.job: Job | None = None
        self.seed = 1  # of the process' own random generators
        self.spent, self.idle = 0.0, 0.0
        self.said: set[str] = set()
        self.loaded = Loaded(Handed(function, {}))

    def init(self, theta: Array, **hypers: Any) -> tuple[Array, Array, int]:
        """Start a process that has loaded the submission; its first state. FaultError if it can't be."""
        self.close()
        self.job = self.sandbox.job()
        self.idle = 0.0
        began = time.monotonic()
        self.loaded = asking.load(self.job, self.submission, self.function, self.seed)
        self.spent += time.monotonic() - began
        if self.loaded.fault:
            raise FaultError(self.loaded.fault, self.loaded)
        return zeros(theta)

    def step(
        self, theta: Array, grad: Array, state: tuple[Any, ...], **hypers: float
    ) -> tuple[Array, tuple[Any, ...]]:
        """One step, made in the sandbox. FaultError where it is none."""
        assert self.job is not None
        wanted = tuple(Asked(np.shape(part), np.ndim(part) == 0) for part in (*state, theta))
        question = Question(hypers, (theta, grad, *state), wanted)
        if self.spent > SECONDS:
            says = f"took more than {SECONDS:g} seconds for all steps of this task"
            raise FaultError(Fault("TLE", "stopped", says), self.loaded)
        # Only what it takes itself counts as waiting, and not what the gradients take on this side.
        began = time.monotonic()
        self.job.deadline = deadline = began + self.job.limits.wall - self.idle
        try:
            [returned] = asking.put(self.job, [question], [self.said])
        except ClaimedFaultError as error:
            self.loaded.function.untouched |= "untouched" in error.notes
            raise FaultError(error.fault, self.loaded) from error
        except (StoppedError, FrameError) as error:
            raise FaultError(asking.stopped(error), self.loaded) from error
        took = time.monotonic() - began
        self.spent += took
        self.idle = self.idle + took if self.job.deadline == deadline else 0.0
        *parts, theta = returned
        # A count goes back as a Python number: an array of no dimension would make float64 of float32.
        return theta, tuple(part if np.ndim(part) else np.asarray(part).item() for part in parts)

    def close(self) -> None:
        """End the process of the last run."""
        if self.job is not None:
            self.job.__exit__()
            self.job = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def train_task(
    submission: Submission, asked: Task, draw: int, sandbox: Sandbox, withdrawn: Sequence[str]
) -> tuple[TaskResult, Fault | None]:
    """The result of a training task; and the fault, where the file ends its process when it is imported."""
    training = asked.trains
    assert training is not None
    try:
        with Inside(sandbox, submission, asked.function) as inside:
            if training.kind == "form":
                findings, says = form_findings(inside), ""
            elif training.kind == "score":
                findings, says = score_findings(inside, training, draw)
            else:
                findings, says = accuracy_findings(inside, training, draw)
            notes = inside.loaded.notes
    except FaultError as error:
        return faulty(asked, error)
    counted = [one for one in findings if one.name not in withdrawn]
    score = sum(one.score for one in counted) / len(counted) if counted else 1.0
    verdict = "AC" if score == 1 else "PC" if score else "WA"
    if training.kind == "form":
        wrong = [f"{one.name}: {one.message}" for one in counted if one.score < 1]
        says = "; ".join(wrong) or "keeps to the form."
    says = f"{asked.function}: {says}"
    points, findings = float(asked.points), tuple(counted)
    return TaskResult(asked.task, verdict, score, points, says, findings=findings, notes=notes), None


def accuracy_findings(inside: Inside, training: Training, draw: int) -> tuple[tuple[FindingResult, ...], str]:
    """One finding for each start."""
    form = form_of(inside.step, {}, inside.init)
    network = network_of(training.kind, draw)
    reached = [accuracy(form, network, training.steps, draw + start) for start in range(STARTS)]
    findings = tuple(
        FindingResult(name, *rung(training.part(value)), f"validation accuracy {value:.2f}")
        for name, value in zip(training.tests, reached, strict=True)
    )
    values = ", ".join(f"{value:.2f}" for value in reached)
    what = "the digits" if training.kind == "digits" else "a network and digits that you have not seen"
    says = f"validation accuracy {values} on {what}, from {STARTS} new starts, after {training.steps} steps"
    return findings, f"{says}; {ladder_text(training)}."


def score_findings(inside: Inside, training: Training, draw: int) -> tuple[tuple[FindingResult, ...], str]:
    """One finding, for the score in all."""
    first = zeros(np.zeros(1))
    inside.init(first[0])  # for its defaults
    defaults = {
        name: parameter.default for name, parameter in inside.loaded.function.__signature__.parameters.items()
    }
    found = score_of(form_of(inside.step, defaults, inside.init), draw)
    assert found.score is not None
    each = ", ".join(f"{one.problem} {one.score:.2f}" for one in found.problems)
    finding = FindingResult(training.tests[0], *rung(training.part(found.score)), each)
    return (finding,), f"score {found.score:.2f} ({each}), with new seeds; {ladder_text(training)}."


def form_findings(inside: Inside) -> tuple[FindingResult, ...]:
    """Four findings about the form; FaultError where a step can't be made."""
    double, again = three_steps(inside, np.float64, 1), three_steps(inside, np.float64, 2)
    changed = ", ".join(sorted(named("changed", inside.said)))
    single = three_steps(inside, np.float32, 1)
    results = (
        (bool(np.isfinite(double[-1]).all()), "theta is no number any more"),
        (all(part.dtype == np.float32 for part in single), "float32 goes in and float64 comes back"),
        (not changed, f"it changes {changed} in place"),
        (
            all(a.tobytes() == b.tobytes() for a, b in zip(double, again, strict=True)),
            "it does not return the same for the same arguments (does it draw random numbers?)",
        ),
    )
    return tuple(
        FindingResult(name, "AC" if good else "WA", float(good), "" if good else says)
        for name, (good, says) in zip(FORM, results, strict=True)
    )


def three_steps(inside: Inside, dtype: type, seed: int) -> list[Array]:
    """The arrays of the state and theta after each of three steps, in a fresh process."""
    theta: Array = np.linspace(-1, 1, 7).astype(dtype)
    grads = [np.cos(theta + number).astype(dtype) for number in range(3)]
    inside.seed = seed
    state: tuple[Any, ...] = inside.init(theta)
    arrays: list[Array] = []
    for grad in grads:
        theta, state = inside.step(theta, grad, state)
        arrays += [*(part for part in state if isinstance(part, np.ndarray)), theta]
    return arrays


def rung(part: float) -> tuple[str, float]:
    """A verdict with its score."""
    return ("AC" if part == 1 else "PC" if part else "WA"), part


def ladder_text(training: Training) -> str:
    """Which parts of the points are earned from where on."""
    return ", ".join(f"{part:.0%} of the points from {least:g}" for least, part in training.ladder)


def faulty(asked: Task, error: FaultError) -> tuple[TaskResult, Fault | None]:
    """The result where no step came back, with the fault if it is one of the whole file."""
    fault, loaded = error.fault, error.loaded
    notes = loaded.notes if loaded else ()
    ends = fault if loaded and loaded.fault and fault.kind == "stopped" else None
    if fault.code == "NA" or (loaded and loaded.function.untouched):
        says = f"{asked.function} is not attempted yet."
        return TaskResult(asked.task, "NA", 0.0, float(asked.points), says, notes=notes), ends
    line = f" ({f'line {fault.line}: ' if fault.line else ''}{fault.text})" if fault.text else ""
    says = f"{asked.function}: {fault.says.rstrip('.')}{line}."
    return TaskResult(asked.task, fault.code, 0.0, float(asked.points), says, notes=notes), ends
