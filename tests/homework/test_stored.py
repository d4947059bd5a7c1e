"""The check of a student's copy, which has no homework in it: stored probes say the same as the rules do."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import optcourse
from optcourse.checking import check
from optcourse.checking.answering import answer
from optcourse.checking.candidates import function_of, singles
from optcourse.checking.judging import Task, judge_all
from optcourse.checking.stored import Question, any_stored, known_names, stored_probes, stored_rule
from optcourse.checking.writing import write
from optcourse.grading.variants import questions
from optcourse.registry import known_tasks
from optcourse.rules import RULES
from optcourse.rules.fixed import with_constants
from tests.homework.assignments import NAMES, ROOT, assignment

ASKED = [
    Question("logistic"),
    Question("largest_lr"),
    Question("clipped", "pytorch"),
    Question("decaying", "root", (("rate", 0.2),)),
    Question("signum"),
    Question("rprop"),
    Question("radam", "optax"),
    Question("adafactor"),
    Question("trust_ratio"),
]


@pytest.fixture(scope="module")
def files():
    return stored_probes(ASKED)


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("probes")
    for path, content in files.items():
        (folder / Path(path).name).write_bytes(content)
    return folder


def report(function, rule, task):
    answers = tuple(answer(function, probe) for probe in task.probes())
    return write("f", function, rule, task, answers, judge_all(task, answers), ())


@pytest.mark.parametrize("question", ASKED, ids=lambda one: one.file)
def test_a_stored_question_judges_and_names_as_the_rule_itself_does(question, folder):
    rule = with_constants(known_tasks()[question.rule], question.constants)
    form = rule.form(question.dialect)
    task = Task(form, "estimate" if form.calls else "step")
    stored = stored_rule(question, folder)
    assert stored.state_fields == form.state_fields
    functions = [function_of(form, task.part), *(one.function for one in singles(rule, form, task.part))]
    for function in functions[:12]:
        here, there = report(function, stored, Task(stored, task.part)), report(function, rule, task)
        assert (here.passed, here.mistakes, here.dialect) == (there.passed, there.mistakes, there.dialect)


@pytest.mark.parametrize("question", ASKED, ids=lambda one: one.file)
def test_no_line_of_the_code_is_in_a_file(question, folder):
    with np.load(folder / question.plain.file, allow_pickle=False) as content:
        header = json.loads(content["header"].tobytes())
    del header["hints"]  # these are there to be shown
    rule = known_tasks()[question.rule]
    lines = rule.code(question.dialect or "primary", "estimate" if rule.calls else "step").splitlines()[1:]
    assert not [line for line in lines if line.strip() in json.dumps(header)]


def test_what_the_lessons_teach_is_not_stored_as_students_have_its_rule():
    assert stored_probes(Question(name) for name in RULES) == {}


def test_a_question_that_is_not_stored_says_how_to_ask(folder):
    with pytest.raises(ValueError, match="with the same dialect and constants"):
        stored_rule(Question("decaying", "root", (("rate", 0.1),)), folder)
    assert any_stored("yogi", folder) is None
    assert "radam" in known_names(folder)


def test_the_same_question_has_the_same_file_however_it_is_written():
    assert (
        Question("decaying", None, (("rate", 1),)).plain.file
        == Question("decaying", "primary", (("rate", 1.0),)).file
    )


NOTEBOOK = """
import json, sys
import nbformat
from optcourse import check, hint, solution
try:
    import optcourse.homework
except ModuleNotFoundError:
    pass
else:
    sys.exit("homework is here")
for path in sys.argv[1:]:
    names = {"display": print}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            *_, last = [""] + [line for line in cell.source.splitlines() if line and not line.startswith(" ")]
            exec(cell.source, names)
            if "points so far" in last:
                print("POINTS", eval(last.partition("#")[0], names))
print(check(lambda theta, grad, state, *, lr, beta: (theta - lr * grad, state), "signum"))
print(hint("radam"), solution("radam"))
"""


def test_the_notebooks_give_full_points_in_a_copy_without_homework(tmp_path):
    package = tmp_path / "optcourse"
    leave = shutil.ignore_patterns("homework", "__pycache__", "claims", "racing", "pictures")
    shutil.copytree(Path(optcourse.__file__).parent, package, ignore=leave)
    for path, content in stored_probes(questions(assignment(name) for name in NAMES)).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK, *(str(ROOT / "solutions" / f"{name}.ipynb") for name in NAMES)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "OPTCOURSE_WORKSPACE": str(tmp_path / "work")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    points = sum(float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("POINTS"))
    shown = [task.points for name in NAMES for task in assignment(name).tasks if task.shown]
    assert points == sum(shown)
    assert "not right yet" in done.stdout
    assert "is homework: its solution is not part" in done.stdout


def test_where_homework_is_there_the_rules_themselves_are_asked():
    assert not known_names()
    assert check(known_tasks()["signum"].step).passed
