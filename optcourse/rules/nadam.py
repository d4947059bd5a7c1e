"""NAdam: Adam that looks ahead, as Nesterov's momentum does, with a momentum that warms up."""

from typing import Any, NamedTuple

import numpy as np

from optcourse.arrays import Array
from optcourse.rules import adam
from optcourse.rules.adam_family import shared_mistakes
from optcourse.rules.base import Edit, Hyper, Paper, Rule, Variant, hypers_of


class NAdamState(NamedTuple):
    """What NAdam remembers."""

    m: Array  # moving average of the gradient, theta's shape
    v: Array  # moving average of the squared gradient, theta's shape
    mu_product: float  # product of every mu so far: the weight that m's zero start still has; 1 at first
    t: int  # steps taken


def init(theta: Array, **hypers: Any) -> NAdamState:
    """Both averages start at zero, t too, and the empty product is one."""
    return NAdamState(np.zeros_like(theta), np.zeros_like(theta), 1.0, 0)


def step(
    theta: Array,
    grad: Array,
    state: NAdamState,
    *,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    momentum_decay: float = 4e-3,
) -> tuple[Array, NAdamState]:
    """One step: theta, grad, m and v have one shape. Source: Dozat (2016), with its schedule of mu."""
    m, v, mu_product, t = state
    t = t + 1
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, NAdamState(m, v, mu_product, t)


def optax_step(
    theta: Array,
    grad: Array,
    state: adam.AdamState,
    *,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, adam.AdamState]:
    """NAdam with the constant momentum beta1: Adam's state is enough."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, adam.AdamState(m, v, t)


def constant_momentum_step(
    theta: Array,
    grad: Array,
    state: adam.AdamState,
    *,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, adam.AdamState]:
    """NAdam with the constant momentum beta1 and one correction. Source: Ruder (2016), section 4.8."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, adam.AdamState(m, v, t)


def paper_constant_step(
    theta: Array,
    grad: Array,
    state: adam.AdamState,
    *,
    lr: float = 2e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Array, adam.AdamState]:
    """Dozat's own form with a constant momentum: v_hat has a factor beta2. Source: Dozat (2016)."""
    m, v, t = state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * grad / (1 - beta1**t)
    v_hat = beta2 * v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, adam.AdamState(m, v, t)


MU = "mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))"
MU_NEXT = "mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))"
PRODUCT = "mu_product = mu_product * mu"
M = "m = beta1 * m + (1 - beta1) * grad"
V_HAT = "v_hat = v / (1 - beta2 ** t)"
M_HAT = "m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)"
RETURN = "NAdamState(m, v, mu_product, t)"

LR, BETA1, BETA2, EPS = adam.RULE.hypers.values()
MOMENTUM_DECAY = Hyper(
    "momentum_decay",
    "how fast mu grows from beta1 / 2 to beta1",
    "[0, inf)",
    (1e-3, 10.0),
    0.5,
    "log",
)

DIALECTS = (
    Edit(
        "keras",
        (", momentum_decay=0.004", "(t * momentum_decay)", "((t + 1) * momentum_decay)"),
        ("", "t", "(t + 1)"),
        "mu grows 250 times as fast, as momentum_decay = 1 would have it (Keras)",
        defaults={"lr": 1e-3, "eps": 1e-7},
        hypers=(LR, BETA1, BETA2, EPS),
    ),
    Variant(
        "optax",
        "mu is beta1 throughout, so its product is beta1**t (optax)",
        optax_step,
        init=adam.init,
        hypers=(LR, BETA1, BETA2, EPS),
    ),
    Variant(
        "constant-momentum",
        "mu is beta1 throughout, and both parts of the mix are corrected by 1 - beta1**t (Ruder, 2016; most "
        "blogs)",
        constant_momentum_step,
        init=adam.init,
        hypers=(LR, BETA1, BETA2, EPS),
    ),
    Edit(
        "paper",
        (M, V_HAT),
        ("m = mu * m + (1 - mu) * grad", "v_hat = beta2 * v / (1 - beta2 ** t)"),
        "m is averaged with mu, and v_hat has a factor beta2, as in Dozat's paper",
    ),
    Variant(
        "paper-constant",
        "as in Dozat's paper, v_hat with its factor beta2, and mu is beta1 throughout",
        paper_constant_step,
        init=adam.init,
        hypers=(LR, BETA1, BETA2, EPS),
    ),
    Edit(
        "eps-in-root",
        "(np.sqrt(v_hat) + eps)",
        "np.sqrt(v_hat + eps)",
        "eps stands inside the square root, as many blogs write it; it acts like an outer eps of sqrt(eps)",
    ),
)


def wrong_m_hat(key: str, becomes: str, says: str) -> Edit:
    """A mistake in the mix of momentum and gradient."""
    return Edit(key, M_HAT, becomes, says)


MISTAKES = (
    wrong_m_hat(
        "no-look-ahead",
        "m_hat = m / (1 - beta1 ** t)",
        "the look-ahead is missing: that is Adam",
    ),
    wrong_m_hat(
        "grad-part-missing",
        "m_hat = mu_next * m / (1 - mu_product * mu_next)",
        "the gradient's own part of the mix, (1 - mu) * grad, is missing",
    ),
    wrong_m_hat(
        "m-part-missing",
        "m_hat = (1 - mu) * grad / (1 - mu_product)",
        "the momentum's part of the mix, mu_next * m, is missing",
    ),
    wrong_m_hat(
        "nothing-corrected",
        "m_hat = mu_next * m + (1 - mu) * grad",
        "the mix is not bias-corrected",
    ),
    wrong_m_hat(
        "grad-not-corrected",
        "m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * grad",
        "the gradient's part of the mix is not bias-corrected",
    ),
    wrong_m_hat(
        "m-part-not-corrected",
        "m_hat = mu_next * m + (1 - mu) * grad / (1 - mu_product)",
        "the momentum's part of the mix is not bias-corrected",
    ),
    wrong_m_hat(
        "one-correction",
        "m_hat = (mu_next * m + (1 - mu) * grad) / (1 - mu_product)",
        "both parts are corrected alike; the momentum's part needs the next mu in its product",
    ),
    wrong_m_hat(
        "corrections-swapped",
        "m_hat = mu_next * m / (1 - mu_product) + (1 - mu) * grad / (1 - mu_product * mu_next)",
        "the two corrections have changed places",
    ),
    wrong_m_hat(
        "corrected-by-beta1",
        "m_hat = mu_next * m / (1 - beta1 ** (t + 1)) + (1 - mu) * grad / (1 - beta1 ** t)",
        "the correction uses powers of beta1; mu changes, so it is the product of every mu",
    ),
    wrong_m_hat(
        "mu-for-mu-next",
        "m_hat = mu * m / (1 - mu_product * mu) + (1 - mu) * grad / (1 - mu_product)",
        "the momentum's part uses this step's mu; looking ahead, it is the next one",
    ),
    wrong_m_hat(
        "mu-for-mu-next-on-top",
        "m_hat = mu * m / (1 - mu_product * mu_next) + (1 - mu) * grad / (1 - mu_product)",
        "m is multiplied by this step's mu; looking ahead, it is the next one",
    ),
    wrong_m_hat(
        "mu-next-for-grad",
        "m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu_next) * grad / (1 - mu_product)",
        "the gradient's weight uses the next mu; it is 1 - mu of this step",
    ),
    wrong_m_hat(
        "mu-weights-swapped",
        "m_hat = (1 - mu) * m / (1 - mu_product * mu_next) + mu_next * grad / (1 - mu_product)",
        "the weights of momentum and gradient have changed places",
    ),
    wrong_m_hat(
        "grad-weight-missing",
        "m_hat = mu_next * m / (1 - mu_product * mu_next) + grad / (1 - mu_product)",
        "the gradient enters the mix whole: its weight 1 - mu is missing",
    ),
    wrong_m_hat(
        "beta1-for-mu",
        "m_hat = beta1 * m / (1 - mu_product * mu_next) + (1 - beta1) * grad / (1 - mu_product)",
        "the mix is weighted by beta1; the weights are mu_next and 1 - mu",
    ),
    Edit(
        "product-is-mu", PRODUCT, "mu_product = mu", "mu_product is this step's mu; it multiplies up every mu"
    ),
    Edit("product-summed", PRODUCT, "mu_product = mu_product + mu", "the mus are added up; they multiply"),
    Edit(
        "product-of-mu-next",
        PRODUCT,
        "mu_product = mu_product * mu_next",
        "the product takes in the next mu; it ends with this step's",
    ),
    Edit(
        "product-not-stored",
        (PRODUCT, M_HAT),
        (
            "product = mu_product * mu",
            "m_hat = mu_next * m / (1 - product * mu_next) + (1 - mu) * grad / (1 - product)",
        ),
        "the old mu_product is returned, so the product never grows",
    ),
    Edit(
        "look-ahead-product-stored",
        RETURN,
        "NAdamState(m, v, mu_product * mu_next, t)",
        "the product with the next mu is stored, so that mu counts twice",
    ),
    Edit(
        "t-forgotten-in-mu",
        (MU, MU_NEXT),
        (
            "mu = beta1 * (1 - 0.5 * 0.96 ** momentum_decay)",
            "mu_next = beta1 * (1 - 0.5 * 0.96 ** momentum_decay)",
        ),
        "the exponent of 0.96 lacks t, so mu never grows",
    ),
    Edit(
        "half-forgotten",
        (MU, MU_NEXT),
        (
            "mu = beta1 * (1 - 0.96 ** (t * momentum_decay))",
            "mu_next = beta1 * (1 - 0.96 ** ((t + 1) * momentum_decay))",
        ),
        "the factor 0.5 is missing in mu, so it starts near zero instead of half of beta1",
    ),
    Edit(
        "schedule-upside-down",
        (MU, MU_NEXT),
        (
            "mu = beta1 * 0.5 * 0.96 ** (t * momentum_decay)",
            "mu_next = beta1 * 0.5 * 0.96 ** ((t + 1) * momentum_decay)",
        ),
        "mu falls from beta1 / 2 to zero: the 1 - ... is missing",
    ),
    Edit(
        "schedule-late",
        (MU, MU_NEXT),
        (
            "mu = beta1 * (1 - 0.5 * 0.96 ** ((t - 1) * momentum_decay))",
            "mu_next = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))",
        ),
        "mu is one step late: t has been counted up already",
    ),
    Edit(
        "decay-fixed",
        (MU, MU_NEXT),
        (
            "mu = beta1 * (1 - 0.5 * 0.96 ** (t * 0.004))",
            "mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * 0.004))",
        ),
        "0.004 is written into the step, so the argument momentum_decay changes nothing",
    ),
    Edit(
        "mu-averages-m",
        M,
        "m = mu * m + (1 - mu) * grad",
        "m is averaged with mu; the average uses beta1, only the mix uses mu",
    ),
    *shared_mistakes(step, {"AdamState": "NAdamState", r", t\b": ", mu_product, t", r"0\.001": "0.002"}),
)

RULE = Rule(
    name="nadam",
    title="NAdam",
    function=step,
    init_function=init,
    hypers=hypers_of(step, LR, BETA1, BETA2, EPS, MOMENTUM_DECAY),
    formula=(
        r"\mu_t = \beta_1 \left(1 - \tfrac12\, 0.96^{t\psi}\right),\quad "
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\quad "
        r"\hat m_t = \frac{\mu_{t+1} m_t}{1-\prod_{i=1}^{t+1}\mu_i} "
        r"+ \frac{(1-\mu_t) g_t}{1-\prod_{i=1}^{t}\mu_i},\quad \hat v_t = \frac{v_t}{1-\beta_2^t},\quad "
        r"\theta_t = \theta_{t-1} - \eta\, \frac{\hat m_t}{\sqrt{\hat v_t} + \epsilon}"
    ),
    source=Paper(
        "T. Dozat",
        2016,
        "Incorporating Nesterov momentum into Adam",
        "ICLR workshop, OpenReview OM0jvwB8jIp57ZJjtNEZ",
    ),
    hints=(
        "Nesterov's momentum moves as the next step's momentum would. Which mu would the next step use?",
        "m, v and v_hat are Adam's. Only m_hat is new: a mix of m, weighted by the next mu, and of grad.",
        "Powers of beta1 become products of mu in the corrections: up to t for grad, up to t + 1 for m.",
        "Shape of the line: m_hat = mu_next * m / (1 - mu_product * ...) + (1 - ...) * grad / (1 - ...).",
    ),
    frameworks={
        "PyTorch": "torch.optim.NAdam(params, lr=0.002, betas=(0.9, 0.999), eps=1e-08, momentum_decay=0.004)",
        "Keras": "keras.optimizers.Nadam(learning_rate=0.001, epsilon=1e-07): dialect keras",
        "optax": "optax.nadam(learning_rate, b1=0.9, b2=0.999, eps=1e-08): dialect optax",
    },
    dialect_list=DIALECTS,
    mistake_list=MISTAKES,
)
