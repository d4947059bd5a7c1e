"""What students get back: whole, escaped, and without anything that is not theirs."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optcourse.checking.answering import Answer, answer
from optcourse.checking.judging import expected
from optcourse.grading.assignment import rule_assignment
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.feedback import feedback_html, feedback_json, feedback_page, write_feedback
from optcourse.grading.feedback_legend import MEANS
from optcourse.grading.feedback_text import number, one_line, shown
from optcourse.grading.sandbox.asking import Handed
from optcourse.grading.scoring import scored

from .made_up_class import DUE, NASTY, PATHS, grade, override, result, task, wrong

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements and the texts of a page; raises AssertionError where an element is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data

    @property
    def skeleton(self) -> list[str]:
        """The names of its elements and of their attributes, in order."""
        return [f"{tag} {' '.join(attrs)}" for tag, attrs in self.tags]


def told(student: str = "Ada", says: str = "uphill") -> str:
    parts = wrong("ema", message=says, notes=(says,), lines=((says, says),), diff=((says, says),))
    return feedback_html(grade(result(student, tasks=(parts, task("dampened", 1)))))


@pytest.mark.parametrize("name", NASTY)
def test_no_name_and_no_message_adds_an_element_or_an_attribute(name: str) -> None:
    assert Page(told(name, name)).skeleton == Page(told()).skeleton


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_no_text_at_all_adds_an_element_and_all_that_can_be_shown_is(text: str) -> None:
    page = Page(told(text, text))
    assert page.skeleton == Page(told()).skeleton
    assert one_line(text) in " ".join(page.text.split())


@pytest.mark.parametrize("name", NASTY)
def test_every_file_lies_in_the_folder_under_a_harmless_name(name: str, tmp_path: Path) -> None:
    out = tmp_path / "feedback"
    path = write_feedback(result(name), out)
    assert path.parent == out
    assert re.fullmatch(r"hw2_momentum-[A-Za-z0-9-]{1,60}\.html", path.name)
    assert sorted(one.suffix for one in tmp_path.rglob("*.*")) == [".html", ".json"]


def test_no_two_students_share_a_file(tmp_path: Path) -> None:
    names = ["Ada", "ada", "Ada ", "A-da", *NASTY]
    assert len({write_feedback(result(name), tmp_path) for name in names}) == len(names)


def test_the_json_says_what_the_page_says(tmp_path: Path) -> None:
    late = LatePolicy(DUE)
    graded = grade(
        result("Ada", tasks=(wrong("ema"), task("dampened", 1), task("nesterov", 0.5)), days=0.5),
        overrides=(override("Ada", "ema", 1.5),),
        late=late,
    )
    path = write_feedback(graded, tmp_path)
    data = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    text = " ".join(Page(path.read_text(encoding="utf-8")).text.split())
    assert data["earned"] == graded.earned == 1.5 + 0.9 * 3 + 0.9 * 2.5
    assert f"{number(graded.earned)} of 10 points" in text
    assert "90 % of the points that were earned count" in text
    assert "A person gave these points." in text
    assert "spoke with them" not in text + json.dumps(data)  # for whoever asks the instructor later
    assert [one["earned"] for one in data["tasks"]] == [1.5, 2.7, 2.25]
    for one in data["tasks"]:
        assert f"{number(one['earned'])} of {number(one['points'])} points" in text
        assert one["message"] in text
    assert [one["override"] for one in data["tasks"]] == [True, False, False]


@pytest.mark.parametrize(
    ("due", "shown_lines"),
    [(None, False), (datetime(2999, 1, 1, tzinfo=UTC), False), (datetime(2001, 1, 1, tzinfo=UTC), True)],
    ids=["none known", "to come", "over"],
)
def test_the_formula_s_lines_are_handed_out_once_a_known_deadline_is_over(
    due: datetime | None, shown_lines: bool, tmp_path: Path
) -> None:
    line = "theta = formula's own line"
    handed_in = result("Ada", tasks=(wrong("ema", diff=((line, "theta = mine"),)),))
    path = write_feedback(grade(handed_in, late=LatePolicy(due) if due else None), tmp_path)
    page, data = path.read_text(encoding="utf-8"), path.with_suffix(".json").read_text(encoding="utf-8")
    assert "theta = mine" in page
    assert ("own line" in page, "own line" in data) == (shown_lines, shown_lines)


def test_flags_the_seed_and_other_students_are_in_neither(tmp_path: Path) -> None:
    flags = ("duplicate: the same file was handed in by Grace Hopper too",)
    path = write_feedback(result("Ada", flags=flags), tmp_path)
    for text in (path.read_text(encoding="utf-8"), path.with_suffix(".json").read_text(encoding="utf-8")):
        assert "Hopper" not in text
        assert "duplicate" not in text
        assert "20261110" not in text  # the seed of the hidden probes


def test_a_fault_of_ours_is_told_as_one_and_is_no_zero() -> None:
    ours = task("ema", 0, "IE", message="MemoryError: expected 0.25 in /srv/grader.py")
    graded = grade(result("Ada", tasks=(ours, task("dampened", 1))))
    text = Page(feedback_html(graded)).text
    assert "through no fault of yours" in text
    assert "MemoryError" not in text + json.dumps(feedback_json(graded))
    assert "Not graded yet" in text
    assert "0 of" not in text
    assert feedback_json(graded)["earned"] is None


def test_the_picture_shows_both_paths_and_says_so_in_words() -> None:
    picture = feedback_page(grade(result("Ada", tasks=(wrong("ema"),)))).tasks[0].picture
    assert picture is not None
    assert picture.formula == "12,168 160,90 308,12"
    assert len(picture.dots) == len(PATHS[1])
    assert "they part" in picture.words
    together = wrong("ema", paths=(PATHS[0], PATHS[0]))
    picture = feedback_page(grade(result("Ada", tasks=(together,)))).tasks[0].picture
    assert picture is not None
    assert "they lie together" in picture.words


def uphill(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):  # type: ignore[no-untyped-def]
    m, v, t = state
    m, v, t = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2, t + 1
    return theta + lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


def blind(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):  # type: ignore[no-untyped-def]
    return theta * 0.5, state


@pytest.mark.parametrize("function", [uphill, blind])
def test_a_wrong_functions_page_has_no_value_that_the_reference_answers(function: Callable[..., Any]) -> None:
    (asked,) = rule_assignment("adam").tasks
    question = asked.question(11)
    answers = tuple(answer(function, probe) for probe in question.probes())
    done = scored(asked, 11, Handed("adam_step", {"lr": 1e-3}), answers)
    assert done.verdict != "AC"
    graded = grade(result("Ada", tasks=(done,)))
    own = {f"{value:.5g}" for value in numbers(answers)}
    hidden = {f"{value:.5g}" for value in numbers(expected(*question))} - own
    hidden = {one.lstrip("-") for one in hidden if len(one.lstrip("-")) > 5 and "e" not in one}
    assert len(hidden) > 100
    for text in (feedback_html(graded), json.dumps(feedback_json(graded))):
        assert not [one for one in hidden if one in text]


def numbers(answers: Iterable[Answer]) -> Iterator[float]:
    """All numbers in answers."""
    for one in answers:
        for step in one.values:
            for part in step:
                yield from np.ravel(part).tolist()


@pytest.mark.parametrize("paths", [(), (PATHS[0], ()), (PATHS[0], ((float("nan"), 0.0),))])
def test_what_cannot_be_drawn_is_left_out(paths: object) -> None:
    html = feedback_html(grade(result("Ada", tasks=(wrong("ema", paths=paths),))))
    assert "<svg" not in html


def test_the_page_needs_nothing_beside_it_and_runs_nothing() -> None:
    page = Page(told())
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [attrs for _, attrs in page.tags if "src" in attrs or attrs.get("href", "#")[0] != "#"]  # type: ignore[index]
    policies = [attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv")]
    assert policies
    assert "default-src 'none'" in str(policies[0])
    assert dict(page.tags)["html"] == {"lang": "en"}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_a_shown_text_steers_no_terminal_and_is_its_own_shown_text(text: str) -> None:
    safe = shown(text)
    assert all(char.isprintable() or char in "\n\t" or not char.isascii() for char in safe)
    assert "\x1b" not in safe
    assert not set(safe) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert shown(safe) == safe


@given(st.floats(0, 1e6))
def test_a_number_reads_back_as_the_points_to_four_digits(points: float) -> None:
    assert float(number(points)) == pytest.approx(points, abs=5.1e-5)
    assert "e" not in number(points)


def test_the_page_says_what_its_verdicts_mean_and_no_others() -> None:
    tasks = (wrong("ema"), task("dampened", 1), task("nesterov", 0, "IE"))
    text = Page(feedback_html(grade(result("Ada", tasks=tasks)))).text
    assert {code for code, means in MEANS.items() if means in text} == {"AC", "WA", "IE"}
    assert "wrong (WA)" in text
