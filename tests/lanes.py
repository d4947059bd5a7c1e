"""Which tests are in the quick lane (`pytest -m quick`), and in which order two workers take them.

Nobody marks a test and nobody sorts them: both follow from where a file lies and from seconds.txt, which
says what each file cost when it was last measured. Quick is what lies in a folder whose tests only compute,
less what cost more than SECONDS. (A file is the unit, as its tests share what was expensive to make.) What
isn't quick is not even collected in that lane. Workers take the costliest first, so that they end together.

    pytest --junitxml=times.xml
    python -m tests.lanes times.xml

measures anew: seconds of processor, with those of all processes that a test starts, as a busy machine
lengthens them least.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

HERE = Path(__file__).parent
COSTS = HERE / "seconds.txt"
SECONDS = 7.0
# These start programs, sandboxes, servers or a browser, or grade whole classes.
NOT_QUICK = {"browser", "course", "grading", "hostile", "nbgrader", "scoring"}
NOT_QUICK_FILES = {"test_cli.py", "test_typed.py", "test_wheel.py"}
# Its files share one JupyterLab and one Chromium: they are one piece of work for one worker.
SHARED = "tests/browser"
PROPERTY = "seconds of processor"
BEGUN_AT = pytest.StashKey[float]()


def can_be_quick(path: Path) -> bool:
    """Whether this file lies, or this folder has some, where tests only compute."""
    if not path.is_relative_to(HERE):
        return HERE.is_relative_to(path)
    return path.name not in NOT_QUICK_FILES and NOT_QUICK.isdisjoint(path.relative_to(HERE).parts)


def piece_of(nodeid: str) -> str:
    """What one worker does as a whole: a test's file, or the folder whose files share what is expensive."""
    file = nodeid.split("::", 1)[0]
    return SHARED if file.startswith(f"{SHARED}/") else file


class CostliestFirst(LoadScopeScheduling):
    """Files are handed out whole, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)


class Lanes:
    """Pytest's hooks, for all of its folders: a conftest.py's are only for those below it."""

    def __init__(self, costs: Mapping[str, float]) -> None:
        self.costs = costs
        self.pieces: Counter[str] = Counter()
        for name, seconds in costs.items():
            self.pieces[piece_of(name)] += seconds

    def quick(self, path: Path) -> bool:
        """Whether a file's tests are in the quick lane, or some in a folder are."""
        if not can_be_quick(path):
            return False
        return not path.is_relative_to(HERE) or self.costs.get(_name(path), 0) <= SECONDS

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Leave out the others where only the quick lane is asked for."""
        only_quick = config.option.markexpr == "quick"
        return True if only_quick and not self.quick(collection_path) else None

    @pytest.hookimpl(tryfirst=True)  # before pytest leaves out what has not the mark asked for
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if self.quick(item.path):
                item.add_marker(pytest.mark.quick)
        items.sort(key=lambda item: self.rank(item.nodeid))  # which leaves a file's own order as it is

    def rank(self, nodeid: str) -> float:
        """The lower the earlier: workers that begin with what is costliest end together."""
        return -self.pieces[piece_of(nodeid)]

    @pytest.hookimpl(optionalhook=True)  # there are runs without xdist
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> CostliestFirst:
        return CostliestFirst(config, log)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        if item.config.option.xmlpath:
            item.stash[BEGUN_AT] = spent()
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        yield
        if item.config.option.xmlpath:
            item.user_properties.append((PROPERTY, f"{spent() - item.stash[BEGUN_AT]:.2f}"))


def spent() -> float:
    """Seconds of processor that this process and all that it started have used, as far as they still live."""
    everybody = [psutil.Process()]
    everybody += everybody[0].children(recursive=True)
    total = 0.0
    for one in everybody:
        with suppress(psutil.NoSuchProcess):
            total += sum(one.cpu_times()[:4])  # its own and that of the children it has waited for
    return total


def lanes() -> Lanes:
    """The hooks, with what each file cost when it was last measured."""
    rows = (line.split() for line in COSTS.read_text(encoding="utf-8").splitlines())
    return Lanes({name: float(seconds) for seconds, name in rows})


def measured(runs: Iterable[Path]) -> dict[str, float]:
    """What each file cost in runs whose junit files these are, the costliest first; less than 1 s is left out."""
    seconds: Counter[str] = Counter()
    for run in runs:
        for case in ElementTree.parse(run).iter("testcase"):
            for found in case.iterfind(f"properties/property[@name='{PROPERTY}']"):
                seconds[_file_of(case.attrib["classname"])] += float(found.attrib["value"])
    return {name: total for name, total in seconds.most_common() if total >= 1}


def _file_of(dotted: str) -> str:
    """tests.rules.test_gd.TestSteps -> tests/rules/test_gd.py; lessons.09_adam.ipynb -> lessons/09_adam.ipynb."""
    parts = dotted.split(".")
    if parts[-1] == "ipynb":
        return "/".join(parts[:-1]) + ".ipynb"
    end = next((place for place, part in enumerate(parts) if part.startswith("test_")), len(parts) - 1)
    return "/".join(parts[: end + 1]) + ".py"


def _name(path: Path) -> str:
    """A file's name in seconds.txt."""
    return path.relative_to(HERE.parent).as_posix()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Which run? pytest --junitxml=times.xml; then its file.")
    found = measured(map(Path, sys.argv[1:]))
    COSTS.write_text("".join(f"{total:.0f} {name}\n" for name, total in found.items()), encoding="utf-8")
