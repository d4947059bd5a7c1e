"""A rehearsal: the commands of docs/instructors.md, in their order, on a made-up class of forty."""

import base64
import csv
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from tests.course import made_up_term as term
from tests.grading.platforms import (
    classroom_points,
    gradescope_score,
    junit_suites,
    moodle_import,
)

pytest.importorskip("pyseccomp")
from optcourse.grading.exports import FORMATS
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Grade
from optcourse.grading.naming import from_platform
from optcourse.grading.report import figures_of

GUIDE = (term.ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in GUIDE.splitlines() if line.startswith("$ ")]
BOOK = "sqlite:///grades.db"
HW = "hw1_gradients"
FULL = 12.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the whole guide was gone through; each command must succeed."""
    home = tmp_path_factory.mktemp("term")
    (home / "solutions").symlink_to(term.ROOT / "solutions")
    term.write_roster(home / "roster.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        # Of a key drawn anew, s001 and who copies from them have the same variant now and then.
        patch.setattr("optcourse.course.release.secrets.token_bytes", lambda size: bytes(range(size)))
        for command in COMMANDS:
            arguments = shlex.split(command)
            assert arguments[0] == "optcourse"
            done = CliRunner().invoke(app, arguments[1:])
            assert done.exit_code == 0, f"{command}\n{done.output}{done.exception!r}"
            if arguments[1] == "release":
                term.hand_in(home / "handout", home / "handed-in" / "hw1")
            if arguments[1] == "grade":
                (home / "first.json").write_bytes((home / "feedback" / "hw1" / "results.json").read_bytes())
        yield home


@pytest.fixture(scope="module")
def grades(folder: Path) -> dict[str, Grade]:
    with Gradebook(BOOK) as book:
        return {one.student: one for one in book.grades(HW)}


def test_the_guide_goes_through_all_that_an_instructor_does() -> None:
    used = {shlex.split(command)[1] for command in COMMANDS}
    assert used == {"slides", "release", "grade", "report", "override", "regrade", "export"}


def test_everybody_who_handed_in_is_graded_and_nobody_else(grades: dict[str, Grade]) -> None:
    assert set(grades) == set(term.STUDENTS) - {term.ABSENT}
    assert not [one.student for one in grades.values() if one.needs_a_person]


def test_a_right_answer_has_its_points_and_a_late_one_what_is_left(grades: dict[str, Grade]) -> None:
    for student in term.RIGHT:
        assert grades[student].earned == FULL, student
    left = {student: grades[student].earned for student in term.LATE}
    assert left == pytest.approx({"s032": 0.9 * FULL, "s033": 0.8 * FULL, "s034": 0})


def test_each_mistake_is_named_and_costs_its_task_only(grades: dict[str, Grade]) -> None:
    for student in term.MISTAKEN:
        tasks = {task.task: task for task in grades[student].tasks}
        wrong = {function.removesuffix("_grad"): key for function, key in term.mistakes_of(student).items()}
        for task, key in wrong.items():
            assert tasks[task].result.mistakes == (key,), (student, task)
        assert {name for name, one in tasks.items() if one.verdict == "AC"} == set(tasks) - set(wrong)


def test_empty_and_hostile_work_gets_its_verdict(grades: dict[str, Grade]) -> None:
    verdicts = {
        student: {task.verdict for task in grades[student].tasks}
        for student in (term.UNFILLED, term.EMPTY_FILE, term.LOOPS, term.EXITS)
    }
    assert verdicts == {
        term.UNFILLED: {"NA"},
        term.EMPTY_FILE: {"CE"},
        term.LOOPS: {"AC", "NF"},  # the endless cell is not run: it costs the function that it replaced
        term.EXITS: {"AC", "CR"},
    }


def test_a_copied_variant_and_equal_files_are_set_aside_for_a_person(folder: Path) -> None:
    results = json.loads((folder / "first.json").read_text())
    flags = {one["student"]: " ".join(one["flags"]) for one in results}
    assert "made for s001" in flags[term.COPIED]
    assert "solves another variant than the student's own" in flags[term.COPIED]
    assert "duplicate" in flags[term.COPIED]
    assert [student for student, text in flags.items() if "variant" in text] == [term.COPIED]


def test_what_a_person_set_stands_after_the_regrade(grades: dict[str, Grade], folder: Path) -> None:
    assert {task.task: task.override.points for task in grades["s001"].tasks if task.override} == {
        "decaying": 3
    }
    with Gradebook(BOOK) as book:
        assert [one.student for one in book.overrides(HW)] == ["s001"]
        withdrawn = book.settings(HW).withdrawn
    assert withdrawn == frozenset({("clipped", "gradients of zero")})


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_the_gradebooks_points(form: str, grades: dict[str, Grade], folder: Path) -> None:
    out = folder / f"again-{form}"
    common = ["--assignment", "hw1", "--gradebook", BOOK, "--roster", "roster.csv", "--out", str(out)]
    if form == "canvas":
        rows = ["Student,ID,SIS Login ID,Section,hw1_gradients (901)", "Points Possible,,,,12"]
        rows += [f'"Student {place}",{place},{one},A,' for place, one in enumerate(term.STUDENTS)]
        (folder / "canvas.csv").write_text("\n".join(rows) + "\n")
        common += ["--template", str(folder / "canvas.csv")]
    done = CliRunner().invoke(app, ["export", "--format", form, *common])
    assert done.exit_code == 0, done.output
    assert read_back(form, out) == pytest.approx(sorted(one.earned for one in grades.values()))


def read_back(form: str, out: Path) -> list[float]:
    """The points in what was exported of those who handed in, from the lowest."""
    if out.is_dir():
        read = gradescope_score if form == "gradescope" else classroom_points
        theirs = [path for path in out.iterdir() if term.ABSENT not in path.name]
        assert len(theirs) + 1 == len(list(out.iterdir()))  # who handed in nothing has a file that says so
        return sorted(read(path.read_text(encoding="utf-8"))[0] for path in theirs)
    text = out.read_text(encoding="utf-8")
    if form == "moodle":
        return sorted(moodle_import(text, set(term.STUDENTS), HW).values())
    if form == "junit":
        earned = [one["properties"]["earned"] for one in junit_suites(text)]
        return sorted(float(one) for one in earned if one)
    if form == "json":
        return sorted(one["earned"] for one in json.loads(text) if one["earned"] is not None)
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))
    if form == "canvas":
        return sorted(
            float(row["hw1_gradients (901)"]) for row in rows if row["ID"] and row["hw1_gradients (901)"]
        )
    return sorted(float(row["points"]) for row in rows if row["points"])


def test_the_report_says_what_the_gradebook_has(grades: dict[str, Grade], folder: Path) -> None:
    page = (folder / "hw1-report.html").read_text(encoding="utf-8")
    figures = figures_of(HW, list(grades.values()), term.DUE)
    assert figures.students == len(grades)
    assert figures.late_count == len(term.LATE)
    assert figures.total is not None
    assert figures.total.mean == pytest.approx(sum(one.earned for one in grades.values()) / len(grades))
    named = {key for student in term.MISTAKEN for key in term.mistakes_of(student).values()}
    assert {key for key in named if key not in page} == set()


def test_the_class_report_has_names_beside_ids(folder: Path) -> None:
    page = (folder / "hw1-report.html").read_text(encoding="utf-8")
    assert "<bdi>Student 39 (s040)</bdi>" in page


def test_bundles_and_pages_are_called_as_the_guide_and_the_lists_say(folder: Path) -> None:
    def table(path: Path) -> list[dict[str, str]]:
        return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8-sig"), newline="")))

    bundles = {
        row["id"]: folder / "handout" / row["bundle"] for row in table(folder / "handout" / "bundles.csv")
    }
    pages = {
        row["id"]: folder / "feedback" / "hw1" / row["feedback page"]
        for row in table(folder / "hw1.csv")
        if row["feedback page"]
    }
    assert set(bundles) == set(term.STUDENTS)
    assert set(pages) == set(term.STUDENTS) - {term.ABSENT}
    assert all(path.is_file() for path in (*bundles.values(), *pages.values()))
    assert f"`{bundles['s001'].name}`" in GUIDE
    assert f"`feedback/hw1/{pages['s001'].name}`" in GUIDE


@pytest.mark.parametrize(
    "name",
    ["lovelaceada_123_456_hw1_gradients.zip", "Ada Lovelace_123_assignsubmission_file_/hw1_gradients.zip"],
)
def test_the_guide_says_which_id_a_platforms_files_come_back_under(name: str) -> None:
    found = from_platform(name)
    assert found is not None
    assert f"`{found.student}` |" in GUIDE


def test_no_page_of_a_student_tells_of_another_or_runs_a_script(folder: Path) -> None:
    pages = sorted((folder / "feedback" / "hw1").glob("*.html"))
    assert len(pages) == len(term.STUDENTS) - 1
    for page in pages:
        text = page.read_text(encoding="utf-8")
        others = set(term.STUDENTS) - {page.name.split("-")[1]}
        assert not [one for one in others if re.search(rf"\b{one}\b", text)], page.name
        assert "<script" not in text


def test_the_grading_step_of_the_ci_workflow_runs_as_it_is_printed(folder: Path) -> None:
    text = (term.ROOT / "docs" / "github-classroom.md").read_text(encoding="utf-8")
    step = re.search(r"id: grade\n +run: \|\n((?: {10}.+\n)+)", text)
    assert step is not None
    place = folder / "ci"
    (place / "submission").mkdir(parents=True)
    (place / "venv" / "bin").mkdir(parents=True)
    program = place / "venv" / "bin" / "optcourse"
    program.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from optcourse.cli import main; main()' \"$@\"\n"
    )
    program.chmod(0o755)
    (place / "source").symlink_to(term.ROOT / "solutions")
    (place / "submission" / "hw1_gradients.ipynb").write_bytes(
        (term.ROOT / "solutions" / "hw1_gradients.ipynb").read_bytes()
    )
    script = "\n".join(line[10:] for line in step[1].splitlines())
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": str(place / "output"), "PYTHONPATH": str(term.ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    name, _, encoded = (place / "output").read_text().strip().partition("=")
    assert name == "result"
    assert classroom_points(base64.b64decode(encoded).decode())[:2] == (FULL, FULL)
