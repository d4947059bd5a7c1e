"""grade, regrade and override, through their own front door, with the real sandbox."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.errors import UserError
from optcourse.grading import command
from optcourse.grading.assignment import rule_assignment
from optcourse.grading.batches import Grading
from optcourse.grading.command import gradebook, grader_for, of_one_student
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Grade
from optcourse.grading.records import Result, Submission
from optcourse.grading.sandbox import levels
from optcourse.grading.sandbox.proof import best_level
from optcourse.grading.sandbox.supervisor import Limits
from tests.grading.class_of_files import BODIES

RIGHT, *_ = BODIES
PARTLY = """
def gd_step(theta, grad, state, *, lr):
    theta -= lr * grad  # the right numbers, in the caller's own array
    return theta, state
"""


class Room:
    """A folder with what was handed in, a gradebook and the feedback."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"sqlite:///{folder}/grades.db"
        self.book, self.out = ["--gradebook", self.url], ["--out", str(folder / "out")]

    def hand_in(self, student: str, source: str, name: str = "hw.py") -> None:
        (self.folder / "in" / student).mkdir(parents=True, exist_ok=True)
        (self.folder / "in" / student / name).write_text(source)

    def command(self, *words: str, exits: int = 0) -> str:
        done = CliRunner().invoke(app, [*words], env={"COLUMNS": "400"})
        assert done.exit_code == exits, (done.output, done.exception)
        return done.output

    def grade(self, *more: str, exits: int = 0) -> str:
        words = (
            "grade",
            str(self.folder / "in"),
            "--rule",
            "gd",
            "--workers",
            "1",
            *self.book,
            *self.out,
            *more,
        )
        return self.command(*words, exits=exits)

    def regrade(self, *more: str, exits: int = 0) -> str:
        return self.command(
            "regrade", "--rule", "gd", "--workers", "1", *self.book, *self.out, *more, exits=exits
        )

    def results(self) -> list[dict[str, object]]:
        return list(json.loads((self.folder / "out" / "results.json").read_text()))

    def grades(self) -> dict[str, Grade]:
        with Gradebook(self.url) as book:
            return {grade.student: grade for grade in book.grades("gd")}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path)
    made.hand_in("ann", RIGHT)
    made.hand_in("bob", RIGHT)
    made.hand_in("eve", PARTLY)
    return made


def test_what_is_unchanged_is_not_run_again_and_results_have_all(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    grade = Grading.grade
    monkeypatch.setattr(
        Grading, "grade", lambda self, one, sandbox: ran.append(one.student) or grade(self, one, sandbox)
    )
    room.grade()
    assert ran == ["ann", "bob", "eve"]  # bob's bytes are ann's, his hidden numbers are not
    first = room.results()
    assert "3 were known already" in room.grade()
    assert room.results() == first
    room.hand_in("eve", f"# better\n{RIGHT}")
    room.grade()
    assert ran == ["ann", "bob", "eve", "eve"]
    assert [one["flags"] for one in room.results()] == [
        [],
        ["duplicate: the same file was handed in by ann too"],
        [],
    ]
    before, now = (one.result.score for one in room.grades()["eve"].attempts)
    assert 0 < before < now == 1
    assert room.grades()["eve"].earned == 1
    assert len(list((room.folder / "out").glob("gd-*.html"))) == 3


def test_a_withdrawn_probe_no_longer_counts_until_it_is_restored_and_both_scores_are_kept(room: Room) -> None:
    room.grade()
    before = room.grades()["eve"].earned
    assert "1 have another score than before" in room.regrade("--withdraw", "gd_step:under way")
    assert room.grades()["eve"].earned != before
    assert "known already" in room.grade()  # the gradebook remembers what is withdrawn
    assert room.grades()["eve"].earned != before
    assert len(room.grades()["eve"].attempts) == 2
    assert "3 were known already" in room.regrade("--restore", "gd_step:under way")
    assert room.grades()["eve"].earned == before
    assert "has no probe 'over'" in room.regrade("--withdraw", "gd_step:over", exits=2)
    assert "has no task 'adam'" in room.regrade("--withdraw", "adam:over", exits=2)


def test_an_override_stands_when_it_is_graded_again(room: Room) -> None:
    room.grade()
    words = (
        "override",
        "eve",
        "gd_step",
        "0.9",
        "--why",
        "she explained it",
        "--assignment",
        "gd",
        *room.book,
    )
    before = f"{room.grades()['eve'].earned:.4g}"
    assert f"eve, gd, gd_step: 0.9 of 1 points (was {before})" in room.command(*words, "--by", "me")
    room.regrade("--seed", "3")
    grade = room.grades()["eve"]
    assert grade.earned == 0.9
    assert grade.tasks[0].override is not None
    assert (grade.tasks[0].override.why, grade.tasks[0].override.by) == ("she explained it", "me")
    assert grade.result.circumstances.seed == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("evi", "gd_step", "1", "--why", "x", "--assignment", "gd"),
            "'evi' handed in nothing for gd; there is eve",
        ),
        (("eve", "gd", "1", "--why", "x", "--assignment", "gd"), "gd has no task 'gd': it has gd_step"),
        (("eve", "gd_step", "nan", "--why", "x", "--assignment", "gd"), "POINTS are 0 or more"),
        (("eve", "gd_step", "1", "--why", " ", "--assignment", "gd"), "give a reason"),
        (("eve", "gd_step", "1", "--why", "x", "--assignment", "hw9"), "no assignment 'hw9'"),
    ],
)
def test_an_override_of_nothing_is_refused(room: Room, words: tuple[str, ...], says: str) -> None:
    room.grade()
    assert says in room.command("override", *words, *room.book, exits=2)


def test_a_fault_of_ours_exits_with_3_and_is_graded_at_the_next_run(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def fail(*_: object) -> Result:
            raise RuntimeError("the reference is broken")

        broken.setattr(Grading, "grade", fail)
        assert "Not graded, through a fault of ours; run it again: ann (hw.py)" in room.grade(exits=3)
    assert room.grades()["ann"].earned is None
    room.grade()
    assert room.grades()["ann"].earned == 1


def test_the_late_policy_is_remembered_and_what_was_graded_need_not_be_run_again(room: Room) -> None:
    room.grade("--due", "2001-01-01T00:00+00:00")
    assert room.grades()["ann"].earned == 0
    room.grade()
    assert room.grades()["ann"].earned == 0
    room.regrade("--due", "never")
    assert room.grades()["ann"].earned == 1


def test_without_a_gradebook_nothing_is_left_but_the_feedback(room: Room) -> None:
    room.command("grade", str(room.folder / "in"), "--rule", "gd", "--workers", "1", *room.out)
    assert [one["student"] for one in room.results()] == ["ann", "bob", "eve"]
    assert sorted(path.name for path in room.folder.iterdir()) == ["in", "out"]
    with gradebook(None) as book:
        assert book.assignments() == []


def test_regrading_needs_a_gradebook_that_knows_the_assignment(room: Room) -> None:
    assert "There is no gradebook" in room.regrade(exits=2)
    room.grade()
    words = ("regrade", "--rule", "adam", *room.book, *room.out)
    assert "The gradebook has no assignment 'adam' (gd)" in room.command(*words, exits=2)


def test_a_scheduler_has_workers_of_its_own(room: Room) -> None:
    assert "--workers are processes here" in room.grade("--scheduler", "tcp://127.0.0.1:1", exits=2)


def test_the_level_stands_in_the_table_in_results_json_and_on_the_class_page(room: Room) -> None:
    with Gradebook(room.url, create=True) as book:
        assert book.last_level("gd") is None
    level = best_level(Limits())
    assert f"sandbox: {level}" in room.grade()
    assert {one["level"] for one in room.results()} == {level}
    room.command("report", "--assignment", "gd", *room.book, "--out", str(room.folder / "class.html"))
    assert f"Sandbox: {level} (3)" in (room.folder / "class.html").read_text()
    with Gradebook(room.url) as book:
        assert book.last_level("gd") == level


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels.shutil, "which", lambda name: None)


@pytest.mark.usefixtures("no_bubblewrap")
def test_a_weaker_sandbox_than_the_required_one_grades_nothing(room: Room) -> None:
    said = room.grade("--require-level", "bubblewrap", exits=2)
    assert "--require-level bubblewrap: here is only landlock" in said
    assert not room.grades()
    room.grade("--require-level", "landlock")
    assert len(room.grades()) == 3


def test_no_sandbox_and_a_required_level_contradict_each_other(room: Room) -> None:
    assert "--no-sandbox has no level" in room.grade("--no-sandbox", "--require-level", "container", exits=2)


def test_a_weaker_sandbox_than_the_last_runs_needs_a_persons_word(
    room: Room, request: pytest.FixtureRequest
) -> None:
    room.grade("--require-level", "bubblewrap")
    request.getfixturevalue("no_bubblewrap")
    room.hand_in("ann", RIGHT.replace("theta", "weights"))
    for again in (room.grade, room.regrade):
        assert "last run was at the level bubblewrap, and this one would be at landlock" in again(exits=2)
    assert {grade.result.circumstances.level for grade in room.grades().values()} == {"bubblewrap"}
    room.grade("--allow-weaker")
    room.grade()  # the last run was as weak as this one
    assert room.grades()["ann"].result.circumstances.level == "landlock"
    assert "would be at none" in room.grade("--no-sandbox", exits=2)


def test_the_container_level_is_for_one_student(room: Room) -> None:
    with pytest.raises(UserError, match=r"for one student's work.*ann and bob"):
        list(of_one_student([submission("ann"), submission("ann"), submission("bob")]))
    assert len(list(of_one_student([submission("ann"), submission("ann")]))) == 2


def submission(student: str) -> Submission:
    return Submission(student, "hw.py", (), "script", "")


SECRETS = (
    "postgresql://me:hunter2@127.0.0.1:1/x",
    "postgresql://me@127.0.0.1:1/x?password=hunter2",
    "postgresql://127.0.0.1:1/x?user=me&PASSWORD=hunter2",
    "postgresql://me@127.0.0.1:1/x?sslpassword=hunter2",
    "postgresql+psycopg://:hunter2@/x?host=/nowhere",
)


@pytest.mark.parametrize("url", SECRETS)
@pytest.mark.parametrize("command", ["grade", "regrade", "override", "report", "export"])
def test_a_password_on_the_command_line_is_refused_and_never_printed(
    command: str, url: str, room: Room
) -> None:
    words = {
        "grade": ["grade", str(room.folder), "--rule", "gd"],
        "regrade": ["regrade", "--rule", "gd"],
        "override": ["override", "ann", "gd", "1", "--why", "so", "--assignment", "gd"],
        "report": ["report", "--assignment", "gd"],
        "export": ["export", "--assignment", "gd", "--format", "csv"],
    }
    said = room.command(*words[command], "--gradebook", url, exits=2)
    assert "PGPASSFILE" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("url", SECRETS)
def test_a_password_in_the_environment_is_used_and_never_printed(url: str, room: Room) -> None:
    environment = {"OPTCOURSE_GRADEBOOK": url, "COLUMNS": "400"}
    done = CliRunner().invoke(app, ["report", "--assignment", "gd"], env=environment)
    assert done.exit_code == 2
    assert "can't be" in done.output
    assert "hunter2" not in done.output


def test_a_gradebook_can_be_named_in_the_environment(room: Room) -> None:
    room.grade()
    environment = {"OPTCOURSE_GRADEBOOK": room.url, "COLUMNS": "400"}
    out = str(room.folder / "class.html")
    done = CliRunner().invoke(app, ["report", "--assignment", "gd", "--out", out], env=environment)
    assert "3 students" in done.output


def test_of_whom_nothing_is_graded_is_in_results_json_with_the_reason(room: Room) -> None:
    (room.folder / "in" / "tom").mkdir()
    (room.folder / "in" / "tom" / "hw1.pdf").write_bytes(b"%PDF")
    room.grade()
    [tom] = [one for one in room.results() if one["student"] == "tom"]
    assert (tom["file"], tom["tasks"]) == ("hw1.pdf", [])
    assert "can't be graded" in str(tom["not_graded"])


def test_again_runs_one_students_work_though_nothing_changed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.grade()
    usual, ran = Grading.grade, []

    def grade(grading: Grading, submission: Submission, *more: Any) -> Result:
        ran.append(submission.student)
        return usual(grading, submission, *more)

    monkeypatch.setattr(Grading, "grade", grade)
    room.regrade()
    assert ran == []
    room.regrade("--again", "bob", "--why", "the machine was full")
    assert ran == ["bob"]
    room.regrade()
    assert ran == ["bob"]
    assert [(name, grade.earned) for name, grade in room.grades().items()][:2] == [("ann", 1.0), ("bob", 1.0)]
    assert "rob has no attempt at gd to be made again" in room.regrade("--again", "rob", exits=2)


def test_the_sandbox_proves_itself_while_the_numbers_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)  # broken where one of the two waits for the other's end

    def met(word: str | int) -> Any:
        both.wait()
        return word

    monkeypatch.setattr(command, "best_level", lambda limits: met(levels.LANDLOCK))
    monkeypatch.setattr(command, "draw_for", lambda asked, seed: met(7))
    grader = grader_for(rule_assignment("gd"), 1, Limits())
    assert grader.level == levels.LANDLOCK
    assert set(grader.draws.values()) == {7}
