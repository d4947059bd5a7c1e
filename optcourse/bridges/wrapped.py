"""A step as a framework's optimizer needs it: on one parameter at a time, in numpy. Knows no framework."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any

import numpy as np

from optcourse.arrays import Array, State, Step
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.rules.base import Form, Hyper, Rule, at_theta
from optcourse.rules.parts import used_for
from optcourse.running import rule_form

Hypers = Mapping[str, Any]
Init = Callable[[Array], State]


@dataclass(frozen=True)
class Wrapped:
    """A form whose function is the step to run, and the hypers that it starts from.

    A parameter has its own shape here and its own state, so a rule that mixes coordinates mixes those of one
    parameter; Muon leaves what is no matrix to Adam, as in `run`. Arrays go in as copies: a step may write
    into what it is given.
    """

    form: Form
    defaults: Hypers

    @property
    def looks_ahead(self) -> bool:
        """Whether the gradient is taken elsewhere than at theta."""
        return self.form.grad_at is not at_theta

    @property
    def class_name(self) -> str:
        """AdamStep for adam."""
        words = self.form.name.replace("-", " ").replace("_", " ").split()
        return "".join(word.capitalize() for word in words) + "Step"

    def begin(self, theta: Array, hypers: Hypers) -> dict[str, Any]:
        """The state before the first step, its parts by their names."""
        part, its = used_for(self.form, theta.shape)
        state = part.init_function(theta.copy(), **its(hypers))
        if not isinstance(state, (tuple, list)):
            raise WrongTypeError(f"{self.form.name}: init must return a tuple; got {type(state).__name__}.")
        return named(state, getattr(state, "_fields", [f"part{i}" for i in range(len(state))]), theta.dtype)

    def step(
        self, theta: Array, grad: Array, state: Mapping[str, Any], hypers: Hypers
    ) -> tuple[Array, dict[str, Any]]:
        """The new theta, in the old one's dtype, and the new state; else ValueError or TypeError."""
        part, its = used_for(self.form, theta.shape)
        name = part.name
        with np.errstate(all="ignore"):  # a path that runs away is the learner's to see, without warnings
            returned = part.function(theta.copy(), grad.copy(), tuple(state.values()), **its(hypers))
        if not (isinstance(returned, (tuple, list)) and len(returned) == 2):
            raise WrongTypeError(f"{name}: a step returns theta and state, as in `return theta, state`.")
        new, memory = returned
        if np.shape(new) != theta.shape:
            raise WrongValueError(
                f"{name}: theta has shape {theta.shape}, but the step returned {np.shape(new)}."
            )
        if not isinstance(memory, (tuple, list)) or len(memory) != len(state):
            raise WrongValueError(
                f"{name}: the step got a state of {len(state)} parts ({', '.join(state)}) and must return "
                f"one like it; got {memory!r}."
            )
        return np.array(new, theta.dtype), named(memory, list(state), theta.dtype)

    def ahead(self, theta: Array, state: Mapping[str, Any], hypers: Hypers) -> Array:
        """Where the gradient is to be taken."""
        return self._point("grad_at", theta, state, hypers)

    def judged(self, theta: Array, state: Mapping[str, Any], hypers: Hypers) -> Array:
        """The point to judge and to keep, in place of theta."""
        return self._point("evaluate", theta, state, hypers)

    def _point(self, of: str, theta: Array, state: Mapping[str, Any], hypers: Hypers) -> Array:
        part, its = used_for(self.form, theta.shape)
        return np.array(getattr(part, of)(theta.copy(), tuple(state.values()), **its(hypers)), theta.dtype)


def wrapped(step: str | Form | Step, *, init: Init | None = None, dialect: str | None = None) -> Wrapped:
    """What `step` stands for: a rule's name, a form, or a function.

    A function named after a rule (adam_step) has that rule's state, or that of its `dialect`. Any other
    needs `init(theta)`, which returns its first state; its hypers are its keyword arguments. Defaults are the
    function's own, then the rule's. ValueError where there is no such rule, and for what clips; KeyError for
    an unknown dialect.
    """
    try:
        form, function = rule_form(step)
    except ValueError as error:
        if not callable(step) or init is None:
            raise WrongValueError(
                f"{error} For a rule of your own, give init=: init(theta) -> state."
            ) from None
        form, function = own_form(step), step
    if dialect is not None:
        if not isinstance(form, Rule):
            raise WrongValueError(f"{form.name} is a form already: there is no dialect of it to ask for.")
        form = form.form(dialect)
        function = form.function if isinstance(step, str) else function
    if "clip_norm" in form.hypers:
        raise WrongValueError(
            f"{form.name}: a framework steps one parameter at a time, but the gradient's length is that of "
            "all. Wrap the rule without clipping, and clip with torch.nn.utils.clip_grad_norm_ or Keras' "
            "global_clipnorm."
        )
    own = {} if isinstance(step, (str, Form)) or hasattr(step, "form") else keyword_defaults(function)
    if init is not None:
        form = replace(form, init_function=lambda theta, **hypers: init(theta))
    known = {name: value for name, value in own.items() if name in form.hypers}
    return Wrapped(replace(form, function=function), MappingProxyType({**form.defaults, **known}))


def own_form(step: Step) -> Form:
    """The form of a function that belongs to no rule; its hypers may be any numbers."""
    name = getattr(step, "__name__", type(step).__name__).removesuffix("_step")
    hypers = {
        key: Hyper(key, "a hyper of your own", "(-inf, inf)", (0.0, 1.0), 0.5, default=value)
        for key, value in keyword_defaults(step).items()
    }
    return Form(name=name, function=step, hypers=hypers)


def keyword_defaults(step: Step) -> dict[str, float]:
    """The numbers that a function's keyword arguments default to."""
    return {
        name: parameter.default
        for name, parameter in signature(step).parameters.items()
        if parameter.kind is Parameter.KEYWORD_ONLY and isinstance(parameter.default, (int, float))
    }


def named(state: Sequence[Any], names: Sequence[str], dtype: Any) -> dict[str, Any]:
    """The parts of a state by name, as copies; floating arrays in theta's dtype, as frameworks keep them."""
    return {name: kept(part, dtype, name) for name, part in zip(names, state, strict=True)}


def kept(part: Any, dtype: Any, name: str) -> Any:
    """A part of a state as an array, a plain number, or a tuple of such; TypeError for anything else.

    So that a framework can save it, and no later change of theta or grad reaches it.
    """
    if isinstance(part, (np.ndarray, np.generic)):
        if part.ndim == 0:
            return part.item()
        return part.astype(dtype if part.dtype.kind == "f" else part.dtype)
    if isinstance(part, (int, float)):
        return part
    if isinstance(part, (tuple, list)):
        return tuple(kept(one, dtype, name) for one in part)
    raise WrongTypeError(f"{name} in the state is {part!r}: a state holds arrays and numbers.")
