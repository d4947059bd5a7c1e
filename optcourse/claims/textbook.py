"""The textbooks' comparison table, measured, and "when to use what": two sections of docs/measurements.md.

python -m optcourse.claims.textbook           write the sections from the stored results
python -m optcourse.claims.textbook FOLDER    first race all rules on three problems (four minutes on two
                                              cores) and store the results; stopped, it goes on from FOLDER

The words come from the figures by the limits in words.py; the advice rests on claims (advice.py).
"""

import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from textwrap import fill
from types import MappingProxyType
from typing import Any

import numpy as np

from optcourse.arrays import Array
from optcourse.claims import measured
from optcourse.claims.advice import lines
from optcourse.claims.words import FEW, MANY, MEMORY, NARROW, SPEEDS, WIDE, memory, ratio, speed, stability
from optcourse.rules import RULES

FILE = "textbook.json"
HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "measurements.md"
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "slope": "it is gradient descent with one parameter",
        "warmup": "it is a schedule, which every rule can have",
    }
)
PROBLEMS: Mapping[str, str] = MappingProxyType(  # -> heading
    {"digits": "digits", "diabetes": "diabetes", "austen": "words"}
)
USUAL = "minibatch"  # what speeds are compared with
SEED = 0
WIDTH = 119  # of the page


@dataclass(frozen=True)
class Entry:
    """What the race on one problem says of one rule. `steps` to the target for each seed, None for never."""

    rule: str
    steps: tuple[float | None, ...]
    examples_per_step: float
    decades: float
    decades_open: bool  # whether rates beyond those tried may work too
    diverged_trials: float
    state_bytes: float
    adaptive: bool
    hypers: Mapping[str, float]

    @property
    def examples(self) -> Array:
        """Examples read to the target for each seed; nan for never."""
        return self.examples_per_step * np.array(self.steps, dtype=float)


Results = Mapping[str, Mapping[str, Entry]]  # problem -> rule -> entry


def raced(problem: str, folder: Path) -> dict[str, Entry]:
    """The race of all taught rules on a problem, with the defaults of `optcourse race`."""
    from optcourse.racing import race

    taught = [rule for rule in RULES if rule not in LEFT_OUT]
    finished = race(taught, problem, seed=SEED, out=folder / problem)
    entries = {}
    for one in finished.standings:
        steps = one.steps_to(finished.target)
        entries[one.runner.label] = Entry(
            rule=one.runner.label,
            steps=tuple(None if np.isnan(count) else float(count) for count in steps),
            examples_per_step=one.examples_per_step,
            decades=one.decades[0],
            decades_open=one.decades[1],
            diverged_trials=one.diverged_trials,
            state_bytes=one.state_bytes,
            adaptive=one.adaptive,
            hypers=dict(one.best),
        )
    return entries


def stored_text(results: Results) -> str:
    """Results as they are stored."""
    content = {
        "about": "Made by `python -m optcourse.claims.textbook`.",
        "seed": SEED,
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
        "races": {
            problem: [asdict(entry) for entry in entries.values()] for problem, entries in results.items()
        },
    }
    return json.dumps(content, indent=1) + "\n"


def stored() -> Results:
    """The stored results."""
    content: dict[str, Any] = json.loads(files("optcourse.claims").joinpath(FILE).read_text(encoding="utf-8"))
    return {
        problem: {entry["rule"]: Entry(**{**entry, "steps": tuple(entry["steps"])}) for entry in entries}
        for problem, entries in content["races"].items()
    }


def rows(results: Results) -> list[list[str]]:
    """Heading and a row for each rule, in the order of the lessons."""
    heading = ["rule", "speed", *(f"× on {name}" for name in PROBLEMS.values())]
    heading += ["stability", "lr decades", "diverged", "adaptive", "memory", "bytes"]
    return [heading, *(row(rule, results) for rule in results[next(iter(PROBLEMS))])]


def row(rule: str, results: Results) -> list[str]:
    """One rule: each word beside the figures that it comes from."""
    entries = [results[problem][rule] for problem in PROBLEMS]
    ratios = [
        ratio(results[problem][USUAL].examples, entry.examples)
        for problem, entry in zip(PROBLEMS, entries, strict=True)
    ]
    decades = [entry.decades for entry in entries]
    diverged = float(np.mean([entry.diverged_trials for entry in entries]))
    return [
        rule,
        speed([middle for middle, _, _ in ratios]),
        *(times(*each) for each in ratios),
        stability(decades, diverged),
        " / ".join(f"{'≥ ' if entry.decades_open else ''}{entry.decades:g}" for entry in entries),
        f"{diverged:.0%}",
        "yes" if entries[0].adaptive else "no",
        memory(entries[0].state_bytes),
        f"{entries[0].state_bytes:.0f}",
    ]


def times(middle: float, low: float, high: float) -> str:
    """A ratio with its spread in two digits."""
    if high == 0:
        return "never"
    return f"{middle:.2g}" if low == high else f"{middle:.2g} ({low:.2g}–{high:.2g})"


def table(results: Results) -> str:
    """The section "The textbooks' table, measured", without its heading."""
    heading, *body = rows(results)
    words = {"rule", "speed", "stability", "adaptive", "memory"}
    out = [
        "| " + " | ".join(heading) + " |",
        "| " + " | ".join("---" if name in words else "---:" for name in heading) + " |",
        *("| " + " | ".join(cells) + " |" for cells in body),
        "",
        note(),
    ]
    return "\n".join(out)


def note() -> str:
    """What the columns are, and the limits that the words follow."""
    left_out = " and ".join(f"`{rule}` ({why})" for rule, why in LEFT_OUT.items())
    problems = " / ".join(PROBLEMS.values())
    columns = (
        f"All taught rules but {left_out}. *×*: how many times fewer examples a rule reads than "
        f"`{USUAL}` until the target, median (lowest–highest) over ten starts, each rule at the best of "
        "its 20 trials. In steps, `sgd` is 32 times slower than that: each of its steps reads one "
        "example. `gd` reads all of them for each of its ten steps. *lr decades*: as in the race, on "
        f"{problems}. *diverged*: share of the trials on all three. *bytes*: kept for each parameter in "
        "float32."
    )
    speeds = ", ".join(f"*{word}* from {least:g}" for least, word in SPEEDS)
    sizes = ", ".join(f"*{word}* up to {most}" for most, word in MEMORY)
    words = (
        f"The words. Speed is the median of the three *×*: {speeds}, *slow* below, *very slow* where "
        f"most do not reach the target. Stability is *high* with at least {WIDE:g} decades (median) and "
        f"at most {FEW:.0%} diverged, *low* below {NARROW:g} decade or from {MANY:.0%} diverged, else "
        f"*medium*. Memory, in bytes, is {sizes}, *very high* above."
    )
    return f"{fill(columns, WIDTH)}\n\n{fill(words, WIDTH)}"


def with_section(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of a section replaced; ValueError where there are none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(
            f"{PAGE.name} needs {begin} and {end}, each once, around what is to be written there."
        )
    before, rest = text.split(begin)
    return f"{before}{begin}\n{content}\n{end}{rest.split(end)[1]}"


def page(text: str, results: Results) -> str:
    """docs/measurements.md with both sections as the stored results say."""
    text = with_section(text, "textbook", table(results))
    return with_section(text, "advice", "\n".join(lines(measured())))


def main(arguments: Sequence[str]) -> None:
    """Race if there is a folder for it; write the sections."""
    if arguments:
        results = {problem: raced(problem, Path(arguments[0])) for problem in PROBLEMS}
        (HERE / FILE).write_text(stored_text(results), encoding="utf-8", newline="\n")
    made = page(PAGE.read_text(encoding="utf-8"), stored())
    PAGE.write_text(made, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
