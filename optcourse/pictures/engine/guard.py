"""Running a learner's own step so that whatever it does wrong ends as words. Knows nothing of drawing."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from optcourse.arrays import Array, State, Step
from optcourse.running import Estimate

BUDGET = (
    0.2  # seconds of computing for one path of a learner's function; after them it is drawn as far as it is
)


class StepError(Exception):
    """The learner's function raised, or returned what is no step; the message is written for the learner."""


def guarded(step: Step) -> Step:
    """`step`, raising StepError for whatever goes wrong in it; NotImplementedError passes through.

    The message begins with the function's name.
    """

    @wraps(step)
    def attempt(theta: Array, grad: Array, state: State, **hypers: Any) -> tuple[Array, State]:
        try:
            result = step(theta, grad, state, **hypers)
        except NotImplementedError:
            raise
        except Exception as error:
            raise StepError(f"{step.__name__} raised {told(error, step)}") from error
        try:
            return checked(result, theta, state)
        except StepError as misfit:
            raise StepError(f"{step.__name__} {misfit}") from None

    return attempt


def guarded_estimate(estimate: Estimate) -> Estimate:
    """`estimate` of a gradient, raising StepError likewise."""

    @wraps(estimate)
    def attempt(theta: Array, x: Array, y: Array) -> Array:
        try:
            found = estimate(theta, x, y)
        except NotImplementedError:
            raise
        except Exception as error:
            raise StepError(f"{estimate.__name__} raised {told(error, estimate)}") from error
        try:
            grad = np.asarray(found, dtype=float)
        except (TypeError, ValueError):
            grad = np.asarray(None)
        if found is None or grad.shape != theta.shape:
            raise StepError(
                f"{estimate.__name__} returned {shaped(found)} in place of a gradient of theta's shape, "
                f"{theta.shape}"
            )
        return grad

    return attempt


def shaped(value: Any) -> str:
    """What a value is, with its shape where it is an array."""
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else kind(value)


def slow_words(name: str, done: int, wanted: int) -> str:
    """A sentence on a run that ended early, and a space; empty where it did not."""
    if done >= wanted:
        return ""
    took = f"{BUDGET * 1000:.0f} ms"
    return f"{name} is slow: after {took} it has made {done} of {wanted} steps, which are drawn. "


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
        if np.shape(new) != np.shape(old) and not grown(np.shape(new), np.shape(old), theta.shape):
            raise StepError(
                f"returned part {number} of the state with shape {np.shape(new)}; "
                f"it went in with {np.shape(old)}"
            )
    return new_theta, tuple(new_state)


def grown(new: tuple[int, ...], old: tuple[int, ...], theta: tuple[int, ...]) -> bool:
    """Whether a number in the state has become one for each position of a sweep.

    In a sweep a hyper has the shape (*sweep, 1) or less, and so has NAdam's product of them.
    """
    sweep = (*theta[:-1], 1)
    try:
        return len(theta) > 1 and old == () and np.broadcast_shapes(new, sweep) == sweep
    except ValueError:
        return False


def kind(value: Any) -> str:
    """What a value is, in a few words."""
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{type(value).__name__}"


def told(error: Exception, step: Callable[..., Any]) -> str:
    """The exception's type, its message, and the line of the learner's own file that it came from."""
    code = getattr(step, "__code__", None)
    own_file = code.co_filename if code else None
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own_file]
    where = f" (line {frames[-1].lineno}: {frames[-1].line})" if frames and frames[-1].line else ""
    return f"{type(error).__name__}: {error}{where}"
