"""JUnit XML: a suite a student, a case a task.

Its rules are the schema of Ant's reports (windyroad/JUnit-Schema, JUnit.xsd): which attributes there must be,
at most one of skipped, error and failure in a case, properties before and system-out and system-err after the
cases. XML 1.0 has no control characters, so they are replaced.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from optcourse.grading.exports.missing import Homework, Missing
from optcourse.grading.exports.one_each import is_full, output
from optcourse.grading.feedback_text import number, one_line
from optcourse.grading.grades import Grade, TaskGrade


def lines(grades: Iterator[Grade], others: Sequence[Missing], homework: Homework) -> Iterator[str]:
    """The file, suite by suite."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites>\n'
    count = 0
    for grade in grades:
        yield tostring(suite(grade, count), encoding="unicode") + "\n"
        count += 1
    for place, one in enumerate(others, start=count):
        yield tostring(skipped(one, place, homework), encoding="unicode") + "\n"
    yield "</testsuites>\n"


def suite(grade: Grade, place: int) -> Element:
    """One student's."""
    kinds = [kind(task) for task in grade.tasks]
    when = grade.result.submitted
    made = Element(
        "testsuite",
        name=one_line(grade.student) or "student",
        package=one_line(grade.assignment),
        id=str(place),
        timestamp=when.strftime("%Y-%m-%dT%H:%M:%S") if when else "1970-01-01T00:00:00",
        hostname="localhost",
        tests=str(len(kinds)),
        failures=str(kinds.count("failure")),
        errors=str(kinds.count("error")),
        skipped=str(kinds.count("skipped")),
        time="0",
    )
    properties = SubElement(made, "properties")
    told = {"earned": points(grade.earned), "points": number(grade.points), "late": number(grade.late)}
    told |= {f"earned in {task.task}": points(task.earned) for task in grade.tasks}
    told |= {f"points of {task.task}": number(task.points) for task in grade.tasks}
    for name, value in told.items():
        SubElement(properties, "property", name=one_line(name), value=value)
    for task, how in zip(grade.tasks, kinds, strict=True):
        case = SubElement(
            made, "testcase", name=one_line(task.task), classname=one_line(grade.assignment), time="0"
        )
        if how == "skipped":
            SubElement(case, "skipped")
        elif how:
            fault = SubElement(case, how, message=one_line(task.result.message), type=task.verdict)
            fault.text = output(task)
    SubElement(made, "system-out")
    SubElement(made, "system-err")
    return made


def skipped(one: Missing, place: int, homework: Homework) -> Element:
    """The suite of somebody of whom nothing is graded: every case skipped, no points."""
    made = Element(
        "testsuite",
        name=one_line(one.student) or "student",
        package=one_line(homework.name),
        id=str(place),
        timestamp="1970-01-01T00:00:00",
        hostname="localhost",
        tests=str(len(homework.tasks)),
        failures="0",
        errors="0",
        skipped=str(len(homework.tasks)),
        time="0",
    )
    properties = SubElement(made, "properties")
    for name, value in (("earned", ""), ("points", number(homework.points)), ("not graded", one.why)):
        SubElement(properties, "property", name=name, value=one_line(value))
    for task in homework.tasks:
        case = SubElement(made, "testcase", name=one_line(task), classname=one_line(homework.name), time="0")
        SubElement(case, "skipped")
    SubElement(made, "system-out")
    SubElement(made, "system-err")
    return made


def kind(task: TaskGrade) -> str:
    """What a case that is not whole has in it; a fault of ours is an error, all else a failure."""
    if task.earned is None:
        return "error"
    if is_full(task):
        return ""
    return "skipped" if task.verdict == "SK" else "failure"


def points(earned: float | None) -> str:
    """Points, or nothing where there are none yet."""
    return "" if earned is None else number(earned)
