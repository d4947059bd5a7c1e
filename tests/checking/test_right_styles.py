"""A right answer is never failed: not in any style, and not on 10,000 random probes."""

import inspect
import math
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from optcourse.arrays import Array
from optcourse.checking import check
from optcourse.checking.answering import Answer, Probe, answer
from optcourse.checking.judging import Task, agrees, judge
from optcourse.registry import known_rules
from optcourse.rules import RULES, Form, Hyper

LEAST_STYLES = 8
DRAWS = 10_000

# These rules' steps are gradient descent's; the files of the last two hold the estimates.
OTHERS_STEPS = {"slope": "gd", "sgd": "gd", "minibatch": "gd"}
ESTIMATES = ("sgd", "minibatch")
HOMEWORK = ("signum", "rprop", "yogi", "radam", "adabelief", "lamb", "adafactor")


def written_in(name: str) -> tuple[Callable[..., Any], ...]:
    """The public functions that the file right/<name>.py defines."""
    module = import_module(f"tests.checking.right.{name}")
    functions = inspect.getmembers(module, inspect.isfunction)
    return tuple(
        one for key, one in functions if not key.startswith("_") and one.__module__ == module.__name__
    )


# What is asked ("adam_step", "sgd_grad"), and its right answers.
ASKED = {
    **{f"{name}_step": written_in(OTHERS_STEPS.get(name, name)) for name in (*RULES, *HOMEWORK)},
    **{f"{name}_grad": written_in(name) for name in ESTIMATES},
}


@pytest.mark.parametrize("asked", ASKED)
def test_each_function_is_written_in_at_least_eight_styles(asked):
    assert len(ASKED[asked]) >= LEAST_STYLES


@pytest.mark.parametrize(
    ("asked", "function"),
    [
        pytest.param(asked, one, id=f"{asked}:{one.__name__}")
        for asked, functions in ASKED.items()
        for one in functions
    ],
)
def test_a_right_answer_is_accepted_in_each_style(asked, function):
    report = check(function, asked)
    assert (report.verdict, report.score, report.mistakes, report.dialect) == ("AC", 1.0, (), None), str(
        report
    )


# Random probes ---------------------------------------------------------------------------------------------

SHAPES = ((), (1,), (5,), (2, 3), (0,), (3, 0))
MATRICES = ((1, 1), (2, 3), (4, 2), (3, 3), (0, 3), (2, 0))
# With lr = 1 LAMB takes a layer of one number to 0, or to a rounding of it: the next step is of length |u|
# after a 0 and of no length after a rounding, so two right answers may part for good.
SHAPES_OF = {"lamb": MATRICES[1:]}


def random_hyper(random: np.random.Generator, hyper: Hyper) -> float:
    """Its default, an end of its slider, or something between (drawn on the slider's own scale)."""
    low, high = hyper.slider
    chosen = random.integers(8)
    if chosen < 3:
        return (hyper.default, low, high)[chosen]
    if hyper.scale == "log":
        return float(np.exp(random.uniform(np.log(low), np.log(high))))
    return float(random.uniform(low, high))


def random_gradient(random: np.random.Generator, like: Array, scale: float) -> Array:
    """One coordinate in five zero, the others of either sign and up to 10 times more or less than `scale`.

    Not more: v + (1 - beta) (g^2 - v) is right, but for a beta of 0 it keeps the rounding of the v that it
    forgets, so a gradient far smaller than the one before would drown in it.
    """
    sizes = 10 ** random.uniform(-1, 1, size=like.shape)
    signs = random.choice((-1.0, -1.0, 0.0, 1.0, 1.0), size=like.shape)
    return np.asarray(scale * sizes * signs).astype(like.dtype)


def random_step_probe(random: np.random.Generator, form: Form) -> Probe:
    """A start, a state that the reference has come to in 0 to 6 steps, and 1 to 12 gradients."""
    single = random.uniform() < 0.25
    hypers = {name: random_hyper(random, hyper) for name, hyper in form.hypers.items()}
    if form.name == "warmup":  # short enough for a probe to pass its end, which is after its warm-up
        hypers["warmup_steps"] = int(random.integers(1, 8))
        hypers["total_steps"] = hypers["warmup_steps"] + int(random.integers(1, 8))
    if single:  # an average keeps a tenth at least, for the reason given in random_gradient
        weights = [name for name, hyper in form.hypers.items() if hyper.interval == "[0, 1)"]
        hypers |= {name: max(0.1, hypers[name]) for name in weights}
    shapes = SHAPES if form.elementwise else SHAPES_OF.get(form.name, MATRICES)
    shape = shapes[random.integers(len(shapes))]
    # In float32 the square of a gradient must neither overflow nor vanish, nor its ratio to eps.
    digits = 12.0 if single else 20.0
    scale = 0.0 if random.uniform() < 0.05 else 10 ** random.uniform(-digits, digits)
    theta = random.normal(size=shape) * 10 ** random.uniform(-3, 3)
    theta = np.asarray(theta).astype(np.float32 if single else np.float64)
    state = form.init_function(theta, **hypers)
    for _ in range(random.integers(7)):
        theta, state = form.function(theta, random_gradient(random, theta, scale), state, **hypers)
    grads = tuple(random_gradient(random, theta, scale) for _ in range(random.integers(1, 13)))
    return Probe("drawn", hypers, np.asarray(theta), tuple(state), grads)


def random_estimate_probe(random: np.random.Generator, batched: bool) -> Probe:
    """theta (d,), and an example (d,) with its target or a batch (B, d) of them."""
    d, batch = int(random.integers(6)), (int(random.integers(1, 9)),) if batched else ()
    dtype = np.float32 if random.uniform() < 0.25 else np.float64
    scale = 10 ** random.uniform(-12, 12)
    theta, x, y = (random.normal(size=size) for size in (d, (*batch, d), batch))
    arguments: tuple[Any, ...] = (theta.astype(dtype), (scale * x).astype(dtype))
    return Probe("drawn", {}, args=(*arguments, np.asarray(scale * y).astype(dtype)), returns=(d,))


def alarm(task: Task, probe: Probe, reference: Answer, got: Answer) -> str:
    """What the judge holds against an answer; nothing, if it accepts it."""
    finding = judge(task, probe, reference, got)
    if finding.verdict != "AC" or not agrees(task, probe, reference, got):
        return f"{finding.verdict}: {finding.message} {finding.divergence}"
    if got.changed or got.aliased - reference.aliased:
        return f"impure: {got.changed} {got.aliased}"
    for wanted, values in zip(reference.values, got.values, strict=True):
        for term, expected, value in zip(task.terms, wanted, values, strict=True):
            if expected.dtype.kind == "f" and value.dtype != expected.dtype:
                return f"{term} is {value.dtype}, not {expected.dtype}"
    return ""


def task_named(asked: str) -> tuple[Task, Callable[..., Any]]:
    """The task, and the reference's function for it."""
    name, _, part = asked.rpartition("_")
    form = known_rules()[name]
    return (Task(form, "step"), form.function) if part == "step" else (Task(form, "estimate"), form.estimate)


def drawn_probes(asked: str, count: int) -> Iterator[tuple[Probe, Answer]]:
    """Random probes, the same in each run, and what the reference answers."""
    task, right = task_named(asked)
    random = np.random.default_rng(list(asked.encode()))
    for _ in range(count):
        if task.part == "step":
            probe = random_step_probe(random, task.form)
        else:
            probe = random_estimate_probe(random, batched=asked == "minibatch_grad")
        reference = answer(right, probe)
        assert reference.fault is None, probe
        yield probe, reference


@pytest.mark.parametrize("asked", ASKED)
def test_no_right_answer_is_failed_on_random_probes(asked):
    task, _ = task_named(asked)
    alarms = []
    for (probe, reference), function in zip(
        drawn_probes(asked, math.ceil(DRAWS / len(ASKED))), cycle(ASKED[asked]), strict=False
    ):
        if found := alarm(task, probe, reference, answer(function, probe)):
            alarms.append(f"{function.__name__}: {found}\n    {probe}")
    assert not alarms, f"{len(alarms)} false alarms:\n" + "\n".join(alarms[:5])


@pytest.mark.parametrize("asked", ASKED)
def test_each_mistake_is_caught_on_some_of_these_probes(asked):
    """Or the judge could accept right answers by accepting all."""
    task, _ = task_named(asked)
    drawn = list(drawn_probes(asked, 100))
    missed = [
        key
        for key, form in task.form.mistakes.items()
        if task.form.mistakes.declared(key).of == task.part
        and not any(
            alarm(task, probe, reference, answer(mistaken(form, task), probe)) for probe, reference in drawn
        )
    ]
    assert missed == []


def mistaken(form: Form, task: Task) -> Callable[..., Any]:
    """The function of the asked part."""
    return form.function if task.part == "step" else form.estimate
