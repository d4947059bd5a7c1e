"""Variants: drawn from a keyed hash, printed in the notebook, right for their owner alone."""

from collections import Counter
from dataclasses import replace

import nbformat
import numpy as np
import pytest

from optcourse.checking import check
from optcourse.course.build import targets
from optcourse.grading.pipeline import Grader, grade
from optcourse.grading.records import Cell, Submission
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits, Sandbox
from optcourse.grading.variants import (
    assignment_for,
    carried,
    digest,
    drawn,
    every_variant,
    fitting,
    others_id,
    printed_id,
    questions,
    values_for,
)
from tests.homework.assignments import ROOT, assignment, graded_with_variants, script

KEY = b"a key that only the instructor has"
ROSTER = tuple(f"student-{number}" for number in range(40))
VARIED = ("hw1_gradients", "hw2_momentum", "hw4_adam_family")


def task(name, which):
    (found,) = [one for one in assignment(name).tasks if one.task == which]
    return found


DECAYING = {
    "primary": "lr / (1 + {rate} * t)",
    "root": "lr / (1 + {rate} * t) ** 0.5",
    "exponential": "lr * (1 - {rate}) ** t",
}


def decaying(form, rate):
    """A right decaying_step for one variant; state[0] is t - 1."""
    scale = DECAYING[form].format(rate=rate)
    return f"def decaying_step(theta, grad, state, *, lr=0.1):\n    (t,) = state\n    return theta - {scale} * grad, (t + 1,)"


def handed_in(student, *sources):
    """A notebook as a submission."""
    cells = tuple(Cell(f"cell {n}", source) for n, source in enumerate(sources, 1))
    return Submission(student, "hw1_gradients.ipynb", cells, "notebook", f"{student}{sources}")


@pytest.mark.parametrize("name", VARIED)
def test_at_least_one_task_is_drawn_and_every_variant_of_it_falls_to_somebody(name):
    varied = [one for one in assignment(name).tasks if one.variants]
    assert varied
    for asked in varied:
        found = Counter(drawn(asked, student, KEY) for student in map(str, range(400)))
        assert set(found) == set(every_variant(asked))
        assert max(found.values()) < 3 * 400 / len(found)


def test_a_draw_depends_on_the_student_the_task_and_the_key_and_on_nothing_else():
    asked = task("hw1_gradients", "decaying")
    assert [drawn(asked, one, KEY) for one in ROSTER] == [drawn(asked, one, KEY) for one in ROSTER]
    assert [drawn(asked, one, KEY) for one in ROSTER] != [drawn(asked, one, KEY[::-1]) for one in ROSTER]
    other = replace(asked, task="another")
    assert [drawn(asked, one, KEY).constants for one in ROSTER] != [
        drawn(other, one, KEY).constants for one in ROSTER
    ]
    assert digest(KEY, "ab", "c") != digest(KEY, "a", "bc")


def test_a_task_without_variants_is_the_same_for_all():
    asked = task("hw1_gradients", "logistic")
    assert {drawn(asked, student, KEY) for student in ROSTER} == {asked}


def test_a_key_that_could_be_guessed_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        digest(b"short", "ada")


def test_the_function_that_is_right_for_one_student_is_wrong_for_another_and_the_grader_says_whose_it_fits():
    asked = task("hw1_gradients", "decaying")
    first = drawn(asked, "ada", KEY)
    other = next(one for one in ROSTER if drawn(asked, one, KEY) not in (first,))
    source = decaying(first.dialect, dict(first.constants)["rate"])
    handed = handed_in("ada", source), handed_in(other, source)
    own, copied = graded_with_variants("hw1_gradients", KEY, ("ada", *ROSTER), *handed)
    verdicts = [
        next(one.verdict for one in result.tasks if one.task == "decaying") for result in (own, copied)
    ]
    assert verdicts[0] == "AC"
    assert verdicts[1] != "AC"
    assert own.flags == ()
    (flag,) = copied.flags
    assert "solves another variant than the student's own" in flag
    assert "a person should look" in flag


def test_a_function_for_another_form_is_recognised_even_where_its_state_does_not_fit():
    asked = task("hw2_momentum", "average")
    own = replace(asked, dialect="ema", constants=(("beta", 0.9),))
    copied = """
def average_step(theta, grad, state, *, lr=0.1):
    v, t = state
    v = 0.9 * v + (1 - 0.9) * grad
    return theta - lr * v / (1 - 0.9 ** (t + 1)), (v, t + 1)
"""
    limits = Limits()
    grading = Grader(
        replace(assignment("hw2_momentum"), tasks=(own,)), {"average": 0}, 7, limits, best_level(limits)
    )
    with Sandbox(grading.level, limits) as sandbox:
        (given,) = grade(script(copied), grading, sandbox).tasks
        assert given.verdict == "RE"
        fits = fitting(script(copied), own, given, grading, sandbox)
    assert fits is not None
    assert (fits.dialect, fits.constants) == ("ema-debiased", (("beta", 0.9),))


@pytest.mark.parametrize("form", DECAYING)
def test_each_variant_of_a_task_is_right_for_itself_and_wrong_for_every_other(form):
    from optcourse.checking import check

    asked = task("hw1_gradients", "decaying")
    for rate in dict(asked.variants.constants)["rate"]:
        names = {}
        exec(decaying(form, rate), names)
        passing = [
            one
            for one in every_variant(asked)
            if check(names["decaying_step"], dialect=one.dialect, constants=dict(one.constants)).passed
        ]
        assert [(one.dialect, dict(one.constants)) for one in passing] == [(form, {"rate": rate})]


@pytest.mark.parametrize("name", VARIED)
def test_a_students_notebook_says_what_the_grader_asks_of_that_student(name):
    students = ("ada", "emmy", "grace")
    for student in students:
        values = values_for(assignment(name), student, KEY)
        learners, _ = targets(ROOT / "solutions" / f"{name}.md", values)
        text = "\n".join(cell.source for cell in learners.notebook.cells)
        assert "{{" not in text
        assert f'VARIANT = "{printed_id(name, student, KEY)}"' in text
        for asked in assignment_for(assignment(name), student, KEY).tasks:
            if asked.variants:
                assert dict(asked.variants.dialects)[asked.dialect] in text
                assert f'_FORM = "{asked.dialect}"' in text
                for key, value in asked.constants:
                    assert f"{key.upper()} = {value!r}" in text
        nbformat.validate(learners.notebook)
    assert len({printed_id(name, student, KEY) for student in students}) == 3


def test_the_notebook_in_the_repository_is_nobodys_and_has_the_assignments_own_form():
    text = (ROOT / "exercises" / "hw1_gradients.ipynb").read_text(encoding="utf-8")
    assert 'VARIANT = \\"none\\"' in text
    assert 'DECAYING_FORM = \\"primary\\"' in text


def test_a_notebook_with_another_students_id_is_set_aside():
    asked = assignment("hw1_gradients")
    said = {student: f'VARIANT = "{printed_id(asked.name, student, KEY)}"' for student in ("ada", "emmy")}
    flags = {
        "own": others_id(handed_in("ada", said["ada"]), asked, ("ada", "emmy"), KEY),
        "none printed": others_id(handed_in("ada", "x = 1"), asked, ("ada", "emmy"), KEY),
        "emmy's": others_id(handed_in("ada", said["emmy"]), asked, ("ada", "emmy"), KEY),
        "a stranger's": others_id(handed_in("ada", said["emmy"]), asked, ("ada",), KEY),
        "the repository's": others_id(handed_in("ada", 'VARIANT = "none"'), asked, ("ada",), KEY),
    }
    assert flags["own"] is flags["none printed"] is None
    assert "made for emmy" in flags["emmy's"]
    assert "nobody on the roster" in flags["a stranger's"]
    assert "not the one that was made for this student" in flags["the repository's"]
    assert others_id(handed_in("ada", said["emmy"]), assignment("hw3_adaptive"), ("ada", "emmy"), KEY) is None
    assert carried(handed_in("ada", "VARIANT = 3")) is None


def test_every_variant_can_be_asked_of_a_students_own_check():
    asked = list(questions([assignment(name) for name in VARIED]))
    assert len([one for one in asked if one.rule == "decaying"]) == 12
    assert len([one for one in asked if one.rule == "radam"]) == 3
    assert "fault_in" not in {one.rule for one in asked}


def test_a_root_of_the_constant_that_numpy_takes_is_right_as_well():
    # np.sqrt of a Python number is float64, and would make float32 parameters float64 too.
    asked = next(one for one in every_variant(task("hw1_gradients", "decaying")) if one.dialect == "root")
    constants = dict(asked.constants)

    def decaying_step(theta, grad, state, *, lr=0.1):
        (t,) = state
        return theta - lr / np.sqrt(1 + constants["rate"] * t) * grad, (t + 1,)

    report = check(decaying_step, dialect="root", constants=constants)
    assert (report.verdict, report.score) == ("AC", 1), str(report)
