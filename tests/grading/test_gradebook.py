"""The gradebook, on SQLite and on a real PostgreSQL."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect, text

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.gradebook import Gradebook, opening
from optcourse.grading.gradebook.rows import cells_bytes, cells_of, fault_of, fault_text, tasks_of, tasks_text
from optcourse.grading.gradebook.tables import METADATA
from optcourse.grading.grades import Override, Settings
from optcourse.grading.records import VERDICTS, Cell, Circumstances, FindingResult, Result, TaskResult
from optcourse.grading.submissions import LeftOut
from tests.grading.graded import START, UNDER, handed_in, result
from tests.grading.postgres import Server

HW = UNDER.assignment
OLD = Path(__file__).with_name("gradebook_0001.sql")


def override(student: str, points: float) -> Override:
    return Override(HW, student, "gd", points, "he explained it", "the instructor", START)


def test_an_assignment_comes_back_as_it_was_kept(address: str) -> None:
    with Gradebook(address, create=True) as book:
        first, second = handed_in("ann, 'or' 1=1 --"), handed_in("Zoë \N{SNOWMAN}\u202e=SUM(A1)", day=None)
        book.keep([(first, result(first, 0.5)), (second, result(second))])
        grades = list(book.grades(HW))
        assert [grade.student for grade in grades] == [second.student, first.student]  # by code points
        assert [grade.result for grade in grades] == [result(second), result(first, 0.5)]
        assert [grade.earned for grade in grades] == [4, 2]
        assert list(book.submissions(HW)) == [first, second]
        assert book.count(HW) == 2
        assert list(book.grades("hw2")) == []


def test_keeping_again_adds_nothing(address: str) -> None:
    one = handed_in("ann")
    with Gradebook(address, create=True) as book:
        assert book.keep([(one, result(one, 0.5)), (one, result(one, 0.5))])[0].before is None
        assert book.keep([(one, result(one, 0.5))])[0].before == 2
        (grade,) = book.grades(HW)
        assert len(grade.attempts) == 1


def test_the_same_bytes_are_flagged_where_they_come_later(address: str) -> None:
    ann, bob = handed_in("ann", "x"), handed_in("bob", "x")
    renamed = replace(ann, file="copy.py")
    with Gradebook(address, create=True) as book:
        kept = book.keep([(one, result(one)) for one in (ann, bob, renamed)])
        assert [one.result.flags for one in kept] == [
            (),
            ("duplicate: the same file was handed in by ann too",),
            ("duplicate: the same file was handed in again",),
        ]
        assert [len(grade.flags) for grade in book.grades(HW)] == [0, 1]


def test_what_was_graded_is_known_by_its_bytes_and_circumstances(address: str) -> None:
    one = handed_in("ann")
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one))])
        (known,) = book.known([one], UNDER, ["v1", "v2"])
        assert (known.student, known.version, known.tasks) == ("ann", "v1", result(one).tasks)
        for other in (
            replace(UNDER, grader="0.2.0"),
            replace(UNDER, seed=1),
            replace(UNDER, level="none"),
            replace(UNDER, limits={"cpu": 5.0, "wall": 10.0}),
            replace(UNDER, assignment="hw2"),
        ):
            assert book.known([one], other, ["v1"]) == []
        assert book.known([handed_in("bob")], UNDER, ["v1"]) == []
        assert book.known([one], UNDER, ["v2"]) == []


def test_the_same_file_of_somebody_else_is_not_known_as_its_hidden_numbers_are_others(address: str) -> None:
    everyone = [handed_in(name, "the same") for name in ("ann", "bob", "eve")]
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one)) for one in everyone])
        mia = handed_in("mia", "the same")
        assert [one.student for one in book.known([mia, everyone[1]], UNDER, ["v1"])] == ["bob"]
        assert book.known([mia], UNDER, ["v1"]) == []


def test_the_seed_of_an_assignment_is_drawn_once_and_kept(address: str) -> None:
    with Gradebook(address, create=True) as book:
        first = book.begun(HW)
        assert first.seed > 2**32 or book.begun("another").seed > 2**32
        assert book.begun(HW) == first == book.settings(HW)
        assert book.begun("hw9").seed != first.seed
        book.set_settings(HW, replace(first, seed=5))
        assert book.begun(HW).seed == 5  # of a gradebook from before, or by --seed


def test_a_fault_of_ours_is_never_a_zero_and_is_forgotten_when_grading_succeeds(address: str) -> None:
    one = handed_in("ann")
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one, 0, "IE"))])
        (grade,) = book.grades(HW)
        assert (grade.earned, grade.needs_a_person) == (None, True)
        assert book.known([one], UNDER, ["v1"]) == []  # so it is graded again
        book.keep([(one, result(one, 0.75))])
        (grade,) = book.grades(HW)
        assert (grade.earned, grade.needs_a_person, len(grade.attempts)) == (3, False, 1)


def test_where_grading_again_fails_the_score_stays_and_a_person_is_asked(address: str) -> None:
    one, second = handed_in("ann"), replace(UNDER, version="v2")
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one, 0.5))])
        book.keep([(one, result(one, 0, "IE", under=second))])
        (grade,) = book.grades(HW)
        assert (grade.earned, grade.needs_a_person) == (2, True)
        book.add_override(override("ann", 3))
        (grade,) = book.grades(HW)
        assert (grade.earned, grade.needs_a_person) == (3, False)


def test_both_scores_are_kept_when_it_is_graded_again_and_the_last_grading_counts(address: str) -> None:
    one, second = handed_in("ann"), replace(UNDER, version="v2")
    with Gradebook(address, create=True) as book:
        for score, under in ((0.5, UNDER), (1, second), (0.5, UNDER)):  # and back again
            book.keep([(one, result(one, score, under=under))])
            (grade,) = book.grades(HW)
            assert grade.result == result(one, score, under=under)
        assert [(one.result.score, one.current) for one in grade.attempts] == [(2, True), (4, False)]


def test_an_override_survives_grading_again_and_the_last_one_holds(address: str) -> None:
    one = handed_in("ann", day=9)
    with Gradebook(address, create=True) as book:
        book.set_settings(HW, Settings(late=LatePolicy(START)))
        book.keep([(one, result(one))])
        (grade,) = book.grades(HW)
        assert grade.earned == 0  # it came after the last day
        book.add_override(override("ann", 3))
        book.add_override(override("ann", 3.5))
        book.keep([(one, result(one, 0.25, under=replace(UNDER, version="v2")))])
        (grade,) = book.grades(HW, "ann")
        assert (grade.earned, grade.tasks[0].score) == (3.5, 0.25)
        assert [one.points for one in book.overrides(HW)] == [3, 3.5]


def test_which_attempt_counts_and_what_is_late_is_decided_when_it_is_read(address: str) -> None:
    early, late = handed_in("ann", "1", day=0), handed_in("ann", "2", day=1.5)
    with Gradebook(address, create=True) as book:
        book.keep([(late, result(late, 0.5)), (early, result(early, 0.75))])
        policy = LatePolicy(START + timedelta(days=1), per_day=0.5)
        for settings, earned, factor in (
            (Settings(), 2, 1),
            (Settings("best"), 3, 1),
            (Settings(late=policy), 1, 0.5),
            (Settings("best", policy), 3, 1),
            (Settings(late=replace(policy, grace=timedelta(days=1))), 2, 1),
        ):
            book.set_settings(HW, settings)
            assert book.settings(HW) == settings
            (grade,) = book.grades(HW)
            assert (grade.earned, grade.late) == (earned, factor)
            assert [one.result.submitted for one in grade.attempts] == [early.submitted, late.submitted]


def test_settings_come_back_with_withdrawn_probes(address: str) -> None:
    settings = Settings(seed=2**40, withdrawn=frozenset({("gd", "under way"), ("gd", "float32")}))
    with Gradebook(address, create=True) as book:
        assert book.settings(HW) == Settings()
        book.set_settings(HW, settings)
        assert book.settings(HW) == settings


def test_assignments_are_found_by_their_short_name(address: str) -> None:
    with Gradebook(address, create=True) as book:
        for name in ("hw1_gradients", "hw10_more", "hw2"):
            one = handed_in("ann", name)
            book.keep([(one, result(one, under=replace(UNDER, assignment=name)))])
        assert book.assignment_named("hw1") == "hw1_gradients"
        assert book.assignment_named("solutions/hw2.md") == "hw2"
        with pytest.raises(UserError, match=r"no assignment 'hw3' \(hw10_more, hw1_gradients, hw2\)"):
            book.assignment_named("hw3")


def test_two_graders_at_once_lose_nothing_and_keep_nothing_twice(address: str) -> None:
    submissions = [handed_in(f"student {number % 20}", str(number)) for number in range(60)]
    errors: list[BaseException] = []

    def work(order: Callable[[list[Any]], Any]) -> None:
        try:
            with Gradebook(address, create=True, pauses=(0,) * 50, sleep=lambda _: None) as book:
                everything = list(order(submissions))
                for start in range(0, 60, 4):
                    book.keep([(one, result(one)) for one in everything[start : start + 4]])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(order,)) for order in (iter, reversed, iter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with Gradebook(address) as book:
        attempts = [one.result for grade in book.grades(HW) for one in grade.attempts]
        assert sorted(one.digest for one in attempts) == sorted(one.digest for one in submissions)


def test_a_server_that_goes_away_is_waited_for(server: Server) -> None:
    waited: list[float] = []

    def come_back(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            server.start()

    one, two = handed_in("ann"), handed_in("bob")
    with Gradebook(server.new_database(), create=True, pauses=(1, 2, 4), sleep=come_back) as book:
        book.keep([(one, result(one))])
        server.stop()
        book.keep([(two, result(two))])
        assert waited == [1, 2]
        assert [grade.student for grade in book.grades(HW)] == ["ann", "bob"]


def test_a_server_that_stays_away_ends_in_a_sentence(server: Server) -> None:
    one = handed_in("ann")
    with Gradebook(server.new_database(), create=True, pauses=(1, 2), sleep=lambda _: None) as book:
        server.stop()
        try:
            with pytest.raises(
                UserError, match="What it has is kept: mend this, and give the same command again"
            ):
                book.keep([(one, result(one))])
        finally:
            server.start()


def never(seconds: float) -> None:
    raise AssertionError("SQLite has waited already")


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    address, one = f"sqlite:///{tmp_path}/grades.db", handed_in("ann")
    with Gradebook(address, create=True, sleep=never) as book:
        other = sqlite3.connect(tmp_path / "grades.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Thread(target=other.rollback)
        release.start()
        book.keep([(one, result(one))])
        release.join()
        other.close()
    with Gradebook(address) as book:
        assert book.count(HW) == 1


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_file_that_stays_locked_ends_in_a_sentence_after_seconds(
    lock: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opening.BUSY / 1000 + sum(opening.PAUSES) <= 10
    monkeypatch.setattr(opening, "BUSY", 1)
    address, one = f"sqlite:///{tmp_path}/grades.db", handed_in("ann")
    with Gradebook(address, create=True, sleep=never) as book:
        other = sqlite3.connect(tmp_path / "grades.db", isolation_level=None)
        other.execute(f"BEGIN {lock}")
        with pytest.raises(UserError, match=r"another program has been writing.*is kept.*same command again"):
            book.keep([(one, result(one))])
        other.rollback()
        book.keep([(one, result(one))])
        assert book.count(HW) == 1
        other.close()


def test_a_file_that_is_locked_before_it_is_a_gradebook_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(opening.time, "sleep", waited.append)
    other = sqlite3.connect(tmp_path / "grades.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UserError, match=r"can't be opened: another program has been writing to it"):
        Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True)
    assert waited == list(opening.PAUSES)
    other.close()


# What is forgotten


def test_a_forgotten_attempt_is_not_known_and_holds_until_another_takes_its_place(address: str) -> None:
    one = handed_in("ann", "a")
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one, 0.0))])
        assert book.known([one], UNDER, {UNDER.version})
        assert book.forget(HW, "ann", "the machine was full", "me") == 1
        assert book.forget(HW, "ann", "twice", "me") == 0
        assert book.forget(HW, "nobody", "", "me") == 0
        assert not book.known([one], UNDER, {UNDER.version})
        (ann,) = book.grades(HW)
        assert ann.earned == 0.0
        book.keep([(one, result(one, 1.0))])
        (ann,) = book.grades(HW)
        assert (ann.earned, len(ann.attempts)) == (ann.points, 1)
        assert [known.tasks[0].score for known in book.known([one], UNDER, {UNDER.version})] == [1.0]
        kept = (
            "SELECT count(*), min(why), min(score) FROM attempts JOIN forgotten ON attempt_id = attempts.id"
        )
        with book.engine.connect() as connection:
            assert connection.execute(text(kept)).one() == (1, "the machine was full", 0.0)


def test_where_the_new_attempt_is_our_fault_too_the_forgotten_one_counts_no_more(address: str) -> None:
    one = handed_in("ann", "a")
    with Gradebook(address, create=True) as book:
        book.keep([(one, result(one, 0.0))])
        book.forget(HW, "ann", "", "me")
        book.keep([(one, result(one, 0, "IE"))])
        (ann,) = book.grades(HW)
        assert (ann.earned, ann.needs_a_person) == (None, True)
        book.keep([(one, result(one, 1.0))])
        (ann,) = book.grades(HW)
        assert (ann.earned, ann.needs_a_person) == (ann.points, False)


def test_an_attempt_can_be_forgotten_again_and_again(address: str) -> None:
    one = handed_in("ann", "a")
    with Gradebook(address, create=True) as book:
        for score in (0.0, 0.5, 1.0):
            book.keep([(one, result(one, score))])
            (ann,) = book.grades(HW)
            assert ann.earned == score * ann.points
            assert book.forget(HW, "ann", "", "me") == 1


# The schema


def test_what_cannot_be_graded_is_kept_until_its_student_is_seen_again(address: str) -> None:
    pdf, page = LeftOut("ann", "hw1.pdf", "no notebook"), LeftOut("bob", "hw1.html", "no notebook")
    with Gradebook(address, create=True) as book:
        book.leave_out(HW, {"ann", "bob", "cy"}, [page, pdf])
        assert book.not_graded(HW) == [pdf, page]
        assert book.not_graded("hw2") == []
        book.leave_out(HW, {"ann"}, [])
        assert book.not_graded(HW) == [page]
        bob = handed_in("bob")
        book.keep([(bob, result(bob))])
        assert book.not_graded(HW) == []
        assert book.students(HW) == {"bob"}


def test_migrations_make_the_tables_that_the_code_uses(address: str) -> None:
    with Gradebook(address, create=True) as book:
        found = inspect(book.engine)
        for table in METADATA.sorted_tables:
            assert {column["name"]: column["nullable"] for column in found.get_columns(table.name)} == {
                column.name: column.nullable for column in table.columns
            }
            unique = {tuple(one["column_names"]) for one in found.get_unique_constraints(table.name)}
            wanted = [one for one in table.constraints if type(one).__name__ == "UniqueConstraint"]
            assert unique == {tuple(column.name for column in one.columns) for one in wanted}


def test_a_gradebook_of_the_first_version_opens_with_all_that_is_in_it(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "grades.db") as old:
        old.executescript(OLD.read_text(encoding="utf-8"))
    old.close()
    with Gradebook(f"sqlite:///{tmp_path}/grades.db") as book:
        ann, bob = book.grades(HW)
        assert (ann.student, ann.earned, [one.current for one in ann.attempts]) == ("ann", 4, [False, True])
        assert (bob.student, bob.earned, bob.tasks[0].override and bob.tasks[0].override.why) == (
            "bob",
            3,
            "reread",
        )
        assert book.settings(HW) == Settings(seed=5)
        assert [one.cells for one in book.submissions(HW)] == [(Cell("hw1.py", name),) for name in ("a", "b")]
    with Gradebook(f"sqlite:///{tmp_path}/grades.db") as book:
        assert book.count(HW) == 2


@pytest.mark.parametrize("revision", ["9003", "8c3a5d1b2f00"])
def test_a_newer_gradebook_is_refused_and_left_as_it_is(address: str, revision: str) -> None:
    Gradebook(address, create=True).close()
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})
    with pytest.raises(
        UserError, match=f"newer optcourse's gradebook .its version is '{revision}'.*Nothing was"
    ):
        Gradebook(address, create=True)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == revision
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("grades.db", "--gradebook is sqlite:///grades.db"),
        ("sqlite://", "--gradebook is sqlite:///grades.db"),
        ("sqlite:///:memory:", "--gradebook is sqlite:///grades.db"),
        ("mysql://me:secret@host/x", r"got mysql://me:\*\*\*@host/x"),
        ("sqlite:///FOLDER/none/grades.db", "no folder"),
        ("sqlite:///FOLDER", "unable to open"),
        ("sqlite:///FOLDER/text.db", "not a database"),
        ("postgresql://me:secret@127.0.0.1:1/x", r"me:\*\*\*@127.0.0.1:1/x can't be opened"),
    ],
)  # fmt: skip
def test_what_is_no_gradebook_is_refused_in_a_sentence(tmp_path: Path, url: str, says: str) -> None:
    (tmp_path / "text.db").write_text("this is a text, and a longer one than the head of a database " * 20)
    with pytest.raises(UserError, match=says) as caught:
        Gradebook(url.replace("FOLDER", str(tmp_path)), create=True)
    assert "secret" not in str(caught.value)


def test_reading_makes_no_gradebook(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no gradebook .*optcourse grade --gradebook .* makes one"):
        Gradebook(f"sqlite:///{tmp_path}/grades.db")
    assert list(tmp_path.iterdir()) == []


# Records as text

WORDS = st.text(max_size=20)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple)
NUMBERS = st.floats(0, 1)
FINDINGS = st.builds(FindingResult, WORDS, st.sampled_from(sorted(VERDICTS)), NUMBERS, WORDS)
PATHS = st.lists(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=2).map(tuple), max_size=2).map(tuple)
TASKS = st.builds(
    TaskResult,
    WORDS,
    st.sampled_from(sorted(VERDICTS)),
    NUMBERS,
    NUMBERS,
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
    st.none() | WORDS,
    st.lists(FINDINGS, max_size=2).map(tuple),
    PAIRS,
    PAIRS,
    PATHS,
    st.lists(WORDS, max_size=2).map(tuple),
)


@given(
    st.lists(TASKS, max_size=2).map(tuple),
    st.lists(st.builds(Cell, WORDS, WORDS, WORDS), max_size=2).map(tuple),
)
def test_records_come_back_from_their_text(tasks: tuple[TaskResult, ...], cells: tuple[Cell, ...]) -> None:
    assert tasks_of(tasks_text(tasks)) == tasks
    assert cells_of(cells_bytes(cells)) == cells
    for submitted in (START, None):
        under = Circumstances("a", "b", "c", 1, "d", {"cpu": 2.0}, 1e-9)
        one = Result("ann", "hw1.py", "digest", tasks, ("flag",), under, submitted)
        now = datetime.now(UTC)
        assert fault_of(fault_text(one, now)) == (one, now)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_score_that_is_no_number_is_not_kept(tmp_path: Path, score: float) -> None:
    one = handed_in("ann")
    with Gradebook(f"sqlite:///{tmp_path}/grades.db", create=True) as book:
        with pytest.raises(ValueError, match="not JSON compliant"):
            book.keep([(one, result(one, score))])
        assert book.count(HW) == 0
