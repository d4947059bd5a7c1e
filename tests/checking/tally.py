"""How the checker does on all mutants of a rule: which are different, and which of those it catches."""

import ast
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from optcourse.checking import solution, task_of
from optcourse.checking.answering import answer
from optcourse.checking.judging import Task, agrees, expected, judge_all
from optcourse.rules import RULES, Form
from tests.checking.mutants import Mutant, compiled, mutants
from tests.checking.samples import Sample

# What is mutated: each rule's step (three of them are gradient descent's), and the two estimates.
STEPS = tuple(f"{name}_step" for name in RULES if name not in ("slope", "sgd", "minibatch"))
TASKS = (*STEPS, "sgd_grad", "minibatch_grad")


class Tally(NamedTuple):
    """All mutants of a function, in four heaps; and on how many points they were compared."""

    caught: tuple[Mutant, ...]
    missed: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    accused: tuple[Mutant, ...]
    points: int


@cache
def tally(name: str) -> Tally:
    """Judge every mutant of the function `name` ("adam_step", "sgd_grad")."""
    rule, part = task_of(name)
    task, source = Task(rule, part), str(solution(name))
    sample = Sample(rule, part, compiled(source, name))
    heaps: dict[tuple[bool, bool], list[Mutant]] = {(a, b): [] for a in (True, False) for b in (True, False)}
    for mutant in mutants(source):
        function = compiled(mutant.source, name)
        heaps[sample.differs(function), fails(task, function)].append(mutant)
    return Tally(
        caught=tuple(heaps[True, True]),
        missed=tuple(heaps[True, False]),
        equivalent=tuple(heaps[False, False]),
        accused=tuple(heaps[False, True]),
        points=sample.points,
    )


def fails(task: Task, function: Callable[..., Any]) -> bool:
    """Whether the checker finds anything wrong; stops at the first probe that is answered otherwise."""
    answers = []
    for probe, reference in zip(task.probes(), expected(*task), strict=True):
        answers.append(answer(function, probe))
        if not agrees(task, probe, reference, answers[-1]):
            return True
    return any(finding.verdict != "AC" for finding in judge_all(task, tuple(answers)))


def reason(form: Form, mutant: Mutant) -> str:
    """Why a mutant is the same function, as far as its change alone shows it; empty where it does not."""
    if mutant.kind in ("order of independent statements", "made twice, to the same effect"):
        return mutant.kind
    was, _, becomes = mutant.kind.partition(" -> ")
    if becomes == f"np.abs({was})" and never_negative(ast.parse(was, mode="eval").body, form):
        return "the absolute value of what is never negative"
    without_sign = (
        f"({becomes}) ** 2",
        f"{becomes} ** 2",
        f"np.abs({becomes})",
        f"np.linalg.norm({becomes})",
    )
    if becomes in (f"-{was}", f"np.abs({was})") and any(place in mutant.becomes for place in without_sign):
        return "the sign of what is squared, or of which only the size counts"
    return ""


# Names of averages of squares, of sizes, of counts, and of what lies between 0 and 1; u is Adamax' alone.
NEVER_NEGATIVE = {
    "adagrad": "G",
    "rmsprop": "v",
    "adadelta": "G S",
    "adam": "v v_hat t",
    "adamax": "u t",
    "nadam": "v v_hat t mu mu_next mu_product",
    "amsgrad": "v v_max v_hat t",
    "adamw": "v v_hat t",
    "muon": "rows columns factor",
    "warmup": "t rise progress fall scale",
    "schedule_free": "t c",
}


def never_negative(node: ast.expr, form: Form) -> bool:
    """Whether an expression can't be negative, whatever the gradients are."""
    match node:
        case ast.Constant(int() | float() as value):
            return value >= 0
        case ast.Name(name):
            hyper = form.hypers.get(name)
            return hyper.bounds[0] >= 0 if hyper else name in NEVER_NEGATIVE.get(form.name, "").split()
        case ast.BinOp(_, ast.Pow(), ast.Constant(2)):
            return True
        case ast.BinOp(ast.Constant(1), ast.Sub(), right):
            return at_most_one(right, form)
        case ast.BinOp(left, ast.Add() | ast.Mult() | ast.Div(), right):
            return never_negative(left, form) and never_negative(right, form)
        case ast.BinOp(left, ast.Pow(), _):
            return never_negative(left, form)
        case ast.Call(ast.Attribute(_, "sqrt" | "abs" | "norm") | ast.Name("len")):
            return True
        case ast.Call(ast.Attribute(_, "minimum"), arguments):
            return all(never_negative(one, form) for one in arguments)
        case ast.Call(ast.Attribute(_, "maximum") | ast.Name("max"), arguments):
            return any(never_negative(one, form) for one in arguments)
    return False


# Names of what is never above 1.
AT_MOST_ONE = ("mu", "mu_next", "mu_product", "c")


def at_most_one(node: ast.expr, form: Form) -> bool:
    """Whether an expression lies between 0 and 1: a beta, a power or a product of such."""
    match node:
        case ast.Constant(int() | float() as value):
            return 0 <= value <= 1
        case ast.Name(name):
            return form.hypers[name].bounds[1] <= 1 if name in form.hypers else name in AT_MOST_ONE
        case ast.BinOp(left, ast.Mult(), right):
            return at_most_one(left, form) and at_most_one(right, form)
        case ast.BinOp(left, ast.Pow(), right):
            return at_most_one(left, form) and never_negative(right, form)
    return False
