"""A learner's step as a real `keras.optimizers.Optimizer`; for Keras 3 on its PyTorch backend."""

# mypy: allow-subclassing-any
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.bridges.wrapped import Init, Wrapped, wrapped
from optcourse.errors import WrongTypeError, WrongValueError
from optcourse.rules.base import Form

try:
    import keras
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "optcourse.bridges.keras needs Keras 3 with its PyTorch backend: pip install 'optcourse[keras]', "
        f"and set KERAS_BACKEND=torch before keras is imported ({error}).",
        name=error.name,
    ) from error
if keras.backend.backend() != "torch":
    raise ImportError(
        f"optcourse.bridges.keras runs steps in numpy, which Keras' {keras.backend.backend()} backend can't "
        "do inside its compiled functions. Set KERAS_BACKEND=torch before keras is imported."
    )

# What every Keras optimizer takes.
COMMON = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


class StepOptimizer(keras.optimizers.Optimizer):
    """What every wrapped step is: an optimizer with the state of its rule for each variable.

    `learning_rate` (a number or a schedule) is the rule's lr; the other hypers keep their names. Where the
    rule has a weight_decay of its own, that is meant; else it is Keras' own. The step runs in numpy, eagerly,
    so variables are float32 or float64 on the CPU.
    """

    rule: ClassVar[Wrapped]

    def __init__(self, learning_rate: Any = None, *, name: str | None = None, **arguments: Any) -> None:
        defaults = self.rule.defaults
        if "lr" in arguments:
            raise WrongTypeError(f"{type(self).__name__}: Keras calls lr learning_rate.")
        own = {key: arguments.pop(key) for key in defaults if key in arguments}
        common = {key: arguments.pop(key) for key in COMMON if key in arguments}
        rate = defaults.get("lr", 1.0) if learning_rate is None else learning_rate
        if isinstance(rate, (int, float)) and "lr" in defaults:
            self.rule.form.check_hypers({"lr": float(rate)})
        self.rule.form.check_hypers({**own, **arguments})
        super().__init__(float(rate) if isinstance(rate, int) else rate, name=name, **common)
        self.hypers = {key: own.get(key, value) for key, value in defaults.items() if key != "lr"}

    def build(self, variables: Sequence[Any]) -> None:
        """The first state of each variable, as variables of the optimizer."""
        super().build(variables)
        rate = number(self._get_current_learning_rate())
        self._memories = [self._begun(variable, rate) for variable in variables]

    def _begun(self, variable: Any, rate: float) -> dict[str, Any]:
        state = self.rule.begin(as_array(variable), self._hypers(rate))
        return {name: self._held(f"{variable.name}_{name}", part) for name, part in state.items()}

    def _held(self, name: str, part: Any) -> Any:
        """A part of a state as a variable, which Keras saves; plain numbers keep their 64 bits."""
        if isinstance(part, tuple):
            raise WrongTypeError(f"{name}: a state in Keras holds arrays and numbers, not tuples of them.")
        dtype = str(np.asarray(part).dtype)
        held = self.add_variable(shape=np.shape(part), dtype=dtype, name=name)
        held.assign(np.asarray(part))
        return held

    def _hypers(self, rate: float) -> dict[str, Any]:
        return {**self.hypers, "lr": rate} if "lr" in self.rule.defaults else dict(self.hypers)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one variable; Keras calls this."""
        held = self._memories[self._get_variable_index(variable)]
        theta, state = self.rule.step(
            as_array(variable),
            as_array(gradient),
            {name: as_part(part) for name, part in held.items()},
            self._hypers(number(learning_rate)),
        )
        self.assign(variable, theta)
        for name, part in state.items():
            if np.shape(part) != tuple(held[name].shape):
                raise WrongValueError(
                    f"{self.rule.form.name}: {name} had shape {tuple(held[name].shape)} at the start, but "
                    f"the step returned {np.shape(part)}; in Keras a state keeps its shapes."
                )
            self.assign(held[name], np.asarray(part))

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Inside, the variables are at the point to judge and to save: schedule-free's mean, else theta.

        For an optimizer that has been built, by fit for instance.
        """
        hypers = self._hypers(number(self._get_current_learning_rate()))
        kept = [(variable, as_array(variable).copy()) for variable in self._trainable_variables]
        for (variable, theta), held in zip(kept, self._memories, strict=True):
            state = {name: as_part(part) for name, part in held.items()}
            variable.assign(self.rule.judged(theta, state, hypers))
        try:
            yield
        finally:
            for variable, theta in kept:
                variable.assign(theta)

    def get_config(self) -> dict[str, Any]:
        """All arguments, to make the optimizer anew."""
        config: dict[str, Any] = super().get_config()
        return {**config, **self.hypers}


def wrap(
    step: str | Form | Step, *, init: Init | None = None, dialect: str | None = None
) -> type[StepOptimizer]:
    """A class of optimizers that move by `step`: `model.compile(wrap(adam_step)(learning_rate=1e-3), "mse")`.

    The arguments are those of `optcourse.bridges.torch.wrap`. Schedules, fit, saving and loading work as with
    Keras' own optimizers; `keras.models.load_model` needs `custom_objects={Opt.__name__: Opt}`. Raises
    ValueError for what can't be wrapped, as is a rule that takes its gradient elsewhere than at theta.

    `step`, `init` and `dialect` are as there.

    >>> from optcourse.bridges.keras import wrap
    >>> optimizer = wrap("adam")(learning_rate=0.1)
    >>> type(optimizer).__name__
    'AdamStep'
    """
    rule = wrapped(step, init=init, dialect=dialect)
    if rule.looks_ahead:
        raise WrongValueError(
            f"{rule.form.name} takes its gradient ahead of where the variables are, and Keras computes "
            "gradients only where they are. Take a form whose gradient is at theta (as Nesterov's first is), "
            "or use optcourse.bridges.torch with a closure."
        )
    return type(rule.class_name, (StepOptimizer,), {"rule": rule, "__module__": __name__})


def as_array(tensor: Any) -> Array:
    """A variable or gradient in numpy; TypeError where rules are not meant for it."""
    array: Array = keras.ops.convert_to_numpy(tensor)
    if array.dtype not in (np.float32, np.float64):
        raise WrongTypeError(f"A wrapped step needs float32 or float64 variables, not {array.dtype}.")
    return array


def as_part(variable: Any) -> Any:
    """A part of a state as a step takes it: an array, or a plain number."""
    array = keras.ops.convert_to_numpy(variable)
    return array if array.ndim else array.item()


def number(rate: Any) -> float:
    """A learning rate as a plain number."""
    return float(keras.ops.convert_to_numpy(rate))
