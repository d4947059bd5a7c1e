"""Small tasks say how they went, and never raise for what a learner wrote."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optcourse.learner.tasks import a_number, challenge, confirm

WRITTEN = "def square(x):\n    "

ANSWERS = {
    "right": ("return x**2", "square is right: it gives the measured values in all 2 cases."),
    "a list": ("return float(x**2)", "square is right"),
    "wrong": ("return x + x + 1.0", "square(2) gives 5.0, but 4.0 is measured."),
    "no return": ("x**2", "square(2) gives nothing: a return is missing."),
    "empty": ("raise NotImplementedError", "square is not attempted yet."),
    "raises": ("return y", "square(2) stops with NameError: name 'y' is not defined"),
    "another shape": ("return [x, x]", "square(2) gives an array of shape (2,), where () is measured."),
    "a text": ("return 'four'", "square(2) stops with ValueError"),
    "not a number": ("return float('nan')", "square(2) gives nan, but 4.0 is measured."),
    "divides by zero": ("import numpy as np; return np.ones(()) / (x - 2)", "square(2) gives inf"),
}


def square(body: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(WRITTEN + body, namespace)
    return namespace["square"]


@pytest.mark.parametrize(("body", "words"), ANSWERS.values(), ids=ANSWERS)
def test_a_small_function_is_told_what_it_gives(capsys: Any, body: str, words: str) -> None:
    confirm(square(body), {2: 4, (3,): 9.0})
    assert words in capsys.readouterr().out


def test_a_function_that_changes_its_arguments_is_given_copies(capsys: Any) -> None:
    def doubled(x: Any) -> Any:
        x *= 2
        return x

    one = np.ones(2)
    confirm(doubled, [((one,), [2, 2]), ((one,), np.full(2, 2.0))])
    assert one.tolist() == [1, 1]
    assert "doubled is right" in capsys.readouterr().out


VALUES = [
    (3.0, "3.0"),
    (np.float64(3), "3.0"),
    (np.int64(3), "3"),
    (1 / 3, "0.333333"),
    (np.array([3.0]), "[3.0]"),
    (np.array([1.0, 2.5, 1e-9]), "[1.0, 2.5, 1e-09]"),
    (np.arange(20.0), "[0.0, 1.0, 2.0, ..., 17.0, 18.0, 19.0]"),
    (np.square, "np.square"),
    (np.zeros_like, "np.zeros_like"),
    (square, "square"),
    ("four", "'four'"),
]


@pytest.mark.parametrize(("value", "words"), VALUES, ids=[words for _, words in VALUES])
def test_an_argument_is_shown_as_a_learner_would_type_it(capsys: Any, value: Any, words: str) -> None:
    confirm(lambda _: None, [((value,), 0)])
    assert capsys.readouterr().out == f"<lambda>({words}) gives nothing: a return is missing.\n"


def test_a_confirm_without_a_case_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        confirm(square("return x"), {})


NUMBERS = [(3, 3.0), ("0,5", 0.5), (" 1e-3 ", 1e-3), (np.float32(2), 2.0), (True, 1.0)]
NO_NUMBERS = [None, "x", "", float("nan"), float("inf"), [1, 2], -1, 11, "3 steps"]


@pytest.mark.parametrize(("answer", "number"), NUMBERS)
def test_a_number_is_understood(answer: Any, number: float) -> None:
    assert a_number(answer, 0, 10) == number


@pytest.mark.parametrize("answer", NO_NUMBERS, ids=repr)
def test_what_is_no_number_gets_a_sentence_that_says_what_to_write(capsys: Any, answer: Any) -> None:
    assert a_number(answer, 0, 10) is None
    assert "Write a number, at least 0 and at most 10, in place of" in capsys.readouterr().out


def test_what_went_well_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    confirm(square("return 0"), {2: 4})
    confirm(square("return x * x"), {2: 4})
    confirm(square("raise NotImplementedError"), {2: 4})
    challenge("break descent", True)
    done = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))["done"]
    assert (done["task"]["square"]["times"], done["task"]["square"]["right"]) == (2, 1)
    assert done["challenge"]["break descent"]["beaten"] == 1
    assert "Challenge 'break descent': beaten!" in capsys.readouterr().out
