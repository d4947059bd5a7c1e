"""What is stored has a format with a number: docs/architecture.md has them all, and each is read as it says."""

import ast
import importlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from optcourse.checking import stored
from optcourse.errors import UserError
from optcourse.formats import Format
from optcourse.grading.command import summary
from optcourse.grading.exports.table import EXPORT, json_object
from optcourse.grading.feedback import FEEDBACK, as_grade, feedback_json
from optcourse.grading.records import RESULTS, Circumstances, Result
from optcourse.grading.released import RELEASE, Release, Student, read_release, write_release
from optcourse.grading.submissions import LeftOut
from optcourse.learner import formats
from optcourse.racing.journal import RUNS, Journal
from optcourse.racing.training import Record
from tests.test_architecture import PAGE, ROOT

PACKAGE = ROOT / "optcourse"
GRADEBOOK = "grading/gradebook/opening.py"
# What reads JSON or npz that is no stored format of ours, and why it is none.
OTHERWISE = {
    "claims/results.py": "ships in the package",
    "claims/textbook.py": "ships in the package",
    "projects/frameworks.py": "ships in the package",
    "projects/training.py": "ships in the package",
    "scoring/peers.py": "ships in the package",
    "grading/notebooks.py": "nbformat's",
    "grading/gradebook/book.py": "cells of the gradebook",
    "grading/gradebook/rows.py": "cells of the gradebook",
    "grading/sandbox/inside/child.py": "between processes",
    "grading/sandbox/inside/server.py": "between processes",
    "racing/worker.py": "between processes",
    "racing/workers.py": "between processes",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


class Row(NamedTuple):
    """A row of the table of docs/architecture.md."""

    number: int
    owner: str
    readers: str


def listed() -> dict[str, Row]:
    """The table: what a format is called -> its row."""
    text = PAGE.split("<!-- formats: begin -->")[1].split("<!-- formats: end -->")[0]
    table = {}
    for line in text.strip().splitlines()[2:]:
        what, number, owner, readers = (cell.strip() for cell in line.strip("| ").split("|"))
        name = what.split("`")[1] if what.startswith("`") else "gradebook"
        table[name.removeprefix(".optcourse/")] = Row(int(number), owner.strip("`"), readers)
    return table


def test_the_table_lists_the_formats_of_the_code_and_their_owners() -> None:
    pytest.importorskip("alembic")
    found = {"gradebook": (newest_migration(), GRADEBOOK)}
    for name, tree in modules():
        made = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Format"
        ]
        if made:
            module = importlib.import_module(f"optcourse.{name.removesuffix('.py').replace('/', '.')}")
            own = [one for one in vars(module).values() if isinstance(one, Format)]
            assert len(own) == len(made), name
            found |= {one.file: (one.number, name) for one in own}
    assert found == {name: row[:2] for name, row in listed().items()}


def newest_migration() -> int:
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(PACKAGE / "grading" / "gradebook" / "migrations")).get_current_head()
    return int(str(head))


def test_what_reads_json_owns_a_format_or_reads_none_of_ours() -> None:
    readers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (getattr(node.value, "id", ""), node.attr)
        in {("json", "loads"), ("json", "load"), ("np", "load")}
    }
    assert readers - {row.owner for row in listed().values()} == OTHERWISE.keys()


class Stored(NamedTuple):
    """A file of a kind, and what reads it: its content, to be compared."""

    path: Path
    read: Callable[[], object]


def of_workspace(form: Format, folder: Path) -> Stored:
    path = folder / form.file
    path.write_bytes(formats.written(form, {"a": 1}))
    return Stored(path, lambda: formats.read(form, path, dict))


def of_release(folder: Path) -> Stored:
    made = Release(datetime(2026, 9, 1, tzinfo=UTC), "0.1.0", b"k" * 32, (Student("s001"),), {"hw1": "abc"})
    return Stored(write_release(made, folder), lambda: read_release(folder))


def of_race(folder: Path) -> Stored:
    Journal(folder).add("a key", Record(*np.ones((3, 2)), seconds=0.5))
    return Stored(
        folder / RUNS.file, lambda: {key: one.to_json() for key, one in Journal(folder).records.items()}
    )


def of_homework(folder: Path) -> Stored:
    pytest.importorskip("optcourse.homework")
    path = folder / "clipped.npz"
    path.write_bytes(stored.written(stored.Question("clipped", "primary")))

    def read() -> object:
        stored.read.cache_clear()
        rule = stored.read(path)
        return rule.name, list(rule.hypers), rule.kept and len(rule.kept.probes)

    return Stored(path, read)


KINDS: dict[str, Callable[[Path], Stored]] = {
    **{
        form.file: lambda folder, form=form: of_workspace(form, folder)
        for form in (formats.NOTEBOOKS, formats.PROGRESS, formats.LEADERBOARD)
    },
    RELEASE.file: of_release,
    RUNS.file: of_race,
    stored.PROBES.file: of_homework,
}


def renumber(path: Path, number: int | None) -> None:
    """Let the file say another number, or none."""

    def other(text: str) -> str:
        content = json.loads(text)
        del content["format"]
        return json.dumps(content if number is None else {**content, "format": number})

    if path.suffix != ".npz":
        lines = path.read_text(encoding="utf-8").splitlines()
        texts = lines if path.suffix == ".jsonl" else ["\n".join(lines)]
        path.write_text("\n".join(map(other, texts)), encoding="utf-8")
        return
    with np.load(path) as arrays:
        held: dict[str, Any] = dict(arrays)
    text = other(held["header"].tobytes().decode())
    np.savez(path, **{**held, "header": np.frombuffer(text.encode(), np.uint8)})


def test_each_kind_that_the_package_reads_is_tried_below() -> None:
    read = {name for name, row in listed().items() if row.readers not in ("people", "other programs")}
    assert read == {*KINDS, "gradebook"}  # whose earlier and later ones tests/grading/test_gradebook.py opens


@pytest.mark.parametrize("kind", KINDS)
def test_an_earlier_file_without_a_number_is_read(kind: str, tmp_path: Path) -> None:
    one = KINDS[kind](tmp_path)
    content = one.read()
    renumber(one.path, None)
    assert one.read() == content


@pytest.mark.parametrize("kind", KINDS)
def test_a_later_file_is_refused_in_a_sentence_and_stays(kind: str, tmp_path: Path) -> None:
    one = KINDS[kind](tmp_path)
    renumber(one.path, listed()[kind].number + 1)
    before = one.path.read_bytes()
    with pytest.raises(
        UserError, match=rf"{one.path.name} is a newer optcourse's .*: install that optcourse\."
    ):
        one.read()
    assert one.path.read_bytes() == before


def test_what_others_read_says_its_number() -> None:
    under = Circumstances("hw1", version="v", grader="0.1.0", seed=1, level="none", limits={}, tolerance=1e-9)
    result = Result("s001", "a.py", "digest", (), (), under)
    grade = as_grade(result)
    assert result.summary()["format"] == summary(LeftOut("s001", "a.py", "no"))["format"] == RESULTS.number
    assert feedback_json(grade)["format"] == FEEDBACK.number
    assert json_object(grade, None)["format"] == EXPORT.number
