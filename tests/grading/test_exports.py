"""Every export is read back by its platform's own rules (platforms.py), with names that break things."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from optcourse.errors import UserError
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.exports import FORMATS, Exported, Options, export
from optcourse.grading.exports.cells import cell, row_text
from optcourse.grading.exports.missing import UNCLEAR, missing
from optcourse.grading.exports.people import Person, matched
from optcourse.grading.feedback import write_feedback
from optcourse.grading.grades import Grade
from optcourse.grading.submissions import LeftOut

from .made_up_class import DUE, NASTY, grade, override, result, task, wrong
from .platforms import (
    canvas_import,
    classroom_points,
    gradescope_score,
    junit_suites,
    moodle_import,
    moodle_rows,
    moodle_worksheet,
    spreadsheet_cells,
)

NAMES = ["Ada Lovelace", "Grace Hopper", *NASTY]
SECRET = 4_071_823_598_641_207_311
RUNS = "=+-@＝＋－＠"


def made(names: Sequence[str] = NAMES) -> list[Grade]:
    """A class with whole, partial, late and overridden grades."""
    scores = [(1, 1, 1), (0, 0.5, 1), (1, 0, 0), (0.75, 1, 0.5)]
    grades = []
    for place, name in enumerate(names):
        days = 0.5 if place % 5 == 3 else -1
        words = (override(name, "ema", 1.25),) if place % 7 == 2 else ()
        grades.append(
            grade(result(name, scores[place % 4], days), overrides=words, late=LatePolicy(DUE, per_day=1 / 3))
        )
    return grades


def write_roster(folder: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    path = folder / "roster.csv"
    path.write_text("".join(map(row_text, [("id", "name", "email"), *rows])), encoding="utf-8", newline="")
    return path


def roster_of(folder: Path, names: Sequence[str] = NAMES) -> Path:
    return write_roster(
        folder, [(f"s{place}", name, f"s{place}@example.edu") for place, name in enumerate(names)]
    )


def exported(form: str, out: Path, grades: Sequence[Grade], **options: object) -> tuple[Exported, str]:
    """What `export` did and the text that it wrote."""
    done = export(form, "hw2_momentum", lambda: iter(grades), out, Options(short="hw2", **options))  # type: ignore[arg-type]
    return done, "" if out.is_dir() else out.read_bytes().decode("utf-8")


def canvas_file(folder: Path, names: Sequence[str], title: str = "Homework 2 (901)") -> Path:
    """What Canvas exports: with a line of postings, points possible, other assignments and totals."""
    path = folder / "canvas.csv"
    header = [
        "Student",
        "ID",
        "SIS User ID",
        "SIS Login ID",
        "Section",
        "Notes",
        "Homework 1 (900)",
        title,
        "Final Score",
    ]
    rows = [header, ["", "", "", "", "", "", "Manual Posting", "", ""],
            ["    Points Possible", "", "", "", "", "", "10.00", "10.00", "(read only)"]]  # fmt: skip
    for place, name in enumerate(names):
        quoted = f'="{name}"' if name.strip().startswith("=") else name  # as Canvas writes it
        rows.append(
            [quoted, str(100 + place), f"u{place}", f"s{place}", "Section 1", "", "9.50", "", "95.00"]
        )
    rows.append(["Student, Test", "999", "", "d41d8cd98f00b204e9800998ecf8427e", "Section 1", "", "", "", ""])
    text = StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def canvas_users(names: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "id": 100 + place,
            "sis_user_id": f"u{place}",
            "login": f"s{place}",
            "name": name,
            "sortable_name": name,
        }
        for place, name in enumerate(names)
    ]


def test_canvas_takes_each_grade_into_the_assignment_of_its_own_export(tmp_path: Path) -> None:
    grades = made()
    template = canvas_file(tmp_path, NAMES)
    done, text = exported("canvas", tmp_path / "out.csv", grades, template=template, column="Homework 2")
    users = [*canvas_users(NAMES), {"id": 999, "name": "Test Student", "sortable_name": "Student, Test"}]
    read = canvas_import(text, users, {900: "Homework 1", 901: "Homework 2"})
    assert done.left_out == []
    assert [one.row[0] for one in done.missing] == ["Student, Test"]
    assert done.remarks == []
    assert read["new students"] == read["new assignments"] == []
    assert read["points possible"] == {"Homework 2 (901)": "10.00"}
    expected = {(100 + place, "Homework 2 (901)"): one.earned for place, one in enumerate(grades)}
    assert read["grades"] == expected


def test_canvas_takes_each_grade_by_the_ids_of_a_roster_as_a_new_assignment(tmp_path: Path) -> None:
    grades = made()
    done, text = exported("canvas", tmp_path / "out.csv", grades, roster=roster_of(tmp_path))
    read = canvas_import(text, canvas_users(NAMES), {})
    assert done.left_out == []
    assert read["new assignments"] == ["hw2_momentum"]
    assert read["points possible"] == {"hw2_momentum": "10"}
    assert read["grades"] == {(100 + place, "hw2_momentum"): one.earned for place, one in enumerate(grades)}


@pytest.mark.parametrize("title", ["hw2 (901)", "HW2_momentum (901)", "hw2_momentum"])
def test_canvas_column_is_found_by_the_assignments_name(title: str, tmp_path: Path) -> None:
    template = canvas_file(tmp_path, NAMES, title)
    done, text = exported("canvas", tmp_path / "out.csv", made(), template=template)
    assert done.remarks == []
    assert next(csv.reader(text.splitlines()))[-1] == title


def test_canvas_says_that_an_assignment_is_new_and_that_points_possible_differ(tmp_path: Path) -> None:
    template = canvas_file(tmp_path, NAMES)
    done, _ = exported("canvas", tmp_path / "out.csv", made(), template=template)
    assert "Canvas will offer to make it" in done.remarks[0]
    template.write_text(
        template.read_text(encoding="utf-8").replace("10.00,10.00", "10.00,100"), encoding="utf-8"
    )
    done, _ = exported("canvas", tmp_path / "out.csv", made(), template=template, column="Homework 2")
    assert "has 100 points possible in Canvas and 10 in the gradebook" in done.remarks[0]


def test_a_student_of_canvas_own_download_is_found_by_the_letters_of_the_name(tmp_path: Path) -> None:
    template = canvas_file(tmp_path, ["Lovelace, Ada", "O'Brien, Bob J."], "hw2 (901)")
    grades = made(["lovelaceada", "obrienbobj"])
    done, text = exported("canvas", tmp_path / "out.csv", grades, template=template)
    assert done.left_out == []
    assert len(canvas_import(text, canvas_users(["", ""]), {901: "hw2"})["grades"]) == 2


def test_a_name_that_canvas_would_take_for_another_line_is_left_out(tmp_path: Path) -> None:
    roster = write_roster(tmp_path, [("1", "Points Possible", ""), ("2", "Ada", "")])
    done, text = exported("canvas", tmp_path / "out.csv", made(["1", "2"]), roster=roster)
    assert [one.student for one in done.left_out] == ["1"]
    assert text.count("Points Possible") == 1


def worksheet(folder: Path, names: Sequence[str], maximum: str = "10.00") -> Path:
    """The offline grading worksheet that Moodle downloads, with a mark at its start."""
    path = folder / "worksheet.csv"
    header = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
              "Grade can be changed", "Last modified (submission)", "Online text",
              "Last modified (grade)", "Feedback comments"]  # fmt: skip
    rows = [header]
    for place, name in enumerate([*names, "Nobody Else"]):
        rows.append([f"Participant {500 + place}", name, f"s{place}@example.edu", "Submitted for grading", "",
                     maximum, "Yes", "Tuesday, 10 November 2026, 9:00 PM", "=cmd|' /C calc'!A0", "-", ""])  # fmt: skip
    text = StringIO()
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    return path


def test_moodle_takes_each_grade_out_of_its_own_worksheet(tmp_path: Path) -> None:
    grades = made()
    done, text = exported("moodle", tmp_path / "out.csv", grades, template=worksheet(tmp_path, NAMES))
    taken, comments = moodle_worksheet(text, set(range(500, 500 + len(NAMES) + 1)), 10)
    assert done.left_out == []
    assert taken == {500 + place: one.earned for place, one in enumerate(grades)}
    assert {one for one, comment in comments.items() if comment} == set(taken)
    assert len(comments) == len(taken) + 1  # who has no grade is there as Moodle has them


class Tags(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_comments_in_moodle_are_html_of_lines_and_nothing_else(tmp_path: Path) -> None:
    says = '<img src=x onerror=alert(1)> & "quotes"\nand a second line'
    one = grade(result("Ada Lovelace", tasks=(wrong("ema", message=says), task("dampened", 1))))
    _, text = exported("moodle", tmp_path / "out.csv", [one], template=worksheet(tmp_path, NAMES, "5"))
    (comment,) = filter(None, moodle_worksheet(text, set(range(500, 500 + len(NAMES) + 1)), 10)[1].values())
    read = Tags(comment)
    assert read.tags == ["br"]
    assert '<img src=x onerror=alert(1)> & "quotes" and a second line' in read.text


def test_points_above_moodles_maximum_are_said_not_lost(tmp_path: Path) -> None:
    grades = made(["Ada Lovelace"])
    done, _ = exported("moodle", tmp_path / "out.csv", grades, template=worksheet(tmp_path, NAMES, "5.00"))
    assert "passes over 10 points where the maximum is 5.00" in done.left_out[0].why


def test_moodles_import_knows_every_id_and_every_grade(tmp_path: Path) -> None:
    grades = made()
    done, text = exported(
        "moodle", tmp_path / "out.csv", [*grades, *made(["A stranger"])], roster=roster_of(tmp_path)
    )
    taken = moodle_import(text, {f"s{place}" for place in range(len(NAMES))}, "hw2_momentum")
    assert taken == {f"s{place}": one.earned for place, one in enumerate(grades)}
    assert [(one.student, one.why) for one in done.left_out] == [("A stranger", "not on the list")]


def test_gradescope_and_github_read_the_gradebooks_points(tmp_path: Path) -> None:
    grades = made()
    for form, read in (("gradescope", gradescope_score), ("github", classroom_points)):
        exported(form, tmp_path / form, grades)
        found = sorted(read(path.read_text(encoding="utf-8"))[:2] for path in (tmp_path / form).iterdir())
        assert len(found) == len(grades)
        assert found == [pytest.approx(pair) for pair in sorted((one.earned, one.points) for one in grades)]


def test_github_is_green_for_a_right_answer_only(tmp_path: Path) -> None:
    exported("github", tmp_path / "g", made(["right", "wrong"]))
    greens = {
        path.name[:18]: classroom_points(path.read_text(encoding="utf-8"))[2]
        for path in (tmp_path / "g").iterdir()
    }
    assert greens == {"hw2_momentum-right": True, "hw2_momentum-wrong": False}


def test_junit_keeps_its_schema_and_the_points(tmp_path: Path) -> None:
    says = "]]> <![CDATA[ \x00\x08\x1b[31m \ufffe <failure/> &amp; \ud7ff"
    hostile = grade(
        result(
            "hostile",
            tasks=(wrong("ema", message=says), task("dampened", 0, "SK"), task("nesterov", 0, "IE")),
        )
    )
    grades = [*made(), hostile]
    _, text = exported("junit", tmp_path / "out.xml", grades)
    suites = junit_suites(text)
    assert [one["properties"]["earned"] for one in suites[:-1]] == [
        f"{one.earned:.4f}".rstrip("0").rstrip(".") for one in grades[:-1]
    ]
    assert suites[-1]["cases"] == {"ema": "failure", "dampened": "skipped", "nesterov": "error"}
    assert suites[-1]["properties"]["earned"] == ""
    assert [one["name"] for one in suites[:2]] == NAMES[:2]


def test_the_plain_table_has_every_student_task_and_point(tmp_path: Path) -> None:
    grades = made()
    _, text = exported("csv", tmp_path / "out.csv", grades, roster=roster_of(tmp_path))
    rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [float(row["points"]) for row in rows] == [one.earned for one in grades]
    assert [float(row["points nesterov"]) for row in rows] == [one.tasks[2].earned for one in grades]
    assert [row["id"] for row in rows] == [f"s{place}" for place in range(len(NAMES))]
    assert [row["set by a person"] for row in rows].count("ema: spoke with them") == 3
    assert [row["feedback page"] for row in rows] == [write_feedback(one, tmp_path).name for one in grades]


def test_the_json_has_what_the_gradebook_has(tmp_path: Path) -> None:
    grades = made()
    _, text = exported("json", tmp_path / "out.json", grades)
    data = json.loads(text)
    assert [one["earned"] for one in data] == [one.earned for one in grades]
    assert [one["tasks"][0]["override"] for one in data].count(True) == 3
    assert [one["overrides"][0]["why"] for one in data if one["overrides"]] == ["spoke with them"] * 3
    assert exported("json", tmp_path / "none.json", [])[1] == "[]\n"


@pytest.mark.parametrize("form", FORMATS)
def test_who_is_still_to_be_graded_has_no_points_anywhere(form: str, tmp_path: Path) -> None:
    ours = grade(result("Ada Lovelace", tasks=(task("ema", 0, "IE"), task("dampened", 1))))
    done, text = exported(form, tmp_path / "out", [ours, *made(["Grace Hopper"])], roster=roster_of(tmp_path))
    if form in ("csv", "json", "junit"):
        assert done.count == 2
        rows = (
            list(csv.DictReader(StringIO(text.removeprefix("\ufeff")))) if form == "csv" else [{"points": ""}]
        )
        assert rows[0]["points"] == ""
    else:
        assert [(one.student, one.why) for one in done.left_out] == [
            ("Ada Lovelace", "not graded yet, through a fault of ours")
        ]
        assert done.count == 1


PDF = LeftOut("Grace Hopper", "hw2.pdf", "it can't be graded")
STRANGER = LeftOut("a stranger", "hw2.docx", "it can't be graded")


def people_in(form: str, out: Path, text: str) -> list[tuple[str, str]]:
    """Who has a row, and with which points, in the order of the file."""
    if form in ("gradescope", "github"):
        read = gradescope_score if form == "gradescope" else classroom_points
        files = sorted(out.iterdir())
        return [(path.stem.split("-")[1], f"{read(path.read_text())[0]:g}") for path in files]
    if form == "junit":
        return [(one["name"], one["properties"]["earned"]) for one in junit_suites(text)]
    if form == "json":
        return [
            (one["student"], "" if one["earned"] is None else f"{one['earned']:g}")
            for one in json.loads(text)
        ]
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    header, *rows = [row for row in rows if "Points Possible" not in row[0]]
    who = {"canvas": "SIS User ID", "moodle": "ID number", "csv": "student"}[form]
    points = header.index("points" if form == "csv" else "hw2_momentum")
    return [(row[header.index(who)], row[points]) for row in rows]


@pytest.mark.parametrize("form", FORMATS)
def test_who_of_the_roster_has_nothing_graded_has_a_row_without_points(form: str, tmp_path: Path) -> None:
    names = ["Ada Lovelace", "Grace Hopper", "Alan Turing"]
    [ada] = made(names[:1])
    roster = roster_of(tmp_path, names)
    done, text = exported(form, tmp_path / "out", [ada], roster=roster, not_graded=(PDF, STRANGER))
    none = "0" if form in ("gradescope", "github") else ""
    first = "s0" if form in ("canvas", "moodle") else "Ada" if done.path.is_dir() else "Ada Lovelace"
    assert people_in(form, tmp_path / "out", text) == [(first, "10"), ("s1", none), ("s2", none)]
    assert done.count == 1
    assert [(one.student, one.why) for one in done.missing] == [
        ("s1", "hw2.pdf: it can't be graded"),
        ("s2", "nothing was handed in"),
    ]
    assert [one.student for one in done.left_out] == ["a stranger"]


def test_without_a_roster_who_handed_in_what_cannot_be_graded_has_a_row(tmp_path: Path) -> None:
    done, text = exported("csv", tmp_path / "out.csv", made(["Ada Lovelace"]), not_graded=(PDF, STRANGER))
    assert [who for who, _ in people_in("csv", tmp_path, text)] == [
        "Ada Lovelace",
        "Grace Hopper",
        "a stranger",
    ]
    assert "hw2.pdf: it can't be graded" in text
    assert done.left_out == []


def test_whom_several_names_could_mean_is_not_said_to_have_handed_in_nothing() -> None:
    ada, twin = person("1", "Ada"), person("2", "Ada")
    assert [one.why for one in missing(["Ada"], [], [ada, twin])] == [UNCLEAR, UNCLEAR]
    assert [one.why for one in missing(["1", "ADA "], [], [person("1", "Ada")])] == [UNCLEAR]
    several = missing([], [replace(PDF, student="1", file=f"{n}.pdf") for n in range(9)], [ada])
    assert several[0].why.endswith("; and 4 files more")


def test_what_canvas_and_moodle_have_of_somebody_without_work_is_left(tmp_path: Path) -> None:
    template = canvas_file(tmp_path, ["Ada Lovelace", "Grace Hopper"])
    was = template.read_text(encoding="utf-8")
    template.write_text(was.replace("u1,s1,Section 1,,9.50,,", "u1,s1,Section 1,,9.50,EX,"), encoding="utf-8")
    _, text = exported(
        "canvas", tmp_path / "out.csv", made(["Ada Lovelace"]), template=template, column="Homework 2"
    )
    rows = {row[2]: row[-1] for row in csv.reader(StringIO(text))}
    assert (rows["u0"], rows["u1"]) == ("10", "EX")
    sheet = worksheet(tmp_path, ["Ada Lovelace", "Grace Hopper"])
    _, text = exported("moodle", tmp_path / "sheet.csv", made(["Ada Lovelace"]), template=sheet)
    _, rows_out = moodle_rows(text)
    _, rows_in = moodle_rows(sheet.read_text(encoding="utf-8-sig"))
    last = [row for row in rows_in if "Grace Hopper" in row]
    assert [row[9] for row in rows_out if "Grace Hopper" in row] == [row[9] for row in last] == ["-"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_secret_seed_leaves_the_gradebook_in_no_form(form: str, tmp_path: Path) -> None:
    known = result("Ada Lovelace", tasks=(task("ema", 0.5, "PC"),))
    ours = grade(replace(known, circumstances=replace(known.circumstances, seed=SECRET)))
    exported(form, tmp_path / "out", [ours], roster=roster_of(tmp_path))
    write_feedback(ours, tmp_path / "pages")
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 1
    for path in written:
        assert str(SECRET).encode() not in path.read_bytes(), path


@pytest.mark.parametrize("form", ["canvas", "moodle", "csv"])
def test_no_cell_of_the_class_runs_in_a_spreadsheet(form: str, tmp_path: Path) -> None:
    says = "=1+1;=cmd|'/C calc'!A0"
    more = grade(result("s99", tasks=(wrong("ema", message=says),), flags=(says, "a; +1")))
    names = [*NAMES, "a;=1+1", 'b;"=1+1']
    roster = write_roster(
        tmp_path, [*((f"s{place}", name, "") for place, name in enumerate(names)), ("s99", "=1", "")]
    )
    done, text = exported(form, tmp_path / "out.csv", [*made(names), more], roster=roster)
    assert done.left_out == []
    for separator in ",;\t":
        for one in spreadsheet_cells(text, separator):
            assert not one.lstrip().startswith(tuple(RUNS)), (separator, one)


@settings(deadline=None)
@example("\t=1")
@example("\r\n@x")
@example('x;\t"=1')
@example("＝1")
@example(";;-1")
@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@;,\"'\t\r\n a＝"), st.characters()), max_size=30))
def test_no_text_runs_in_a_spreadsheet_and_none_changes_the_table(text: str) -> None:
    line = row_text([cell(text), cell("x" + text), "1.5"])
    assert next(csv.reader(StringIO(line, newline="")))[2] == "1.5"
    assert len(line.splitlines()) == 1 or any(ord(char) > 127 for char in text)
    for separator in ",;\t":
        for one in spreadsheet_cells(line, separator):
            begins = one.lstrip(" '\"") if one.startswith('"') else one.lstrip()
            assert not begins.startswith(tuple(RUNS))


@given(st.text(max_size=20).filter(lambda text: text.isprintable()))
def test_a_harmless_text_is_a_cell_as_it_is(text: str) -> None:
    plain = " ".join(text.split())
    if ";" not in plain and not plain.startswith(tuple(RUNS)):
        assert cell(plain) == plain


def person(*calls: str) -> Person:
    return Person(calls[:1], calls[1:], calls)


@pytest.mark.parametrize(
    ("student", "people", "found"),
    [
        ("s1", [("s1", "Ada"), ("s2", "s1")], "s1"),  # an id is surer than a name
        ("Ada", [("s1", "Ada"), ("s2", "Ada")], None),  # two of a name
        ("ADA  lovelace", [("s1", "Ada Lovelace")], "s1"),
        ("Ångström", [("s1", "A\N{COMBINING RING ABOVE}ngstro\N{COMBINING DIAERESIS}m")], "s1"),
        ("adalovelace", [("s1", "Ada Lovelace"), ("s2", "Ada, Lovelace")], None),
        ("李", [("s1", "李")], "s1"),
        ("??", [("s1", "!!")], None),  # names without a letter are not the same name
        ("", [("s1", "")], None),
    ],
)
def test_a_student_is_one_person_or_none(
    student: str, people: list[tuple[str, ...]], found: str | None
) -> None:
    result = matched([student], [person(*one) for one in people])
    assert [one.row[0] for one in result.people.values()] == ([found] if found else [])
    assert len(result.left_out) == (found is None)


def test_two_students_who_would_share_a_row_are_both_left_out() -> None:
    result = matched(["s1", "Ada Lovelace", "s2"], [person("s1", "Ada Lovelace"), person("s2", "Grace")])
    assert list(result.people) == ["s2"]
    assert {one.student for one in result.left_out} == {"s1", "Ada Lovelace"}


def test_a_roster_tells_whose_row_a_platform_has_under_another_name(tmp_path: Path) -> None:
    roster = write_roster(tmp_path, [("m-77", "Ada Lovelace", "s0@example.edu")])
    template = worksheet(tmp_path, ["Augusta Ada King"])
    done, text = exported("moodle", tmp_path / "out.csv", made(["m-77"]), template=template, roster=roster)
    assert done.left_out == []
    assert moodle_rows(text)[1][0][0] == "Participant 500"


@given(st.lists(st.text(max_size=8), max_size=8), st.lists(st.text(max_size=8), max_size=8, unique=True))
def test_every_student_is_matched_or_left_out_and_no_person_twice(
    names: list[str], students: list[str]
) -> None:
    people = [Person((f"#{place}", name), (name,), (str(place),)) for place, name in enumerate(names)]
    result = matched(students, people)
    assert sorted([*result.people, *(one.student for one in result.left_out)]) == sorted(students)
    rows = [one.row for one in result.people.values()]
    assert len(rows) == len(set(rows))


names_and_says = st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names_and_says)
@example([("Points Possible", "x"), ("Manual Posting", ""), ("", ""), ("Muted", '"')])
@example([("a\nb", "\u2028=1"), ('","', "\x85"), ("\ufeff", "\ufeff=1"), ("'", "''")])
def test_whatever_students_and_reports_are_called_each_grade_arrives_or_is_said_to_be_left_out(
    tmp_path: Path, texts: list[tuple[str, str]]
) -> None:
    grades = [
        grade(result(f"s{place}", tasks=(wrong("ema", 0.1 * place, message=says), task("dampened", 1)), flags=(says,)))
        for place, (_, says) in enumerate(texts)
    ]  # fmt: skip
    earned = {f"s{place}": one.earned for place, one in enumerate(grades)}
    roster = write_roster(tmp_path, [(f"s{place}", name, "") for place, (name, _) in enumerate(texts)])
    users = [
        {"id": place, "sis_user_id": None, "login": who, "name": who, "sortable_name": who}
        for place, who in enumerate(earned)
    ]
    done, text = exported("canvas", tmp_path / "canvas.csv", grades, roster=roster)
    left_out = {one.student for one in done.left_out}
    read = canvas_import(text, users, {})
    assert read["new students"] == []
    assert read["grades"] == {
        (place, "hw2_momentum"): points
        for place, (who, points) in enumerate(earned.items())
        if who not in left_out
    }
    _, text = exported("moodle", tmp_path / "moodle.csv", grades, roster=roster)
    assert moodle_import(text, set(earned), "hw2_momentum") == earned
    _, text = exported("junit", tmp_path / "junit.xml", grades)
    assert [float(one["properties"]["earned"]) for one in junit_suites(text)] == list(earned.values())
    _, text = exported("csv", tmp_path / "table.csv", grades, roster=roster)
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    assert {row["id"]: float(row["points"]) for row in rows} == earned


@pytest.mark.parametrize(
    ("form", "options", "says"),
    [
        ("canvas", {}, "give --template, a file that canvas exported, or --roster"),
        ("moodle", {}, "whose row is whose"),
        ("csv", {"template": Path("x.csv")}, "csv takes none"),
        ("csv", {"column": "x"}, "which was not given"),
        ("excel", {}, "There is no format 'excel'; there are canvas"),
        ("csv", {"roster": Path("no such.csv")}, "can't be read"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_a_sentence(
    form: str, options: dict[str, object], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=says):
        exported(form, tmp_path / "out", made(), **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("canvas", "a,b\n1,2\n"),
        ("canvas", 'Student,ID,"Section\n'),
        ("moodle", "Identifier,Note\nParticipant 1,x\n"),
        ("moodle", "Name,Grade\nAda,1\n,\n"),
        ("moodle", ""),
        ("canvas", "\xff\xfe"),
    ],
)
def test_a_template_that_the_platform_did_not_write_is_refused(
    form: str, content: str, tmp_path: Path
) -> None:
    template = tmp_path / "template.csv"
    template.write_bytes(content.encode("latin-1"))
    with pytest.raises(UserError, match=r"template\.csv"):
        exported(form, tmp_path / "out.csv", made(), template=template)
    assert [path.name for path in tmp_path.iterdir()] == ["template.csv"]


def test_two_columns_that_could_be_meant_are_asked_about(tmp_path: Path) -> None:
    template = canvas_file(tmp_path, NAMES, "Homework 1 (905)")
    with pytest.raises(UserError, match=r"Homework 1 \(900\); Homework 1 \(905\)"):
        exported("canvas", tmp_path / "out.csv", made(), template=template, column="Homework 1")
    done, text = exported(
        "canvas", tmp_path / "out.csv", made(), template=template, column="Homework 1 (905)"
    )
    assert done.count == len(NAMES)
    assert text.splitlines()[0].endswith('"Homework 1 (905)"')
