"""What the race leaves behind: a table for the terminal, curves as PNG, numbers as CSV."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, ScalarFormatter
from rich import box
from rich.table import Table

from optcourse.arrays import Array
from optcourse.problems import diabetes_network
from optcourse.race import Result

# Okabe and Ito's colours, told apart by colour-blind eyes too, and a marker each.
LOOKS = {
    "gd": ("#0072B2", "o"),
    "sgd": ("#D55E00", "s"),
    "minibatch": ("#009E73", "^"),
    "adam": ("#CC79A7", "D"),
}


def _lowest(results: Sequence[Result]) -> float:
    """The lowest loss of all, for the lower end of the picture."""
    losses = np.concatenate([np.ravel(part) for one in results for part in (one.train, one.validation)])
    return float(np.min(losses[np.isfinite(losses)]))


def table(results: Sequence[Result], target: float) -> Table:
    """One row for each rule, at most 80 columns wide; losses as mean ± standard deviation over the seeds."""
    made = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    made.add_column("rule", no_wrap=True)
    for heading in (
        "lr",
        "batch",
        "final\ntrain loss",
        "final\nvalidation\nloss",
        "epochs\nto\ntarget",
        "µs per\nstep",
        "state",
    ):
        made.add_column(heading, justify="right", no_wrap=True)
    rates = _aligned([f"{result.racer.lr:g}" for result in results])
    for result, rate in zip(results, rates, strict=True):
        made.add_row(
            result.racer.rule,
            rate,
            str(result.racer.batch_size or "all"),
            _final(result, result.train),
            _final(result, result.validation),
            _epochs(result.epochs_to(target)),
            f"{result.step_microseconds:.1f}",
            f"{result.state_per_parameter:.0f}",
        )
    return made


def remarks(results: Sequence[Result], target: float) -> list[str]:
    """What the table can't say: its units, who diverged, and where the validation loss was lowest."""
    said = [f"Target: training loss {target:g}. State: numbers the rule keeps for each parameter."]
    if (runs := results[0].train.shape[1]) > 1:
        said.append(f"Losses: mean ± standard deviation of {runs} runs; epochs to the target: mean.")
    for result in results:
        racer, seeds = result.racer, len(result.diverged)
        if result.diverged.any():
            said.append(
                f"{racer.rule} diverged with lr {racer.lr:g} in {result.diverged.sum()} of {seeds} runs (the "
                f"loss overflowed or ended above its start): try --lr {racer.rule}={racer.lr / 10:.1g}"
            )
        else:
            mean = result.validation.mean(axis=1)
            said.append(f"{racer.rule}: lowest validation loss {mean.min():.3f}, after epoch {mean.argmin()}")
    return said


def _final(result: Result, losses: Array) -> str:
    if result.diverged.any():
        count, seeds = result.diverged.sum(), len(result.diverged)
        return "diverged" if count == seeds else f"diverged {count}/{seeds}"
    last = losses[-1]
    return f"{last.mean():.3f}" + (f" ± {last.std(ddof=1):.3f}" if len(last) > 1 else "")


def _epochs(epochs: Array) -> str:
    reached = np.isfinite(epochs)
    if not reached.any():
        return "never"
    return f"{epochs.mean():.1f}" if reached.all() else f"{reached.sum()} of {len(epochs)}"


def _aligned(numbers: Sequence[str]) -> list[str]:
    """Filled up with spaces on the right, so that right-justified their decimal points stand in line."""
    behind = [len(number) - (number + ".").index(".") for number in numbers]
    return [number + " " * (max(behind) - length) for number, length in zip(numbers, behind, strict=True)]


def write_numbers(path: Path, results: Sequence[Result]) -> None:
    """One line for each rule, seed and epoch (0 is the start)."""
    whole = diabetes_network().examples
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["rule", "lr", "batch_size", "seed", "epoch", "train_loss", "validation_loss"])
        for result in results:
            racer = result.racer
            for epoch, seed in np.ndindex(result.train.shape):
                losses = (float(result.train[epoch, seed]), float(result.validation[epoch, seed]))
                rows.writerow([racer.rule, racer.lr, racer.batch_size or whole, seed, epoch, *losses])


def draw_curves(path: Path, results: Sequence[Result]) -> None:
    """Training loss (solid) and validation loss (dashed) by epoch: mean and range of the seeds."""
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for axis, what, line in ((axes[0], "train", "-"), (axes[1], "validation", "--")):
        for number, result in enumerate(results):
            losses: Array = getattr(result, what)
            colour, marker = LOOKS[result.racer.rule]
            epochs = np.arange(len(losses))
            with np.errstate(all="ignore"):
                mean, low, high = losses.mean(axis=1), losses.min(axis=1), losses.max(axis=1)
            axis.plot(
                epochs,
                mean,
                line,
                color=colour,
                marker=marker,
                # Not all at the same epochs, so that curves that lie together show their markers.
                markevery=(number * len(epochs) // 40, max(1, len(epochs) // 10)),
                label=f"{result.racer.rule}, lr {result.racer.lr:g}"
                + (", diverged" if result.diverged.any() else ""),
            )
            if losses.shape[1] > 1:
                axis.fill_between(epochs, low, high, color=colour, alpha=0.15, lw=0)
        axis.set(
            xlabel="epoch", ylabel=f"{what} loss (mean squared error)", title=f"{what} loss".capitalize()
        )
        axis.grid(alpha=0.3)
    # A run that diverges leaves the picture at the top; the others stay readable.
    axes[0].set_yscale("log")
    axes[0].set_ylim(0.9 * _lowest(results), 1.2 * max(result.train[0].max() for result in results))
    axes[0].yaxis.set_major_formatter(ScalarFormatter())
    axes[0].yaxis.set_minor_formatter(FormatStrFormatter("%.1f"))
    axes[0].legend()
    axes[1].tick_params(labelleft=True, which="both")
    figure.suptitle("Network 10-64-1 on the diabetes data" + _over_seeds(results))
    figure.savefig(path, dpi=120, format="png")


def _over_seeds(results: Sequence[Result]) -> str:
    seeds = results[0].train.shape[1]
    return f", mean and range of {seeds} runs" if seeds > 1 else ""
