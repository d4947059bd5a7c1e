"""Right ways to write iRprop-; the state is (previous gradient, step size).

Where g g_prev > 0 the size grows by eta_plus, where it is < 0 it shrinks by eta_minus and g is taken as 0;
the size stays in [step_min, step_max]; theta = theta - sign(g) size.
"""

from typing import NamedTuple

import numpy as np


def rprop_plain(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
    previous, size = state
    turned = np.sign(grad) * np.sign(previous)
    factor = np.where(turned > 0, eta_plus, np.where(turned < 0, eta_minus, 1.0)).astype(theta.dtype)
    size = np.minimum(np.maximum(size * factor, step_min), step_max)
    grad = np.where(turned < 0, 0, grad)
    return theta - np.sign(grad) * size, (grad, size)


def rprop_masks_in_place_on_copies(theta, grad, state, lr, eta_minus, eta_plus, step_min, step_max):
    previous, size, slope, new = (np.array(one) for one in (*state, grad, theta))
    same = ((slope > 0) & (previous > 0)) | ((slope < 0) & (previous < 0))
    other = ((slope > 0) & (previous < 0)) | ((slope < 0) & (previous > 0))
    size[same] *= eta_plus
    size[other] *= eta_minus
    np.clip(size, step_min, step_max, out=size)
    slope[other] = 0
    new[slope > 0] -= size[slope > 0]
    new[slope < 0] += size[slope < 0]
    return new, [slope, size]


def rprop_three_cases_a_coordinate(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
    new, kept, size = theta.copy(), grad.copy(), np.array(state[1])
    for i in np.ndindex(theta.shape):
        before, now = state[0][i], grad[i]
        if (before > 0 and now > 0) or (before < 0 and now < 0):
            size[i] = size[i] * eta_plus
        elif (before > 0 and now < 0) or (before < 0 and now > 0):
            size[i] = size[i] * eta_minus
            kept[i] = 0.0
        size[i] = min(max(size[i], step_min), step_max)
        if kept[i] > 0:
            new[i] -= size[i]
        elif kept[i] < 0:
            new[i] += size[i]
    return new, (kept, size)


class _Memory(NamedTuple):
    slope: object
    size: object


def rprop_select_and_named_state(theta, grad, state, **hypers):
    old = _Memory(*state)
    ways = np.abs(np.sign(old.slope) + 3 * np.sign(grad))  # 4: kept its sign, 2: turned, else one is zero
    sizes = np.select(
        [ways == 4, ways == 2], [old.size * hypers["eta_plus"], old.size * hypers["eta_minus"]], old.size
    )
    sizes = np.clip(sizes, hypers["step_min"], hypers["step_max"])
    new = _Memory(np.select([ways == 2], [np.zeros_like(grad)], grad), sizes)
    return theta - np.copysign(new.size, new.slope) * (new.slope != 0), new


def rprop_powers_of_the_factors(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
    agree = (np.sign(grad) * np.sign(state[0])).astype(theta.dtype)
    grew, shrank = (abs(agree) + agree) / 2, (abs(agree) - agree) / 2
    size = np.clip(state[1] * eta_plus**grew * eta_minus**shrank, step_min, step_max)
    slope = grad * (1 - shrank)
    return theta - np.sign(slope) * size, (slope, size)


def rprop_into_its_own_buffers(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
    agree, size, slope = (np.empty_like(theta) for _ in range(3))
    np.multiply(np.sign(grad), np.sign(state[0]), out=agree)
    np.copyto(size, state[1])
    np.multiply(size, eta_plus, out=size, where=agree > 0)
    np.multiply(size, eta_minus, out=size, where=agree < 0)
    np.minimum(size, step_max, out=size)
    np.maximum(size, step_min, out=size)
    np.copyto(slope, grad)
    np.copyto(slope, 0, where=agree < 0)
    np.multiply(np.sign(slope, out=agree), size, out=agree)
    return np.subtract(theta, agree, out=agree), (slope, size)


def _resized(size, agree, eta_plus, eta_minus):
    larger, smaller = (agree == 1) * (eta_plus - 1), (agree == -1) * (1 - eta_minus)
    return size + size * np.asarray(larger - smaller).astype(size.dtype)


def _within(size, low, high):
    return np.fmin(np.fmax(size, low), high)


def rprop_helper_functions(theta, grad, state, *, lr, step_min, step_max, **factors):
    agree = np.sign(grad) * np.sign(state[0])
    size = _within(_resized(np.asarray(state[1]), agree, **factors), step_min, step_max)
    waits = np.asarray(agree >= 0).astype(theta.dtype)
    return theta - waits * np.sign(grad) * size, (grad * waits, size)


def rprop_table_of_factors(theta, grad, state, *, lr, eta_minus, eta_plus, step_min, step_max):
    """A sign of -1, 0 or 1 picks its factor from a table of three; -1 picks the last."""
    factors = np.array([1.0, eta_plus, eta_minus], dtype=theta.dtype)
    keeps = np.array([1.0, 1.0, 0.0], dtype=theta.dtype)
    agree = np.sign(grad).astype(int) * np.sign(state[0]).astype(int)
    size = (state[1] * factors[agree]).clip(step_min, step_max)
    slope = grad * keeps[agree]
    return theta + size * np.sign(-slope), [slope, size]
