"""What a terminal says of a class beside its table."""

from dataclasses import replace
from pathlib import Path

import pytest

from optcourse.grading.attempts import LatePolicy
from optcourse.grading.released import Student
from optcourse.grading.showing import NAMED, Tally, plain
from optcourse.grading.submissions import LeftOut

from .made_up_class import DUE, grade, override, result, wrong


def said(tally: Tally) -> str:
    return "\n".join(tally.words(Path("results.json")))


def test_late_work_and_a_persons_points_are_said_with_what_counts() -> None:
    tally = Tally()
    late = LatePolicy(DUE, per_day=0.5)
    tally.weigh(grade(result("in time", (1, 1, 1), days=-1), late=late))
    assert "What counts" not in said(tally)
    cut = grade(result("later", (1, 1, 1), days=0.5), late=late)
    tally.weigh(cut)
    tally.weigh(grade(result("set", (0, 1, 1), days=-1), overrides=(override("set", "ema", 1.0),), late=late))
    assert f"later {cut.earned:.4g}/{cut.points:.4g} (late)" in said(tally)
    assert "for 2:" in said(tally)
    assert "(set by a person)" in said(tally)


def test_of_many_a_few_are_named_and_all_are_counted_in_a_line_that_is_shown_whole() -> None:
    tally, late = Tally(), LatePolicy(DUE)
    for number in range(NAMED + 5):
        name = f"s{number} " + "x" * 190
        person = (override(name, "ema", 1.0),)
        tally.weigh(grade(result(name, days=1), overrides=person, late=late))
        tally.add(result(name), before=0.5)
        tally.add(result(name, tasks=(replace(wrong("ema"), verdict="IE"),)))
    *_, changed, other, ours = tally.words(Path("results.json"))
    for line in (changed, other, ours):
        assert f"s{NAMED - 1} x" in line
        assert f"s{NAMED} " not in line
        assert " and 5 more" in line
        assert plain(line).plain == line
    assert f"for {NAMED + 5}:" in other


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\nb", "a\u202eb", "a\rb"])
def test_a_strangers_text_cannot_steer_the_terminal(text: str) -> None:
    assert plain(text).plain == "a\N{REPLACEMENT CHARACTER}" + text[2:]


def test_of_whom_nothing_is_graded_is_named_with_the_reason() -> None:
    tally = Tally()
    assert not list(tally.read([LeftOut("tom", "hw1.pdf", "it can't be graded")]))
    assert tally.words(Path("results.json"))[-1] == "Not graded: tom: hw1.pdf: it can't be graded."
    tally.graded.add("tom")
    assert tally.not_graded() == []


def test_everybody_on_the_roster_is_graded_or_named() -> None:
    roster = [Student(f"s{number:03}", "Ada" * (number % 2)) for number in range(100)]
    tally = Tally(roster)
    tally.graded.add("s000")
    assert not list(tally.read([LeftOut("s001", "hw1.pdf", "it can't be graded")]))
    said = " ".join(plain(line).plain for line in tally.words(Path("results.json")))
    assert all(one.id in said for one in roster[1:])
    assert "s000" not in said
    assert "s003 (Ada)" in said
    assert [one.student for one in tally.not_graded()] == [one.id for one in roster[1:]]
