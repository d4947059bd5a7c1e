"""Steps that students hand in for a training task, as text: they only ever run in the sandbox."""

ADAM = """
import numpy as np

def my_step(theta, grad, state, *, lr=0.01, beta1=0.9, beta2=0.99, eps=1e-8):
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)
"""
GD = """
def my_step(theta, grad, state, *, lr=0.1):
    return theta - lr * grad, state
"""
STUB = '''
def my_step(theta, grad, state, *, lr=0.1):
    """A contract."""
    m, v, t = state
    # YOUR CODE HERE
    raise NotImplementedError
'''
# What is handed in -> the verdict of the digits task.
FAULTS = {
    "raises": (GD.replace("return", "if state[2] == 0: 1 / 0\n    return"), "RE"),
    "raises late": (GD.replace("state\n", "(*state[:2], state[2] + 1 + 0 // (20 - state[2]))\n"), "RE"),
    "another shape": (GD.replace("theta - lr * grad", "(theta - lr * grad)[:-1]"), "BF"),
    "a dict": (GD.replace(", state\n", ", {}\n"), "BF"),
    "two parts": (GD.replace(", state\n", ", state[:2]\n"), "BF"),
    "no function": (GD.replace("my_step", "our_step"), "NF"),
    "no Python": ("def my_step(:", "CE"),
    "endless": (GD.replace("return", "while True: pass\n    return"), "TLE"),
    "sleeps": ("import time\n" + GD.replace("return", "time.sleep(100)\n    return"), "ILE"),
    "exits": ("import os\n" + GD.replace("return", "os._exit(0)\n    return"), "CR"),
    "prints": (GD.replace("return", "print('x' * 10**7)\n    return"), "OLE"),
    "stub": (STUB, "NA"),
    "climbs": (GD.replace("theta - lr", "theta + lr"), "WA"),
    "overflows": (GD.replace("lr=0.1", "lr=1e300"), "WA"),
    "no number from the start": (GD.replace("lr=0.1", "lr=float('nan')"), "WA"),
    "asks for the rules": ("from optcourse.rules import RULES\nmy_step = RULES['adam'].step\n", "CE"),
    "looks for the data": (
        GD.replace("return", "from optcourse.problems.data import digits\n    digits()\n    return"),
        "CE",
    ),
}
# Everything that was learnt in one run helps in no other: each has a process of its own.
REMEMBERS = """
best = []

def my_step(theta, grad, state, *, lr=0.0):
    best.append(1)
    m, v, t = state
    if len(best) > t + 1:
        raise RuntimeError("this process has seen another run")
    return theta, (m, v, t + 1)
"""
