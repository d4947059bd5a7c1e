"""AdaDelta: the length of a step is learnt from the steps before, so no learning rate is needed."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class AdadeltaState(NamedTuple):
    """What AdaDelta remembers."""

    G: Array  # moving average of the squared gradient, theta's shape
    S: Array  # moving average of the squared step (before lr), theta's shape


def init(theta: Array, **hypers: Any) -> AdadeltaState:
    """Both averages start at zero."""
    return AdadeltaState(np.zeros_like(theta), np.zeros_like(theta))


def step(
    theta: Array, grad: Array, state: AdadeltaState, *, lr: float = 1.0, beta: float = 0.9, eps: float = 1e-6
) -> tuple[Array, AdadeltaState]:
    """One step: theta, grad, G and S have one shape. Source: Zeiler (2012), algorithm 1 (there lr is 1)."""
    G, S = state
    G = beta * G + (1 - beta) * grad**2
    u = np.sqrt(S + eps) / np.sqrt(G + eps) * grad
    S = beta * S + (1 - beta) * u**2
    theta = theta - lr * u
    return theta, AdadeltaState(G, S)


def step_without_lr(
    theta: Array, grad: Array, state: AdadeltaState, *, beta: float = 0.9, eps: float = 1e-6
) -> tuple[Array, AdadeltaState]:
    """The paper's own step, which has no learning rate. Source: Zeiler (2012), algorithm 1."""
    G, S = state
    G = beta * G + (1 - beta) * grad**2
    u = np.sqrt(S + eps) / np.sqrt(G + eps) * grad
    S = beta * S + (1 - beta) * u**2
    theta = theta - u
    return theta, AdadeltaState(G, S)


def derived(state: AdadeltaState, **hypers: Any) -> dict[str, Array]:
    """The learning rate that each coordinate has found (nan before its first gradient, if eps is 0)."""
    G, S = state
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt(S + hypers["eps"]) / np.sqrt(G + hypers["eps"])
    return {"effective lr": hypers.get("lr", 1.0) * found}


LR = Hyper(
    "lr", "a factor on every step; the paper has none, which is 1", "[0, inf)", (1e-2, 10.0), 0.5, "log"
)
BETA = Hyper("beta", "how much of the old averages is kept", "[0, 1)", (0.0, 0.999), 0.7)
EPS = Hyper(
    "eps",
    "sets the first steps' length, and keeps them from stalling",
    "[0, inf)",
    (1e-10, 1.0),
    1e-2,
    "log",
)

SQUARES = "G = beta * G + (1 - beta) * grad ** 2"
UPDATE = "u = np.sqrt(S + eps) / np.sqrt(G + eps) * grad"
STEPS = "S = beta * S + (1 - beta) * u ** 2"
MOVE = "theta = theta - lr * u"
RETURN = "AdadeltaState(G, S)"

DIALECTS = (
    Edit(
        "keras",
        (),
        (),
        "the same step with Keras's defaults, of which lr = 0.001 makes it a thousand times slower",
        defaults={"lr": 1e-3, "beta": 0.95, "eps": 1e-7},
    ),
    Variant(
        "without-lr",
        "there is no learning rate at all, as in the paper",
        step_without_lr,
        hypers=(BETA, EPS),
    ),
)

MISTAKES = (
    Edit(
        "fraction-upside-down",
        UPDATE,
        "u = np.sqrt(G + eps) / np.sqrt(S + eps) * grad",
        "numerator and denominator have changed places: the steps' root belongs on top",
    ),
    Edit(
        "averages-swapped",
        RETURN,
        "AdadeltaState(S, G)",
        "G and S are returned in the wrong order: the state is (G, S)",
    ),
    Edit(
        "numerator-root-forgotten",
        UPDATE,
        "u = (S + eps) / np.sqrt(G + eps) * grad",
        "the root is missing on top",
    ),
    Edit(
        "denominator-root-forgotten",
        UPDATE,
        "u = np.sqrt(S + eps) / (G + eps) * grad",
        "the root is missing in the denominator",
    ),
    Edit("roots-forgotten", UPDATE, "u = (S + eps) / (G + eps) * grad", "both square roots are missing"),
    Edit(
        "grad-forgotten",
        UPDATE,
        "u = np.sqrt(S + eps) / np.sqrt(G + eps)",
        "the gradient is missing in the step",
    ),
    Edit(
        "numerator-forgotten",
        UPDATE,
        "u = grad / np.sqrt(G + eps)",
        "the steps' root is missing on top (this is RMSProp): S is averaged but never used",
    ),
    Edit(
        "denominator-forgotten",
        UPDATE,
        "u = np.sqrt(S + eps) * grad",
        "the gradients' root is missing in the denominator: G is averaged but never used",
    ),
    Edit(
        "eps-outside-roots",
        UPDATE,
        "u = (np.sqrt(S) + eps) / (np.sqrt(G) + eps) * grad",
        "eps stands outside both roots, so the first steps are a factor sqrt(eps) shorter",
    ),
    Edit(
        "eps-only-below",
        UPDATE,
        "u = np.sqrt(S) / np.sqrt(G + eps) * grad",
        "eps is missing on top, where S starts at zero: theta never moves",
    ),
    Edit(
        "eps-only-on-top",
        UPDATE,
        "u = np.sqrt(S + eps) / np.sqrt(G) * grad",
        "eps is missing in the denominator, so a gradient of zero divides by 0",
    ),
    Edit(
        "eps-in-G",
        SQUARES,
        "G = beta * G + (1 - beta) * grad ** 2 + eps",
        "eps is added to G itself in each step, so it piles up in the state",
    ),
    Edit(
        "eps-in-S",
        STEPS,
        "S = beta * S + (1 - beta) * u ** 2 + eps",
        "eps is added to S itself in each step, so it piles up in the state",
    ),
    Edit(
        "lr-in-S",
        STEPS,
        "S = beta * S + (1 - beta) * (lr * u) ** 2",
        "S averages the steps after lr; it should be the steps before",
    ),
    Edit(
        "u-not-squared",
        STEPS,
        "S = beta * S + (1 - beta) * np.abs(u)",
        "S averages the size of the step, not its square",
    ),
    Edit(
        "S-from-grad",
        STEPS,
        "S = beta * S + (1 - beta) * grad ** 2",
        "S averages the squared gradient; it should be the squared step u",
    ),
    Edit(
        "grad-not-squared",
        SQUARES,
        "G = beta * G + (1 - beta) * np.abs(grad)",
        "G averages the size of the gradient, not its square",
    ),
    Edit(
        "G-weights-reversed",
        SQUARES,
        "G = (1 - beta) * G + beta * grad ** 2",
        "the weights of G are the wrong way round: beta belongs to the old G",
    ),
    Edit(
        "S-weights-reversed",
        STEPS,
        "S = (1 - beta) * S + beta * u ** 2",
        "the weights of S are the wrong way round: beta belongs to the old S",
    ),
    Edit(
        "G-weight-dropped",
        SQUARES,
        "G = beta * G + grad ** 2",
        "the weight (1 - beta) is missing: G is a sum, not an average",
    ),
    Edit(
        "S-weight-dropped",
        STEPS,
        "S = beta * S + u ** 2",
        "the weight (1 - beta) is missing: S is a sum, not an average",
    ),
    Edit(
        "G-never-forgets",
        SQUARES,
        "G = G + grad ** 2",
        "G sums all the squares, as in Adagrad, and forgets nothing",
    ),
    Edit(
        "G-stale",
        (SQUARES, UPDATE, RETURN),
        (
            "G_new = beta * G + (1 - beta) * grad ** 2",
            "u = np.sqrt(S + eps) / np.sqrt(G + eps) * grad",
            "AdadeltaState(G_new, S)",
        ),
        "the step uses the G of the step before",
    ),
    Edit(
        "G-not-stored",
        (SQUARES, UPDATE),
        (
            "G_new = beta * G + (1 - beta) * grad ** 2",
            "u = np.sqrt(S + eps) / np.sqrt(G_new + eps) * grad",
        ),
        "the old G is returned, so the gradients are not remembered",
    ),
    Edit(
        "S-not-stored",
        STEPS,
        "S_new = beta * S + (1 - beta) * u ** 2",
        "the old S is returned, so the steps are not remembered",
    ),
    Edit("ascends", MOVE, "theta = theta + lr * u", "the step is added: theta goes up the slope"),
    Edit("no-lr", MOVE, "theta = theta - u", "the learning rate is not used"),
    Edit("lr-squared", MOVE, "theta = theta - lr * lr * u", "the learning rate is multiplied in twice"),
    Edit("returns-update", MOVE, "theta = -lr * u", "you return the change, not theta plus the change"),
    Edit(
        "beta-fixed",
        (SQUARES, STEPS),
        ("G = 0.9 * G + (1 - 0.9) * grad ** 2", "S = 0.9 * S + (1 - 0.9) * u ** 2"),
        "0.9 is written into the step, so the argument beta changes nothing",
    ),
    Edit(
        "eps-fixed",
        UPDATE,
        "u = np.sqrt(S + 1e-06) / np.sqrt(G + 1e-06) * grad",
        "1e-6 is written into the step, so the argument eps changes nothing",
    ),
)

RULE = Rule(
    name="adadelta",
    title="AdaDelta",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(step, LR, BETA, EPS),
    formula=(
        r"G_t = \beta G_{t-1} + (1-\beta) g_t^2,\quad "
        r"u_t = \frac{\sqrt{S_{t-1} + \epsilon}}{\sqrt{G_t + \epsilon}}\, g_t,\quad "
        r"S_t = \beta S_{t-1} + (1-\beta) u_t^2,\quad \theta_t = \theta_{t-1} - \eta\, u_t"
    ),
    source=Paper("M. D. Zeiler", 2012, "ADADELTA: an adaptive learning rate method", "arXiv:1212.5701"),
    hints=(
        "RMSProp's step has the unit of lr, not of theta. Which quantity with theta's unit is at hand?",
        "The steps taken so far have theta's unit. Average their squares, as you do for the gradients.",
        "Order: G with the new gradient, then u with the S of before, then S with the new u, then theta.",
        "Shape of the step: u = np.sqrt(... + eps) / np.sqrt(... + eps) * grad; return theta, (G, S).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adadelta(params, lr=1.0, rho=0.9, eps=1e-06)",
        "Keras": "keras.optimizers.Adadelta(learning_rate=0.001, rho=0.95, epsilon=1e-07): dialect keras",
        "optax": "optax.adadelta(learning_rate=1.0, rho=0.9, eps=1e-06); without a learning rate it ascends",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
