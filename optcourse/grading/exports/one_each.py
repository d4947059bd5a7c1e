"""Results of one submission as JSON: Gradescope's results.json, and what GitHub Classroom's reporter reads.

Gradescope's rules (gradescope-autograders.readthedocs.io/en/latest/specs): a score or tests, each with score,
max_score, name and output as text; the total stands above the sum of the tests; nobody else's data.

GitHub's (classroom-resources/autograding-grading-reporter, src/): status (pass, fail, error), max_score and
tests with name, status, score and message. The points are the sum of the tests' scores. The workflow hands
it on as base64.
"""

from typing import Any

from optcourse.grading.exports.missing import Homework, Missing
from optcourse.grading.feedback import lateness, told, total
from optcourse.grading.feedback_text import shown
from optcourse.grading.grades import Grade, TaskGrade
from optcourse.grading.records import VERDICTS


def gradescope(grade: Grade) -> dict[str, Any]:
    """results.json of a graded student; the grade has points.

    It is read at once, and better work may follow: the formula's lines are left out.
    """
    grade = grade.without_formula()
    return {
        "score": grade.earned,
        "output": shown(" ".join(filter(None, (total(grade), lateness(grade))))),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": shown(task.task),
                "number": str(number),
                "score": task.earned,
                "max_score": task.points,
                "status": "passed" if is_full(task) else "failed",
                "output": output(task),
                "visibility": "visible",
            }
            for number, task in enumerate(grade.tasks, start=1)
        ],
        "extra_data": {"assignment": grade.assignment, "version": grade.result.circumstances.version},
    }


def github(grade: Grade) -> dict[str, Any]:
    """What GitHub Classroom's reporter reads; the grade has points. As for Gradescope, without a formula."""
    grade = grade.without_formula()
    return {
        "version": 1,
        "status": "pass" if all(map(is_full, grade.tasks)) else "fail",
        "max_score": grade.points,
        "tests": [
            {
                "name": shown(task.task),
                "status": "pass" if is_full(task) else "fail",
                "score": task.earned,
                "max_score": task.points,
                "message": output(task),
            }
            for task in grade.tasks
        ],
    }


def gradescope_nothing(one: Missing, homework: Homework) -> dict[str, Any]:
    """results.json of somebody of whom nothing is graded: it has to have a score, which is 0."""
    return {
        "score": 0.0,
        "output": shown(f"Not graded: {one.why}."),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": shown(task),
                "number": str(number),
                "score": 0.0,
                "max_score": points,
                "status": "failed",
                "output": "",
                "visibility": "visible",
            }
            for number, (task, points) in enumerate(homework.tasks.items(), start=1)
        ],
        "extra_data": {"assignment": homework.name},
    }


def github_nothing(one: Missing, homework: Homework) -> dict[str, Any]:
    """The same for GitHub Classroom's reporter."""
    says = shown(f"Not graded: {one.why}.")
    tests = [
        {"name": shown(task), "status": "error", "score": 0.0, "max_score": points, "message": says}
        for task, points in homework.tasks.items()
    ]
    return {"version": 1, "status": "error", "max_score": homework.points, "tests": tests}


def is_full(task: TaskGrade) -> bool:
    """Whether a task has all its points."""
    return task.earned is not None and task.earned >= task.points


def output(task: TaskGrade) -> str:
    """What a student reads of a task, as plain text."""
    result = told(task.result)
    lines = [f"{VERDICTS.get(task.verdict, task.verdict)}: {result.message}"]
    lines += ["A person gave these points."] if task.override else []
    for was, becomes in result.diff:
        lines += [f"formula:   {was}"] if was else []
        lines.append(f"acts like: {becomes or '(nothing of the kind)'}")
    lines += [f"{heading}: {text}" for heading, text in result.lines]
    return shown("\n".join([*lines, *result.notes]))
