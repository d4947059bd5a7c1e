"""Where the race's learning rates come from: a logarithmic search for each rule.

The best one has the lowest training loss on average over the first 50 epochs (fast and low), in runs
from seeds that the race does not use. Prints the table; `python benchmarks/race_lr.py` takes some 10 seconds.
"""

import numpy as np

from optcourse.problems import diabetes_network
from optcourse.race import RACERS
from optcourse.running import run

EPOCHS, SEEDS = 50, [100, 101, 102, 103, 104]
RATES = [digit * 10.0**power for power in (-4, -3, -2, -1) for digit in (1, 2, 5)]


def main() -> None:
    """Print mean, last training loss and last validation loss for each rule and learning rate."""
    problem = diabetes_network()
    assert problem.validation_loss is not None
    for racer in RACERS.values():
        every = racer.steps_per_epoch(problem.examples)
        made = run(
            racer.rule,
            problem,
            steps=EPOCHS * every,
            every=every,
            batch_size=racer.batch_size,
            seed=SEEDS,
            lr=np.array(RATES)[:, None],
        )
        with np.errstate(all="ignore"):
            mean = made.loss.mean(axis=(0, 2))
            last = made.loss[-1].mean(axis=-1)
            validation = problem.validation_loss(made.theta[-1]).mean(axis=-1)
        best = np.argmin(np.where(np.isfinite(mean), mean, np.inf))
        print(f"{racer.rule}: the race uses {racer.lr:g}")
        print(f"{'lr':>10}{'mean train':>12}{'last train':>12}{'last val.':>12}")
        for number, rate in enumerate(RATES):
            mark = "  <- best" if number == best else ""
            print(f"{rate:10g}{mean[number]:12.3f}{last[number]:12.3f}{validation[number]:12.3f}{mark}")


if __name__ == "__main__":
    main()
