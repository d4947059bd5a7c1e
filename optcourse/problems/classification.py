"""Logistic and softmax regression on sparse data: which of Jane Austen's novels is a passage from?

The inputs are counts of words. Most words are rare, so most coordinates of a gradient are zero, and a few
(those of "the" and "to") never are.
"""

from dataclasses import replace

import numpy as np

from optcourse.problems.base import Problem, always
from optcourse.problems.data import austen
from optcourse.problems.losses import CROSS_ENTROPY, LOGISTIC
from optcourse.problems.networks import perceptron


def from_zero(problem: Problem) -> Problem:
    """The problem with zero as its start: with one layer only, no symmetry needs to be broken."""
    return replace(problem, initial=always(np.zeros_like(problem.start)))


def austen_logistic(novels: tuple[str, str] = ("Emma", "Pride and Prejudice")) -> Problem:
    """Logistic regression: is a passage from the second of two novels? 1,207 parameters, 640 passages.

    At the start, zero, the loss is log 2. ValueError for a novel that is none.

    `novels` are two of the six titles.

    >>> from optcourse.problems import austen_logistic
    >>> austen_logistic(("Emma", "Persuasion")).start.shape
    (1207,)
    """
    return from_zero(
        perceptron(
            austen(novels), (), name="austen", title=f"Is it {novels[0]} or {novels[1]}? Words", loss=LOGISTIC
        )
    )


def austen_softmax() -> Problem:
    """Softmax regression: which of the six novels is a passage from? 7,242 parameters, 1,920 passages.

    >>> from optcourse.problems import austen_softmax
    >>> austen_softmax().start.shape
    (7242,)
    """
    return from_zero(
        perceptron(
            austen(),
            (),
            name="austen-six",
            title="Which of six novels is it from? Words",
            loss=CROSS_ENTROPY,
            outputs=6,
        )
    )
