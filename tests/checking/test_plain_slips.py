"""Each plain slip in several spellings: what is said is true, is the one thing to change, and is in a file alike."""

import linecache
import textwrap

import pytest
from typer.testing import CliRunner

from optcourse.checking import check
from optcourse.cli import app

TAKE_OUT = "state is a tuple, and its parts have to be taken out of it first: (v,) = state"
NO_DICTIONARY = "as a tuple, not as a dictionary or an object: (v,) = state"
END = "let it end with: return theta, (v,)"
NEW = "v = beta * state[0] + lr * grad"

# The body of a momentum step, and words that are said of it.
BODIES = [
    ("v = np.array(state)\nv = beta * v + lr * grad\nreturn theta - v, (v,)", TAKE_OUT),
    ("v = np.asarray(state) * beta + lr * grad\nreturn theta - v, v", TAKE_OUT),
    ("v = state\nv = np.multiply(beta, v) + lr * grad\nreturn theta - v, (v,)", TAKE_OUT),
    ("v = -state\nreturn theta - v, (v,)", TAKE_OUT),
    ("v = state + lr * grad\nreturn theta - v, (v,)", TAKE_OUT),
    ("v = state + (lr * grad)\nv = beta * v\nreturn theta - v, v", TAKE_OUT),
    (f"{NEW}\nstate[0] = v\nreturn theta - v, state", "a tuple is not changed but made anew: begin with (v,) = state"),
    ("if 'v' not in state:\n    state = {'v': 0}\nreturn theta, state", NO_DICTIONARY),
    ("v = state.setdefault('v', 0)\nreturn theta - v, state", NO_DICTIONARY),
    ("state.v = beta * state.v + lr * grad\nreturn theta - state.v, state", NO_DICTIONARY),
    ("v = [beta * state[0] + lr * grad]\nreturn theta - v, v", "the square brackets in v = [...] make a list of it"),
    ("(v,) = state\nv = beta * v + lr * grad,\nreturn theta - v, v", "the comma at the end of v = ..., makes a tuple"),
    (f"{NEW}\ntheta = theta - v,\nreturn theta, (v,)", "the comma at the end of theta = ..., makes a tuple"),
    (f"{NEW}\nprint(theta - v, (v,))", "print shows a result to you alone: return hands it back"),
    (f"{NEW}\nreturn print(theta - v, (v,))", "print shows a result to you alone: return hands it back"),
    (f"{NEW}\nif np.all(v > 9):\n    return theta - v, (v,)", "it has a return, but not on every way through it"),
    (f"def move():\n    {NEW}\n    return theta - v, (v,)", "it makes the function move and does not call it"),
    (f"def move():\n    {NEW}\n    return theta - v, (v,)\nreturn move", "return what the inner function gives"),
    (f"{NEW}\nreturn theta - v, None", "its state is None"),
    (f"{NEW}\nyield theta - v, (v,)", "yield makes a generator of a function: write return"),
    (f"{NEW}\nreturn theta - v, zip([v])", "what is made one by one is no array and no tuple yet"),
    (f"{NEW}\nreturn (theta - v).tolist(), (v,)", "np.array(...) makes an array of a list"),
    (f"{NEW}\nreturn np.asmatrix(theta) - v, (v,)", "np.matrix has two dimensions whatever goes in"),
    (f"v = float({NEW[4:]})\nreturn theta - v, (v,)", "leave float() and int() out"),
    ("v = beta * state[0] + lr * grad(theta)\nreturn theta - v, (v,)", "write grad, not grad(theta)"),
    ("(v,) = state\nv[:] = beta * v + lr * grad\nreturn theta - v, (v,)", "a single number has no [:]"),
    ("v = state[0]\nv *= beta\nv += lr * grad\nreturn theta - v, (v,)", "write v = v - ... instead of v -= ..."),
    (f"new = theta\n{NEW}\nnew -= v\nreturn new, (v,)", "write theta = theta - ... instead of theta -= ..."),
    ("grad *= lr\nv = beta * state[0] + grad\nreturn theta - v, (v,)", "write grad = grad - ..."),
    (f"{NEW}\nreturn (theta - v).astype('float32'), (v,)", "leave float32 out: it cuts digits off"),
    ("v = beta * state[0] + lr * grad.astype(np.float32)\nreturn theta - v, (v,)", "leave float32 out"),
    (f"v = np.round({NEW[4:]}, 6)\nreturn theta - v, (v,)", "leave round out: it cuts digits off"),
    (f"{NEW}\nreturn theta - v, {{v}}", "an array can't be in a set"),
    (f"assert theta.shape == (2,)\n{NEW}\nreturn theta - v, (v,)", "an assert of yours does not hold"),
    ("theta.data = theta - lr * grad\nreturn theta, state", "numpy arrays, no tensors"),
    ("v = np.zeros(len(theta))\nfor i in range(len(theta)):\n    v[i] = beta * state[0][i] + lr * grad[i]\n"
     "return theta - v, (v,)", "write no loop over its coordinates"),
    ("v = beta * state[0] + lr * grad[0]\nreturn theta - v, (v,)", "Besides: for a single number it raised IndexError"),
]  # fmt: skip

# A whole file, and words that are said of its momentum step.
FILES = [
    ("async def momentum_step(theta, grad, state, *, lr, beta):\n    return theta, state",
     "write def, not async def"),
    ("def momentum_step(grad, theta, state, *, lr, beta):\n    v = beta * state[0] + lr * grad\n"
     "    return theta - v, (v,)", "it takes its arguments in the order (grad, theta, state). Called so, it is right"),
    ("def momentum_step(w, memory, dw, *, lr, beta):\n    (v,) = memory\n    v = beta * v + lr * dw\n"
     "    return w - v, (v,)", "it takes its arguments in the order (theta, state, grad). Called so, it is right"),
    ("def momentum_step(*, theta, grad, state, lr, beta):\n    return theta, state",
     "theta, grad and state come by position: let the * stand after them"),
    ("def momentum_step(lr, beta, theta, grad, state):\n    return theta, state",
     "theta, grad and state come first, the hypers after them"),
    ("def momentum_step(theta, grad, state, lr, /, beta):\n    return theta, state", "lr comes by name"),
    ("def momentum_step(theta, grad, state, *, LR, beta):\n    return theta, state", "LR is called lr here"),
    ("def momentum_step(theta, grad, state, *, lr, beta, nesterov):\n    return theta, state",
     "nothing is given for nesterov: leave it out"),
    ("def momentum_step(theta, X, y, state, *, lr, beta):\n    return theta, state",
     "the gradient comes in as grad, the second argument: a step does not compute it"),
    ("def momentum_step(w, dw, v, *, lr, beta):\n    return w - v, v", TAKE_OUT),
    ("def momentum_step(theta, grad, state, **hypers):\n    v = beta * state[0]\n    return theta - v, (v,)",
     "beta has to stand in the first line"),
    ("def momentum_step(theta, grad, state, **h):\n    v = h['momentum'] * state[0]\n    return theta - v, (v,)",
     "momentum is called beta here"),
    ("def momentum_step(theta, grad, v, *, lr, beta):\n    v = beta * state[0]\n    return theta - v, (v,)",
     "state is called otherwise in your first line"),
    ("def momentum_step(lr=0.1, beta=0.9):\n    def step(theta, grad, state):\n        return theta, state\n"
     "    return step", "it makes a step and is none: hand over what it returns"),
    ("def logged(f):\n    def around(*args, **hypers):\n        f(*args, **hypers)\n"
     "    around.__name__ = f.__name__\n    return around\n@logged\n"
     "def momentum_step(theta, grad, state, *, lr, beta):\n    return theta, state",
     "what your decorator puts around the function has to return what that returns"),
    ("import functools\n@functools.lru_cache\ndef momentum_step(theta, grad, state, *, lr, beta):\n"
     "    return theta, state", "go through a cache such as lru_cache"),
    ("class Momentum:\n    def __init__(self, lr=0.1):\n        self.v = 0\n    def step(self, theta, grad):\n"
     "        return theta - self.v", "outside any class: what an object would keep in self is the state"),
    ("class Steps:\n    v = 0\n    def __call__(self, theta, grad):\n        return theta - self.v\n"
     "momentum = Steps()", "This is an object of the class Steps"),
    ("import itertools\ncount = itertools.count(1)\ndef momentum_step(theta, grad, state, *, lr, beta):\n"
     "    v = beta * state[0] + lr * grad / next(count)\n    return theta - v, (v,)", "in the global count"),
    ("def made():\n    memory = [0]\n    def momentum_step(theta, grad, state, *, lr, beta):\n"
     "        memory[0] = beta * memory[0] + lr * grad\n        return theta - memory[0], (memory[0],)\n"
     "    return momentum_step\nmomentum_step = made()", "in memory of the function around it"),
]  # fmt: skip

# What may look like a slip and is right.
RIGHT = [
    "import functools\ndef move(theta, grad, state, *, nothing, lr, beta):\n    v = beta * state[0] + lr * grad\n"
    "    return theta - v, (v,)\nmomentum_step = functools.partial(move, nothing=0)",
    "momentum_step = lambda theta, grad, state, *, lr, beta: (theta - (v := beta * state[0] + lr * grad), (v,))",
    "def momentum_step(theta, grad, state, lr, beta):\n    v = beta * state[0] + lr * grad\n    return [theta - v, [v]]",
    "def momentum_step(w: 'array', g: 'array', s: tuple, /, *, lr: float, beta: float):\n    [v] = s\n"
    "    v = beta * v + lr * g\n    return w - v, (v,)",
    "def momentum_step(*args, **hypers):\n    w, g, (v,) = args\n    v = hypers['beta'] * v + hypers['lr'] * g\n"
    "    return w - v, (v,)",
    "class Momentum:\n    @staticmethod\n    def step(theta, grad, state, *, lr, beta):\n"
    "        v = beta * state[0] + lr * grad\n        return theta - v, (v,)\nmomentum_step = Momentum.step",
    "import functools\ndef logged(f):\n    @functools.wraps(f)\n    def around(*args, **hypers):\n"
    "        return f(*args, **hypers)\n    return around\n@logged\n"
    "def momentum_step(theta, grad, state, *, lr, beta):\n    v = beta * state[0] + lr * grad\n    return theta - v, (v,)",
]  # fmt: skip


def whole(body: str) -> str:
    return f"import numpy as np\ndef momentum_step(theta, grad, state, *, lr, beta):\n{textwrap.indent(body, '    ')}"


def in_a_cell(source: str) -> str:
    """What `check` says of the function that a notebook's cell defines."""
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    names = {"__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), names)
    handed = next(names[name] for name in ("momentum_step", "momentum", "Momentum") if name in names)
    return str(check(handed, "momentum"))


def in_a_terminal(source: str, folder) -> tuple[int, str]:
    """What `optcourse check` says of a file, and its exit code."""
    file = folder / "mine.py"
    file.write_text(source, encoding="utf-8")
    result = CliRunner().invoke(app, ["check", str(file)])
    return result.exit_code, result.stdout


CASES = [*((whole(body), words) for body, words in BODIES), *FILES]


@pytest.mark.parametrize(("source", "words"), CASES, ids=[words[:40] for _, words in CASES])
def test_a_plain_slip_gets_plain_words_in_a_cell_and_in_a_terminal(source, words, tmp_path):
    assert words in in_a_cell(source)
    code, said = in_a_terminal(source, tmp_path)
    assert code == 1
    assert words in said


@pytest.mark.parametrize("source", RIGHT)
def test_an_odd_spelling_that_is_right_is_called_right(source, tmp_path):
    assert "is correct" in in_a_cell(source)
    code, said = in_a_terminal(source, tmp_path)
    assert (code, "is correct" in said) == (0, True), said


@pytest.mark.parametrize("names", ["v, m, t", "t, m, v", "m, t, v"])
@pytest.mark.parametrize("back", [True, False])
def test_a_state_in_another_order_is_told_to_be_so(names, back):
    source = f"""
        import numpy as np
        def adam_step(theta, grad, state, *, lr, beta1, beta2, eps):
            {names} = state
            t = t + 1
            m = beta1 * m + (1 - beta1) * grad
            v = beta2 * v + (1 - beta2) * grad**2
            step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
            return theta - lr * step, ({names if back else "m, v, t"})
    """
    source = textwrap.dedent(source)
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    space = {}
    exec(compile(source, "<cell>", "exec"), space)
    report = check(space["adam_step"])
    assert f"in the order ({names})" in report.message
    assert "the state is (m, v, t), in this order" in str(report)
    assert not report.mistakes
