"""The rules that the lessons teach, in the order of the lessons."""

from collections.abc import Mapping
from types import MappingProxyType

from optcourse.rules import (
    adadelta,
    adagrad,
    adam,
    adamax,
    adamw,
    amsgrad,
    gd,
    lion,
    minibatch,
    momentum,
    muon,
    nadam,
    nesterov,
    rmsprop,
    schedule_free,
    sgd,
    slope,
    warmup,
)
from optcourse.rules.base import Edit, Form, Hyper, Paper, Registry, Rule, Variant

__all__ = ["RULES", "Edit", "Form", "Hyper", "Paper", "Rule", "Variant", "known_rules", "known_tasks"]

RULES: Mapping[str, Rule] = MappingProxyType(
    Registry(
        {
            module.RULE.name: module.RULE
            for module in (
                slope,
                gd,
                sgd,
                minibatch,
                momentum,
                nesterov,
                adagrad,
                rmsprop,
                adadelta,
                adam,
                adamax,
                nadam,
                amsgrad,
                adamw,
                warmup,
                lion,
                muon,
                schedule_free,
            )
        }
    )
)


def known_rules() -> dict[str, Rule]:
    """The taught rules and those that only homework asks for, where this installation has them.

    >>> from optcourse.rules import RULES, known_rules
    >>> set(RULES) <= set(known_rules())
    True
    """
    try:
        from optcourse.homework import RULES as HOMEWORK
    except ModuleNotFoundError:  # left out of what students are given
        return dict(RULES)
    return {**RULES, **HOMEWORK}


def known_tasks() -> dict[str, Rule]:
    """What can be checked: the known rules, and the functions beside them that homework asks for.

    >>> from optcourse.rules import known_rules, known_tasks
    >>> set(known_rules()) <= set(known_tasks())
    True
    """
    try:
        from optcourse.homework import TASKS
    except ModuleNotFoundError:
        return known_rules()
    return {**known_rules(), **TASKS}
