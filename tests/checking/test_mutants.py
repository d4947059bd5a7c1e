"""Every mutant of a rule that is another function is caught; those that are not are known one by one."""

from collections.abc import Mapping

import pytest

from optcourse.checking.naming import task_of
from tests.checking.mutants import mutants
from tests.checking.tally import TASKS, reason, tally

# Mutants that are the same function for a reason that their change alone does not show; reviewed by hand.
# A Newton-Schulz step is odd in x and needs only one of the products x x' and x' x: transposing saves work.
TRANSPOSED = "the transpose is taken, or not, at the start and at the end alike"
NOT_EMPTY = "a matrix that is not empty has at least one column"
CLIPPED = "progress = np.clip(progress, 0, 1).astype(theta.dtype)"
REVIEWED: Mapping[str, Mapping[str, str]] = {
    "sgd_grad": {"residual = theta @ x - y": "the product of two vectors, in either order"},
    "minibatch_grad": {
        "return residual @ x / len(x)": "x has as many rows as y",
        "return residual @ x / len(residual)": "the residual is as long as y",
    },
    "amsgrad_step": {
        "v_max = np.maximum(v_max, v); m_hat = m / (1 - beta1 ** t)": "a maximum taken twice is the maximum",
    },
    "warmup_step": {
        CLIPPED + "; fall = (1 + np.cos(np.pi * progress)) / 2": "what is held between 0 and 1 twice",
        "progress = (np.abs(t - 1) - warmup_steps) / (total_steps - warmup_steps)": "t is 1 at least",
        "progress = (t - 1 - warmup_steps) / np.abs(total_steps - warmup_steps)": "the warm-up is the shorter",
        "progress = np.abs(np.clip(progress, 0, 1).astype(theta.dtype))": "what is clipped is 0 at least",
        "progress = np.abs(np.clip(progress, 0, 1)).astype(theta.dtype)": "what is clipped is 0 at least",
        "progress = np.clip(progress, 0, 1).astype(grad.dtype)": "the gradient has theta's dtype",
        "progress = np.clip(progress, 0.0, 1).astype(theta.dtype)": "0.0 is 0",
        "fall = np.abs((1 + np.cos(np.pi * progress)) / 2)": "a cosine is -1 at least",
        "fall = np.abs(1 + np.cos(np.pi * progress)) / 2": "a cosine is -1 at least",
        "fall = (1 + np.cos(np.abs(np.pi * progress))) / 2": "the cosine is even",
        "fall = (1 + np.cos(np.pi * -progress)) / 2": "the cosine is even",
    },
    "lion_step": {
        "theta = theta - lr * (np.sign(u) + weight_decay * theta)": "the sign of a sign",
        "u = np.sign(np.sign(beta1 * m + (1 - beta1) * grad))": "the sign of a sign",
    },
    "muon_step": {
        "tall = x.shape[0] < x.shape[1]": TRANSPOSED,
        "tall = x.shape[0] <= x.shape[1]": TRANSPOSED,
        "tall = x.shape[0] >= x.shape[1]": TRANSPOSED,
        "tall = x.shape[0] == x.shape[1]": TRANSPOSED,
        "tall = x.shape[0] != x.shape[1]": TRANSPOSED,
        "tall = x.shape[1] > x.shape[1]": TRANSPOSED,
        "tall = x.shape[-1] > x.shape[1]": TRANSPOSED,
        "tall = x.shape[0] > x.shape[0]": TRANSPOSED,
        "tall = x.shape[0] > x.shape[-1]": "the last of two is the second",
        "x = a * x + (b * gram + gram @ (c * gram)) @ x": "a number may be multiplied in anywhere",
        "rows, columns = shape_of(grad)": "the gradient has theta's shape",
        "rows, columns = shape_of(m)": "m has theta's shape",
        "factor = max(1, rows / columns) ** 0.5": NOT_EMPTY,
        "factor = max(1, rows / max(0, columns)) ** 0.5": NOT_EMPTY,
        "factor = max(1, rows / max(-1, columns)) ** 0.5": NOT_EMPTY,
    },
}


@pytest.mark.parametrize("name", TASKS)
def test_every_mutant_that_is_another_function_is_caught(name):
    missed = tally(name).missed
    assert not missed, "\n".join(map(str, missed))


@pytest.mark.parametrize("name", TASKS)
def test_no_mutant_that_is_the_same_function_fails(name):
    accused = tally(name).accused
    assert not accused, "\n".join(map(str, accused))


@pytest.mark.parametrize("name", TASKS)
def test_each_mutant_that_no_point_tells_from_the_rule_is_the_same_function_for_a_known_reason(name):
    known = REVIEWED.get(name, {})
    unknown = [
        one
        for one in tally(name).equivalent
        if not reason(task_of(name)[0], one) and one.becomes not in known
    ]
    assert not unknown, "\n".join(f"[{one.kind}] {one}" for one in unknown)
    assert set(known) <= {one.becomes for one in tally(name).equivalent}


@pytest.mark.parametrize("name", TASKS)
def test_the_mutants_are_many_and_compared_on_many_points(name):
    found = tally(name)
    adaptive = {"m", "v", "G", "z"} & set(task_of(name)[0].state_fields)
    assert len(found.caught) + len(found.missed) >= (100 if adaptive else 40)
    assert found.points >= 5000


def test_a_mutant_has_one_change():
    source = "def f(a, state, *, b=2):\n    c = a - b\n    d = np.sqrt(c)\n    return d"
    found = {mutant.becomes for mutant in mutants(source)}
    assert {"c = a + b", "c = b - a", "c = a", "c = a - 2", "d = c", "d = np.abs(c)"} <= found
    assert {"pass", "d = np.sqrt(b)", "d = np.sqrt(c); c = a - b"} <= found
    assert not any("state" in line for line in found)
