"""Which rule says what a framework's optimizer does: the table behind the golden test.

Each function takes the arguments of one optimizer, under the framework's names and with the framework's
defaults, and returns how the course writes it. An argument that it does not take is an error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Covered:
    """A rule, in each of these dialects, with these hypers.

    `l2` adds that much of theta to the gradient; `decoupled` takes lr times that much off theta first.
    """

    rule: str
    dialects: tuple[str, ...]
    hypers: dict[str, float]
    l2: float
    decoupled: float


def by(rule, *dialects, l2=0.0, decoupled=None, **hypers):
    """`by("adam", "eps-hat", lr=..., eps=...)`: rule, dialects (else the primary form), decay, hypers."""
    return Covered(rule, dialects or ("primary",), hypers, l2, decoupled or 0.0)


# PyTorch


def torch_sgd(*, lr=1e-3, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0, warmup_cosine=None):
    if warmup_cosine:
        return by("warmup", lr=lr, **warmup_cosine)
    if not momentum:
        return by("gd", l2=weight_decay, lr=lr)
    if dampening:
        return by("momentum", "dampened", l2=weight_decay, lr=lr, beta=momentum, dampening=dampening)
    return by("nesterov" if nesterov else "momentum", "pytorch", l2=weight_decay, lr=lr, beta=momentum)


def torch_adagrad(*, lr=1e-2, eps=1e-10, initial_accumulator_value=0.0):
    if initial_accumulator_value:
        return by("adagrad", "initial-value", lr=lr, eps=eps, initial=initial_accumulator_value)
    return by("adagrad", lr=lr, eps=eps)


def torch_rmsprop(*, lr=1e-2, alpha=0.99, eps=1e-8, momentum=0.0, centered=False, weight_decay=0.0):
    if centered and not momentum:
        return by("rmsprop", "centered", lr=lr, beta=alpha, eps=eps)
    if centered:
        return by("rmsprop", "centered-with-momentum", lr=lr, beta=alpha, eps=eps, momentum=momentum)
    if momentum:
        return by("rmsprop", "with-momentum", lr=lr, beta=alpha, eps=eps, momentum=momentum)
    return by("rmsprop", l2=weight_decay, lr=lr, beta=alpha, eps=eps)


def torch_adadelta(*, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
    return by("adadelta", l2=weight_decay, lr=lr, beta=rho, eps=eps)


def torch_adam(*, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
    rule = "amsgrad" if amsgrad else "adam"
    return by(rule, l2=weight_decay, lr=lr, beta1=betas[0], beta2=betas[1], eps=eps)


def torch_adamw(*, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False):
    if amsgrad:
        return by("amsgrad", decoupled=weight_decay, lr=lr, beta1=betas[0], beta2=betas[1], eps=eps)
    return by("adamw", lr=lr, beta1=betas[0], beta2=betas[1], eps=eps, weight_decay=weight_decay)


def torch_adamax(*, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    return by("adamax", l2=weight_decay, lr=lr, beta1=betas[0], beta2=betas[1], eps=eps)


def torch_nadam(
    *,
    lr=2e-3,
    betas=(0.9, 0.999),
    eps=1e-8,
    momentum_decay=4e-3,
    weight_decay=0.0,
    decoupled_weight_decay=False,
):
    decay = {"decoupled" if decoupled_weight_decay else "l2": weight_decay}
    hypers = {"lr": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps, "momentum_decay": momentum_decay}
    return by("nadam", **decay, **hypers)


def torch_radam(*, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    return by("radam", l2=weight_decay, lr=lr, beta1=betas[0], beta2=betas[1], eps=eps)


def torch_adafactor(*, lr=1e-2, beta2_decay=-0.8, d=1.0, weight_decay=0.0):
    return by("adafactor", "torch", lr=lr, decay=-beta2_decay, clip=d, weight_decay=weight_decay)


def torch_rprop(*, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50.0)):
    return by(
        "rprop", lr=lr, eta_minus=etas[0], eta_plus=etas[1], step_min=step_sizes[0], step_max=step_sizes[1]
    )


def torch_muon(*, lr=1e-3, momentum=0.95, weight_decay=0.1, nesterov=True, adjust_lr_fn="original"):
    dialect = "rms-matched" if adjust_lr_fn == "match_rms_adamw" else "primary" if nesterov else "no-nesterov"
    return by("muon", dialect, lr=lr, momentum=momentum, weight_decay=weight_decay)


# Packages beside PyTorch


def extra_lion(*, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    return by("lion", lr=lr, beta1=betas[0], beta2=betas[1], weight_decay=weight_decay)


def extra_yogi(*, lr=1e-2, betas=(0.9, 0.999), eps=1e-3):
    return by("yogi", lr=lr, beta1=betas[0], beta2=betas[1], eps=eps)


def extra_adabelief(*, lr=1e-3, betas=(0.9, 0.999), eps=1e-16, weight_decay=0.0):
    return by(
        "adabelief", decoupled=weight_decay, lr=lr, beta1=betas[0], beta2=betas[1], eps=eps, eps_root=eps
    )


def extra_signsgd(*, lr=1e-3, momentum=0.9):
    return by("signum", lr=lr, beta=momentum)


def extra_schedule_free(*, lr=1.0, momentum=0.9):
    return by("schedule_free", "lr-weighted", "primary", lr=lr, beta=momentum)


# optax


def optax_sgd(*, learning_rate, momentum=0.0, nesterov=False, warmup_cosine=None):
    if warmup_cosine:
        return by("warmup", "from-zero", lr=learning_rate, **warmup_cosine)
    return torch_sgd(lr=learning_rate, momentum=momentum, nesterov=nesterov)


def optax_ema(*, learning_rate, decay, debias):
    return by("momentum", "ema-debiased" if debias else "ema", lr=learning_rate, beta=decay)


def optax_decayed_sgd(*, learning_rate, momentum, weight_decay):
    return torch_sgd(lr=learning_rate, momentum=momentum, weight_decay=weight_decay)


def optax_adagrad(*, learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    if not initial_accumulator_value:
        return by("adagrad", "eps-in-root", lr=learning_rate, eps=eps)
    return by("adagrad", "keras", lr=learning_rate, eps=eps, initial=initial_accumulator_value)


def optax_rmsprop(
    *,
    learning_rate,
    decay=0.9,
    eps=1e-8,
    eps_in_sqrt=True,
    centered=False,
    momentum=0.0,
    nesterov=False,
    bias_correction=False,
):
    if nesterov and bias_correction and not eps_in_sqrt:
        return by("rmsprop", "debiased-nesterov", lr=learning_rate, beta=decay, eps=eps, momentum=momentum)
    if nesterov or bias_correction:
        return "RMSProp with bias correction or Nesterov momentum alone: no dialect has just one of them"
    if eps_in_sqrt:
        return keras_rmsprop(
            learning_rate=learning_rate, rho=decay, epsilon=eps, centered=centered, momentum=momentum
        )
    return torch_rmsprop(lr=learning_rate, alpha=decay, eps=eps, centered=centered, momentum=momentum)


def optax_adadelta(*, learning_rate, rho=0.9, eps=1e-6):
    return by("adadelta", lr=learning_rate, beta=rho, eps=eps)


def optax_adam(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0):
    if eps_root and not eps:
        return by("adam", "eps-in-root", lr=learning_rate, beta1=b1, beta2=b2, eps=eps_root)
    return by("adam", lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_amsgrad(
    *, learning_rate, b1=0.9, b2=0.999, eps=1e-8, bias_correction_mu=True, bias_correction_nu=True
):
    dialect = "optax" if bias_correction_mu and bias_correction_nu else "paper"
    return by("amsgrad", dialect, lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_adamw(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8, weight_decay=1e-4):
    return by("adamw", lr=learning_rate, beta1=b1, beta2=b2, eps=eps, weight_decay=weight_decay)


def optax_adamax(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    return by("adamax", lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_nadam(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    return by("nadam", "optax", lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_radam(*, learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    return by("radam", "optax", lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_yogi(*, learning_rate, b1=0.9, b2=0.999, eps=1e-3):
    return by("yogi", lr=learning_rate, beta1=b1, beta2=b2, eps=eps)


def optax_adabelief(*, learning_rate, b1=0.9, b2=0.999, eps=1e-16, eps_root=1e-16):
    return by("adabelief", lr=learning_rate, beta1=b1, beta2=b2, eps=eps, eps_root=eps_root)


def optax_lion(*, learning_rate, b1=0.9, b2=0.99, weight_decay=1e-3):
    return by("lion", lr=learning_rate, beta1=b1, beta2=b2, weight_decay=weight_decay)


def optax_sign_sgd(*, learning_rate):
    return by("signum", lr=learning_rate, beta=0.0)


def optax_signum(*, learning_rate, beta=0.9):
    return by("signum", lr=learning_rate, beta=beta)


def optax_lamb(*, learning_rate, b1=0.9, b2=0.999, eps=1e-6, weight_decay=0.0):
    return by("lamb", lr=learning_rate, beta1=b1, beta2=b2, eps=eps, weight_decay=weight_decay)


def optax_adafactor(*, learning_rate):
    return by("adafactor", "optax", lr=learning_rate)


def optax_muon(*, learning_rate, beta=0.95, weight_decay=0.0, nesterov=True):
    if not nesterov:
        return "optax' Muon without the Nesterov mix: no dialect has both its corrections and its factor"
    return by("muon", "optax", lr=learning_rate, momentum=beta, weight_decay=weight_decay)


def optax_schedule_free(*, learning_rate, b1=0.9):
    return by("schedule_free", "lr-weighted", "primary", lr=learning_rate, beta=b1)


# Keras: weight_decay is decoupled in every optimizer


def keras_sgd(*, learning_rate=1e-2, momentum=0.0, nesterov=False, weight_decay=None, warmup_cosine=None):
    if warmup_cosine:
        return by("warmup", "from-zero", lr=learning_rate, **warmup_cosine)
    if not momentum:
        return by("gd", decoupled=weight_decay, lr=learning_rate)
    rule = "nesterov" if nesterov else "momentum"
    return by(rule, "keras", "primary", decoupled=weight_decay, lr=learning_rate, beta=momentum)


def keras_rmsprop(*, learning_rate=1e-3, rho=0.9, epsilon=1e-7, centered=False, momentum=0.0):
    hypers = {"lr": learning_rate, "beta": rho, "eps": epsilon}
    if centered:
        return by("rmsprop", "keras-centered", momentum=momentum, **hypers)
    if momentum:
        return by("rmsprop", "keras-momentum", momentum=momentum, **hypers)
    return by("rmsprop", "eps-in-root", **hypers)


def keras_adagrad(*, learning_rate=1e-3, initial_accumulator_value=0.1, epsilon=1e-7):
    return by("adagrad", "keras", lr=learning_rate, eps=epsilon, initial=initial_accumulator_value)


def keras_adadelta(*, learning_rate=1e-3, rho=0.95, epsilon=1e-7):
    return by("adadelta", "keras", lr=learning_rate, beta=rho, eps=epsilon)


def keras_adam(
    *, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None, amsgrad=False
):
    hypers = {"lr": learning_rate, "beta1": beta_1, "beta2": beta_2, "eps": epsilon}
    if amsgrad:
        return by("amsgrad", "keras", decoupled=weight_decay, **hypers)
    return by("adam", "eps-hat", decoupled=weight_decay, **hypers)


def keras_adamw(*, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=4e-3):
    return by(
        "adamw", "keras", lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon, weight_decay=weight_decay
    )


def keras_adamax(*, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return by("adamax", "keras", lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon)


def keras_nadam(*, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return by("nadam", "keras", lr=learning_rate, beta1=beta_1, beta2=beta_2, eps=epsilon)


def keras_lion(*, learning_rate=1e-3, beta_1=0.9, beta_2=0.99, weight_decay=None):
    return by(
        "lion", "decay-before", lr=learning_rate, beta1=beta_1, beta2=beta_2, weight_decay=weight_decay or 0.0
    )


def keras_lamb(*, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=None):
    return by(
        "lamb",
        "keras",
        lr=learning_rate,
        beta1=beta_1,
        beta2=beta_2,
        eps=epsilon,
        weight_decay=weight_decay or 0.0,
    )


def keras_adafactor(*, learning_rate=1e-3, relative_step=True):
    """`relative_step` has no effect in Keras 3.15.1."""
    return by("adafactor", "keras", lr=learning_rate)


def keras_muon(*, learning_rate=1e-3, momentum=0.95, weight_decay=4e-3):
    return by("muon", "keras", lr=learning_rate, momentum=momentum, weight_decay=weight_decay)


def no_rule(name: str) -> str:
    """Why a record is not covered."""
    return f"{name} is not a rule of this course"


ADAM_SCHEDULE_FREE = "schedule-free Adam: this course has schedule-free SGD only"

COVERAGE: dict[tuple[str, str], Callable[..., Any] | str] = {
    ("torch", "SGD"): torch_sgd,
    ("torch", "Adagrad"): torch_adagrad,
    ("torch", "RMSprop"): torch_rmsprop,
    ("torch", "Adadelta"): torch_adadelta,
    ("torch", "Adam"): torch_adam,
    ("torch", "AdamW"): torch_adamw,
    ("torch", "Adamax"): torch_adamax,
    ("torch", "NAdam"): torch_nadam,
    ("torch", "RAdam"): torch_radam,
    ("torch", "Adafactor"): torch_adafactor,
    ("torch", "Rprop"): torch_rprop,
    ("torch", "Muon"): torch_muon,
    ("torch", "ASGD"): no_rule("ASGD"),
    ("pytorch_optimizer", "Lion"): extra_lion,
    ("pytorch_optimizer", "Yogi"): extra_yogi,
    ("pytorch_optimizer", "AdaBelief"): extra_adabelief,
    ("pytorch_optimizer", "SignSGD"): extra_signsgd,
    ("pytorch_optimizer", "Lamb"): "this package's LAMB corrects m but not v, and clips theta's length at 10",
    ("pytorch_optimizer", "LARS"): no_rule("LARS"),
    ("pytorch_optimizer", "FTRL"): no_rule("FTRL"),
    ("pytorch_optimizer", "Shampoo"): no_rule("Shampoo"),
    ("pytorch_optimizer", "SOAP"): no_rule("SOAP"),
    ("pytorch_optimizer", "Adan"): no_rule("Adan"),
    ("schedulefree", "SGDScheduleFree"): extra_schedule_free,
    ("schedulefree", "AdamWScheduleFree"): ADAM_SCHEDULE_FREE,
    ("prodigyopt", "Prodigy"): no_rule("Prodigy"),
    ("dadaptation", "DAdaptAdam"): no_rule("D-Adaptation"),
    ("optax", "sgd"): optax_sgd,
    ("optax", "chain_ema_sgd"): optax_ema,
    ("optax", "chain_wd_sgd"): optax_decayed_sgd,
    ("optax", "adagrad"): optax_adagrad,
    ("optax", "rmsprop"): optax_rmsprop,
    ("optax", "adadelta"): optax_adadelta,
    ("optax", "adam"): optax_adam,
    ("optax", "amsgrad"): optax_amsgrad,
    ("optax", "adamw"): optax_adamw,
    ("optax", "adamax"): optax_adamax,
    ("optax", "nadam"): optax_nadam,
    ("optax", "radam"): optax_radam,
    ("optax", "yogi"): optax_yogi,
    ("optax", "adabelief"): optax_adabelief,
    ("optax", "lion"): optax_lion,
    ("optax", "sign_sgd"): optax_sign_sgd,
    ("optax", "signum"): optax_signum,
    ("optax", "lamb"): optax_lamb,
    ("optax", "contrib.muon"): optax_muon,
    ("optax", "contrib.schedule_free_sgd"): optax_schedule_free,
    ("optax", "contrib.schedule_free_adamw"): ADAM_SCHEDULE_FREE,
    ("optax", "adafactor"): optax_adafactor,
    ("optax", "rprop"): "optax 0.2.8 takes each Rprop step one call late, a known bug",
    ("optax", "lars"): no_rule("LARS"),
    ("optax", "novograd"): no_rule("NovoGrad"),
    ("optax", "adan"): no_rule("Adan"),
    ("optax", "sm3"): no_rule("SM3"),
    ("optax", "contrib.sophia"): no_rule("Sophia"),
    ("optax", "contrib.prodigy"): no_rule("Prodigy"),
    ("optax", "contrib.dadapt_adamw"): no_rule("D-Adaptation"),
    ("keras", "SGD"): keras_sgd,
    ("keras", "RMSprop"): keras_rmsprop,
    ("keras", "Adagrad"): keras_adagrad,
    ("keras", "Adadelta"): keras_adadelta,
    ("keras", "Adam"): keras_adam,
    ("keras", "AdamW"): keras_adamw,
    ("keras", "Adamax"): keras_adamax,
    ("keras", "Nadam"): keras_nadam,
    ("keras", "Lion"): keras_lion,
    ("keras", "Lamb"): keras_lamb,
    ("keras", "Adafactor"): keras_adafactor,
    ("keras", "Muon"): keras_muon,
    ("keras", "ScheduleFreeAdamW"): ADAM_SCHEDULE_FREE,
    ("keras", "Ftrl"): no_rule("FTRL"),
}
