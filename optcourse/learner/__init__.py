"""What a learner keeps: a workspace, and their own functions. Knows rules (for the reference), no more."""

from optcourse.learner.mine import keep, mine

__all__ = ["keep", "mine"]
