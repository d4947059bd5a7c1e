"""The rules that the lessons teach, in the order of the lessons."""

from collections.abc import Mapping
from types import MappingProxyType

from optcourse.rules import adam, gd, minibatch, sgd
from optcourse.rules.base import Edit, Form, Hyper, Paper, Rule, Variant

__all__ = ["RULES", "Edit", "Form", "Hyper", "Paper", "Rule", "Variant"]

RULES: Mapping[str, Rule] = MappingProxyType(
    {module.RULE.name: module.RULE for module in (gd, sgd, minibatch, adam)}
)
