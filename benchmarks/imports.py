"""How long `import optcourse` takes, as ratios to `import numpy`: medians over fresh processes, interleaved.

python benchmarks/imports.py
"""

import statistics
import subprocess
import sys

ROUNDS = 15
# What is timed, and the statements that it stands for.
TIMED = {
    "import numpy": "import numpy",
    "import optcourse": "import optcourse",
    "RULES, run and check in use": "from optcourse import RULES, check, run; RULES['adam'].step",
}


def seconds(statements: str) -> float:
    """The time of some statements in a process of their own, without Python's start."""
    code = f"import time; began = time.perf_counter(); {statements}; print(time.perf_counter() - began)"
    return float(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    )


def main() -> None:
    times: dict[str, list[float]] = {what: [] for what in TIMED}
    for _ in range(ROUNDS):
        for what, statements in TIMED.items():
            times[what].append(seconds(statements))
    medians = {what: statistics.median(taken) for what, taken in times.items()}
    for what, median in medians.items():
        print(f"{what:<28}{1000 * median:7.1f} ms {median / medians['import numpy']:6.2f} x import numpy")


if __name__ == "__main__":
    main()
