"""The statements of docs/privacy.md delete one student from a gradebook, and nobody else."""

import re
import sqlite3
from pathlib import Path

from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Override
from tests.grading.graded import START, UNDER, handed_in, result

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def test_the_statements_delete_a_student_whole_and_leave_the_others(tmp_path: Path) -> None:
    file = tmp_path / "grades.db"
    with Gradebook(f"sqlite:///{file}", create=True) as book:
        for student in ("s001", "s002"):
            one = handed_in(student, student)
            book.keep([(one, result(one, 0.5))])
            book.forget(UNDER.assignment, student, "the machine was full", "me")
            book.add_override(Override(UNDER.assignment, student, "gd", 3, "she explained it", "me", START))
        before = [grade for grade in book.grades(UNDER.assignment) if grade.student == "s002"]
    (statements,) = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(statements)
        connection.execute("VACUUM")
    connection.close()
    with Gradebook(f"sqlite:///{file}") as book:
        assert list(book.grades(UNDER.assignment)) == before
    assert b"s001" not in file.read_bytes()
