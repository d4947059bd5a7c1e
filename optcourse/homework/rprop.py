"""Rprop: each coordinate has a step size of its own, and only the gradient's sign changes it."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class RpropState(NamedTuple):
    """What Rprop remembers."""

    previous: Array  # gradient of the step before, zero where its sign had changed; theta's shape
    size: Array  # size of the next step, theta's shape


def init(theta: Array, *, lr: float = 1e-2, **hypers: Any) -> RpropState:
    """No gradient has been seen, and every step size starts at lr."""
    return RpropState(np.zeros_like(theta), np.full_like(theta, lr))


def step(
    theta: Array,
    grad: Array,
    state: RpropState,
    *,
    lr: float = 1e-2,
    eta_minus: float = 0.5,
    eta_plus: float = 1.2,
    step_min: float = 1e-6,
    step_max: float = 50.0,
) -> tuple[Array, RpropState]:
    """One step: theta, grad, previous and size have one shape; lr acts through init alone.

    Where the sign has changed, theta waits for one step. Source: Igel and Hüsken (2003), iRprop-.
    """
    previous, size = state
    agreement = np.sign(grad) * np.sign(previous)
    size = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * eta_minus, size))
    size = np.clip(size, step_min, step_max)
    grad = np.where(agreement < 0, 0, grad)
    theta = theta - np.sign(grad) * size
    return theta, RpropState(grad, size)


class BacktrackingState(NamedTuple):
    """What Rprop with backtracking remembers."""

    previous: Array  # gradient of the step before, zero where its sign had changed; theta's shape
    size: Array  # size of the next step, theta's shape
    change: Array  # what the step before added to theta, theta's shape


def backtracking_init(theta: Array, *, lr: float = 1e-2, **hypers: Any) -> BacktrackingState:
    """No gradient has been seen, nothing has moved, and every step size starts at lr."""
    return BacktrackingState(np.zeros_like(theta), np.full_like(theta, lr), np.zeros_like(theta))


def backtracking_step(
    theta: Array,
    grad: Array,
    state: BacktrackingState,
    *,
    lr: float = 1e-2,
    eta_minus: float = 0.5,
    eta_plus: float = 1.2,
    step_min: float = 1e-6,
    step_max: float = 50.0,
) -> tuple[Array, BacktrackingState]:
    """Rprop+, Riedmiller and Braun (1993): where the sign has changed, the step before is taken back."""
    previous, size, change = state
    agreement = np.sign(grad) * np.sign(previous)
    size = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * eta_minus, size))
    size = np.clip(size, step_min, step_max)
    change = np.where(agreement < 0, -change, -np.sign(grad) * size)
    grad = np.where(agreement < 0, 0, grad)
    theta = theta + change
    return theta, BacktrackingState(grad, size, change)


AGREE = "agreement = np.sign(grad) * np.sign(previous)"
SIZE = "size = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * eta_minus, size))"
CLIP = "size = np.clip(size, step_min, step_max)"
WAIT = "grad = np.where(agreement < 0, 0, grad)"
MOVE = "theta = theta - np.sign(grad) * size"
RETURN = "RpropState(grad, size)"

DIALECTS = (
    Variant(
        "backtracking",
        "where the sign has changed, the step before is taken back (Rprop+, the paper of 1993)",
        backtracking_step,
        init=backtracking_init,
    ),
    Edit(
        "no-waiting",
        f"{WAIT}\n    ",
        "",
        "where the sign has changed, theta turns round at once and the gradient is kept (Rprop-, 1994)",
    ),
)

MISTAKES = (
    Edit(
        "etas-swapped",
        SIZE,
        "size = np.where(agreement > 0, size * eta_minus, np.where(agreement < 0, size * eta_plus, size))",
        "eta_plus and eta_minus have changed places: a step grows while the sign stays",
    ),
    Edit(
        "grows-from-nothing",
        SIZE,
        "size = np.where(agreement >= 0, size * eta_plus, size * eta_minus)",
        "the step grows where one of the gradients is zero too; then it should stay",
    ),
    Edit(
        "shrinks-from-nothing",
        SIZE,
        "size = np.where(agreement > 0, size * eta_plus, size * eta_minus)",
        "the step shrinks where one of the gradients is zero too; then it should stay",
    ),
    Edit(
        "never-grows",
        SIZE,
        "size = np.where(agreement < 0, size * eta_minus, size)",
        "the step never grows: eta_plus is not used",
    ),
    Edit(
        "never-shrinks",
        SIZE,
        "size = np.where(agreement > 0, size * eta_plus, size)",
        "the step never shrinks: eta_minus is not used",
    ),
    Edit(
        "etas-added",
        SIZE,
        "size = np.where(agreement > 0, size + eta_plus, np.where(agreement < 0, size - eta_minus, size))",
        "the etas are added and subtracted; they are factors",
    ),
    Edit(
        "divided-by-eta",
        SIZE,
        "size = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size / eta_minus, size))",
        "the size is divided by eta_minus, which makes it grow; multiply by it",
    ),
    Edit(
        "scaled-from-lr",
        SIZE,
        "size = np.where(agreement > 0, lr * eta_plus, np.where(agreement < 0, lr * eta_minus, size))",
        "the new size is made from lr each time; it should be made from the size before",
    ),
    Edit(
        "upper-limit-forgotten",
        CLIP,
        "size = np.maximum(size, step_min)",
        "step_max is not used, so steps grow without limit",
    ),
    Edit(
        "lower-limit-forgotten",
        CLIP,
        "size = np.minimum(size, step_max)",
        "step_min is not used, so steps can die out",
    ),
    Edit("limits-forgotten", f"{CLIP}\n    ", "", "the sizes are kept within no limits"),
    Edit(
        "limits-swapped",
        CLIP,
        "size = np.minimum(np.maximum(size, step_max), step_min)",
        "step_min and step_max have changed places, so every size is step_min",
    ),
    Edit(
        "moves-while-waiting",
        (WAIT, MOVE),
        ("kept = np.where(agreement < 0, 0, grad)", "theta = theta - np.sign(grad) * size\n    grad = kept"),
        "theta moves where the sign has changed; it should wait there for one step",
    ),
    Edit(
        "change-not-forgotten",
        (WAIT, MOVE),
        ("kept = np.where(agreement < 0, 0, grad)", "theta = theta - np.sign(kept) * size"),
        "the gradient is stored where the sign has changed; zero should be, so that the size stays next time",
    ),
    Edit(
        "waits-on-agreement",
        WAIT,
        "grad = np.where(agreement > 0, 0, grad)",
        "theta waits where the sign stayed; it should wait where it has changed",
    ),
    Edit(
        "previous-not-stored",
        RETURN,
        "RpropState(previous, size)",
        "the old gradient is returned, so every gradient is compared with the first one's zero",
    ),
    Edit(
        "size-not-stored",
        (SIZE, CLIP, MOVE),
        (
            "new = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * eta_minus, size))",
            "new = np.clip(new, step_min, step_max)",
            "theta = theta - np.sign(grad) * new",
        ),
        "the old sizes are returned, so they are scaled from the start in each step",
    ),
    Edit(
        "size-stale",
        (SIZE, CLIP, MOVE, RETURN),
        (
            "new = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * eta_minus, size))",
            "new = np.clip(new, step_min, step_max)",
            "theta = theta - np.sign(grad) * size",
            "RpropState(grad, new)",
        ),
        "theta moves by the size of the step before",
    ),
    Edit(
        "lagged",
        (AGREE, MOVE),
        (
            "agreement = np.sign(grad) * np.sign(previous)\n    late = np.sign(previous) * size",
            "theta = theta - np.where(agreement < 0, 0, late)",
        ),
        "theta makes the move that was due one step earlier (optax 0.2.8 has this fault)",
    ),
    Edit(
        "states-swapped",
        RETURN,
        "RpropState(size, grad)",
        "the state is returned in the wrong order: it is (previous, size)",
    ),
    Edit(
        "sign-stored",
        RETURN,
        "RpropState(np.sign(grad), size)",
        "the sign is stored in place of the gradient",
    ),
    Edit(
        "sign-missing",
        MOVE,
        "theta = theta - grad * size",
        "the gradient's size multiplies the step; only its sign should",
    ),
    Edit(
        "lr-too",
        MOVE,
        "theta = theta - lr * np.sign(grad) * size",
        "lr multiplies the step; it only sets the first sizes",
    ),
    Edit(
        "lr-for-size",
        MOVE,
        "theta = theta - lr * np.sign(grad)",
        "every step is lr long: the sizes are kept but never used",
    ),
    Edit(
        "ascends", MOVE, "theta = theta + np.sign(grad) * size", "the step is added: theta goes up the slope"
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -np.sign(grad) * size",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "eta-minus-fixed",
        SIZE,
        "size = np.where(agreement > 0, size * eta_plus, np.where(agreement < 0, size * 0.5, size))",
        "0.5 is written into the step, so the argument eta_minus changes nothing",
    ),
    Edit(
        "eta-plus-fixed",
        SIZE,
        "size = np.where(agreement > 0, size * 1.2, np.where(agreement < 0, size * eta_minus, size))",
        "1.2 is written into the step, so the argument eta_plus changes nothing",
    ),
)

RULE = Rule(
    name="rprop",
    title="Rprop",
    function=step,
    init_function=init,
    hypers=hypers_of(
        step,
        Hyper("lr", "size of the first step in each coordinate", "[0, inf)", (1e-3, 1.0), 0.012, "log"),
        Hyper("eta_minus", "factor on a step size where the sign has changed", "(0, 1)", (0.1, 0.9), 0.3),
        Hyper("eta_plus", "factor on a step size where the sign has stayed", "(1, inf)", (1.01, 2.0), 1.5),
        Hyper("step_min", "smallest step size", "[0, inf)", (1e-8, 1e-2), 0.006, "log"),
        Hyper("step_max", "largest step size", "(0, inf)", (1e-2, 100.0), 0.015, "log"),
    ),
    formula=(
        r"\Delta_t = \begin{cases} \min(\eta^+ \Delta_{t-1}, \Delta_{\max}) & g_t g_{t-1} > 0 \\ "
        r"\max(\eta^- \Delta_{t-1}, \Delta_{\min}),\ g_t \leftarrow 0 & g_t g_{t-1} < 0 \\ "
        r"\Delta_{t-1} & \text{otherwise} \end{cases},\quad "
        r"\theta_t = \theta_{t-1} - \operatorname{sign}(g_t)\, \Delta_t"
    ),
    source=Paper(
        "C. Igel and M. Hüsken",
        2003,
        "Empirical evaluation of the improved Rprop learning algorithms",
        "Neurocomputing 50, 105-123 (after M. Riedmiller and H. Braun, 1993)",
    ),
    hints=(
        "What does it say about the last step if the gradient has kept its sign? And if it has changed it?",
        "Kept: the step was too timid. Changed: it went past the minimum. One factor above 1, one below.",
        "Compare the signs of grad and previous, scale the size, clip it; where the sign changed, grad is 0.",
        "Shape of the last line: theta = theta - np.sign(...) * ...; return theta, (grad, size).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Rprop(params, lr=0.01, etas=(0.5, 1.2), step_sizes=(1e-06, 50))",
        "Keras": "not in Keras",
        "optax": "optax.rprop(learning_rate): same sizes, but each move one step late (mistake lagged)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
