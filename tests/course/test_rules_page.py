"""docs/rules.md: made from the rules' files, up to date, and whole."""

import re

import pytest

from optcourse.course import rules_page
from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES

ALL = [*RULES.values(), *HOMEWORK.values()]


def test_the_page_is_up_to_date():
    assert rules_page.PAGE.read_text(encoding="utf-8") == rules_page.page(), (
        "docs/rules.md differs from the rules: run python -m optcourse.course.rules_page"
    )


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rules_section_names_its_hypers_dialects_and_mistakes(rule):
    section = rules_page.section(rule)
    for name in (*rule.hypers, *rule.dialects, *rule.mistakes):
        assert f"`{name}`" in section
    assert section.count("```math") == 1
    assert section.count("```diff") == len(rule.dialects)
    assert section.count("```") == 2 * (1 + len(rule.dialects))


def test_each_link_of_the_table_leads_to_a_heading():
    page = rules_page.page()
    headings = {rules_page.anchor(title) for title in re.findall(r"^### (.*)$", page, re.MULTILINE)}
    links = re.findall(r"\]\(#([^)]*)\)", page)
    assert len(links) == len(ALL)
    assert set(links) == headings


def test_braces_of_each_formula_are_balanced():
    for rule in ALL:
        bare = rule.formula.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
        assert rule.formula.count(r"\bigl") == rule.formula.count(r"\bigr")
        assert rule.formula.count(r"\Bigl") == rule.formula.count(r"\Bigr")


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("f(a, b=(1, 2)): dialect x", "K: `f(a, b=(1, 2))`: dialect x"),
        ("f(a)", "K: `f(a)`"),
        ("not in Keras", "K: not in Keras"),
    ],
)
def test_a_call_stands_as_code_and_what_is_said_of_it_does_not(call, line):
    assert rules_page.called("K", call) == line


def test_writing_the_page_writes_the_page(tmp_path):
    rules_page.write(tmp_path / "rules.md")
    assert (tmp_path / "rules.md").read_bytes().decode() == rules_page.page()
