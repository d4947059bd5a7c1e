"""Homework 6: its solution gets all points in the sandbox, what was given out none, plain descent a part."""

import re
from pathlib import Path

import pytest

from optcourse.grading.assignment import read_assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from optcourse.grading.submissions import submissions

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "solutions" / "hw6_train.md"
SOLVED, GIVEN_OUT = ROOT / "solutions" / "hw6_train.ipynb", ROOT / "exercises" / "hw6_train.ipynb"


@pytest.fixture(scope="module")
def grading():
    """A function that grades a file."""
    limits, seed = Limits(), 11
    assignment = read_assignment(SOURCE)
    draws = {task.task: draw_for(task, seed) for task in assignment.tasks}
    with Sandbox(best_level(limits), limits) as sandbox:
        grader = Grader(assignment, draws, seed, limits, sandbox.level)

        def graded(path):
            (submission,) = submissions(path)
            return grade(submission, grader, sandbox)

        yield graded


def test_the_solution_gets_full_points_with_a_hidden_seed(grading):
    result = grading(SOLVED)
    assert [(task.task, task.verdict) for task in result.tasks] == [
        (name, "AC") for name in ("form", "digits", "another", "score")
    ], [task.message for task in result.tasks]
    assert result.score == result.points == 12
    assert result.flags == ()


def test_the_notebook_that_is_given_out_gets_none_and_is_not_attempted(grading):
    result = grading(GIVEN_OUT)
    assert [task.verdict for task in result.tasks] == ["NA"] * 4
    assert result.score == 0


def test_the_ladders_in_the_cells_are_those_that_the_grader_has():
    text = SOURCE.read_text(encoding="utf-8")
    shown = [
        tuple((float(a), float(b)) for a, b in re.findall(r"\(([\d.]+), ([\d.]+)\)", line))
        for line in re.findall(r"ladder ?= ?\[(.*?)\]", text)
    ]
    trainings = [task.trains for task in read_assignment(SOURCE).tasks if task.trains.ladder]
    assert shown == [training.ladder for training in trainings]
    for training in trainings:
        for least, part in training.ladder[:-1]:
            assert f"{part:.0%}".replace("%", " %") + f" of the points from {least:g}" in re.sub(
                r"(\d\.\d)0\b", r"\1", text
            ) or f"{part:.0%}".replace("%", " %") + f" from {least:g}" in re.sub(r"(\d\.\d)0\b", r"\1", text)


def test_what_comes_back_tells_no_seed(grading):
    result = grading(GIVEN_OUT)
    numbers = {str(draw) for draw in (draw_for(task, 11) for task in read_assignment(SOURCE).tasks)}
    assert not [number for number in numbers if number in str(result.to_dict()["tasks"])]
