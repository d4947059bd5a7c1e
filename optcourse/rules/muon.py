"""Muon: the momentum of a weight matrix with its singular values all brought near to one."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.errors import WrongValueError
from optcourse.rules.base import Edit, Hyper, Paper, Rule, hypers_of


class MuonState(NamedTuple):
    """What Muon remembers."""

    m: Array  # moving average of the gradient, theta's shape


class CountedState(NamedTuple):
    """What optax' Muon remembers."""

    m: Array  # moving average of the gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> MuonState:
    """The average starts at zero."""
    return MuonState(np.zeros_like(theta))


def counted_init(theta: Array, **hypers: Any) -> CountedState:
    """The average and t start at zero."""
    return CountedState(np.zeros_like(theta), 0)


def newton_schulz(
    x: Array, coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315), steps: int = 5
) -> Array:
    """The matrix x, of Frobenius norm 1, with its singular values brought to 0.68 ... 1.21, in its own dtype.

    Each step maps a singular value s to a s + b s^3 + c s^5 and keeps the singular vectors. A singular
    value below 0.002 stays smaller. Source: Jordan et al. (2024).
    """
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x  # the smaller gram matrix; the result is the same
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


def shape_of(theta: Array) -> tuple[int, int]:
    """Rows and columns; ValueError where theta is no matrix."""
    if theta.ndim != 2:
        raise WrongValueError(
            f"muon: theta must be a matrix (rows, columns), but its shape is {theta.shape}. "
            "Use another rule, such as adam, for parameters that are no matrix."
        )
    rows, columns = theta.shape
    return rows, columns


def step(
    theta: Array,
    grad: Array,
    state: MuonState,
    *,
    lr: float = 1e-3,
    momentum: float = 0.95,
    weight_decay: float = 0.0,
) -> tuple[Array, MuonState]:
    """One step: theta, grad and m are matrices of one shape. Source: Jordan et al. (2024)."""
    (m,) = state
    rows, columns = shape_of(theta)
    m = momentum * m + (1 - momentum) * grad
    u = momentum * m + (1 - momentum) * grad
    o = newton_schulz(u / max(np.linalg.norm(u), 1e-7))
    factor = max(1, rows / max(1, columns)) ** 0.5
    theta = theta - lr * (factor * o + weight_decay * theta)
    return theta, MuonState(m)


UNPACK = "m, = state"
M = "m = momentum * m + (1 - momentum) * grad"
U = "u = momentum * m + (1 - momentum) * grad"
O = "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07))"  # noqa: E741
FACTOR = "factor = max(1, rows / max(1, columns)) ** 0.5"
MOVE = "theta = theta - lr * (factor * o + weight_decay * theta)"
RETURN = "MuonState(m)"
SUM, SUM_MIX = "m = momentum * m + grad", "u = grad + momentum * m"
O_PLUS = "o = newton_schulz(u / (np.linalg.norm(u) + 1e-07))"
RMS_MATCHED = "factor = 0.2 * max(rows, columns) ** 0.5"

DIALECTS = (
    Edit(
        "rms-matched",
        FACTOR,
        RMS_MATCHED,
        "the factor is 0.2 sqrt(max(rows, columns)), so that a step is as long as one of Adam's "
        "(Liu et al. 2025; PyTorch's adjust_lr_fn='match_rms_adamw')",
    ),
    Edit(
        "summed",
        (M, U),
        (SUM, SUM_MIX),
        "m is a sum of gradients, not an average (Jordan's first form): the same theta, another m",
    ),
    Edit(
        "no-nesterov",
        U,
        "u = m",
        "m itself is orthogonalised, without the Nesterov mix (the frameworks' nesterov=False)",
    ),
    Edit(
        "author",
        O,
        O_PLUS,
        "1e-7 is added to the norm, where PyTorch takes the larger of the two (Jordan's own code)",
    ),
    Edit(
        "author-summed",
        (M, U, O),
        (SUM, SUM_MIX, O_PLUS),
        "m is a sum of gradients, and 1e-7 is added to the norm (Jordan's first code)",
    ),
    Edit(
        "keras",
        (M, U, O, FACTOR),
        (SUM, SUM_MIX, O_PLUS, RMS_MATCHED),
        "Keras: m is a sum, the factor is 0.2 sqrt(max(rows, columns)), and weight_decay is 0.004",
        defaults={"weight_decay": 0.004},
    ),
    Edit(
        "optax",
        (UNPACK, U, O, FACTOR, RETURN),
        (
            "m, t = state\n    t = t + 1",
            "m_hat = m / (1 - momentum ** (t + 1))\n"
            "    u = momentum * m_hat + (1 - momentum) * grad / (1 - momentum ** t)",
            "o = newton_schulz(u / (np.linalg.norm(u) + 1e-08))",
            "factor = max(1, columns / max(1, rows)) ** 0.5",
            "CountedState(m, t)",
        ),
        "optax: both parts of the mix are bias-corrected, and the factor counts rows as inputs, "
        "so it is sqrt(max(1, columns / rows))",
        init=counted_init,
    ),
)

MISTAKES = (
    Edit("not-orthogonalised", O, "o = u", "the mix is used as it is: the orthogonalisation is missing"),
    Edit(
        "only-normalised",
        O,
        "o = u / max(np.linalg.norm(u), 1e-07)",
        "the matrix is divided by its norm but not orthogonalised: the Newton-Schulz steps are missing",
    ),
    Edit(
        "sign-of-entries",
        O,
        "o = np.sign(u)",
        "you take the sign of each entry; Muon makes the singular values equal, not the entries",
    ),
    Edit(
        "norm-forgotten",
        O,
        "o = newton_schulz(u)",
        "the matrix is not divided by its norm, so the Newton-Schulz steps blow up or hardly move it",
    ),
    Edit(
        "divided-by-largest-entry",
        O,
        "o = newton_schulz(u / max(np.abs(u).max(initial=0), 1e-07))",
        "the matrix is divided by its largest entry; divide by its Frobenius norm",
    ),
    Edit(
        "divided-by-largest-singular-value",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u, 2), 1e-07))",
        "the matrix is divided by its largest singular value; the rule divides by its Frobenius norm",
    ),
    Edit(
        "one-iteration",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07), steps=1)",
        "only one Newton-Schulz step is made: the loop is left too early (Muon makes five)",
    ),
    Edit(
        "six-iterations",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07), steps=6)",
        "six Newton-Schulz steps are made: the loop counts one too many (Muon makes five)",
    ),
    Edit(
        "four-iterations",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07), steps=4)",
        "four Newton-Schulz steps are made: the loop counts one too few (Muon makes five)",
    ),
    Edit(
        "cubic-coefficients",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07), (1.5, -0.5, 0.0))",
        "the coefficients 1.5 and -0.5 are those of the cubic iteration; Muon's are tuned for five steps",
    ),
    Edit(
        "coefficient-sign",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07), (3.4445, 4.775, 2.0315))",
        "the second coefficient has lost its minus: it is -4.7750",
    ),
    Edit(
        "transposed",
        O,
        "o = newton_schulz(u / max(np.linalg.norm(u), 1e-07)).T.reshape(theta.shape)",
        "the result is the transpose of what it should be: transpose a tall matrix back at the end",
    ),
    Edit(
        "grad-orthogonalised",
        O,
        "o = newton_schulz(grad / max(np.linalg.norm(grad), 1e-07))",
        "the gradient is orthogonalised in place of the momentum; m is averaged but never used",
    ),
    Edit(
        "orthogonalised-first",
        (M, U, O),
        (
            "grad = newton_schulz(grad / max(np.linalg.norm(grad), 1e-07))\n    " + M,
            U,
            "o = u",
        ),
        "the gradient is orthogonalised before it is averaged; orthogonalise the momentum",
    ),
    Edit("o-stored", RETURN, "MuonState(o)", "the orthogonalised matrix is stored in place of m"),
    Edit("mix-stored", RETURN, "MuonState(u)", "the Nesterov mix u is stored in place of m"),
    Edit(
        "m-stale",
        (M, U, RETURN),
        (
            "m_new = momentum * m + (1 - momentum) * grad",
            "u = m",
            "MuonState(m_new)",
        ),
        "the m of the step before is orthogonalised",
    ),
    Edit(
        "m-not-updated",
        (M, U, RETURN),
        (
            "m_new = momentum * m + (1 - momentum) * grad",
            "u = momentum * m_new + (1 - momentum) * grad",
            "MuonState(m)",
        ),
        "the old m is returned, so nothing is remembered",
    ),
    Edit(
        "m-weight-dropped",
        M,
        SUM,
        "the weight (1 - momentum) is missing in m but not in the mix, so the new gradient hardly counts",
    ),
    Edit(
        "m-weights-reversed",
        M,
        "m = (1 - momentum) * m + momentum * grad",
        "the weights of m are the wrong way round: momentum belongs to the old m",
    ),
    Edit(
        "mix-weights-reversed",
        U,
        "u = (1 - momentum) * m + momentum * grad",
        "the weights of the mix are the wrong way round: momentum belongs to m",
    ),
    Edit(
        "mix-weight-dropped",
        U,
        SUM_MIX,
        "the weight (1 - momentum) is missing in the mix, so the gradient counts too much beside the average",
    ),
    Edit("factor-forgotten", FACTOR, "factor = 1.0", "the factor for tall matrices is not used"),
    Edit(
        "factor-inverted",
        FACTOR,
        "factor = max(1, columns / max(1, rows)) ** 0.5",
        "rows and columns have changed places in the factor: tall matrices take the longer step",
    ),
    Edit(
        "factor-without-root",
        FACTOR,
        "factor = max(1, rows / max(1, columns))",
        "the square root is missing in the factor",
    ),
    Edit(
        "factor-not-bounded",
        FACTOR,
        "factor = (rows / max(1, columns)) ** 0.5",
        "the factor has lost its max(1, ...), so wide matrices take a shorter step",
    ),
    Edit(
        "factor-on-decay",
        MOVE,
        "theta = theta - lr * factor * (o + weight_decay * theta)",
        "the factor multiplies the decay as well; it belongs to the orthogonalised matrix alone",
    ),
    Edit("decay-forgotten", MOVE, "theta = theta - lr * factor * o", "the weight decay is not used"),
    Edit(
        "decay-without-lr",
        MOVE,
        "theta = theta - lr * factor * o - weight_decay * theta",
        "the decay is not multiplied by the learning rate",
    ),
    Edit(
        "decay-grows",
        MOVE,
        "theta = theta - lr * (factor * o - weight_decay * theta)",
        "the decay has the wrong sign: it makes theta grow",
    ),
    Edit(
        "decay-coupled",
        (M, MOVE),
        (
            "grad = grad + weight_decay * theta\n    m = momentum * m + (1 - momentum) * grad",
            "theta = theta - lr * factor * o",
        ),
        "the decay is added to the gradient, where the orthogonalisation swallows it; take it off theta",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * (factor * o + weight_decay * theta)",
        "the step is added: theta goes up the slope",
    ),
    Edit(
        "no-lr", MOVE, "theta = theta - (factor * o + weight_decay * theta)", "the learning rate is not used"
    ),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * lr * (factor * o + weight_decay * theta)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * (factor * o + weight_decay * theta)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.001 * (factor * o + weight_decay * theta)",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "momentum-fixed",
        (M, U),
        ("m = 0.95 * m + (1 - 0.95) * grad", "u = 0.95 * m + (1 - 0.95) * grad"),
        "0.95 is written into the step, so the argument momentum changes nothing",
    ),
)

RULE = Rule(
    name="muon",
    title="Muon",
    function=step,
    init_function=init,
    elementwise=False,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: about how far each singular direction moves in a step",
            "[0, inf)",
            (1e-3, 1.0),
            0.03,
            "log",
        ),
        Hyper("momentum", "how much of the old m is kept", "[0, 1)", (0.0, 0.99), 0.6),
        Hyper("weight_decay", "how fast theta shrinks, per unit of lr", "[0, inf)", (0.0, 1.0), 0.3),
    ),
    formula=(
        r"m_t = \mu m_{t-1} + (1-\mu) g_t,\quad "
        r"O_t = \mathrm{NS}_5\bigl(\mu m_t + (1-\mu) g_t\bigr),\quad "
        r"\theta_t = \theta_{t-1} - \eta\Bigl(\sqrt{\max(1, \tfrac{\text{rows}}{\text{columns}})}\; O_t"
        r" + \lambda \theta_{t-1}\Bigr)"
    ),
    source=Paper(
        "K. Jordan, Y. Jin, V. Boza, et al.",
        2024,
        "Muon: an optimizer for hidden layers in neural networks",
        "kellerjordan.github.io/posts/muon",
    ),
    hints=(
        "Write the matrix of momentum as U S V'. Which part of it does Muon throw away?",
        "Average the gradient into m; mix the new m with the gradient once more, with the same weights "
        "(Nesterov); orthogonalise that mix.",
        "Newton-Schulz: divide x by its Frobenius norm; then five times x = a x + (b A + c A A) x with "
        "A = x x', a = 3.4445, b = -4.7750, c = 2.0315.",
        "A tall matrix moves further: the factor is the root of max(1, rows / columns).",
        "Shape of the last line: theta = theta - lr * (... * o + ... * theta); return theta, (m,).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Muon(params, lr=0.001, weight_decay=0.1, momentum=0.95), "
        "Newton-Schulz in bfloat16",
        "Keras": "keras.optimizers.Muon(learning_rate=0.001, weight_decay=0.004, momentum=0.95, "
        "rms_rate=0.2): dialect keras",
        "optax": "optax.contrib.muon(learning_rate, beta=0.95, weight_decay=0.0): dialect optax",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
