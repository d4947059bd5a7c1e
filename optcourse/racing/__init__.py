"""A race of rules: the same tuning budget for each, many seeds, and a table of what is said of them.

>>> from optcourse.racing import DEFAULT_RULES
>>> "adam" in DEFAULT_RULES  # what `optcourse race` runs where no rule is named
True
"""

from optcourse.racing.budget import Budget
from optcourse.racing.race import Race, race
from optcourse.racing.runners import own_rule

__all__ = ["DEFAULT_RULES", "Budget", "Race", "own_rule", "race"]

DEFAULT_RULES = (
    "gd",
    "sgd",
    "minibatch",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adadelta",
    "adam",
    "adamw",
    "lion",
    "muon",
)
