"""The notebooks that solutions/*.md gives."""

import json
from pathlib import Path

import pytest

from optcourse.course import build as building
from optcourse.course.build import BuildError, build, check, check_rounding, solved, stubbed

TINY = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A tiny lesson

+++ {"tags": ["instructor"]}

Ask them what two and two is.

+++

Add the numbers.

```{code-cell} python3
def add(a, b):
    \"\"\"The sum.\"\"\"
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION
```

```{code-cell} python3
:tags: [hide-input]
try:
    print(add(2, 2))
except NotImplementedError:
    print("not attempted yet")
```
"""

STUB = "# YOUR CODE HERE\nraise NotImplementedError"


@pytest.fixture
def root(tmp_path):
    return with_source(tmp_path, TINY)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with TINY and what was built of it, for tests that leave it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "SEEDS", ())
        root = with_source(tmp_path_factory.mktemp("built"), TINY)
        assert build(root) == [Path("lessons/09_tiny.ipynb"), Path("solutions/09_tiny.ipynb")]
    return root


@pytest.fixture(autouse=True)
def seeds(request, monkeypatch):
    """Each seed is one more kernel for each notebook: only tests of what rounding changes pay for them."""
    if "rounding" not in request.keywords:
        monkeypatch.setattr(building, "SEEDS", ())


@pytest.fixture
def unexecuted(monkeypatch):
    """For tests of what is written, not of what runs."""
    monkeypatch.setattr(building, "execute", lambda target, root, seed=None: None)


def with_source(root: Path, text: str, name: str = "09_tiny.md") -> Path:
    (root / "solutions").mkdir(exist_ok=True)
    (root / "solutions" / name).write_text(text, encoding="utf-8")
    return root


def one_cell(code: str, *options: str) -> str:
    return "\n".join(["```{code-cell} python3", *options, code, "```", ""])


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def printed(path: Path) -> str:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join("".join(output.get("text", [])) for output in outputs)


REGIONS = {
    "no marks": ("a = 1\nb = 2", "a = 1\nb = 2", "a = 1\nb = 2"),
    "top level": ("### BEGIN SOLUTION\na = 1\n### END SOLUTION", STUB, "a = 1"),
    "indented": (
        "def f():\n    ### BEGIN SOLUTION\n    if 1:\n        return 2\n    ### END SOLUTION\nf",
        "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError\nf",
        "def f():\n    if 1:\n        return 2\nf",
    ),
    "two regions": (
        "### BEGIN SOLUTION\na = 1\n### END SOLUTION\nb = 2\n### BEGIN SOLUTION\n### END SOLUTION",
        f"{STUB}\nb = 2\n{STUB}",
        "a = 1\nb = 2",
    ),
}


@pytest.mark.parametrize("case", REGIONS)
def test_a_solution_is_replaced_for_learners_and_kept_without_marks_for_teachers(case):
    source, learner, teacher = REGIONS[case]
    assert stubbed(source) == learner
    assert solved(source) == teacher


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\na = 1",
        "a = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
        "### END SOLUTION\n### BEGIN SOLUTION",
        "## BEGIN SOLUTION\n## END SOLUTION",
        "a = 1  ### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_marks_that_do_not_pair_up_are_named_with_their_place(source):
    for version in (stubbed, solved):
        with pytest.raises(BuildError, match=r"09_tiny.md, cell 3.*(BEGIN|END) SOLUTION"):
            version(source, "09_tiny.md, cell 3")


def test_a_source_gives_a_lesson_without_and_a_notebook_with_its_solution(built):
    root = built
    lesson, solution = sources(root / "lessons/09_tiny.ipynb"), sources(root / "solutions/09_tiny.ipynb")
    assert not any("two and two" in source for source in lesson)
    assert any("two and two" in source for source in solution)
    assert any("raise NotImplementedError" in source for source in lesson)
    assert not any("raise NotImplementedError" in source for source in solution)
    assert any("return a + b" in source for source in solution)
    assert not any("### " in source for source in lesson + solution)
    assert printed(root / "lessons/09_tiny.ipynb") == "not attempted yet\n"
    assert printed(root / "solutions/09_tiny.ipynb") == "4\n"
    assert check(root) == []


def test_building_elsewhere_gives_the_same_bytes_without_times_or_this_machine(built, root):
    paths = build(root)
    first = [(root / path).read_bytes() for path in paths]
    assert [(built / path).read_bytes() for path in paths] == first
    stored = json.loads(first[0])
    assert stored["metadata"] == building.METADATA
    assert all(set(cell["metadata"]) <= {"tags", "jupyter", "slideshow"} for cell in stored["cells"])
    assert stored["cells"][-1]["metadata"] == {
        "tags": ["hide-input"],
        "jupyter": {"source_hidden": True},
        "slideshow": {"slide_type": "-"},
    }
    ids = [cell["id"] for cell in stored["cells"]]
    assert len(set(ids)) == len(ids)


def test_cells_keep_their_ids_when_one_is_put_before_them(root):
    before = [
        cell.id
        for target in building.targets(root / "solutions/09_tiny.md")
        for cell in target.notebook.cells
    ]
    with_source(root, TINY.replace("# A tiny lesson", "# A tiny lesson\n\n+++\n\nMore."))
    after = [
        cell.id
        for target in building.targets(root / "solutions/09_tiny.md")
        for cell in target.notebook.cells
    ]
    assert set(before) < set(after)


def test_a_changed_source_is_called_stale_with_the_lines_that_differ(root, unexecuted):
    build(root)
    with_source(root, TINY.replace("Add the numbers.", "Add the two numbers."))
    lesson, solution = check(root)
    assert lesson.startswith("lessons/09_tiny.ipynb is stale: run `optcourse build`.")
    assert solution.startswith("solutions/09_tiny.ipynb is stale")
    assert "\n-Add the numbers.\n+Add the two numbers.\n" in lesson


@pytest.mark.parametrize(
    ("was", "becomes"), [("[hide-input]", "[]"), ("# A tiny", "```{code-cell} python3\n1\n```\n# A")]
)
def test_changed_tags_and_cell_types_are_stale_too(root, unexecuted, was, becomes):
    build(root)
    with_source(root, TINY.replace(was, becomes))
    assert len(check(root)) == 2


def test_missing_damaged_and_left_over_notebooks_are_each_reported(root, unexecuted):
    build(root)
    (root / "solutions/09_tiny.ipynb").unlink()
    (root / "lessons/09_tiny.ipynb").write_text("no json")
    (root / "lessons/07_gone.ipynb").write_text("{}")
    damaged, missing, left_over = check(root)
    assert damaged.startswith("lessons/09_tiny.ipynb is no notebook")
    assert missing == "solutions/09_tiny.ipynb is missing: run `optcourse build`."
    assert left_over == "lessons/07_gone.ipynb has no source solutions/07_gone.md: delete it."


def test_homework_becomes_an_exercise(tmp_path):
    root = with_source(tmp_path, one_cell("1"), "hw1_adam.md")
    assert [target.path.as_posix() for target in building.targets(root / "solutions/hw1_adam.md")] == [
        "exercises/hw1_adam.ipynb",
        "solutions/hw1_adam.ipynb",
    ]


def test_only_the_named_notebooks_are_built(root, unexecuted):
    with_source(root, one_cell("1 / 0"), "10_other.md")
    assert len(build(root, only=["09"])) == 2
    assert build(root, only=["09_tiny"]) == build(root, only=["09"])
    with pytest.raises(BuildError, match="no source '9'; there are 09_tiny, 10_other"):
        build(root, only=["9"])


def test_a_file_that_is_neither_lesson_nor_homework_is_refused(tmp_path):
    with pytest.raises(BuildError, match=r"notes\.md is neither a lesson .* nor homework"):
        check(with_source(tmp_path, "# Notes", "notes.md"))


def test_a_failing_cell_is_shown_with_its_error_and_nothing_is_written(tmp_path):
    root = with_source(tmp_path, "Words.\n\n" + one_cell("x = 0\n1 / x"))
    with pytest.raises(BuildError) as caught:
        build(root)
    message = str(caught.value)
    assert "lessons/09_tiny.ipynb, cell 2 fails" in message
    assert "x = 0\n1 / x" in message
    assert "ZeroDivisionError: division by zero" in message
    assert "\x1b" not in message
    assert not (root / "lessons/09_tiny.ipynb").exists()


def test_a_warning_stops_the_build(tmp_path):
    root = with_source(tmp_path, one_cell("import warnings\nwarnings.warn('old')"))
    with pytest.raises(BuildError, match=r"cell 1 writes a warning(.|\n)*old"):
        build(root)


def test_a_notebook_that_is_too_large_stops_the_build(tmp_path):
    root = with_source(tmp_path, one_cell("'x' * 600_000"))
    with pytest.raises(BuildError, match=r"would have 60\d kB; at most 500"):
        build(root)


def test_a_cell_may_be_meant_to_raise_a_widget_leaves_no_state_and_whose_machine_it_is_isnt_seen(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("OPTCOURSE_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "agg")
    machine = "import os, matplotlib\nprint('OPTCOURSE_WORKSPACE' in os.environ, matplotlib.get_backend())"
    cells = [
        one_cell("import ipywidgets\nipywidgets.IntSlider(3)"),
        one_cell("1 / 0", ":tags: [raises-exception]"),
        one_cell(machine),
    ]
    root = with_source(tmp_path, "\n".join(cells))
    assert len(build(root)) == 2
    stored = json.loads((root / "lessons/09_tiny.ipynb").read_text(encoding="utf-8"))
    assert list(stored["cells"][0]["outputs"][0]["data"]) == ["text/plain"]
    assert "widgets" not in stored["metadata"]
    assert stored["cells"][1]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert printed(root / "lessons/09_tiny.ipynb").startswith("False module://matplotlib_inline")


def test_each_section_opens_a_slide_and_instructors_cells_are_the_notes(root, unexecuted):
    text = TINY + "\n## A section\n\nSome words.\n\n### A part\n\n```\n# no heading\n```\n\n" + one_cell("1")
    build(with_source(root, f"{text}\n*Figure 1. What to see.*\n"))
    stored = json.loads((root / "solutions/09_tiny.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = [("".join(cell["source"])[:12], cell["metadata"]["slideshow"]["slide_type"]) for cell in stored]
    assert shown == [
        ("# A tiny les", "slide"),
        ("Ask them wha", "notes"),
        ("Add the numb", "subslide"),
        ("def add(a, b", "-"),
        ("try:\n    pri", "-"),
        ("## A section", "slide"),
        ("### A part\n\n", "subslide"),
        ("1", "-"),
        ("*Figure 1. W", "-"),
    ]


# Cells 16 and 19 of lesson 16 as they stood until 572d631: two runs of Muon's that swing.
HOVERING = [
    "explore(muon_step, lr=0.1)",
    """layer = matrix_bowl()
for name, lr in (("constant 0.3", 0.3), ("constant 0.03", 0.03), ("falling from 0.3", schedules.cosine(0.3, total=200))):
    loss = run(step, layer, steps=200, lr=lr, momentum=0.5).loss
    print(f"{name:17} loss {loss[0]:.1f} -> {loss[-1]:.1g}")""",
]
BEFORE_THEM = """from optcourse import RULES, explore, mine, run, schedules
from optcourse.problems import matrix_bowl


def muon_step(theta, grad, state, *, lr, momentum, weight_decay):
    raise NotImplementedError


step = mine("muon")"""


@pytest.mark.rounding
def test_outputs_that_rounding_changes_stop_the_build_and_both_are_shown(tmp_path):
    root = with_source(tmp_path, "\n".join(map(one_cell, [BEFORE_THEM, *HOVERING])))
    with pytest.raises(BuildError) as caught:
        build(root)
    message = str(caught.value)
    assert "lessons/09_tiny.ipynb shows what another processor would not" in message
    assert "cell 1:" not in message
    assert "cell 2:" in message
    assert "cell 3:" in message
    assert "line 3 of its output: falling from 0.3  loss 23.8 -> " in message
    assert "moved: falling from 0.3" in message
    assert not (root / "lessons/09_tiny.ipynb").exists()


@pytest.mark.rounding
def test_times_are_not_compared_and_stored_notebooks_are_held_to_it_by_name(tmp_path):
    steady = """from optcourse import run
print(f"{run('gd', 'quadratic', steps=20, lr=0.1).loss[-1]:.3g}")"""
    times = one_cell("import time\nprint(time.time_ns())", ":tags: [nbval-ignore-output]")
    root = with_source(tmp_path, one_cell(steady) + "\n" + times)
    build(root)
    with_source(root, one_cell("1"), "10_other.md")
    looked_at = []
    assert check_rounding(root, ["09"], looked_at.append) == []
    assert looked_at == ["lessons/09_tiny.ipynb", "solutions/09_tiny.ipynb"]
    path = root / "lessons/09_tiny.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace(":.3g", ":.17g"), encoding="utf-8")
    (found,) = check_rounding(root, ["09"])
    assert "cell 1:" in found


@pytest.mark.rounding
def test_a_cell_that_fails_only_where_results_are_moved_is_named(tmp_path):
    code = "from optcourse.problems import quadratic\nassert quadratic().grad(quadratic().start)[0] == -4"
    with pytest.raises(BuildError, match=r"cell 1 \(with results moved by rounding, seed 1\) fails"):
        build(with_source(tmp_path, one_cell(code)))
