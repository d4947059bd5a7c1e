"""Rules that only homework asks for; left out of what students are given."""

from collections.abc import Mapping
from types import MappingProxyType

from optcourse.homework import adabelief, adafactor, lamb, radam, rprop, signum, yogi
from optcourse.rules.base import Registry, Rule

__all__ = ["RULES"]

RULES: Mapping[str, Rule] = MappingProxyType(
    Registry(
        {module.RULE.name: module.RULE for module in (signum, rprop, adabelief, yogi, radam, lamb, adafactor)}
    )
)
