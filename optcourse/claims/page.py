"""docs/claims.md, and the stored results behind it.

python -m optcourse.claims.page            run every experiment (some 15 minutes on two cores), store, write
python -m optcourse.claims.page KEY ...    run these only, and keep the stored results of the others
"""

import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from optcourse.claims import CLAIMS, Result, measured, tried
from optcourse.claims.results import FILE, Measure, stored_text
from optcourse.rules import RULES

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "claims.md"
HEAD = """# Claims on trial

What textbooks, courses and blogs say about optimizers, each as one experiment. Made by
`python -m optcourse.claims.page`; the experiments are the functions in `optcourse/claims/`.

How a verdict comes about: a claim is tried in one or more settings, each repeated over ten seeds (or
starts). A setting *holds* if in at least nine of ten repetitions the measured value is on the claim's side
of a limit, *fails* if in as many it is on the other side of a second limit, and is *open* otherwise. A
claim that holds in all its settings is **supported**, one that fails in all is **refuted**, and every other
**depends** on what differs between the settings. Rules that are compared had the same search for their
learning rate: eleven rates, half a decade apart, chosen on other seeds than those that are judged.
*A's steps / B's* are, for each seed, the steps to the lowest loss that both reach; where neither moves, that
seed decides nothing. A loss below a ten-thousandth of the start's counts as that: the problem is solved.
"""


def page(results: Iterable[Result]) -> str:
    """The verdict table, then each claim with its figures."""
    found = list(results)
    table = ["| claim | verdict |", "| --- | --- |"]
    table += [f"| [{one.says.rstrip('.')}](#{one.key}) | {one.verdict} |" for one in found]
    return "\n".join([HEAD, *table, "", *(section(one) for one in found)])


def section(result: Result) -> str:
    """One claim with its figures."""
    rule = RULES[CLAIMS[result.key].rule].title
    rows = "\n".join(row(measure) for measure in result.measures)
    return (
        f"## {result.key}\n\n*{result.says}* ({rule}) **{result.verdict.capitalize()}.**\n\n"
        f"| setting | what is measured | median | lowest to highest | holds at | fails at | outcome |\n"
        f"| --- | --- | ---: | ---: | ---: | ---: | --- |\n{rows}\n\n"
        f"What would change the verdict: {result.change}.\n"
    )


def row(measure: Measure) -> str:
    """One trial as a row of the table."""
    side, other = ("≥", "≤") if measure.holds >= measure.fails else ("≤", "≥")
    return (
        f"| {measure.where} | {measure.what} | {measure.median} | {measure.span} | {side} {measure.holds:g} "
        f"| {other} {measure.fails:g} | {measure.outcome} |"
    )


def main(keys: Sequence[str]) -> None:
    """Run the experiments, all or those named, store each result at once and write the page."""
    stored = measured() if keys and (HERE / FILE).exists() else {}
    versions = {"numpy": np.__version__, "python": platform.python_version()}
    for key in keys or CLAIMS:
        stored[key] = tried(key)
        print(stored[key], flush=True)
        results = [stored[known] for known in CLAIMS if known in stored]
        (HERE / FILE).write_text(stored_text(results, versions), encoding="utf-8", newline="\n")
        PAGE.write_text(page(results), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
