"""What to change in a function that can't be called as a step is, told from its first line.

Other courses hand over dictionaries, objects, or the parts of the state one by one. Knows no answers.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from optcourse.rules import Form

# What other courses and frameworks call a hyper of ours.
ALIASES = {
    "lr": ("learning_rate", "step_size", "stepsize", "eta", "alpha", "rate"),
    "beta": ("momentum", "mu", "rho", "gamma", "alpha", "decay", "decay_rate", "beta1", "beta_1"),
    "beta1": ("beta_1", "b1", "betas", "momentum"),
    "beta2": ("beta_2", "b2", "betas", "rho"),
    "eps": ("epsilon", "delta"),
    "rho": ("beta", "gamma", "alpha", "decay", "decay_rate"),
    "weight_decay": ("wd", "decay", "lambda_", "lam"),
}
DICTIONARIES = re.compile(
    r"(hyper|h|opt)?_?(config|configs|cfg|params|param|parameters|args|options|opts|settings)|hypers?"
)
STATES = re.compile(r"(opt|optimizer|optim)?_?(states?|cache|memory|slots|buffers?)")
GRADIENTS = re.compile(r"grads?|gradients?|d(x|w|theta|params?|parameters)|g")
# What a gradient would be calculated from.
DATA = re.compile(r"[XY]|y|x|data|batch|inputs?|targets?|model|loss|f|fn|func|(grad|loss)_(fn|func)")


class Taken(NamedTuple):
    """The arguments of a function, in the order in which they stand.

    Those by position, and of them those that have no name for the caller (before a /); those by name only;
    those that may be left out; and whether any other name is taken too.
    """

    by_position: tuple[str, ...]
    unnamed: tuple[str, ...]
    by_name: tuple[str, ...]
    optional: frozenset[str]
    any_name: bool


def unpacking(fields: Sequence[str]) -> str:
    """The line that takes the state apart: m, v, t = state, or (v,) = state."""
    return f"({fields[0]},) = state" if len(fields) == 1 else f"{', '.join(fields)} = state"


def state_tuple(fields: Sequence[str]) -> str:
    """The state as a tuple is written: (m, v, t), (v,) or ()."""
    return f"({fields[0]},)" if len(fields) == 1 else f"({', '.join(fields)})"


def taken(signature: str) -> Taken:
    """What a signature as text, "(w, dw, config=None)", takes.

    It may be a stranger's claim, so it is no code here: it is cut at the commas outside all brackets.
    """
    by_position: list[str] = []
    unnamed: tuple[str, ...] = ()
    by_name: list[str] = []
    optional: set[str] = set()
    any_name = only_names = False
    for piece in outer_pieces(signature.strip()[1:-1]):
        stars, name = re.match(r"\s*(\**)\s*(\w*)", piece).groups()  # type: ignore[union-attr]  # always matches
        any_name |= stars == "**"
        only_names |= stars == "*"
        if piece.strip() == "/":
            unnamed = tuple(by_position)
        if name and not stars:
            (by_name if only_names else by_position).append(name)
            optional |= {name} if "=" in piece else set()
    return Taken(tuple(by_position), unnamed, tuple(by_name), frozenset(optional), any_name)


def outer_pieces(text: str) -> list[str]:
    """The text between the commas that stand in no bracket."""
    pieces, depth = [""], 0
    for character in text:
        depth += (character in "([{<") - (character in ")]}>")
        if character == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def advice_on_signature(says: str, form: Form) -> tuple[str, ...]:
    """What to change, a sentence each, after a fault that begins "yours takes (w, dw, config=None)"."""
    found = re.match(r"yours takes (\(.*\))(?:: |$)", says)
    return tuple(changes(taken(found[1].partition(" -> ")[0]), form)) if found else ()


def name_here(other: str, form: Form) -> str | None:
    """The hyper that is meant by a name of other courses: beta for momentum, lr for learning_rate or LR."""
    known = (name for name in form.hypers if other.lower() in (name, *ALIASES.get(name, ())))
    return next(known, None)


def changes(own: Taken, form: Form) -> Iterator[str]:
    """The sentences on a signature."""
    fields = form.state_fields
    names = own.by_position
    if names[:1] in (("self",), ("cls",)):
        kept = f": what an object would keep in {names[0]} is the state" if len(names) < 4 else ""
        yield f"a step is a plain function, outside any class, without {names[0]}{kept}"
        names = names[1:]
    every = (*names, *own.by_name)
    missing = [] if own.any_name else [name for name in form.hypers if name not in every]
    renamed = {name: other for other in every if (name := name_here(other, form)) in missing}
    for name, other in renamed.items():
        if other not in form.hypers:
            yield f"{other} is called {name} here, and comes by name"
    others = [name for name in names if name not in form.hypers and name not in renamed.values()]
    parts = [
        name
        for name in others[2:]
        if name in fields or (len(name) == 1 and name.islower() and name not in "xyw")
    ]
    boxes = [name for name in (*others[1:], *own.by_name) if DICTIONARIES.fullmatch(name)]
    yield from on_order(own, names, others, form)
    if parts and others[2:3] != ["state"]:
        verb = "come in together, as" if len(parts) > 1 else "comes in as"
        yield f"{' and '.join(parts)} {verb} the one tuple state"
    if boxes and len(missing) > len(renamed):
        yield f"there is no dictionary {boxes[0]}: each hyper comes by its name"
    elif lacking := [name for name in missing if name not in renamed]:
        yield f"it has to take {', '.join(lacking)} by name"
    known = {*form.hypers, *renamed.values(), *parts, *boxes, "theta", "grad", "state"}
    spare = [name for name in (*others[3:], *own.by_name) if name not in known | own.optional]
    if spare:
        yield f"nothing is given for {' and '.join(spare)}: leave {'it' if len(spare) == 1 else 'them'} out"
    if fields and not (others[2:3] and STATES.fullmatch(others[2])) and "state" not in own.by_name:
        yield on_state(fields)


def on_state(fields: Sequence[str]) -> str:
    """How the state comes in and goes out."""
    return (
        f"state comes in and goes out as the tuple {state_tuple(fields)}: begin with "
        f"{unpacking(fields)}, and end with return theta, {state_tuple(fields)}"
    )


def on_order(own: Taken, names: Sequence[str], others: Sequence[str], form: Form) -> Iterator[str]:
    """The sentences on what comes by position, and in which place."""
    if {"theta", "grad", "state"} & {*own.by_name}:
        yield "theta, grad and state come by position: let the * stand after them"
    if unnamed := [name for name in own.unnamed if name in form.hypers]:
        yield f"{' and '.join(unnamed)} comes by name: let the / stand before it, or leave it out"
    if len(others) > 2 and any(name in form.hypers for name in names[:3]):
        yield "theta, grad and state come first, the hypers after them"
    if len(others) > 1 and STATES.fullmatch(others[1]):
        yield f"the second argument is grad; {others[1]} comes third, as state"
    elif len(others) == 1 or (len(others) > 1 and DATA.fullmatch(others[1])):
        yield "the gradient comes in as grad, the second argument: a step does not compute it"
