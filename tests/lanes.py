"""`pytest -m quick`: the lane for whoever changes a line. Nobody marks a test: this rule does.

Quick is what lies in a folder whose tests only compute, less the files in slow.txt: those that took more
than SECONDS when they were last measured. (A file is the unit, as its tests share what was expensive to
make.) What isn't quick is not even collected in that lane. After a whole run,

    pytest --junitxml=times.xml -o junit_duration_report=total
    python -m tests.lanes times.xml

writes slow.txt anew.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest

HERE = Path(__file__).parent
SLOW = HERE / "slow.txt"
SECONDS = 7.0
# These start programs, sandboxes, servers or a browser, or grade whole classes.
NOT_QUICK = {"browser", "course", "grading", "hostile", "nbgrader", "scoring"}
NOT_QUICK_FILES = {"test_cli.py", "test_typed.py", "test_wheel.py"}


def can_be_quick(path: Path) -> bool:
    """Whether this file lies, or this folder has some, where tests only compute."""
    if not path.is_relative_to(HERE):
        return HERE.is_relative_to(path)
    return path.name not in NOT_QUICK_FILES and NOT_QUICK.isdisjoint(path.relative_to(HERE).parts)


class Lanes:
    """Pytest's hooks, for all of its folders: a conftest.py's are only for those below it."""

    def __init__(self, slow: frozenset[Path]) -> None:
        self.slow = slow

    def quick(self, path: Path) -> bool:
        """Whether a file's tests are in the quick lane, or some in a folder are."""
        return can_be_quick(path) and path not in self.slow

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Leave out the others where only the quick lane is asked for."""
        only_quick = config.option.markexpr == "quick"
        return True if only_quick and not self.quick(collection_path) else None

    @pytest.hookimpl(tryfirst=True)  # before pytest leaves out what has not the mark asked for
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if self.quick(item.path):
                item.add_marker(pytest.mark.quick)


def lanes() -> Lanes:
    """The hooks, with what was slow when it was last measured."""
    return Lanes(frozenset(HERE.parent / name for name in SLOW.read_text(encoding="utf-8").split()))


def slow_files(times: Iterable[Path]) -> list[str]:
    """The test files in runs' junit files that lie where the quick lane is, and are too slow for it."""
    seconds: Counter[str] = Counter()
    for run in times:
        for case in ElementTree.parse(run).iter("testcase"):
            seconds[_file_of(case.attrib["classname"])] += float(case.attrib["time"])
    return sorted(
        name for name, taken in seconds.items() if taken > SECONDS and can_be_quick(HERE.parent / name)
    )


def _file_of(dotted: str) -> str:
    """tests.rules.test_gd.TestSteps -> tests/rules/test_gd.py."""
    parts = dotted.split(".")
    end = next((place for place, part in enumerate(parts) if part.startswith("test_")), len(parts) - 1)
    return "/".join(parts[: end + 1]) + ".py"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Which run? pytest --junitxml=times.xml -o junit_duration_report=total; then its file.")
    found = slow_files(map(Path, sys.argv[1:]))
    SLOW.write_text("".join(f"{name}\n" for name in found), encoding="utf-8")
