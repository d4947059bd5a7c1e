"""Every form of every rule, taught or for homework, for tests that hold for all of them."""

from collections.abc import Iterator, Mapping

import numpy as np

from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES, Form, Rule

ALL: Mapping[str, Rule] = {**RULES, **HOMEWORK}

# The rules that only a matrix can be given to.
MATRIX_ONLY = ("muon",)


def right_forms() -> Iterator[Form]:
    """The primary form of each rule, and its dialects."""
    for rule in ALL.values():
        yield rule
        yield from rule.dialects.values()


def label(form: Form) -> str:
    """How pytest calls a form: adam-eps-hat."""
    return f"{form.name}-{form.key}"


def shapes(form: Form) -> tuple[tuple[int, ...], ...]:
    """The shapes of theta that a form takes, among those that are tried."""
    return ((3, 2), (2, 3), (0, 3)) if form.name in MATRIX_ONLY else ((), (4,), (3, 2), (0,))


def arrays(shape: tuple[int, ...], count: int, seed: int = 0) -> list[np.ndarray]:
    """`count` normal arrays, of which every third is zero in about a third of its coordinates."""
    random = np.random.default_rng(seed)
    made = [random.normal(size=shape) for _ in range(count)]
    for array in made[::3]:
        array[random.random(shape) < 1 / 3] = 0
    return [np.asarray(array) for array in made]
