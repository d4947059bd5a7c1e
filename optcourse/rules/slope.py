"""Descent in one dimension: against the slope, in proportion to it.

The step is gradient descent's; the first lesson writes it for a single number, before there are gradients.
"""

from optcourse.rules import gd
from optcourse.rules.base import Rule, hypers_of

step = gd.step

RULE = Rule(
    name="slope",
    title="Descent in one dimension",
    function=step,
    hypers=hypers_of(step, gd.LR),
    formula=r"\theta_t = \theta_{t-1} - \eta\, L'(\theta_{t-1})",
    source=gd.SOURCE,
    hints=(
        "The slope is positive where the loss rises to the right. Which way is down then?",
        "The new theta is the old one minus something: the slope, times a small factor. Which factor?",
        "Shape of the line: theta = theta - ... * grad, then return theta and the state you were given.",
    ),
    frameworks=gd.RULE.frameworks,
    mistake_list=gd.MISTAKES,
)
