"""What `optcourse submit` says of a file is what the grader says of what submit made of it: task by task."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optcourse.cli import app
from optcourse.grading.submissions import LeftOut, handed_in
from tests.homework.assignments import graded

ROOT = Path(__file__).parents[2]
NAME = "hw1_gradients"
FUNCTIONS = ("logistic_grad", "largest_lr", "best_lr", "clipped_step", "decaying_step")


def solved() -> dict[str, Any]:
    """The homework's notebook with everything right in it."""
    given = json.loads((ROOT / "exercises" / f"{NAME}.ipynb").read_text())
    right = json.loads((ROOT / "solutions" / f"{NAME}.ipynb").read_text())
    cells = {grade_id(one): one["source"] for one in right["cells"] if grade_id(one)}
    for one in given["cells"]:
        if one["metadata"].get("optcourse"):
            one["source"] = "".join(cells[grade_id(one)])
    return dict(given)


def grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def code(source: str, output: str = "") -> dict[str, Any]:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": outputs,
        "execution_count": None,
        "source": source,
    }


def more(*sources: str, at_begin: bool = False) -> bytes:
    """The notebook with more cells."""
    book = solved()
    cells = [code(one) for one in sources]
    book["cells"] = [*cells, *book["cells"]] if at_begin else [*book["cells"], *cells]
    return json.dumps(book).encode()


def edited(change: Callable[[str], str]) -> bytes:
    """The notebook with another source in each code cell."""
    book = solved()
    for one in book["cells"]:
        if one["cell_type"] == "code":
            one["source"] = change("".join(one["source"]))
    return json.dumps(book).encode()


def without_metadata() -> bytes:
    book = solved()
    for one in book["cells"]:
        one["metadata"] = {}
    return json.dumps(book).encode()


def script() -> str:
    """All that defines something, as one file."""
    cells = [one for one in solved()["cells"] if one["cell_type"] == "code" and not one["metadata"].get(
        "nbgrader", {}).get("grade")]  # fmt: skip
    return "\n\n".join("".join(one["source"]) for one in cells)


def guarded(text: str) -> str:
    return 'if __name__ == "__main__":\n' + "".join(f"    {line}\n" for line in text.splitlines())


def with_scipy(source: str) -> str:
    return f"import json5\n{source}" if "def clipped_step" in source else source


def helped(source: str) -> str:
    if "def clipped_step" not in source:
        return source
    return (
        source.replace("\ndef", "\ndef", 1)
        + "\nfrom optcourse.homework.clipped import step as clipped_step\n"
    )


FILES: dict[str, bytes] = {
    f"{NAME}.ipynb": more(),
    f"{NAME}-Copy1.ipynb": more(),
    f"{NAME} (1).ipynb": edited(lambda source: source.replace("\n", "\r\n")),
    "hw1_raises.ipynb": more("1 / 0", at_begin=True),
    "hw1_exits.ipynb": more("raise SystemExit", at_begin=True),
    "hw1_endless.ipynb": more("while True:\n    pass"),
    "hw1_prints.ipynb": more("for s in range(100_000):\n    print('step', s)"),
    "hw1_plots.ipynb": json.dumps({**solved(), "cells": [*solved()["cells"], code("1", "x" * 25_000_000)]}).encode(),
    "hw1_bare.ipynb": without_metadata(),
    "hw1_magics.ipynb": edited(lambda source: f"%matplotlib inline\n!pip install x\n{source}"),
    "hw1_two.ipynb": more("def clipped_step(theta, grad, state, *, lr=1e-3, clip=1.0):\n    raise NotImplementedError"),
    "hw1_wrong.ipynb": edited(lambda source: source.replace("def best_lr(x, penalty):", "def best_lr(x, penalty):\n    return 7.0")),
    "hw1_named.ipynb": edited(lambda source: source.replace("def best_lr", "def bestlr")),
    "hw1_broken.ipynb": edited(lambda source: source.replace("def best_lr(", "def best_lr((")),
    "hw1_module.ipynb": edited(with_scipy),
    "hw1_rules.ipynb": edited(helped),
    "hw1_needed.ipynb": edited(lambda source: source.replace("def best_lr", "while True:\n    pass\ndef best_lr")),
    "hw1_as_is.ipynb": (ROOT / "exercises" / f"{NAME}.ipynb").read_bytes(),
    "hw1_mark.ipynb": b"\xef\xbb\xbf" + more(),
    "hw1_wide.ipynb": more().decode().encode("utf-16"),
    "hw1_latin.ipynb": json.dumps({**solved(), "x": "é"}, ensure_ascii=False).encode("latin-1", "replace"),
    "hw1_empty.ipynb": b"",
    "hw1_page.ipynb": b"<!DOCTYPE html><html>",
    "hw1_cut.ipynb": more()[:-40],
    "hw1_a.py": script().encode(),
    "hw1_guard.py": guarded(script()).encode(),
    "hw1_main.py": (script() + '\nif __name__ == "__main__":\n    1 / 0\n').encode(),
    "hw1_raises.py": (script() + "\n1 / 0\n").encode(),
    "hw1_prints.py": (script() + "\nprint('x' * 2_000_000)\n").encode(),
    "hw1_endless.py": (script() + "\nwhile True:\n    pass\n").encode(),
    "hw1_percent.py": ("# %% [markdown]\n# # Homework\n\n# %%\n" + script()).encode(),
    "hw1_colab.py": ("!pip install -q x\n%matplotlib inline\n" + script() + "\nfiles = !ls\n").encode(),
    "hw1_mark.py": b"\xef\xbb\xbf" + script().replace("\n", "\r\n").encode(),
    "hw1_latin.py": (script() + "\n# für\n").encode("latin-1", "replace"),
    "hw1_coded.py": ("# coding: latin-1\n" + script() + "\n# für\n").encode("latin-1", "replace"),
    "hw1_x.pdf": b"%PDF",
    "hw1_x.ipynb.txt": more(),
}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_submit_says_what_the_grader_says(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_bytes(FILES[file])
    arguments = ["submit", str(tmp_path / file), "--student", "s1", "--dir", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    (tmp_path / "alone").mkdir()
    (tmp_path / file).rename(tmp_path / "alone" / file)
    [alone] = handed_in(tmp_path / "alone", NAME)
    if isinstance(alone, LeftOut) or alone.problem:
        assert done.exit_code == 2, done.output
        assert (alone.why if isinstance(alone, LeftOut) else alone.problem)[:40] in " ".join(
            done.stderr.split()
        )
        assert not (tmp_path / "submitted").exists()
        return
    assert done.exit_code == 0, done.output
    target = tmp_path / "submitted" / NAME / "s1.zip"
    [packed] = handed_in(target.parent, NAME)
    assert not isinstance(packed, LeftOut)
    assert (packed.cells, packed.file, packed.student) == (alone.cells, alone.file, "s1")
    [result] = graded(NAME, packed)
    with zipfile.ZipFile(target) as archive:
        said = json.loads(archive.read("manifest.json"))["checks"]
    verdicts = {function: task.verdict for function, task in zip(FUNCTIONS, result.tasks, strict=True)}
    assert said == verdicts, (done.output, [task.message for task in result.tasks])


def test_another_homework_is_told_to_lack_every_task(tmp_path: Path) -> None:
    (tmp_path / "hw2_momentum.ipynb").write_bytes(more())
    arguments = ["submit", str(tmp_path / "hw2_momentum.ipynb"), "--student", "s1", "--dir", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert "Not attempted: average_step, dampened_step" in done.output
