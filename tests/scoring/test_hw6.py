"""Homework 6: its solution gets all points in the sandbox, what was given out none, plain descent a part."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from optcourse import trained
from optcourse.grading.assignment import read_assignment
from optcourse.grading.draws import draw_for
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from optcourse.grading.submissions import submissions

SEED = 11
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "solutions" / "hw6_train.md"
SOLVED, GIVEN_OUT = ROOT / "solutions" / "hw6_train.ipynb", ROOT / "exercises" / "hw6_train.ipynb"


@pytest.fixture(scope="module")
def grading():
    """A function that grades a file."""
    limits, seed = Limits(), SEED
    assignment = read_assignment(SOURCE)
    draws = {task.task: draw_for(task, seed) for task in assignment.tasks}
    with Sandbox(best_level(limits), limits) as sandbox:
        grader = Grader(assignment, draws, seed, limits, sandbox.level)

        def graded(path):
            (submission,) = submissions(path)
            return grade(submission, grader, sandbox)

        yield graded


def my_step():
    """The solution's function."""
    cells = json.loads(SOLVED.read_text(encoding="utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if "def my_step" in "".join(cell["source"]))
    names = {"np": np}
    exec(source, names)
    return names["my_step"]


def test_the_solution_gets_full_points_with_a_hidden_seed(grading):
    result = grading(SOLVED)
    assert [(task.task, task.verdict) for task in result.tasks] == [
        (name, "AC") for name in ("form", "digits", "another", "score")
    ], [task.message for task in result.tasks]
    assert result.score == result.points == 12
    assert result.flags == ()
    (outside,) = trained(my_step(), "score", seed=draw_for(read_assignment(SOURCE).tasks[3], SEED)).reached
    assert f"score {outside:.2f} " in result.tasks[3].message


def test_the_notebook_that_is_given_out_gets_none_and_is_not_attempted(grading):
    result = grading(GIVEN_OUT)
    assert [task.verdict for task in result.tasks] == ["NA"] * 4
    assert result.score == 0


def test_the_ladders_in_the_cells_and_in_the_text_are_those_that_the_grader_has():
    text = SOURCE.read_text(encoding="utf-8")
    in_cells = [
        tuple((float(least), float(part)) for least, part in re.findall(r"\(([\d.]+), ([\d.]+)\)", line))
        for line in re.findall(r"ladder ?= ?\[(.*?)\]", text)
    ]
    in_text = [
        tuple(float(least) for least in re.findall(r"from ([\d.]*\d) on", line))
        for line in text.splitlines()
        if " on, and all from " in line
    ]
    ladders = [task.trains.ladder for task in read_assignment(SOURCE).tasks if task.trains.ladder]
    assert in_cells == ladders
    assert in_text == [tuple(least for least, _ in ladder) for ladder in ladders]
    assert all([part for _, part in ladder] == [0.4, 0.7, 1.0] for ladder in ladders)


def test_what_comes_back_tells_no_seed(grading):
    result = grading(GIVEN_OUT)
    numbers = {str(draw) for draw in (draw_for(task, SEED) for task in read_assignment(SOURCE).tasks)}
    assert not [number for number in numbers if number in str(result.to_dict()["tasks"])]
