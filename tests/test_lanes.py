"""The quick lane is chosen by a rule, which a new file needs nobody for."""

from pathlib import Path

import pytest

from tests.lanes import HERE, SECONDS, Lanes, lanes, slow_files

ROOT = HERE.parent


@pytest.mark.parametrize(
    ("name", "quick"),
    [
        ("tests/rules/test_a_new_rule.py", True),
        ("tests/a_new_folder/test_it.py", True),
        ("tests/rules", True),
        ("tests/rules/test_slow.py", False),
        ("tests/browser/test_lessons.py", False),
        ("tests/browser", False),
        ("tests/test_cli.py", False),
        ("lessons", False),
        ("lessons/09_adam.ipynb", False),
        (".", True),
    ],
)
def test_a_file_is_quick_by_where_it_lies_and_what_it_took(name: str, quick: bool) -> None:
    assert Lanes(frozenset({ROOT / "tests/rules/test_slow.py"})).quick(ROOT / name) == quick


def test_what_is_listed_as_slow_is_there() -> None:
    assert [path for path in lanes().slow if not path.is_file()] == []


def test_a_file_is_slow_when_its_cases_together_are(tmp_path: Path) -> None:
    half = SECONDS * 0.6
    cases = [
        ("tests.rules.test_twice", half),
        ("tests.rules.test_twice.TestSteps", half),
        ("tests.rules.test_once", half),
        ("tests.browser.test_lessons", 9 * SECONDS),
        ("lessons.09_adam.ipynb", 9 * SECONDS),
    ]
    listed = "".join(
        f'<testcase classname="{name}" name="test_it[a]" time="{time}"/>' for name, time in cases
    )
    (tmp_path / "times.xml").write_text(f"<testsuites><testsuite>{listed}</testsuite></testsuites>")
    assert slow_files([tmp_path / "times.xml"]) == ["tests/rules/test_twice.py"]
