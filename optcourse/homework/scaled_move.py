"""The last line of descent whose step is scaled first, by clipping or by time, and what is wrong in it."""

from optcourse.rules.base import Edit

MOVE = "theta = theta - lr * scale * grad"
MOVE_MISTAKES = (
    Edit(
        "ascends", MOVE, "theta = theta + lr * scale * grad", "you step along the gradient: the loss goes up"
    ),
    Edit("no-lr", MOVE, "theta = theta - scale * grad", "the learning rate lr is not used"),
    Edit("lr-squared", MOVE, "theta = theta - lr * lr * scale * grad", "lr is multiplied in twice"),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * scale * grad",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.001 * scale * grad",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
)
