"""From one convention to another: hypers of one framework as another's, points of one form as the other's."""

import numpy as np

from optcourse.arrays import Array
from optcourse.homework.calling import Calls, asked, wrong
from optcourse.rules.base import Paper


def pytorch_hypers(lr: float, beta: float) -> Array:
    """lr and momentum of torch.optim.SGD that walk the path of the averaging form; shape (2,).

    The averaging form is m = beta m + (1 - beta) g, theta = theta - lr m, from m = 0.
    """
    return np.array([lr * (1 - beta), beta])


def paper_point(theta: Array, v: Array, beta: float) -> Array:
    """The point of Nesterov's own form, from the point and the Keras velocity that frameworks store.

    Keras' velocity points downhill: v = beta v - lr g, theta = theta + beta v - lr g. Source: Bengio et al.
    (2012), equations 3 to 7.
    """
    return theta - beta * v


LR, BETA = "lr * (1 - beta)", ", beta]"


def hyper_calls(seed: int) -> Calls:
    """Learning rates and betas."""
    random = np.random.default_rng(seed)
    betas = (0.0, 0.5, *random.uniform(0.6, 0.99, size=3).round(3))
    return tuple(
        (float(lr), float(beta)) for lr, beta in zip(random.uniform(0.01, 2, 5).round(3), betas, strict=True)
    )


def point_calls(seed: int) -> Calls:
    """Points and velocities of several shapes."""
    random = np.random.default_rng(seed)
    shapes = (((3,), 0.9), ((2, 2), 0.5), ((4,), 0.0), ((5, 1), 0.99))
    return tuple((random.normal(size=s).round(2), random.normal(size=s).round(2), beta) for s, beta in shapes)


PYTORCH_HYPERS = asked(
    "pytorch_hypers",
    "The averaging form as PyTorch's SGD",
    pytorch_hypers,
    hyper_calls,
    seed=94,
    formula=r"\eta' = (1-\beta)\,\eta, \quad \beta' = \beta",
    source=Paper(
        "I. Sutskever, J. Martens, G. Dahl and G. Hinton",
        2013,
        "On the importance of initialization and momentum in deep learning",
        "ICML",
    ),
    hints=(
        "Write both forms out for two steps with the gradients g1 and g2. Which number stands before g1?",
        "The average is (1 - beta) times the sum that PyTorch keeps. How do you make up for it in lr?",
        "Shape of the line: return np.array([lr * (...), ...]).",
    ),
    mistakes=(
        wrong(
            "divided", LR, "lr / (1 - beta)", "you divide: that is the way back, from PyTorch to the average"
        ),
        wrong("lr-kept", LR, "lr", "lr stays: PyTorch's steps are then 1 / (1 - beta) times as long"),
        wrong("times-beta", LR, "lr * beta", "lr is multiplied by beta; the average has the weight 1 - beta"),
        wrong("beta-reversed", BETA, ", 1 - beta]", "momentum is what is kept of the old: beta itself"),
        wrong("order", "[lr * (1 - beta), beta]", "[beta, lr * (1 - beta)]", "lr comes first, then momentum"),
    ),
)
PAPER_POINT = asked(
    "paper_point",
    "Nesterov's own point",
    paper_point,
    point_calls,
    seed=95,
    formula=r"\theta = \varphi - \beta v",
    source=Paper(
        "Y. Bengio, N. Boulanger-Lewandowski and R. Pascanu",
        2012,
        "Advances in optimizing recurrent networks",
        "arXiv:1212.0901",
    ),
    hints=(
        "The point that frameworks store is where the gradient is taken: ahead of the paper's point.",
        "The paper looks ahead by beta v. Which way does v point, and which way do you go back?",
        "Shape of the line: theta ... beta * v.",
    ),
    mistakes=(
        wrong("ahead", "theta - beta * v", "theta + beta * v", "that looks ahead once more; go back instead"),
        wrong("beta-forgotten", "theta - beta * v", "theta - v", "the paper looks ahead by beta v, not by v"),
        wrong(
            "beta-reversed", "theta - beta * v", "theta - (1 - beta) * v", "it is beta v, not (1 - beta) v"
        ),
        wrong("not-moved", "theta - beta * v", "theta + 0 * v", "theta itself is the framework's point"),
        wrong("divided", "theta - beta * v", "theta - v / np.maximum(beta, 0.1)", "beta multiplies v"),
    ),
)
