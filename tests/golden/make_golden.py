"""Makes the golden records anew from the live frameworks. Not part of the tests.

    pip install "optcourse[frameworks]" pytorch_optimizer==4.1.0 schedulefree==1.4.1
    python -m tests.golden.make_golden            # compares: prints what differs from the stored records
    python -m tests.golden.make_golden --write    # replaces the stored records

What to record is read from the files themselves: each record names its optimizer, arguments and problem. To
have a new one, add {"framework": ..., "optimizer": ..., "hyper": {...}, "problem": ...} to a file and write.
Records of a framework that is not installed, or that the coverage table does not cover, stay as they are.
"""

import importlib
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from .coverage import COVERAGE
from .problems import PROBLEMS, Gradient
from .records import FILES, FOLDER, relative_error, stored

CHECKPOINTS = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
TORCH_PACKAGES = ("torch", "pytorch_optimizer", "schedulefree")
# Keras on PyTorch is float64 throughout, but for these: there its norms and minima are float32, and
# schedule-free overwrites the momentum that it still needs.
KERAS_ON_JAX = ("Adafactor", "Muon", "ScheduleFreeAdamW")

Path = Iterator[
    tuple[np.ndarray, np.ndarray | None]
]  # theta, and the average where there is one, step by step


def noise(t: Any, shape: tuple[int, ...]) -> Any:
    """Relative noise of up to 2^-46 around 1: what rounding might do."""
    i = np.arange(int(np.prod(shape)))
    return (1 + 2.0**-46 * ((37 * t * (i + 3) + 11 * i) % 101 - 50) / 50).reshape(shape)


def noisy(grad: Gradient, shape: tuple[int, ...], convert: Callable[[Any], Any]) -> Gradient:
    """`grad`, with noise in theta and in the result."""
    return lambda theta, t: grad(theta * convert(noise(t + 7919, shape)), t) * convert(noise(t, shape))


def torch_path(package: str, name: str, hyper: dict[str, Any], problem: str, rounding: bool) -> Path:
    """The path of an optimizer of PyTorch, or of a package beside it."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)  # else some of its running products are kept in float32
    module = torch.optim if package == "torch" else importlib.import_module(package)
    grad = PROBLEMS[problem].grad(torch)
    theta = torch.nn.Parameter(torch.tensor(PROBLEMS[problem].start))
    if rounding:
        grad = noisy(grad, tuple(theta.shape), torch.from_numpy)
    drop, wave = hyper.pop("lr_drop", None), hyper.pop("warmup_cosine", None)
    optimizer = getattr(module, name)([theta], **hyper)
    schedule = torch_schedule(optimizer, **wave) if wave else None
    if package == "schedulefree":
        optimizer.train()
    for t in range(1, PROBLEMS[problem].steps + 1):
        if drop and t == drop["after"] + 1:
            optimizer.param_groups[0]["lr"] *= drop["factor"]
        theta.grad = grad(theta.detach(), t).clone()
        optimizer.step()
        if schedule:
            schedule.step()
        now = theta.detach().numpy().copy()
        average = None
        if package == "schedulefree":
            optimizer.eval()
            average = theta.detach().numpy().copy()
            optimizer.train()
            theta.data.copy_(torch.from_numpy(now))
        yield now, average


def torch_schedule(optimizer: Any, warmup_steps: int, total_steps: int) -> Any:
    """A straight line up to the optimizer's lr, whose first step is not 0, and a cosine down to 0."""
    from torch.optim import lr_scheduler

    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup_steps, total_iters=warmup_steps - 1)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total_steps - warmup_steps)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup_steps])


def optax_path(name: str, hyper: dict[str, Any], problem: str, rounding: bool) -> Path:
    """The path of an optax transformation, in one compiled loop."""
    os.environ["JAX_ENABLE_X64"] = "1"
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp
    import optax

    lr, drop, wave = hyper.pop("learning_rate"), hyper.pop("lr_drop", None), hyper.pop("warmup_cosine", None)
    if wave:
        lr = optax.warmup_cosine_decay_schedule(0.0, lr, wave["warmup_steps"], wave["total_steps"])
    if drop:
        boundaries = {drop["after"]: drop["factor"]}
        lr = optax.piecewise_constant_schedule(lr, boundaries)
    if name == "chain_ema_sgd":
        optimizer = optax.chain(optax.ema(**hyper), optax.scale(-lr))
    elif name == "chain_wd_sgd":
        decay = optax.add_decayed_weights(hyper.pop("weight_decay"))
        optimizer = optax.chain(decay, optax.sgd(lr, **hyper))
    else:
        home = optax.contrib if name.startswith("contrib.") else optax
        optimizer = getattr(home, name.removeprefix("contrib."))(lr, **hyper)
    grad = PROBLEMS[problem].grad(jnp)
    theta = jnp.asarray(PROBLEMS[problem].start)
    if rounding:
        grad = _traced_noise(grad, theta.shape, PROBLEMS[problem].steps, jnp)

    def body(carried: Any, t: Any) -> Any:
        theta, state = carried
        update, state = optimizer.update(grad(theta, t), state, theta)
        theta = optax.apply_updates(theta, update)
        averaged = "schedule_free" in name
        average = optax.contrib.schedule_free_eval_params(state, theta) if averaged else theta
        return (theta, state), (theta, average)

    ts = jnp.arange(1, PROBLEMS[problem].steps + 1)
    _, (thetas, averages) = jax.jit(lambda start: jax.lax.scan(body, start, ts))(
        (theta, optimizer.init(theta))
    )
    for now, average in zip(np.asarray(thetas), np.asarray(averages), strict=True):
        yield now, average if "schedule_free" in name else None


def _traced_noise(grad: Gradient, shape: tuple[int, ...], steps: int, jnp: Any) -> Gradient:
    """`noisy` from tables, as a traced t is no number."""
    before = jnp.asarray(np.stack([noise(t + 7919, shape) for t in range(1, steps + 1)]))
    after = jnp.asarray(np.stack([noise(t, shape) for t in range(1, steps + 1)]))
    return lambda theta, t: grad(theta * before[t - 1], t) * after[t - 1]


def keras_path(name: str, hyper: dict[str, Any], problem: str, rounding: bool) -> Path:
    """The path of a Keras optimizer, on the backend that KERAS_BACKEND names."""
    os.environ["JAX_ENABLE_X64"] = "1"
    import keras

    keras.config.set_floatx("float64")
    if keras.backend.backend() == "torch":
        import torch as xp

        xp.set_num_threads(1)
        xp.set_default_dtype(xp.float64)
    else:
        import jax.numpy as xp
    drop = hyper.pop("lr_drop", None)
    if drop:
        lr = hyper.pop("learning_rate")
        hyper["learning_rate"] = keras.optimizers.schedules.PiecewiseConstantDecay(
            [drop["after"] - 1], [lr, lr * drop["factor"]]
        )
    if wave := hyper.pop("warmup_cosine", None):
        warmup, total = wave["warmup_steps"], wave["total_steps"]
        hyper["learning_rate"] = keras.optimizers.schedules.CosineDecay(
            0.0, total - warmup, warmup_target=hyper["learning_rate"], warmup_steps=warmup
        )
    optimizer = getattr(keras.optimizers, name)(**hyper)
    grad = PROBLEMS[problem].grad(xp)
    theta = keras.Variable(np.array(PROBLEMS[problem].start), dtype="float64")
    if rounding:
        grad = noisy(grad, tuple(theta.shape), xp.asarray)
    optimizer.build([theta])
    for t in range(1, PROBLEMS[problem].steps + 1):
        value = theta.value.detach() if hasattr(theta.value, "detach") else theta.value
        optimizer.apply([grad(value, t)], [theta])
        yield np.array(theta.numpy()), None


def path_of(record: dict[str, Any], rounding: bool = False) -> Path:
    """The live path of what a record names."""
    framework, name, problem = record["framework"], record["optimizer"], record["problem"]
    hyper = dict(record["hyper"])
    if framework in TORCH_PACKAGES:
        return torch_path(framework, name, hyper, problem, rounding)
    if framework == "optax":
        return optax_path(name, hyper, problem, rounding)
    return keras_path(name, hyper, problem, rounding)


def version_of(framework: str) -> str:
    """The framework's version, and that of what it runs on."""
    version = importlib.metadata.version(framework)
    if framework == "optax":
        return f"{version}+jax{importlib.metadata.version('jax')}"
    return f"{version}({os.environ['KERAS_BACKEND']})" if framework == "keras" else version


def made_anew(record: dict[str, Any]) -> dict[str, Any]:
    """The record with its path made again, and how far two correct implementations can agree on it.

    A second run has relative noise of 2^-46 in theta and in the gradient. Where it parts from the first by
    more than 1e-11, the optimizer amplifies rounding.
    """
    steps: dict[str, list[float]] = {}
    averages: dict[str, list[float]] = {}
    reliable, agree = 0, True
    both = zip(path_of(record), path_of(record, rounding=True), strict=True)
    for t, ((theta, average), (disturbed, _)) in enumerate(both, start=1):
        if t in CHECKPOINTS:
            steps[str(t)] = theta.ravel().tolist()
            if average is not None:
                averages[str(t)] = average.ravel().tolist()
            agree = agree and relative_error(disturbed, steps[str(t)]) < 1e-11
            reliable = t if agree else reliable
    new = {**record, "version": version_of(record["framework"]), "reliable_to": reliable, "steps": steps}
    return {**new, "eval": averages} if averages else new


def difference(old: dict[str, Any], new: dict[str, Any]) -> float:
    """The largest relative error between two versions of a record, up to the step both are reliable to."""
    last = min(old.get("reliable_to", 0), new.get("reliable_to", 0))
    shared = [t for t in old.get("steps", {}) if int(t) <= last]
    return max((relative_error(np.array(new["steps"][t]), old["steps"][t]) for t in shared), default=0.0)


def runs_here(record: dict[str, Any], what: str) -> bool:
    """Whether `what` ("torch", "optax", "keras-torch" or "keras-jax") makes this record, and can."""
    framework = record["framework"]
    if isinstance(COVERAGE[framework, record["optimizer"]], str):
        return False
    if framework in TORCH_PACKAGES:
        return what == "torch" and importlib.util.find_spec(framework) is not None
    if framework == "keras":
        return what == ("keras-jax" if record["optimizer"] in KERAS_ON_JAX else "keras-torch")
    return what == framework


def make(what: str, write: bool) -> None:
    """Makes the records of one framework and backend, says what differs, and writes them if told to."""
    count = 0
    for file in FILES:
        old = stored(file)
        made = [made_anew(record) if runs_here(record, what) else record for record in old]
        count += sum(runs_here(record, what) for record in old)
        for before, after in zip(old, made, strict=True):
            off = difference(before, after)
            steps = before.get("reliable_to"), after.get("reliable_to")
            if off >= before.get("tol", 1e-12) or steps[0] != steps[1]:
                name = f"{after['framework']} {after['optimizer']} {after['hyper']} {after['problem']}"
                print(f"{name}: off by {off:.1e}, reliable to {steps[0]} -> {steps[1]}")
        if write and any(runs_here(record, what) for record in old):
            write_records(file, made)
    print(f"{what}: {count} records made")


def write_records(file: str, made: Iterable[dict[str, Any]]) -> None:
    """One record a line."""
    lines = ",\n".join(json.dumps(record, allow_nan=False) for record in made)
    (FOLDER / f"{file}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Each framework in a process of its own: Keras can't change its backend."""
    if arguments and arguments[0] == "--only":
        make(arguments[1], "--write" in arguments)
        return
    for what in ("torch", "optax", "keras-torch", "keras-jax"):
        environment = {**os.environ, "KERAS_BACKEND": what.partition("-")[2] or "torch"}
        command = [sys.executable, "-m", "tests.golden.make_golden", "--only", what, *arguments]
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
