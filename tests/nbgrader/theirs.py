"""Run by a Python that has nbgrader, in the folder of a course: its commands, then what it knows, as JSON.

    python theirs.py RESULT.json [COMMAND]... < paths of notebooks to validate

One process for all commands, because nbgrader takes seconds to start.
"""

import json
import sys
from pathlib import Path

import jsonschema
import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp
from nbgrader.nbgraderformat import MetadataValidator


def run(command: str) -> None:
    """As on the command line; SystemExit where the command fails."""
    NbGraderApp.clear_instance()
    try:
        NbGraderApp.launch_instance(command.split())
    except SystemExit as end:
        if end.code:
            raise


def fault(path: str) -> str | None:
    """What nbgrader has against the metadata of a notebook's cells."""
    try:
        MetadataValidator().validate_nb(nbformat.read(path, as_version=4))
    except jsonschema.ValidationError as error:
        return error.message
    return None


def points() -> dict[str, dict[str, dict[str, float]]]:
    """By assignment and student, the score of each test cell."""
    with Gradebook("sqlite:///gradebook.db") as book:
        return {
            assignment.name: {
                submission.student.id: {
                    grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades
                }
                for submission in book.assignment_submissions(assignment.name)
            }
            for assignment in book.assignments
        }


if __name__ == "__main__":
    for command in sys.argv[2:]:
        run(command)
    faults = {path: fault(path) for path in sys.stdin.read().splitlines()}
    Path(sys.argv[1]).write_text(json.dumps({"faults": faults, "points": points()}))
