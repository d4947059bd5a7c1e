"""What to try after an exception: the errors that numpy and Python give beginners, in plainer words."""

import re

import numpy as np

from optcourse.checking.signatures import unpacking

FRAMEWORKS = ("torch", "F", "tf", "keras", "K", "jnp", "jax", "mx", "nd", "paddle")

# What the message of an exception matches, and what to do. {state} is the line that unpacks the state.
ADVICE = (
    (
        r"multiply sequence by non-int|operand type\(s\) for .{1,80}'(tuple|list)'",
        "state is a tuple, and its parts have to be taken out of it first: {state}",
    ),
    (
        r"(tuple|list) indices must be integers|'(tuple|list)' object has no attribute|"
        r"'(tuple|list)' object does not support item assignment",
        "state comes in and goes out as a tuple, not as a dictionary or an object: {state}",
    ),
    (
        r"only integers, slices|string indices",
        "theta, grad and the parts of the state are one array each, no dictionaries of layers or names: work "
        "with theta itself; and take the state apart by {state}",
    ),
    (
        r"'numpy\.(ndarray|float\d+)' object (has no attribute|does not support item|is not subscriptable"
        r"|is not iterable)|invalid index to scalar|cannot unpack non-iterable numpy|must be Tensor",
        "theta, grad and the parts of the state are numpy arrays, no tensors or parameters: the gradient is "
        "the argument grad, all coordinates are done at once, and each line makes a new array, as in "
        "theta = theta - lr * grad",
    ),
    (
        r"bitwise_xor|unsupported operand type\(s\) for \^",
        "a power is written **; ^ means something else in Python",
    ),
    (
        r"truth value of an array",
        "an if can't be asked of a whole array: use np.where, np.maximum or no if at all",
    ),
    (
        r"only (length-1|size-1|0-dimensional) arrays",
        "use numpy's functions, which take arrays: np.sqrt, not math.sqrt",
    ),
    (
        r"matmul|gufunc|shapes .{1,80} not aligned",
        "@ multiplies matrices; here all is coordinate by coordinate, with *",
    ),
    (r"could not be broadcast", "two arrays of different shapes met; all of them have theta's shape"),
    (
        r"0-d array|too many indices",
        "theta may be a single number too: write no loop over its coordinates, numpy does them all",
    ),
    (r"cannot access local variable|referenced before assignment", "give it a value first, as in {state}"),
    (r"values to unpack", "unpack the state into its parts: {state}"),
    (r"NotImplementedError", "replace raise NotImplementedError by your own lines"),
    (r"EOFError", "nobody is there to type: all that a step needs are its arguments, so leave input() out"),
    (r"can't start new thread", "a step needs no threads: numpy does all coordinates at once"),
    (r"SystemExit", "a step only returns: leave exit() and sys.exit() out"),
)


def advice_on(message: str, state_fields: tuple[str, ...]) -> str:
    """One thing to try after this exception."""
    unpack = unpacking(state_fields) if state_fields else "x = 0"
    if missing := re.search(r"name '(\w+)' is not defined", message):
        name = missing[1]
        if name in state_fields:
            return f"unpack the state first: {unpack}"
        if name in FRAMEWORKS:
            return f"theta, grad and state's parts are numpy arrays: use np in the place of {name}"
        if name in ("self", "cls"):
            return f"a step is a plain function: what an object would keep in {name} is the state: {unpack}"
        if hasattr(np, name):
            return f"numpy's functions are called with np: np.{name}"
        return f"is {name} spelt as in the first line, or defined above?"
    for pattern, advice in ADVICE:
        if re.search(pattern, message):
            return advice.format(state=unpack)
    return "read that line with the values of the first step in mind"
