"""What only Jupyter understands is left out of a cell or a script; all else is Python's as it was."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.checking.magics import parse, without_magics

STEP = "def step(theta):\n    return theta\n"

# The magic's lines, and how many of them are left out.
MAGICS = {
    "a line magic": ("%matplotlib inline\n", 1),
    "a system command": ("!pip install 'x'\n", 1),
    "one with an odd quote": ("!echo it's\n", 1),
    "one with an odd bracket": ("!echo (\n", 1),
    "a long command": ("!pip install \\\n    numpy \\\n    scipy\n", 1),
    "help before": ("?np.linalg\n", 1),
    "help behind": ("np.linalg.norm??\n", 1),
    "an assignment": ("files = !ls\nwhere = %pwd\n", 2),
    "in a block": ("if True:\n    !ls\n", 1),
    "a cell's magic": ("%%time\n", 1),
    "a timed statement": ("%time best = [1,\n    2]\n", 0),
    "several": ('"""Made by Colab"""\n!pip list\n%cd x\n', 2),
}


@pytest.mark.parametrize("is_cell", [True, False])
@pytest.mark.parametrize("magic", MAGICS)
def test_a_magic_costs_nothing_and_the_lines_keep_their_numbers(magic: str, is_cell: bool) -> None:
    text, count = MAGICS[magic]
    for source in (text + STEP, text.replace("\n", "\r\n") + STEP):
        found = parse(source, "hw", is_cell)
        last = found.tree.body[-1]
        assert isinstance(last, ast.FunctionDef)
        assert last.lineno == text.count("\n") + 1
        assert len(found.left_out) == count


# Beside a magic: lines that look like one, and are none where they stand.
NO_MAGICS = (
    '"""Is it\n?so\n%d or\n!that\n"""\n',
    "x = (7\n    %four\n)\n",
    "x = 7 \\\n    %four\n",
    "x = 1  # is it?\n",
    "# is it?\n",
    "x = ')'; y = (\"#\", '''\n!x\n''',\n    7\n    %four)\n",
    "x = 'it is?'\n",
    "x = 'run %time f()'\n",
    'x = "\\\\"; y = """\n%a \\"""\n!b\n"""\n',
    "x = [  # (\n    9\n    %four]\n",
)


@pytest.mark.parametrize("text", NO_MAGICS)
def test_what_only_looks_like_a_magic_stays(text: str) -> None:
    python, left_out = without_magics(f"%pwd\n{text}!ls\n", is_cell=False)
    assert python == f"\n{text}\n"
    assert len(left_out) == 2


def test_a_cell_that_another_program_reads_is_left_out_whole() -> None:
    found = parse("\n%%bash\nls -l | wc\n", "cell 1", is_cell=True)
    assert (found.tree.body, found.left_out) == ([], ("left out, as %%bash is not Python",))


def test_the_place_of_a_real_error_is_told_and_not_the_magics() -> None:
    with pytest.raises(SyntaxError) as error:
        parse("%pwd\nx = 1\ny = = 2\n", "hw1.py", is_cell=False)
    assert error.value.lineno == 3


@given(st.text(alphabet="ab=%!?'\"\\#()[]\n\r\f ", max_size=80), st.booleans())
def test_whatever_it_is_the_lines_keep_their_count(source: str, is_cell: bool) -> None:
    python, _ = without_magics(source, is_cell)
    assert python.count("\n") == source.replace("\r\n", "\n").replace("\r", "\n").count("\n")
