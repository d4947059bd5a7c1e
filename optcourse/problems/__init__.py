"""What there is to minimise."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from optcourse.problems.base import Problem
from optcourse.problems.networks import diabetes_network
from optcourse.problems.regression import diabetes_regression, linear_regression
from optcourse.problems.surfaces import quadratic, rosenbrock

__all__ = [
    "PROBLEMS",
    "Problem",
    "diabetes_network",
    "diabetes_regression",
    "linear_regression",
    "problem_named",
    "quadratic",
    "rosenbrock",
]

# Name -> the function that makes the problem with its default constants.
PROBLEMS: Mapping[str, Callable[..., Problem]] = MappingProxyType(
    {
        "quadratic": quadratic,
        "rosenbrock": rosenbrock,
        "regression": linear_regression,
        "diabetes": diabetes_network,
    }
)


def problem_named(problem: str | Problem) -> Problem:
    """The problem itself, or the one with that name; ValueError with the nearest name for an unknown one."""
    if isinstance(problem, Problem):
        return problem
    if problem not in PROBLEMS:
        near = get_close_matches(str(problem), PROBLEMS, n=1)
        raise ValueError(
            f"There is no problem {problem!r}. "
            + (f"Did you mean {near[0]!r}? " if near else "")
            + f"There are: {', '.join(PROBLEMS)}."
        )
    return PROBLEMS[problem]()
