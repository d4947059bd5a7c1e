"""A release says how far it is, and whose each bundle is."""

import csv
from pathlib import Path

import pytest

pytest.importorskip("hatchling")
from optcourse.course.release import WHOSE, bundle_of, release, whose
from optcourse.grading.released import Student

ROOT = Path(__file__).parents[2]


def test_progress_is_told_bundle_by_bundle(tmp_path: Path) -> None:
    roster, told = tmp_path / "roster.csv", list[tuple[int, int]]()
    roster.write_text("id,name,email\ns001,Ada,\ns002,Grace,\n", encoding="utf-8")
    made = release(ROOT, tmp_path / "out", roster, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert made.whose == tmp_path / "out" / WHOSE
    rows = made.whose.read_text(encoding="utf-8-sig").splitlines()[1:]
    bundles = [tmp_path / "out" / row["bundle"] for row in csv.DictReader(["id,name,email,bundle", *rows])]
    assert tuple(bundles) == made.paths
    assert all(path.exists() for path in made.paths)


def test_a_list_says_whose_each_bundle_is_and_runs_in_no_spreadsheet() -> None:
    students = (Student("s001", "Ada", "ada@example.edu"), Student("=1+1", "Eve, Jr."))
    rows = list(csv.DictReader(whose(students).removeprefix("\ufeff").splitlines()))
    assert [(row["id"], row["name"], row["email"]) for row in rows] == [
        ("s001", "Ada", "ada@example.edu"),
        ("'=1+1", "Eve, Jr.", ""),
    ]
    assert [row["bundle"] for row in rows] == [bundle_of(one) for one in students]
