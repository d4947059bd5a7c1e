"""A learner's step as a real `torch.optim.Optimizer`."""

# mypy: allow-subclassing-any
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, ClassVar

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.bridges.wrapped import Init, Wrapped, wrapped
from optcourse.errors import WrongTypeError
from optcourse.rules.base import Form

try:
    import torch
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise ModuleNotFoundError(
        "optcourse.bridges.torch needs PyTorch: pip install 'optcourse[torch]'", name="torch"
    ) from error

NOT_HYPERS = {"params", "param_names", "initial_lr"}  # what else a param group holds


class StepOptimizer(torch.optim.Optimizer):
    """What every wrapped step is: an optimizer with the state of its rule for each parameter.

    The step runs in numpy, so parameters are float32 or float64 tensors on the CPU.
    """

    rule: ClassVar[Wrapped]

    def __init__(self, params: Any, **hypers: Any) -> None:
        self.rule.form.check_hypers(hypers)
        super().__init__(params, {**self.rule.defaults, **hypers})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """One more group; TypeError or ValueError for a hyper that the rule does not have, or a tensor that
        numpy can't see."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        self.rule.form.check_hypers({name: group[name] for name in group if name not in NOT_HYPERS})
        for parameter in group["params"]:
            as_array(parameter)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; `closure` computes the loss and the gradients first.

        A rule that takes its gradient ahead of theta calls the closure with the parameters there.
        """
        if closure is None:
            if self.rule.looks_ahead:
                raise RuntimeError(
                    f"{self.rule.form.name} takes its gradient ahead of where the parameters are: "
                    "call step(closure), where closure() zeroes the gradients, computes the loss, calls "
                    "backward() and returns the loss."
                )
            loss = None
        else:
            ahead = self._at(self.rule.ahead) if self.rule.looks_ahead else nullcontext()
            with ahead, torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for parameter, hypers in self._parameters():
                if parameter.grad is not None:
                    theta, memory = self.rule.step(
                        as_array(parameter), as_array(parameter.grad), self._memory(parameter, hypers), hypers
                    )
                    parameter.copy_(torch.from_numpy(theta))
                    self.state[parameter].update({name: to_torch(part) for name, part in memory.items()})
        return loss

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Inside, the parameters are at the point to judge and to save: schedule-free's mean, else theta."""
        with self._at(self.rule.judged):
            yield

    @contextmanager
    def _at(self, point: Callable[[Array, Mapping[str, Any], Any], Array]) -> Iterator[None]:
        """The parameters moved to a point that the rule names, and back at the end."""
        kept = []
        with torch.no_grad():
            for parameter, hypers in self._parameters():
                theta = as_array(parameter)
                kept.append((parameter, parameter.detach().clone()))
                parameter.copy_(torch.from_numpy(point(theta, self._memory(parameter, hypers), hypers)))
        try:
            yield
        finally:
            with torch.no_grad():
                for parameter, theta in kept:
                    parameter.copy_(theta)

    def _parameters(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Each parameter with its group's hypers, as plain numbers (a scheduler may have left others)."""
        for group in self.param_groups:
            hypers = {name: np.asarray(group[name]).item() for name in self.rule.form.hypers}
            for parameter in group["params"]:
                yield parameter, hypers

    def _memory(self, parameter: Any, hypers: Mapping[str, Any]) -> dict[str, Any]:
        """The state of a parameter in numpy; begun, where there is none yet."""
        if parameter not in self.state:
            begun = self.rule.begin(as_array(parameter), hypers)
            self.state[parameter] = {name: to_torch(part) for name, part in begun.items()}
        return {name: to_numpy(part) for name, part in self.state[parameter].items()}


def wrap(
    step: str | Form | Step, *, init: Init | None = None, dialect: str | None = None
) -> type[StepOptimizer]:
    """A class of optimizers that move by `step`: `opt = wrap(adam_step)(model.parameters(), lr=1e-3)`.

    `step` is a function theta, grad, state, **hypers -> (theta, state), or a rule's name. A function named
    after a rule (adam_step) has that rule's state and hypers; `dialect` says which form's, where it is not
    the first. Any other function needs `init(theta)`, which returns its first state.
    Param groups, torch's schedulers, closures and state_dict work as with torch's own; saved states hold
    tensors and plain numbers. Raises ValueError for what can't be wrapped, KeyError for an unknown dialect.

    >>> import torch
    >>> from optcourse.bridges.torch import wrap
    >>> optimizer = wrap("adam")([torch.nn.Parameter(torch.zeros(2))], lr=0.1)
    >>> type(optimizer).__name__
    'AdamStep'
    """
    rule = wrapped(step, init=init, dialect=dialect)
    return type(rule.class_name, (StepOptimizer,), {"rule": rule, "__module__": __name__})


def as_array(tensor: Any) -> Array:
    """A tensor as a numpy view; TypeError where numpy can't see it or where rules are not meant for it."""
    if tensor.device.type != "cpu" or tensor.layout != torch.strided:
        raise WrongTypeError(
            f"A wrapped step runs in numpy, which sees dense tensors on the CPU; this one is {tensor.layout} "
            f"on {tensor.device}. Move the model with model.to('cpu')."
        )
    if tensor.dtype not in (torch.float32, torch.float64):
        raise WrongTypeError(f"A wrapped step needs float32 or float64 parameters, not {tensor.dtype}.")
    view: Array = tensor.detach().numpy()
    return view


def to_torch(part: Any) -> Any:
    """A part of a state as torch saves it."""
    if isinstance(part, tuple):
        return tuple(map(to_torch, part))
    return torch.from_numpy(part) if isinstance(part, np.ndarray) else part


def to_numpy(part: Any) -> Any:
    """A part of a state as a step takes it."""
    if isinstance(part, tuple):
        return tuple(map(to_numpy, part))
    return part.numpy() if isinstance(part, torch.Tensor) else part
