"""A probe, put to a submission in a process of its own, one step at a time: the Answer that comes back.

What goes in from one step to the next is the submission's own theta and state, and gradients fixed before.
"""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optcourse.checking.answering import Answer, Fault, Probe
from optcourse.grading.records import Submission
from optcourse.grading.sandbox import frames
from optcourse.grading.sandbox.frames import Asked, FrameError
from optcourse.grading.sandbox.supervisor import Job, Sandbox, SandboxError, StoppedError

# The codes and kinds that a submission's process may claim; anything else is a forged frame.
CODES = ("BF", "CE", "MLE", "NA", "NF", "OLE", "RE")
KINDS = [
    "none",
    "structure",
    "swapped",
    "state",
    "type",
    "shape",
    "dtype",
    "signature",
    "not-attempted",
    "raised",
    "stopped",
    "import",
    "import-raised",
    "syntax",
    "rules",
    "missing",
    "inside",
    "not-callable",
]
NAME = re.compile(r"(theta|grad|state|the value|[a-z_]\w{0,30})(\[\d+\])?")


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


def ask(
    sandbox: Sandbox, submission: Submission, function: str, probes: Sequence[Probe], seed: int
) -> tuple[Loaded, list[Answer]]:
    """The answers to these probes, all from one fresh process; a fault ends it, so there may be fewer.

    `seed` is what its global random generators start from. SandboxError is our fault.
    """
    answers: list[Answer] = []
    with sandbox.job() as job:
        loaded = load(job, submission, function, seed)
        if loaded.fault:
            return loaded, answers
        for probe in probes:
            said: set[str] = set()
            answers.append(answered(job, probe, said))
            loaded.function.untouched |= "untouched" in said
            if answers[-1].fault and answers[-1].fault.kind in ("stopped", "protocol"):
                return loaded, answers
        if answers and not answers[-1].fault and job.surplus():
            protocol = Fault(
                "BF", "protocol", "its process sent more answers than it was asked for (protocol)"
            )
            answers[-1] = answers[-1]._replace(fault=protocol)
    return loaded, answers


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
            fault, notes = claimed_fault(texts)
            return Loaded(Handed(function, {}), fault, notes)
        if kind != frames.READY:
            raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    except (StoppedError, FrameError) as error:
        return Loaded(Handed(function, {}), stopped(error))
    facts = list(zip(texts[::2], texts[1::2], strict=False))
    defaults = dict(default for name, value in facts if name == "default" for default in number(value))
    notes = tuple(value for name, value in facts if name == "note")
    return Loaded(Handed(function, defaults), None, notes)


def answered(job: Job, probe: Probe, said: set[str]) -> Answer:
    """The answer of a process that has loaded the submission; what else it says is added to `said`."""
    values: list[tuple[Any, ...]] = []
    fault = None
    try:
        if probe.args:
            returns = Asked(probe.returns, not probe.returns)
            values.append(asked_once(job, "call", probe, probe.args, (returns,), said))
        else:
            theta, state = probe.theta, probe.state
            wanted = (
                *(Asked(np.shape(part), np.ndim(part) == 0) for part in state),
                Asked(theta.shape, False),
            )
            for grad in probe.grads:
                returned = asked_once(job, "step", probe, (theta, grad, *state), wanted, said)
                state, theta = returned[:-1], returned[-1]
                values.append(returned)
    except ClaimedFaultError as error:
        fault = error.fault
    except (StoppedError, FrameError) as error:
        fault = stopped(error)
    arrays = tuple(tuple(np.asarray(value) for value in step) for step in values)
    return Answer(arrays, fault, named("changed", said), named("aliased", said), printed(said))


def asked_once(
    job: Job, op: str, probe: Probe, arguments: Iterable[Any], wanted: tuple[Asked, ...], said: set[str]
) -> tuple[Any, ...]:
    """What one call returns; StoppedError, FrameError or ClaimedFaultError where it returns nothing."""
    values = (*probe.hypers.values(), *arguments)
    asked = {"op": op, "hypers": list(probe.hypers), "shapes": [np.shape(value) for value in values]}
    if op == "call":
        asked["returns"] = probe.returns
    kind, body = job.request(asked, values, frames.largest_body(wanted))
    texts, rest = frames.read_texts(body)
    if kind == frames.FAULT:
        fault, more = claimed_fault(texts)
        said.update(more)
        raise ClaimedFaultError(fault)
    if kind != frames.VALUES:
        raise FrameError("its process sent an answer that nothing had asked for (protocol)")
    said.update(texts)
    return frames.read_values(rest, wanted)


class ClaimedFaultError(Exception):
    """The process answered that the function failed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.says)
        self.fault = fault


def claimed_fault(texts: tuple[str, ...]) -> tuple[Fault, tuple[str, ...]]:
    """The fault that these texts tell of, and notes; FrameError where they tell of none."""
    if len(texts) < 5 or texts[0] not in CODES or texts[1] not in KINDS:
        raise FrameError("its process sent something that is no answer (protocol)")
    code, kind, says, line, text = texts[:5]
    return Fault(
        code, kind, says[:2000], int(line) if re.fullmatch(r"\d{1,6}", line) else None, text[:300]
    ), texts[5:]


def stopped(error: StoppedError | FrameError) -> Fault:
    """The end of a process, or of its manners, as a fault of its function."""
    return Fault(error.code, "protocol" if isinstance(error, FrameError) else "stopped", str(error))


def number(text: str) -> list[tuple[str, float]]:
    """The (name, value) in "lr=0.001"; none where it says something else."""
    if not re.fullmatch(r"[A-Za-z_]\w{0,30}=[-+.\deE]{1,30}", text):
        return []
    name, _, value = text.partition("=")
    try:
        return [(name, float(value) if set(value) & set(".eE") else int(value))]
    except ValueError:
        return []


def named(word: str, said: set[str]) -> frozenset[str]:
    """The inputs that were said to be changed or aliased."""
    names = {text[len(word) + 1 :] for text in said if text.startswith(f"{word} ")}
    return frozenset(name for name in names if NAME.fullmatch(name))


def printed(said: set[str]) -> str:
    """What the function printed."""
    return "".join(sorted(text[8:2008] for text in said if text.startswith("printed ")))


__all__ = ["Handed", "Loaded", "SandboxError", "ask"]
