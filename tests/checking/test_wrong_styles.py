"""Catalogued mistakes written out anew, as learners write them, are caught and named."""

from functools import cache

import pytest

from optcourse.checking import Report, check
from optcourse.checking.naming import task_of as task
from optcourse.rules import RULES
from tests.checking.wrong import PAIRS, SINGLES, TABLE
from tests.checking.wrong.table import Wrong

ADAM_FAMILY = {"adam", "adamax", "nadam", "amsgrad", "adamw"}


@cache
def report_on(entry: Wrong) -> Report:
    return check(entry.function, entry.task)


def rule_of(entry: Wrong) -> str:
    return task(entry.task)[0].name


def named_right(entry: Wrong) -> bool:
    """A single by its first key alone; a pair by both keys, in whatever order."""
    named = report_on(entry).mistakes
    return named[:1] == entry.keys if len(entry.keys) == 1 else set(named) == set(entry.keys)


def misnamed(entries: tuple[Wrong, ...]) -> list[str]:
    """A line for each entry that is not named right."""
    return [
        f"{entry.task}: {entry.function.__name__} shows {' + '.join(entry.keys)}, is called "
        f"{' + '.join(report_on(entry).mistakes) or 'nothing'} {report_on(entry).dialect or ''}"
        for entry in entries
        if not named_right(entry)
    ]


def test_the_table_has_the_mistakes_that_it_should():
    assert len(SINGLES) >= 60
    assert {rule_of(entry) for entry in SINGLES} == set(RULES)
    assert sum(rule_of(entry) in ADAM_FAMILY for entry in SINGLES) >= 25
    assert len(PAIRS) >= 20
    assert {rule_of(entry) for entry in PAIRS} <= ADAM_FAMILY
    for entry in TABLE:
        assert set(entry.keys) <= set(RULES[rule_of(entry)].mistakes), entry
    assert len({(entry.task, entry.keys) for entry in TABLE}) == len(TABLE)


@pytest.mark.parametrize("entry", [pytest.param(one, id=one.function.__name__) for one in TABLE])
def test_a_wrong_function_never_passes(entry):
    report = report_on(entry)
    assert not report.passed
    assert report.score < 1


def test_at_least_98_in_100_single_mistakes_are_named_by_their_own_key_first():
    wrongly = misnamed(SINGLES)
    assert len(wrongly) <= 0.02 * len(SINGLES), "\n".join(wrongly)


def test_at_least_90_in_100_pairs_of_mistakes_are_named_by_both_keys():
    wrongly = misnamed(PAIRS)
    assert len(wrongly) <= 0.1 * len(PAIRS), "\n".join(wrongly)
