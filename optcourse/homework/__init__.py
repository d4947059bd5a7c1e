"""Rules that only homework asks for; left out of what students are given."""

from collections.abc import Mapping
from types import MappingProxyType

from optcourse.homework import (
    adabelief,
    adafactor,
    clipped,
    conversions,
    decaying,
    faults,
    lamb,
    logistic,
    lr_limit,
    matrices,
    radam,
    rprop,
    signum,
    yogi,
)
from optcourse.rules.base import Registry, Rule

__all__ = ["RULES", "TASKS"]

RULES: Mapping[str, Rule] = MappingProxyType(
    Registry(
        {module.RULE.name: module.RULE for module in (signum, rprop, adabelief, yogi, radam, lamb, adafactor)}
    )
)
# What homework asks for beside the update rules of the literature: gradients, limits, conversions, pieces.
TASKS: Mapping[str, Rule] = MappingProxyType(
    Registry(
        {
            rule.name: rule
            for rule in (
                logistic.RULE,
                lr_limit.LARGEST,
                lr_limit.BEST,
                clipped.RULE,
                decaying.RULE,
                conversions.PYTORCH_HYPERS,
                conversions.PAPER_POINT,
                faults.RULE,
                matrices.ORTHOGONAL_PART,
                matrices.TRUST_RATIO,
                matrices.FACTORED_SQUARES,
            )
        }
    )
)
