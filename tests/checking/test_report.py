"""A report reads the same in each run; hints climb; the seam for grading stays clean."""

import ast
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from optcourse import checking, graded
from optcourse.checking import answering, check, hint, solution
from optcourse.checking.hints import Ladder
from optcourse.checking.report import own_lines
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
        "acts like:",
        "First difference",
        "Already right",
        "Try",
        "The formula's line: check(..., show=True), or optcourse check --show in a terminal",
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
    assert len(check(adam_step, show=True).diff) == 1


RIGHT_LINE = "v_hat = v / (1 - beta2 ** t)"


def test_the_right_line_is_in_a_report_only_where_it_is_asked_for():
    asked = str(check(adam_step, show=True))
    assert f"formula:   {RIGHT_LINE}" in asked
    assert "show=True" not in asked
    assert RIGHT_LINE not in str(check(adam_step))


def test_a_notebook_folds_the_right_line_away_without_a_script():
    html, opened = (check(adam_step, show=show)._repr_html_() for show in (False, True))
    before, _, after = html.partition("<details><summary>The formula's line</summary>")
    assert RIGHT_LINE not in before
    assert RIGHT_LINE in after
    assert "<details open>" in opened
    assert "<script" not in html
    assert "onclick" not in html


def test_a_line_that_is_missing_is_named_by_what_it_makes():
    assert own_lines([("t = t + 1", ""), ("a", "b"), ("pass", "")]) == (
        ("", "(no line for t)"),
        ("", "b"),
        ("", "(nothing of the kind)"),
    )


@pytest.mark.parametrize("show", [False, True])
@pytest.mark.parametrize("name", ["adam", "signum"])
def test_homework_is_shown_no_right_line_before_its_deadline(name, show):
    rule = {**RULES, **HOMEWORK}[name]
    wrong = rule.mistakes[next(iter(rule.mistakes))].function
    report = graded.check(wrong, name, show=show)
    assert report.mistakes
    assert report.formula == ()
    for text in (str(report), report._repr_html_(), json.dumps(report.to_dict())):
        assert "formula:" not in text
        assert "The formula's line" not in text


def test_hints_climb_to_the_solution():
    ladder = Ladder()
    rungs = [ladder.next_rung(RULES["adam"], solved=True) for _ in range(5)]
    assert len(set(rungs)) == 4
    assert rungs[0].startswith("Hint 1 of 4")
    assert "solution" not in rungs[-3]


@pytest.mark.parametrize("name", RULES)
def test_the_last_hint_s_lines_show_the_whole_step_where_they_are_typed_as_they_stand(name):
    ladder = Ladder()
    *_, last = (ladder.next_rung(RULES[name], solved=True) for _ in RULES[name].hints)
    lines = [line.strip() for line in last.splitlines() if line.startswith("    ")]
    namespace = {}
    exec("\n".join([lines[0], f"shown = {lines[1]}"]), namespace)
    assert namespace["shown"].startswith("def ")
    # The hints of a rule with an estimate of its own are on that one: its step is gradient descent's.
    assert f"def {name}_{'grad' if RULES[name].estimate else 'step'}(" in namespace["shown"]


@pytest.mark.parametrize("name", [*RULES, *HOMEWORK])
def test_no_hint_of_homework_names_a_solution(name):
    hints = [graded.hint(name) for _ in {**RULES, **HOMEWORK}[name].hints]
    assert not any("solution" in one for one in hints)


NOTEBOOKS = sorted((Path(__file__).parents[2] / "solutions").glob("*.md"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_s_text_tells_to_call_is_imported_there(path):
    text = path.read_text(encoding="utf-8")
    if path.stem.startswith("hw"):
        assert "solution(" not in text
        assert not re.search(r"from optcourse import .*\b(check|hint)\b", text)
        return
    code = "\n".join(re.findall(r"^```\{code-cell\}.*?^```", text, re.M | re.S))
    known = set(re.findall(r"\w+", " ".join(re.findall(r"from optcourse import (\([^)]*\)|.*)", code))))
    told = set(re.findall(r"`(check|hint|solution|mine|explore|compare|landscape)\(", text))
    assert told <= known


LESSONS = [path for path in NOTEBOOKS if re.search(r'\bhint\("', path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_who_is_stuck_with_nothing_run_but_the_first_cell_can_climb_to_the_solution(path):
    text = path.read_text(encoding="utf-8")
    first = re.search(r"^```\{code-cell\}.*?\n(.*?)^```", text, re.M | re.S)[1]
    cell = {}
    exec(first, cell)
    for name in set(re.findall(r'\bhint\("(\w+)"', text)):
        rungs = [cell["hint"](name) for _ in range(9)]  # more than there are: the last comes again
        if path.stem.startswith("hw"):
            assert "solution" not in cell
            assert not any("solution" in one for one in rungs)
        else:
            told = re.search(r'solution\("\w+"\)', rungs[-1])[0]
            assert eval(told, cell).startswith("def ")


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
