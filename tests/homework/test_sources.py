"""The marks in a homework's source, and the source that nbgrader gets."""

import nbformat
import pytest

from optcourse.course.nbgrader_source import nbgrader_source
from optcourse.grading.assignment import read_assignment
from optcourse.marks import MarkError, default_values, filled, without_hidden_tests
from tests.homework.assignments import NAMES, ROOT, assignment

HIDDEN = "a = 1\n### BEGIN HIDDEN TESTS\nassert a == 1\n### END HIDDEN TESTS"


def test_hidden_tests_are_left_out_and_the_rest_stays_as_it_is():
    assert without_hidden_tests(HIDDEN) == "a = 1"
    assert without_hidden_tests(f"{HIDDEN}\nb = 2") == "a = 1\nb = 2"
    assert without_hidden_tests("a = 1\n") == "a = 1\n"


def test_a_place_without_a_value_is_an_error_and_without_values_nothing_is_a_place():
    assert (
        filled("{{decaying.rate}} of {{variant}}", {"decaying.rate": "0.1", "variant": "none"})
        == "0.1 of none"
    )
    with pytest.raises(MarkError, match=r"\{\{decaying\.speed\}\} has no value; there are decaying\.rate"):
        filled("{{decaying.speed}}", {"decaying.rate": "0.1"})
    assert filled("{{x}}", {}) == "{{x}}"
    assert default_values([{}, {"optcourse": {"task": "a"}}]) == {}


@pytest.mark.parametrize("name", NAMES)
def test_nbgraders_source_has_the_marks_of_solutions_and_nothing_of_ours(name):
    notebook = nbgrader_source(ROOT / "solutions" / f"{name}.md")
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    answers = [cell for cell in cells if cell.metadata.nbgrader.solution]
    assert len(answers) == len(assignment(name).tasks)
    assert all("### BEGIN SOLUTION" in cell.source for cell in answers)
    assert sum(cell.metadata.nbgrader.points for cell in cells if cell.metadata.nbgrader.grade) == sum(
        task.points for task in assignment(name).tasks
    )
    assert not [cell for cell in notebook.cells if "optcourse" in cell.metadata or "{{" in cell.source]
    hidden = [cell for cell in cells if "HIDDEN TESTS" in cell.source]
    assert len(hidden) == sum(not task.shown for task in assignment(name).tasks)


@pytest.mark.parametrize("name", NAMES)
def test_the_exercise_notebook_asks_for_the_same_as_the_source_but_draws_nothing(name):
    exercise = read_assignment(ROOT / "exercises" / f"{name}.ipynb")
    for ours, theirs in zip(assignment(name).tasks, exercise.tasks, strict=True):
        assert not theirs.variants
        assert (ours.task, ours.dialect, ours.constants, ours.points) == (
            theirs.task,
            theirs.dialect,
            theirs.constants,
            theirs.points,
        )
    assert exercise.locked == assignment(name).locked
