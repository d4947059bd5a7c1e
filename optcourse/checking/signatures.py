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
    r"(hyper|h|opt)?_?(config|configs|params|param|parameters|args|options|opts|settings)"
)
STATES = re.compile(r"(opt|optimizer|optim)?_?(states?|cache|memory|slots|buffers?)")


class Taken(NamedTuple):
    """The arguments of a function: those by position, those by name only, and whether it takes any name."""

    by_position: tuple[str, ...]
    by_name: tuple[str, ...]
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
    by_name: list[str] = []
    any_name = only_names = False
    for piece in outer_pieces(signature.strip()[1:-1]):
        stars, name = re.match(r"\s*(\**)\s*(\w*)", piece).groups()  # type: ignore[union-attr]  # always matches
        any_name |= stars == "**"
        only_names |= stars == "*"
        if name and not stars:
            (by_name if only_names else by_position).append(name)
    return Taken(tuple(by_position), tuple(by_name), any_name)


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


def changes(own: Taken, form: Form) -> Iterator[str]:
    """The sentences on a signature."""
    fields = form.state_fields
    names = own.by_position
    if names[:1] in (("self",), ("cls",)):
        yield "a step is a plain function, outside any class: what an object would keep in self is the state"
        names = names[1:]
    every = (*names, *own.by_name)
    missing = [] if own.any_name else [name for name in form.hypers if name not in every]
    renamed = {name: other for name in missing for other in ALIASES.get(name, ()) if other in every}
    for name, other in renamed.items():
        if other not in form.hypers:
            yield f"{other} is called {name} here, and comes by name"
    others = [name for name in names if name not in form.hypers and name not in renamed.values()]
    parts = [name for name in others[2:] if name in fields or (len(name) == 1 and name not in "xyw")]
    if parts and others[2:3] != ["state"]:
        yield f"{' and '.join(parts)} come in together, as the one tuple state"
    if len(others) > 1 and STATES.fullmatch(others[1]):
        yield f"the second argument is grad; {others[1]} comes third, as state"
    elif len(others) == 1 or (len(others) == 2 and STATES.fullmatch(others[1])):
        yield "the gradient comes in as grad, the second argument: a step does not compute it"
    boxes = [name for name in others[1:] if DICTIONARIES.fullmatch(name)]
    if boxes and len(missing) > len(renamed):
        yield f"there is no dictionary {boxes[0]}: each hyper comes by its name"
    elif unnamed := [name for name in missing if name not in renamed]:
        yield f"it has to take {', '.join(unnamed)} by name"
    if fields:
        yield (
            f"state comes in and goes out as the tuple {state_tuple(fields)}: begin with "
            f"{unpacking(fields)}, and end with return theta, {state_tuple(fields)}"
        )
