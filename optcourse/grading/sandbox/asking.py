"""Probes, put to a submission in a process of the sandbox one step at a time: the Answers that come back.

What goes in from one step to the next is the submission's own theta and state, and gradients fixed before.
"""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import Answer, Fault, Probe
from optcourse.grading.records import Submission
from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.claims import ClaimedFaultError, claimed_fault, named, number, printed
from optcourse.grading.sandbox.endings import StoppedError
from optcourse.grading.sandbox.frames import Asked, FrameError
from optcourse.grading.sandbox.job import Job
from optcourse.grading.sandbox.supervisor import Sandbox, SandboxError

HURRY = 0.25  # seconds for all probes in one process; who needs longer is asked them one by one
Values = tuple[Any, ...]


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


class Question(NamedTuple):
    """One call: its hypers and arguments, and what it has to return."""

    hypers: Mapping[str, Any]
    arguments: Values
    wanted: tuple[Asked, ...]
    returns: tuple[int, ...] | None = None  # of what is no step


def ask(
    sandbox: Sandbox,
    submission: Submission,
    function: str,
    probes: Sequence[Probe],
    seed: int,
    hurry: bool = False,
) -> tuple[Loaded, list[Answer]]:
    """The answers to these probes, one after the other in one fresh process.

    A fault that ends the process ends the answers too, so there may be fewer; where it is to `hurry`, so
    does taking long. `seed` is what the global random generators start from. SandboxError is our fault.
    """
    answers: list[Answer] = []
    with sandbox.job() as job:
        loaded = load(job, submission, function, seed)
        if loaded.fault:
            return loaded, answers
        if hurry:
            job.hurry(HURRY)
        for probe in probes:
            said: set[str] = set()
            answers.append(answered(job, probe, said))
            loaded.function.untouched |= "untouched" in said
            if (fault := answers[-1].fault) and fault.kind in ("stopped", "protocol"):
                return loaded, answers
        if answers and not answers[-1].fault and job.surplus():
            protocol = Fault(
                "BF", "protocol", "its process sent more answers than it was asked for (protocol)"
            )
            answers[-1] = answers[-1]._replace(fault=protocol)
    return loaded, answers


def ask_together(
    sandbox: Sandbox, submission: Submission, function: str, probes: Sequence[Probe], seed: int
) -> tuple[Loaded, list[Answer]]:
    """The answers to all probes from one process, each step of all before the next step of any.

    There are none if anything is unusual: then each has to be asked in a process of its own.
    """
    with sandbox.job() as job:
        loaded = load(job, submission, function, seed)
        if loaded.fault:
            return loaded, []
        job.hurry(HURRY)
        said: list[set[str]] = [set() for _ in probes]
        values: list[list[Values]] = [[] for _ in probes]
        try:
            for step in range(max(map(steps, probes))):
                places = [place for place, probe in enumerate(probes) if step < steps(probe)]
                questions = [question(probes[place], values[place]) for place in places]
                returned = put(job, questions, [said[place] for place in places])
                for place, value in zip(places, returned, strict=True):
                    values[place].append(value)
        except (ClaimedFaultError, StoppedError, FrameError):
            return loaded, []  # no verdict: each probe is asked again, in a process of its own
        if job.surplus():
            return loaded, []
    return loaded, [answer(one, words, None) for one, words in zip(values, said, strict=True)]


def load(job: Job, submission: Submission, function: str, seed: int) -> Loaded:
    """Have the source run in the process."""
    asked = {
        "op": "load",
        "cells": [(cell.label, cell.source) for cell in submission.cells],
        "kind": submission.kind,
        "function": function,
        "seed": seed,
    }
    try:
        kind, body = job.request(asked, (), frames.largest_body(()))
        texts, _ = frames.read_texts(body)
        if kind == frames.FAULT:
            raise claimed_fault(texts)
        if kind != frames.READY:
            raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    except ClaimedFaultError as claimed:
        return Loaded(Handed(function, {}), claimed.fault, claimed.notes)
    except (StoppedError, FrameError) as error:
        return Loaded(Handed(function, {}), stopped(error))
    facts = list(zip(texts[::2], texts[1::2], strict=False))
    defaults = dict(found for name, value in facts if name == "default" and (found := number(value)))
    notes = tuple(value for name, value in facts if name == "note")
    return Loaded(Handed(function, defaults), None, notes)


def answered(job: Job, probe: Probe, said: set[str]) -> Answer:
    """The answer of a process that has loaded the submission; what else it says is added to `said`."""
    values: list[Values] = []
    fault = None
    try:
        for _ in range(steps(probe)):
            values += put(job, [question(probe, values)], [said])
    except ClaimedFaultError as error:
        fault = error.fault
        said.update(error.notes)
    except (StoppedError, FrameError) as error:
        fault = stopped(error)
    return answer(values, said, fault)


def steps(probe: Probe) -> int:
    """How often a probe calls the function."""
    return 1 if probe.args else len(probe.grads)


def question(probe: Probe, before: list[Values]) -> Question:
    """The next call, after those that have returned `before`."""
    if probe.args:
        wanted = Asked(probe.returns, not probe.returns)
        return Question(probe.hypers, probe.args, (wanted,), probe.returns)
    if before:
        *returned, theta = before[-1]
        state = [fed_back(part, first) for part, first in zip(returned, probe.state, strict=True)]
    else:
        state, theta = list(probe.state), probe.theta
    parts = (Asked(np.shape(part), np.ndim(part) == 0) for part in probe.state)
    wanted = Asked(probe.theta.shape, False)
    return Question(probe.hypers, (theta, probe.grads[len(before)], *state), (*parts, wanted))


def fed_back(returned: Any, first: Any) -> Any:
    """A part of the state as the function returned it; a plain number stays one.

    As an array of no axes, a count would make float64 of float32.
    """
    return (
        returned.item()
        if isinstance(returned, np.ndarray) and not isinstance(first, np.ndarray)
        else returned
    )


def put(job: Job, questions: list[Question], said: list[set[str]]) -> list[Values]:
    """What these calls return; StoppedError, FrameError or ClaimedFaultError where one returns nothing."""
    values = [value for one in questions for value in (*one.hypers.values(), *one.arguments)]
    asked = {"op": "call", "questions": [described(one) for one in questions]}
    wanted = [part for one in questions for part in one.wanted]
    kind, body = job.request(asked, values, frames.largest_body(wanted))
    texts, rest = frames.read_texts(body)
    if kind == frames.FAULT:
        raise claimed_fault(texts)
    if kind != frames.VALUES:
        raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    for place, words in enumerate(said):
        words.update(text.partition(" ")[2] for text in texts if text.startswith(f"{place} "))
    found = iter(frames.read_values(rest, wanted))
    return [tuple(next(found) for _ in one.wanted) for one in questions]


def described(one: Question) -> dict[str, Any]:
    """A call, without its numbers, as the other side reads it."""
    values = (*one.hypers.values(), *one.arguments)
    told: dict[str, Any] = {"hypers": list(one.hypers), "shapes": [np.shape(value) for value in values]}
    return told if one.returns is None else {**told, "returns": one.returns}


def answer(values: list[Values], said: set[str], fault: Fault | None) -> Answer:
    """What came back, as the judge takes it."""
    arrays = tuple(tuple(np.asarray(value) for value in step) for step in values)
    return Answer(arrays, fault, named("changed", said), named("aliased", said), printed(said))


def stopped(error: StoppedError | FrameError) -> Fault:
    """The end of a process, or of its manners, as a fault of its function."""
    return Fault(error.code, "protocol" if isinstance(error, FrameError) else "stopped", str(error))


__all__ = ["Handed", "Loaded", "SandboxError", "ask", "ask_together"]
