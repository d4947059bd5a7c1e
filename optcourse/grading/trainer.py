"""Training tasks: the trainer runs here, and asks the submission in its sandbox for one step after the other.

Into the sandbox go its own theta and state, and the gradient at that theta, their coordinates in an order
that each run draws; problems, losses, validation examples and seeds stay here. Every run has a process of its
own, so that nothing learnt in one helps another. What trains as well by gradients of elsewhere is no rule.
"""

import contextlib
import secrets
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from optcourse.arrays import Array
from optcourse.checking.answering import Fault
from optcourse.grading.assignment import Asked as Task
from optcourse.grading.records import FindingResult, Submission, TaskResult
from optcourse.grading.sandbox import asking
from optcourse.grading.sandbox.asking import Handed, Loaded, Question
from optcourse.grading.sandbox.claims import named
from optcourse.grading.sandbox.endings import StoppedError
from optcourse.grading.sandbox.frames import FrameError
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.sealed import sealed
from optcourse.grading.sandbox.supervisor import Sandbox
from optcourse.grading.training import Training
from optcourse.scoring.training import (
    KEPT,
    STARTS,
    accuracy,
    form_findings,
    form_of,
    network_of,
    score_of,
    three_steps,
    zeros,
)

SECONDS = 30.0  # all runs of one task may calculate as long, and idle as long
MISLED = 60  # steps by gradients that lead nowhere; ten classes are guessed right a tenth of the time
CHANCE = 0.5
WHATEVER = "whatever the gradient is"


class FaultError(Exception):
    """The submission failed to make a step."""

    def __init__(self, fault: Fault, loaded: Loaded | None = None) -> None:
        super().__init__(fault.says)
        self.fault, self.loaded = fault, loaded


class Inside:
    """The submission's step, as a function of this side. `init` begins a run, in a fresh process."""

    def __init__(self, sandbox: Sandbox, submission: Submission, function: str, wide: bool = False) -> None:
        self.sandbox, self.submission, self.function, self.wide = sandbox, submission, function, wide
        self.job: Job | None = None
        self.cpu, self.idle = 0.0, 0.0  # seconds, of the runs that have ended
        self.said: set[str] = set()
        self.calls: dict[Any, asking.Call] = {}
        self.loaded = Loaded(Handed(function, {}))
        self.order: NDArray[np.intp] | None = None  # in which the run's coordinates are handed over
        self.misled = False  # whether the gradient's are handed over in an order of their own
        self.sealed = False  # whether its arguments are in memory that it can't write to
        self.arguments = contextlib.ExitStack()

    @property
    def changed(self) -> frozenset[str]:
        """The inputs that it was said to change."""
        return named("changed", self.said)

    def init(self, theta: Array, seed: int = 1) -> tuple[Array, Array, int]:
        """Start a process that has loaded the submission; its first state. FaultError if it can't be."""
        self.close()
        state = zeros(theta)
        inputs = self.arguments.enter_context(sealed([(theta, theta, *state)])) if self.sealed else None
        self.job = self.sandbox.job(seed, inputs)
        random = np.random.default_rng(secrets.randbits(64))
        self.order = random.permutation(theta.size)
        self.wrong_order = random.permutation(theta.size)
        self.loaded = asking.load(self.job, self.submission, self.function, self.wide)
        if self.loaded.fault:
            raise FaultError(self.loaded.fault, self.loaded)
        return state

    def step(
        self, theta: Array, grad: Array, state: tuple[Any, ...], **hypers: float
    ) -> tuple[Array, tuple[Any, ...]]:
        """One step, made in the sandbox. FaultError where it is none."""
        assert self.job is not None
        call = asking.step_call(hypers, theta, state)
        call = self.calls.setdefault((tuple(hypers.items()), call.shapes), call)
        self.look_at(self.job)
        self.job.allow()  # a step made is getting somewhere
        try:
            grad = grad[self.wrong_order] if self.misled else grad
            given = tuple(map(self.shuffled, (theta, grad, *state)))
            [returned] = asking.put(self.job, [Question(call, given)], [self.said])
        except (StoppedError, FrameError) as error:
            raise FaultError(asking.stopped(error), self.loaded) from error
        if isinstance(returned, Fault):
            self.loaded.function.untouched |= "untouched" in self.said
            raise FaultError(returned, self.loaded)
        *parts, theta = map(self.unshuffled, returned)
        # A count goes back as a Python number: an array of no dimension would make float64 of float32.
        return theta, tuple(part if np.ndim(part) else np.asarray(part).item() for part in parts)

    def shuffled(self, value: Any) -> Any:
        """A vector like theta as the submission gets it: weights that were trained at home fit no more."""
        if self.order is None or np.shape(value) != self.order.shape:
            return value
        return np.asarray(value)[self.order]

    def unshuffled(self, value: Any) -> Any:
        """What came back, in the order of the trainer."""
        if self.order is None or np.shape(value) != self.order.shape:
            return value
        back = np.empty_like(value)
        back[self.order] = value
        return back

    def look_at(self, job: Job) -> None:
        """FaultError where all runs together calculated, or idled, for too long."""
        cpu, idle = job.used
        runs = f"was stopped after {SECONDS:g} seconds for the runs of this task"
        if self.idle + idle > SECONDS:
            raise FaultError(Fault("ILE", "stopped", f"{runs}, in which it waited"))
        if self.cpu + cpu > SECONDS:
            raise FaultError(Fault("TLE", "stopped", runs))

    def close(self) -> None:
        """End the process of the last run."""
        self.arguments.close()
        job, self.job = self.job, None
        if job is not None:
            job.__exit__()
            cpu, idle = job.used
            self.cpu, self.idle = self.cpu + cpu, self.idle + idle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def train_task(
    submission: Submission,
    asked: Task,
    draw: int,
    sandbox: Sandbox,
    withdrawn: Sequence[str],
    wide: bool = False,
) -> tuple[TaskResult, Fault | None]:
    """The result of a training task; and the fault, where the file ends its process when it is imported."""
    training = asked.trains
    assert training is not None
    try:
        with Inside(sandbox, submission, asked.function, wide) as inside:
            if training.kind == "form":
                findings, says = form_results(inside), ""
            else:
                require_gradient(inside, network_of(training.kind, draw).initial(draw))
                how = score_findings if training.kind == "score" else accuracy_findings
                findings, says = how(inside, training, draw)
                if any(one.score for one in findings):
                    require_guidance(inside, training, draw)
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


def form_results(inside: Inside) -> tuple[FindingResult, ...]:
    """One finding for each part of the form."""
    found = form_findings(inside)
    writes = not inside.changed and writes_to_arguments(inside)
    if writes:
        says = "it changes its arguments in place"
        found = tuple(one._replace(good=False, says=says) if one.name == KEPT else one for one in found)
    return tuple(
        FindingResult(one.name, *rung(float(one.good)), "" if one.good else one.says) for one in found
    )


def writes_to_arguments(inside: Inside) -> bool:
    """Whether three steps that it can make it can't make where its arguments can't be written to."""
    inside.sealed = True
    try:
        three_steps(inside, np.float64, secrets.randbits(31))
    except FaultError:
        return True
    finally:
        inside.sealed = False
    return False


def require_gradient(inside: Inside, theta: Array) -> None:
    """FaultError where three steps come out the same for two other gradients: what trains goes by them.

    They begin at a start of the network that is trained, so that nobody can tell them from its steps.
    """
    grad = np.random.default_rng(secrets.randbits(64)).normal(scale=0.01, size=theta.size)
    ends: list[Array] = []
    order = None
    for sign in (1.0, -1.0):
        state: tuple[Any, ...] = inside.init(theta)
        order = inside.order = inside.order if order is None else order  # the same order twice
        now = theta
        for _ in range(3):
            now, state = inside.step(now, sign * grad, state)
        ends.append(now)
    if np.array_equal(ends[0], ends[1], equal_nan=True):
        raise FaultError(Fault("WA", "stopped", f"makes the same steps {WHATEVER}"))


def require_guidance(inside: Inside, training: Training, draw: int) -> None:
    """FaultError where it trains as far by gradients whose coordinates are out of order.

    They lead nowhere: what comes out right all the same was known before.
    """
    network, reached = network_of(training.kind, draw), 0.0
    inside.misled = True
    with contextlib.suppress(FaultError):  # that it can't make such a step says nothing against it
        reached = accuracy(form_of(inside.step, {}, inside.init), network, MISLED, draw + STARTS)
    inside.misled = False
    if reached > CHANCE:
        raise FaultError(Fault("WA", "stopped", f"trains as well {WHATEVER}"))


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
