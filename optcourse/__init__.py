"""optcourse: derive, write, check and watch the update rules of deep learning.

Nothing is imported here before it is used, so `import optcourse` costs next to nothing.

>>> from optcourse import PROBLEMS, RULES, __version__
>>> list(RULES)[:4], RULES["adam"].defaults["lr"]
(['slope', 'gd', 'sgd', 'minibatch'], 0.001)
>>> PROBLEMS["quadratic"](condition=100).start.shape
(2,)
>>> __version__.count(".")
2
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public name -> the module that defines it.
_HOMES = {
    "RULES": "optcourse.rules",
    "PROBLEMS": "optcourse.problems",
    "Run": "optcourse.running",
    "run": "optcourse.running",
    "race": "optcourse.racing",
    "own_rule": "optcourse.racing",
    "contract": "optcourse.scoring",
    "score": "optcourse.scoring",
    "trained": "optcourse.scoring",
    "leaderboard": "optcourse.scoring",
    "OptcourseError": "optcourse.errors",
    "UserError": "optcourse.errors",
    "Report": "optcourse.checking",
    "check": "optcourse.checking",
    "hint": "optcourse.checking",
    "solution": "optcourse.checking",
    "mine": "optcourse.learner",
    "confirm": "optcourse.learner",
    "a_number": "optcourse.learner",
    "challenge": "optcourse.learner",
    "progress": "optcourse.learner.card",
    "explore": "optcourse.pictures",
    "compare": "optcourse.pictures",
    "landscape": "optcourse.pictures",
    "quiz": "optcourse.pictures",
    "clinic": "optcourse.pictures",
    "predict": "optcourse.pictures",
}

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'optcourse' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
