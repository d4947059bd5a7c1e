"""What the notebooks give: functions with faults that are really there, and lists that fit."""

import re

import nbformat
import numpy as np

from optcourse.checking import check
from optcourse.homework.faults import FAULTS, SHOWN, fault_in
from tests.homework.assignments import ROOT


def given(name, function):
    """The function that a code cell of the exercise defines."""
    cells = nbformat.read(ROOT / "exercises" / f"{name}.ipynb", as_version=4).cells
    (source,) = [cell.source for cell in cells if f"def {function}(" in cell.source]
    names = {"np": np}
    exec(source, names)
    return names[function]


def test_each_of_the_three_functions_has_the_one_fault_that_it_is_said_to_have():
    for number, (rule, key) in enumerate(SHOWN, start=1):
        assert check(given("hw4_adam_family", f"step_{number}"), rule).mistakes == (key,)


def test_the_list_of_faults_in_the_notebook_is_the_one_that_the_numbers_belong_to():
    cells = nbformat.read(ROOT / "exercises" / "hw4_adam_family.ipynb", as_version=4).cells
    (text,) = [cell.source for cell in cells if FAULTS[0] in cell.source]
    assert re.findall(r"^(\d+)\. (.*)$", text, re.MULTILINE) == [
        (str(n), fault) for n, fault in enumerate(FAULTS, 1)
    ]
    words = ("stored", "follows the averaged gradient", "decay goes through the averages")
    for number, part in enumerate(words, start=1):
        assert part in FAULTS[fault_in(number) - 1]


def test_the_broken_adagrad_has_the_two_faults_and_no_other():
    assert set(check(given("hw3_adaptive", "broken_step"), "adagrad").mistakes) == {
        "norm-summed",
        "eps-twice",
    }
