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

__all__ = ["RULES", "Edit", "Form", "Hyper", "Paper", "Rule", "Variant"]

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
