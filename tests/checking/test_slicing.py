"""What of a notebook a function needs: a table of files, and what may be left out of each."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optcourse.checking.slicing import Slicer, Statement, is_stub, statements_of, without_stubs

F = "def f(x):\n    return x"

# What stands before f, f, what stands after; the lines that are needed, and those that may bear on it besides.
CASES = {
    "an import": (["import numpy as np", "def f(x):\n    return np.sum(x)", "y = np.ones(3)"], {0, 1}, set()),
    "a helper": (["def g(x): return x", "def f(x): return g(x)", "g(1)"], {0, 1}, set()),
    "a helper below": (["def f(x): return g(x)", "def g(x): return x"], {0, 1}, set()),
    "a constant of a constant": (["a = 1", "b = a + 1", "c = 2", "def f(x): return b"], {0, 1, 3}, set()),
    "a default": (["a = 1", "def f(x, y=a): return y"], {0, 1}, set()),
    "a decorator": (["def d(g): return g", "@d\ndef f(x): return x"], {0, 1}, set()),
    "an annotation": (["class T: pass", "def f(x: T): return x"], {0, 1}, set()),
    "a base class": (["class A: pass", "class B(A): pass", "def f(x): return B()"], {0, 1, 2}, set()),
    "a name of its own": (["x = slow()", "def f(x):\n    y = x\n    return y", "y = slow()"], {1}, set()),
    "a comprehension's own": (["k = slow()", "def f(x): return [k for k in x]"], {1}, set()),
    "a closure's own": (["k = slow()", "def f(x):\n    k = 1\n    def g(): return k\n    return g()"], {1}, set()),
    "what is bound again": (["a = slow()", "a = 1", "def f(x): return a"], {1, 2}, set()),
    "what it was where it was used": (["a = 1", "b = a", "a = slow()", "def f(x): return b"], {0, 1, 3}, set()),
    "what a function found when it was called": (
        ["n = 1", "def g(): return n", "b = g()", "n = slow()", "def f(x): return b"], {0, 1, 2, 4}, set()),
    "x += 1": (["a = 1", "a += 1", "def f(x): return a"], {0, 1, 2}, set()),
    "an if": (["a = 1", "if a:\n    b = 2", "def f(x): return b"], {0, 1, 2}, set()),
    "a try": (["try:\n    import q\nexcept ImportError:\n    q = 1", "def f(x): return q"], {0, 1}, set()),
    "an update": (["c = {}", "c.update(a=1)", "def f(x): return c"], {0, 1, 2}, set()),
    "a key": (["c = {}", "c['a'] = 1", "def f(x): return c", "c['b'] = 2"], {0, 1, 2, 3}, set()),
    "an attribute of itself": ([F, "f.calls = 0"], {0, 1}, set()),
    "an attribute of a module": (["import numpy as np", "np.float = float", "def f(x): return np.float(x)"], {0, 1, 2}, set()),
    "a change before it was made": (["c = []", "c.append(1)", "c = []", "def f(x): return c"], {2, 3}, {0, 1}),
    "a function that fills": (
        ["t = {}", "def fill():\n    t[0] = 1", "fill()", "def f(x): return t"], {0, 1, 2, 3}, set()),
    "a function with a global": (
        ["def setup():\n    global a\n    a = 1", "setup()", "def f(x): return a"], {0, 1, 2}, set()),
    "a registry": (
        ["r = []", "def add(g):\n    r.append(g)\n    return g", "@add\ndef g(): pass", "def f(x): return r"], {0, 1, 2, 3}, set()),
    "a cache that f fills itself": (
        ["c = {}", "def f(x):\n    c[0] = x\n    return x", "for i in range(9): f(i)"], {0, 1}, set()),
    "calls of it": ([F, "for i in range(9):\n    f(i)", "y = f(1)", "print(f(2))"], {0}, set()),
    "a star": (["from math import *", "def f(x): return sqrt(x)", "z = slow()"], {0, 1}, set()),
    "a value that is only looked at": (["c = {'a': 1}", "print(c)", "for i in range(9): g(**c)", "def f(x): return c"],
        {0, 3}, {1, 2}),
    "another name for a list": (["c = []", "d = c", "d.append(1)", "def f(x): return c"], {0, 3}, {1, 2}),
    "a setting": (["import numpy as np", "np.seterr(all='raise')", "def f(x): return np.sum(x)"], {0, 2}, {1}),
    "a text that is run": ([F, "exec('a = 1')", "z = 1", "z = slow()"], {0}, {1, 2}),
    "a function that looks anywhere": (["a = 1", "z = slow()", "def f(x): return globals()['a']"], {2}, {0, 1}),
    "what is shown": (["from optcourse import check", F, "report = check(f)", "report", "check(f).score"], {1}, set()),
    "a number that is handed on": (["a = 0.1", "def f(x): return a * x", "for i in range(9): g(a)"], {0, 1}, set()),
    "not there": (["def g(x): return x", "z = slow()"], set(), set()),
}  # fmt: skip


def slicer(*texts: str) -> Slicer:
    return Slicer([one for text in texts for one in statements_of("cell", ast.parse(text).body)])


@pytest.mark.parametrize("case", CASES)
def test_what_a_function_needs_is_found_and_nothing_else(case: str) -> None:
    texts, needed, besides = CASES[case]
    found = slicer(*texts)
    assert found.needed("f") == needed
    assert found.touched("f") == needed | besides


@given(st.data())
def test_the_slice_of_a_program_gives_what_the_program_gives(draw: st.DataObject) -> None:
    """Assignments, changes, loops and functions at random: what the slice makes of f is what all make of it."""
    names = st.sampled_from(["a", "b", "c"])
    lines = st.one_of(
        st.builds("{} = [{} + 1]".format, names, st.integers(0, 9)),
        st.builds("{} = list({})".format, names, names),
        st.builds("{}.append({})".format, names, st.integers(0, 9)),
        st.builds("{}[0] = {}".format, names, st.integers(0, 9)),
        st.builds("{} += [{}]".format, names, st.integers(0, 9)),
        st.builds("for i in range(2):\n    {} = {} + [i]".format, names, names),
        st.builds("def g(): return {} + [1]".format, names),
        st.builds("{} = g()".format, names),
        st.builds("def fill(): {}.append(7)".format, names),
        st.just("fill()"),
    )
    texts = ["a, b, c = [0], [1], [2]", "def g(): return [5]", "def fill(): pass"]
    texts += draw.draw(st.lists(lines, max_size=12))
    texts.append(f"def f(): return {draw.draw(names)} + g()")
    whole = slicer(*texts)
    assert result(whole, whole.needed("f")) == result(whole, frozenset(range(len(whole.statements))))


def result(program: Slicer, places: frozenset[int]) -> object:
    namespace: dict[str, object] = {}
    for place in sorted(places):
        exec(compile(ast.Module([program.statements[place].node], []), "x", "exec"), namespace)
    return eval("f()", namespace)


@pytest.mark.parametrize(("text", "stub"), [
    ("def f(x):\n    raise NotImplementedError", True),
    ("def f(x):\n    '''Says.'''\n    # YOUR CODE HERE\n    raise NotImplementedError()", True),
    ("def f(x):\n    if x:\n        raise NotImplementedError\n    return x", False),
    ("def f(x):\n    raise ValueError", False),
    ("raise NotImplementedError", False),
])  # fmt: skip
def test_a_stub_is_a_function_that_does_nothing_but_say_so(text: str, stub: bool) -> None:
    assert is_stub(ast.parse(text).body[0]) == stub


def test_a_stub_counts_only_where_its_function_is_nowhere_written() -> None:
    stub, written = "def f(x):\n    raise NotImplementedError", "def f(x):\n    return x"
    statements = [Statement("", ast.parse(text).body[0]) for text in (stub, written, stub)]
    assert without_stubs(statements) == ([statements[1]], [statements[0], statements[2]])
    assert without_stubs(statements[:1]) == (statements[:1], [])


@pytest.mark.parametrize(("test", "guarded"), [
    ("__name__ == '__main__'", True), ("'__main__' == __name__", True),
    ("__name__ == 'x'", False), ("__name__ != '__main__'", False), ("name == '__main__'", False),
])  # fmt: skip
def test_what_stands_under_the_guard_is_known_by_it(test: str, guarded: bool) -> None:
    found = list(statements_of("", ast.parse(f"if {test}:\n    a = 1\n    b = 2\nelse:\n    c = 3").body))
    assert [one.guarded for one in found] == ([True, True, False] if guarded else [False])
