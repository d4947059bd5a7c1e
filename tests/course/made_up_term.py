"""Forty students who hand in hw1: right, each mistake, late, empty, hostile, copied, under names that break things."""

import csv
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from optcourse.grading.naming import safe_name
from optcourse.registry import known_tasks

ROOT = Path(__file__).parents[2]
DUE = datetime(2026, 10, 14, 21, 59, 59, tzinfo=UTC)  # as the guide's command says
NAMES = [
    "Ann Ä. Öström",
    'Bob "Bobby", Jr.',
    "=HYPERLINK(1)",
    "محمد علي",
    "王小明",
    "Zoë\u200d🦉",
    "O'Neil; DROP",
    "-2+3",
]
RIGHT = [f"s{number:03d}" for number in range(1, 14)]
MISTAKEN = [f"s{number:03d}" for number in range(14, 32)]
LATE = {"s032": timedelta(seconds=1), "s033": timedelta(days=1, seconds=1), "s034": timedelta(days=8)}
UNFILLED, EMPTY_FILE, ABSENT = "s035", "s036", "s037"
LOOPS, EXITS = "s038", "s039"
COPIED = "s040"  # hands in s001's notebook
STUDENTS = [*RIGHT, *MISTAKEN, *LATE, UNFILLED, EMPTY_FILE, ABSENT, LOOPS, EXITS, COPIED]
NAMED_IN = {"logistic": "logistic_grad", "largest_lr": "largest_lr", "best_lr": "best_lr"}
DECAYING = {
    "primary": "lr / (1 + RATE * (t - 1))",
    "root": "lr / np.sqrt(1 + RATE * (t - 1))",
    "exponential": "lr * (1 - RATE) ** (t - 1)",
}


def write_roster(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "email"))
        for place, student in enumerate(STUDENTS):
            name = NAMES[place] if place < len(NAMES) else f"Student {place}"
            writer.writerow((student, name, f"{student}@example.edu"))


def mistakes_of(student: str) -> dict[str, str]:
    """By function, the key of the mistake that this student makes; each of the catalogues' is made by somebody."""
    place = MISTAKEN.index(student)
    keys = {function: list(known_tasks()[rule].mistakes) for rule, function in NAMED_IN.items()}
    return {function: some[place] for function, some in keys.items() if place < len(some)}


def cell_of(notebook: NotebookNode, function: str) -> NotebookNode:
    (cell,) = [one for one in notebook.cells if one.metadata.get("optcourse", {}).get("function") == function]
    return cell


def worked_on(notebook: NotebookNode, student: str) -> None:
    """Fill the student's notebook as this student does."""
    solved = nbformat.read(ROOT / "solutions" / "hw1_gradients.ipynb", as_version=4)
    for cell in notebook.cells:
        if function := cell.metadata.get("optcourse", {}).get("function"):
            cell.source = cell_of(solved, function).source
    own = next(one.source for one in notebook.cells if one.source.startswith("# Your draw"))
    form = next(key for key in DECAYING if f'DECAYING_FORM = "{key}"' in own)
    lines = f"    t = state[0] + 1\n    return theta - {DECAYING[form]} * grad, (t,)\n"
    cell_of(notebook, "decaying_step").source = f"def decaying_step(theta, grad, state, *, lr=1e-3):\n{lines}"
    if student in MISTAKEN:
        rules = {function: rule for rule, function in NAMED_IN.items()}
        for function, key in mistakes_of(student).items():
            code = known_tasks()[rules[function]].code(key, of="estimate")
            cell_of(notebook, function).source = f"def {function}{code[code.index('(') :]}"
    if student == LOOPS:
        cell_of(notebook, "clipped_step").source = "while True:\n    pass"
    if student == EXITS:
        cell_of(
            notebook, "decaying_step"
        ).source = "def decaying_step(theta, grad, state, *, lr=1e-3):\n    import os\n    os._exit(0)\n"


def hand_in(handout: Path, folder: Path) -> None:
    """Each student's zip of the exercise, as `optcourse submit` names it, from their own bundle."""
    folder.mkdir(parents=True)
    for student in STUDENTS:
        if student == ABSENT:
            continue
        target = folder / f"{student}.zip"
        if student == COPIED:
            target.write_bytes((folder / f"{RIGHT[0]}.zip").read_bytes())
        else:
            with zipfile.ZipFile(handout / "students" / f"{safe_name(student)}.zip") as bundle:
                text = bundle.read("optcourse/exercises/hw1_gradients.ipynb").decode()
            notebook = nbformat.reads(text, as_version=4)
            if student != UNFILLED:
                worked_on(notebook, student)
            with zipfile.ZipFile(target, "w") as archive:
                content = "" if student == EMPTY_FILE else nbformat.writes(notebook)
                archive.writestr("hw1_gradients.ipynb", content)
        when = (DUE + LATE.get(student, -timedelta(days=1))).timestamp()
        os.utime(target, (when, when))
