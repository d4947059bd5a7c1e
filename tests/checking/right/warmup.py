"""Right ways to write descent with warm-up and cosine.

theta - lr_t grad, with lr_t = lr t / W up to t = W, then lr (1 + cos(pi (t - 1 - W) / (T - W))) / 2, then 0.
"""

import math
from typing import NamedTuple

import numpy as np


def warmup_plain(theta, grad, state, *, lr, warmup_steps, total_steps):
    (t,) = state
    t = t + 1
    if t <= warmup_steps:
        lr_t = lr * t / warmup_steps
    elif t <= total_steps:
        lr_t = lr * (1 + math.cos(math.pi * (t - 1 - warmup_steps) / (total_steps - warmup_steps))) / 2
    else:
        lr_t = 0.0
    return theta - lr_t * grad, (t,)


def warmup_smaller_of_two(theta, grad, state, lr, warmup_steps, total_steps):
    t = state[0] + 1
    done = min(max((t - 1 - warmup_steps) / (total_steps - warmup_steps), 0.0), 1.0)
    factor = min(t / warmup_steps, 0.5 + 0.5 * math.cos(math.pi * float(done)))
    return theta - lr * factor * grad, [t]


def warmup_squared_cosine(theta, grad, state, *, lr, warmup_steps, total_steps):
    (t,) = state
    t += 1
    left = min(1.0, max(0.0, float((total_steps - t + 1) / (total_steps - warmup_steps))))
    return theta - lr * min(t / warmup_steps, math.sin(math.pi / 2 * left) ** 2) * grad, (t,)


def warmup_from_a_list(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = int(state[0]) + 1
    rising = [k / warmup_steps for k in range(1, math.floor(warmup_steps) + 1)]
    falling = [
        (1 + math.cos(math.pi * float(k - 1 - warmup_steps) / float(total_steps - warmup_steps))) / 2
        for k in range(len(rising) + 1, math.ceil(total_steps + 1))
    ]
    factors = rising + falling
    return theta - lr * (factors[t - 1] if t <= len(factors) else 0.0) * grad, (t,)


def warmup_np_where(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = state[0] + 1
    progress = np.minimum(1.0, (t - 1 - warmup_steps) / (total_steps - warmup_steps))
    wave = 0.5 * (1.0 + np.cos(np.pi * progress))
    factor = np.where(t <= warmup_steps, t / warmup_steps, wave)
    return theta - (lr * factor * grad).astype(theta.dtype), (t,)


def warmup_moves_in_place_on_a_copy(theta, grad, state, *, lr, warmup_steps, total_steps):
    moved, t = theta.copy(), state[0] + 1.0
    rate = lr * min(1.0, t / warmup_steps)
    if t > warmup_steps:
        angle = math.pi * min(1.0, float((t - warmup_steps - 1.0) / (total_steps - warmup_steps)))
        rate = rate * (1.0 + math.cos(angle)) / 2.0
    moved -= rate * grad
    return moved, (t,)


class _Count(NamedTuple):
    steps: int


def warmup_named_state_and_hypers_by_name(theta, grad, state, **hypers):
    count = _Count(_Count(*state).steps + 1)
    first, last = hypers["warmup_steps"], hypers["total_steps"]
    xs = [0.0, float(first)]
    if count.steps <= first:
        factor = float(np.interp(count.steps, xs, [0.0, 1.0]))
    else:
        turned = np.interp(count.steps, [float(first) + 1, float(last) + 1], [0.0, np.pi])
        factor = float(1 + np.cos(turned)) / 2
    return np.subtract(theta, hypers["lr"] * factor * grad), count


def _rising(t, warmup_steps):
    return t / warmup_steps


def _falling(t, warmup_steps, total_steps):
    progress = float(t - 1 - warmup_steps) / float(total_steps - warmup_steps)
    return 0.0 if progress >= 1 else math.cos(math.pi * progress / 2) ** 2


def warmup_helper_functions(theta, grad, state, *, lr, warmup_steps, total_steps):
    t = state[0] + 1
    factor = _rising(t, warmup_steps) if t <= warmup_steps else _falling(t, warmup_steps, total_steps)
    return theta - lr * factor * grad, (t,)


def warmup_coordinate_by_coordinate(theta, grad, state, *, lr, warmup_steps, total_steps):
    t, new = state[0] + 1, np.empty_like(theta)
    rate = float(lr) * min(t / float(warmup_steps), 1.0)
    if t > warmup_steps:
        share = min(1.0, (t - 1 - float(warmup_steps)) / (float(total_steps) - float(warmup_steps)))
        rate *= 0.5 * (1.0 - math.cos(math.pi * (1.0 - share)))
    for index in np.ndindex(theta.shape):
        new[index] = float(theta[index]) - rate * float(grad[index])
    return new, (t,)
