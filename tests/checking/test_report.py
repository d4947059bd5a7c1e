"""A report reads the same in each run; hints climb; the seam for grading stays clean."""

import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from optcourse import checking
from optcourse.checking import answering, check, hint, solution
from optcourse.checking.hints import Ladder
from optcourse.homework import RULES as HOMEWORK
from optcourse.rules import RULES


def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
    m, v, t = state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)


def test_a_report_has_its_parts_in_the_stated_order():
    text = str(check(adam_step))
    parts = [
        "not right yet",
        "not bias-corrected",
        "formula:",
        "acts like:",
        "First difference",
        "Already right",
        "Try",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "Already right: m, v, t" in text


def test_a_report_is_the_same_each_time():
    one, other = check(adam_step), check(adam_step)
    assert str(one) == str(other)
    assert one._repr_html_() == other._repr_html_()
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())


def test_the_html_escapes_what_the_learner_wrote():
    def gd_step(theta, grad, state, *, lr):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check(gd_step)._repr_html_()


def test_the_picture_has_words_for_who_cannot_see_it():
    html = check(adam_step)._repr_html_()
    assert 'role="img"' in html
    assert "dashed: the formula, solid with dots: yours" in html


SEEN = [
    (1.02, "dashed: the formula, solid with dots: yours"),
    (1.0002, "both lie on each other: dashed the formula, solid yours"),
    (1e6, "ring: the formula, far shorter; solid with dots: yours"),
    (1e-4, "dashed: the formula, dot: yours, far shorter"),
]


@pytest.mark.parametrize(("factor", "words"), SEEN)
def test_the_picture_says_what_is_seen_of_both_paths(factor, words):
    def gd_step(theta, grad, state, *, lr):
        return theta - factor * lr * grad, state

    html = check(gd_step)._repr_html_()
    assert f">{words}</p>" in html
    assert f"over the first steps; {words}" in html
    assert ('r="7"' in html) == words.startswith("ring")
    yours, formula = html.index('stroke="#d55e00"'), html.index("stroke-dasharray")
    assert yours < formula  # what is drawn later lies above


def test_a_report_never_shows_the_learner_the_whole_solution():
    text = str(check(adam_step))
    assert "def " not in text
    assert len(check(adam_step).diff) == 1


def test_hints_climb_to_the_solution():
    ladder = Ladder()
    rungs = [ladder.next_rung(RULES["adam"]) for _ in range(5)]
    assert len(set(rungs)) == 4
    assert rungs[0].startswith("Hint 1 of 4")
    assert 'solution("adam")' in rungs[-1]


def test_the_last_hint_says_where_the_solution_comes_from_and_homework_s_names_none():
    ladder = Ladder()
    assert "from optcourse import solution" in [ladder.next_rung(RULES["adam"]) for _ in range(4)][-1]
    homework = HOMEWORK["signum"]
    assert "solution" not in [ladder.next_rung(homework) for _ in homework.hints][-1]


@pytest.mark.parametrize("name", RULES)
def test_each_rule_has_at_least_three_hints(name):
    assert len(RULES[name].hints) >= 3
    assert "Hint" in hint(name)


def test_a_solution_shows_the_asked_dialect_under_the_learners_names():
    text = solution("adam", dialect="eps-hat")
    assert text.startswith("def adam_step(theta, grad, state, *, lr=")
    assert "eps / (1 - beta2 ** t) ** 0.5" in text
    assert "AdamState" not in text


def test_answering_imports_numpy_and_the_standard_library_only():
    tree = ast.parse(Path(answering.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= {"numpy", *sys.stdlib_module_names}


def test_judging_never_calls_the_learners_function(monkeypatch):
    task = checking.Task(RULES["gd"], "step")
    answers = tuple(answering.answer(RULES["gd"].function, probe) for probe in task.probes())
    monkeypatch.setattr(answering, "answer", None)
    assert all(finding.verdict == "AC" for finding in checking.judge_all(task, answers))
