"""Running a learner's own step so that whatever it does wrong ends as words. Knows nothing of drawing."""

import traceback
from functools import wraps
from typing import Any

import numpy as np

from optcourse.arrays import Array, State, Step


class StepError(Exception):
    """The learner's function raised, or returned what is no step; the message is written for the learner."""


def guarded(step: Step) -> Step:
    """`step`, raising StepError for whatever goes wrong in it; NotImplementedError passes through."""

    @wraps(step)
    def attempt(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        try:
            result = step(theta, grad, state, **hypers)
        except NotImplementedError:
            raise
        except Exception as error:
            raise StepError(f"raised {told(error, step)}") from error
        return checked(result, theta, state)

    return attempt


def checked(result: Any, theta: Array, state: State) -> tuple[Array, State]:
    """What a step returned, as (theta, state); StepError unless it fits what went in."""
    if result is None:
        raise StepError("returned None: its last line must be return theta, state")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise StepError(f"returned {kind(result)} in place of the pair theta, state")
    try:
        new_theta = np.asarray(result[0], dtype=float)
    except (TypeError, ValueError):
        raise StepError(f"returned {kind(result[0])} as theta in place of an array of numbers") from None
    if new_theta.shape != theta.shape:
        raise StepError(f"returned theta of shape {new_theta.shape}; it went in with shape {theta.shape}")
    new_state = result[1]
    if not isinstance(new_state, (tuple, list)) or len(new_state) != len(state):
        raise StepError(f"returned {kind(new_state)} as the state in place of a tuple of {len(state)}")
    for number, (new, old) in enumerate(zip(new_state, state, strict=True), start=1):
        if np.shape(new) != np.shape(old):
            raise StepError(
                f"returned part {number} of the state with shape {np.shape(new)}; "
                f"it went in with {np.shape(old)}"
            )
    return new_theta, tuple(new_state)


def kind(value: Any) -> str:
    """What a value is, in a few words."""
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__}"


def told(error: Exception, step: Step) -> str:
    """The exception's type, its message, and the line of the learner's own file that it came from."""
    code = getattr(step, "__code__", None)
    own_file = code.co_filename if code else None
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
    where = f" (line {frames[-1].lineno}: {frames[-1].line})" if frames and frames[-1].line else ""
    return f"{type(error).__name__}: {error}{where}"
