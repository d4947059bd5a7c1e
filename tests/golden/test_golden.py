"""Every rule does what PyTorch, optax and Keras do, to twelve digits."""

import pytest

from optcourse.rules import RULES

from .coverage import COVERAGE, Covered
from .problems import PROBLEMS
from .records import coverage_of, deviation, form_of, records
from .table import PAGE, indices, page, read_rows

COVERED_RULES = sorted({key[0] for key in indices()})


@pytest.mark.parametrize("rule", COVERED_RULES)
def test_a_rule_reproduces_every_record_that_it_covers(rule):
    far = [
        f"{records()[index]}: {key[1]} is off by {deviation(index, key[1]):.1e}"
        for key, found in indices().items()
        if key[0] == rule
        for index in found
        if not deviation(index, key[1]) < records()[index].tol
    ]
    assert far == []


@pytest.mark.parametrize("rule", COVERED_RULES)
def test_every_hyper_that_a_record_sets_is_one_that_its_form_has(rule):
    for record in records():
        covered = coverage_of(record)
        if isinstance(covered, Covered) and covered.rule == rule:
            for dialect in covered.dialects:
                assert set(covered.hypers) <= set(form_of(covered, dialect).hypers), record


def test_every_record_is_covered_or_has_a_reason():
    for record in records():
        told = coverage_of(record)
        assert isinstance(told, Covered) or len(told.split()) >= 4, record


def test_every_line_of_the_coverage_table_is_about_some_record():
    assert {(record.framework, record.optimizer) for record in records()} == set(COVERAGE)


def test_at_least_twenty_rules_are_held_to_records():
    assert len(COVERED_RULES) >= 20


def test_every_taught_rule_is_held_to_a_record_except_those_whose_step_is_gradient_descent_s():
    left = {"slope", "sgd", "minibatch"}
    assert set(RULES) - set(COVERED_RULES) == left
    assert all(RULES[name].function is RULES["gd"].function for name in left)


def test_every_record_reaches_the_end_of_its_problem_or_says_where_it_stops_being_reliable():
    for record in records():
        assert 1 <= record.reliable_to <= PROBLEMS[record.problem].steps, record
        assert str(record.reliable_to) in record.steps, record


def test_the_page_lists_what_the_rules_reproduce_and_its_bounds_hold():
    written = read_rows(PAGE.read_text(encoding="utf-8"))
    assert page(written) == PAGE.read_text(encoding="utf-8"), "python -m tests.golden.table writes it anew"
    assert {tuple(row[:4]): row.records for row in written} == {
        key: len(found) for key, found in indices().items()
    }
    for row in written:
        worst = max(deviation(index, row.dialect) for index in indices()[tuple(row[:4])])
        assert worst < float(row.bound), row
