"""A rule from a package outside is known by its name wherever one of ours is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optcourse import OptcourseError
from optcourse.registry import known_rules, known_tasks
from optcourse.rules import RULES

TOY = '''
from typing import NamedTuple

import numpy as np

from optcourse.rules import Edit, Hyper, Paper, Rule
from optcourse.rules.base import hypers_of


class SoftsignState(NamedTuple):
    m: np.ndarray


def step(theta, grad, state, *, lr=0.1, beta=0.9):
    """The gradient's sign where it agrees with a running average's."""
    (m,) = state
    m = beta * m + (1 - beta) * grad
    theta = theta - lr * np.tanh(m)
    return theta, SoftsignState(m)


def init(theta, **hypers):
    return SoftsignState(np.zeros_like(theta))


RULE = Rule(
    name="softsign",
    title="Soft sign",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper("lr", "learning rate", "[0, inf)", (1e-3, 1.0), 0.03, "log"),
        Hyper("beta", "how much of the average is kept", "[0, 1)", (0.0, 0.99), 0.7),
    ),
    formula=r"m_t = \\beta m_{t-1} + (1 - \\beta) g_t",
    source=Paper("Nobody", 2026, "A toy", "nowhere"),
    hints=("What is averaged?",),
    frameworks={},
    mistake_list=(Edit("no-tanh", "np.tanh(m)", "m", "the average itself moves theta, not its tanh"),),
)
'''
TRIED = """
import optcourse
from optcourse.racing import Budget
from toy_rules import RULE

def softsign_step(theta, grad, state, *, lr=0.1, beta=0.9):
    (m,) = state
    m = m + (1 - beta) * (grad - m)
    theta = theta - lr * THETA
    return theta, (m,)

print(optcourse.check(softsign_step))
print(len(optcourse.run("softsign", "quadratic", steps=3).loss))
small = Budget(trials=2, seeds=2, scan=0, steps=20)
print(optcourse.race(["softsign"], "quadratic", budget=small, workers=0, progress=False))
optcourse.explore("softsign")
"""


def package(folder: Path, name: str, entries: str, **modules: str) -> None:
    """An installed package, as importlib.metadata sees one."""
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
    told = folder / f"{name}-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (told / "entry_points.txt").write_text(entries, encoding="utf-8")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    for known in (known_rules, known_tasks):
        known.cache_clear()
    yield tmp_path
    for known in (known_rules, known_tasks):
        known.cache_clear()


@pytest.mark.parametrize(("line", "named"), [("np.tanh(m)", "is correct"), ("m", "not its tanh")])
def test_a_rule_of_another_package_is_checked_run_raced_and_shown(
    tmp_path: Path, line: str, named: str
) -> None:
    package(tmp_path, "toy-rules", "[optcourse.rules]\nsoftsign = toy_rules:RULE\n", toy_rules=TOY)
    code = "import numpy as np\n" + TRIED.replace("THETA", line)
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path), "MPLBACKEND": "agg"}, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert named in done.stdout
    assert "softsign" in done.stdout


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("nothing_there:RULE", "toy-rules .*can't be loaded .*Mend or uninstall"),
        ("toy_rules:step", "is no optcourse.rules.Rule"),
        ("toy_rules:TAKEN", "a rule named 'adam': that name is taken"),
    ],
)
def test_what_another_package_offers_wrongly_is_said_with_its_name(
    outside: Path, entry: str, wanted: str
) -> None:
    source = TOY + "\nfrom optcourse.rules import RULES\nTAKEN = RULES['adam']\n"
    package(outside, "toy-rules", f"[optcourse.rules]\nsoftsign = {entry}\n", toy_rules=source)
    with pytest.raises(OptcourseError, match=wanted):
        known_rules()


def test_what_is_known_can_not_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        known_rules()["mine"] = RULES["gd"]  # type: ignore[index]
