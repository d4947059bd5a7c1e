"""grade, regrade and override, through their own front door, with the real sandbox."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.grading.batches import Grading
from optcourse.grading.command import gradebook
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Grade
from optcourse.grading.records import Result
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
