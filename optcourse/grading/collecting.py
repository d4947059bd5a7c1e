"""One submission's answers to the probes of a task; what it keeps from one probe helps with no other.

A right answer counts from wherever it comes, for no expected value is inside. So all probes are asked in
one process first (`together`); an answer that may be wrong for what it kept counts only if another process,
asked in the other order, says the same. A process for each probe (`each_alone`) settles all else.
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from optcourse.checking.answering import Answer, Fault, Probe
from optcourse.checking.judging import largest
from optcourse.grading.records import Submission
from optcourse.grading.sandbox.asking import Loaded, arguments, ask, ask_together, fed_back
from optcourse.grading.sandbox.sealed import sealed
from optcourse.grading.sandbox.supervisor import Sandbox

GIVE_UP = 2  # probes that ran into a limit; the rest of the task would cost as long again
LIMITS = ("TLE", "ILE", "MLE", "OLE")
# What the global random generators start from: twice the same, and nothing else, would be luck.
FIRST, SECOND, THIRD = 1, 2, 3
ARGUMENTS = frozenset({"arguments"})  # changed, where nobody can say which of them


class Case(NamedTuple):
    """Whose function is asked what, and where."""

    sandbox: Sandbox
    submission: Submission
    function: str
    probes: tuple[Probe, ...]
    wide: bool = False  # whether more of a notebook is run than the function seems to need


def together(case: Case) -> tuple[Loaded, tuple[Answer, ...]]:
    """What it answers when it is asked all probes in one process; nothing where that is not so simple."""
    loaded, answers = ask_together(*case[:4], FIRST, case.wide)
    return loaded, tuple(answers)


def confirmed(case: Case, answers: Sequence[Answer], wrong: Sequence[int]) -> bool:
    """Whether another process, asked in the other order, says the same to the last bit.

    `wrong` has for each probe the step at which its answer is first wrong, up to which it is asked again; 0
    for a right one, which is asked again only if all are.
    """
    asked = list(zip(case.probes, answers, wrong, strict=True))
    pairs = [until(step, probe, one) for probe, one, step in asked if step] or [one[:2] for one in asked]
    probes, given = zip(*reversed(pairs), strict=True)
    _, again = ask_together(*case[:3], probes, SECOND, case.wide)
    return bool(again) and all(map(the_same, given, again))


class Upheld(NamedTuple):
    """What a fresh process makes of answers: what it answers otherwise (a fault), and the answers as seen.

    In `answers` each has changed and aliased what it says, and what it was seen to.
    """

    fault: Fault | None
    answers: tuple[Answer, ...]


def upheld(case: Case, answers: tuple[Answer, ...]) -> Upheld:
    """The answers, held against those of a fresh process that is asked in the middle of some probe.

    It is told theta and the state as they came back there, and nothing else: whoever keeps them elsewhere,
    or was lucky, has nothing to go by, and is at fault (ND). Which probe, step and seed it is, nobody can
    know. Of each other probe it is asked one step. All arguments are the grader's own memory, which it can't
    write to: that it changes one, or hands one back, is seen here, whatever it says.
    """
    whole = [number for number, answer in enumerate(answers) if answer.values and not answer.fault]
    number = secrets.choice(telling(case.probes, answers, whole))
    last = len(answers[number].values) - 1
    begun, given = resumed(case.probes[number], answers[number], 1 + secrets.randbelow(last) if last else 0)
    asked = [begun]
    for other in whole:
        probe, answer = resumed(
            case.probes[other], answers[other], suspicious(case.probes[other], answers[other])
        )
        asked.append(until(1, probe, answer)[0])
    seed = secrets.randbits(31)
    with sealed([arguments(probe, []) for probe in asked]) as inputs:
        _, again = ask(*case[:3], asked, seed, case.wide, inputs)
    seen = list(answers)
    if len(again) < len(asked) or again[-1].fault:
        _, free = ask(*case[:3], asked, seed, case.wide)
        if inputs and len(free) == len(asked) and not free[-1].fault:
            seen[whole[0]] = seen[whole[0]]._replace(changed=ARGUMENTS)
        again = free
    for other, one in zip((number, *whole), again, strict=False):
        if not one.aliased <= seen[other].aliased:
            seen[other] = seen[other]._replace(aliased=seen[other].aliased | one.aliased)
    agrees = again and not again[0].fault and close(given, again[0])
    says = "does not return the same for the same theta, gradient and state"
    return Upheld(None if agrees else Fault("ND", "told", says), tuple(seen))


def resumed(probe: Probe, answer: Answer, step: int) -> tuple[Probe, Answer]:
    """A probe that begins where this one is after so many steps, and its answer."""
    if not step:
        return probe, answer
    *parts, theta = answer.values[step - 1]
    state = tuple(map(fed_back, parts, probe.state))
    begun = probe._replace(theta=theta, state=state, grads=probe.grads[step:])
    return begun, answer._replace(values=answer.values[step:])


def suspicious(probe: Probe, answer: Answer) -> int:
    """A step at which an input may have come back, as something that did is its equal; else any."""
    steps = range(len(answer.values))
    return secrets.choice([step for step in steps if comes_back(*resumed(probe, answer, step))] or steps)


def comes_back(probe: Probe, answer: Answer) -> bool:
    """Whether something that the first step returns is the same, to the bit, as something it was given."""
    given = {np.asarray(one).tobytes() for one in arguments(probe, []) if np.ndim(one)}
    return any(np.asarray(one).tobytes() in given for one in answer.values[0] if np.ndim(one))


def telling(probes: Sequence[Probe], answers: Sequence[Answer], whole: Sequence[int]) -> Sequence[int]:
    """Those of the probes `whole`, by number, that tell most when they are asked again.

    Those of several steps, as nobody can be asked in the middle of one; and of them those whose last gradient
    isn't zero, as whoever is wrong by a factor of the gradient answers the others alike.
    """
    long = [number for number in whole if len(answers[number].values) > 1]
    return [number for number in long if np.any(probes[number].grads[-1])] or long or whole


def close(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same but for what another place in memory may round."""
    return all(
        np.allclose(a, b, rtol=0, atol=1e-9 * largest(a) + 1e-300, equal_nan=True)
        for first, second in zip(one.values, other.values, strict=True)
        for a, b in zip(first, second, strict=True)
    )


def until(step: int, probe: Probe, answer: Answer) -> tuple[Probe, Answer]:
    """A probe and its answer up to a step."""
    return probe._replace(grads=probe.grads[:step]), answer._replace(values=answer.values[:step])


def the_same(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same, or fail in the same way."""
    return one.fault == other.fault and same(one._replace(fault=None), other._replace(fault=None))


def each_alone(case: Case, give_up: int = GIVE_UP) -> tuple[Loaded, tuple[Answer, ...]]:
    """What it answers to each probe in a process of its own; a fault at import or `give_up` limits end it."""
    answers: list[Answer] = []
    loaded = None
    for probe in case.probes:
        loaded, answer = alone(case, probe, FIRST)
        if loaded.fault:
            return loaded, ()
        answers.append(answer)
        if sum(bool(one.fault and one.fault.code in LIMITS) for one in answers) >= give_up:
            break
    assert loaded is not None
    skipped = Fault("SK", "stopped", f"was not asked any more, as {give_up} before it ran into a limit")
    answers += [Answer((), skipped)] * (len(case.probes) - len(answers))
    for number, fault in unsteady(case, answers).items():
        answers[number] = answers[number]._replace(fault=fault)
    return loaded, tuple(answers)


def alone(case: Case, probe: Probe, seed: int) -> tuple[Loaded, Answer]:
    """One probe in a process of its own."""
    loaded, answers = ask(*case[:3], [probe], seed, case.wide)
    return loaded, answers[0] if answers else Answer((), loaded.fault)


def unsteady(case: Case, answers: list[Answer]) -> dict[int, Fault]:
    """The probes that are answered otherwise when they are asked again: by number, with the fault (ND).

    They are asked again all in one process, with other random numbers; one that then differs (it may only
    have kept something) is asked once more in a fresh process, whose word counts.
    """
    numbers = [number for number, answer in enumerate(answers) if not answer.fault]
    if not numbers:
        return {}
    probes = [case.probes[number] for number in numbers]
    _, again = ask(*case[:3], probes, SECOND, case.wide)
    again += [Answer((), Fault("CR", "stopped", ""))] * (len(numbers) - len(again))
    faults = {}
    for number, second in zip(numbers, again, strict=True):
        if not same(answers[number], second):
            _, third = alone(case, case.probes[number], THIRD)
            if not same(answers[number], third):
                says = "does not return the same for the same arguments (does it draw random numbers?)"
                faults[number] = Fault("ND", "stopped", says)
                if len(faults) > 2:
                    break
    return faults


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same to the last bit."""
    if other.fault or len(one.values) != len(other.values):
        return False
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes()
        for first, second in zip(one.values, other.values, strict=True)
        for a, b in zip(first, second, strict=True)
    )
