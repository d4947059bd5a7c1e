"""Adam: a moving average of the gradient over the root of one of its square, both bias-corrected."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class AdamState(NamedTuple):
    """What Adam remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> AdamState:
    """Both averages start at zero, and so does t."""
    return AdamState(np.zeros_like(theta), np.zeros_like(theta), 0)


def step(
    theta: Array,
    grad: Array,
    state: AdamState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, AdamState]:
    """One step: theta, grad, m and v have one shape. Source: Kingma and Ba (2015), algorithm 1."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, AdamState(m, v, t)


def derived(state: AdamState, **hypers: Any) -> dict[str, Array]:
    """The corrected averages and the length of step they give a coordinate."""
    m, v, t = state
    if t == 0:
        return {"m_hat": m, "v_hat": v, "effective step": m}
    m_hat = m / (1 - hypers["beta1"] ** t)
    v_hat = v / (1 - hypers["beta2"] ** t)
    return {
        "m_hat": m_hat,
        "v_hat": v_hat,
        "effective step": hypers["lr"] * m_hat / (np.sqrt(v_hat) + hypers["eps"]),
    }


class PowersState(NamedTuple):
    """What Adam remembers where it keeps the powers of its betas and not t."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    beta1_power: Any  # what is left of m's zero start, a number for each run
    beta2_power: Any  # what is left of v's zero start, a number for each run


def init_powers(theta: Array, **hypers: Any) -> PowersState:
    """Both averages start at zero and both powers at 1."""
    return PowersState(np.zeros_like(theta), np.zeros_like(theta), 1.0, 1.0)


def running_powers_step(
    theta: Array,
    grad: Array,
    state: PowersState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, PowersState]:
    """Adam with beta1**t and beta2**t multiplied up step by step: right also where a beta changes."""
    m, v, beta1_power, beta2_power = state
    beta1_power = beta1_power * beta1
    beta2_power = beta2_power * beta2
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1_power)
    v_hat = v / (1 - beta2_power)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, PowersState(m, v, beta1_power, beta2_power)


def running_powers_derived(state: PowersState, **hypers: Any) -> dict[str, Array]:
    """What Adam derives, with the powers from the state."""
    m, v, beta1_power, beta2_power = state
    if np.all(beta1_power == 1):
        return {"m_hat": m, "v_hat": v, "effective step": m}
    m_hat, v_hat = m / (1 - beta1_power), v / (1 - beta2_power)
    step_made = hypers["lr"] * m_hat / (np.sqrt(v_hat) + hypers["eps"])
    return {"m_hat": m_hat, "v_hat": v_hat, "effective step": step_made}


def init_powers_ahead(theta: Array, *, beta1: Any = 0.9, beta2: Any = 0.999, **hypers: Any) -> PowersState:
    """Both averages start at zero, the powers at the betas: those of the first step."""
    return PowersState(np.zeros_like(theta), np.zeros_like(theta), beta1, beta2)


def powers_ahead_derived(state: PowersState, **hypers: Any) -> dict[str, Array]:
    """The same, with the powers of the step before."""
    m, v, beta1_power, beta2_power = state
    past = PowersState(m, v, beta1_power / hypers["beta1"], beta2_power / hypers["beta2"])
    return running_powers_derived(past, **hypers)


def powers_ahead_step(
    theta: Array,
    grad: Array,
    state: PowersState,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, PowersState]:
    """The same with powers that are those of the coming step. Source: TensorFlow 1, AdamOptimizer."""
    m, v, beta1_power, beta2_power = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1_power)
    v_hat = v / (1 - beta2_power)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, PowersState(m, v, beta1_power * beta1, beta2_power * beta2)


T = "t = t + 1"
M = "m = beta1 * m + (1 - beta1) * grad"
V = "v = beta2 * v + (1 - beta2) * grad ** 2"
M_HAT = "m_hat = m / (1 - beta1 ** t)"
V_HAT = "v_hat = v / (1 - beta2 ** t)"
MOVE = "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)"
MOVE_IN_ROOT = "theta = theta - lr * m_hat / np.sqrt(v_hat + eps)"
RETURN = "AdamState(m, v, t)"

DIALECTS = (
    Edit(
        "eps-in-root",
        MOVE,
        MOVE_IN_ROOT,
        "eps stands inside the square root, as many blogs write it; it acts like an outer eps of sqrt(eps)",
    ),
    Edit(
        "eps-hat",
        MOVE,
        "theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps / (1 - beta2 ** t) ** 0.5)",
        "eps is added to the root of the uncorrected v (Keras; the remark before section 2.1 of the paper)",
        defaults={"eps": 1e-7},
    ),
    Edit(
        "uncorrected",
        (M_HAT, V_HAT),
        ("m_hat = m", "v_hat = v"),
        "neither m nor v is bias-corrected, as in simplified introductions",
    ),
    Edit(
        "uncorrected-uncounted",
        (f"{T}\n    ", M_HAT, V_HAT),
        ("", "m_hat = m", "v_hat = v"),
        "neither m nor v is bias-corrected, and t, which nothing needs then, stays as it was",
    ),
    Edit(
        "uncorrected-eps-in-root",
        (M_HAT, V_HAT, MOVE),
        ("m_hat = m", "v_hat = v", MOVE_IN_ROOT),
        "neither m nor v is bias-corrected, and eps stands inside the square root",
    ),
    Edit(
        "uncorrected-uncounted-eps-in-root",
        (f"{T}\n    ", M_HAT, V_HAT, MOVE),
        ("", "m_hat = m", "v_hat = v", MOVE_IN_ROOT),
        "neither m nor v is bias-corrected, eps stands inside the square root, and t stays as it was",
    ),
    Variant(
        "running-powers",
        "beta1**t and beta2**t are kept in the place of t: both start at 1, and are multiplied before use",
        running_powers_step,
        init=init_powers,
        derived=running_powers_derived,
    ),
    Variant(
        "running-powers-ahead",
        "the powers are kept in the place of t: they start at beta1 and beta2, and are multiplied after use "
        "(TensorFlow 1)",
        powers_ahead_step,
        init=init_powers_ahead,
        derived=powers_ahead_derived,
    ),
)

MISTAKES = (
    Edit("m-not-corrected", M_HAT, "m_hat = m", "m is not bias-corrected"),
    Edit("v-not-corrected", V_HAT, "v_hat = v", "v is not bias-corrected"),
    Edit(
        "m-power-dropped",
        M_HAT,
        "m_hat = m / (1 - beta1)",
        "m is corrected with beta1 instead of beta1**t, so the correction never fades",
    ),
    Edit(
        "v-power-dropped",
        V_HAT,
        "v_hat = v / (1 - beta2)",
        "v is corrected with beta2 instead of beta2**t, so the correction never fades",
    ),
    Edit(
        "m-correction-multiplied",
        M_HAT,
        "m_hat = m * (1 - beta1 ** t)",
        "m is multiplied by its bias correction instead of divided",
    ),
    Edit(
        "v-correction-multiplied",
        V_HAT,
        "v_hat = v * (1 - beta2 ** t)",
        "v is multiplied by its bias correction instead of divided",
    ),
    Edit(
        "m-corrected-by-beta2",
        M_HAT,
        "m_hat = m / (1 - beta2 ** t)",
        "m is bias-corrected with beta2; beta1 is the one it was averaged with",
    ),
    Edit(
        "v-corrected-by-beta1",
        V_HAT,
        "v_hat = v / (1 - beta1 ** t)",
        "v is bias-corrected with beta1; beta2 is the one it was averaged with",
    ),
    Edit(
        "betas-swapped",
        (M, V, M_HAT, V_HAT),
        (
            "m = beta2 * m + (1 - beta2) * grad",
            "v = beta1 * v + (1 - beta1) * grad ** 2",
            "m_hat = m / (1 - beta2 ** t)",
            "v_hat = v / (1 - beta1 ** t)",
        ),
        "beta1 and beta2 have changed places: beta1 belongs to m, beta2 to v",
    ),
    Edit(
        "betas-swapped-averages",
        (M, V),
        (
            "m = beta2 * m + (1 - beta2) * grad",
            "v = beta1 * v + (1 - beta1) * grad ** 2",
        ),
        "beta1 and beta2 have changed places in the two averages, but not in the corrections",
    ),
    Edit("t-from-zero", T, "t = t", "t is not counted up, so the correction divides by 1 - beta**0 = 0"),
    Edit(
        "t-not-stored",
        RETURN,
        "AdamState(m, v, t - 1)",
        "t is counted up for the correction but the old t is returned",
    ),
    Edit("t-counted-twice", T, "t = t + 2", "t goes up by two in each step"),
    Edit(
        "t-stale",
        (M_HAT, V_HAT),
        (
            "m_hat = m / (1 - beta1 ** (t - 1))",
            "v_hat = v / (1 - beta2 ** (t - 1))",
        ),
        "the corrections use t before it is counted up, so the first one divides by zero",
    ),
    Edit(
        "t-one-ahead",
        (M_HAT, V_HAT),
        (
            "m_hat = m / (1 - beta1 ** (t + 1))",
            "v_hat = v / (1 - beta2 ** (t + 1))",
        ),
        "the corrections use t + 1 although t was counted up already",
    ),
    Edit(
        "m-hat-stored",
        RETURN,
        "AdamState(m_hat, v, t)",
        "the corrected m_hat is stored in place of m, so the next step corrects it again",
    ),
    Edit(
        "v-hat-stored",
        RETURN,
        "AdamState(m, v_hat, t)",
        "the corrected v_hat is stored in place of v, so the next step corrects it again",
    ),
    Edit(
        "corrected-stored",
        RETURN,
        "AdamState(m_hat, v_hat, t)",
        "the corrected m_hat and v_hat are stored, so the next step corrects them again",
    ),
    Edit(
        "state-swapped", RETURN, "AdamState(v, m, t)", "m and v come back in each other's place in the state"
    ),
    Edit("t-fixed", T, "t = 1", "t is 1 in every step instead of being counted up"),
    Edit(
        "correction-outside-root",
        (V_HAT, MOVE),
        ("v_hat = v", "theta = theta - lr * m_hat / (np.sqrt(v_hat) / (1 - beta2 ** t) + eps)"),
        "v is corrected after the root is taken; the correction belongs inside the root",
    ),
    Edit(
        "state-not-updated",
        (M, V, M_HAT, V_HAT, RETURN),
        (
            "m_new = beta1 * m + (1 - beta1) * grad",
            "v_new = beta2 * v + (1 - beta2) * grad ** 2",
            "m_hat = m_new / (1 - beta1 ** t)",
            "v_hat = v_new / (1 - beta2 ** t)",
            "AdamState(m, v, t)",
        ),
        "the old m and v are returned, so nothing is remembered",
    ),
    Edit(
        "m-stale",
        (M, M_HAT, RETURN),
        (
            "m_new = beta1 * m + (1 - beta1) * grad",
            "m_hat = m / (1 - beta1 ** t)",
            "AdamState(m_new, v, t)",
        ),
        "the step uses the m of the step before",
    ),
    Edit(
        "v-stale",
        (V, V_HAT, RETURN),
        (
            "v_new = beta2 * v + (1 - beta2) * grad ** 2",
            "v_hat = v / (1 - beta2 ** t)",
            "AdamState(m, v_new, t)",
        ),
        "the step uses the v of the step before",
    ),
    Edit(
        "m-weight-dropped",
        M,
        "m = beta1 * m + grad",
        "the weight (1 - beta1) is missing: m is a sum, not an average",
    ),
    Edit(
        "v-weight-dropped",
        V,
        "v = beta2 * v + grad ** 2",
        "the weight (1 - beta2) is missing: v is a sum, not an average",
    ),
    Edit(
        "m-weights-reversed",
        M,
        "m = (1 - beta1) * m + beta1 * grad",
        "the weights of m are the wrong way round: beta1 belongs to the old m",
    ),
    Edit(
        "v-weights-reversed",
        V,
        "v = (1 - beta2) * v + beta2 * grad ** 2",
        "the weights of v are the wrong way round: beta2 belongs to the old v",
    ),
    Edit(
        "grad-not-squared", V, "v = beta2 * v + (1 - beta2) * grad", "v averages the gradient, not its square"
    ),
    Edit(
        "absolute-grad",
        V,
        "v = beta2 * v + (1 - beta2) * np.abs(grad)",
        "v averages the size of the gradient, not its square",
    ),
    Edit(
        "v-from-m",
        V,
        "v = beta2 * v + (1 - beta2) * m ** 2",
        "v averages the square of m; it should be the square of the gradient",
    ),
    Edit(
        "average-squared",
        V,
        "v = (beta2 * np.sqrt(v) + (1 - beta2) * grad) ** 2",
        "you square the average; v is the average of the squares",
    ),
    Edit(
        "powers-multiplied",
        (M_HAT, V_HAT),
        ("m_hat = m / (1 - beta1 * t)", "v_hat = v / (1 - beta2 * t)"),
        "the betas are multiplied by t; the corrections hold their t-th powers, beta**t",
    ),
    Edit(
        "correction-bracket-missing",
        (M_HAT, V_HAT),
        ("m_hat = m / 1 - beta1 ** t", "v_hat = v / 1 - beta2 ** t"),
        "a bracket is missing in the corrections: m / 1 - beta**t is m minus beta**t",
    ),
    Edit(
        "weight-bracket-missing",
        (M, V),
        ("m = beta1 * m + 1 - beta1 * grad", "v = beta2 * v + 1 - beta2 * grad ** 2"),
        "a bracket is missing: the weight of the new gradient is (1 - beta)",
    ),
    Edit(
        "weight-squared",
        V,
        "v = beta2 * v + ((1 - beta2) * grad) ** 2",
        "the weight (1 - beta2) is squared along with the gradient",
    ),
    Edit(
        "squares-summed",
        V,
        "v = beta2 * v + (1 - beta2) * np.sum(grad ** 2)",
        "the squares are summed over the coordinates; each coordinate has a v of its own",
    ),
    Edit(
        "old-state-ignored",
        (M, V),
        ("m = (1 - beta1) * grad", "v = (1 - beta2) * grad ** 2"),
        "the old m and v do not enter: each step starts from zeros again",
    ),
    Edit(
        "t-counted-again",
        RETURN,
        "AdamState(m, v, t + 1)",
        "t is counted up once more in what you return",
    ),
    Edit(
        "root-forgotten",
        MOVE,
        "theta = theta - lr * m_hat / (v_hat + eps)",
        "the square root is missing in the denominator",
    ),
    Edit(
        "eps-missing",
        MOVE,
        "theta = theta - lr * m_hat / np.sqrt(v_hat)",
        "eps is missing, so a gradient of zero divides 0 by 0",
    ),
    Edit(
        "eps-in-v",
        V,
        "v = beta2 * v + (1 - beta2) * grad ** 2 + eps",
        "eps is added to v itself in each step, so it piles up in the state",
    ),
    Edit(
        "eps-before-correction",
        (V_HAT, MOVE),
        ("v_hat = (v + eps) / (1 - beta2 ** t)", "theta = theta - lr * m_hat / np.sqrt(v_hat)"),
        "eps is added to v before the correction and the root; it belongs after both",
    ),
    Edit(
        "eps-subtracted",
        MOVE,
        "theta = theta - lr * m_hat / (np.sqrt(v_hat) - eps)",
        "eps is subtracted in the denominator, which brings it nearer to zero",
    ),
    Edit(
        "eps-outside-fraction",
        MOVE,
        "theta = theta - lr * m_hat / np.sqrt(v_hat) + eps",
        "eps is added to theta, not to the root: a bracket is missing in the denominator",
    ),
    Edit(
        "ascends",
        MOVE,
        "theta = theta + lr * m_hat / (np.sqrt(v_hat) + eps)",
        "the step is added: theta goes up the slope",
    ),
    Edit("no-lr", MOVE, "theta = theta - m_hat / (np.sqrt(v_hat) + eps)", "the learning rate is not used"),
    Edit(
        "lr-squared",
        MOVE,
        "theta = theta - lr * lr * m_hat / (np.sqrt(v_hat) + eps)",
        "the learning rate is multiplied in twice",
    ),
    Edit(
        "grad-in-place-of-m",
        MOVE,
        "theta = theta - lr * grad / (np.sqrt(v_hat) + eps)",
        "the step uses the newest gradient; m is averaged but never used",
    ),
    Edit(
        "v-not-used",
        MOVE,
        "theta = theta - lr * m_hat",
        "the step does not divide by the root of v_hat",
    ),
    Edit(
        "returns-update",
        MOVE,
        "theta = -lr * m_hat / (np.sqrt(v_hat) + eps)",
        "you return the change, not theta plus the change",
    ),
    Edit(
        "lr-fixed",
        MOVE,
        "theta = theta - 0.001 * m_hat / (np.sqrt(v_hat) + eps)",
        "0.001 is written into the step, so the argument lr changes nothing",
    ),
    Edit(
        "beta1-fixed",
        (M, M_HAT),
        (
            "m = 0.9 * m + (1 - 0.9) * grad",
            "m_hat = m / (1 - 0.9 ** t)",
        ),
        "0.9 is written into the step, so the argument beta1 changes nothing",
    ),
    Edit(
        "beta2-fixed",
        (V, V_HAT),
        (
            "v = 0.999 * v + (1 - 0.999) * grad ** 2",
            "v_hat = v / (1 - 0.999 ** t)",
        ),
        "0.999 is written into the step, so the argument beta2 changes nothing",
    ),
    Edit(
        "eps-fixed",
        MOVE,
        "theta = theta - lr * m_hat / (np.sqrt(v_hat) + 1e-08)",
        "1e-8 is written into the step, so the argument eps changes nothing",
    ),
)

RULE = Rule(
    name="adam",
    title="Adam",
    function=step,
    init_function=init,
    derived=derived,
    hypers=hypers_of(
        step,
        Hyper(
            "lr",
            "learning rate: about how far a coordinate moves in a step",
            "[0, inf)",
            (1e-3, 1.0),
            0.03,
            "log",
        ),
        Hyper("beta1", "how much of the old m is kept", "[0, 1)", (0.0, 0.99), 0.7),
        Hyper("beta2", "how much of the old v is kept", "[0, 1)", (0.5, 0.9999), 0.95),
        Hyper("eps", "keeps the division from blowing up", "[0, inf)", (1e-10, 1.0), 1e-2, "log"),
    ),
    formula=(
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
        r"\hat m_t = \frac{m_t}{1-\beta_1^t},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}"
    ),
    source=Paper(
        "D. P. Kingma and J. Ba", 2015, "Adam: a method for stochastic optimization", "ICLR, arXiv:1412.6980"
    ),
    hints=(
        "Two averages: m of the gradient, v of its square. Which of the betas belongs to which?",
        "After t steps from zero, m has collected only a part 1 - beta1**t of its weight. What undoes that?",
        "Count t up first. Then m, v, m_hat = m / (1 - ...), v_hat in the same way, and at last theta.",
        "Shape of the last line: theta = theta - lr * ... / (np.sqrt(...) + eps); return theta, (m, v, t).",
    ),
    frameworks={
        "PyTorch": "torch.optim.Adam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08)",
        "Keras": "keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07): "
        "dialect eps-hat",
        "optax": "optax.adam(learning_rate, b1=0.9, b2=0.999, eps=1e-08, eps_root=0.0)",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
