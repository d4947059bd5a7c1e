"""What there is to minimise."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from optcourse.errors import WrongNameError, WrongTypeError, WrongValueError
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


class Named(dict[str, Callable[..., Problem]]):
    """The problems by name; WrongNameError for one that isn't there."""

    def __missing__(self, name: object) -> Callable[..., Problem]:
        raise WrongNameError(no_such(name))


# Name -> the function that makes the problem with its default constants.
PROBLEMS: Mapping[str, Callable[..., Problem]] = MappingProxyType(
    Named(
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
)


def problem_named(problem: str | Problem) -> Problem:
    """The problem itself, or the one with that name; ValueError with the nearest name for an unknown one.

    `problem` is either. WrongTypeError for anything else.

    >>> from optcourse.problems import problem_named
    >>> problem_named("quadratic").title
    'Quadratic bowl, condition number 10'
    """
    if isinstance(problem, Problem):
        return problem
    if not isinstance(problem, str):
        raise WrongTypeError(f"A problem is a name, as 'quadratic', or a Problem; got {problem!r}.")
    if problem not in PROBLEMS:
        raise WrongValueError(no_such(problem))
    return PROBLEMS[problem]()


def no_such(name: object) -> str:
    """The sentence for a problem that isn't there, with the nearest one that is."""
    near = get_close_matches(str(name), PROBLEMS, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return f"There is no problem {name!r}. {hint}There are: {', '.join(PROBLEMS)}."
