"""Explaining an answer term by term: each part of a returned state, and theta, from what went into it.

Reads the trusted source of a rule's forms as expressions and compares their values with what a learner's
function answered before. Runs no learner's code, and knows no particular rule.
"""

from optcourse.checking.terms.explaining import Explanation, explain

__all__ = ["Explanation", "explain"]
