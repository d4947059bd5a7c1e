"""How fast the networks train: an epoch here and in PyTorch, in one run on one thread.

python benchmarks/networks.py    (PyTorch comes with the [frameworks] extra; without it, only our times)

Both draw batches of 32 from a shuffled epoch and make a step of Adam for each, in float32 and float64.
PyTorch's network has the same layers, and likewise computes the loss of all examples before and after.
"""

# ruff: noqa: E402  (the number of threads is read when numpy is first imported)

import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from optcourse.problems import Problem, adding_network, digits_convolution, digits_network
from optcourse.problems.data import Split, adding, digits
from optcourse.running import run

try:
    import torch
except ImportError:
    torch = None

BATCH, LR, ROUNDS = 32, 1e-3, 7


def our_epoch(problem: Problem, dtype: type) -> Callable[[], Any]:
    """A call that trains for one epoch, from the start."""
    start, steps = problem.start.astype(dtype), -(-problem.examples // BATCH)
    return lambda: run("adam", problem, start=start, steps=steps, every=steps, batch_size=BATCH, lr=LR)


class Last(torch.nn.Module if torch else object):  # type: ignore[misc]
    """The memory of a recurrent layer after the last time."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Any) -> Any:
        return self.layer(x)[1][0]


def perceptron() -> Any:
    """64-64-10."""
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
    )


def convolution() -> Any:
    """3 x 3 convolution to 8 channels, max-pooling, dense."""
    return torch.nn.Sequential(
        torch.nn.Unflatten(1, (1, 8)),
        torch.nn.Conv2d(1, 8, 3),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(72, 10),
    )


def recurrent(cell: str) -> Callable[[], Any]:
    """16 units, then one output."""
    return lambda: torch.nn.Sequential(
        Last(getattr(torch.nn, cell)(2, 16, batch_first=True)), torch.nn.Linear(16, 1), torch.nn.Flatten(0)
    )


def their_epoch(make: Callable[[], Any], data: Split, dtype: type) -> Callable[[], Any]:
    """The same in PyTorch."""
    classes = data.y.dtype.kind == "i"
    x = torch.tensor(data.x.astype(dtype))
    y = torch.tensor(data.y if classes else data.y.astype(dtype))
    model = make().to(x.dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    loss_of = torch.nn.functional.cross_entropy if classes else torch.nn.functional.mse_loss

    def epoch() -> None:
        order = torch.randperm(len(y))
        for begin in range(0, len(y), BATCH):
            batch = order[begin : begin + BATCH]
            optimizer.zero_grad()
            loss_of(model(x[batch]), y[batch]).backward()
            optimizer.step()
        with torch.no_grad():  # as ours, which records the loss of all examples, of the start too
            for _ in range(2):
                loss_of(model(x), y)

    return epoch


def main() -> None:
    """Print a line for each network and precision."""
    if torch is None:
        print("PyTorch is not installed (pip install 'optcourse[frameworks]'): no comparison with it.")
    else:
        torch.set_num_threads(1)
    networks: list[tuple[str, Problem, Split, Callable[[], Any]]] = [
        ("perceptron 64-64-10", digits_network(), digits(), perceptron),
        ("convolution", digits_convolution(), digits(), convolution),
        ("Elman, 20 times", adding_network(), adding(), recurrent("RNN")),
        ("GRU, 20 times", adding_network("gru"), adding(), recurrent("GRU")),
    ]
    print(f"{'an epoch at batch 32, ms':<26}{'dtype':<10}{'ours':>8}{'PyTorch':>10}{'ours / PyTorch':>16}")
    for name, problem, data, make in networks:
        for dtype in (np.float32, np.float64):
            calls = [our_epoch(problem, dtype)]
            calls += [their_epoch(make, data, dtype)] if torch else []
            best = [float("inf")] * len(calls)
            for _ in range(ROUNDS):
                for number, call in enumerate(calls):
                    began = time.perf_counter()
                    call()
                    best[number] = min(best[number], 1000 * (time.perf_counter() - began))
            ratio = f"{best[1]:10.1f}{best[0] / best[1]:16.2f}" if torch else ""
            print(f"{name:<26}{dtype.__name__:<10}{best[0]:8.1f}{ratio}", flush=True)


if __name__ == "__main__":
    main()
