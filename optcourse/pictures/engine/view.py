"""Which part of the plane a picture shows."""

from optcourse.errors import WrongValueError
from optcourse.problems import Problem

Interval = tuple[float, float]
View = tuple[Interval, Interval]

WIDE, HIGH = 4, 3  # the shape of the picture; a unit is as long along both axes


def view_of(problem: Problem) -> View:
    """The problem's window, widened about its middle until it has the picture's shape.

    ValueError for a problem without a window: only a function of two parameters can be drawn.
    """
    if problem.window is None:
        raise WrongValueError(
            f"{problem.name} has {problem.start.size} parameters; a picture needs a problem of two with a "
            "window, such as quadratic, rosenbrock or regression."
        )
    (x0, x1), (y0, y1) = problem.window
    unit = max((x1 - x0) / WIDE, (y1 - y0) / HIGH)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return (x - unit * WIDE / 2, x + unit * WIDE / 2), (y - unit * HIGH / 2, y + unit * HIGH / 2)
