"""The homeworks through the grader's own pipeline, sandbox and all."""

import nbformat
import pytest

from optcourse.grading.submissions import submissions
from tests.homework.assignments import NAMES, ROOT, assignment, graded, script


def notebook(folder, name):
    return nbformat.read(ROOT / folder / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", NAMES)
def test_solved_it_has_full_points_and_unfilled_none_with_not_attempted_everywhere(name):
    handed_in = [
        one for kind in ("solutions", "exercises") for one in submissions(ROOT / kind / f"{name}.ipynb")
    ]
    solved, unfilled = graded(name, *handed_in)
    assert {task.task: task.message for task in solved.tasks if task.verdict != "AC"} == {}
    assert (solved.score, solved.flags) == (solved.points, ())
    assert (unfilled.score, unfilled.flags) == (0, ())
    for task in unfilled.tasks:
        assert task.verdict == "NA", task.message
        assert task.message.endswith("is not attempted yet."), task.message


@pytest.mark.parametrize("name", NAMES)
def test_it_has_four_to_six_tasks_and_the_points_that_its_text_says(name):
    tasks = assignment(name).tasks
    assert 4 <= len(tasks) <= 6
    head = notebook("exercises", name).cells[0].source
    assert f"| **Points** | {sum(task.points for task in tasks)}, in " in head
    titles = [
        cell.source.splitlines()[0]
        for cell in notebook("exercises", name).cells
        if cell.source.startswith("## ")
    ]
    said = [title.rpartition("(")[2].split()[0] for title in titles if title.endswith(("points)", "point)"))]
    assert [int(points) for points in said] == [task.points for task in tasks]


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_itself_gives_the_same_points_as_the_grader(name):
    # nbval holds these outputs to what the cells do; nbgrader reads the last value of a test cell as points.
    for folder, share in (("solutions", 1), ("exercises", 0)):
        for task in assignment(name).tasks:
            if not task.shown:
                continue
            (cell,) = [
                cell
                for cell in notebook(folder, name).cells
                if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{task.task.replace('_', '-')}-test"
            ]
            (points,) = [
                out.data["text/plain"] for out in cell.outputs if out.output_type == "execute_result"
            ]
            assert float(points) == share * task.points


@pytest.mark.parametrize("name", NAMES)
def test_each_task_has_a_cell_to_fill_in_and_a_locked_one_with_its_points(name):
    cells = notebook("exercises", name).cells
    found = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    keys = {"cell_type", "grade", "grade_id", "locked", "schema_version", "solution", "task"}
    for task in assignment(name).tasks:
        answer = found.pop(task.task.replace("_", "-"))
        test = found.pop(f"{task.task.replace('_', '-')}-test")
        assert set(answer.metadata.nbgrader) == keys
        assert set(test.metadata.nbgrader) == {*keys, "points"}
        assert (answer.metadata.nbgrader.solution, answer.metadata.nbgrader.locked) == (True, False)
        assert (test.metadata.nbgrader.grade, test.metadata.nbgrader.locked) == (True, True)
        assert test.metadata.nbgrader.points == task.points == answer.metadata.optcourse.points
        assert f"def {task.function}(" in answer.source
        assert "raise NotImplementedError" in answer.source
        assert "variants" not in answer.metadata.optcourse
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_no_place_is_left_unfilled_and_no_hidden_test_is_given_away(name):
    for folder in ("exercises", "solutions"):
        text = "\n".join(cell.source for cell in notebook(folder, name).cells)
        assert "{{" not in text
        assert "HIDDEN TESTS" not in text


def test_a_task_whose_foundation_is_wrong_is_not_run():
    source = "def trust_ratio(theta, u):\n    return 2.0\ndef lamb_step(*a, **k):\n    return a"
    (result,) = graded("hw5_matrices", script(source))
    verdicts = {task.task: task.verdict for task in result.tasks}
    assert verdicts["trust_ratio"] in ("WA", "PC")
    assert verdicts["lamb"] == "SK"
