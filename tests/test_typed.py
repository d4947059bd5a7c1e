"""What mypy, and so an editor, says of a learner's own file that uses optcourse as it is installed."""

import ast
import re
import subprocess
import sys

import pytest

import optcourse

BEGINNING = """
from optcourse import *
from optcourse import __version__

def my_step(theta, grad, state, *, lr=0.1):
    return theta - lr * grad, state

"""
# A right expression, and its type.
RIGHT = [
    ("RULES['adam']", "optcourse.rules.base.Rule"),
    ("RULES['adam'].defaults['lr']", "float"),
    ("PROBLEMS['quadratic'](condition=100)", "optcourse.problems.base.Problem"),
    ("run('adam', 'quadratic', steps=10, lr=0.1)", "optcourse.walking.Run"),
    ("run(my_step, PROBLEMS['quadratic'](), seed=[0, 1], lr=[0.1, 0.2])", "optcourse.walking.Run"),
    ("Run.__name__", "str"),
    ("own_rule(my_step, lr=(1e-4, 1.0))", "optcourse.rules.base.Form"),
    ("race(['adam', my_step], 'digits', seed=1)", "optcourse.racing.race.Race"),
    ("check(my_step)", "optcourse.checking.report.Report"),
    ("check(my_step, 'adam', dialect='pytorch', constants={'beta1': 0.9}).passed", "bool"),
    ("Report.__name__", "str"),
    ("hint('adam')", "optcourse.checking.hints.Shown"),
    ("solution(my_step, dialect='keras')", "optcourse.checking.hints.Shown"),
    ("mine('adam')", "def (*Any, **Any) -> Any"),
    ("confirm(lambda x: x, {1: 1})", "None"),
    ("a_number(None, low=0)", "float | None"),
    ("challenge('two steps', beaten=True)", "None"),
    ("progress()", "optcourse.learner.card.Card"),
    ("explore('adam', lr=0.1)", "optcourse.pictures.explore.widget.Explorer"),
    ("compare(['gd', ('adam', {'lr': 0.1})])", "optcourse.pictures.compare.widget.Comparison"),
    ("landscape(my_step, x='lr', show='steps')", "optcourse.pictures.landscape.widget.Landscape"),
    ("predict('gd', start=(1, 2), lr=0.1)", "optcourse.pictures.predict.widget.Prediction"),
    ("quiz('?', {'a': 'yes', 'b': 'no'}, right='a')", "optcourse.pictures.quiz.widget.Quiz"),
    ("quiz('?', {2: 'yes'}, right=2)", "optcourse.pictures.quiz.widget.Quiz"),
    ("clinic('adam', seed=3)", "optcourse.pictures.clinic.widget.Clinic"),
    ("contract(my_step)", "optcourse.scoring.form.Contract"),
    ("score(my_step, None, {'lr': (1e-4, 1)}, quick=True)", "optcourse.scoring.report.Score"),
    ("trained(my_step, steps=10)", "optcourse.scoring.training.Trained"),
    ("leaderboard()", "optcourse.scoring.board.Board"),
    ("OptcourseError('no')", "optcourse.errors.OptcourseError"),
    ("UserError('no')", "optcourse.errors.UserError"),
    ("__version__", "str"),
]
# A wrong one, and what is wrong with it.
WRONG = [
    ("check()", 'Missing positional argument "step"'),
    ("check(my_step, 3)", 'Argument 2 to "check" has incompatible type "int"'),
    ("check(my_step, dialekt='keras')", 'Unexpected keyword argument "dialekt"'),
    ("check(3)", 'Argument 1 to "check" has incompatible type "int"'),
    ("check(my_step).success", '"Report" has no attribute "success"'),
    ("run('adam')", 'Missing positional argument "problem"'),
    ("run('adam', 'quadratic', steps='ten')", 'Argument "steps" to "run" has incompatible type "str"'),
    ("run('adam', 'quadratic').losses", '"Run" has no attribute "losses"'),
    ("race(3)", 'Argument 1 to "race" has incompatible type "int"'),
    ("race(['adam'], seed='x')", 'Argument "seed" to "race" has incompatible type "str"'),
    ("explore()", 'Missing positional argument "step_or_name"'),
    ("explore('adam', lr='big')", 'Argument "lr" to "explore" has incompatible type "str"'),
    ("landscape('adam', show='los')", 'Argument "show" to "landscape" has incompatible type'),
    ("compare('gd', 'adam')", "Too many positional arguments"),
    ("own_rule(my_step, lr=0.1)", 'Argument "lr" to "own_rule" has incompatible type "float"'),
    ("quiz('?', {'a': 'yes'})", 'Missing named argument "right"'),
    ("score(my_step, quick='yes')", 'Argument "quick" to "score" has incompatible type "str"'),
    ("progress('adam')", 'Too many arguments for "progress"'),
    ("optimize(my_step)", 'Name "optimize" is not defined'),
]
# What the pictures and reports are made with: not ours, and half of what mypy would read.
SETTINGS = """
[mypy]
check_untyped_defs = True
[mypy-IPython.*,anywidget.*,ipywidgets.*,matplotlib.*,traitlets.*]
follow_imports = skip
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What mypy says of each expression, in a folder from which it sees no checkout."""
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("typed")
    lines = [
        *BEGINNING.splitlines(),
        *(f"reveal_type({call})" for call, _ in RIGHT),
        *(call for call, _ in WRONG),
    ]
    (folder / "mine.py").write_text("\n".join(lines))
    (folder / "mypy.ini").write_text(SETTINGS)
    command = [sys.executable, "-P", "-m", "mypy", "--hide-error-context", "--no-error-summary", "mine.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, list[str]] = {line: [] for line in lines}
    for number, kind, message in re.findall(
        r"^mine\.py:(\d+): (error|note): (.*)$", done.stdout, re.MULTILINE
    ):
        if kind == "error" or message.startswith("Revealed"):
            found[lines[int(number) - 1]].append(message)
    return found


def test_each_public_name_is_in_the_table() -> None:
    used = {node.id for call, _ in RIGHT for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Name)}
    assert set(optcourse.__all__) - used == set()


@pytest.mark.parametrize(("call", "kind"), RIGHT)
def test_a_right_call_has_its_type(said: dict[str, list[str]], call: str, kind: str) -> None:
    assert said[f"reveal_type({call})"] == [f'Revealed type is "{kind}"']


@pytest.mark.parametrize(("call", "error"), WRONG)
def test_a_wrong_call_is_underlined(said: dict[str, list[str]], call: str, error: str) -> None:
    (only,) = said[call]
    assert error in only


def test_nothing_else_is_said(said: dict[str, list[str]]) -> None:
    assert {line: said[line] for line in BEGINNING.splitlines() if said[line]} == {}
