"""The quick lane, and who runs what, are chosen by rules, which a new file needs nobody for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lanes import HERE, SECONDS, Lanes, lanes, measured, piece_of, spent

ROOT = HERE.parent
SLOW = {"tests/rules/test_slow.py": SECONDS + 1, "tests/rules/test_as_slow_as_may_be.py": SECONDS}


@pytest.mark.parametrize(
    ("name", "quick"),
    [
        ("tests/rules/test_a_new_rule.py", True),
        ("tests/a_new_folder/test_it.py", True),
        ("tests/rules", True),
        ("tests/rules/test_slow.py", False),
        ("tests/rules/test_as_slow_as_may_be.py", True),
        ("tests/browser/test_lessons.py", False),
        ("tests/browser", False),
        ("tests/test_cli.py", False),
        ("lessons", False),
        ("lessons/09_adam.ipynb", False),
        (".", True),
    ],
)
def test_a_file_is_quick_by_where_it_lies_and_what_it_cost(name: str, quick: bool) -> None:
    assert Lanes(SLOW).quick(ROOT / name) == quick


def test_what_is_listed_with_its_cost_is_there() -> None:
    assert [name for name in lanes().costs if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize(
    ("nodeid", "piece"),
    [
        ("tests/rules/test_gd.py::test_it", "tests/rules/test_gd.py"),
        ("tests/rules/test_gd.py::TestSteps::test_it[a::b]", "tests/rules/test_gd.py"),
        ("lessons/09_adam.ipynb::Cell 3", "lessons/09_adam.ipynb"),
        ("tests/browser/test_strips.py::test_it", "tests/browser"),
    ],
)
def test_one_worker_has_a_whole_file_and_all_that_needs_the_browser(nodeid: str, piece: str) -> None:
    assert piece_of(nodeid) == piece


def test_the_costliest_come_first_the_browser_as_one_and_a_file_keeps_its_order() -> None:
    named = [f"{name}.py::test_{number}" for name in ("a", "tests/browser/b", "c") for number in (2, 1)]
    costs = {"c.py": 5, "tests/browser/b.py": 3, "tests/browser/d.py": 3}
    ranked = sorted(named, key=Lanes(costs).rank)
    assert ranked == [
        f"{name}.py::test_{number}" for name in ("tests/browser/b", "c", "a") for number in (2, 1)
    ]


def test_a_junit_file_says_what_each_file_cost_with_the_processes_that_it_started(tmp_path: Path) -> None:
    cases = [
        ("tests.rules.test_twice", 0.6),
        ("tests.rules.test_twice.TestSteps", 0.6),
        ("tests.rules.test_cheap", 0.6),
        ("lessons.09_adam.ipynb", 9),
    ]
    listed = "".join(
        f'<testcase classname="{name}" name="test_it[a]" time="99"><properties>'
        f'<property name="seconds of processor" value="{cost}"/></properties></testcase>'
        for name, cost in cases
    )
    (tmp_path / "times.xml").write_text(f"<testsuites><testsuite>{listed}</testsuite></testsuites>")
    assert measured([tmp_path / "times.xml"]) == {
        "lessons/09_adam.ipynb": 9,
        "tests/rules/test_twice.py": 1.2,
    }


def test_what_a_child_calculates_is_spent_while_it_lives_and_afterwards() -> None:
    busy = "import sys, time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nsys.stdin.read()"
    before = spent()
    with subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert spent() - before >= 0.4  # the system counts in hundredths
        child.communicate()
    assert spent() - before >= 0.4  # the system counts in hundredths
