"""Questions: what can't be asked is refused, and answers are judged as the table says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from optcourse import quiz
from optcourse.pictures.front_end import read
from optcourse.pictures.quiz.widget import asked, short
from tests.programs import program

ONE = asked("?", {"a": "A is so", "b": "B is not", "c": "C is not"}, "a", 0.01)
SEVERAL = asked("?", {"a": "A", "b": "B", "c": "C", "d": "D"}, ["a", "c"], 0.01)
NUMBER = asked("?", {3.16: "so", 10: "half of it"}, 3.16, 0.01)
ZERO = asked("?", {0: "nothing"}, 0, 0.01)
EXACT = asked("?", {4: "so"}, 4, 0)

SCORES = [  # question, what was given, right?, a part of the words, the explanations shown
    (ONE, [0], True, "Right.", ["A is so"]),
    (ONE, [1], False, "Not right.", ["B is not"]),
    (SEVERAL, [0, 2], True, "Right", ["A", "C"]),
    (SEVERAL, [0], False, "1 choice that holds is not ticked", ["A"]),
    (SEVERAL, [0, 2, 3], False, "1 of your ticks does not hold.", ["A", "C", "D"]),
    (SEVERAL, [1, 3], False, "2 of your ticks do not hold; 2 choices that hold are not ticked", ["B", "D"]),
    (SEVERAL, [0, 1, 2, 3], False, "2 of your ticks do not hold.", ["A", "B", "C", "D"]),
    (NUMBER, 3.16, True, "Right.", ["so"]),
    (NUMBER, 3.1916, True, "Right.", ["so"]),
    (NUMBER, 3.1284, True, "Right.", ["so"]),
    (NUMBER, 3.2, False, "too large", []),
    (NUMBER, 3.12, False, "too small", []),
    (NUMBER, -3.16, False, "too small", []),
    (NUMBER, 10, False, "too large", ["half of it"]),
    (NUMBER, 10.05, False, "too large", ["half of it"]),
    (ZERO, 0, True, "Right.", ["nothing"]),
    (ZERO, 0.005, True, "Right.", ["nothing"]),
    (ZERO, 0.02, False, "too large", []),
    (EXACT, 4, True, "Right.", ["so"]),
    (EXACT, 4.001, False, "too large", []),
]
TYPED = [
    ("0.25", 0.25),
    ("0,25", 0.25),
    (" 1e-3 ", 1e-3),
    ("−2", -2),
    ("-2", -2),
    ("1/3", 1 / 3),
    ("1 / 4", 0.25),
    ("1e3", 1e3),
    ("", None),
    ("abc", None),
    ("1/0", None),
    ("1/2/3", None),
    ("1 2", None),
    ("1/", None),
    ("Infinity", None),
    ("NaN", None),
]
FACTORS = [
    (30, 43, True),
    (86, 43, True),
    (21.5, 43, True),
    (87, 43, False),
    (21, 43, False),
    (0, 0, True),
    (1, 0, False),
    (0, 1, False),
]


def in_node(tmp_path: Path, expression: str, cases: list[Any]) -> list[Any]:
    """`expression` of `one` for each case, computed by Node with scoring.js."""
    file = tmp_path / "scoring.mjs"
    file.write_text(
        f"{read('engine/scoring.js')}\nconst cases = {json.dumps(cases)};\n"
        f"console.log(JSON.stringify(cases.map((one) => {expression})));",
        encoding="utf-8",
    )
    done = subprocess.run(
        [program("node"), str(file)], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    found: list[Any] = json.loads(done.stdout)
    return found


def test_answers_are_judged_as_the_table_says(tmp_path: Path) -> None:
    judged = in_node(tmp_path, "judged(one[0], one[1])", [[case[0], case[1]] for case in SCORES])
    for (_, given, right, words, why), found in zip(SCORES, judged, strict=True):
        assert found["right"] is right, given
        assert words in found["words"], given
        assert [text for _, text in found["why"]] == why, given


def test_numbers_are_read_as_people_write_them(tmp_path: Path) -> None:
    assert in_node(tmp_path, "typedNumber(one)", [text for text, _ in TYPED]) == [
        None if value is None else pytest.approx(value) for _, value in TYPED
    ]


def test_a_guess_is_right_within_a_factor(tmp_path: Path) -> None:
    cases = [[guess, truth] for guess, truth, _ in FACTORS]
    assert in_node(tmp_path, "isWithinFactor(one[0], one[1], 2)", cases) == [right for *_, right in FACTORS]


TEXTS = [
    (quiz("Why?", {"a": "A", "b": "B"}, right="a"), "Quiz: Why?\n( ) a\n( ) b"),
    (quiz("Which?", {"a": "A", "b": "B"}, right=["b"]), "Quiz: Which? (tick all that hold)\n[ ] a\n[ ] b"),
    (quiz("How many?", {2: "so"}, right=2), "Quiz: How many? (write a number)"),
]


@pytest.mark.parametrize(("question", "text"), TEXTS)
def test_the_text_holds_the_question_and_the_choices_and_no_answer(question: Any, text: str) -> None:
    data, _ = question._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "text/markdown", "text/plain"}
    assert data["text/plain"] == repr(question) == text
    assert data["text/markdown"].count("\n- ") == len(text.splitlines()) - 1


WRONG: list[tuple[dict[Any, str], Any, str]] = [
    ({"a": "A"}, "a", "at least two choices"),
    ({"a": "A", "b": "B"}, "c", "right must be among the choices 'a', 'b'"),
    ({"a": "A", "b": "B"}, [], "right must be among"),
    ({"a": "A", "b": "B"}, ["a", "c"], "right must be among"),
    ({"a": "A", "b": "B"}, True, "right must be among"),
    ({"a": "A", "b": " "}, "a", "'b' needs an explanation"),
    ({2: "so"}, 3, "must explain the right number, 3"),
    ({"2": "so"}, 2, "the choices are numbers"),
]


@pytest.mark.parametrize(("choices", "right", "words"), WRONG)
def test_a_question_without_an_answer_is_refused(choices: dict[Any, str], right: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        quiz("?", choices, right=right)


def test_a_tolerance_of_all_is_refused() -> None:
    with pytest.raises(ValueError, match="tolerance is a part"):
        quiz("?", {2: "so"}, right=2, tolerance=1)


def test_a_long_question_is_a_short_key() -> None:
    assert short("Why  is\nthat?") == "Why is that?"
    assert len(short("why " * 100)) <= 90


def test_an_answer_is_recorded_with_whether_it_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    question = quiz("Why?", {"a": "A", "b": "B"}, right="a")
    for right in (False, True):
        question.answered = {"given": [0 if right else 1], "tries": 1 + right, "right": right}
    entry = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))["done"]["quiz"]["Why?"]
    assert (entry["times"], entry["right"]) == (2, 1)
    (tmp_path / "progress.json").write_text("{", encoding="utf-8")
    question.answered = {"given": [0], "tries": 3, "right": True}
    assert "was damaged" in question.note
