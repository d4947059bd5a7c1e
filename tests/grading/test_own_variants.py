"""Grading a class in which each student has a variant of their own, into a gradebook."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optcourse.grading.assignment import Asked, Assignment, Variants
from optcourse.grading.batches import Grading
from optcourse.grading.command import Place, grader_for, kept
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.records import Cell, Submission
from optcourse.grading.released import Release, Student, under_their_ids
from optcourse.grading.sandbox.supervisor import Limits
from optcourse.grading.showing import Tally
from optcourse.grading.variants import drawn

KEY = bytes(range(32))
ASKED = Asked("gd", "gd_step", "gd", variants=Variants(constants=(("lr", (0.125, 0.25)),)))
NAMES = tuple(f"student {number}" for number in range(6))


@pytest.fixture(scope="module")
def grading() -> Grading:
    return Grading(grader_for(Assignment("hw1", (ASKED,)), 0, Limits()), KEY, NAMES)


def own_lr(student: str) -> float:
    return dict(drawn(ASKED, student, KEY).constants)["lr"]


def handed_in(student: str, lr: float) -> Submission:
    source = f"def gd_step(theta, grad, state):\n    return theta - {lr} * grad, ()\n"
    return Submission(student, "hw1.py", (Cell("hw1.py", source),), "script", f"digest of {lr}")


def results(
    grading: Grading, book: Gradebook, found: Iterator[Submission]
) -> tuple[dict[str, tuple[str, int]], int]:
    """The verdict of each student and how many flags they have; and how many submissions were run."""
    tally = Tally()
    all_kept = list(kept(Place(workers=1).graded(grading, book, found), book, tally))
    return {
        one.result.student: (one.result.tasks[0].verdict, sum("variant" in flag for flag in one.result.flags))
        for one in all_kept
    }, tally.ran


def test_the_same_file_is_right_for_one_student_and_wrong_and_flagged_for_another(
    grading: Grading, tmp_path: Path
) -> None:
    assert {own_lr(name) for name in NAMES} == {0.125, 0.25}
    with Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True) as book:
        for ran in (len(NAMES), 0):  # nobody's verdict is taken for another's, and none is run again
            found, runs = results(grading, book, (handed_in(name, 0.125) for name in NAMES))
            assert runs == ran
            for name, (verdict, flags) in found.items():
                assert ((verdict == "AC"), flags) == (own_lr(name) == 0.125, int(own_lr(name) != 0.125)), name


def test_who_is_not_on_the_roster_is_flagged(grading: Grading, tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True) as book:
        list(kept(Place(workers=1).graded(grading, book, iter([handed_in("Mia", 0.125)])), book, Tally()))
        (grade,) = book.grades("hw1")
        assert "nobody on the roster is called so" in grade.flags


def test_a_submission_goes_to_the_one_student_whom_its_name_can_mean() -> None:
    roster = [
        Student("s001", "Ada Lovelace", "ada@example.edu"),
        Student("s002", "Noether, Emmy"),
        Student("s003", "Kim Lee"),
        Student("s004", "Kim Lee"),
    ]
    release = Release(datetime.now(UTC), "0", KEY, tuple(roster), {})
    names = {
        "s001": "s001",
        "S001": "s001",
        "ADA Lovelace": "s001",
        "ada@example.edu": "s001",
        "lovelaceada": "lovelaceada",  # only a roster that writes "Lovelace, Ada" tells of it
        "noetheremmy": "s002",
        "Emmy Noether": "s002",
        "Kim Lee": "Kim Lee",  # which of the two?
        "Mia": "Mia",
    }
    found = under_their_ids((handed_in(name, 0.125) for name in names), release)
    assert dict(zip(names, (one.student for one in found), strict=True)) == names
