"""Makes frameworks.json: what PyTorch, Keras and optax do where homework asks for more than tests/golden has.

python -m tests.homework.make_frameworks    (needs the [frameworks] extra; float64 throughout)
"""

import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import jax
import keras
import numpy as np
import optax
import torch

RATE, STEPS = 0.2, 12
DECAYS = {
    "primary": lambda k: 1 / (1 + RATE * k),
    "root": lambda k: 1 / (1 + RATE * k) ** 0.5,
    "exponential": lambda k: (1 - RATE) ** k,
}


def inputs(shape=(3, 2)):
    """A start and gradients, some of them long."""
    random = np.random.default_rng(5)
    return random.normal(size=shape), random.normal(size=(STEPS, *shape)) * random.uniform(
        0.05, 3, size=(STEPS, 1, 1)
    )


def torch_path(after_grad=None, schedule=None, lr=0.1):
    """PyTorch's SGD; a function on the parameters before each step, a factor for each step."""
    start, grads = inputs()
    theta = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([theta], lr=lr)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule or (lambda k: 1.0))
    path = []
    for g in grads:
        theta.grad = torch.tensor(g)
        if after_grad:
            after_grad([theta])
        optimizer.step()
        scheduler.step()
        path.append(theta.detach().numpy().copy().tolist())
    return path


def keras_path(rate=0.1, **options):
    """Keras' SGD."""
    start, grads = inputs()
    theta = keras.Variable(start, dtype="float64")
    optimizer = keras.optimizers.SGD(learning_rate=rate, **options)
    path = []
    for g in grads:
        optimizer.apply([torch.tensor(g)], [theta])
        path.append(np.array(theta.value.detach()).tolist())
    return path


def optax_path(transform):
    """A chain of optax."""
    start, grads = inputs()
    theta = jax.numpy.asarray(start)
    state = transform.init(theta)
    path = []
    for g in grads:
        updates, state = transform.update(jax.numpy.asarray(g), state, theta)
        theta = optax.apply_updates(theta, updates)
        path.append(np.asarray(theta).tolist())
    return path


def record(framework, rule, dialect, hypers, path, tolerance=1e-12):
    """One record; Keras' clipnorm takes its norm in float32, whatever the parameters are."""
    start, grads = inputs()
    return {
        "framework": framework,
        "rule": rule,
        "dialect": dialect,
        "hypers": hypers,
        "start": start.tolist(),
        "grads": grads.tolist(),
        "thetas": path,
        "tolerance": tolerance,
    }


def logistic():
    """The gradient that PyTorch derives by itself."""
    random = np.random.default_rng(6)
    arguments = [
        random.normal(size=4),
        random.normal(size=(9, 4)),
        random.integers(0, 2, size=9).astype(float),
    ]
    theta, x, y = (torch.tensor(one) for one in arguments)
    theta.requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(x @ theta, y).backward()
    found = {
        "framework": "torch",
        "rule": "logistic",
        "dialect": "primary",
        "value": theta.grad.numpy().tolist(),
    }
    return found | {"arguments": [one.tolist() for one in arguments]}


def main() -> None:
    """Write the file."""
    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    clip, decay = {"lr": 0.1, "clip": 0.8}, {"lr": 0.1, "rate": RATE}
    records = [
        logistic(),
        record(
            "torch", "clipped", "pytorch", clip, torch_path(lambda p: torch.nn.utils.clip_grad_norm_(p, 0.8))
        ),
        record(
            "torch",
            "clipped",
            "by-value",
            clip,
            torch_path(lambda p: torch.nn.utils.clip_grad_value_(p, 0.8)),
        ),
        record("keras", "clipped", "primary", clip, keras_path(clipnorm=0.8), 1e-6),
        record("keras", "clipped", "by-value", clip, keras_path(clipvalue=0.8)),
        record(
            "optax",
            "clipped",
            "primary",
            clip,
            optax_path(optax.chain(optax.clip_by_global_norm(0.8), optax.sgd(0.1))),
        ),
        *(
            record("torch", "decaying", key, decay, torch_path(schedule=factor))
            for key, factor in DECAYS.items()
        ),
        *(
            record("optax", "decaying", key, decay, optax_path(optax.sgd(lambda k, f=factor: 0.1 * f(k))))
            for key, factor in DECAYS.items()
        ),
    ]
    Path(__file__).with_name("frameworks.json").write_text(json.dumps(records) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
