"""What to try after an exception: the errors that numpy and Python give beginners, in plainer words."""

import re

import numpy as np

from optcourse.checking.answering import Fault
from optcourse.checking.signatures import name_here, state_tuple, unpacking
from optcourse.rules import Form

FRAMEWORKS = ("torch", "F", "tf", "keras", "K", "jnp", "jax", "mx", "nd", "paddle")

NO_DICTIONARY = "state comes in and goes out as a tuple, not as a dictionary or an object: {state}"
NO_TENSORS = (
    "theta, grad and the parts of the state are numpy arrays, no tensors or parameters: the gradient is "
    "the argument grad, all coordinates are done at once, and each line makes a new array, as in "
    "theta = theta - lr * grad"
)

# What the message of an exception matches, what the line in which it arose has in it besides, and what to
# do. The first that fits is said. {state} is the line that unpacks the state, {end} the one that returns it.
ADVICE = (
    (
        r"multiply sequence by non-int|operand type\(s\) for .{1,80}'(tuple|list)'"
        r"|unary .{1,20}'(tuple|list)'|can only concatenate (tuple|list)",
        "",
        "state is a tuple, and its parts have to be taken out of it first: {state}",
    ),
    (r"'tuple' object does not support item assignment", r"\[\s*\d+\s*\]\s*[-+*/]?=(?!=)",
     "a tuple is not changed but made anew: begin with {state}, and {end}"),
    (
        r"(tuple|list) indices must be integers|'(tuple|list)' object has no attribute|"
        r"'(tuple|list)' object does not support item assignment",
        "",
        NO_DICTIONARY,
    ),
    (
        r"only integers, slices|string indices",
        "",
        "theta, grad and the parts of the state are one array each, no dictionaries of layers or names: work "
        "with theta itself; and take the state apart by {state}",
    ),
    (
        r"'numpy\.(ndarray|float\d+)' object (has no attribute|does not support item|is not subscriptable"
        r"|is not iterable)|invalid index to scalar|cannot unpack non-iterable numpy|must be Tensor"
        r"|of 'numpy\.ndarray' objects is not writable",
        "",
        NO_TENSORS,
    ),
    (
        r"'numpy\.(ndarray|float\d+)' object is not callable",
        "",
        "grad is the gradient itself, an array and no function: write grad, not grad(theta)",
    ),
    (
        r"bitwise_xor|unsupported operand type\(s\) for \^",
        "",
        "a power is written **; ^ means something else in Python",
    ),
    (r"truth value of an array", r"\bin state\b|\bstate\s*[!=]=", NO_DICTIONARY),
    (
        r"truth value of an array",
        "",
        "an if can't be asked of a whole array: use np.where, np.maximum or no if at all",
    ),
    (
        r"only (length-1|size-1|0-dimensional) arrays",
        r"\b(float|int)\(",
        "theta is an array, not one number: leave float() and int() out",
    ),
    (
        r"only (length-1|size-1|0-dimensional) arrays",
        "",
        "use numpy's functions, which take arrays: np.sqrt, not math.sqrt",
    ),
    (
        r"matmul|gufunc|shapes .{1,80} not aligned",
        "",
        "@ multiplies matrices; here all is coordinate by coordinate, with *",
    ),
    (r"could not be broadcast", "", "two arrays of different shapes met; all of them have theta's shape"),
    (
        r"0-d array|too many indices",
        r"\[\s*:\s*\]",
        "x[:] = ... writes into the array that came in, and a single number has no [:]: make a new one, "
        "by x = ...",
    ),
    (
        r"0-d array|too many indices|array element with a sequence|len\(\) of unsized",
        "",
        "theta may be a single number or a matrix too: write no loop over its coordinates, numpy does them "
        "all",
    ),
    (
        r"cannot access local variable|referenced before assignment",
        "",
        "give it a value before you use it: what the step before left is in state",
    ),
    (r"values to unpack", "", "unpack the state into its parts: {state}"),
    (r"tuple index out of range", r"\bstate\[", "the state has fewer parts: {state}"),
    (
        r"unhashable type: 'numpy",
        "",
        "an array can't be in a set, be a dictionary's key or go through a cache such as lru_cache",
    ),
    (
        r"AssertionError",
        "",
        "an assert of yours does not hold: theta may be a single number, a vector or a matrix",
    ),
    (r"RecursionError", "", "a step makes one step: it does not call itself"),
    (r"NotImplementedError", "", "replace raise NotImplementedError by your own lines"),
    (
        r"EOFError",
        "",
        "nobody is there to type: all that a step needs are its arguments, so leave input() out",
    ),
    (r"can't start new thread", "", "a step needs no threads: numpy does all coordinates at once"),
    (r"SystemExit", "", "a step only returns: leave exit() and sys.exit() out"),
)  # fmt: skip


def advice_on(fault: Fault, form: Form) -> str:
    """One thing to try after this exception in a step of this form, or in a function with no state."""
    fields = form.state_fields
    unpack = unpacking(fields) if fields else ""
    if missing := re.search(r"name '(\w+)' is not defined", fault.says):
        return on_missing_name(missing[1], unpack, form)
    if (key := re.search(r"KeyError: '(\w+)'", fault.says)) and form.hypers:
        name = name_here(key[1], form)
        named = f"{key[1]} is called {name} here: " if name else ""
        return f"{named}hypers come by their names, {', '.join(form.hypers)}"
    for pattern, line, advice in ADVICE:
        if re.search(pattern, fault.says) and re.search(line, fault.text):
            if "{state}" in advice and not fields:
                return "this rule remembers nothing: state is (), and goes out as it came in"
            return advice.format(state=unpack, end=f"end with return theta, {state_tuple(fields)}")
    return "read that line with the values of the first step in mind"


def on_missing_name(name: str, unpack: str, form: Form) -> str:
    """What to do about a name that is not defined."""
    if name in form.state_fields:
        return f"unpack the state first: {unpack}"
    if name in form.hypers:
        return f"{name} has to stand in the first line: (theta, grad, state, *, {', '.join(form.hypers)})"
    if name in ("theta", "grad", "state"):
        return f"{name} is called otherwise in your first line"
    if name in FRAMEWORKS:
        return f"theta, grad and state's parts are numpy arrays: use np in the place of {name}"
    if name in ("self", "cls"):
        kept = f": {unpack}" if unpack else ""
        return f"a step is a plain function: what an object would keep in {name} is the state{kept}"
    if hasattr(np, name):
        return f"numpy's functions are called with np: np.{name}"
    return f"is {name} spelt as in the first line, or defined above?"
