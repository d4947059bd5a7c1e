"""How fast the rules are: ratios to PyTorch, measured in one run on one thread.

python benchmarks/rules.py    (PyTorch comes with the [frameworks] extra; without it, its parts are skipped)

Steps of the same rule on the same float32 parameters: PyTorch's time over ours, so 2 means twice as fast as
PyTorch. And a sweep of 1,000 learning rates x 1,000 Adam steps in 2-D, against the loop over optimizers.
"""

# ruff: noqa: E402  (the number of threads is read when numpy is first imported)

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optcourse import RULES, run
from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import Form

try:
    import torch
except ImportError:
    torch = None

LR = 1e-9  # so that many steps with one gradient lead nowhere
SIZES = (2, 100, 10_000, 1_000_000)
# PyTorch's class and arguments, and the rule and dialect that they stand for.
PAIRS: Mapping[str, tuple[str, dict[str, Any], Form]] = {
    "gd": ("SGD", {}, RULES["gd"]),
    "momentum": ("SGD", {"momentum": 0.9}, RULES["momentum"].form("pytorch")),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}, RULES["nesterov"].form("pytorch")),
    "adagrad": ("Adagrad", {}, RULES["adagrad"]),
    "rmsprop": ("RMSprop", {}, RULES["rmsprop"]),
    "adadelta": ("Adadelta", {}, RULES["adadelta"]),
    "adam": ("Adam", {}, RULES["adam"]),
    "adamax": ("Adamax", {}, RULES["adamax"]),
    "nadam": ("NAdam", {}, RULES["nadam"]),
    "amsgrad": ("Adam", {"amsgrad": True}, RULES["amsgrad"]),
    "adamw": ("AdamW", {}, RULES["adamw"]),
    "muon": ("Muon", {}, RULES["muon"]),
    "rprop": ("Rprop", {}, HOMEWORK["rprop"]),
    "radam": ("RAdam", {}, HOMEWORK["radam"]),
    "adafactor": ("Adafactor", {}, HOMEWORK["adafactor"].form("torch")),
}


def seconds(*calls: Callable[[], Any], budget: float = 0.02, rounds: int = 9) -> list[float]:
    """The time of one call of each: the shortest of several rounds, in which the calls take turns."""
    repeats = []
    for call in calls:
        call()
        began = time.perf_counter()
        call()
        repeats.append(max(1, int(budget / max(time.perf_counter() - began, 1e-7))))
    shortest = [float("inf")] * len(calls)
    for _ in range(rounds):
        for number, call in enumerate(calls):
            began = time.perf_counter()
            for _ in range(repeats[number]):
                call()
            taken = (time.perf_counter() - began) / repeats[number]
            shortest[number] = min(shortest[number], taken)
    return shortest


def shape_for(name: str, size: int) -> tuple[int, ...]:
    """Muon and Adafactor get a matrix, as square as it can be; the others a vector."""
    if name not in ("muon", "adafactor"):
        return (size,)
    rows = int(size**0.5)
    return (rows, size // rows)


def our_step(form: Form, shape: tuple[int, ...], step: Callable[..., Any]) -> Callable[[], None]:
    """A call that makes one step after another."""
    theta, grad = np.full(shape, 0.5, np.float32), np.full(shape, 0.01, np.float32)
    state = form.init(theta)

    def once() -> None:
        nonlocal theta, state
        theta, state = step(theta, grad, state, lr=LR)

    return once


def their_step(kind: str, arguments: dict[str, Any], shape: tuple[int, ...]) -> Callable[[], Any]:
    """PyTorch's default step of the same rule."""
    parameter = torch.nn.Parameter(torch.full(shape, 0.5))
    parameter.grad = torch.full(shape, 0.01)
    return getattr(torch.optim, kind)([parameter], lr=LR, **arguments).step  # type: ignore[no-any-return]


def compare_steps() -> None:
    """Print, for each rule and size, PyTorch's time over ours."""
    print("PyTorch's time for a step over ours (over ours without the checks of its arguments), float32")
    print(f"{'rule':<12}" + "".join(f"{size:>20,}" for size in SIZES))
    for name, (kind, arguments, form) in PAIRS.items():
        cells = []
        for size in SIZES:
            shape = shape_for(name, size)
            theirs, checked, bare = seconds(
                their_step(kind, arguments, shape),
                our_step(form, shape, form.step),
                our_step(form, shape, form.function),
            )
            cells.append(f"{theirs / checked:.2f} ({theirs / bare:.2f})")
        print(f"{name:<12}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def sweep() -> float:
    """Seconds for 1,000 learning rates x 1,000 Adam steps in 2-D."""
    lrs = np.geomspace(1e-3, 1, 1000)
    return seconds(lambda: run("adam", "quadratic", steps=1000, lr=lrs))[0]


def loop_over_torch(rates: int = 10) -> float:
    """The same by PyTorch, one optimizer a learning rate; from `rates` of them, as all take the same time."""
    curvatures = torch.tensor([1.0, 10.0], dtype=torch.float64)
    began = time.perf_counter()
    for lr in np.geomspace(1e-3, 1, rates):
        theta = torch.nn.Parameter(torch.tensor([-4.0, 1.5], dtype=torch.float64))
        optimizer = torch.optim.Adam([theta], lr=float(lr))
        for _ in range(1000):
            theta.grad = theta.detach() * curvatures
            optimizer.step()
    return (time.perf_counter() - began) / rates * 1000


def main() -> None:
    ours = sweep()
    print(f"A sweep of 1,000 learning rates x 1,000 Adam steps in 2-D: {1000 * ours:.0f} ms")
    if torch is None:
        print("PyTorch is not installed (pip install 'optcourse[frameworks]'): no comparison with it.")
        return
    torch.set_num_threads(1)
    theirs = loop_over_torch()
    print(f"The loop over PyTorch optimizers: {theirs:.0f} s, {theirs / ours:,.0f} times as long\n")
    compare_steps()


if __name__ == "__main__":
    main()
