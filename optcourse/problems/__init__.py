"""What there is to minimise."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from optcourse.errors import WrongValueError
from optcourse.problems.base import Problem
from optcourse.problems.classification import austen_logistic, austen_softmax
from optcourse.problems.matrix import matrix_bowl
from optcourse.problems.networks import (
    adding_network,
    character_network,
    diabetes_network,
    digits_convolution,
    digits_network,
)
from optcourse.problems.regression import diabetes_regression, linear_regression
from optcourse.problems.surfaces import parabola, quadratic, rosenbrock

__all__ = [
    "PROBLEMS",
    "Problem",
    "adding_network",
    "austen_logistic",
    "austen_softmax",
    "character_network",
    "diabetes_network",
    "diabetes_regression",
    "digits_convolution",
    "digits_network",
    "linear_regression",
    "matrix_bowl",
    "parabola",
    "problem_named",
    "quadratic",
    "rosenbrock",
]

# Name -> the function that makes the problem with its default constants.
PROBLEMS: Mapping[str, Callable[..., Problem]] = MappingProxyType(
    {
        "parabola": parabola,
        "quadratic": quadratic,
        "rosenbrock": rosenbrock,
        "matrix": matrix_bowl,
        "regression": linear_regression,
        "diabetes": diabetes_network,
        "digits": digits_network,
        "convolution": digits_convolution,
        "adding": adding_network,
        "austen": austen_logistic,
    }
)


def problem_named(problem: str | Problem) -> Problem:
    """The problem itself, or the one with that name; ValueError with the nearest name for an unknown one."""
    if isinstance(problem, Problem):
        return problem
    if problem not in PROBLEMS:
        near = get_close_matches(str(problem), PROBLEMS, n=1)
        raise WrongValueError(
            f"There is no problem {problem!r}. "
            + (f"Did you mean {near[0]!r}? " if near else "")
            + f"There are: {', '.join(PROBLEMS)}."
        )
    return PROBLEMS[problem]()
