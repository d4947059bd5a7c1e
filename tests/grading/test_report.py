"""The class's page: its figures are the gradebook's, finite in every class, and shown without harm."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.grading.attempts import LatePolicy
from optcourse.grading.feedback_legend import MEANS
from optcourse.grading.gradebook import Gradebook
from optcourse.grading.grades import Attempt, Grade, Settings, grade_of
from optcourse.grading.records import VERDICTS, Cell, Result, Submission, TaskResult
from optcourse.grading.report import figures_of, report_html
from optcourse.grading.report.charts import difficulties, discriminations, histogram, over_time, spans
from optcourse.grading.report.figures import FEWEST, distribution
from optcourse.grading.submissions import LeftOut

from .made_up_class import DUE, NASTY, POINTS, grade, override, result, task, wrong
from .test_exports import made
from .test_feedback import Page

HW = "hw2_momentum"


def test_points_and_counts_are_the_gradebooks() -> None:
    grades = made()
    figures = figures_of(HW, grades, DUE)
    earned = [one.earned for one in grades if one.earned is not None]
    assert figures.students == figures.graded == len(grades)
    assert figures.total is not None
    assert figures.total.mean == pytest.approx(np.mean(earned))
    assert figures.total.median == pytest.approx(np.median(earned))
    assert figures.total.count == len(earned)
    assert figures.total.whole == sum(one == 10 for one in earned)
    for at, one in enumerate(figures.tasks):
        points = [each.tasks[at].earned for each in grades]
        assert one.distribution.mean == pytest.approx(np.mean(points))
        assert one.distribution.count == len(grades)
    assert figures.late_count == len(figures.late) == sum(one.late < 1 for one in grades)
    assert figures.overridden == sum(any(task.override for task in one.tasks) for one in grades)


def marks_of(grades: list[Grade]) -> np.ndarray:
    return np.array([
        [task.override.points / task.points if task.override else task.score for task in one.tasks] for one in grades
    ])  # fmt: skip


def test_difficulty_and_discrimination_are_what_numpy_says_of_the_marks() -> None:
    grades = made([f"s{place}" for place in range(40)])
    marks = marks_of(grades)
    points = np.array(list(POINTS.values()))
    for at, one in enumerate(figures_of(HW, grades).tasks):
        rest = marks @ points - marks[:, at] * points[at]
        assert one.difficulty == pytest.approx(marks[:, at].mean())
        assert one.discrimination == pytest.approx(np.corrcoef(marks[:, at], rest)[0, 1])


def test_lateness_changes_points_but_neither_difficulty_nor_discrimination() -> None:
    scores = [(1, 0.5, 0), (0, 0, 0), (1, 1, 1), (1, 1, 0.5), (0.5, 1, 0), (0, 0.5, 1)]
    some = [result(f"s{place}", one) for place, one in enumerate(scores)]
    later = [replace(one, submitted=DUE + timedelta(days=place % 3)) for place, one in enumerate(some)]
    early = figures_of(HW, [grade(one) for one in some])
    late = figures_of(HW, [grade(one, late=LatePolicy(DUE, per_day=0.2)) for one in later])
    assert early.total is not None
    assert late.total is not None
    assert late.total.mean < early.total.mean
    for one, other in zip(early.tasks, late.tasks, strict=True):
        assert (one.difficulty, one.discrimination) == (other.difficulty, other.discrimination)


scores = st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 1.0, None])] * 3)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(scores, max_size=9))
def test_no_class_however_small_gives_a_number_that_is_not_finite(
    marks: list[tuple[float | None, ...]],
) -> None:
    grades = [
        grade(result(f"s{place}", tasks=tuple(
            task(name, 0, "IE") if score is None else task(name, score)
            for name, score in zip(POINTS, one, strict=True)
        )))
        for place, one in enumerate(marks)
    ]  # fmt: skip
    figures = figures_of(HW, grades)
    html = report_html(figures)
    assert "nan" not in Page(html).text.lower()
    assert "inf" not in Page(html).text.lower()
    for one in figures.tasks:
        assert (one.discrimination is None) == bool(one.why)
        assert one.discrimination is None or -1 <= one.discrimination <= 1
        assert one.difficulty is None or 0 <= one.difficulty <= 1
        assert one.distribution.count == one.graded
    assert figures.graded + figures.person_count == figures.students


@pytest.mark.parametrize(
    ("grades", "why"),
    [
        (
            [grade(result(f"s{place}", (place % 2, 1, 0))) for place in range(FEWEST - 1)],
            "fewer than 5 students",
        ),
        (
            [grade(result(f"s{place}", (1, place % 2, 0))) for place in range(9)],
            "everybody did it equally well",
        ),
        (
            [grade(result(f"s{place}", (place % 2, 1, 0))) for place in range(9)],
            "everybody did the other tasks",
        ),
        (
            [grade(result(f"s{place}", tasks=(task("ema", 1),))) for place in range(9)],
            "there is only one task",
        ),
    ],
)
def test_where_there_is_no_discrimination_the_page_says_why(grades: list[Grade], why: str) -> None:
    figures = figures_of(HW, grades)
    assert figures.tasks[0].discrimination is None
    assert why in figures.tasks[0].why
    assert why in Page(report_html(figures)).text


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_everybody_is_in_one_part_of_a_distribution_and_in_the_right_one(points: list[float]) -> None:
    of = distribution(points, 3.0)
    assert of.count == len(points)
    for at, count in enumerate(of.parts):
        low, high = 0.3 * at, 0.3 * (at + 1)
        inside = sum(low + 1e-6 < one < high - 1e-6 for one in points)
        around = sum(low - 1e-6 < one < high + 1e-6 for one in points)
        assert inside <= count <= around


def test_the_misconception_map_counts_students_now_and_ever() -> None:
    def one(student: str, *mistakes: str) -> Grade:
        return grade(*(
            result(student, tasks=(wrong("ema", mistake=mistake) if mistake else task("ema", 1),), days=place, digest=f"{student}{place}")
            for place, mistake in enumerate(mistakes)
        ))  # fmt: skip

    keras = task("ema", 0, "WA", dialect="keras", message="the form of Keras")
    grades = [
        one("a", "sign", "sign", ""),
        one("b", "sign"),
        one("c", "eps_inside", "sign"),
        grade(result("d", tasks=(keras,))),
    ]
    found = {
        (each.key, each.dialect): (each.students, each.ever) for each in figures_of(HW, grades).misconceptions
    }
    assert found == {("sign", False): (2, 3), ("eps_inside", False): (0, 1), ("keras", True): (1, 1)}
    first = figures_of(HW, grades).misconceptions[0]
    assert first.key == "sign"
    assert first.excerpt == "ema_step: the step goes uphill: theta + lr * v"
    assert first.acts_like == "theta + lr * v"


def test_identical_submissions_are_those_of_several_students_only() -> None:
    grades = [
        grade(result("a", digest="x"), result("a", digest="x", days=0)),
        grade(result("b", digest="y"), result("b", digest="x", days=0)),
        grade(result("c", digest="z")),
    ]
    assert figures_of(HW, grades).identical == (("a", "b"),)


def test_an_attempt_that_was_graded_twice_is_one_attempt() -> None:
    one = result("a", (0, 0, 0))
    twice = grade_of([Attempt(one, DUE, False), Attempt(result("a", digest=one.digest), DUE, True)])
    figures = figures_of(HW, [twice], DUE)
    assert figures.attempts == 1
    assert [day[1:] for day in figures.days] == [(1, 0)]


@given(st.lists(st.integers(-20_000, 20_000), min_size=1, max_size=20))
def test_attempts_over_any_time_are_drawn_in_few_bars_and_none_is_lost(days: list[int]) -> None:
    grades = [grade(result(f"s{place}", days=day)) for place, day in enumerate(days)]
    figures = figures_of(HW, grades, DUE)
    drawn = spans(figures)
    assert len(drawn) <= 40
    assert sum(one.in_time for one in drawn) == sum(day <= 0 for day in days)
    assert sum(one.late for one in drawn) == sum(day > 0 for day in days)


def test_a_fault_of_ours_stands_among_what_needs_a_person() -> None:
    ours = grade(result("Ada", tasks=(task("ema", 0, "IE", message="Grading failed: MemoryError"),)))
    figures = figures_of(HW, [ours, *made(["b", "c"])])
    assert figures.person == (("Ada", "Grading failed: MemoryError"),)
    assert (figures.students, figures.graded) == (3, 2)
    assert "Grading failed: MemoryError" in Page(report_html(figures)).text


@pytest.mark.parametrize("text", NASTY)
def test_no_text_of_a_stranger_adds_an_element_to_the_page(text: str) -> None:
    def page(says: str) -> Page:
        one = result(
            says,
            tasks=(wrong("ema", message=says, mistake=says, diff=(("", says),)),),
            days=1,
            digest="x",
            flags=(says,),
        )
        other = result("somebody", tasks=(task("ema", 0, "IE", message=says),), digest="x")
        return Page(report_html(figures_of(HW, [grade(one, late=LatePolicy(DUE)), grade(other)], DUE)))

    assert page(text).skeleton == page("harmless").skeleton


def test_the_page_needs_nothing_beside_it_and_every_picture_has_words_and_a_table() -> None:
    page = Page(report_html(figures_of(HW, made(), DUE)))
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    assert not [
        attrs for _, attrs in page.tags if "src" in attrs or not str(attrs.get("href", "#")).startswith("#")
    ]
    pictures = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(pictures) == 1 + 3 + 2 + 1
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in pictures)
    assert {attrs["href"] for tag, attrs in page.tags if tag == "a"} <= {
        f"#{attrs.get('id')}" for _, attrs in page.tags
    }


def test_the_pictures_show_the_tables_figures() -> None:
    figures = figures_of(HW, made([f"s{place}" for place in range(40)]), DUE)
    assert figures.total is not None
    drawn = histogram("all", figures.total)
    late, places = np.array(figures.total.late), [bar.x for bar in drawn.bars]
    heights, above = np.array([bar.height for bar in drawn.bars]), np.zeros(len(places))
    said = [int(bar.says or 0) for bar in drawn.bars]
    for bar in drawn.second:
        above[places.index(bar.x)] = bar.height
        said[places.index(bar.x)] += int(bar.says)
    assert said == list(figures.total.columns)
    one = (heights + above).max() / max(figures.total.columns)
    assert above == pytest.approx(one * late)
    assert heights == pytest.approx(one * (np.array(figures.total.columns) - late))
    for task_figures, bar in zip(figures.tasks, difficulties(figures.tasks).bars, strict=True):
        assert bar.width == pytest.approx(260 * (task_figures.difficulty or 0))
    drawn = discriminations(figures.tasks)
    values = [one.discrimination for one in figures.tasks if one.discrimination is not None]
    assert len(drawn.bars) == sum(value >= 0 for value in values)
    assert len(drawn.second) == sum(value < 0 for value in values)
    for chart in (histogram("all", figures.total), drawn, over_time(figures)):
        for bar in (*chart.bars, *chart.second):
            assert 0 <= bar.x <= bar.x + bar.width <= chart.width
            assert 0 <= bar.y <= bar.y + bar.height <= chart.height
            assert math.isfinite(bar.height)


def test_a_list_of_names_is_cut_and_its_count_is_not() -> None:
    grades = [grade(result(f"s{place}", days=1), late=LatePolicy(DUE)) for place in range(250)]
    figures = figures_of(HW, grades)
    assert (len(figures.late), figures.late_count) == (200, 250)
    assert "And 50 more." in Page(report_html(figures)).text


def test_points_that_lateness_cost_are_told_from_points_that_were_not_earned() -> None:
    late = LatePolicy(DUE, per_day=0.2)
    grades = [
        grade(result("in time", (1, 1, 0.5)), late=late),
        grade(result("late", (1, 0, 1), days=0.5), late=late),
        grade(result("late but set", (1, 0, 1), days=0.5), overrides=(override("", "ema", 2),), late=late),
    ]
    figures = figures_of(HW, grades, DUE)
    ema, dampened, nesterov = (task.distribution for task in figures.tasks)
    assert (ema.columns[9], ema.late[9], ema.whole, sum(ema.late)) == (1, 1, 2, 1)
    assert sum(dampened.late) == 0
    assert (nesterov.columns[9], nesterov.late[9], nesterov.columns[6]) == (2, 2, 1)
    assert "had they not been late" in Page(report_html(figures)).text
    assert "had they not been late" not in Page(report_html(figures_of(HW, grades[:1], DUE))).text


def table_of(html: str, caption: str) -> list[list[str]]:
    """The rows of the table with this caption."""
    table = next(one for one in html.split("<table>") if f"<caption>{caption}" in one).split("</table>")[0]
    rows = table.replace("<th ", "<td ").split("<tr>")[1:]
    return [[" ".join(Page(f"<td {cell}").text.split()) for cell in row.split("<td ")[1:]]
            for row in (one.split("</tr>")[0].replace("</th>", "</td>") for one in rows)]  # fmt: skip


def test_a_table_of_counts_has_counts_alone_and_no_row_of_zeros() -> None:
    grades = [grade(result(f"s{place}", scores)) for place, scores in enumerate([(1, 0, 0), (1, 0.5, 1)])]
    html = report_html(figures_of(HW, grades))
    header, *rows = table_of(html, "Students by their part of the points")
    assert header == ["part", "all tasks", *POINTS]
    assert [row[0] for row in rows] == ["none", "20 to 30 %", "50 to 60 %", "80 to 90 %", "all"]
    counts = [[int(cell) for cell in row[1:]] for row in rows]
    assert all(any(row) for row in counts)
    assert [sum(column) for column in zip(*counts, strict=True)] == [2] * 4
    assert table_of(html, "The points that count") == [
        ["task", "mean", "median", "of"],
        ["all tasks", "5.25", "5.25", "10"],
        ["ema", "2.00", "2.00", "2"],
        ["dampened", "0.75", "0.75", "3"],
        ["nesterov", "2.50", "2.50", "5"],
    ]


def test_why_a_class_has_no_discrimination_is_said_once() -> None:
    html = report_html(figures_of(HW, [grade(result(f"s{place}", (place % 2, 1, 0))) for place in range(4)]))
    assert html.count("fewer than 5 students") == 1
    assert "discrimination" not in table_of(html, "How each task went")[0]


def test_the_page_says_what_each_of_its_verdict_codes_means() -> None:
    text = Page(report_html(figures_of(HW, [grade(result("a", (1, 0.5, 0)))]))).text
    for code in ("AC", "PC", "WA"):
        assert f"({code})" in text
        assert MEANS[code] in text
    assert MEANS["BF"] not in text
    assert MEANS.keys() == VERDICTS.keys()


def test_with_a_roster_the_page_has_names_beside_ids_escaped(book: str, tmp_path: Path) -> None:
    page, roster = tmp_path / "report.html", tmp_path / "roster.csv"
    roster.write_text("id,name,email\ncopied,<b>Mallory</b>,\nours,,\nx1,Ada Lovelace,\n", encoding="utf-8")
    common = ["report", "--assignment", "hw2", "--gradebook", book, "--out", str(page)]
    assert CliRunner().invoke(app, [*common, "--roster", str(roster)]).exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert "<bdi>&lt;b&gt;Mallory&lt;/b&gt; (copied)</bdi>" in html
    assert "<bdi>Ada Lovelace (x1)</bdi>" in html
    assert "<bdi>ours</bdi>" in html
    assert CliRunner().invoke(app, common).exit_code == 0
    assert "<bdi>copied</bdi>" in page.read_text(encoding="utf-8")
    missing = CliRunner().invoke(app, [*common, "--roster", str(tmp_path / "nobody.csv")])
    assert missing.exit_code == 2


def submission(one: Result) -> Submission:
    return Submission(one.student, one.file, (Cell("hw2.ipynb", ""),), "notebook", one.digest, one.submitted)


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A gradebook with a class in it: late ones, an override, one of our faults, a copied file."""
    address = f"sqlite:///{tmp_path}/grades.db"
    results = [one.result for one in made()]
    results += [result("copied", digest=results[0].digest), result("ours", tasks=ours())]
    with Gradebook(address, create=True) as opened:
        opened.set_settings(HW, Settings(late=LatePolicy(DUE, per_day=0.25)))
        opened.keep([(submission(one), one) for one in results])
        opened.add_override(override("Grace Hopper", "ema", 1.75))
    return address


def ours() -> tuple[TaskResult, ...]:
    return tuple(task(name, 0, "IE") for name in POINTS)


def test_report_and_export_of_a_gradebook_agree_with_it(book: str, tmp_path: Path) -> None:
    page, exported = tmp_path / "report.html", tmp_path / "out.json"
    common = ["--assignment", "hw2", "--gradebook", book]
    said = CliRunner().invoke(app, ["report", *common, "--out", str(page)])
    assert said.exit_code == 0, said.output
    assert f"{len(NASTY) + 4} students of hw2_momentum" in said.output
    done = CliRunner().invoke(app, ["export", "--format", "json", *common, "--out", str(exported)])
    assert done.exit_code == 0, done.output
    with Gradebook(book) as opened:
        grades = list(opened.grades(HW))
        owners: dict[str, set[str]] = {}
        for one in opened.submissions(HW):
            owners.setdefault(one.digest, set()).add(one.student)
    identical = {frozenset(names) for names in owners.values() if len(names) > 1}
    assert {frozenset(names) for names in figures_of(HW, grades).identical} == identical != set()
    data = json.loads(exported.read_text(encoding="utf-8"))
    assert [one["earned"] for one in data] == [one.earned for one in grades]
    figures = figures_of(HW, grades, DUE)
    assert figures.total is not None
    text = " ".join(Page(page.read_text(encoding="utf-8")).text.split())
    assert (
        f"{figures.students} students, {figures.graded} of them graded: mean {figures.total.mean:.4f}".rstrip(
            "0"
        )
        in text
    )
    assert "What needs a person: 1" in text
    assert "Identical submissions: 1" in text
    assert f"Late: {sum(one.late < 1 for one in grades)}" in text


def test_export_says_whom_it_left_out_without_their_control_characters(book: str, tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name,email\n1,Ada Lovelace,\n2,ours,\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(
        app, ["export", "--format", "canvas", "--assignment", "hw2_momentum", "--gradebook", book,
              "--out", str(out), "--roster", str(roster)]
    )  # fmt: skip
    assert done.exit_code == 0
    assert f"Wrote {out}: 1 students." in done.output
    assert f"Left out {len(NASTY) + 3}:" in done.output
    assert "ours: not graded yet, through a fault of ours" in done.output
    assert "\x1b" not in done.output


def test_who_has_nothing_graded_is_on_the_page_and_in_the_terminal(book: str, tmp_path: Path) -> None:
    roster, page = tmp_path / "roster.csv", tmp_path / "report.html"
    rows = "id,name,email\n1,Ada Lovelace,\n2,ours,\n3,<b>Alan,\n4,Emmy,\n"
    roster.write_text(rows, encoding="utf-8")
    with Gradebook(book) as opened:
        opened.leave_out(
            HW,
            ["Emmy", "odd\x1b"],
            [LeftOut("Emmy", "hw2.pdf", "no notebook"), LeftOut("odd\x1b", "x.txt", "no notebook")],
        )
    command = [
        "report",
        "--assignment",
        "hw2",
        "--gradebook",
        book,
        "--roster",
        str(roster),
        "--out",
        str(page),
    ]
    done = CliRunner().invoke(app, [*command, "--missing"])
    assert done.exit_code == 0, done.output
    assert "Nothing is graded of 3 more" in done.output
    assert done.output.splitlines()[-3:] == [
        "<b>Alan (3): nothing was handed in",
        "Emmy (4): hw2.pdf: no notebook",
        "odd\N{REPLACEMENT CHARACTER}: x.txt: no notebook",
    ]
    text = " ".join(Page(page.read_text(encoding="utf-8")).text.split())
    for says in ("Nothing graded: 3", "<b>Alan (3)nothing was handed in", "Emmy (4)hw2.pdf: no notebook"):
        assert says in text
    assert "Alan" not in CliRunner().invoke(app, command).output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "--format", "canvas"], "give --template"),
        (["export", "--format", "xls"], "There is no format 'xls'"),
        (["report", "--out", "{folder}"], "Cannot write"),
        (["report", "--assignment", "hw9"], "no assignment 'hw9' (hw2_momentum)"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    book: str, tmp_path: Path, arguments: list[str], says: str
) -> None:
    given = [one.format(folder=tmp_path) for one in arguments]
    given += [] if "--assignment" in given else ["--assignment", "hw2"]
    said = CliRunner().invoke(app, [*given, "--gradebook", book])
    assert said.exit_code == 2
    assert says in said.output
