"""Which student a file is from, by the names that learning platforms give; and names that are safe to use."""

import hashlib
import re
import unicodedata
from typing import NamedTuple

# Canvas: lastfirst_LATE_12345_67890_hw1.ipynb.
# Moodle: "First Last_12345_assignsubmission_file_", a folder, or before the file's name.
CANVAS = re.compile(r"(?P<student>[^_/]+)_(?P<late>LATE_)?\d+_\d+_(?P<file>.+)")
MOODLE = re.compile(r"(?P<student>.+?)_\d+_assignsubmission_(?:file|onlinetext)_?/?(?P<file>.*)", re.DOTALL)
READ = 5_000  # characters of a name that are looked at
LONGEST = 200  # characters of a student's name that are kept


class Named(NamedTuple):
    """A student, and the file as they called it."""

    student: str
    file: str
    late: bool = False  # as the platform says


def from_platform(path: str) -> Named | None:
    """The student in a name that Canvas or Moodle made; None where it is no such name.

    Only the part before the first slash is looked at: what follows is the student's own.
    """
    first, slash, rest = path.partition("/")
    if moodle := MOODLE.fullmatch(first):
        own = rest.rpartition("/")[2] if slash else moodle["file"]
        return Named(clean(moodle["student"]), clean(own or first))
    if not slash and (canvas := CANVAS.fullmatch(first)):
        return Named(clean(canvas["student"]), clean(canvas["file"]), bool(canvas["late"]))
    return None


def clean(name: str) -> str:
    """A stranger's name as it is kept: composed, no control or direction characters, not endless.

    What is cut off is told by a digest, so that no two names become one.
    """
    composed = unicodedata.normalize("NFC", name[:READ].encode("utf-8", "replace").decode())
    kept = "".join(
        char if unicodedata.category(char)[0] != "C" or char == "\u200d" else "\N{REPLACEMENT CHARACTER}"
        for char in composed
    ).strip()
    if len(kept) > LONGEST:
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]
        kept = f"{kept[: LONGEST - 14].strip()}… {digest}"
    return kept or "(no name)"


def safe_name(student: str) -> str:
    """A file name for a student: letters and digits of the name, and a digest that no other name shares."""
    letters = re.sub(r"[^A-Za-z0-9]+", "-", student).strip("-")[:40]
    return f"{letters or 'student'}-{hashlib.sha256(student.encode()).hexdigest()[:12]}"
