"""What a project has that a lesson need not have; the rest is in test_taught.py."""

import re

import pytest

from .taught import PROJECTS, cells_of, code, sections, words

projects = pytest.mark.parametrize("project", PROJECTS)


@projects
def test_a_project_has_a_quiz_and_at_the_end_a_recap_card(project: str) -> None:
    names = [title for _, title in sections(project)]
    assert "Quiz" in names
    assert names[-1] == "Recap card"
    assert re.match(rf"Project {project.removeprefix('project')[0]}\b", cells_of(project)[0].section)


@projects
def test_a_project_is_1000_to_3000_words(project: str) -> None:
    assert 1000 <= words(project) <= 3000, words(project)


@projects
def test_it_gives_something_to_do(project: str) -> None:
    text = code(project)
    assert re.search(r"\b(?:confirm|a_number|check|challenge)\(", text)
    assert "### BEGIN SOLUTION" in text
