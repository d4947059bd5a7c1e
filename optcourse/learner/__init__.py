"""What a learner keeps: a workspace, own functions, progress. Knows rules (for the reference), no more."""

from optcourse.learner.mine import keep, mine
from optcourse.learner.tasks import a_number, challenge, confirm

__all__ = ["a_number", "challenge", "confirm", "keep", "mine"]
