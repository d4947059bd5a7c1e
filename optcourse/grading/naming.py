"""Which student a file is from, by the names that learning platforms give; and names that are safe to use."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

# Canvas: lastfirst_LATE_12345_67890_hw1.ipynb.
# Moodle: "First Last_12345_assignsubmission_file_", a folder, or before the file's name.
CANVAS = re.compile(r"(?P<student>[^_/]+)_(?P<late>LATE_)?\d+_\d+_(?P<file>.+)")
MOODLE = re.compile(r"(?P<student>.+?)_\d+_assignsubmission_(?:file|onlinetext)_?/?(?P<file>.*)", re.DOTALL)
LONGEST = 200  # characters of a student's name that are kept


class Named(NamedTuple):
    """A student, and the file as they called it."""

    student: str
    file: str


def from_platform(path: str) -> Named | None:
    """The student in a name that Canvas or Moodle made; None where it is no such name."""
    if moodle := MOODLE.fullmatch(path):
        return Named(clean(moodle["student"]), clean(moodle["file"].rpartition("/")[2] or path))
    if canvas := CANVAS.fullmatch(path.rpartition("/")[2]):
        return Named(clean(canvas["student"]), clean(canvas["file"]))
    return None


def clean(name: str) -> str:
    """A stranger's name as it is kept: composed, no control or direction characters, not endless."""
    composed = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    kept = "".join(
        char if unicodedata.category(char)[0] != "C" or char == "\u200d" else "\N{REPLACEMENT CHARACTER}"
        for char in composed
    )
    return kept.strip()[:LONGEST] or "(no name)"


def safe_name(student: str) -> str:
    """A file name for a student: letters and digits of the name, and a digest that no other name shares."""
    letters = re.sub(r"[^A-Za-z0-9]+", "-", student).strip("-")[:40]
    return f"{letters or 'student'}-{hashlib.sha256(student.encode()).hexdigest()[:12]}"
