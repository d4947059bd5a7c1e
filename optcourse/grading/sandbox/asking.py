"""Probes, put to a submission in a process of the sandbox one step at a time: the Answers that come back.

What goes in from one step to the next is the submission's own theta and state, and gradients fixed before.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import Answer, Fault, Probe
from optcourse.grading.records import Submission
from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.claims import claimed_fault, named, number, printed
from optcourse.grading.sandbox.endings import StoppedError
from optcourse.grading.sandbox.frames import Asked, FrameError
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.replies import Values, returned
from optcourse.grading.sandbox.sealed import Sealed
from optcourse.grading.sandbox.supervisor import Sandbox, SandboxError

HURRY = 0.25  # seconds for all probes in one process; who needs longer is asked them one by one


class Handed:
    """Stands for a function that only the sandbox can call: what a report wants to know of it."""

    def __init__(self, name: str, defaults: Mapping[str, float]) -> None:
        self.__name__, self.untouched = name, False
        self.__signature__ = inspect.Signature(
            [
                inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=value)
                for key, value in defaults.items()
            ]
        )

    def __call__(self) -> None:
        """Nothing: it is never called on this side."""
        raise TypeError(f"{self.__name__} can only be called in the sandbox")


class Loaded(NamedTuple):
    """What is told of a submission once its source has run: its function, or the fault that kept it away."""

    function: Handed
    fault: Fault | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Call:
    """What is the same whenever a probe calls the function: hypers, shapes, and what has to come back."""

    hypers: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]  # of the arguments
    wanted: tuple[Asked, ...]
    returns: tuple[int, ...] | None = None  # of what is no step

    @cached_property
    def room(self) -> int:
        """How many bytes what comes back takes at most."""
        return frames.largest_values(self.wanted)

    def described(self) -> dict[str, Any]:
        """All of it but the numbers, as the other side reads it."""
        told = {"hypers": list(self.hypers), "shapes": self.shapes}
        return told if self.returns is None else {**told, "returns": self.returns}


class Question(NamedTuple):
    """One call: a step takes theta, the gradient and the parts of the state."""

    call: Call
    arguments: Values


def ask(
    sandbox: Sandbox,
    submission: Submission,
    function: str,
    probes: Sequence[Probe],
    seed: int,
    wide: bool = False,
    inputs: Sealed | None = None,
) -> tuple[Loaded, list[Answer]]:
    """The answers to these probes, one after the other in one fresh process.

    A fault that ends the process ends the answers too, so there may be fewer. `seed` is what the global
    random generators start from; `inputs` has room for a call's arguments, where those are sealed.
    SandboxError is our fault.
    """
    answers: list[Answer] = []
    with sandbox.job(seed, inputs) as job:
        loaded = load(job, submission, function, wide)
        if loaded.fault:
            return loaded, answers
        for probe in probes:
            said: set[str] = set()
            answers.append(answered(job, probe, said))
            loaded.function.untouched |= "untouched" in said
            if ended(answers[-1].fault):
                return loaded, answers
        if answers and not answers[-1].fault and job.surplus():
            protocol = Fault(
                "BF", "protocol", "its process sent more answers than it was asked for (protocol)"
            )
            answers[-1] = answers[-1]._replace(fault=protocol)
    return loaded, answers


def ask_together(
    sandbox: Sandbox,
    submission: Submission,
    function: str,
    probes: Sequence[Probe],
    seed: int,
    wide: bool = False,
) -> tuple[Loaded, list[Answer]]:
    """The answers to all probes from one process, each step of all before the next step of any.

    There are none if anything is unusual: then each has to be asked in a process of its own.
    """
    calls = [call_of(probe) for probe in probes]
    said: list[set[str]] = [set() for _ in probes]
    values: list[list[Values]] = [[] for _ in probes]
    faults: list[Fault | None] = [None] * len(probes)
    with sandbox.job(seed) as job:
        loaded = load(job, submission, function, wide)
        if loaded.fault:
            return loaded, []
        job.hurry(HURRY)
        places = list(range(len(probes)))
        while places:
            questions = [Question(calls[place], arguments(probes[place], values[place])) for place in places]
            try:
                outcomes = put(job, questions, [said[place] for place in places])
            except (StoppedError, FrameError):
                return loaded, []  # no verdict: each probe is asked again, in a process of its own
            for place, outcome in zip(places, outcomes, strict=True):
                if isinstance(outcome, Fault):
                    faults[place] = outcome
                else:
                    values[place].append(outcome)
            if any(map(ended, faults)):
                return loaded, []
            places = [
                place for place in places if not faults[place] and len(values[place]) < steps(probes[place])
            ]
        if job.surplus():
            return loaded, []
    loaded.function.untouched = any("untouched" in words for words in said)
    return loaded, [answer(*one) for one in zip(values, said, faults, strict=True)]


def ended(fault: Fault | None) -> bool:
    """Whether a process did not outlive this fault."""
    return fault is not None and fault.kind in ("stopped", "protocol")


def load(job: Job, submission: Submission, function: str, wide: bool = False) -> Loaded:
    """Have the source run in the process: of a notebook what the function needs, or more (`wide`)."""
    asked = {
        "op": "load",
        "cells": [(cell.label, cell.source) for cell in submission.cells],
        "kind": submission.kind,
        "function": function,
        "wide": wide,
    }
    try:
        kind, body = job.request(asked, (), frames.largest_body(()))
        texts, _ = frames.read_texts(body)
        if kind == frames.FAULT:
            return Loaded(Handed(function, {}), *claimed_fault(texts))
        if kind != frames.READY:
            raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    except (StoppedError, FrameError) as error:
        return Loaded(Handed(function, {}), stopped(error))
    facts = list(zip(texts[::2], texts[1::2], strict=False))
    defaults = dict(found for name, value in facts if name == "default" and (found := number(value)))
    notes = tuple(value[:300] for name, value in facts if name == "note")[:20]
    return Loaded(Handed(function, defaults), None, notes)


def answered(job: Job, probe: Probe, said: set[str]) -> Answer:
    """The answer of a process that has loaded the submission; what else it says is added to `said`."""
    values: list[Values] = []
    call = call_of(probe)
    for _ in range(steps(probe)):
        try:
            [outcome] = put(job, [Question(call, arguments(probe, values))], [said])
        except (StoppedError, FrameError) as error:
            outcome = stopped(error)
        if isinstance(outcome, Fault):
            return answer(values, said, outcome)
        values.append(outcome)
    return answer(values, said, None)


def steps(probe: Probe) -> int:
    """How often a probe calls the function."""
    return 1 if probe.args else len(probe.grads)


def call_of(probe: Probe) -> Call:
    """How a probe calls the function."""
    if probe.args:
        wanted = (Asked(probe.returns, not probe.returns),)
        return Call(probe.hypers, tuple(map(np.shape, probe.args)), wanted, probe.returns)
    return step_call(probe.hypers, probe.theta, probe.state)


def step_call(hypers: Mapping[str, Any], theta: Any, state: Values) -> Call:
    """How a step is called for a theta and state of these shapes."""
    shapes = tuple(map(np.shape, (theta, theta, *state)))
    parts = (Asked(shape, not shape) for shape in shapes[2:])
    return Call(hypers, shapes, (*parts, Asked(shapes[0], False)))


def arguments(probe: Probe, before: list[Values]) -> Values:
    """What the function is called with next, after the calls that have returned `before`."""
    if probe.args:
        return probe.args
    if not before:
        return (probe.theta, probe.grads[0], *probe.state)
    *returned, theta = before[-1]
    state = map(fed_back, returned, probe.state)
    return (theta, probe.grads[len(before)], *state)


def fed_back(returned: Any, first: Any) -> Any:
    """A part of the state as the function returned it; a plain number stays one.

    As an array of no axes, a count would make float64 of float32.
    """
    return (
        returned.item()
        if isinstance(returned, np.ndarray) and not isinstance(first, np.ndarray)
        else returned
    )


def put(job: Job, questions: list[Question], said: list[set[str]]) -> list[Values | Fault]:
    """What each call returns, or its fault; StoppedError or FrameError where no answer comes.

    What the process has been told of a call it is not told again.
    """
    told: list[int | dict[str, Any]] = []
    values: list[Any] = []
    if job.inputs:
        job.inputs.write([value for _, given in questions for value in given])
    for call, given in questions:
        if (number := job.calls.get(call)) is None:
            job.calls[call] = len(job.calls)
            values += call.hypers.values()
        told.append(call.described() if number is None else number)
        values += given
    most = frames.largest_body(()) + sum(call.room for call, _ in questions)
    kind, body = job.request({"op": "call", "questions": told}, values, most)
    outcomes = returned(kind, body, [call.wanted for call, _ in questions], said)
    if job.inputs and not isinstance(outcomes[0], Fault):
        said[0].update(f"aliased {name}" for name in aliased(job, questions[0].call, outcomes[0]))
    return outcomes


def aliased(job: Job, call: Call, values: Values) -> set[str]:
    """Which of the values that came back are an input's own memory: those that changed with it."""
    assert job.inputs
    job.inputs.invert()
    kind, body = job.request({"op": "again"}, (), frames.largest_body(call.wanted))
    [again] = returned(kind, body, [call.wanted], [set()])
    if isinstance(again, Fault):
        raise FrameError("its process did not say again what it had answered (protocol)")
    changed = [
        np.asarray(one).tobytes() != np.asarray(other).tobytes()
        for one, other in zip(values, again, strict=True)
    ]
    if call.returns is not None:
        return {"the value"} if changed[0] else set()
    return ({"state"} if any(changed[:-1]) else set()) | ({"theta"} if changed[-1] else set())


def answer(values: list[Values], said: set[str], fault: Fault | None) -> Answer:
    """What came back, as the judge takes it."""
    arrays = tuple(tuple(np.asarray(value) for value in step) for step in values)
    return Answer(arrays, fault, named("changed", said), named("aliased", said), printed(said))


def stopped(error: StoppedError | FrameError) -> Fault:
    """The end of a process, or of its manners, as a fault of its function."""
    return Fault(error.code, "protocol" if isinstance(error, FrameError) else "stopped", str(error))


__all__ = ["Handed", "Loaded", "SandboxError", "ask", "ask_together"]
