"""Project 1's comparison: the diabetes network trained in numpy, in PyTorch and in Keras, from one start.

python -m optcourse.projects.frameworks     compare everything (needs the extra [keras]) and store it
"""

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from optcourse.arrays import Array, Step
from optcourse.errors import UserError
from optcourse.problems import diabetes_network
from optcourse.problems.data import diabetes
from optcourse.problems.networks import views
from optcourse.projects.loop import Batch, epoch_batches, train
from optcourse.rules import RULES, Form

FILE = "compared.json"
EPOCHS, BATCH = 40, 32


@dataclass(frozen=True)
class Pair:
    """A rule in the form in which a framework has it, and how the framework is asked for it."""

    form: Form
    lr: float
    call: str
    own: Callable[[Any, float], Any]


# The same learning rates as the project finds best, to one digit.
IN_TORCH: Mapping[str, Pair] = {
    "gd": Pair(RULES["gd"], 0.03, "SGD", lambda optim, lr: lambda p: optim.SGD(p, lr=lr)),
    "momentum": Pair(
        RULES["momentum"], 0.01, "SGD, momentum 0.9", lambda optim, lr: lambda p: optim.SGD(p, lr, 0.9)
    ),
    "rmsprop": Pair(
        RULES["rmsprop"],
        0.003,
        "RMSprop, alpha 0.9",
        lambda optim, lr: lambda p: optim.RMSprop(p, lr=lr, alpha=0.9),
    ),
    "adam": Pair(RULES["adam"], 0.01, "Adam", lambda optim, lr: lambda p: optim.Adam(p, lr=lr)),
}
IN_KERAS: Mapping[str, Pair] = {
    "gd": Pair(RULES["gd"], 0.03, "SGD", lambda own, lr: own.SGD(lr)),
    "momentum": Pair(
        RULES["momentum"].form("keras"), 0.01, "SGD, momentum 0.9", lambda own, lr: own.SGD(lr, momentum=0.9)
    ),
    "rmsprop": Pair(RULES["rmsprop"].form("eps-in-root"), 0.003, "RMSprop", lambda own, lr: own.RMSprop(lr)),
    "adam": Pair(RULES["adam"].form("eps-hat"), 0.01, "Adam", lambda own, lr: own.Adam(lr)),
}


def in_numpy(form: Form, step: Step, lr: float, **hypers: Any) -> Array:
    """The parameters at the end, from the course's own loop, network and gradients."""
    problem = diabetes_network()
    theta = problem.start
    given = {**form.defaults, "lr": lr, **hypers}
    end: Array = train(step, form.init(theta), problem, theta, epochs(), given)[-1]
    return end


def epochs() -> list[list[Batch]]:
    """The batches of every epoch."""
    random = np.random.default_rng([0, 1])
    return [epoch_batches(diabetes_network().examples, BATCH, random) for _ in range(EPOCHS)]


def batches() -> Iterator[Batch]:
    """One batch after another."""
    for one in epochs():
        yield from one


def start() -> dict[str, Array]:
    """The network's weights at the start, by name."""
    problem = diabetes_network()
    return views(problem.start, problem.parts)


def in_torch(optimizer: Callable[[Any], Any]) -> Array:
    """The parameters at the end, from PyTorch's network and gradients, and an optimizer of its parameters."""
    import torch

    data, weights = diabetes(), start()
    model = torch.nn.Sequential(torch.nn.Linear(10, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)).double()
    with torch.no_grad():
        for layer, number in ((model[0], 1), (model[2], 2)):
            layer.weight.copy_(torch.tensor(weights[f"W{number}"].T))
            layer.bias.copy_(torch.tensor(weights[f"b{number}"]))
    x, y = torch.tensor(data.x), torch.tensor(data.y)
    made = optimizer(model.parameters())
    for batch in batches():
        made.zero_grad()
        torch.nn.functional.mse_loss(model(x[batch])[:, 0], y[batch]).backward()
        made.step()
    parts = [part.detach().numpy() for part in model.parameters()]
    return np.concatenate([np.ravel(part.T) for part in parts])


def in_keras(optimizer: Callable[[], Any]) -> Array:
    """The parameters at the end, from Keras' network, compile and train_on_batch, in float64."""
    keras = keras_on_torch()
    before, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        data, weights = diabetes(), start()
        layers = keras.layers
        model = keras.Sequential([keras.Input((10,)), layers.Dense(64, activation="relu"), layers.Dense(1)])
        model.set_weights([weights[name] for name in ("W1", "b1", "W2", "b2")])
        model.compile(optimizer(), "mse")
        for batch in batches():
            model.train_on_batch(data.x[batch], data.y[batch, None])
        return np.concatenate([np.ravel(keras.ops.convert_to_numpy(part)) for part in model.weights])
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(policy)


def keras_on_torch() -> Any:
    """Keras, on PyTorch unless KERAS_BACKEND says otherwise."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    return keras


def compared(framework: str, name: str, step: Step | None = None) -> dict[str, Any]:
    """A rule in a framework: what its own optimizer makes of the start, and how far others are from it.

    `wrapped` is the rule in the framework's form, as an optimizer made by a bridge; `numpy` is the same form
    in the course's own loop and network; `yours` is `step` there (default: the course's first form). All
    three are largest differences in a parameter, relative to the largest parameter. UserError where the
    framework isn't installed.
    """
    if missing := [one for one in {"torch", framework} if find_spec(one) is None]:
        raise UserError(f"{' and '.join(missing)} not installed: pip install 'optcourse[{framework}]'.")
    pair = (IN_TORCH if framework == "torch" else IN_KERAS)[name]
    rule = RULES[name]
    if framework == "torch":
        import torch

        from optcourse.bridges.torch import wrap as torch_wrap

        own = in_torch(pair.own(torch.optim, pair.lr))
        wrapped = in_torch(lambda parameters: torch_wrap(pair.form)(parameters, lr=pair.lr, **extra(pair)))
        version = torch.__version__.split("+")[0]
    else:
        keras = keras_on_torch()

        from optcourse.bridges.keras import wrap as keras_wrap

        own = in_keras(lambda: pair.own(keras.optimizers, pair.lr))
        wrapped = in_keras(lambda: keras_wrap(pair.form)(learning_rate=pair.lr, **extra(pair)))
        version = keras.__version__
    yours = in_numpy(rule, step or rule.step, pair.lr)
    problem = diabetes_network()
    return {
        "framework": framework,
        "version": version,
        "rule": name,
        "call": pair.call,
        "lr": pair.lr,
        "loss": float(f"{problem.loss(own):.4g}"),
        "wrapped": distance(wrapped, own),
        "numpy": distance(in_numpy(pair.form, pair.form.function, pair.lr, **extra(pair)), own),
        "yours": distance(yours, own),
    }


def extra(pair: Pair) -> dict[str, Any]:
    """Hypers in which Keras differs from the form's defaults."""
    return {"eps": 1e-7} if pair.call == "RMSprop" else {}


def distance(ours: Array, theirs: Array) -> float:
    """The largest difference in a parameter, relative to the largest parameter; two digits."""
    return float(f"{np.abs(ours - theirs).max() / np.abs(theirs).max():.2g}")


def stored() -> list[dict[str, Any]]:
    """The stored comparisons."""
    text = files("optcourse.projects").joinpath(FILE).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["compared"]
    return found


def main() -> None:
    """Compare everything and store it."""
    found = [compared(framework, name) for framework in ("torch", "keras") for name in IN_TORCH]
    content = {
        "about": "Made by `python -m optcourse.projects.frameworks`: "
        f"{EPOCHS} epochs, batches of {BATCH}, seed 0.",
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "compared": found,
    }
    path = Path(__file__).parent / FILE
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
    for one in found:
        print(one)


if __name__ == "__main__":
    main()
