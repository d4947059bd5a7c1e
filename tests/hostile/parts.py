"""What the rows are made of: right functions as text, and how hostile text is put into them."""

import textwrap

HEAD = "import numpy as np\n"
GD = """
def gd_step(theta, grad, state, *, lr=0.01):
    return theta - lr * grad, ()
"""
SIGNATURE = "def adam_step(theta, grad, state, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):\n"
RIGHT = """
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
"""
RETURN = "    return theta, (m, v, t)\n"
ADAM = HEAD + SIGNATURE + RIGHT + RETURN


def at_import(text: str) -> str:
    """Right functions, and this before them."""
    return GD + textwrap.dedent(text) + "\n" + ADAM


def in_step(text: str, before: str = "") -> str:
    """Right functions, with this at the begin of adam_step and that before it."""
    return (
        GD
        + HEAD
        + textwrap.dedent(before)
        + "\n"
        + SIGNATURE
        + textwrap.indent(textwrap.dedent(text), "    ")
        + "\n"
        + RIGHT
        + RETURN
    )


def returning(text: str, before: str = "") -> str:
    """Right functions, but adam_step returns this."""
    return GD + HEAD + textwrap.dedent(before) + "\n" + SIGNATURE + RIGHT + f"    return {text}\n"
