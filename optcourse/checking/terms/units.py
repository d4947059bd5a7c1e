"""Parts of a state in another unit, as far as the answer itself tells which. Knows no particular rule."""

from collections.abc import Iterator

import numpy as np

from optcourse.checking.answering import answer
from optcourse.checking.judging import parts_off
from optcourse.checking.terms import expressions as e
from optcourse.checking.terms.attempts import Evidence
from optcourse.checking.terms.bases import UNIT, Base, in_unit, listed

ALIKE = 1e-9  # two ratios that differ by less are one


def in_solved_units(evidence: Evidence) -> Iterator[Base]:
    """The listed forms with one part multiplied by a number, where the answer follows its line then."""
    for base in listed(evidence.rule, evidence.form):
        for part in sorted(set(range(evidence.parts)) - evidence.counters):
            unit = solved_unit(evidence, base, part)
            if unit is None:
                continue
            by = e.number(unit)
            table = {one: e.quotient(one, by) for one in (e.old(part), e.new(part))}
            name = evidence.words.term(part)
            yield in_unit(base, part, table, UNIT, f"your {name} is {unit:.6g} * {name}", by)


def solved_unit(evidence: Evidence, base: Base, part: int) -> float | None:
    """What a part is multiplied by: where it starts from zero, its first value over that of its own line."""
    samples = evidence.samples
    wanted, got = samples.row(base.lines[part]), samples.returned(part)
    first = (samples.rows[f"old{part}"] == 0) & np.isfinite(wanted) & np.isfinite(got) & (wanted != 0)
    ratios = got[first] / wanted[first]
    if not ratios.size or not np.isfinite(ratios).all() or np.ptp(ratios) > ALIKE * np.abs(ratios).max():
        return None
    unit = float(f"{np.median(ratios):.9g}")
    return None if unit in (0, 1) else unit


def starts_alike(evidence: Evidence, base: Base) -> bool:
    """Whether theta goes the form's own way from its start, which has a unit where it isn't zero."""
    form = evidence.rule.form(base.keys[0])
    assert base.other_unit is not None
    if not np.any(form.init_function(np.ones(2), **form.defaults)[base.other_unit]):
        return True
    for place in evidence.from_the_start:
        probe, got = evidence.task.probes()[place], evidence.answers[place]
        parts, _ = parts_off(evidence.task, probe, answer(form.function, probe), got, 1.0)
        if any(part % (evidence.parts + 1) == evidence.parts for part in parts):
            return False
    return True
