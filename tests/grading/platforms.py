"""How the platforms read what is exported to them: each format's own rules, and nothing of ours.

Written from what the platforms publish of their importers (named at each), as a check from the other side.
"""

import base64
import csv
import json
import re
from io import StringIO
from typing import Any
from xml.etree import ElementTree


def canvas_import(text: str, users: list[dict[str, Any]], assignments: dict[int, str]) -> dict[str, Any]:
    """What Canvas would change: {(user id, assignment): grade}, new students, new assignments, points possible.

    After instructure/canvas-lms, lib/gradebook_importer.rb: process_header, update_column_count,
    check_for_non_student_row, process_student, parse_assignments. `users` have id, sis_user_id, login, name,
    sortable_name; `assignments` are titles by id.
    """
    first = text.split("\n", 3)[:3]
    sizes = {}
    for separator in ";,":
        try:
            counts = {len(next(csv.reader([line], delimiter=separator, strict=True))) for line in first}
        except (csv.Error, StopIteration):
            counts = set()
        sizes[separator] = counts.pop() if len(counts) == 1 else 0
    assert sizes[";"] <= sizes[","], "Canvas would take it for separated by semicolons"
    lines = [line for line in text.split("\n") if not re.fullmatch(r"[;, ]+", line)]
    header, *rows = csv.reader(StringIO("\n".join(lines), newline=""), strict=True)
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    columns, sis_user, sis_login = 3, None, None
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        sis_login, columns = 2, 4
    elif re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3]):
        sis_user, sis_login, columns = 2, 3, 5
        if re.search(r"Integration\s+ID", header[4]):
            columns += 1
        if re.search(r"Root\s+Account", header[columns - 1]):
            columns += 1
    assert "Section" in header[columns - 1], "Invalid header row"
    titles = []
    for title in header[columns:]:
        named = re.fullmatch(r"(.*)\s\((\d+)\)", title)
        known = named and int(named[2]) in assignments
        known = known or title in assignments.values()
        titles.append((title, bool(known)))
    read: dict[str, Any] = {
        "grades": {}, "new students": [], "new assignments": [title for title, known in titles if not known],
        "points possible": {},
    }  # fmt: skip
    for row in rows:
        assert len(row) == len(header)
        if "Points Possible" in row[0]:
            read["points possible"] = dict(zip(header[columns:], row[columns:], strict=True))
            continue
        if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", one, re.IGNORECASE) for one in row if one):
            continue
        user = None
        if row[1]:
            digits = re.match(r"\d+", row[1])
            user = next((one for one in users if digits and one["id"] == int(digits[0])), None)
        for place, key in ((sis_user, "sis_user_id"), (sis_login, "login")):
            if user is None and place is not None and row[place]:
                user = next((one for one in users if one[key] == row[place]), None)
        if user is None:
            user = next((one for one in users if row[0] in (one["name"], one["sortable_name"])), None)
        if user is None:
            read["new students"].append(row[0])
            continue
        for (title, _), grade in zip(titles, row[columns:], strict=True):
            assert (user["id"], title) not in read["grades"], "two lines for one student"
            if grade == "":  # no grade
                continue
            assert re.fullmatch(r"-?[0-9.,]+", grade)
            read["grades"][user["id"], title] = float(grade)
    return read


def moodle_rows(text: str) -> tuple[list[str], list[list[str]]]:
    """A CSV as lib/csvlib.class.php of Moodle reads it: a mark cut off, line ends made one, no ragged row.

    Its first versions cut at every line end, so that none may stand in a cell.
    """
    text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff"))
    header, *rows = csv.reader(StringIO(text, newline=""), strict=True)
    assert len(text.splitlines()) == len(rows) + 1, "a line end within a cell"
    assert all(len(row) == len(header) for row in rows), "csvweirdcolumns"
    return [title.strip() for title in header], rows


def moodle_worksheet(
    text: str, participants: set[int], maximum: float
) -> tuple[dict[int, float], dict[int, str]]:
    """The grades and comments that Moodle takes over, by participant.

    After mod/assign/feedback/offline/importgradeslib.php (init, next) and locallib.php (process_import_grades).
    """
    header, rows = moodle_rows(text)
    who, grade = header.index("Identifier"), header.index("Grade")
    assert "Last modified (grade)" in header
    grades, comments = {}, {}
    for row in rows:
        number = row[who][len("Participant ") :].strip()
        assert number.isdigit()
        assert int(number) in participants
        if row[grade] != "" and 0 <= float(row[grade]) <= maximum:
            grades[int(number)] = float(row[grade])
        if "Feedback comments" in header:
            comments[int(number)] = row[header.index("Feedback comments")]
    return grades, comments


def moodle_import(text: str, id_numbers: set[str], item: str) -> dict[str, float]:
    """The grades that the gradebook's import takes, by ID number; AssertionError where it would take none.

    After grade/import/csv/classes/load_data.php: check_user_exists, update_grade_item, insert_grade_record.
    """
    header, rows = moodle_rows(text)
    grades = {}
    for row in rows:
        who = row[header.index("ID number")]
        assert who in id_numbers, "usermappingerror: the whole import is given up"
        value = row[header.index(item)]
        if value in ("", "-"):  # a blank or a dash is no grade
            continue
        assert re.fullmatch(r"\d+(\.\d+)?", value), "badgrade: the whole import is given up"
        assert float(value) <= 100, "gradevaluetoobig"
        grades[who] = float(value)
    return grades


def gradescope_score(text: str) -> tuple[float, float]:
    """The score and the points of a results.json.

    After gradescope-autograders.readthedocs.io/en/latest/specs, "Output format".
    """
    data = json.loads(text)
    assert set(data) <= {"score", "execution_time", "output", "output_format", "test_output_format",
                         "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests",
                         "leaderboard"}  # fmt: skip
    for test in data["tests"]:
        assert set(test) <= {"score", "max_score", "status", "name", "name_format", "number", "output",
                             "output_format", "tags", "visibility", "extra_data"}  # fmt: skip
        assert all(isinstance(test[key], str) for key in ("name", "number", "output"))
        assert isinstance(test["score"], float | int)
        assert test.get("status") in (None, "passed", "failed")
        assert test.get("visibility", "visible") in ("hidden", "after_due_date", "after_published", "visible")
    assert data.get("stdout_visibility") in (None, "hidden", "after_due_date", "after_published", "visible")
    total = data.get("score")
    return (
        sum(test["score"] for test in data["tests"]) if total is None else total,
        sum(test["max_score"] for test in data["tests"]),
    )


def classroom_points(text: str) -> tuple[float, float, bool]:
    """The points, the maximum, and whether the run is green.

    After classroom-resources/autograding-grading-reporter, src/main.js and src/notify-classroom.js.
    """
    encoded = base64.b64encode(text.encode())  # as the workflow hands it on
    results = json.loads(base64.b64decode(encoded).decode("utf-8"))
    assert results["tests"], "the summary divides by their number"
    for test in results["tests"]:
        assert test["status"] in ("pass", "fail", "error")
        assert isinstance(test["name"], str)
    assert results["status"] in ("pass", "fail", "error")
    total = sum(test["score"] for test in results["tests"])
    return total, results["max_score"], results["status"] == "pass"


# windyroad/JUnit-Schema, JUnit.xsd: what each element has to have, and what may stand in it, in this order.
JUNIT_REQUIRED = {
    "testsuites": set(),
    "testsuite": {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "skipped": set(),
    "error": {"type"},
    "failure": {"type"},
    "system-out": set(),
    "system-err": set(),
}
JUNIT_CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "properties": r"(property )*",
    "testcase": r"(skipped |error |failure )?",
}
JUNIT_OPTIONAL = {"testsuite": {"skipped"}, "error": {"message"}, "failure": {"message"}}


def junit_suites(text: str) -> list[dict[str, Any]]:
    """The suites of a JUnit file, with their cases; AssertionError where the schema is not kept."""
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        children = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(JUNIT_CHILDREN.get(element.tag, ""), children), (element.tag, children)
        given, required = set(element.attrib), JUNIT_REQUIRED[element.tag]
        assert required <= given <= required | JUNIT_OPTIONAL.get(element.tag, set())
        for name in ("name", "package", "classname", "hostname"):
            if name in element.attrib and element.tag != "property":
                token = element.attrib[name]
                assert token == " ".join(token.split()) != "", "no token"
    suites = []
    for place, suite in enumerate(root):
        assert suite.attrib["id"] == str(place)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        cases = {
            case.attrib["name"]: case[0].tag if len(case) else "passed" for case in suite.iter("testcase")
        }
        for kind in ("failure", "error"):
            assert int(suite.attrib[f"{kind}s"]) == sum(one == kind for one in cases.values())
        assert int(suite.attrib["tests"]) == len(cases)
        properties = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
        suites.append({"name": suite.attrib["name"], "cases": cases, "properties": properties})
    return suites


def spreadsheet_cells(text: str, separator: str) -> list[str]:
    """The cells as a spreadsheet sees them: quotes only count at a cell's start, and need not end where it does."""
    cells, cell, quoted, start = [], "", False, True
    text = text.removeprefix("\ufeff")
    at = 0
    while at < len(text):
        char = text[at]
        if quoted and char == '"' and text[at + 1 : at + 2] == '"':
            cell, at = cell + '"', at + 1
        elif quoted and char == '"':
            quoted = False
        elif not quoted and start and char == '"':
            quoted = True
        elif not quoted and char in f"{separator}\n\r":
            cells.append(cell)
            cell, start, at = "", True, at + 1
            continue
        else:
            cell += char
        start, at = False, at + 1
    return [*cells, cell]
