"""Gradient descent with clipping: a gradient that is too long is shortened, its direction kept."""

from typing import Any

import numpy as np

from optcourse.arrays import Array, State
from optcourse.homework.scaled_move import MOVE, MOVE_MISTAKES
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


def step(
    theta: Array, grad: Array, state: State, *, lr: float = 1e-3, clip: float = 1.0
) -> tuple[Array, State]:
    """One step: theta and grad have one shape. Source: Pascanu et al. (2013), algorithm 1."""
    norm = np.sqrt(np.sum(grad * grad))
    scale = clip / norm if norm > clip else 1.0
    theta = theta - lr * scale * grad
    return theta, ()


NORM = "norm = np.sqrt(np.sum(grad * grad))"
SCALE = "scale = clip / norm if norm > clip else 1.0"

DIALECTS = (
    Edit(
        "pytorch",
        SCALE,
        "scale = min(1.0, clip / (norm + 1e-06))",
        "1e-6 is added to the norm, so that a clipped gradient is a little shorter than clip (PyTorch)",
    ),
    Edit(
        "by-value",
        (f"{NORM}\n    {SCALE}", MOVE),
        ("held = np.clip(grad, -clip, clip)", "theta = theta - lr * held"),
        "each coordinate is held between -clip and clip, which turns the gradient (Keras' clipvalue)",
    ),
)
MISTAKES = (
    Edit("clip-forgotten", SCALE, "scale = 1.0", "the gradient is not clipped"),
    Edit(
        "always-normalised",
        SCALE,
        "scale = clip / norm",
        "a short gradient is made longer; only one that is too long may change",
    ),
    Edit(
        "norm-for-scale",
        SCALE,
        "scale = norm / clip if norm > clip else 1.0",
        "the fraction is upside down: long gradients get longer",
    ),
    Edit(
        "normalised-to-one",
        SCALE,
        "scale = 1 / norm if norm > clip else 1.0",
        "a clipped gradient has length 1; its length should be clip",
    ),
    Edit("dropped", SCALE, "scale = 0.0 if norm > clip else 1.0", "a gradient that is too long is left out"),
    Edit(
        "condition-reversed",
        SCALE,
        "scale = clip / norm if norm < clip else 1.0",
        "short gradients are changed and long ones kept: the comparison is the wrong way round",
    ),
    Edit(
        "root-forgotten",
        NORM,
        "norm = np.sum(grad * grad)",
        "the root is missing: that is the squared length",
    ),
    Edit("norm-of-sum", NORM, "norm = np.abs(np.sum(grad))", "the sum is no length: signs cancel in it"),
    Edit(
        "sum-of-sizes", NORM, "norm = np.sum(np.abs(grad))", "the sizes are added up; the length is Euclid's"
    ),
    Edit(
        "largest-entry", NORM, "norm = np.max(np.abs(grad))", "the largest coordinate is taken for the length"
    ),
    Edit(
        "mean-square",
        NORM,
        "norm = np.sqrt(np.mean(grad * grad))",
        "the mean of the squares is taken; the length has their sum",
    ),
    Edit(
        "step-clipped",
        NORM,
        "norm = lr * np.sqrt(np.sum(grad * grad))",
        "you clip the step lr * grad; the gradient is to be clipped, before lr",
    ),
    *MOVE_MISTAKES,
    Edit(
        "clip-fixed",
        SCALE,
        "scale = 1 / norm if norm > 1 else 1.0",
        "1 is written into the step, so the argument clip changes nothing",
    ),
)


def init(theta: Array, **hypers: Any) -> State:
    """There is nothing to remember."""
    return ()


RULE = Rule(
    name="clipped",
    title="Gradient descent with clipping",
    function=step,
    init_function=init,
    elementwise=False,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: how far theta moves for each unit of the gradient",
            "[0, inf)",
            (1e-3, 1.0),
            0.03,
            "log",
        ),
        Hyper("clip", "the largest length that a gradient may have", "(0, inf)", (0.01, 10.0), 0.4, "log"),
    ),
    formula=r"\theta_t = \theta_{t-1} - \eta\, g_t\, \min\!\left(1, \frac{c}{\lVert g_t \rVert}\right)",
    source=Paper(
        "R. Pascanu, T. Mikolov and Y. Bengio",
        2013,
        "On the difficulty of training recurrent neural networks",
        "ICML, arXiv:1211.5063",
    ),
    hints=(
        "How long is the gradient, as one vector (or matrix) as a whole?",
        "Where it is longer than clip, multiply all of it by one number. Which, so that its length is clip?",
        "Shape of the lines: norm = np.sqrt(...), scale = ... where norm > clip, theta - lr * scale * grad.",
    ),
    frameworks={
        "PyTorch": "torch.nn.utils.clip_grad_norm_(params, max_norm), then SGD: dialect pytorch",
        "Keras": "keras.optimizers.SGD(clipnorm=...) for one variable; clipvalue=...: dialect by-value",
        "optax": "optax.chain(optax.clip_by_global_norm(c), optax.sgd(lr)); optax.clip(c): dialect by-value",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
